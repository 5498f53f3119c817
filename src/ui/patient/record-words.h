/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/record.h"

G_BEGIN_DECLS

/* One of a timeline, and what the filter for all of them is called. */
const char *zq_record_words_kind (ZqRecordKind kind);
const char *zq_record_words_kinds (ZqRecordKind kind);

/* FHIR's status in the doctor's words; one that is not known as it came, none is "status not known". */
const char *zq_record_words_status (const char *status);

/* What a reader must not miss about something that is not final: "Preliminary: not all results are there yet"; NULL for
 * what is final. */
const char *zq_record_words_warning (const char *status);

/* The date as exactly as it is known: "2024", "Mar 2024", a day, with the time for an instant. (transfer full) */
char *zq_record_words_date (gint64 at, ZqPrecision precision, gint64 now, GTimeZone *zone);

G_END_DECLS
