/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finding anything by typing: patients (name by hanzi, pinyin, initials; digits of a phone or record number),
 * consultations (complaint; pinyin too), messages and internal notes (words). Withdrawn and restricted words never. */

typedef enum
{
  ZQ_FIND_PATIENT,
  ZQ_FIND_CONSULT,
  ZQ_FIND_MESSAGE,
  ZQ_N_FIND_KINDS,
} ZqFindKind;

typedef enum
{
  ZQ_FIND_PATIENTS = 1 << ZQ_FIND_PATIENT,
  ZQ_FIND_CONSULTS = 1 << ZQ_FIND_CONSULT,
  ZQ_FIND_MESSAGES = 1 << ZQ_FIND_MESSAGE,
  ZQ_FIND_ALL = ZQ_FIND_PATIENTS | ZQ_FIND_CONSULTS | ZQ_FIND_MESSAGES,
} ZqFindKinds;

/* A hit; immutable. */
typedef struct
{
  ZqFindKind kind;
  gint64 id;      /* for the next page */
  gint64 patient; /* row ids; 0 where there is none */
  gint64 consult; /* what a click opens: of a patient the newest consultation that may be seen */
  gint64 message;
  char *name;    /* the patient's */
  char *title;   /* complaint */
  char *text;    /* what was found, one line, cut to some 80 characters around the first place; of patients the number
                    that was found, or NULL */
  GArray *marks; /* of ZqTextRange in `text` (in `name` for patients found by name) */
  char *detail;  /* of patients: "病历号 …" or the phone's found digits; of messages: who wrote; may be NULL */
  gint64 at;     /* µs */
  gboolean in_name; /* marks are those of `name` */
} ZqFound;

void zq_found_free (ZqFound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqFound, zq_found_free)

/**
 * zq_find_async:
 * @typed: (nullable): empty: the patients and consultations looked at last
 * @kinds: which; each kind gives at most @limit
 * @thread: 0, or only messages of this thread (`Ctrl+F`)
 * @from_us, @before_us: when it was written; 0 = no bound; patients are found whatever they say
 * @after: (nullable): the last hit of the page before, for more of its kind
 *
 * From the reader thread; a newer call with the same cancellable cancelled gives up the older one. Hits of a page are
 * newest first within a kind.
 */
void zq_find_async (ZqStore *store,
                    const char *typed,
                    ZqFindKinds kinds,
                    gint64 thread,
                    gint64 from_us,
                    gint64 before_us,
                    const ZqFound *after,
                    guint limit,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data);
/* (element-type ZqFound), by kind, newest first. @more: (out) (optional): kinds that have more. */
GPtrArray *zq_find_finish (ZqStore *store, GAsyncResult *result, ZqFindKinds *more, GError **error);

/* Remembers what was looked at, for the empty search (20 kept, on this computer only). */
void zq_find_note_opened (ZqStore *store, gint64 consult);

G_END_DECLS
