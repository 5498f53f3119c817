/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"
#include "hospital/workflow-private.h"

#include "resource/json.h"

/* A critical value that comes in while somebody looks: once in a hospital's life. */

#define ID "arrival-critical"

/* The consultation, open and a doctor's, whose patient it is of; NULL: there is none. */
static JsonNode *
find_consultation (ZqHospital *self, GError **error)
{
  g_autofree char *text =
      zq_db_get_text (self->db, error,
                      "SELECT text FROM resource WHERE type = 'Task' AND deleted = 0 AND text ->> '$.status' ="
                      " 'in-progress' AND text ->> '$.owner.reference' LIKE 'Practitioner/%' ORDER BY row LIMIT 1",
                      "");

  return text != NULL ? zq_json_read (text, -1, error) : NULL;
}

static char *
make_result (const char *patient, const char *tags, const char *now)
{
  return g_strdup_printf (
      "{\"resourceType\":\"Observation\",\"id\":\"" ID "\",\"meta\":{\"tag\":%s},\"status\":\"final\",\"category\":[{"
      "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]"
      "}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"2823-3\"}],\"text\":\"钾\"},\"subject\":{"
      "\"reference\":%s},\"effectiveDateTime\":\"%s\",\"issued\":\"%s\",\"valueQuantity\":{\"value\":2.41,\"unit\":"
      "\"mmol/L\"},\"interpretation\":[{\"coding\":[{\"code\":\"LL\"}]}],\"referenceRange\":[{\"low\":{\"value\":3.50},"
      "\"high\":{\"value\":5.30}}]}",
      tags, patient, now, now);
}

static char *
make_report (const char *patient, const char *tags, const char *now)
{
  return g_strdup_printf (
      "{\"resourceType\":\"DiagnosticReport\",\"id\":\"" ID
      "\",\"meta\":{\"tag\":%s},\"status\":\"final\",\"category\":"
      "[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v2-0074\",\"code\":\"LAB\"}]}],\"code\":{"
      "\"text\":\"急诊电解质\"},\"subject\":{\"reference\":%s},\"effectiveDateTime\":\"%s\",\"issued\":\"%s\","
      "\"conclusion\":\"检验科危急值：已电话通知送检科室。\",\"result\":[{\"reference\":\"Observation/" ID "\"}]}",
      tags, patient, now, now);
}

static gboolean
write_both (ZqHospital *self, JsonNode *task, GError **error)
{
  const char *patient = zq_json_get_string (task, "for.reference");
  JsonNode *tag = zq_json_get (task, "meta.tag");
  g_autofree char *tags = tag != NULL ? json_to_string (tag, FALSE) : g_strdup ("[]");
  g_autofree char *quoted = zq_json_quote (patient != NULL ? patient : "");
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *result = make_result (quoted, tags, now), *report = make_report (quoted, tags, now);
  g_autoptr (ZqStored) written = zq_records_write (self, "Observation", ID, result, 0, error);
  g_autoptr (ZqStored) last =
      written != NULL ? zq_records_write (self, "DiagnosticReport", ID, report, 0, error) : NULL;
  g_autoptr (JsonNode) node = last != NULL ? zq_json_read (last->text, -1, error) : NULL;

  return node != NULL && zq_results_after_report (self, last, node, error);
}

static gboolean
arrive (ZqHospital *self, GError **error)
{
  g_autoptr (ZqStored) there = zq_records_read (self, "DiagnosticReport", ID, NULL);
  g_autoptr (JsonNode) task = there == NULL ? find_consultation (self, error) : NULL;

  return task == NULL ? *error == NULL : write_both (self, task, error);
}

static void
on_arrival (gpointer data)
{
  ZqHospital *self = data;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  self->arrival_alarm = 0;
  /* In the middle of a request: right after it. */
  if (self->in_transaction)
    {
      zq_hospital_expect_arrival (self, 1);
      return;
    }
  ok = zq_records_begin (self, &error) && arrive (self, &error);
  if (self->in_transaction)
    ok = zq_records_end (self, ok, ok ? &error : NULL) && ok;
  if (!ok)
    g_warning ("no critical value came in: %s", error != NULL ? error->message : "?");
}

void
zq_hospital_expect_arrival (ZqHospital *self, guint seconds)
{
  zq_clock_clear (self->clock, &self->arrival_alarm);
  self->arrival_alarm = zq_clock_alarm_in (self->clock, seconds * G_USEC_PER_SEC, on_arrival, self);
}
