/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/file-row.h"
#include "clinic/document/inline-file.h"
#include "clinic/lab/kinds.h"
#include "clinic/lab/report-summary.h"
#include "clinic/lab/report.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/json.h"
#include "rules/context.h"

#define MOST_MEDIA 100
/* Of the dates of a report the first ones say when it was taken. */
#define N_COLLECTED 2

typedef struct
{
  char *patient, *encounter, *title, *status, *version, *performer, *specimen, *conclusion;
  ZqReportSort sort;
  ZqDateTime at;
  gboolean is_collected; /* that is when it was taken, no later moment in place of it */
  gint64 issued;
  GPtrArray *results; /* references */
  GPtrArray *files;   /* of ZqFile */
  GPtrArray *media;   /* references */
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->patient);
  g_free (self->encounter);
  g_free (self->title);
  g_free (self->status);
  g_free (self->version);
  g_free (self->performer);
  g_free (self->specimen);
  g_free (self->conclusion);
  g_ptr_array_unref (self->results);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_ptr_array_unref (self->media);
  g_free (self);
}

/* The most special of its categories: a general "LAB" beside "MB" says nothing. */
static ZqReportSort
read_sort (JsonNode *node)
{
  guint length = zq_json_get_length (node, "category");
  ZqReportSort found = ZQ_REPORT_OTHER;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *category = zq_json_get_at (node, "category", i);
      guint n = zq_json_get_length (category, "coding");

      for (guint j = 0; j < n; j++)
        {
          const char *code = zq_json_get_string (zq_json_get_at (category, "coding", j), "code");
          ZqReportSort sort = code != NULL ? zq_report_sort_of_code (code) : ZQ_REPORT_OTHER;

          if (sort != ZQ_REPORT_OTHER && (found == ZQ_REPORT_OTHER || found == ZQ_REPORT_LABORATORY))
            found = sort;
        }
    }

  return found;
}

static void
read_lists (Parsed *self, JsonNode *node, const char *base)
{
  guint n_results = zq_json_get_length (node, "result"), n_media = zq_json_get_length (node, "media");

  for (guint i = 0; i < n_results; i++)
    g_ptr_array_add (self->results, g_strdup (zq_json_get_string (zq_json_get_at (node, "result", i), "reference")));
  for (guint i = 0; i < MIN (n_media, MOST_MEDIA); i++)
    g_ptr_array_add (self->media, g_strdup (zq_json_get_string (zq_json_get_at (node, "media", i), "link.reference")));
  self->files = zq_files_of_resource (node, base);
}

static gpointer
report_parse (JsonNode *node, gpointer data, GError **error)
{
  static const char *const dates[] = { "effectiveDateTime", "effectivePeriod.start", "issued", "meta.lastUpdated" };
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);

  self->results = g_ptr_array_new_with_free_func (g_free);
  self->media = g_ptr_array_new_with_free_func (g_free);
  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->encounter = g_strdup (zq_codec_reference (node, "encounter"));
  self->title = zq_codec_concept (node, "code");
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->performer = zq_codec_one_line (zq_json_get_string (node, "performer[0].display"));
  self->specimen = zq_codec_one_line (zq_json_get_string (node, "specimen[0].display"));
  self->conclusion = g_strdup (zq_json_get_string (node, "conclusion"));
  self->sort = read_sort (node);
  for (guint i = 0; i < G_N_ELEMENTS (dates) && self->at.precision == ZQ_PRECISION_NONE; i++)
    {
      self->at = zq_date_time_parse (zq_json_get_string (node, dates[i]), context->zone);
      self->is_collected = i < N_COLLECTED && self->at.precision != ZQ_PRECISION_NONE;
    }
  self->issued = zq_date_time_parse (zq_json_get_string (node, "issued"), context->zone).start;
  read_lists (self, node, context->base);

  return self;
}

/* --- rows --------------------------------------------------------------------------------------- */

/* Its pictures stand in the timeline by themselves; they are fetched because of it. */
static gboolean
want_media (ZqTxn *txn, GPtrArray *media, GError **error)
{
  gint64 row;

  for (guint i = 0; i < media->len; i++)
    if (!zq_person_refer (txn, media->pdata[i], TRUE, &row, error))
      return FALSE;

  return TRUE;
}

static gboolean
put_collected (ZqTxn *txn, gint64 id, gboolean is_collected, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     is_collected ? "INSERT OR REPLACE INTO report_collected (report) VALUES (?)"
                                  : "DELETE FROM report_collected WHERE report = ?",
                     "i", id);
}

static gboolean
put_record (ZqTxn *txn, gint64 id, gint64 patient, const Parsed *self, GError **error)
{
  g_autofree char *detail = zq_codec_one_line (self->conclusion != NULL ? self->conclusion : self->performer);
  ZqRecordRow row = { .patient = patient,
                      .kind = ZQ_RECORD_REPORT,
                      .at = self->at,
                      .title = self->title,
                      .detail = detail,
                      .status = self->status,
                      .state = zq_record_state (self->status),
                      .version = self->version };

  zq_report_touch (txn, id);

  return zq_person_refer (txn, self->encounter, FALSE, &row.encounter, error) && zq_record_put (txn, id, &row, error);
}

static gboolean
report_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 patient;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error))
    return FALSE;
  zq_txn_changed (txn, "report", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO report (id, patient, title, sort, status, state, at, precision, issued,"
                     "  performer, specimen, conclusion) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iisisiiiisss", id, patient, self->title, (gint64)self->sort, self->status,
                     (gint64)zq_record_state (self->status), self->at.start, (gint64)self->at.precision, self->issued,
                     self->performer, self->specimen, self->conclusion) &&
         zq_record_files_put (txn, id, patient, self->files, error) && want_media (txn, self->media, error) &&
         put_collected (txn, id, self->is_collected, error) &&
         zq_report_set_links (txn, "report_result", "report", "result", id, self->results, error) &&
         put_record (txn, id, patient, self, error);
}

static gboolean
report_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  ZqDb *db = zq_txn_db (txn);

  return zq_report_set_links (txn, "report_result", "report", "result", id, NULL, error) &&
         zq_record_files_put (txn, id, 0, NULL, error) && put_collected (txn, id, FALSE, error) &&
         zq_db_exec (db, error, "DELETE FROM report WHERE id = ?", "i", id) && zq_record_remove (txn, id, error);
}

static const ZqScope report_scopes[] = {
  { "department", "DiagnosticReport?_tag={system-department}|{department}" },
  { "patient", "DiagnosticReport?patient={patient}", ZQ_RECORD_UNTAGGED, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_report_kind = {
  .name = "report",
  .type = "DiagnosticReport",
  .projection_version = 6,
  .schema = ZQ_RECORD_SCHEMA ZQ_RECORD_FILE_SCHEMA ZQ_REPORT_LINK_SCHEMA
  "CREATE TABLE IF NOT EXISTS report ("
  "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, title TEXT, sort INTEGER NOT NULL, status TEXT,"
  "  state INTEGER NOT NULL, at INTEGER NOT NULL, precision INTEGER NOT NULL, issued INTEGER NOT NULL, performer TEXT,"
  "  specimen TEXT, conclusion TEXT);"
  "CREATE TABLE IF NOT EXISTS report_collected (report INTEGER PRIMARY KEY);",
  .parse = report_parse,
  .parsed_free = parsed_free,
  .project = report_project,
  .unproject = report_unproject,
  .scopes = report_scopes,
};
