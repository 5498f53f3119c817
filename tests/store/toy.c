/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/toy.h"

#include "base/id.h"
#include "resource/json.h"

/* --- task ------------------------------------------------------------------------------------- */

typedef struct
{
  char *status;
  char *owner;
  char *focus;
  gint64 due;
} ToyTask;

static void
task_free (gpointer data)
{
  ToyTask *task = data;

  g_free (task->status);
  g_free (task->owner);
  g_free (task->focus);
  g_free (task);
}

static gpointer
task_parse (JsonNode *node, gpointer context, GError **error)
{
  const char *status = zq_json_get_string (node, "status");
  const char *due = zq_json_get_string (node, "due");
  ToyContext *toy = context;
  ToyTask *task;

  g_atomic_int_inc (&toy->n_parsed);
  if (status == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "status is missing");
      return NULL;
    }

  task = g_new0 (ToyTask, 1);
  task->status = g_strdup (status);
  task->owner = g_strdup (zq_json_get_string (node, "owner.reference"));
  task->focus = g_strdup (zq_json_get_string (node, "focus.reference"));
  task->due = due != NULL ? g_ascii_strtoll (due, NULL, 10) : 0;

  return task;
}

static gboolean
put_task (ZqTxn *txn, gint64 id, ToyTask *task, const char *mark, GError **error)
{
  gint64 focus = zq_txn_reference (txn, task->focus, TRUE, NULL);

  if (g_str_equal (task->status, "unshowable"))
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "it has no place");
      return FALSE;
    }
  zq_txn_changed (txn, "task", id, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO toy_task (id, status, owner, focus, due, overdue, mark)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?)",
                     "issiiis", id, task->status, task->owner, focus, task->due,
                     (gint64)(task->due != 0 && task->due <= zq_txn_now (txn)), mark);
}

static gboolean
task_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  return put_task (txn, id, parsed, "1", error);
}

static gboolean
task_project_2 (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  return put_task (txn, id, parsed, "2", error);
}

static gboolean
task_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_task WHERE id = ?", "i", id);
}

static gint64
task_next_alarm (ZqDb *db)
{
  gint64 at = 0;

  zq_db_get_int (db, &at, NULL, "SELECT min (due) FROM toy_task WHERE overdue = 0 AND due > 0", "");

  return at;
}

static gboolean
task_alarm (ZqTxn *txn, gint64 now_us, GError **error)
{
  if (!zq_db_exec (zq_txn_db (txn), error,
                   "UPDATE toy_task SET overdue = NOT overdue WHERE due > 0 AND overdue <> (due <= ?)", "i", now_us))
    return FALSE;
  if (zq_db_changes (zq_txn_db (txn)) > 0)
    zq_txn_changed (txn, "task", 0, 0, ZQ_CHANGE_ORDER);

  return TRUE;
}

static gboolean
apply_set (const ZqIntent *intent, JsonNode *current, const char *path, const char *arg, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, error);

  if (args == NULL)
    return FALSE;
  zq_edits_set_string (edits, path, zq_json_get_string (args, arg));

  return TRUE;
}

static gboolean
apply_close (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  zq_edits_set_string (edits, "$.status", "completed");

  return TRUE;
}

static gboolean
apply_claim (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  return apply_set (intent, current, "$.owner.reference", "owner", edits, error);
}

static gboolean
apply_priority (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  return apply_set (intent, current, "$.priority", "priority", edits, error);
}

static ZqVerdict
check_close (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  if (g_strcmp0 (zq_json_get_string (fresh, "status"), "completed") == 0)
    return ZQ_VERDICT_DONE;
  if (g_strcmp0 (zq_json_get_string (fresh, "status"), "on-hold") == 0)
    {
      *reason = g_strdup ("something came");
      return ZQ_VERDICT_HELD;
    }

  return ZQ_VERDICT_GO;
}

static ZqVerdict
check_claim (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  const char *owner = zq_json_get_string (fresh, "owner.reference");

  if (owner == NULL || g_str_has_prefix (owner, "Organization/"))
    return ZQ_VERDICT_GO;

  *reason = g_strdup_printf ("taken by %s", owner);

  return ZQ_VERDICT_REFUSED;
}

static gboolean
count_pushed (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  ToyContext *toy = zq_txn_context (txn);

  toy->n_pushed++;

  return TRUE;
}

static const ZqIntentRule TASK_RULES[] = {
  { "close", apply_close, check_close, NULL, count_pushed },
  { "claim", apply_claim, check_claim, NULL, count_pushed },
  { "priority", apply_priority, NULL, NULL, NULL },
  { NULL },
};

#define TASK_SCHEMA                                                                                                    \
  "CREATE TABLE IF NOT EXISTS toy_task (id INTEGER PRIMARY KEY, status TEXT, owner TEXT, focus INTEGER, due INTEGER,"  \
  " overdue INTEGER, mark TEXT);"                                                                                      \
  "CREATE INDEX IF NOT EXISTS toy_task_due ON toy_task (due, id);"

static const ZqResourceKind TASK = {
  .name = "task",
  .type = "Task",
  .projection_version = 1,
  .schema = TASK_SCHEMA,
  .parse = task_parse,
  .parsed_free = task_free,
  .project = task_project,
  .unproject = task_unproject,
  .next_alarm = task_next_alarm,
  .alarm = task_alarm,
  .rules = TASK_RULES,
};

static const ZqResourceKind TASK_2 = {
  .name = "task",
  .type = "Task",
  .projection_version = 2,
  .schema = TASK_SCHEMA,
  .parse = task_parse,
  .parsed_free = task_free,
  .project = task_project_2,
  .unproject = task_unproject,
  .rules = TASK_RULES,
};

/* --- message ---------------------------------------------------------------------------------- */

static gboolean
message_claims (JsonNode *node)
{
  return zq_json_get_length (node, "payload") > 0;
}

static gpointer
message_parse (JsonNode *node, gpointer context, GError **error)
{
  return json_node_ref (node);
}

static gboolean
message_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO toy_message (id, text, sent, about) VALUES (?, ?, ?, ?)", "issi", id,
                     zq_json_get_string (parsed, "payload[0].contentString"), zq_json_get_string (parsed, "sent"),
                     zq_txn_reference (txn, zq_json_get_string (parsed, "inResponseTo[0].reference"), FALSE, NULL));
}

static gboolean
message_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM toy_message WHERE id = ?", "i", id);
}

static gboolean
apply_send (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, error);
  g_autofree char *sent = g_strdup_printf ("%" G_GINT64_FORMAT, intent->sent);
  const char *about = args != NULL ? zq_json_get_string (args, "about") : NULL;

  if (args == NULL)
    return FALSE;

  zq_edits_set_string (edits, "$.resourceType", "Communication");
  zq_edits_set_string (edits, "$.identifier[0].system", ZQ_SYSTEM_LOCAL_ID);
  zq_edits_set_string (edits, "$.identifier[0].value", intent->target_local_id);
  zq_edits_set_string (edits, "$.payload[#].contentString", zq_json_get_string (args, "text"));
  if (about != NULL)
    zq_edits_set_string (edits, "$.inResponseTo[0].reference", about);
  if (intent->sent != 0)
    zq_edits_set_string (edits, "$.sent", sent);

  return TRUE;
}

static gboolean
apply_mark (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error)
{
  if (current == NULL)
    return apply_send (intent, current, context, edits, error);

  return apply_set (intent, current, "$.payload[0].contentString", "text", edits, error);
}

static ZqVerdict
check_mark (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason)
{
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, NULL);
  const char *text = fresh != NULL ? zq_json_get_string (fresh, "payload[0].contentString") : NULL;

  return g_strcmp0 (text, zq_json_get_string (args, "text")) == 0 ? ZQ_VERDICT_DONE : ZQ_VERDICT_GO;
}

static const ZqIntentRule MESSAGE_RULES[] = {
  { "mark", apply_mark, check_mark, NULL, NULL },
  { "send-message", apply_send, NULL, NULL, count_pushed },
  { NULL },
};

static const ZqResourceKind MESSAGE = {
  .name = "message",
  .type = "Communication",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS toy_message (id INTEGER PRIMARY KEY, text TEXT, sent TEXT, about INTEGER);",
  .claims = message_claims,
  .parse = message_parse,
  .parsed_free = (GDestroyNotify)json_node_unref,
  .project = message_project,
  .unproject = message_unproject,
  .rules = MESSAGE_RULES,
};

const ZqResourceKind *const TOY_KINDS[] = { &TASK, &MESSAGE, NULL };
const ZqResourceKind *const TOY_KINDS_2[] = { &TASK_2, &MESSAGE, NULL };

/* --- fixture ---------------------------------------------------------------------------------- */

static void
on_changed (ZqStore *store, ZqChanges *changes, Toy *toy)
{
  toy->n_changed++;
  g_clear_pointer (&toy->last_changes, zq_changes_unref);
  toy->last_changes = zq_changes_ref (changes);
}

void
toy_open (Toy *toy)
{
  g_autoptr (GError) error = NULL;

  toy->store = zq_store_open (&toy->config, &error);
  g_assert_no_error (error);
  g_signal_connect (toy->store, "changed", G_CALLBACK (on_changed), toy);
}

void
toy_close (Toy *toy)
{
  zq_store_close (toy->store);
  zq_test_settle ();
  zq_test_last_unref (g_steal_pointer (&toy->store));
}

static const char *
toy_policy (gpointer context)
{
  return "1.0";
}

void
toy_set_up (Toy *toy, gconstpointer unused)
{
  guint8 key[32];

  for (guint i = 0; i < sizeof key; i++)
    key[i] = 7 * i;

  toy->dir = zq_test_temp_dir ();
  toy->key = g_bytes_new (key, sizeof key);
  toy->clock = zq_test_clock ();
  toy->config.dir = (const char *)toy->dir;
  toy->config.key = toy->key;
  toy->config.kinds = TOY_KINDS;
  toy->config.context = &toy->context;
  toy->config.clock = toy->clock;
  toy->config.base = "http://hospital.example/fhir";
  toy->config.who = "Practitioner/me";
  toy->config.policy_version = toy_policy;
  toy_open (toy);
}

void
toy_tear_down (Toy *toy, gconstpointer unused)
{
  if (toy->store != NULL)
    toy_close (toy);
  g_clear_pointer (&toy->last_changes, zq_changes_unref);
  g_bytes_unref (toy->key);
  g_object_unref (toy->clock);
  zq_test_dir_free (toy->dir);
}

char *
toy_db_path (Toy *toy)
{
  return zq_test_dir_path (toy->dir, "store.db");
}

/* --- waiting for what is asynchronous --------------------------------------------------------- */

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static void
wait_result (GAsyncResult **result)
{
  g_assert_true (zq_test_wait_until (has_result, result, 30));
}

ZqBundle *
toy_bundle (const char *first, ...)
{
  g_autoptr (GString) text = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  ZqBundle *bundle;
  va_list args;

  va_start (args, first);
  for (const char *resource = first; resource != NULL; resource = va_arg (args, const char *))
    g_string_append_printf (text, "%s{\"resource\":%s,\"search\":{\"mode\":\"match\"}}", resource == first ? "" : ",",
                            resource);
  va_end (args);
  g_string_append (text, "]}");

  bytes = g_bytes_new (text->str, text->len);
  bundle = zq_bundle_read (bytes, &error);
  g_assert_no_error (error);

  return bundle;
}

ZqIngested *
toy_ingest (Toy *toy, ZqBundle *page)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ZqIngested *ingested;

  zq_store_ingest_async (toy->store, page, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, keep_result, &result);
  zq_bundle_unref (page);
  wait_result (&result);
  ingested = zq_store_ingest_finish (toy->store, result, &error);
  g_assert_no_error (error);

  return ingested;
}

char *
toy_task (const char *id, guint version, const char *members)
{
  return g_strdup_printf ("{\"resourceType\":\"Task\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%u\","
                          "\"lastUpdated\":\"2026-11-22T01:00:%02uZ\"},%s}",
                          id, version, version, members != NULL ? members : "\"status\":\"requested\"");
}

/* --- reading ---------------------------------------------------------------------------------- */

gint64
toy_row (Toy *toy, const char *type, const char *server_id)
{
  g_autoptr (GError) error = NULL;
  gint64 id = 0;

  zq_db_get_int (zq_store_get_main_db (toy->store), &id, &error,
                 "SELECT id FROM resource WHERE type = ? AND server_id = ?", "ss", type, server_id);
  g_assert_no_error (error);

  return id;
}

gint64
toy_int (Toy *toy, const char *sql)
{
  g_autoptr (GError) error = NULL;
  gint64 value = 0;

  zq_db_get_int (zq_store_get_main_db (toy->store), &value, &error, sql, "");
  g_assert_no_error (error);

  return value;
}

char *
toy_text (Toy *toy, const char *sql)
{
  g_autoptr (GError) error = NULL;
  char *text = zq_db_get_text (zq_store_get_main_db (toy->store), &error, sql, "");

  g_assert_no_error (error);

  return text;
}

static char *
get_text (Toy *toy, const char *id, gboolean local)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *server_json = NULL;
  g_autofree char *local_json = NULL;

  zq_store_get_texts (zq_store_get_main_db (toy->store), "Task", id, &server_json, &local_json, &error);
  g_assert_no_error (error);

  return local ? g_steal_pointer (&local_json) : g_steal_pointer (&server_json);
}

char *
toy_server_text (Toy *toy, const char *id)
{
  return get_text (toy, id, FALSE);
}

char *
toy_local_text (Toy *toy, const char *id)
{
  return get_text (toy, id, TRUE);
}

/* --- commands --------------------------------------------------------------------------------- */

gboolean
toy_run (Toy *toy, ZqWriteFunc func, gpointer data, GError **error)
{
  return zq_store_write (toy->store, ZQ_PRIORITY_DOCTOR, func, data, error);
}

typedef struct
{
  const char *action;
  gint64 target;
  const char *args;
  const char *chain;
  gint64 seq;
  gboolean local;
} Act;

static gboolean
run_act (ZqTxn *txn, gpointer data, GError **error)
{
  Act *act = data;

  act->local = act->target == 0;
  if (act->local)
    act->target = zq_txn_create_local (txn, "Communication", NULL, error);
  if (act->target == 0)
    return FALSE;

  act->seq = zq_txn_add_intent (txn, act->local ? "message" : "task", act->action, act->target, act->args, NULL,
                                act->chain, 0, error);

  return act->seq != 0;
}

gint64
toy_act (Toy *toy, const char *action, gint64 target, const char *args)
{
  Act act = { action, target, args };
  g_autoptr (GError) error = NULL;

  toy_run (toy, run_act, &act, &error);
  g_assert_no_error (error);

  return act.seq;
}

gint64
toy_send (Toy *toy, const char *text, const char *about, const char *chain)
{
  g_autofree char *args = about == NULL ? g_strdup_printf ("{\"text\":\"%s\"}", text)
                                        : g_strdup_printf ("{\"text\":\"%s\",\"about\":\"%s\"}", text, about);
  Act act = { "send-message", 0, args, chain };
  g_autoptr (GError) error = NULL;

  toy_run (toy, run_act, &act, &error);
  g_assert_no_error (error);

  return act.seq;
}

static gboolean
run_cancel (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_txn_cancel_intent (txn, *(gint64 *)data, error);
}

gboolean
toy_cancel (Toy *toy, gint64 seq, GError **error)
{
  return toy_run (toy, run_cancel, &seq, error);
}

ZqPush *
toy_prepare (Toy *toy, gint64 seq, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_store_prepare_push_async (toy->store, seq, keep_result, &result);
  wait_result (&result);

  return zq_store_prepare_push_finish (toy->store, result, error);
}

void
toy_settle (Toy *toy, gint64 seq, ZqPushOutcome outcome, const char *resource, gint64 not_before, gboolean unclear)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = resource != NULL ? g_bytes_new (resource, strlen (resource)) : NULL;
  g_autoptr (GError) error = NULL;

  zq_store_settle_push_async (toy->store, seq, outcome, bytes, outcome == ZQ_PUSH_DONE ? NULL : "its reason",
                              not_before, unclear, keep_result, &result);
  wait_result (&result);
  zq_store_settle_push_finish (toy->store, result, &error);
  g_assert_no_error (error);
}

guint
toy_n_pushable (Toy *toy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) intents =
      zq_store_list_pushable (zq_store_get_main_db (toy->store), zq_clock_now (toy->clock), 100, &error);

  g_assert_no_error (error);

  return intents->len;
}

char *
toy_body (ZqPush *push)
{
  return g_strndup (g_bytes_get_data (push->body, NULL), g_bytes_get_size (push->body));
}
