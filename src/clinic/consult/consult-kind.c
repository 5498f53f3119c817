/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/search-rules.h"
#include "clinic/consult/state.h"
#include "clinic/consult/summary.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "resource/reference.h"

typedef struct
{
  char *patient, *thread, *encounter, *intake, *requester, *owner;
  char *code;
  char *status;
  char *task_status;
  char *complaint;
  char *department;
  gboolean urgent, mine, in_pool, final;
  gint64 authored;
  gint64 due;
  guint n_results;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->patient);
  g_free (self->thread);
  g_free (self->encounter);
  g_free (self->intake);
  g_free (self->requester);
  g_free (self->owner);
  g_free (self->code);
  g_free (self->status);
  g_free (self->task_status);
  g_free (self->complaint);
  g_free (self->department);
  g_free (self);
}

static gboolean
consult_claims (JsonNode *node)
{
  static const char *const consultations[] = { "advice", "revisit", NULL };
  /* Other items of the inbox: capabilities to come take them. A code of ours that nobody knows yet is
   * shown as it is. */
  static const char *const others[] = {
    "result-review", "visit", "follow-up", "alert", "draft-approval", "prescription-returned", "article-review", NULL
  };
  const char *ours = zq_json_get_code (node, "code", ZQ_TASK_CODES);
  const char *any = zq_json_get_code (node, "code", NULL);

  if (ours != NULL)
    return !g_strv_contains (others, ours);

  return any != NULL && g_strv_contains (consultations, any);
}

static char *
reference_of_type (JsonNode *node, const char *path, const ZqContext *context, const char *type)
{
  const char *text = zq_codec_reference (node, path);
  g_autoptr (ZqReference) reference = text != NULL ? zq_reference_parse (text, context->base) : NULL;

  /* A local one ("urn:uuid:…") has no type. */
  if (reference == NULL || reference->id == NULL || (reference->type != NULL && !g_str_equal (reference->type, type)))
    return NULL;

  return g_strdup (text);
}

static void
read_inputs (Parsed *self, JsonNode *node, const ZqContext *context)
{
  guint length = zq_json_get_length (node, "input");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *input = zq_json_get_at (node, "input", i);
      const char *text = zq_codec_reference (input, "valueReference");
      g_autoptr (ZqReference) reference = text != NULL ? zq_reference_parse (text, context->base) : NULL;

      if (reference == NULL)
        continue;
      if (self->intake == NULL && zq_reference_is (reference, "QuestionnaireResponse"))
        self->intake = g_strdup (text);
      else if (zq_reference_is (reference, "DiagnosticReport"))
        self->n_results++;
    }
}

static char *
read_complaint (JsonNode *node)
{
  char *complaint = zq_codec_concept (node, "reasonCode");

  return complaint != NULL ? complaint : zq_codec_one_line (zq_json_get_string (node, "description"));
}

static gpointer
consult_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);
  const char *priority = zq_json_get_string (node, "priority");
  const char *authored = zq_json_get_string (node, "authoredOn");

  self->patient = reference_of_type (node, "for", context, "Patient");
  self->thread = reference_of_type (node, "focus", context, "Communication");
  self->encounter = reference_of_type (node, "encounter", context, "Encounter");
  self->requester = g_strdup (zq_codec_reference (node, "requester"));
  self->owner = g_strdup (zq_codec_reference (node, "owner"));
  read_inputs (self, node, context);
  self->code = g_strdup (zq_consult_read_code (node));
  self->status = g_strdup (zq_consult_read_status (node, context));
  self->task_status = g_strdup (zq_json_get_string (node, "status"));
  self->complaint = read_complaint (node);
  self->department = g_strdup (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT));
  self->urgent =
      g_strcmp0 (priority, "urgent") == 0 || g_strcmp0 (priority, "asap") == 0 || g_strcmp0 (priority, "stat") == 0;
  self->mine = zq_consult_is_mine (node, context);
  self->in_pool = zq_consult_is_pooled (node, context);
  self->final = zq_consult_is_over (context, self->status, self->task_status);
  if (authored == NULL)
    authored = zq_json_get_string (node, "meta.lastUpdated");
  self->authored = zq_date_time_parse (authored, context->zone).start;
  self->due = zq_date_time_parse (zq_json_get_string (node, "restriction.period.end"), context->zone).start;

  return self;
}

/* --- rows ------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 patient, thread, encounter, intake, requester, owner;
} Links;

/* Whether I have written in the thread: then it stays mine to look at. */
static gboolean
took_part (ZqTxn *txn, gint64 thread)
{
  gint64 found = 0;

  zq_db_get_int (zq_txn_db (txn), &found, NULL, "SELECT EXISTS (SELECT 1 FROM message WHERE thread = ? AND from_me)",
                 "i", thread);

  return thread != 0 && found != 0;
}

/* Of a colleague's consultation nothing is fetched but the Task itself. */
static gboolean
resolve (ZqTxn *txn, Parsed *self, Links *links, GError **error)
{
  gboolean wanted;

  if (!zq_person_refer (txn, self->thread, FALSE, &links->thread, error))
    return FALSE;

  wanted = self->mine || self->in_pool || took_part (txn, links->thread);

  return zq_person_refer (txn, self->thread, wanted, &links->thread, error) &&
         zq_person_refer (txn, self->patient, wanted, &links->patient, error) &&
         zq_person_refer (txn, self->encounter, wanted, &links->encounter, error) &&
         zq_person_refer (txn, self->intake, wanted, &links->intake, error) &&
         zq_person_refer (txn, self->requester, wanted, &links->requester, error) &&
         zq_person_refer (txn, self->owner, TRUE, &links->owner, error) &&
         (!wanted || zq_consult_want_senders (txn, links->thread, error));
}

static gboolean
consult_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_index (txn, "consult", id);
  zq_txn_later (txn, zq_consult_summarize, id);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM consult WHERE id = ?", "i", id);
}

/* Internal notes that came before their Task, or before it named its conversation. */
static gboolean
bring_notes (ZqTxn *txn, gint64 id, gint64 thread, GError **error)
{
  GError *local = NULL;
  gboolean found = FALSE;
  g_autoptr (ZqRows) rows = zq_db_query (
      zq_txn_db (txn), error, "SELECT id FROM message WHERE task = ?1 AND note AND thread <> ?2", "ii", id, thread);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      zq_txn_changed (txn, "message", zq_rows_int (rows, 0), 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);
      found = TRUE;
    }
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }

  return !found ||
         zq_db_exec (zq_txn_db (txn), error, "UPDATE message SET thread = ?1 WHERE task = ?2 AND note AND thread <> ?1",
                     "ii", thread, id);
}

/* A closing that waits behind a reply that is held or was refused has not happened: the question is open. */
static gboolean
is_closing_stopped (ZqTxn *txn, gint64 id)
{
  gint64 found = 0;

  zq_db_get_int (zq_txn_db (txn), &found, NULL,
                 "SELECT EXISTS (SELECT 1 FROM intent c JOIN intent s ON s.chain = c.chain AND s.seq < c.seq"
                 " AND s.state >= 2 WHERE c.target = ? AND c.action = 'close')",
                 "i", id);

  return found != 0;
}

/* As it stands at the hospital. */
static void
stay_open (ZqTxn *txn, gint64 id, Parsed *self)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *text =
      zq_db_get_text (zq_txn_db (txn), NULL, "SELECT zq_text (server_json) FROM resource_text WHERE id = ?", "i", id);
  g_autoptr (JsonNode) task = zq_args_read (text);

  if (task == NULL)
    return;
  g_free (self->status);
  g_free (self->task_status);
  self->status = g_strdup (zq_consult_read_status (task, context));
  self->task_status = g_strdup (zq_json_get_string (task, "status"));
  self->final = zq_consult_is_over (context, self->status, self->task_status);
}

static gboolean
consult_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  Links links = { 0 };

  if (is_closing_stopped (txn, id))
    stay_open (txn, id, self);
  if (g_strcmp0 (self->task_status, "entered-in-error") == 0)
    return consult_unproject (txn, id, error);
  if (!resolve (txn, self, &links, error))
    return FALSE;

  zq_txn_index (txn, "consult", id);
  zq_txn_changed (txn, "consult", id, links.patient, ZQ_CHANGE_CONTENT);
  zq_txn_later (txn, zq_consult_summarize, id);
  if (!bring_notes (txn, id, zq_consult_conversation (id, links.thread), error))
    return FALSE;

  return zq_db_exec (
      zq_txn_db (txn), error,
      "INSERT OR REPLACE INTO consult (id, patient, thread, encounter, intake, requester, owner, code, status,"
      " task_status, complaint, department, urgent, mine, in_pool, final, authored, due_server, n_results)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "iiiiiiisssssiiiiiii", id, links.patient, links.thread, links.encounter, links.intake, links.requester,
      links.owner, self->code, self->status, self->task_status, self->complaint, self->department, (gint64)self->urgent,
      (gint64)self->mine, (gint64)self->in_pool, (gint64)self->final, self->authored, self->due,
      (gint64)self->n_results);
}

gboolean
zq_consult_reread (ZqTxn *txn, gint64 key, GError **error)
{
  GError *local = NULL;
  g_autofree char *text =
      zq_db_get_text (zq_txn_db (txn), &local,
                      "SELECT zq_text_or_null (coalesce (local_json, server_json)) FROM resource_text t JOIN consult c "
                      "ON c.id = t.id WHERE t.id = ?"
                      " AND EXISTS (SELECT 1 FROM intent i WHERE i.target = t.id AND i.action = 'close')",
                      "i", key);
  g_autoptr (JsonNode) task = local == NULL ? zq_args_read (text) : NULL;
  Parsed *self;
  gboolean ok;

  if (local != NULL)
    g_propagate_error (error, local);
  if (task == NULL)
    return local == NULL;

  self = consult_parse (task, zq_txn_context (txn), error);
  ok = consult_project (txn, key, self, error);
  parsed_free (self);

  return ok;
}

static const ZqScope consult_scopes[] = {
  { "department", "Task?_tag={system-department}|{department}" },
  { "mine", "Task?owner=Practitioner/{me}" },
  { "pool", "Task?owner=Organization/{department}" },
  { NULL, NULL },
};

const ZqResourceKind zq_consult_kind = {
  .name = "consult",
  .type = "Task",
  .projection_version = 2,
  .schema = "CREATE TABLE IF NOT EXISTS consult ("
            "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, thread INTEGER NOT NULL, encounter INTEGER NOT NULL,"
            "  intake INTEGER NOT NULL, requester INTEGER NOT NULL, owner INTEGER NOT NULL, code TEXT NOT NULL,"
            "  status TEXT NOT NULL, task_status TEXT, complaint TEXT, department TEXT, urgent INTEGER NOT NULL,"
            "  mine INTEGER NOT NULL, in_pool INTEGER NOT NULL, final INTEGER NOT NULL, authored INTEGER NOT NULL,"
            "  due_server INTEGER NOT NULL, n_results INTEGER NOT NULL);"
            "CREATE INDEX IF NOT EXISTS consult_thread ON consult (thread);"
            "CREATE INDEX IF NOT EXISTS consult_patient ON consult (patient);" ZQ_CONSULT_SUMMARY_SCHEMA,
  .claims = consult_claims,
  .parse = consult_parse,
  .parsed_free = parsed_free,
  .project = consult_project,
  .unproject = consult_unproject,
  .next_alarm = zq_consult_next_alarm,
  .alarm = zq_consult_alarm,
  .rules = zq_consult_rules,
  .scopes = consult_scopes,
  .search = &zq_consult_search,
};
