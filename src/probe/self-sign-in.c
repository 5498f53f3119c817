/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/self-sign-in.h"

#include "account/follow.h"
#include "fhir/client.h"

struct _ZqSelfSignIn
{
  GObject parent_instance;

  ZqAccount *account;
  ZqClock *clock;
  ZqTokens *tokens;
  char *login_hint;

  gboolean signing_in;
  GPtrArray *waiting; /* GTask: who asked for a token meanwhile */
};

static void provider_init (ZqTokenProviderInterface *iface);
static void ask_inner (ZqSelfSignIn *self, GTask *task, const char *stale);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqSelfSignIn,
                               zq_self_sign_in,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZQ_TYPE_TOKEN_PROVIDER, provider_init))

/* --- signing in --------------------------------------------------------------------------------- */

typedef struct
{
  ZqSignIn *sign_in;
  ZqSignInResult *result;
  GCancellable *cancellable;
  GError *error; /* of the following, which tells more than the cancellation that it causes */
} Run;

static void
run_free (Run *self)
{
  g_object_unref (self->sign_in);
  g_clear_pointer (&self->result, zq_sign_in_result_free);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
  g_free (self);
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);

  if (!zq_sign_in_follow_finish (result, &run->error))
    g_cancellable_cancel (run->cancellable);
}

static void
on_address_ready (ZqSignIn *sign_in, const char *url, GTask *task)
{
  ZqSelfSignIn *self = g_task_get_source_object (task);

  if (self->login_hint != NULL)
    zq_sign_in_follow_async (url, zq_account_get_ca (self->account), NULL, on_followed, g_object_ref (task));
  else
    g_printerr ("Open this address in a browser to sign in:\n%s\n", url);
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (zq_tokens_adopt_finish (ZQ_TOKENS (source), result, &error))
    g_task_return_pointer (task, g_steal_pointer (&run->result), (GDestroyNotify)zq_sign_in_result_free);
  else
    g_task_return_error (task, error);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ZqSelfSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  run->result = zq_sign_in_run_finish (run->sign_in, result, &error);
  if (run->result != NULL)
    zq_tokens_adopt_async (self->tokens, run->result, on_adopted, g_object_ref (task));
  else
    g_task_return_error (task, run->error != NULL ? g_steal_pointer (&run->error) : g_steal_pointer (&error));
}

void
zq_self_sign_in_run_async (ZqSelfSignIn *self, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, zq_self_sign_in_run_async);
  run->cancellable = g_cancellable_new ();
  run->sign_in = zq_sign_in_new (self->account, self->clock);
  if (self->login_hint != NULL)
    zq_sign_in_set_login_hint (run->sign_in, self->login_hint);
  g_task_set_task_data (task, run, (GDestroyNotify)run_free);
  g_signal_connect_object (run->sign_in, "address-ready", G_CALLBACK (on_address_ready), task, 0);
  zq_sign_in_run_async (run->sign_in, run->cancellable, on_signed_in, g_object_ref (task));
}

ZqSignInResult *
zq_self_sign_in_run_finish (ZqSelfSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- giving tokens ------------------------------------------------------------------------------ */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSelfSignIn) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignInResult) person = zq_self_sign_in_run_finish (self, result, &error);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->signing_in = FALSE;
  for (guint i = 0; i < waiting->len; i++)
    {
      GTask *task = g_ptr_array_index (waiting, i);

      g_task_set_task_data (task, GINT_TO_POINTER (1), NULL);
      if (person != NULL)
        ask_inner (self, task, NULL);
      else if (error->domain == ZQ_FHIR_ERROR)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_new_error (task, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT, "%s", error->message);
    }
}

static void
on_inner (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ZqSelfSignIn *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  char *token = zq_token_provider_get_finish (ZQ_TOKEN_PROVIDER (source), result, &error);
  gboolean tried = GPOINTER_TO_INT (g_task_get_task_data (task)) != 0;

  if (token != NULL)
    g_task_return_pointer (task, token, g_free);
  else if (tried || !g_error_matches (error, ZQ_FHIR_ERROR, ZQ_FHIR_ERROR_SIGNED_OUT))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      g_ptr_array_add (self->waiting, g_steal_pointer (&task));
      if (!self->signing_in)
        {
          self->signing_in = TRUE;
          zq_self_sign_in_run_async (self, on_ready, g_object_ref (self));
        }
    }
}

static void
ask_inner (ZqSelfSignIn *self, GTask *task, const char *stale)
{
  zq_token_provider_get_async (ZQ_TOKEN_PROVIDER (self->tokens), stale, g_task_get_cancellable (task), on_inner,
                               g_object_ref (task));
}

static void
provider_get_async (ZqTokenProvider *provider,
                    const char *stale,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  ZqSelfSignIn *self = ZQ_SELF_SIGN_IN (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);

  g_task_set_source_tag (task, provider_get_async);
  ask_inner (self, task, stale);
}

static char *
provider_get_finish (ZqTokenProvider *provider, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
provider_init (ZqTokenProviderInterface *iface)
{
  iface->get_async = provider_get_async;
  iface->get_finish = provider_get_finish;
}

static void
zq_self_sign_in_finalize (GObject *object)
{
  ZqSelfSignIn *self = ZQ_SELF_SIGN_IN (object);

  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  g_clear_object (&self->tokens);
  g_free (self->login_hint);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (zq_self_sign_in_parent_class)->finalize (object);
}

static void
zq_self_sign_in_class_init (ZqSelfSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_self_sign_in_finalize;
}

static void
zq_self_sign_in_init (ZqSelfSignIn *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

ZqSelfSignIn *
zq_self_sign_in_new (ZqAccount *account, ZqClock *clock, ZqTokens *tokens, const char *login_hint)
{
  ZqSelfSignIn *self = g_object_new (ZQ_TYPE_SELF_SIGN_IN, NULL);

  self->account = g_object_ref (account);
  self->clock = g_object_ref (clock);
  self->tokens = g_object_ref (tokens);
  self->login_hint = g_strdup (login_hint);
  return self;
}
