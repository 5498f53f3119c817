/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/review/give.h"
#include "clinic/review/kinds.h"
#include "clinic/review/review.h"

#include "clinic/consult/state.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"

#include <string.h>

/* What `output` says: the newest of each kind. */
typedef struct
{
  gint64 at;
  char *words;
} Step;

enum
{
  TOLD,
  TOLD_OTHERWISE,
  RECEIVED,
  CONTACTED,
  NOT_REACHED,
  HANDLED,
  N_STEPS,
};

static const char *const steps[N_STEPS] = {
  "told", "told-otherwise", "received", "contacted", "not-reached", "handled",
};

typedef struct
{
  char *patient, *report, *owner, *department;
  gboolean mine, in_pool, done, critical;
  gint64 authored;
  Step step[N_STEPS];
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  for (guint i = 0; i < N_STEPS; i++)
    g_free (self->step[i].words);
  g_free (self->patient);
  g_free (self->report);
  g_free (self->owner);
  g_free (self->department);
  g_free (self);
}

static gboolean
review_claims (JsonNode *node)
{
  return g_strcmp0 (zq_json_get_code (node, "code", ZQ_TASK_CODES), "result-review") == 0;
}

static void
read_output (Parsed *self, JsonNode *output, const ZqContext *context)
{
  const char *type = zq_json_get_code (output, "type", ZQ_CODE_SYSTEM ("task-output"));
  const char *message = zq_codec_reference (output, "valueReference");
  const char *at = zq_json_get_string (zq_json_get_extension (output, ZQ_EXTENSION ("at")), "valueInstant");
  gint64 when = zq_date_time_parse (at, context->zone).start;

  for (guint i = 0; type != NULL && i < N_STEPS; i++)
    if (g_str_equal (type, steps[i]) && when >= self->step[i].at && (i != TOLD || message != NULL))
      {
        self->step[i].at = when;
        g_free (self->step[i].words);
        self->step[i].words = g_strdup (i == TOLD ? message : zq_json_get_string (output, "valueString"));
      }
}

static gboolean
is_done (JsonNode *node)
{
  static const char *const over[] = { "completed", "cancelled", "rejected", "failed", NULL };
  const char *status = zq_json_get_string (node, "status");

  return status != NULL && g_strv_contains (over, status);
}

static gpointer
review_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);
  guint length = zq_json_get_length (node, "output");

  self->patient = g_strdup (zq_codec_reference (node, "for"));
  self->report = g_strdup (zq_codec_reference (node, "focus"));
  self->owner = g_strdup (zq_codec_reference (node, "owner"));
  self->department = g_strdup (zq_json_get_tag (node, ZQ_SYSTEM_DEPARTMENT));
  self->mine = zq_consult_is_mine (node, context);
  self->in_pool = zq_consult_is_pooled (node, context);
  self->done = is_done (node);
  self->critical = g_strcmp0 (zq_json_get_string (node, "priority"), "stat") == 0;
  self->authored = zq_date_time_parse (zq_json_get_string (node, "authoredOn"), context->zone).start;
  for (guint i = 0; i < length; i++)
    read_output (self, zq_json_get_at (node, "output", i), context);
  /* Closed by a program that leaves no step of ours. */
  if (self->done && self->step[HANDLED].at == 0)
    self->step[HANDLED].at = zq_date_time_parse (zq_json_get_string (node, "lastModified"), context->zone).start;

  return self;
}

/* --- rows ------------------------------------------------------------------------------------- */

static gboolean
review_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "review", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM review WHERE id = ?", "i", id);
}

/* Done, and nothing new came since: it is out of the list. */
static const char is_over[] = "UPDATE review SET open = NOT (done AND handled_at >="
                              " " ZQ_REVIEW_VERSION ("review.report") ") WHERE id = ?";

static gboolean
review_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 patient, report, owner, told;
  gboolean wanted = self->mine || self->in_pool;

  if (!zq_person_refer (txn, self->patient, wanted, &patient, error) ||
      !zq_person_refer (txn, self->report, wanted, &report, error) ||
      !zq_person_refer (txn, self->owner, FALSE, &owner, error) ||
      !zq_person_refer (txn, self->step[TOLD].words, wanted, &told, error))
    return FALSE;
  zq_txn_changed (txn, "review", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO review (id, patient, report, owner, department, mine, in_pool, done,"
                     " critical, authored, told, otherwise_at, otherwise, received_at, contacted_at, contacted,"
                     " not_reached_at, not_reached, handled_at, handled, open)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                     "iiiisiiiiiiisiisisis", id, patient, report, owner, self->department, (gint64)self->mine,
                     (gint64)self->in_pool, (gint64)self->done, (gint64)self->critical, self->authored, told,
                     self->step[TOLD_OTHERWISE].at, self->step[TOLD_OTHERWISE].words, self->step[RECEIVED].at,
                     self->step[CONTACTED].at, self->step[CONTACTED].words, self->step[NOT_REACHED].at,
                     self->step[NOT_REACHED].words, self->step[HANDLED].at, self->step[HANDLED].words) &&
         zq_db_exec (zq_txn_db (txn), error, is_over, "i", id);
}

static const ZqScope review_scopes[] = {
  { NULL, NULL }, /* Tasks come by the scopes of consultations */
};

/* A newer version of what was done with is open again, whoever brings it: of the report, or of a result in it. */
#define AGAIN(name, what)                                                                                              \
  "CREATE TRIGGER IF NOT EXISTS " name " AFTER UPDATE OF last_updated ON resource"                                     \
  " WHEN new.type IN ('DiagnosticReport', 'Observation') AND new.last_updated > coalesce (old.last_updated, 0)"        \
  " BEGIN UPDATE review SET open = 1 WHERE " what " AND handled_at < new.last_updated; END;"

const ZqResourceKind zq_review_kind = {
  .name = "review",
  .type = "Task",
  .projection_version = 1,
  .schema =
      "CREATE TABLE IF NOT EXISTS review ("
      "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, report INTEGER NOT NULL, owner INTEGER NOT NULL,"
      "  department TEXT, mine INTEGER NOT NULL, in_pool INTEGER NOT NULL, done INTEGER NOT NULL,"
      "  critical INTEGER NOT NULL, authored INTEGER NOT NULL, told INTEGER NOT NULL,"
      "  otherwise_at INTEGER NOT NULL, otherwise TEXT, received_at INTEGER NOT NULL,"
      "  contacted_at INTEGER NOT NULL, contacted TEXT, not_reached_at INTEGER NOT NULL, not_reached TEXT,"
      "  handled_at INTEGER NOT NULL, handled TEXT, open INTEGER NOT NULL);"
      "CREATE INDEX IF NOT EXISTS review_open ON review (id) WHERE open AND (mine OR in_pool);"
      "CREATE INDEX IF NOT EXISTS review_patient ON review (patient) WHERE open;"
      "CREATE INDEX IF NOT EXISTS review_report ON review (report);" AGAIN ("review_again", "report = new.id")
          AGAIN ("review_result_again", "report IN (SELECT x.report FROM report_result x WHERE x.result = new.id)")
              ZQ_REVIEW_GIVE_SCHEMA,
  .claims = review_claims,
  .parse = review_parse,
  .parsed_free = parsed_free,
  .project = review_project,
  .unproject = review_unproject,
  .next_alarm = zq_review_give_next,
  .alarm = zq_review_give,
  .rules = zq_review_rules,
  .scopes = review_scopes,
};
