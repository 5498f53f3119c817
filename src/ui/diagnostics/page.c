/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/diagnostics/page-private.h"

#include "store/search.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/status-words.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#define MOST_OURS       50
#define MOST_UNREADABLE 200
#define NEARLY          0.99

enum
{
  RESEND,
  TAKE_BACK,
  OPEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqDiagnostics, zq_diagnostics, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *ours;
  guint total;
  guint indexed, to_index; /* of what can be found by words */
  char *versions;          /* of its rules */
  GPtrArray *unreadable;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_clear_pointer (&report->ours, g_ptr_array_unref);
  g_clear_pointer (&report->unreadable, g_ptr_array_unref);
  g_free (report->versions);
  g_free (report);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

/* Reader thread. */
static gpointer
read_report (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (Report) report = g_new0 (Report, 1);

  report->ours = zq_consult_list_ours (db, MOST_OURS, &report->total, error);
  if (report->ours == NULL)
    return NULL;
  zq_search_progress (db, &report->indexed, &report->to_index);
  report->versions = zq_search_dup_versions (db);
  report->unreadable = zq_store_list_unreadable (db, MOST_UNREADABLE, error);
  return report->unreadable != NULL ? g_steal_pointer (&report) : NULL;
}

/* --- rows ------------------------------------------------------------------------------------- */

AdwActionRow *
zq_diagnostics_add_row (ZqDiagnostics *self, guint group, const char *title, const char *subtitle)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());
  g_autofree char *plain_title = g_markup_escape_text (title, -1);
  g_autofree char *plain_subtitle = g_markup_escape_text (subtitle, -1);

  g_ptr_array_add (self->lines[group], g_strconcat (title, *subtitle != '\0' ? ": " : "", subtitle, NULL));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), plain_title);
  adw_action_row_set_subtitle (row, plain_subtitle);
  adw_action_row_set_subtitle_lines (row, 0);
  adw_preferences_group_add (self->group[group], GTK_WIDGET (row));
  g_ptr_array_add (self->rows[group], row);
  return row;
}

static void
add_unreadable (ZqDiagnostics *self, const ZqUnreadable *resource)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  g_autofree char *when = zq_words_day_clock (resource->at, now, self->zone);
  g_autofree char *title =
      g_strdup_printf ("%s/%s", resource->type, resource->server_id != NULL ? resource->server_id : "–");
  g_autofree char *reason = zq_words_problem (resource->reason);
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", reason, when);

  zq_diagnostics_add_row (self, GROUP_UNREADABLE, title, subtitle);
}

void
zq_diagnostics_clear_group (ZqDiagnostics *self, guint group)
{
  for (guint i = 0; i < self->rows[group]->len; i++)
    adw_preferences_group_remove (self->group[group], g_ptr_array_index (self->rows[group], i));
  g_ptr_array_set_size (self->rows[group], 0);
  g_ptr_array_set_size (self->lines[group], 0);
}

static void
show_index (ZqDiagnostics *self, const Report *report)
{
  g_autofree char *words = NULL, *both = NULL, *plain = NULL;

  if (report->indexed < report->to_index)
    /* Translators: how many of how many things can be found by their words already */
    words = g_strdup_printf (_ ("%1$u of %2$u can be found so far; the others follow by themselves"), report->indexed,
                             report->to_index);
  else
    words = g_strdup (_ ("Complete: all that was fetched can be found"));
  /* Translators: the state of the search index, then what it was made by, "message 2, patient 1" */
  both = g_strdup_printf (_ ("%1$s\nVersion of the index: %2$s"), words, report->versions);
  plain = g_markup_escape_text (both, -1);
  adw_action_row_set_subtitle (self->index, plain);
}

static void
show_report (ZqDiagnostics *self, const Report *report)
{
  zq_diagnostics_show_ours (self, report->ours, report->total);
  show_index (self, report);
  zq_diagnostics_clear_group (self, GROUP_UNREADABLE);
  for (guint i = 0; i < report->unreadable->len; i++)
    add_unreadable (self, g_ptr_array_index (report->unreadable, i));
  for (guint i = 0; i <= GROUP_UNREADABLE; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->group[i]), self->rows[i]->len > 0);
}

static void refresh (ZqDiagnostics *self);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqDiagnostics) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Report) report = zq_store_read_finish (ZQ_STORE (source), result, &error);

  g_clear_object (&self->cancellable);
  if (report != NULL && self->store != NULL)
    show_report (self, report);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("diagnostics: %s", error->message);
  if (self->outdated && self->store != NULL)
    refresh (self);
}

/* One reading at a time: while much is sent, the page keeps up without being asked for each. */
static void
refresh (ZqDiagnostics *self)
{
  if (self->store == NULL)
    return;
  self->outdated = self->cancellable != NULL;
  if (self->outdated)
    return;
  self->cancellable = g_cancellable_new ();
  zq_store_read_async (self->store, read_report, NULL, NULL, report_free, self->cancellable, on_read,
                       g_object_ref (self));
}

static void
on_changed (ZqDiagnostics *self, ZqChanges *changes)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      (zq_changes_has (changes, "outbox") || zq_changes_has (changes, "unreadable") ||
       zq_changes_has (changes, "message") || zq_changes_has (changes, "search")))
    refresh (self);
}

static const char *
words_live (ZqLiveState live)
{
  switch (live)
    {
    case ZQ_LIVE_UP:
      return _ ("Connected: what is new comes by itself");
    case ZQ_LIVE_DOWN:
      return _ ("Not connected now: the hospital is asked every now and then");
    case ZQ_LIVE_OFF:
    default:
      return _ ("Not used: the hospital is asked every now and then");
    }
}

static void
show_first_fetch (ZqDiagnostics *self)
{
  g_autofree char *words = NULL;
  double progress;

  g_object_get (self->status, "progress", &progress, NULL);
  gtk_widget_set_visible (self->first_fetch, progress >= 0);
  if (progress < 0)
    return;
  progress = CLAMP (progress, 0, NEARLY); /* it is done when the round is, and then not shown */
  /* Translators: how much of the first fetch is done, in hundredths */
  words = g_strdup_printf (_ ("%d %%"), (int)(progress * 100));
  gtk_progress_bar_set_fraction (self->first_progress, progress);
  gtk_progress_bar_set_text (self->first_progress, words);
}

static char *
words_synced (ZqDiagnostics *self)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  gint64 last = zq_session_status_get_last_synced (self->status);
  double progress;

  g_object_get (self->status, "progress", &progress, NULL);
  if (last != 0)
    return zq_words_day_clock (last, now, self->zone);
  /* Translators: the first synchronization */
  return g_strdup (progress >= 0 ? _ ("not finished yet") : _ ("never"));
}

/* --- the link --------------------------------------------------------------------------------- */

static void
show_status (ZqDiagnostics *self)
{
  g_autofree char *problem = zq_words_problem (zq_session_status_get_problem (self->status));
  g_autofree char *words = zq_status_words (self->status, self->zone);
  g_autofree char *both = *problem != '\0' ? g_strdup_printf ("%s\n%s", words, problem) : g_strdup (words);
  g_autofree char *plain = g_markup_escape_text (both, -1);
  g_autofree char *synced = words_synced (self);

  adw_action_row_set_subtitle (self->state, plain);
  adw_action_row_set_subtitle (self->live, words_live (zq_session_status_get_live (self->status)));
  adw_action_row_set_subtitle (self->synced, synced);
  show_first_fetch (self);
  gtk_widget_set_visible (self->sign_in, zq_session_status_get_state (self->status) == ZQ_SESSION_SIGNED_OUT);
}

/* --- the report ------------------------------------------------------------------------------- */

static void
add_line (GString *report, AdwActionRow *row)
{
  g_autofree char *subtitle = NULL;
  g_autoptr (GError) error = NULL;

  /* Subtitles are markup that was made of plain text. */
  if (!pango_parse_markup (adw_action_row_get_subtitle (row), -1, 0, NULL, &subtitle, NULL, &error))
    g_warning ("diagnostics: %s", error->message);
  g_string_append_printf (report, "%s: %s\n", adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)),
                          subtitle != NULL ? subtitle : "");
}

char *
zq_diagnostics_dup_report (ZqDiagnostics *self)
{
  GString *report = g_string_new ("Zhenqiao " ZQ_VERSION "\n");

  g_string_append_printf (report, "GTK %u.%u.%u, libadwaita %u.%u.%u\n", gtk_get_major_version (),
                          gtk_get_minor_version (), gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version ());
  add_line (report, self->state);
  add_line (report, self->live);
  add_line (report, self->synced);
  add_line (report, self->index);
  add_line (report, self->files);
  add_line (report, self->hospital);
  for (guint i = 0; i < N_GROUPS; i++)
    {
      if (self->lines[i]->len == 0)
        continue;
      g_string_append_printf (report, "\n%s\n", adw_preferences_group_get_title (self->group[i]));
      for (guint j = 0; j < self->lines[i]->len; j++)
        g_string_append_printf (report, "- %s\n", (char *)g_ptr_array_index (self->lines[i], j));
    }
  return g_string_free (report, FALSE);
}

static void
on_copy_clicked (ZqDiagnostics *self)
{
  g_autofree char *report = zq_diagnostics_dup_report (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), report);
  zq_toast_show (GTK_WIDGET (self), _ ("The report is copied. It names no patient."));
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_diagnostics_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_diagnostics_parent_class)->map (widget);
  zq_diagnostics_show_files (ZQ_DIAGNOSTICS (widget));
  refresh (ZQ_DIAGNOSTICS (widget));
}

static void
zq_diagnostics_dispose (GObject *object)
{
  ZqDiagnostics *self = ZQ_DIAGNOSTICS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->store != NULL)
    {
      g_clear_signal_handler (&self->changed_id, self->store);
      zq_diagnostics_leave_files (self);
    }
  g_clear_object (&self->store);
  g_clear_object (&self->status);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_diagnostics_parent_class)->dispose (object);
}

static void
zq_diagnostics_finalize (GObject *object)
{
  ZqDiagnostics *self = ZQ_DIAGNOSTICS (object);

  g_clear_object (&self->cancellable);
  g_free (self->shown);
  for (guint i = 0; i < N_GROUPS; i++)
    {
      g_ptr_array_unref (self->rows[i]);
      g_ptr_array_unref (self->lines[i]);
    }
  G_OBJECT_CLASS (zq_diagnostics_parent_class)->finalize (object);
}

static void
bind_group (GtkWidgetClass *klass, const char *name, guint group)
{
  gtk_widget_class_bind_template_child_full (
      klass, name, FALSE, G_STRUCT_OFFSET (ZqDiagnostics, group) + group * sizeof (AdwPreferencesGroup *));
}

static void
zq_diagnostics_class_init (ZqDiagnosticsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = zq_diagnostics_dispose;
  object_class->finalize = zq_diagnostics_finalize;
  widget_class->map = zq_diagnostics_map;

  signals[RESEND] = g_signal_new ("resend", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TAKE_BACK] = g_signal_new ("take-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                     G_TYPE_INT64, G_TYPE_INT64);
  signals[OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  zq_diagnostics_install_waiting (widget_class);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/diagnostics/page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, page);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, state);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, synced);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, live);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, first_fetch);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, first_progress);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, index);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, files);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, hospital);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, person);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, sign_in);
  bind_group (widget_class, "held", GROUP_HELD);
  bind_group (widget_class, "refused", GROUP_REFUSED);
  bind_group (widget_class, "waiting", GROUP_WAITING);
  bind_group (widget_class, "unreadable", GROUP_UNREADABLE);
  bind_group (widget_class, "policy", GROUP_POLICY);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
zq_diagnostics_init (ZqDiagnostics *self)
{
  for (guint i = 0; i < N_GROUPS; i++)
    {
      self->rows[i] = g_ptr_array_new ();
      self->lines[i] = g_ptr_array_new_with_free_func (g_free);
    }
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
zq_diagnostics_set_session (ZqDiagnostics *self,
                            ZqStore *store,
                            ZqSessionStatus *status,
                            GTimeZone *zone,
                            const char *hospital,
                            const char *person)
{
  g_autofree char *plain_hospital = g_markup_escape_text (hospital, -1);
  g_autofree char *plain_person = g_markup_escape_text (person != NULL ? person : "", -1);

  g_return_if_fail (self->store == NULL);
  self->store = g_object_ref (store);
  self->status = g_object_ref (status);
  self->zone = zone;
  adw_action_row_set_subtitle (self->hospital, plain_hospital);
  adw_action_row_set_subtitle (self->person, plain_person);
  self->changed_id = g_signal_connect_swapped (store, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_object (status, "notify", G_CALLBACK (show_status), self, G_CONNECT_SWAPPED);
  zq_diagnostics_watch_files (self);
  show_status (self);
}

void
zq_diagnostics_set_problems (ZqDiagnostics *self, GPtrArray *problems)
{
  zq_diagnostics_clear_group (self, GROUP_POLICY);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    zq_diagnostics_add_row (self, GROUP_POLICY, g_ptr_array_index (problems, i), "");
  gtk_widget_set_visible (GTK_WIDGET (self->group[GROUP_POLICY]), self->rows[GROUP_POLICY]->len > 0);
}

guint
zq_diagnostics_get_n_rows (ZqDiagnostics *self)
{
  guint n = 0;

  for (guint i = 0; i < N_GROUPS; i++)
    n += self->rows[i]->len;
  return n;
}
