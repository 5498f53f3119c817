/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/frame-watch.h"

#include "base/clock.h"
#include "support/support.h"

#include <time.h>

#define DEADLINE_S 20

/* --- figures ---------------------------------------------------------------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

  return (one > two) - (one < two);
}

void
frame_watch_tell (FrameWatch *self, const char *name, GArray *times, const char *size)
{
  ZqWatchdogReport report = zq_watchdog_take (self->watchdog);
  guint n = times->len;

  if (n == 0)
    return;
  g_array_sort (times, compare);
#define AT(i) ((double)g_array_index (times, gint64, (i)) / 1e6)
  g_print ("{\"name\":\"%s\",\"n\":%u,\"median\":%.4f,\"p95\":%.4f,\"worst\":%.4f,\"over16\":%u,\"frames16\":%u,"
           "\"pause\":%.4f,\"paint\":%.4f,\"cpu\":%.4f,\"mean_frames\":%.1f,"
           "\"size\":\"%s\"}\n",
           name, n, AT (n / 2), AT ((n * 95 - 1) / 100), AT (n - 1), report.over, report.frames,
           (double)report.worst_us / 1e6, (double)report.paint_us / 1e6, (double)self->all_cpu / n / 1e6,
           (double)self->all_frames / n, size);
  self->all_cpu = 0;
  self->all_frames = 0;
#undef AT
}

/* --- frames ----------------------------------------------------------------------------------- */

/* What a machine shared with others would need if it were not. */
static gint64
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
on_after_paint (FrameWatch *self)
{
  gint64 now = zq_clock_stopwatch (), cpu = thread_time ();

  if (self->begun == 0 || self->taken != 0)
    return;
  self->frames++;
  /* Looking is not of the program's work. */
  if (self->shown (self->data))
    {
      self->taken = now - self->begun;
      self->all_cpu += cpu - self->cpu;
      self->all_frames += self->frames;
    }
  else
    {
      gint64 looked = zq_clock_stopwatch () - now;

      self->begun += looked;
      self->cpu += thread_time () - cpu;
    }
}

static gboolean
is_taken (gpointer data)
{
  return ((FrameWatch *)data)->taken != 0;
}

void
frame_watch_begin (FrameWatch *self, gboolean (*shown) (gpointer data), gpointer data)
{
  self->shown = shown;
  self->data = data;
  self->taken = 0;
  self->frames = 0;
  self->cpu = thread_time ();
  self->begun = zq_clock_stopwatch ();
}

gint64
frame_watch_end (FrameWatch *self, const char *what)
{
  if (!zq_test_wait_until (is_taken, self, DEADLINE_S))
    g_error ("%s was not shown", what);
  self->begun = 0;
  return self->taken;
}

typedef struct
{
  GtkWidget *widget;
  guint left;
} Frames;

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Frames *frames = data;

  gtk_widget_queue_draw (widget);
  return --frames->left > 0;
}

static gboolean
is_over (gpointer data)
{
  return ((Frames *)data)->left == 0;
}

void
frame_watch_rest (FrameWatch *self)
{
  Frames frames = { self->window, 12 };

  gtk_widget_add_tick_callback (frames.widget, on_frame, &frames, NULL);
  g_assert_true (zq_test_wait_until (is_over, &frames, DEADLINE_S));
  zq_test_settle ();
}

gboolean
frame_watch_is_in_sight (GtkWidget *widget, GtkWidget *frame)
{
  graphene_rect_t bounds;

  return gtk_widget_get_mapped (widget) && gtk_widget_compute_bounds (widget, frame, &bounds) &&
         bounds.size.height > 1 && bounds.origin.y < gtk_widget_get_height (frame) &&
         bounds.origin.y + bounds.size.height > 0;
}

/* --- life ------------------------------------------------------------------------------------- */

void
frame_watch_label (FrameWatch *self, const char *name)
{
  zq_watchdog_take (self->watchdog);
  zq_watchdog_set_label (self->watchdog, name);
}

void
frame_watch_start (FrameWatch *self, GtkWidget *window)
{
  self->window = window;
  self->watchdog = zq_watchdog_new ();
  zq_watchdog_watch (self->watchdog, window);
  g_signal_connect_swapped (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint), self);
}

void
frame_watch_stop (FrameWatch *self)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (self->window), self);
  g_clear_pointer (&self->watchdog, zq_watchdog_free);
}
