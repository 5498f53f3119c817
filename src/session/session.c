/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session/session.h"

#include "clinic/document/recording.h"
#include "clinic/kinds.h"
#include "clinic/policy/held.h"
#include "clinic/policy/kinds.h"
#include "store/txn.h"

/* The setting with the digest of the policy that the rows were made by. */
#define POLICY_SETTING "policy"
#define LEAVE_US       G_USEC_PER_SEC

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

enum
{
  SIGNAL_POLICY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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
  const char *const *departments = zq_account_get_departments (self->account);
  ZqContext *context = g_new0 (ZqContext, 1);

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

/* --- policy ----------------------------------------------------------------------------------- */

typedef struct
{
  ZqPolicy *policy;
  GPtrArray *problems;
} Loaded;

static void
loaded_free (gpointer data)
{
  Loaded *self = data;

  g_clear_object (&self->policy);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

/* A ZqReadFunc: built in, this computer's, the hospital's as held. */
static gpointer
load_policy (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const char *const *dirs = data;
  g_autoptr (GPtrArray) texts = zq_policy_list_held (db, error);
  Loaded *loaded;

  if (texts == NULL)
    return NULL;
  loaded = g_new0 (Loaded, 1);
  loaded->policy = zq_policy_load (dirs, texts, &loaded->problems);
  return loaded;
}

static GStrv
dup_policy_dirs (ZqSession *self)
{
  return g_strdupv (self->policy_dirs != NULL ? self->policy_dirs : (GStrv)default_policy_dirs);
}

static void
take_problems (ZqSession *self, GPtrArray *problems)
{
  g_ptr_array_unref (self->policy_problems);
  self->policy_problems = g_ptr_array_ref (problems);
}

static const char *
policy_version (gpointer context)
{
  return zq_policy_get_version (zq_context_get_policy (context));
}

/* Before the store's threads start, so that no row is made by another policy than the hospital's. */
static void
prepare_policy (ZqDb *db, gpointer data)
{
  ZqSession *self = data;
  g_auto (GStrv) dirs = dup_policy_dirs (self);
  g_autoptr (GError) error = NULL;
  Loaded *loaded = load_policy (db, dirs, NULL, &error);

  if (loaded == NULL)
    {
      g_warning ("The hospital's policy could not be read: %s", error->message);
      zq_context_take_policy (self->context, zq_policy_load ((const char *const *)dirs, NULL, NULL));
      return;
    }
  take_problems (self, loaded->problems);
  zq_context_take_policy (self->context, g_steal_pointer (&loaded->policy));
  loaded_free (loaded);
}

static gboolean
follow_policy (ZqTxn *txn, gpointer data, GError **error)
{
  for (guint i = 0; zq_kinds_of_policy[i] != NULL; i++)
    if (!zq_txn_rebuild (txn, zq_kinds_of_policy[i]->name, error))
      return FALSE;

  return zq_txn_set_setting (txn, POLICY_SETTING, data, error);
}

/* Whether the rows were made by another policy than the one that counts now. */
static gboolean
rows_are_of_another (ZqSession *self)
{
  g_autofree char *known = zq_store_get_setting (zq_store_get_main_db (self->store), POLICY_SETTING);

  return g_strcmp0 (known, zq_policy_get_digest (zq_context_get_policy (self->context))) != 0;
}

static void
on_followed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_store_write_finish (ZQ_STORE (source), result, &error))
    g_message ("The rows are made by the new policy at the next start: %s", error->message);
}

static void
on_policy_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqSession) self = data;
  g_autoptr (GError) error = NULL;
  Loaded *loaded = zq_store_read_finish (ZQ_STORE (source), result, &error);
  ZqPolicy *now;

  if (loaded == NULL)
    {
      g_message ("The hospital's policy could not be read: %s", error->message);
      return;
    }
  take_problems (self, loaded->problems);
  now = zq_context_get_policy (self->context);
  if (!g_str_equal (zq_policy_get_version (loaded->policy), zq_policy_get_version (now)) ||
      !g_str_equal (zq_policy_get_digest (loaded->policy), zq_policy_get_digest (now)))
    zq_context_take_policy (self->context, g_steal_pointer (&loaded->policy));
  loaded_free (loaded);

  if (self->store != NULL && rows_are_of_another (self))
    zq_store_write_async (self->store, ZQ_PRIORITY_SYNC, follow_policy,
                          g_strdup (zq_policy_get_digest (zq_context_get_policy (self->context))), g_free, on_followed,
                          NULL);
  g_signal_emit (self, signals[SIGNAL_POLICY_CHANGED], 0);
}

static void
on_store_changed (ZqSession *self, ZqChanges *changes)
{
  if (zq_changes_has (changes, zq_policy_kind.name))
    zq_store_read_async (self->store, load_policy, dup_policy_dirs (self), (GDestroyNotify)g_strfreev, loaded_free,
                         NULL, on_policy_read, g_object_ref (self));
}

/* --- opening ---------------------------------------------------------------------------------- */

static gboolean
open_prepared (ZqSession *self, const ZqStoreConfig *config, GError **error)
{
  self->store = zq_store_open (config, error);
  if (self->store == NULL)
    return FALSE;
  if (!rows_are_of_another (self))
    return TRUE;
  return zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, follow_policy,
                         (gpointer)zq_policy_get_digest (zq_context_get_policy (self->context)), error);
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
  config.policy_version = policy_version;
  config.prepare = prepare_policy;
  config.prepare_data = self;
  return open_prepared (self, &config, error);
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
  g_signal_connect_object (self->store, "changed", G_CALLBACK (on_store_changed), self, G_CONNECT_SWAPPED);
  zq_recordings_recover (self->store);
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

typedef struct
{
  GCancellable *cancellable;
  gboolean done;
} Leaving;

static void
on_left (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_sync_leave_finish (ZQ_SYNC (source), result, &error))
    g_info ("leaving: %s %d", g_quark_to_string (error->domain), error->code);
  ((Leaving *)data)->done = TRUE;
}

static void
on_left_late (gpointer data)
{
  g_cancellable_cancel (data);
}

void
zq_session_leave (ZqSession *self)
{
  Leaving leaving = { 0 };
  guint alarm;

  g_return_if_fail (ZQ_IS_SESSION (self));

  if (self->sync == NULL || zq_session_status_get_live (self->status) != ZQ_LIVE_UP)
    return;
  leaving.cancellable = g_cancellable_new ();
  alarm = zq_clock_alarm_in (self->clock, LEAVE_US, on_left_late, leaving.cancellable);
  zq_sync_leave_async (self->sync, leaving.cancellable, on_left, &leaving);
  while (!leaving.done)
    g_main_context_iteration (NULL, TRUE);
  if (!g_cancellable_is_cancelled (leaving.cancellable))
    zq_clock_cancel (self->clock, alarm);
  g_object_unref (leaving.cancellable);
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

  signals[SIGNAL_POLICY_CHANGED] =
      g_signal_new ("policy-changed", ZQ_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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

const char *
zq_session_get_policy_version (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->store != NULL ? policy_version (self->context) : NULL;
}

GPtrArray *
zq_session_get_policy_problems (ZqSession *self)
{
  g_return_val_if_fail (ZQ_IS_SESSION (self), NULL);

  return self->policy_problems;
}
