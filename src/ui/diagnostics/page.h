/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"
#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqDiagnostics:
 *
 * How the link is, how far the search index, which files move; what of ours waits, is held or was refused, to whom,
 * since when and why, what is new beside it, and what can be done; what cannot be read. Signals: "resend" (int64
 * intent), "take-back" (int64 intent, int64 consult), "open" (int64 consult).
 */
#define ZQ_TYPE_DIAGNOSTICS (zq_diagnostics_get_type ())
G_DECLARE_FINAL_TYPE (ZqDiagnostics, zq_diagnostics, ZQ, DIAGNOSTICS, GtkWidget)

/* @zone outlives the page. */
void zq_diagnostics_set_session (ZqDiagnostics *self,
                                 ZqStore *store,
                                 ZqSessionStatus *status,
                                 GTimeZone *zone,
                                 const char *hospital,
                                 const char *person);
/* @problems: (nullable) (element-type utf8): what is wrong in the hospital's settings, a line each. */
void zq_diagnostics_set_problems (ZqDiagnostics *self, GPtrArray *problems);
/* What the page says as plain text: ids and reasons, nothing of a patient nor who is signed in. (transfer full) */
char *zq_diagnostics_dup_report (ZqDiagnostics *self);
/* Names of unreadable and unsent things as they are shown; for tests. */
guint zq_diagnostics_get_n_rows (ZqDiagnostics *self);

G_END_DECLS
