/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/watchdog.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FrameWatch:
 *
 * Measures from what a person does to the first painted frame that holds what was wanted, in a real window; and with
 * the watchdog how long the main loop was away meanwhile.
 */
typedef struct
{
  GtkWidget *window;
  ZqWatchdog *watchdog;

  gboolean (*shown) (gpointer data);
  gpointer data;
  gint64 begun, taken;
  gint64 cpu;   /* of the main thread until then; before it, when it began */
  guint frames; /* painted until then */
  gint64 all_cpu;
  guint all_frames;
} FrameWatch;

/* The window is on the screen. */
void frame_watch_start (FrameWatch *self, GtkWidget *window);
void frame_watch_stop (FrameWatch *self);

/* Forgets what the watchdog saw, and names what comes. */
void frame_watch_label (FrameWatch *self, const char *name);

/* Begins; @shown is asked after each frame, its own time does not count. */
void frame_watch_begin (FrameWatch *self, gboolean (*shown) (gpointer data), gpointer data);
/* Waits for it: microseconds. @what names it where it does not come. */
gint64 frame_watch_end (FrameWatch *self, const char *what);

/* What the doctor does between two keys: all that was begun comes to rest. */
void frame_watch_rest (FrameWatch *self);

/* Prints one JSON object a line of @times (element-type gint64), microseconds, sorting them. */
void frame_watch_tell (FrameWatch *self, const char *name, GArray *times, const char *size);

/* Whether some of @widget lies within @frame. */
gboolean frame_watch_is_in_sight (GtkWidget *widget, GtkWidget *frame);

G_END_DECLS
