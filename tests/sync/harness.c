/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/harness.h"

#include "base/id.h"
#include "resource/json.h"

/* --- toy kinds ------------------------------------------------------------------------------------ */

static gpointer
toy_parse (JsonNode *node, gpointer context, GError **error)
{
  return json_node_ref (node);
}

static gboolean
toy_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  return zq_txn_reference (txn, zq_json_get_string (parsed, "subject.reference"), TRUE, error) != 0 ||
         zq_json_get_string (parsed, "subject.reference") == NULL;
}

static gboolean
toy_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return TRUE;
}

static gboolean
note_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, error);
  const char *about;

  if (args == NULL)
    return FALSE;
  if (current == NULL)
    {
      g_autofree char *local = zq_json_quote (intent->target_local_id);
      g_autofree char *identifier = g_strdup_printf ("[{\"system\":\"%s\",\"value\":%s}]", ZQ_SYSTEM_LOCAL_ID, local);

      zq_edits_set_string (edits, "$.resourceType", "Basic");
      zq_edits_set_json (edits, "$.identifier", identifier);
    }
  about = zq_json_get_string (args, "about");
  if (about != NULL)
    zq_edits_set_string (edits, "$.about.reference", about);
  zq_edits_set_string (edits, "$.text", zq_json_get_string (args, "text"));
  return TRUE;
}

static ZqVerdict
note_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, NULL);

  if (fresh == NULL)
    {
      if (intent->attempts == 0 || g_strcmp0 (zq_json_get_string (args, "text"), "once") != 0)
        return ZQ_VERDICT_GO;
      *reason = g_strdup ("not a second time");
      return ZQ_VERDICT_HELD;
    }
  if (zq_json_get_boolean (fresh, "hold", FALSE))
    {
      *reason = g_strdup ("somebody holds it");
      return ZQ_VERDICT_HELD;
    }
  return g_strcmp0 (zq_json_get_string (fresh, "text"), zq_json_get_string (args, "text")) == 0 ? ZQ_VERDICT_DONE
                                                                                                : ZQ_VERDICT_GO;
}

static void
note_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  if (intent->target_server_id != NULL)
    g_ptr_array_add (queries, g_strdup_printf ("Basic/%s", intent->target_server_id));
}

static const ZqIntentRule note_rules[] = {
  { .action = "write", .apply = note_apply, .check = note_check, .freshen = note_freshen },
  { NULL },
};
static const ZqScope note_scopes[] = { { "all", "Basic?code=note" }, { NULL } };
static const ZqResourceKind note_kind = {
  .name = "note",
  .type = "Basic",
  .projection_version = 1,
  .parse = toy_parse,
  .parsed_free = (GDestroyNotify)json_node_unref,
  .project = toy_project,
  .unproject = toy_unproject,
  .rules = note_rules,
  .scopes = note_scopes,
};
static const ZqResourceKind patient_kind = {
  .name = "patient",
  .type = "Patient",
  .projection_version = 1,
  .parse = toy_parse,
  .parsed_free = (GDestroyNotify)json_node_unref,
  .project = toy_project,
  .unproject = toy_unproject,
};
static const ZqScope allergy_scopes[] = { { "patient", "AllergyIntolerance?patient={patient}" }, { NULL } };
static const ZqResourceKind allergy_kind = {
  .name = "allergy",
  .type = "AllergyIntolerance",
  .projection_version = 1,
  .parse = toy_parse,
  .parsed_free = (GDestroyNotify)json_node_unref,
  .project = toy_project,
  .unproject = toy_unproject,
  .scopes = allergy_scopes,
};
/* Patients whose id is no department's are asked about again. */
static const ZqScope condition_scopes[] = {
  { "all", "Condition?_id=none", .optional = TRUE },
  { "patient", "Condition?patient={patient}",
    "SELECT id FROM resource WHERE server_id NOT IN (SELECT value FROM json_each ({departments}))" },
  { NULL },
};
static const ZqResourceKind condition_kind = {
  .name = "condition",
  .type = "Condition",
  .projection_version = 1,
  .parse = toy_parse,
  .parsed_free = (GDestroyNotify)json_node_unref,
  .project = toy_project,
  .unproject = toy_unproject,
  .scopes = condition_scopes,
};
static const ZqResourceKind *const toy_kinds[] = { &note_kind, &patient_kind, &allergy_kind, NULL };
static const ZqResourceKind *const more_kinds[] = { &note_kind, &patient_kind, &allergy_kind, &condition_kind, NULL };

/* --- set-up --------------------------------------------------------------------------------------- */

static void
open_all (Harness *self)
{
  static const char *const departments[] = { "d1", NULL };
  g_autoptr (GError) error = NULL;
  ZqStoreConfig config = { 0 };
  ZqSyncScope scope = { .me = "p1", .departments = departments };

  config.dir = self->dir;
  config.key = self->key;
  config.kinds = self->more_kinds ? more_kinds : toy_kinds;
  config.clock = self->clock;
  config.base = toy_server_get_base (self->server);
  self->store = zq_store_open (&config, &error);
  g_assert_no_error (error);
  self->client = zq_fhir_client_new (toy_server_get_base (self->server), NULL, self->clock);
  self->status = zq_session_status_new ();
  self->sync = zq_sync_new (self->store, self->client, self->clock, &scope, self->status);
}

static void
close_all (Harness *self)
{
  zq_sync_stop (self->sync);
  g_clear_object (&self->sync);
  zq_store_close (self->store);
  zq_test_settle ();
  g_clear_object (&self->store);
  g_clear_object (&self->client);
  g_clear_object (&self->status);
}

void
harness_set_up (Harness *self, gconstpointer data)
{
  guint8 key[32] = { 7 };

  self->more_kinds = data != NULL;
  self->clock = zq_test_clock ();
  self->server = toy_server_new (self->clock);
  self->dir = zq_test_temp_dir ();
  self->key = g_bytes_new (key, sizeof key);
  open_all (self);
}

void
harness_tear_down (Harness *self, gconstpointer data)
{
  close_all (self);
  toy_server_free (self->server);
  zq_test_dir_free (self->dir);
  g_bytes_unref (self->key);
  g_object_unref (self->clock);
}

void
harness_restart (Harness *self)
{
  close_all (self);
  open_all (self);
}

typedef struct
{
  GAsyncResult *result;
} Wait;

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  ((Wait *)data)->result = g_object_ref (result);
}

static gboolean
is_ready (gpointer data)
{
  return ((Wait *)data)->result != NULL;
}

GError *
harness_pull (Harness *self)
{
  Wait wait = { NULL };
  GError *error = NULL;

  zq_sync_pull_async (self->sync, NULL, on_ready, &wait);
  g_assert_true (zq_test_wait_until (is_ready, &wait, 20));
  zq_sync_pull_finish (self->sync, wait.result, &error);
  g_object_unref (wait.result);
  return error;
}

GError *
harness_push (Harness *self)
{
  Wait wait = { NULL };
  GError *error = NULL;

  zq_sync_push_async (self->sync, NULL, on_ready, &wait);
  g_assert_true (zq_test_wait_until (is_ready, &wait, 20));
  zq_sync_push_finish (self->sync, wait.result, &error);
  g_object_unref (wait.result);
  return error;
}

/* --- looking and doing ---------------------------------------------------------------------------- */

ZqDb *
harness_db (Harness *self)
{
  return zq_store_get_main_db (self->store);
}

gint64
harness_count (Harness *self, const char *type)
{
  g_autoptr (GError) error = NULL;
  gint64 n = 0;

  zq_db_get_int (harness_db (self), &n, &error, "SELECT count (*) FROM resource WHERE type = ? AND state = 'held'", "s",
                 type);
  g_assert_no_error (error);
  return n;
}

typedef struct
{
  const char *id;
  const char *chain;
  char *args;
  gint64 seq;
} Add;

static gboolean
add (ZqTxn *txn, gpointer data, GError **error)
{
  Add *self = data;
  gint64 target = 0;

  if (self->id == NULL)
    target = zq_txn_create_local (txn, "Basic", NULL, error);
  else
    zq_db_get_int (zq_txn_db (txn), &target, error, "SELECT id FROM resource WHERE type = 'Basic' AND server_id = ?",
                   "s", self->id);
  if (target != 0)
    self->seq = zq_txn_add_intent (txn, "note", "write", target, self->args, NULL, self->chain, 0, error);
  return self->seq != 0;
}

static gint64
add_intent (Harness *self, const char *id, const char *text, const char *chain, const char *about)
{
  g_autofree char *quoted = zq_json_quote (text);
  g_autofree char *args = about != NULL ? g_strdup_printf ("{\"text\":%s,\"about\":\"urn:uuid:%s\"}", quoted, about)
                                        : g_strdup_printf ("{\"text\":%s}", quoted);
  Add data = { .id = id, .chain = chain, .args = args };
  g_autoptr (GError) error = NULL;

  zq_store_write (self->store, ZQ_PRIORITY_DOCTOR, add, &data, &error);
  g_assert_no_error (error);
  return data.seq;
}

gint64
harness_add_note (Harness *self, const char *text, const char *chain)
{
  return add_intent (self, NULL, text, chain, NULL);
}

gint64
harness_add_note_about (Harness *self, const char *text, const char *chain, const char *about_local_id)
{
  return add_intent (self, NULL, text, chain, about_local_id);
}

gint64
harness_edit (Harness *self, const char *id, const char *text, const char *chain)
{
  return add_intent (self, id, text, chain, NULL);
}

char *
harness_local_id (Harness *self, gint64 seq)
{
  return zq_db_get_text (harness_db (self), NULL,
                         "SELECT local_id FROM resource WHERE id = (SELECT target FROM intent WHERE seq = ?)", "i",
                         seq);
}

int
harness_state (Harness *self, gint64 seq)
{
  g_autoptr (ZqIntent) intent = zq_store_get_intent (harness_db (self), seq, NULL);

  return intent != NULL ? (int)intent->state : -1;
}

guint
harness_outbox (Harness *self)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (harness_db (self), NULL);

  g_assert_nonnull (intents);
  return intents->len;
}
