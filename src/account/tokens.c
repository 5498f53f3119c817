/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/tokens.h"

#include "account/grant.h"
#include "account/keyring.h"
#include "account/smart.h"

#include <libsoup/soup.h>
#include <string.h>

#define AHEAD_US (30 * G_USEC_PER_SEC)

struct _ZqTokens
{
  GObject parent_instance;

  ZqAccount *account;
  ZqClock *clock;
  gboolean in_memory;

  char *access;
  gint64 expires_us; /* 0: not told */
  gint64 ahead_us;   /* how long before that it is replaced */
  char *memory;      /* the refresh token, where there is no keyring */
  ZqGrant *unsaved;  /* came, but the keyring did not keep its refresh token yet */
  gboolean signed_out;

  SoupSession *session;
  char *endpoint;
  char *asking_with; /* the refresh token while the endpoint is looked for */

  gboolean busy;      /* one refresh, adoption or sign-out at a time */
  GQueue operations;  /* of GTask: adoptions and sign-outs that wait */
  GPtrArray *waiting; /* of GTask: who asked for a token; task data: the stale one */
};

enum
{
  SIGNED_OUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void zq_tokens_provider_init (ZqTokenProviderInterface *iface);
static void pump (ZqTokens *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqTokens,
                               zq_tokens,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZQ_TYPE_TOKEN_PROVIDER, zq_tokens_provider_init))

static void
free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* The keyring, off the main thread */

typedef struct
{
  ZqAccount *account;
  gboolean write;
  char *token; /* to write; NULL removes */
} KeyringJob;

static void
keyring_job_free (KeyringJob *self)
{
  g_clear_object (&self->account);
  g_clear_pointer (&self->token, free_secret);
  g_free (self);
}

static void
keyring_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  KeyringJob *job = task_data;
  GError *error = NULL;
  char *token = NULL;

  if (job->write)
    zq_keyring_set_refresh_token (job->account, job->token, &error);
  else
    token = zq_keyring_get_refresh_token (job->account, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, token, (GDestroyNotify)free_secret);
}

static void
keyring_async (ZqTokens *self, gboolean write, const char *token, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  KeyringJob *job;

  g_task_set_source_tag (task, keyring_async);
  if (self->in_memory)
    {
      if (write)
        {
          g_clear_pointer (&self->memory, free_secret);
          self->memory = g_strdup (token);
        }
      g_task_return_pointer (task, write ? NULL : g_strdup (self->memory), (GDestroyNotify)free_secret);
      return;
    }
  job = g_new0 (KeyringJob, 1);
  job->account = g_object_ref (self->account);
  job->write = write;
  job->token = g_strdup (token);
  g_task_set_task_data (task, job, (GDestroyNotify)keyring_job_free);
  g_task_run_in_thread (task, keyring_thread);
}

static char *
keyring_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The state, and who waits for it */

static GError *
signed_out_error (void)
{
  return g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT, "Sign in to the hospital again");
}

static void
set_access (ZqTokens *self, const char *access, gint64 expires_us)
{
  gint64 lifetime_us = expires_us - zq_clock_now (self->clock);
  char *copy = g_strdup (access);

  g_clear_pointer (&self->access, free_secret);
  self->access = copy;
  self->expires_us = expires_us;
  self->ahead_us = MIN (AHEAD_US, MAX (lifetime_us, 0) / 2);
}

static void
become_signed_out (ZqTokens *self)
{
  gboolean told = self->signed_out;

  self->signed_out = TRUE;
  g_clear_pointer (&self->unsaved, zq_grant_free);
  set_access (self, NULL, 0);
  if (!told)
    g_signal_emit (self, signals[SIGNED_OUT], 0);
}

static gboolean
is_usable (ZqTokens *self, const char *stale, gint64 ahead_us)
{
  return self->access != NULL && g_strcmp0 (self->access, stale) != 0 &&
         (self->expires_us == 0 || zq_clock_now (self->clock) < self->expires_us - ahead_us);
}

/* Ends what was under way. A refresh ahead of time that failed leaves a token that still serves. */
static void
settle (ZqTokens *self, const GError *error)
{
  g_autoptr (GPtrArray) served = g_steal_pointer (&self->waiting);

  self->busy = FALSE;
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < served->len; i++)
    {
      GTask *task = g_ptr_array_index (served, i);

      if ((error == NULL && self->access != NULL) || is_usable (self, g_task_get_task_data (task), 0))
        g_task_return_pointer (task, g_strdup (self->access), (GDestroyNotify)free_secret);
      else
        g_task_return_error (task, error != NULL ? g_error_copy (error) : signed_out_error ());
    }
  pump (self);
}

/* What only the keyring stands in the way of is tried again later, as what the network does. */
static void
settle_keyring_error (ZqTokens *self, const GError *cause)
{
  g_autoptr (GError) error = g_error_new_literal (ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_NETWORK, cause->message);

  settle (self, error);
}

static void
settle_signed_out (ZqTokens *self)
{
  g_autoptr (GError) error = signed_out_error ();

  become_signed_out (self);
  settle (self, error);
}

/* Refresh */

static void
use_grant (ZqTokens *self)
{
  g_autoptr (ZqGrant) grant = g_steal_pointer (&self->unsaved);

  set_access (self, grant->access_token,
              grant->expires_in_us > 0 ? zq_clock_now (self->clock) + grant->expires_in_us : 0);
  settle (self, NULL);
}

static void
on_rotated_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ZqTokens) self = user_data;
  g_autoptr (GError) error = NULL;

  keyring_finish (result, &error);
  if (error != NULL)
    settle_keyring_error (self, error);
  else
    use_grant (self);
}

/* The server may take the old refresh token for stolen from now on: the new one is kept first. */
static void
save_rotated (ZqTokens *self)
{
  if (self->unsaved->refresh_token == NULL)
    use_grant (self);
  else
    keyring_async (self, TRUE, self->unsaved->refresh_token, on_rotated_saved, g_object_ref (self));
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ZqTokens) self = user_data;
  g_autoptr (GError) error = NULL;

  keyring_finish (result, &error);
  if (error != NULL)
    g_message ("The refused sign-in of account %s stays in the keyring", zq_account_get_id (self->account));
  settle_signed_out (self);
}

static void
on_grant (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ZqTokens) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean lost = FALSE;

  self->unsaved = zq_grant_request_finish (result, &lost, &error);
  if (self->unsaved != NULL)
    save_rotated (self);
  else if (lost)
    keyring_async (self, TRUE, NULL, on_removed, g_object_ref (self));
  else if (error->domain == ZQ_ACCOUNT_ERROR)
    settle_signed_out (self);
  else
    {
      error->code = error->code == ZQ_FHIR_ERROR_TLS ? ZQ_FHIR_ERROR_TLS : ZQ_FHIR_ERROR_NETWORK;
      settle (self, error);
    }
}

static void
ask_for_grant (ZqTokens *self, const char *refresh_token)
{
  g_autoptr (GError) error = NULL;

  if (self->session == NULL)
    self->session =
        zq_grant_session_new (zq_account_get_base (self->account), zq_account_get_ca (self->account), &error);
  if (self->session == NULL)
    {
      error->domain = ZQ_FHIR_ERROR;
      error->code = ZQ_FHIR_ERROR_TLS;
      settle (self, error);
      return;
    }
  zq_grant_request_async (self->session, self->endpoint,
                          soup_form_encode ("grant_type", "refresh_token", "refresh_token", refresh_token, "client_id",
                                            zq_account_get_client_id (self->account), NULL),
                          NULL, on_grant, g_object_ref (self));
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ZqTokens) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSmart) smart = zq_smart_discover_finish (result, &error);
  char *token = g_steal_pointer (&self->asking_with);

  if (smart != NULL)
    {
      self->endpoint = g_strdup (smart->token);
      ask_for_grant (self, token);
    }
  else
    {
      gboolean tls = g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_TLS);
      g_autoptr (GError) outcome = NULL;

      outcome = g_error_new_literal (ZQ_FHIR_ERROR, tls ? ZQ_FHIR_ERROR_TLS : ZQ_FHIR_ERROR_NETWORK, error->message);
      settle (self, outcome);
    }
  free_secret (token);
}

static void
on_refresh_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ZqTokens) self = user_data;
  g_autoptr (GError) error = NULL;
  char *token = keyring_finish (result, &error);

  if (error != NULL)
    settle_keyring_error (self, error);
  else if (token == NULL)
    settle_signed_out (self);
  else if (self->endpoint != NULL)
    ask_for_grant (self, token);
  else
    {
      g_autoptr (ZqFhirClient) client = zq_smart_client_new (self->account, NULL, self->clock);

      self->asking_with = g_steal_pointer (&token);
      zq_smart_discover_async (client, NULL, on_discovered, g_object_ref (self));
    }
  free_secret (token);
}

static void
refresh (ZqTokens *self)
{
  self->busy = TRUE;
  if (self->unsaved != NULL)
    save_rotated (self);
  else
    keyring_async (self, FALSE, NULL, on_refresh_token, g_object_ref (self));
}

/* The token provider */

static void
zq_tokens_get_async (ZqTokenProvider *provider,
                     const char *stale,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  ZqTokens *self = ZQ_TOKENS (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, zq_tokens_get_async);
  g_task_set_task_data (task, g_strdup (stale), (GDestroyNotify)free_secret);
  if (!self->busy && is_usable (self, stale, self->ahead_us))
    {
      g_task_return_pointer (task, g_strdup (self->access), (GDestroyNotify)free_secret);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  pump (self);
}

static char *
zq_tokens_get_finish (ZqTokenProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
zq_tokens_provider_init (ZqTokenProviderInterface *iface)
{
  iface->get_async = zq_tokens_get_async;
  iface->get_finish = zq_tokens_get_finish;
}

/* Adoption and sign-out */

typedef struct
{
  gboolean adopts; /* else a sign-out */
  char *access;
  char *refresh;
  gint64 expires_us;
} Operation;

static void
operation_free (Operation *self)
{
  free_secret (self->access);
  free_secret (self->refresh);
  g_free (self);
}

static void
on_operation_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (ZqTokens) self = g_object_ref (g_task_get_source_object (task));
  Operation *operation = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  keyring_finish (result, &error);
  if (!operation->adopts)
    settle_signed_out (self);
  else if (error != NULL)
    settle_keyring_error (self, error);
  else
    {
      self->signed_out = FALSE;
      g_clear_pointer (&self->unsaved, zq_grant_free);
      set_access (self, operation->access, operation->expires_us);
      settle (self, NULL);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
pump (ZqTokens *self)
{
  GTask *task;

  if (self->busy)
    return;
  task = g_queue_pop_head (&self->operations);
  if (task != NULL)
    {
      Operation *operation = g_task_get_task_data (task);

      self->busy = TRUE;
      keyring_async (self, TRUE, operation->refresh, on_operation_saved, task);
    }
  else if (self->waiting->len > 0)
    {
      if (self->signed_out)
        settle_signed_out (self);
      else
        refresh (self);
    }
}

void
zq_tokens_adopt_async (ZqTokens *self, const ZqSignInResult *result, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Operation *operation = g_new0 (Operation, 1);

  g_task_set_source_tag (task, zq_tokens_adopt_async);
  operation->adopts = TRUE;
  operation->access = g_strdup (result->access_token);
  operation->refresh = g_strdup (result->refresh_token);
  operation->expires_us = result->expires_us;
  g_task_set_task_data (task, operation, (GDestroyNotify)operation_free);
  g_queue_push_tail (&self->operations, task);
  pump (self);
}

gboolean
zq_tokens_adopt_finish (ZqTokens *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_tokens_sign_out_async (ZqTokens *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, zq_tokens_sign_out_async);
  g_task_set_task_data (task, g_new0 (Operation, 1), (GDestroyNotify)operation_free);
  g_queue_push_tail (&self->operations, task);
  pump (self);
}

gboolean
zq_tokens_sign_out_finish (ZqTokens *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
zq_tokens_can_refresh (ZqTokens *self, GError **error)
{
  char *token;
  gboolean can;

  if (self->in_memory)
    return self->memory != NULL;
  token = zq_keyring_get_refresh_token (self->account, error);
  can = token != NULL;
  free_secret (token);
  return can;
}

static void
zq_tokens_finalize (GObject *object)
{
  ZqTokens *self = ZQ_TOKENS (object);

  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  g_clear_object (&self->session);
  g_clear_pointer (&self->access, free_secret);
  g_clear_pointer (&self->memory, free_secret);
  g_clear_pointer (&self->asking_with, free_secret);
  g_clear_pointer (&self->unsaved, zq_grant_free);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  g_queue_clear_full (&self->operations, g_object_unref);
  g_free (self->endpoint);

  G_OBJECT_CLASS (zq_tokens_parent_class)->finalize (object);
}

static void
zq_tokens_class_init (ZqTokensClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_tokens_finalize;

  signals[SIGNED_OUT] =
      g_signal_new ("signed-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_tokens_init (ZqTokens *self)
{
  g_queue_init (&self->operations);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

ZqTokens *
zq_tokens_new (ZqAccount *account, ZqClock *clock)
{
  ZqTokens *self = g_object_new (ZQ_TYPE_TOKENS, NULL);

  self->account = g_object_ref (account);
  self->clock = g_object_ref (clock);
  return self;
}

ZqTokens *
zq_tokens_new_in_memory (ZqAccount *account, ZqClock *clock)
{
  ZqTokens *self = zq_tokens_new (account, clock);

  self->in_memory = TRUE;
  return self;
}
