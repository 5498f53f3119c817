/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"
#include "store/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether @consult is what the person looks at right now. */
typedef gboolean (*ZqNotifySeen) (gint64 consult, gpointer data);

typedef struct
{
  GApplication *application; /* borrowed; with the action "open-consult" (x) */
  ZqStore *store;
  ZqSessionStatus *status;
  GSettings *settings; /* NULL: the defaults */
  GTimeZone *zone;     /* of the quiet hours; NULL: this computer's */
  ZqNotifySeen seen;
  gpointer data;
} ZqNotifyConfig;

/**
 * ZqNotify:
 *
 * Tells the desktop of messages that come in for urgent consultations and for own ones: one notification a
 * consultation, one for all beyond three, none for what is being looked at, none that names a patient or
 * repeats a word unless the settings want it. Withdrawn when it was read. What came in before the session
 * was in step is one summary at most. Main thread.
 */
typedef struct _ZqNotify ZqNotify;

ZqNotify *zq_notify_new (const ZqNotifyConfig *config);
/* What is shown goes too. */
void zq_notify_free (ZqNotify *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqNotify, zq_notify_free)

G_END_DECLS
