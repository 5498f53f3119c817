/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"
#include "rules/context.h"

G_BEGIN_DECLS

/* From when to when a drug was ordered or taken. */
typedef struct
{
  gint64 key;  /* row of the MedicationRequest or MedicationStatement */
  char *name;  /* never NULL */
  char *dose;  /* or NULL */
  gint64 from; /* µs */
  gint64 to;   /* G_MAXINT64: it goes on; `from`: nobody says until when */
} ZqDrugSpan;

void zq_drug_span_free (ZqDrugSpan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqDrugSpan, zq_drug_span_free)

#define ZQ_DRUG_MOST_SPANS 200

/* The newest ones of a patient, newest first; what was cancelled, is only planned, was not taken or entered in error is
 * left out. Reads at most ZQ_DRUG_MOST_SPANS resources. Main thread. (transfer full) (element-type ZqDrugSpan) */
GPtrArray *zq_drug_spans (ZqDb *db, const ZqContext *context, gint64 patient);

G_END_DECLS
