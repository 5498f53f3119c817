/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/watchdog.h"

#include "base/clock.h"

/* A source that is asked first of all, and is never ready: prepare comes before the poll, check after it. */
typedef struct
{
  GSource source;
  ZqWatchdog *watchdog; /* borrowed */
} Ask;

struct _ZqWatchdog
{
  GSource *source;
  GdkFrameClock *clock; /* borrowed; cleared with it */

  gint64 back;        /* when the last poll ended; 0: none has yet */
  gint64 frame_begun; /* 0: no frame is under way */
  gboolean painted;   /* since then */
  const char *label;
  ZqWatchdogReport report;
};

static gboolean
prepare (GSource *source, int *timeout)
{
  ZqWatchdog *self = ((Ask *)source)->watchdog;
  gint64 away = self->back != 0 ? zq_clock_stopwatch () - self->back : 0;

  *timeout = -1;
  self->back = 0;
  if (away > ZQ_WATCHDOG_LIMIT_US)
    {
      self->report.over++;
      self->report.frames += self->painted;
    }
  if (away > self->report.worst_us)
    {
      self->report.worst_us = away;
      self->report.label = self->label;
    }
  self->painted = FALSE;
  return FALSE;
}

static gboolean
check (GSource *source)
{
  ((Ask *)source)->watchdog->back = zq_clock_stopwatch ();
  return FALSE;
}

static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs ask_funcs = { prepare, check, dispatch, NULL, NULL, NULL };

static void
on_frame_begin (ZqWatchdog *self)
{
  self->frame_begun = zq_clock_stopwatch ();
}

static void
on_frame_end (ZqWatchdog *self)
{
  if (self->frame_begun != 0)
    self->report.paint_us = MAX (self->report.paint_us, zq_clock_stopwatch () - self->frame_begun);
  self->frame_begun = 0;
  self->painted = TRUE;
}

void
zq_watchdog_watch (ZqWatchdog *self, GtkWidget *window)
{
  g_return_if_fail (self->clock == NULL);

  g_set_weak_pointer (&self->clock, gtk_widget_get_frame_clock (window));
  g_signal_connect_swapped (self->clock, "before-paint", G_CALLBACK (on_frame_begin), self);
  g_signal_connect_swapped (self->clock, "after-paint", G_CALLBACK (on_frame_end), self);
}

void
zq_watchdog_set_label (ZqWatchdog *self, const char *label)
{
  self->label = label;
}

ZqWatchdogReport
zq_watchdog_take (ZqWatchdog *self)
{
  ZqWatchdogReport report = self->report;

  self->report = (ZqWatchdogReport){ 0 };
  return report;
}

ZqWatchdog *
zq_watchdog_new (void)
{
  ZqWatchdog *self = g_new0 (ZqWatchdog, 1);

  self->source = g_source_new (&ask_funcs, sizeof (Ask));
  ((Ask *)self->source)->watchdog = self;
  self->label = "start";
  g_source_set_priority (self->source, G_MININT);
  g_source_attach (self->source, NULL);
  return self;
}

void
zq_watchdog_free (ZqWatchdog *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_weak_pointer (&self->clock);
  g_free (self);
}
