/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqWatchdog:
 *
 * How long the main loop was away at a time: from the end of a poll to the begin of the next one, which is all that
 * was dispatched between, frames included. Says nothing of contents. Main thread.
 */
typedef struct _ZqWatchdog ZqWatchdog;

/* A frame at 60 a second. */
#define ZQ_WATCHDOG_LIMIT_US 16000

typedef struct
{
  guint over;        /* how often longer than the limit */
  guint frames;      /* of those, with a frame painted in it */
  gint64 worst_us;   /* the longest */
  gint64 paint_us;   /* from the begin to the end of the longest frame: ticks, layout, paint */
  const char *label; /* at the worst */
} ZqWatchdogReport;

ZqWatchdog *zq_watchdog_new (void);
void zq_watchdog_free (ZqWatchdog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqWatchdog, zq_watchdog_free)

/* Knows of @window's frames from now on; once, when it is realized. */
void zq_watchdog_watch (ZqWatchdog *self, GtkWidget *window);

/* What is being done now; a literal. The iteration that is under way counts to the new label. */
void zq_watchdog_set_label (ZqWatchdog *self, const char *label);

/* Since the last one. */
ZqWatchdogReport zq_watchdog_take (ZqWatchdog *self);

G_END_DECLS
