/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/kinds.h"
#include "clinic/lab/report-summary.h"
#include "clinic/lab/result-load.h"
#include "clinic/lab/value.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-row.h"
#include "resource/json.h"
#include "rules/context.h"

#include <string.h>

/* The systolic and diastolic components of a blood pressure (LOINC 85354-9). */
#define SYSTOLIC  "http://loinc.org|8480-6"
#define DIASTOLIC "http://loinc.org|8462-4"

#define MAX_DETAIL 200 /* characters of what the timeline says */

typedef struct
{
  char *patient, *encounter, *name, *status, *version;
  char *method, *specimen, *performer, *note;
  ZqDateTime at;
  gint64 issued;
  gboolean by_patient, is_vital, is_panel;
  GPtrArray *values;  /* of ZqResultValue */
  GPtrArray *members; /* references */
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->patient);
  g_free (self->encounter);
  g_free (self->name);
  g_free (self->status);
  g_free (self->version);
  g_free (self->method);
  g_free (self->specimen);
  g_free (self->performer);
  g_free (self->note);
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->members);
  g_free (self);
}

/* --- reading ------------------------------------------------------------------------------------ */

static char *
read_notes (JsonNode *node)
{
  guint length = zq_json_get_length (node, "note");
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    {
      const char *text = zq_json_get_string (zq_json_get_at (node, "note", i), "text");

      if (text != NULL && all->len > 0)
        g_string_append_c (all, '\n');
      g_string_append (all, text != NULL ? text : "");
    }

  return all->len > 0 ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

static void
read_performers (Parsed *self, JsonNode *node)
{
  guint length = zq_json_get_length (node, "performer");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *one = zq_json_get_at (node, "performer", i);
      const char *reference = zq_json_get_string (one, "reference");

      if (reference != NULL && (strstr (reference, "Patient/") != NULL || strstr (reference, "RelatedPerson/") != NULL))
        self->by_patient = TRUE;
      if (self->performer == NULL)
        self->performer = zq_codec_one_line (zq_json_get_string (one, "display"));
    }
}

static void
read_values (Parsed *self, JsonNode *node, ZqPolicy *policy)
{
  guint n_components = MIN (zq_json_get_length (node, "component"), ZQ_RESULT_MOST_COMPONENTS);
  guint n_members = zq_json_get_length (node, "hasMember");
  g_autoptr (ZqResultValue) own = zq_value_read (policy, node);

  if (!zq_value_is_empty (own) || (n_components == 0 && n_members == 0))
    g_ptr_array_add (self->values, g_steal_pointer (&own));
  for (guint i = 0; i < n_components; i++)
    {
      ZqResultValue *value = zq_value_read (policy, zq_json_get_at (node, "component", i));

      value->n = i + 1;
      g_ptr_array_add (self->values, value);
    }
  self->is_panel = self->values->len == 0;
  for (guint i = 0; i < n_members; i++)
    g_ptr_array_add (self->members, g_strdup (zq_json_get_string (zq_json_get_at (node, "hasMember", i), "reference")));
}

static ZqDateTime
read_at (JsonNode *node, GTimeZone *zone)
{
  static const char *const paths[] = { "effectiveDateTime", "effectivePeriod.start", "effectiveInstant", "issued",
                                       "meta.lastUpdated" };
  ZqDateTime at = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (paths) && at.precision == ZQ_PRECISION_NONE; i++)
    at = zq_date_time_parse (zq_json_get_string (node, paths[i]), zone);

  return at;
}

static gpointer
observation_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);

  self->values = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_result_value_free);
  self->members = g_ptr_array_new_with_free_func (g_free);
  self->patient = g_strdup (zq_codec_reference (node, "subject"));
  self->encounter = g_strdup (zq_codec_reference (node, "encounter"));
  self->name = zq_codec_concept (node, "code");
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->method = zq_codec_concept (node, "method");
  self->specimen = zq_codec_one_line (zq_json_get_string (node, "specimen.display"));
  self->note = read_notes (node);
  self->is_vital = g_strcmp0 (zq_json_get_code (node, "category", NULL), "vital-signs") == 0;
  self->at = read_at (node, context->zone);
  self->issued = zq_date_time_parse (zq_json_get_string (node, "issued"), context->zone).start;
  read_performers (self, node);
  read_values (self, node, zq_context_get_policy (context));

  return self;
}

/* --- rows --------------------------------------------------------------------------------------- */

static const ZqResultValue *
find_value (const Parsed *self, const char *code)
{
  for (guint i = 0; i < self->values->len; i++)
    if (g_strcmp0 (((ZqResultValue *)self->values->pdata[i])->code, code) == 0)
      return self->values->pdata[i];

  return NULL;
}

/* "132/84 mmHg", or the first values one after the other. */
static char *
describe (const Parsed *self)
{
  const ZqResultValue *systolic = find_value (self, SYSTOLIC), *diastolic = find_value (self, DIASTOLIC);
  g_autoptr (GString) all = g_string_new (NULL);

  if (systolic != NULL && diastolic != NULL && systolic->value != NULL && diastolic->value != NULL)
    return g_strconcat (systolic->value, "/", diastolic->value, systolic->unit != NULL ? " " : NULL, systolic->unit,
                        NULL);
  for (guint i = 0; i < self->values->len && g_utf8_strlen (all->str, -1) < MAX_DETAIL; i++)
    {
      const ZqResultValue *value = self->values->pdata[i];
      /* How far the points of a waveform are apart says nothing. */
      g_autofree char *shown = value->kind != ZQ_VALUE_SAMPLED ? zq_value_format (value) : NULL;
      g_autofree char *line = zq_codec_one_line (shown);

      if (line == NULL)
        continue;
      if (all->len > 0)
        g_string_append (all, " · ");
      if (value->n > 0)
        g_string_append_printf (all, "%s ", value->name);
      g_string_append (all, line);
    }
  if (g_utf8_strlen (all->str, -1) > MAX_DETAIL)
    {
      g_string_truncate (all, (gsize)(g_utf8_offset_to_pointer (all->str, MAX_DETAIL) - all->str));
      g_string_append (all, "…");
    }

  return all->len > 0 ? g_string_free (g_steal_pointer (&all), FALSE) : NULL;
}

/* The local rule is for adults and for laboratories: what is measured at home has rules of its own. */
static void
take_local (ZqTxn *txn, gint64 patient, Parsed *self)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *birth = NULL;
  gboolean asked = FALSE;
  int age = -1;

  for (guint i = 0; i < self->values->len; i++)
    {
      ZqResultValue *value = self->values->pdata[i];

      if (value->local == ZQ_RANGE_UNKNOWN || self->by_patient)
        continue;
      if (!asked && patient != 0)
        birth = zq_db_get_text (zq_txn_db (txn), NULL, "SELECT birth FROM patient WHERE id = ?", "i", patient);
      if (!asked && birth != NULL && self->at.start != 0)
        age = zq_age_years (birth, self->at.start, context->zone);
      asked = TRUE;
      zq_value_take_local (zq_context_get_policy (context), value, age);
    }
}

static ZqFlag
worst_of (const Parsed *self)
{
  ZqFlag worst = ZQ_FLAG_NONE;

  for (guint i = 0; i < self->values->len; i++)
    worst = zq_flag_worse (worst, ((ZqResultValue *)self->values->pdata[i])->flag);

  return worst;
}

/* What a doctor may have read before it was corrected: a result never changes without a trace. */
static gboolean
keep_old (ZqTxn *txn, gint64 id, const char *shown, const char *version, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR IGNORE INTO result_old (result, version, shown, until)"
                     " SELECT id, coalesce (version, ''), shown, ?3 FROM result"
                     " WHERE id = ?1 AND shown IS NOT NULL AND shown IS NOT ?2 AND version IS NOT ?4",
                     "isis", id, shown, zq_txn_now (txn), version);
}

/* Of what was corrected before it came the hospital is asked what it had been: once a version. */
static gboolean
want_earlier (ZqTxn *txn, gint64 id, const Parsed *self, GError **error)
{
  if (zq_record_state (self->status) != ZQ_RECORD_CHANGED || self->version == NULL)
    return TRUE;

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO result_earlier (result, version, wanted) VALUES (?, ?, 1) ON CONFLICT (result)"
                     " DO UPDATE SET version = excluded.version, wanted = 1 WHERE version <> excluded.version",
                     "is", id, self->version);
}

/* Not another patient's: what was filed wrongly is no earlier value of this one. The hospital's own time takes the
 * place of when the correction came here. */
static gboolean
take_earlier (ZqTxn *txn, gint64 id, gpointer parsed, gint64 until, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  Parsed *self = parsed;
  g_autofree char *shown = self != NULL ? describe (self) : NULL;
  gint64 patient = 0;

  if (self == NULL)
    {
      zq_db_get_int (db, &patient, NULL, "SELECT patient FROM result WHERE id = ?", "i", id);
      zq_txn_changed (txn, "result", id, patient, ZQ_CHANGE_CONTENT);
      return zq_db_exec (db, error, "UPDATE result_earlier SET wanted = 0 WHERE result = ?", "i", id);
    }
  if (shown == NULL || until == 0 || self->version == NULL || zq_record_state (self->status) == ZQ_RECORD_ERROR)
    return TRUE;

  return zq_person_refer (txn, self->patient, FALSE, &patient, error) &&
         zq_db_exec (db, error,
                     "INSERT OR REPLACE INTO result_old (result, version, shown, until) SELECT id, ?2, ?3, ?4"
                     " FROM result WHERE id = ?1 AND patient = ?5 AND version <> ?2 AND shown IS NOT ?3",
                     "issii", id, self->version, shown, until, patient);
}

static gint64
flag_source (const ZqResultValue *value)
{
  return (value->flag_is_ours ? ZQ_VALUE_FLAG_OURS : 0) | (value->critical_is_ours ? ZQ_VALUE_CRITICAL_OURS : 0);
}

static gboolean
put_values (ZqTxn *txn, gint64 id, gint64 patient, const Parsed *self, GError **error)
{
  if (!zq_db_exec (zq_txn_db (txn), error, "DELETE FROM result_value WHERE result = ?", "i", id))
    return FALSE;
  for (guint i = 0; i < self->values->len; i++)
    {
      const ZqResultValue *v = self->values->pdata[i];

      if (!zq_db_exec (zq_txn_db (txn), error,
                       "INSERT INTO result_value (result, n, patient, code, at, name, kind, value, comparator, unit,"
                       "  low, high, range, flag, flag_is_ours, absent)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                       "iiisisissssssiis", id, (gint64)v->n, patient, v->code, self->at.start, v->name, (gint64)v->kind,
                       v->value, v->comparator, v->unit, v->low, v->high, v->range, (gint64)v->flag, flag_source (v),
                       v->absent))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_record (ZqTxn *txn, gint64 id, gint64 patient, const char *shown, const Parsed *self, GError **error)
{
  ZqFlag flag = worst_of (self);
  ZqRecordRow row = { .patient = patient,
                      .kind = ZQ_RECORD_RESULT,
                      .at = self->at,
                      .title = self->name,
                      .detail = shown,
                      .status = self->status,
                      .state = zq_record_state (self->status),
                      .flag = zq_flag_is_critical (flag)   ? ZQ_RECORD_CRITICAL
                              : zq_flag_is_abnormal (flag) ? ZQ_RECORD_ABNORMAL
                                                           : ZQ_RECORD_PLAIN,
                      .hidden = zq_result_find_above (zq_txn_db (txn), id),
                      .version = self->version };

  return zq_person_refer (txn, self->encounter, FALSE, &row.encounter, error) && zq_record_put (txn, id, &row, error);
}

static gboolean
observation_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  g_autofree char *shown = describe (self);
  gint64 patient;

  if (!zq_person_refer (txn, self->patient, FALSE, &patient, error))
    return FALSE;
  take_local (txn, patient, self);
  if (!keep_old (txn, id, shown, self->version, error) || !want_earlier (txn, id, self, error) ||
      !put_values (txn, id, patient, self, error))
    return FALSE;
  zq_txn_changed (txn, "result", id, patient, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO result (id, patient, at, issued, name, status, state, flag, shown,"
                     "  by_patient, is_vital, is_panel, method, specimen, performer, note, version)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     "iiiissiisiiisssss", id, patient, self->at.start, self->issued, self->name, self->status,
                     (gint64)zq_record_state (self->status), (gint64)worst_of (self), shown, (gint64)self->by_patient,
                     (gint64)self->is_vital, (gint64)self->is_panel, self->method, self->specimen, self->performer,
                     self->note, self->version) &&
         zq_report_set_links (txn, "result_member", "panel", "member", id, self->members, error) &&
         put_record (txn, id, patient, shown, self, error) && zq_report_touch_result (txn, id, error);
}

static gboolean
observation_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_report_touch_result (txn, id, error) &&
         zq_report_set_links (txn, "result_member", "panel", "member", id, NULL, error) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM result_value WHERE result = ?", "i", id) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM result WHERE id = ?", "i", id) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM result_earlier WHERE result = ?", "i", id) &&
         zq_record_remove (txn, id, error);
}

static const ZqScope observation_scopes[] = {
  { "department", "Observation?_tag={system-department}|{department}" },
  { "patient", "Observation?patient={patient}", ZQ_RECORD_UNTAGGED, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_observation_kind = {
  .name = "result",
  .type = "Observation",
  .projection_version = 4,
  .schema = ZQ_RECORD_SCHEMA ZQ_REPORT_LINK_SCHEMA
  "CREATE TABLE IF NOT EXISTS result ("
  "  id INTEGER PRIMARY KEY, patient INTEGER NOT NULL, at INTEGER NOT NULL, issued INTEGER NOT NULL, name TEXT,"
  "  status TEXT, state INTEGER NOT NULL, flag INTEGER NOT NULL, shown TEXT, by_patient INTEGER NOT NULL,"
  "  is_vital INTEGER NOT NULL, is_panel INTEGER NOT NULL, method TEXT, specimen TEXT, performer TEXT, note TEXT,"
  "  version TEXT);"
  "CREATE INDEX IF NOT EXISTS result_vital ON result (patient, at) WHERE is_vital;"
  "CREATE INDEX IF NOT EXISTS result_home ON result (patient, at) WHERE by_patient;"
  "CREATE TABLE IF NOT EXISTS result_value ("
  "  result INTEGER NOT NULL, n INTEGER NOT NULL, patient INTEGER NOT NULL, code TEXT, at INTEGER NOT NULL,"
  "  name TEXT NOT NULL, kind INTEGER NOT NULL, value TEXT, comparator TEXT, unit TEXT, low TEXT, high TEXT,"
  "  range TEXT, flag INTEGER NOT NULL, flag_is_ours INTEGER NOT NULL, absent TEXT,"
  "  PRIMARY KEY (result, n)) WITHOUT ROWID;"
  "CREATE INDEX IF NOT EXISTS result_value_code ON result_value (patient, code, at) WHERE code IS NOT NULL;"
  "CREATE TABLE IF NOT EXISTS result_old ("
  "  result INTEGER NOT NULL, version TEXT NOT NULL, shown TEXT NOT NULL, until INTEGER NOT NULL,"
  "  PRIMARY KEY (result, version)) WITHOUT ROWID;"
  "CREATE TABLE IF NOT EXISTS result_earlier ("
  "  result INTEGER PRIMARY KEY, version TEXT NOT NULL, wanted INTEGER NOT NULL);"
  "CREATE INDEX IF NOT EXISTS result_earlier_wanted ON result_earlier (result) WHERE wanted;",
  .parse = observation_parse,
  .parsed_free = parsed_free,
  .project = observation_project,
  .unproject = observation_unproject,
  .earlier = "SELECT result FROM result_earlier WHERE wanted",
  .take_earlier = take_earlier,
  .scopes = observation_scopes,
};
