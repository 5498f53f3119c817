/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/trace.h"

#include <time.h>
#include <unistd.h>

/* Field 22 of /proc/self/stat: when the process started, in ticks since boot (proc(5)). */
static gint64
process_start (void)
{
  g_autofree char *stat = NULL;
  g_auto (GStrv) fields = NULL;
  const char *after;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL))
    return 0;
  after = strrchr (stat, ')');
  if (after == NULL)
    return 0;
  fields = g_strsplit (after + 2, " ", 22);
  if (g_strv_length (fields) < 20)
    return 0;
  return g_ascii_strtoll (fields[19], NULL, 10) * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);
}

static gint64
since_start (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 - process_start ();
}

void
zq_trace_mark (const char *what)
{
  g_debug ("%s after %" G_GINT64_FORMAT " µs", what, since_start ());
}

typedef struct
{
  GtkWidget *widget; /* borrowed: its frame clock's signal is dropped with it */
  gboolean rows;
  gboolean print;
  ZqFirstRowsFunc func;
  gpointer data;
  gulong id;
} Trace;

static void
trace_free (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
on_after_paint (GdkFrameClock *clock, Trace *trace)
{
  ZqFirstRowsFunc func = trace->func;
  gpointer data = trace->data;

  if (trace->rows && !zq_inbox_has_rows (zq_window_get_inbox (ZQ_WINDOW (trace->widget))))
    return;
  if (trace->rows)
    {
      gint64 at = since_start ();

      g_debug ("first rows painted %" G_GINT64_FORMAT " µs after the start", at);
      if (trace->print)
        {
          g_autoptr (GListModel) list =
              g_object_ref (zq_inbox_get_list (zq_window_get_inbox (ZQ_WINDOW (trace->widget))));
          guint total = 0;

          g_object_get (list, "total", &total, NULL);
          g_print ("first-rows %" G_GINT64_FORMAT " %u\n", at, total);
          fflush (stdout);
        }
    }
  g_signal_handler_disconnect (clock, trace->id);
  if (func != NULL)
    func (data);
}

static void
trace_frames (Trace trace)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (trace.widget);
  Trace *copy = g_memdup2 (&trace, sizeof trace);

  copy->id = g_signal_connect_data (clock, "after-paint", G_CALLBACK (on_after_paint), copy, trace_free, 0);
  gtk_widget_queue_draw (trace.widget);
}

void
zq_trace_first_rows (ZqWindow *window, gboolean print, ZqFirstRowsFunc func, gpointer data)
{
  trace_frames ((Trace){ GTK_WIDGET (window), TRUE, print, func, data, 0 });
}

void
zq_trace_next_frame (GtkWidget *widget, ZqFirstRowsFunc func, gpointer data)
{
  trace_frames ((Trace){ widget, FALSE, FALSE, func, data, 0 });
}
