/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "resource/datetime.h"
#include "store/list.h"

G_BEGIN_DECLS

/* What stands in a patient's timeline; also the filters of it. The numbers are kept in the store. */
typedef enum
{
  ZQ_RECORD_ALL, /* as a filter only */
  ZQ_RECORD_VISIT,
  ZQ_RECORD_CONSULT,
  ZQ_RECORD_REPORT,
  ZQ_RECORD_RESULT, /* a result that belongs to no report: vital signs, home measurements */
  ZQ_RECORD_PROBLEM,
  ZQ_RECORD_ALLERGY,
  ZQ_RECORD_MEDICATION,
  ZQ_RECORD_PROCEDURE,
  ZQ_RECORD_IMMUNIZATION,
  ZQ_RECORD_DOCUMENT,
  ZQ_RECORD_N_KINDS,
} ZqRecordKind;

/* How far an item can be relied on, whatever its kind calls it. */
typedef enum
{
  ZQ_RECORD_FINAL,
  ZQ_RECORD_UNFINISHED, /* registered, partial, preliminary, planned, in progress */
  ZQ_RECORD_CHANGED,    /* amended, corrected, appended */
  ZQ_RECORD_CANCELLED,  /* cancelled, stopped, not done */
  ZQ_RECORD_ERROR,      /* entered in error: it must not be used */
  ZQ_RECORD_UNCERTAIN,  /* unknown, or no status at all */
} ZqRecordState;

/* The FHIR status of a report, a result or any other event as one of those. NULL is UNCERTAIN. */
ZqRecordState zq_record_state (const char *status);

typedef enum
{
  ZQ_RECORD_PLAIN,
  ZQ_RECORD_ABNORMAL,
  ZQ_RECORD_CRITICAL,
} ZqRecordFlag;

/**
 * ZqRecordItem:
 *
 * A row of the timeline. Properties: "key" (int64, the resource's row id), "loaded", "kind" (ZqRecordKind as int), "at"
 * (int64 µs, the first moment of when it was; 0: not known), "precision" (ZqPrecision as int), "title", "detail" (one
 * line, may be NULL), "status" (FHIR's word, may be NULL), "state" (ZqRecordState as int), "flag" (ZqRecordFlag as
 * int), "visit" (what encounter it belongs to, in words, or NULL), "first-of-day" (a day stands above it), "is-new"
 * (came or was changed since the doctor last looked at this record).
 */
#define ZQ_TYPE_RECORD_ITEM (zq_record_item_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecordItem, zq_record_item, ZQ, RECORD_ITEM, GObject)

gint64 zq_record_item_get_key (ZqRecordItem *self);

/**
 * zq_record_list_new:
 * @kind: ZQ_RECORD_ALL or the only kind
 * @words: (nullable): only items with these in title or detail; the reader looks for them
 *
 * The timeline of a patient, newest first, what has no date last; lazy as every #ZqList.
 */
ZqList *zq_record_list_new (ZqStore *store, gint64 patient, ZqRecordKind kind, const char *words);

/* How many items each kind has (maintained, not counted), ZQ_RECORD_ALL their sum. Main thread. */
void zq_record_get_counts (ZqDb *db, gint64 patient, guint counts[ZQ_RECORD_N_KINDS]);

/* The first and last moment of which there are items; both 0: none. Main thread. */
void zq_record_get_span (ZqDb *db, gint64 patient, gint64 *first, gint64 *last);

/* The newest item that is not later than @until; 0: none. For jumping to a year. Main thread. */
gint64 zq_record_find (ZqDb *db, gint64 patient, ZqRecordKind kind, gint64 until);

/* Titles of what holds now: problems (ZQ_RECORD_PROBLEM) or medications (ZQ_RECORD_MEDICATION), newest first, with
 * `at` and `detail`. At most @limit. (transfer full) (element-type ZqRecordNow) */
typedef struct
{
  gint64 key;
  gint64 at;
  char *title;
  char *detail;
} ZqRecordNow;

void zq_record_now_free (ZqRecordNow *self);
GPtrArray *zq_record_list_now (ZqDb *db, gint64 patient, ZqRecordKind kind, guint limit);

/* The doctor has looked at this record: what comes or changes from now on is new. */
void zq_record_looked_async (ZqStore *store, gint64 patient, GAsyncReadyCallback callback, gpointer data);
gboolean zq_record_looked_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
