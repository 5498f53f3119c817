/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "resource/reference.h"

#define READ_UP_TO    ZQ_EXTENSION ("read-up-to")
#define MARKED_UNREAD ZQ_EXTENSION ("marked-unread")

typedef struct
{
  char *thread;
  char *reader;
  gboolean mine, by_patient, marked_unread;
  gint64 up_to;
  gint64 updated;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->thread);
  g_free (self->reader);
  g_free (self);
}

static gboolean
mark_claims (JsonNode *node)
{
  return g_strcmp0 (zq_json_get_code (node, "code", ZQ_MARK_CODES), "read-mark") == 0;
}

static gint64
read_up_to (JsonNode *node, const ZqContext *context)
{
  JsonNode *extension = zq_json_get_extension (node, READ_UP_TO);

  return zq_date_time_parse (zq_json_get_string (extension, "valueInstant"), context->zone).start;
}

static gpointer
mark_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);
  g_autoptr (ZqReference) reader = zq_reference_read_from (node, "author", context->base);

  self->thread = g_strdup (zq_codec_reference (node, "subject"));
  self->reader = g_strdup (zq_codec_reference (node, "author"));
  if (reader != NULL && reader->type != NULL)
    {
      self->mine = zq_reference_is (reader, "Practitioner") && g_strcmp0 (reader->id, context->me) == 0;
      self->by_patient = g_str_equal (reader->type, "Patient") || g_str_equal (reader->type, "RelatedPerson");
    }
  self->up_to = read_up_to (node, context);
  self->marked_unread = zq_json_get_boolean (zq_json_get_extension (node, MARKED_UNREAD), "valueBoolean", FALSE);
  self->updated = zq_date_time_parse (zq_json_get_string (node, "meta.lastUpdated"), context->zone).start;

  return self;
}

/* --- rows ------------------------------------------------------------------------------------- */

static gboolean
mark_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  gint64 thread = 0;

  zq_db_get_int (db, &thread, NULL, "SELECT thread FROM read_mark WHERE id = ?", "i", id);
  zq_txn_changed (txn, "read-mark", id, 0, ZQ_CHANGE_CONTENT);

  return zq_consult_touch_thread (txn, thread, error) &&
         zq_db_exec (db, error, "DELETE FROM read_mark WHERE id = ?", "i", id);
}

static gboolean
mark_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 thread, reader;

  if (!zq_person_refer (txn, self->thread, FALSE, &thread, error) ||
      !zq_person_refer (txn, self->reader, FALSE, &reader, error))
    return FALSE;
  zq_txn_changed (txn, "read-mark", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (
             zq_txn_db (txn), error,
             "INSERT OR REPLACE INTO read_mark (id, thread, reader, mine, by_patient, up_to, marked_unread, updated)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
             "iiiiiiii", id, thread, reader, (gint64)self->mine, (gint64)self->by_patient, self->up_to,
             (gint64)self->marked_unread, self->updated) &&
         zq_consult_touch_thread (txn, thread, error);
}

/* --- mark-read -------------------------------------------------------------------------------- */

static void
build (const ZqIntent *intent, JsonNode *args, const ZqContext *context, ZqEdits *edits)
{
  const char *department = zq_json_get_string (args, "department");
  g_autofree char *thread = zq_json_quote (zq_json_get_string (args, "thread"));
  g_autofree char *key = zq_json_quote (intent->target_local_id != NULL ? intent->target_local_id : "");
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *reader = zq_json_quote (me);
  g_autofree char *identifier = g_strdup_printf ("[{\"system\":\"" ZQ_SYSTEM_LOCAL_ID "\",\"value\":%s}]", key);
  g_autofree char *subject = g_strdup_printf ("{\"reference\":%s}", thread);
  g_autofree char *author = g_strdup_printf ("{\"reference\":%s}", reader);

  zq_edits_set_string (edits, "$.resourceType", "Basic");
  if (department != NULL)
    {
      g_autofree char *quoted = zq_json_quote (department);
      g_autofree char *meta =
          g_strdup_printf ("{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":%s}]}", quoted);

      zq_edits_set_json (edits, "$.meta", meta);
    }
  zq_edits_set_json (edits, "$.identifier", identifier);
  zq_edits_set_json (edits, "$.code", "{\"coding\":[{\"system\":\"" ZQ_MARK_CODES "\",\"code\":\"read-mark\"}]}");
  zq_edits_set_json (edits, "$.subject", subject);
  zq_edits_set_json (edits, "$.author", author);
  zq_edits_set_json (edits, "$.extension", "[]");
}

static void
set_extension (JsonNode *current, const char *url, const char *member, const char *json, ZqEdits *edits)
{
  guint length = zq_json_get_length (current, "extension");
  g_autofree char *entry = g_strdup_printf ("{\"url\":\"%s\",\"%s\":%s}", url, member, json);

  for (guint i = 0; i < length; i++)
    if (g_strcmp0 (zq_json_get_string (zq_json_get_at (current, "extension", i), "url"), url) == 0)
      {
        g_autofree char *path = g_strdup_printf ("$.extension[%u].%s", i, member);

        zq_edits_set_json (edits, path, json);
        return;
      }
  if (current != NULL && zq_json_get_array (current, "extension") == NULL)
    zq_edits_set_json (edits, "$.extension", "[]");
  zq_edits_set_json (edits, "$.extension[#]", entry);
}

static gboolean
mark_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *up_to = zq_json_get_string (args, "up-to");
  g_autofree char *quoted = up_to != NULL ? zq_json_quote (up_to) : NULL;

  if (quoted == NULL || zq_json_get_string (args, "thread") == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "The read mark names no conversation or instant");
      return FALSE;
    }
  if (current == NULL)
    build (intent, args, context, edits);
  /* A mark only ever moves forward: another workstation may be ahead. */
  if (current == NULL || read_up_to (current, context) < zq_date_time_parse (up_to, context->zone).start)
    set_extension (current, READ_UP_TO, "valueInstant", quoted, edits);
  set_extension (current, MARKED_UNREAD, "valueBoolean", zq_json_get_boolean (args, "unread", FALSE) ? "true" : "false",
                 edits);

  return TRUE;
}

static ZqVerdict
mark_check (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer data, char **reason)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  gboolean unread = zq_json_get_boolean (zq_json_get_extension (fresh, MARKED_UNREAD), "valueBoolean", FALSE);

  if (fresh != NULL && unread == zq_json_get_boolean (args, "unread", FALSE) &&
      read_up_to (fresh, context) >= zq_date_time_parse (zq_json_get_string (args, "up-to"), context->zone).start)
    return ZQ_VERDICT_DONE;

  return ZQ_VERDICT_GO;
}

/* My other workstation may have made it: then it has to be changed, not made again. */
static void
mark_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries)
{
  g_autofree char *key = NULL;

  if (intent->target_server_id != NULL || intent->target_local_id == NULL)
    return;
  key = g_uri_escape_string (intent->target_local_id, NULL, FALSE);
  g_ptr_array_add (queries, g_strconcat ("Basic?identifier=" ZQ_SYSTEM_LOCAL_ID "%7C", key, NULL));
}

/* It was to be made, and the hospital had one already, which is behind: once more, as a change of it.
 * Once only: a hospital that does not keep what it is told is not told for ever. */
static gboolean
mark_pushed (ZqTxn *txn, const ZqIntent *intent, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  gint64 wanted = zq_date_time_parse (zq_json_get_string (args, "up-to"), context->zone).start;
  g_autofree char *again = NULL;
  gint64 kept = 0;

  if (zq_json_get_boolean (args, "again", FALSE) ||
      !zq_db_get_int (zq_txn_db (txn), &kept, NULL, "SELECT up_to FROM read_mark WHERE id = ?", "i", intent->target) ||
      kept / 1000 >= wanted / 1000)
    return TRUE;

  again = zq_db_get_text (zq_txn_db (txn), error, "SELECT json_set (?, '$.again', json ('true'))", "s", intent->args);

  return again != NULL &&
         zq_txn_add_intent (txn, "read-mark", "mark-read", intent->target, again, NULL, intent->chain, 0, error) != 0;
}

const ZqIntentRule zq_read_mark_rules[] = {
  { "mark-read", mark_apply, mark_check, mark_freshen, mark_pushed },
  { NULL },
};

static const ZqScope mark_scopes[] = {
  { "department", "Basic?code=read-mark&_tag={system-department}|{department}" },
  { "thread", "Basic?code=read-mark&subject={thread}", ZQ_CONSULT_OPEN_UNTAGGED },
  { NULL, NULL },
};

const ZqResourceKind zq_read_mark_kind = {
  .name = "read-mark",
  .type = "Basic",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS read_mark ("
            "  id INTEGER PRIMARY KEY, thread INTEGER NOT NULL, reader INTEGER NOT NULL, mine INTEGER NOT NULL,"
            "  by_patient INTEGER NOT NULL, up_to INTEGER NOT NULL, marked_unread INTEGER NOT NULL,"
            "  updated INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS read_mark_thread ON read_mark (thread, up_to);" ZQ_THREAD_HERE_SCHEMA,
  .claims = mark_claims,
  .parse = mark_parse,
  .parsed_free = parsed_free,
  .project = mark_project,
  .unproject = mark_unproject,
  .rules = zq_read_mark_rules,
  .scopes = mark_scopes,
};
