/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/file-row.h"
#include "clinic/document/inline-file.h"
#include "clinic/document/kinds.h"
#include "clinic/patient/record-event.h"
#include "rules/context.h"

/* A row of the timeline as others have, and the files. */
typedef struct
{
  gpointer event;
  GPtrArray *files; /* of ZqFile */
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  zq_record_event_free (self->event);
  g_ptr_array_unref (self->files);
  g_free (self);
}

static gpointer
parse (JsonNode *node, gpointer data, const ZqRecordPlaces *places)
{
  const ZqContext *context = data;
  Parsed *self = g_new0 (Parsed, 1);

  self->event = zq_record_event_parse (node, data, places);
  self->files = zq_files_of_resource (node, context->base);

  return self;
}

static gboolean
project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 patient = 0;

  if (!zq_record_event_project (txn, id, self->event, error))
    return FALSE;
  zq_db_get_int (zq_txn_db (txn), &patient, NULL, "SELECT patient FROM record_item WHERE id = ?", "i", id);

  return zq_record_files_put (txn, id, patient, self->files, error);
}

static gboolean
unproject (ZqTxn *txn, gint64 id, GError **error)
{
  return zq_record_files_put (txn, id, 0, NULL, error) && zq_record_remove (txn, id, error);
}

static const ZqRecordPlaces document_places = {
  .kind = ZQ_RECORD_DOCUMENT,
  .subject = "subject",
  .encounter = "context.encounter[0]",
  .titles = { "description", "type", "content[0].attachment.title", "category" },
  .details = { "category", "custodian.display" },
  .dates = { "context.period.start", "date", "content[0].attachment.creation", "meta.lastUpdated" },
  .status = "status",
};

static gpointer
document_parse (JsonNode *node, gpointer context, GError **error)
{
  return parse (node, context, &document_places);
}

static const ZqScope document_scopes[] = {
  { "department", "DocumentReference?_tag={system-department}|{department}" },
  { "patient", "DocumentReference?patient={patient}", ZQ_RECORD_UNTAGGED, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_document_kind = {
  .name = "document",
  .type = "DocumentReference",
  .projection_version = 4,
  .schema = ZQ_RECORD_SCHEMA ZQ_RECORD_FILE_SCHEMA,
  .parse = document_parse,
  .parsed_free = parsed_free,
  .project = project,
  .unproject = unproject,
  .rules = zq_document_rules,
  .scopes = document_scopes,
};

static const ZqRecordPlaces composition_places = {
  .kind = ZQ_RECORD_DOCUMENT,
  .subject = "subject",
  .encounter = "encounter",
  .titles = { "title", "type", "category" },
  .details = { "type", "author[0].display", "custodian.display" },
  .dates = { "date", "meta.lastUpdated" },
  .status = "status",
};

static gpointer
composition_parse (JsonNode *node, gpointer context, GError **error)
{
  return parse (node, context, &composition_places);
}

static const ZqScope composition_scopes[] = {
  { "department", "Composition?_tag={system-department}|{department}", NULL, TRUE },
  { NULL, NULL },
};

/* Its sections are its text (clinic/document/content.h). */
const ZqResourceKind zq_composition_kind = {
  .name = "composition",
  .type = "Composition",
  .projection_version = 1,
  .schema = ZQ_RECORD_SCHEMA ZQ_RECORD_FILE_SCHEMA,
  .parse = composition_parse,
  .parsed_free = parsed_free,
  .project = project,
  .unproject = unproject,
  .scopes = composition_scopes,
};

static const ZqRecordPlaces media_places = {
  .kind = ZQ_RECORD_DOCUMENT,
  .subject = "subject",
  .encounter = "encounter",
  .titles = { "content.title", "bodySite", "modality", "type" },
  .details = { "bodySite", "reasonCode", "note[0].text" },
  .dates = { "createdDateTime", "createdPeriod.start", "issued", "content.creation", "meta.lastUpdated" },
  .status = "status",
};

static gpointer
media_parse (JsonNode *node, gpointer context, GError **error)
{
  return parse (node, context, &media_places);
}

/* Those of a report are asked for by its reference; for all of a patient there is no search: few hospitals have any. */
static const ZqScope media_scopes[] = {
  { "department", "Media?_tag={system-department}|{department}", NULL, TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_media_kind = {
  .name = "media",
  .type = "Media",
  .projection_version = 1,
  .schema = ZQ_RECORD_SCHEMA ZQ_RECORD_FILE_SCHEMA,
  .parse = media_parse,
  .parsed_free = parsed_free,
  .project = project,
  .unproject = unproject,
  .scopes = media_scopes,
};
