/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/diagnostics/page.h"

#include "ui/widgets/problem.h"
#include "ui/widgets/status-words.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <adwaita.h>

#define MOST_UNREADABLE 200

enum
{
  GROUP_HELD,
  GROUP_REFUSED,
  GROUP_WAITING,
  GROUP_UNREADABLE,
  GROUP_POLICY,
  N_GROUPS,
};

struct _ZqDiagnostics
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *page;
  AdwActionRow *state;
  AdwActionRow *synced;
  AdwActionRow *hospital;
  AdwActionRow *person;
  GtkWidget *sign_in;
  AdwPreferencesGroup *group[N_GROUPS];

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqStore *store;
  ZqSessionStatus *status;
  GPtrArray *rows[N_GROUPS];  /* of the groups, borrowed from them */
  GPtrArray *lines[N_GROUPS]; /* the same as plain text */
  GCancellable *cancellable;
  gulong changed_id;
};

enum
{
  RESEND,
  TAKE_BACK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqDiagnostics, zq_diagnostics, GTK_TYPE_WIDGET)

typedef struct
{
  GPtrArray *intents;
  GPtrArray *unreadable;
} Report;

static void
report_free (gpointer data)
{
  Report *report = data;

  g_clear_pointer (&report->intents, g_ptr_array_unref);
  g_clear_pointer (&report->unreadable, g_ptr_array_unref);
  g_free (report);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Report, report_free)

/* Reader thread. */
static gpointer
read_report (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (Report) report = g_new0 (Report, 1);

  report->intents = zq_store_list_intents (db, error);
  if (report->intents == NULL)
    return NULL;
  report->unreadable = zq_store_list_unreadable (db, MOST_UNREADABLE, error);
  return report->unreadable != NULL ? g_steal_pointer (&report) : NULL;
}

/* --- rows ------------------------------------------------------------------------------------- */

static const char *
words_action (const char *action)
{
  static const struct
  {
    const char *action;
    const char *words;
  } table[] = {
    { "send-message", N_ ("Reply") },         { "close", N_ ("Closing of a consultation") },
    { "reopen", N_ ("Reopening") },           { "claim", N_ ("Claim from the pool") },
    { "release", N_ ("Return to the pool") }, { "set-priority", N_ ("Change of urgency") },
    { "mark-read", N_ ("Read mark") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (action, table[i].action) == 0)
      return _ (table[i].words);
  return action;
}

static AdwActionRow *
add_row (ZqDiagnostics *self, guint group, const char *title, const char *subtitle)
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

static gint64
intent_of (GtkWidget *button)
{
  return *(gint64 *)g_object_get_data (G_OBJECT (button), "intent");
}

static void
on_resend_clicked (GtkWidget *button, ZqDiagnostics *self)
{
  g_signal_emit (self, signals[RESEND], 0, intent_of (button));
}

static void
on_take_back_clicked (GtkWidget *button, ZqDiagnostics *self)
{
  g_signal_emit (self, signals[TAKE_BACK], 0, intent_of (button));
}

static void
add_button (ZqDiagnostics *self,
            AdwActionRow *row,
            const ZqIntent *intent,
            const char *label,
            const char *tooltip,
            GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  g_object_set_data_full (G_OBJECT (button), "intent", g_memdup2 (&intent->seq, sizeof intent->seq), g_free);
  g_signal_connect_object (button, "clicked", clicked, self, 0);
  adw_action_row_add_suffix (row, button);
}

/* Of those that wait: until the doctor has decided about an earlier one of the same consultation. */
static char *
words_why (const ZqIntent *intent, GPtrArray *all)
{
  if (intent->error != NULL)
    return zq_words_reason (intent->error);
  for (guint i = 0; i < all->len; i++)
    {
      const ZqIntent *other = g_ptr_array_index (all, i);

      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, other->seq);

      if (other->seq < intent->seq && g_strcmp0 (other->chain, intent->chain) == 0 &&
          (other->state == ZQ_INTENT_HELD || other->state == ZQ_INTENT_REFUSED))
        /* Translators: the number of a reply that was not sent */
        return g_strdup_printf (_ ("Waits until you have decided about #%s"), number);
    }
  return g_strdup ("");
}

static void
add_intent (ZqDiagnostics *self, const ZqIntent *intent, GPtrArray *all)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  g_autofree char *when = zq_words_day_clock (intent->created, now, self->zone);
  g_autofree char *why = words_why (intent, all);
  g_autofree char *where = NULL, *subtitle = NULL;
  guint group = GROUP_WAITING;
  AdwActionRow *row;

  if (intent->state == ZQ_INTENT_HELD)
    group = GROUP_HELD;
  else if (intent->state == ZQ_INTENT_REFUSED)
    group = GROUP_REFUSED;
  where = intent->target_server_id != NULL
              ? g_strdup_printf ("%s/%s", intent->target_type, intent->target_server_id)
              : g_strdup_printf ("%s %s", intent->target_type,
                                 intent->target_local_id != NULL ? intent->target_local_id : "–");
  subtitle =
      g_strdup_printf ("%s%s#%" G_GINT64_FORMAT " · %s · %s", why, *why != '\0' ? "\n" : "", intent->seq, where, when);
  row = add_row (self, group, words_action (intent->action), subtitle);
  if (group == GROUP_WAITING || g_strcmp0 (intent->action, "send-message") != 0)
    return;
  add_button (self, row, intent, _ ("Send Again"), _ ("Send this reply after all"), G_CALLBACK (on_resend_clicked));
  add_button (self, row, intent, _ ("Take Back"), _ ("Put the words back into the reply box"),
              G_CALLBACK (on_take_back_clicked));
}

static void
add_unreadable (ZqDiagnostics *self, const ZqUnreadable *resource)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  g_autofree char *when = zq_words_day_clock (resource->at, now, self->zone);
  g_autofree char *title =
      g_strdup_printf ("%s/%s", resource->type, resource->server_id != NULL ? resource->server_id : "–");
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", resource->reason, when);

  add_row (self, GROUP_UNREADABLE, title, subtitle);
}

static void
clear_group (ZqDiagnostics *self, guint group)
{
  for (guint i = 0; i < self->rows[group]->len; i++)
    adw_preferences_group_remove (self->group[group], g_ptr_array_index (self->rows[group], i));
  g_ptr_array_set_size (self->rows[group], 0);
  g_ptr_array_set_size (self->lines[group], 0);
}

static void
show_report (ZqDiagnostics *self, const Report *report)
{
  for (guint i = 0; i <= GROUP_UNREADABLE; i++)
    clear_group (self, i);
  for (guint i = 0; i < report->intents->len; i++)
    add_intent (self, g_ptr_array_index (report->intents, i), report->intents);
  for (guint i = 0; i < report->unreadable->len; i++)
    add_unreadable (self, g_ptr_array_index (report->unreadable, i));
  for (guint i = 0; i <= GROUP_UNREADABLE; i++)
    gtk_widget_set_visible (GTK_WIDGET (self->group[i]), self->rows[i]->len > 0 || i == GROUP_WAITING);
  if (self->rows[GROUP_WAITING]->len == 0)
    add_row (self, GROUP_WAITING, _ ("Nothing waits"),
             report->intents->len == 0 ? _ ("All that you did is at the hospital") : "");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqDiagnostics) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Report) report = zq_store_read_finish (ZQ_STORE (source), result, &error);

  if (report != NULL && self->store != NULL)
    show_report (self, report);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("diagnostics: %s", error->message);
}

static void
refresh (ZqDiagnostics *self)
{
  if (self->store == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  zq_store_read_async (self->store, read_report, NULL, NULL, report_free, self->cancellable, on_read,
                       g_object_ref (self));
}

static void
on_changed (ZqDiagnostics *self, ZqChanges *changes)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) &&
      (zq_changes_has (changes, "outbox") || zq_changes_has (changes, "unreadable")))
    refresh (self);
}

/* --- the link --------------------------------------------------------------------------------- */

static void
show_status (ZqDiagnostics *self)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  gint64 last = zq_session_status_get_last_synced (self->status);
  g_autofree char *problem = zq_words_problem (zq_session_status_get_problem (self->status));
  g_autofree char *words = zq_status_words (self->status, self->zone);
  g_autofree char *both = *problem != '\0' ? g_strdup_printf ("%s\n%s", words, problem) : g_strdup (words);
  g_autofree char *plain = g_markup_escape_text (both, -1);
  g_autofree char *synced = last != 0 ? zq_words_day_clock (last, now, self->zone) : g_strdup (_ ("never"));

  adw_action_row_set_subtitle (self->state, plain);
  adw_action_row_set_subtitle (self->synced, synced);
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
  add_line (report, self->synced);
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
  refresh (ZQ_DIAGNOSTICS (widget));
}

static void
zq_diagnostics_dispose (GObject *object)
{
  ZqDiagnostics *self = ZQ_DIAGNOSTICS (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->store != NULL)
    g_clear_signal_handler (&self->changed_id, self->store);
  g_clear_object (&self->store);
  g_clear_object (&self->status);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_diagnostics_parent_class)->dispose (object);
}

static void
zq_diagnostics_finalize (GObject *object)
{
  ZqDiagnostics *self = ZQ_DIAGNOSTICS (object);

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
  signals[TAKE_BACK] =
      g_signal_new ("take-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/diagnostics/page.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, page);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, state);
  gtk_widget_class_bind_template_child (widget_class, ZqDiagnostics, synced);
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
  show_status (self);
}

void
zq_diagnostics_set_problems (ZqDiagnostics *self, GPtrArray *problems)
{
  clear_group (self, GROUP_POLICY);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    add_row (self, GROUP_POLICY, g_ptr_array_index (problems, i), "");
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
