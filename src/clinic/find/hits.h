/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/find/find.h"
#include "store/kind.h"

G_BEGIN_DECLS

/* ZqFound made of rows; for find.c. NULL without error: it is not to be shown. Reader thread. */

ZqFound *zq_hit_of_patient (ZqDb *db, gint64 id, gint64 patient, const char *typed, GError **error);
ZqFound *zq_hit_of_consult (ZqDb *db, gint64 id, gint64 consult, const char *typed, GError **error);
ZqFound *zq_hit_of_message (ZqDb *db, gint64 id, gint64 message, const char *typed, GError **error);

/* Messages of a thread that say @typed, newest first, after the row @after (0: from the newest), at most @limit: a
 * thread is read through, since the words of the whole hospital would have to be for one of its threads. */
GPtrArray *zq_hits_of_thread (ZqDb *db,
                              gint64 thread,
                              const char *typed,
                              gint64 from_us,
                              gint64 before_us,
                              gint64 after,
                              guint limit,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
