/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record-row.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Where a kind of resource has what the timeline says. Paths are tried in order; NULL ends them. */
typedef struct
{
  ZqRecordKind kind;
  const char *subject;
  const char *encounter;
  const char *titles[4];  /* CodeableConcept, or text */
  const char *details[4]; /* CodeableConcept, or text */
  const char *dates[6];
  const char *status; /* of a code or of a concept */
} ZqRecordPlaces;

/* What such a resource says, for zq_record_event_project (); never fails. @context: ZqContext. @places: static. Any
 * thread. (transfer full) */
gpointer zq_record_event_parse (JsonNode *node, gpointer context, const ZqRecordPlaces *places);
void zq_record_event_free (gpointer parsed);

/* Makes its row of the timeline; zq_record_remove () takes it away. Writer thread. */
gboolean zq_record_event_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error);

G_END_DECLS
