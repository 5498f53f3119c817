/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/trace.h"

#include "app/watchdog.h"
#include "ui/consult/inbox-row.h"
#include "ui/patient/record-item-widget.h"

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

/* --- rows that change ------------------------------------------------------------------------- */

typedef struct
{
  GtkWidget *window; /* borrowed */
  ZqClock *clock;
  GHashTable *last; /* key → µs */
} Rows;

static void
rows_free (gpointer data, GClosure *closure)
{
  Rows *self = data;

  g_hash_table_unref (self->last);
  g_object_unref (self->clock);
  g_free (self);
}

static gboolean
is_in_sight (GtkWidget *widget)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_GRID_VIEW);
  graphene_rect_t bounds;

  return view != NULL && gtk_widget_get_mapped (widget) && gtk_widget_compute_bounds (widget, view, &bounds) &&
         bounds.origin.y >= 0 && bounds.origin.y + bounds.size.height <= (float)gtk_widget_get_height (view);
}

static void
say_row (Rows *self, GtkWidget *widget, gboolean quiet)
{
  ZqConsultRow *row = zq_inbox_row_get_row (ZQ_INBOX_ROW (widget));
  gint64 key, at, *before;
  gboolean loaded;

  if (row == NULL)
    return;
  g_object_get (row, "loaded", &loaded, "last-at", &at, NULL);
  key = zq_consult_row_get_key (row);
  before = g_hash_table_lookup (self->last, &key);
  if (!loaded || (before != NULL && *before == at))
    return;
  g_hash_table_insert (self->last, g_memdup2 (&key, sizeof key), g_memdup2 (&at, sizeof at));
  if (!quiet)
    g_print ("row %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d\n", key, at,
             zq_clock_now (self->clock) - zq_clock_get_server_offset (self->clock), is_in_sight (widget));
}

/* Of the timeline: when it is from, and when it was seen. */
static void
say_item (Rows *self, GtkWidget *widget)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (ZQ_RECORD_ITEM_WIDGET (widget));
  gboolean loaded = FALSE;
  gint64 key, at;

  if (item == NULL || !is_in_sight (widget))
    return;
  g_object_get (item, "loaded", &loaded, "at", &at, NULL);
  key = zq_record_item_get_key (item);
  if (!loaded || g_hash_table_contains (self->last, &key))
    return;
  g_hash_table_insert (self->last, g_memdup2 (&key, sizeof key), g_memdup2 (&at, sizeof at));
  g_print ("item %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", key, at,
           zq_clock_now (self->clock) - zq_clock_get_server_offset (self->clock));
}

static void
say_rows (Rows *self, GtkWidget *root, gboolean quiet)
{
  GtkWidget *child;

  if (ZQ_IS_INBOX_ROW (root))
    say_row (self, root, quiet);
  else if (ZQ_IS_RECORD_ITEM_WIDGET (root))
    say_item (self, root);
  else
    for (child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
      say_rows (self, child, quiet);
}

static void
on_painted (GdkFrameClock *clock, Rows *self)
{
  say_rows (self, self->window, g_hash_table_size (self->last) == 0);
  fflush (stdout);
}

void
zq_trace_rows (ZqWindow *window, ZqClock *clock)
{
  Rows *self = g_new0 (Rows, 1);

  self->window = GTK_WIDGET (window);
  self->clock = g_object_ref (clock);
  self->last = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_signal_connect_data (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint", G_CALLBACK (on_painted), self,
                         rows_free, 0);
}

/* --- pauses ----------------------------------------------------------------------------------- */

static void
on_unrealize (GtkWidget *window, ZqWatchdog *watchdog)
{
  ZqWatchdogReport report = zq_watchdog_take (watchdog);

  g_print ("watchdog over-16ms %u with-a-frame %u worst %.3f longest-frame %.3f\n", report.over, report.frames,
           (double)report.worst_us / 1e6, (double)report.paint_us / 1e6);
  zq_watchdog_free (watchdog);
}

void
zq_trace_pauses (ZqWindow *window)
{
  ZqWatchdog *watchdog = zq_watchdog_new ();

  zq_watchdog_watch (watchdog, GTK_WIDGET (window));
  g_signal_connect (window, "unrealize", G_CALLBACK (on_unrealize), watchdog);
}
