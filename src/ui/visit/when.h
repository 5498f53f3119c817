/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqVisitWhen:
 *
 * When a visit is, how long, and why: asked to make one or to move it. What else is at that time is said, not
 * forbidden. Signal "chosen" (gint64 start, guint minutes, const char *reason: never NULL).
 */
#define ZQ_TYPE_VISIT_WHEN (zq_visit_when_get_type ())
G_DECLARE_FINAL_TYPE (ZqVisitWhen, zq_visit_when, ZQ, VISIT_WHEN, GtkPopover)

/* @visit: the row of the one that is moved, 0: it is made. @start, @minutes, @reason (NULL: not asked): as it stands.
 * @confirm: of the button. (transfer floating) */
ZqVisitWhen *
zq_visit_when_new (ZqStore *store, gint64 visit, gint64 start, guint minutes, const char *reason, const char *confirm);

/* Opens it at @at with the time to be typed, or taken by Enter. */
void zq_visit_when_ask (ZqVisitWhen *self, GtkWidget *at);

/* A time of day as it is typed: "14:30", "14：30", "1430", "930", "9". FALSE: it is none. */
gboolean zq_visit_parse_clock (const char *typed, int *hour, int *minute);

G_END_DECLS
