/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/codec.h"
#include "clinic/patient/kinds.h"
#include "clinic/patient/person.h"
#include "clinic/patient/record-event.h"
#include "clinic/patient/record-row.h"
#include "resource/json.h"
#include "rules/context.h"

#include <string.h>

typedef struct
{
  const ZqRecordPlaces *places;
  char *patient, *encounter, *title, *detail, *status, *version;
  ZqDateTime at;
  gboolean active;
} Event;

void
zq_record_event_free (gpointer data)
{
  Event *self = data;

  g_free (self->patient);
  g_free (self->encounter);
  g_free (self->title);
  g_free (self->detail);
  g_free (self->status);
  g_free (self->version);
  g_free (self);
}

static char *
read_words (JsonNode *node, const char *const *paths)
{
  for (guint i = 0; i < 4 && paths[i] != NULL; i++)
    {
      const char *text = zq_json_get_string (node, paths[i]);
      char *words = text != NULL ? zq_codec_one_line (text) : zq_codec_concept (node, paths[i]);

      if (words != NULL)
        return words;
    }

  return NULL;
}

static ZqDateTime
read_date (JsonNode *node, const char *const *paths, GTimeZone *zone)
{
  ZqDateTime at = { 0 };

  for (guint i = 0; i < 6 && paths[i] != NULL && at.precision == ZQ_PRECISION_NONE; i++)
    at = zq_date_time_parse (zq_json_get_string (node, paths[i]), zone);

  return at;
}

/* What says how far it can be relied on: its status, unless something else says that it does not simply hold. A
 * diagnosis has to be confirmed; what shall not be given, or was only proposed, is no medication of now; a document has
 * to be final. (nullable) */
static const char *
read_status (JsonNode *node, const ZqRecordPlaces *places)
{
  static const char *const proposals[] = { "proposal", "plan", "option", NULL };
  const char *status = zq_json_get_string (node, places->status);
  const char *verification = zq_json_get_code (node, "verificationStatus", NULL);
  const char *intent = zq_json_get_string (node, "intent");
  const char *doc = zq_json_get_string (node, "docStatus");

  if (status == NULL)
    status = zq_json_get_code (node, places->status, NULL);
  if (zq_record_state (status) == ZQ_RECORD_ERROR)
    return status;
  if (verification != NULL && !g_str_equal (verification, "confirmed"))
    return verification;
  if (zq_json_get_boolean (node, "doNotPerform", FALSE))
    return "not-done";
  if (intent != NULL && g_strv_contains (proposals, intent))
    return "draft";

  return doc != NULL && !g_str_equal (doc, "final") ? doc : status;
}

gpointer
zq_record_event_parse (JsonNode *node, gpointer data, const ZqRecordPlaces *places)
{
  const ZqContext *context = data;
  Event *self = g_new0 (Event, 1);

  self->places = places;
  self->patient = g_strdup (zq_codec_reference (node, places->subject));
  self->encounter = g_strdup (zq_codec_reference (node, places->encounter));
  self->title = read_words (node, places->titles);
  self->detail = read_words (node, places->details);
  self->at = read_date (node, places->dates, context->zone);
  self->status = g_strdup (read_status (node, places));
  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->active = g_strcmp0 (self->status, "active") == 0 || g_strcmp0 (self->status, "recurrence") == 0 ||
                 g_strcmp0 (self->status, "relapse") == 0;

  return self;
}

/* What a condition calls its status is whether it is over, not whether it is known. */
static ZqRecordState
event_state (const Event *self)
{
  static const char *const doubted[] = { "unconfirmed", "provisional", "differential", NULL };
  static const char *const known[] = { "active", "recurrence", "relapse", "inactive", "remission", "resolved", NULL };

  if (self->places->kind == ZQ_RECORD_PROBLEM && self->status != NULL && g_strv_contains (known, self->status))
    return ZQ_RECORD_FINAL;
  if (self->places->kind == ZQ_RECORD_PROBLEM && self->status != NULL && g_strv_contains (doubted, self->status))
    return ZQ_RECORD_UNFINISHED;
  if (self->places->kind == ZQ_RECORD_PROBLEM && g_strcmp0 (self->status, "refuted") == 0)
    return ZQ_RECORD_CANCELLED;

  return zq_record_state (self->status);
}

gboolean
zq_record_event_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Event *self = parsed;
  ZqRecordRow row = { .kind = self->places->kind,
                      .at = self->at,
                      .title = self->title,
                      .detail = self->detail,
                      .status = self->status,
                      .state = event_state (self),
                      .active = self->active,
                      .version = self->version };

  return zq_person_refer (txn, self->patient, FALSE, &row.patient, error) &&
         zq_person_refer (txn, self->encounter, FALSE, &row.encounter, error) && zq_record_put (txn, id, &row, error);
}

#define RECORD_KIND(symbol, its_name, its_type, its_patient, its_rules)                                                \
  static gpointer symbol##_parse (JsonNode *node, gpointer context, GError **error)                                    \
  {                                                                                                                    \
    return zq_record_event_parse (node, context, &symbol##_places);                                                    \
  }                                                                                                                    \
  static const ZqScope symbol##_scopes[] = {                                                                           \
    { "department", its_type "?_tag={system-department}|{department}" },                                               \
    { "patient", its_type "?" its_patient "={patient}", ZQ_RECORD_UNTAGGED, TRUE },                                    \
    { NULL, NULL },                                                                                                    \
  };                                                                                                                   \
  const ZqResourceKind zq_##symbol##_kind = {                                                                          \
    .name = its_name,                                                                                                  \
    .type = its_type,                                                                                                  \
    .projection_version = 3,                                                                                           \
    .schema = ZQ_RECORD_SCHEMA,                                                                                        \
    .parse = symbol##_parse,                                                                                           \
    .parsed_free = zq_record_event_free,                                                                               \
    .project = zq_record_event_project,                                                                                \
    .unproject = zq_record_remove,                                                                                     \
    .rules = its_rules,                                                                                                \
    .scopes = symbol##_scopes,                                                                                         \
  }

static const ZqRecordPlaces condition_places = {
  .kind = ZQ_RECORD_PROBLEM,
  .subject = "subject",
  .encounter = "encounter",
  .titles = { "code" },
  .details = { "stage[0].summary", "severity", "bodySite[0]" },
  .dates = { "onsetDateTime", "onsetPeriod.start", "recordedDate", "meta.lastUpdated" },
  .status = "clinicalStatus",
};
RECORD_KIND (condition, "condition", "Condition", "patient", zq_condition_rules);

static const ZqRecordPlaces medication_request_places = {
  .kind = ZQ_RECORD_MEDICATION,
  .subject = "subject",
  .encounter = "encounter",
  .titles = { "medicationCodeableConcept", "medicationReference.display" },
  .details = { "dosageInstruction[0].text", "note[0].text" },
  .dates = { "authoredOn", "meta.lastUpdated" },
  .status = "status",
};
RECORD_KIND (medication_request, "medication-request", "MedicationRequest", "patient", NULL);

static const ZqRecordPlaces medication_statement_places = {
  .kind = ZQ_RECORD_MEDICATION,
  .subject = "subject",
  .encounter = "context",
  .titles = { "medicationCodeableConcept", "medicationReference.display" },
  .details = { "dosage[0].text", "note[0].text" },
  .dates = { "effectiveDateTime", "effectivePeriod.start", "dateAsserted", "meta.lastUpdated" },
  .status = "status",
};
RECORD_KIND (medication_statement, "medication-statement", "MedicationStatement", "patient", NULL);

static const ZqRecordPlaces procedure_places = {
  .kind = ZQ_RECORD_PROCEDURE,
  .subject = "subject",
  .encounter = "encounter",
  .titles = { "code" },
  .details = { "outcome", "bodySite[0]", "note[0].text" },
  .dates = { "performedDateTime", "performedPeriod.start", "meta.lastUpdated" },
  .status = "status",
};
RECORD_KIND (procedure, "procedure", "Procedure", "patient", NULL);

static const ZqRecordPlaces immunization_places = {
  .kind = ZQ_RECORD_IMMUNIZATION,
  .subject = "patient",
  .encounter = "encounter",
  .titles = { "vaccineCode" },
  .details = { "lotNumber", "note[0].text" },
  .dates = { "occurrenceDateTime", "recorded", "meta.lastUpdated" },
  .status = "status",
};
RECORD_KIND (immunization, "immunization", "Immunization", "patient", NULL);
