/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/session.h"

#include "clinic/kinds.h"

struct _ZqSession
{
  GObject parent_instance;

  /* settings */
  char *store_dir;
  GStrv policy_dirs;

  /* owned */
  ZqAccount *account;
  ZqClock *clock;
  ZqSessionStatus *status;
  GPtrArray *policy_problems;
  ZqContext *context;
  ZqStore *store;
  ZqFhirClient *client;
  ZqTokens *tokens;
  ZqSync *sync;
};

G_DEFINE_FINAL_TYPE (ZqSession, zq_session, G_TYPE_OBJECT)
G_DEFINE_QUARK (zq - session - error - quark, zq_session_error)

static const char *const default_policy_dirs[] = { "/etc/zhenqiao/policy.d", NULL };

static char *
dup_base (ZqAccount *account)
{
  char *base = g_strdup (zq_account_get_base (account));

  while (g_str_has_suffix (base, "/"))
    base[strlen (base) - 1] = '\0';
  return base;
}

static ZqContext *
make_context (ZqSession *self)
{
  static const char *const nowhere[] = { NULL };
  const char *const *dirs = self->policy_dirs != NULL ? (const char *const *)self->policy_dirs : default_policy_dirs;
  const char *const *departments = zq_account_get_departments (self->account);
  ZqContext *context = g_new0 (ZqContext, 1);

  g_clear_pointer (&self->policy_problems, g_ptr_array_unref);
  context->policy = zq_policy_load (dirs, &self->policy_problems);
  context->base = dup_base (self->account);
  context->me = g_strdup (zq_account_get_practitioner (self->account));
  context->my_name = g_strdup (zq_account_get_name (self->account));
  context->role = g_strdup (zq_account_get_role (self->account));
  context->departments = g_strdupv ((GStrv)(departments != NULL ? departments : nowhere));
  context->zone = g_time_zone_new_identifier (zq_account_get_zone (self->account));
  if (context->zone == NULL)
    context->zone = g_time_zone_new_utc ();
  if (context->role == NULL)
    context->role = g_strdup ("doctor");
  context->clock = g_object_ref (self->clock);
  return context;
}

gboolean
zq_session_open_store (ZqSession *self, GBytes *key, GError **error)
{
  ZqStoreConfig config = { 0 };
  g_autofree char *who = NULL;

  g_return_val_if_fail (ZQ_IS_SESSION (self) && self->store == NULL, FALSE);

  if (zq_account_get_practitioner (self->account) == NULL)
    {
      g_set_error_literal (error, ZQ_SESSION_ERROR, ZQ_SESSION_ERROR_NO_PERSON,
                           "Nobody has signed in to this hospital yet. Sign in first.");
      return FALSE;
    }
  g_clear_pointer (&self->context, zq_context_free);
  self->context = make_context (self);
  who = g_strdup_printf ("Practitioner/%s", self->context->me);

  config.dir = self->store_dir != NULL ? self->store_dir : zq_account_get_dir (self->account);
  config.key = key;
  config.kinds = zq_kinds;
  config.context = self->context;
  config.clock = self->clock;
  config.base = self->context->base;
  config.who = who;
  config.policy_version = zq_policy_get_version (self->context->policy);
  self->store = zq_store_open (&config, error);
  return self->store != NULL;
}

void
zq_session_start (ZqSession *self, ZqTokenProvider *tokens)
{
  ZqSyncScope scope = { 0 };

  g_return_if_fail (ZQ_IS_SESSION (self) && self->store != NULL && self->sync == NULL);

  if (tokens == NULL && zq_account_uses_smart (self->account))
    {
      self->tokens = zq_tokens_new (self->account, self->clock);
      tokens = ZQ_TOKEN_PROVIDER (self->tokens);
    }
  self->client = zq_fhir_client_new (self->context->base, tokens, self->clock);
  if (zq_account_get_ca (self->account) != NULL)
    zq_fhir_client_set_ca_file (self->client, zq_account_get_ca (self->account));

  scope.me = self->context->me;
  scope.departments = (const char *const *)self->context->departments;
  self->sync = zq_sync_new (self->store, self->client, self->clock, &scope, self->status);
}

void
zq_session_go (ZqSession *self)
{
  g_return_if_fail (ZQ_IS_SESSION (self) && self->sync != NULL);

  zq_sync_start (self->sync);
}

/* "Practitioner/12" → "12", as the account keeps it. */
static const char *
practitioner_id (const ZqSignInResult *result)
{
  const char *user = result->fhir_user;

  if (user == NULL || !g_str_has_prefix (user, "Practitioner/"))
    return NULL;
  return user + strlen ("Practitioner/");
}

static gboolean
check_person (ZqAccount *account, const ZqSignInResult *result, GError **error)
{
  const char *known = zq_account_get_practitioner (account);
  const char *id = practitioner_id (result);

  if (id == NULL)
    {
      g_set_error_literal (error, ZQ_SESSION_ERROR, ZQ_SESSION_ERROR_NO_PERSON,
                           "This hospital account does not belong to a doctor or assistant. Sign in with another one.");
      return FALSE;
    }
  if (known != NULL && g_strcmp0 (known, id) != 0)
    {
      g_set_error_literal (error, ZQ_SESSION_ERROR, ZQ_SESSION_ERROR_OTHER_PERSON,
                           "Somebody else signed in than the one whose work is kept here. Nothing was changed: "
                           "sign in as the same person, or add another account.");
      return FALSE;
    }
  return TRUE;
}

gboolean
zq_session_remember_person (ZqAccount *account, const ZqSignInResult *result, GError **error)
{
  g_return_val_if_fail (ZQ_IS_ACCOUNT (account) && result != NULL, FALSE);

  if (!check_person (account, result, error))
    return FALSE;
  zq_sign_in_result_apply (result, account);
  return zq_account_save (account, error);
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  ZqSession *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!zq_tokens_adopt_finish (ZQ_TOKENS (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (self->sync != NULL)
    zq_sync_now (self->sync);
  g_task_return_boolean (task, TRUE);
}

void
zq_session_adopt_async (ZqSession *self, const ZqSignInResult *result, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, data);
  g_autoptr (GError) error = NULL;

  g_return_if_fail (ZQ_IS_SESSION (self) && self->tokens != NULL && result != NULL);

  g_task_set_source_tag (task, zq_session_adopt_async);
  if (!zq_session_remember_person (self->account, result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    zq_tokens_adopt_async (self->tokens, result, on_adopted, g_steal_pointer (&task));
}

gboolean
zq_session_adopt_finish (ZqSession *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
zq_session_close (ZqSession *self)
{
  g_return_if_fail (ZQ_IS_SESSION (self));

  if (self->sync != NULL)
    zq_sync_stop (self->sync);
  g_clear_object (&self->sync);
  g_clear_object (&self->client);
  g_clear_object (&self->tokens);
  if (self->store != NULL)
    zq_store_close (self->store);
  g_clear_object (&self->store);
}

static void
zq_session_finalize (GObject *object)
{
  ZqSession *self = ZQ_SESSION (object);

  zq_session_close (self);
  g_clear_pointer (&self->context, zq_context_free);
  g_clear_pointer (&self->policy_problems, g_ptr_array_unref);
  g_clear_pointer (&self->store_dir, g_free);
  g_clear_pointer (&self->policy_dirs, g_strfreev);
  g_clear_object (&self->status);
  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (zq_session_parent_class)->finalize (object);
}

static void
zq_session_class_init (ZqSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_session_finalize;
}

static void
zq_session_init (ZqSession *self)
{
  self->status = zq_session_status_new ();
  self->policy_problems = g_ptr_array_new_with_free_func (g_free);
}

ZqSession *
zq_session_new (ZqAccount *account, ZqClock *clock)
{
  ZqSession *self = g_object_new (ZQ_TYPE_SESSION, NULL);

  self->account = g_object_ref (account);
  self->clock = g_object_ref (clock);
  return self;
}

void
zq_session_set_store_dir (ZqSession *self, const char *dir)
{
  g_return_if_fail (ZQ_IS_SESSION (self) && self->store == NULL);

  g_free (self->store_dir);
  self->store_dir = g_strdup (dir);
}

void
zq_session_set_policy_dirs (ZqSession *self, const char *const *dirs)
{
  g_return_if_fail (ZQ_IS_SESSION (self) && self->store == NULL);

  g_strfreev (self->policy_dirs);
  self->policy_dirs = g_strdupv ((GStrv)dirs);
}

ZqAccount *
zq_session_get_account (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->account;
}

ZqClock *
zq_session_get_clock (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->clock;
}

ZqSessionStatus *
zq_session_get_status (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->status;
}

ZqStore *
zq_session_get_store (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->store;
}

const ZqContext *
zq_session_get_context (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->context;
}

ZqFhirClient *
zq_session_get_client (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->client;
}

ZqSync *
zq_session_get_sync (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->sync;
}

ZqTokens *
zq_session_get_tokens (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->tokens;
}

GPtrArray *
zq_session_get_policy_problems (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->policy_problems;
}
