/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

/* How long a visit is unless the doctor says otherwise, in minutes. */
guint zq_visit_minutes (ZqStore *store);

/* "Tomorrow 14:30". (transfer full) */
char *zq_visit_when_words (ZqStore *store, gint64 at);

/* What the patient reads when it is moved to @at. (transfer full) */
char *zq_visit_moved_words (ZqStore *store, gint64 at);

/* Makes a visit for the patient of @consult, and tells the patient in that thread. Finish by zq_visit_make_finish(). */
void zq_visit_invite (ZqStore *store,
                      gint64 consult,
                      gint64 at,
                      guint minutes,
                      const char *reason,
                      GAsyncReadyCallback callback,
                      gpointer data);

G_END_DECLS
