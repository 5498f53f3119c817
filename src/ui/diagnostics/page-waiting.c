/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/diagnostics/page-private.h"

#include "clinic/consult/commands.h"
#include "ui/diagnostics/waiting-row.h"
#include "ui/widgets/problem.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

/* --- rows ------------------------------------------------------------------------------------- */

static guint
group_of (const ZqOurs *ours)
{
  if (ours->intent->state == ZQ_INTENT_HELD)
    return GROUP_HELD;

  return ours->intent->state == ZQ_INTENT_REFUSED ? GROUP_REFUSED : GROUP_WAITING;
}

/* For the report: ids and reasons, nothing of a patient. */
static void
add_line (ZqDiagnostics *self, guint group, const ZqOurs *ours, gint64 now)
{
  const ZqIntent *intent = ours->intent;
  g_autofree char *when = zq_words_day_clock (intent->created, now, self->zone);
  g_autofree char *why = zq_waiting_words_why (ours);
  g_autofree char *where = NULL;

  where = intent->target_server_id != NULL
              ? g_strdup_printf ("%s/%s", intent->target_type, intent->target_server_id)
              : g_strdup_printf ("%s %s", intent->target_type,
                                 intent->target_local_id != NULL ? intent->target_local_id : "–");
  g_ptr_array_add (self->lines[group],
                   g_strdup_printf ("%s: %s%s#%" G_GINT64_FORMAT " · %s · %s", zq_waiting_words_action (intent->action),
                                    why, *why != '\0' ? "\n" : "", intent->seq, where, when));
}

static void
add_ours (ZqDiagnostics *self, ZqOurs *ours)
{
  gint64 now = zq_clock_now (zq_store_get_clock (self->store));
  guint group = group_of (ours);
  ZqWaitingRow *row;

  add_line (self, group, ours, now);
  row = zq_waiting_row_new (ours, zq_store_get_attachments (self->store), now, self->zone);
  adw_preferences_group_add (self->group[group], GTK_WIDGET (row));
  g_ptr_array_add (self->rows[group], row);
}

/* What stands there, so that a row under somebody's hand is not made anew for nothing. */
static char *
describe (GPtrArray *list, guint total)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u", total);
  for (guint i = 0; i < list->len; i++)
    {
      const ZqOurs *ours = g_ptr_array_index (list, i);

      g_string_append_printf (text, " %" G_GINT64_FORMAT ".%d.%u.%u", ours->intent->seq, ours->intent->state,
                              ours->newer != NULL ? ours->newer->len : 0,
                              ours->intent->error != NULL ? g_str_hash (ours->intent->error) : 0);
    }

  return g_string_free (text, FALSE);
}

void
zq_diagnostics_show_ours (ZqDiagnostics *self, GPtrArray *list, guint total)
{
  g_autofree char *shown = describe (list, total);
  g_autofree char *more = NULL;

  if (g_strcmp0 (shown, self->shown) == 0)
    return;
  g_free (self->shown);
  self->shown = g_steal_pointer (&shown);
  for (guint i = GROUP_HELD; i <= GROUP_WAITING; i++)
    zq_diagnostics_clear_group (self, i);
  g_ptr_array_set_free_func (list, NULL);
  for (guint i = 0; i < list->len; i++)
    add_ours (self, g_ptr_array_index (list, i));
  if (total > list->len)
    {
      more = g_strdup_printf (ngettext ("And %u more", "And %u more", total - list->len), total - list->len);
      zq_diagnostics_add_row (self, GROUP_WAITING, more, "");
    }
  else if (self->rows[GROUP_WAITING]->len == 0)
    zq_diagnostics_add_row (self, GROUP_WAITING, _ ("Nothing waits"),
                            total == 0 ? _ ("All that you did is at the hospital") : "");
}

/* --- for good ----------------------------------------------------------------------------------- */

typedef struct
{
  ZqDiagnostics *page; /* owned */
  gint64 intent;
  AdwMessageDialog *dialog; /* borrowed */
} Discard;

static void
discard_free (gpointer data, GClosure *closure)
{
  Discard *discard = data;

  g_object_unref (discard->page);
  g_free (discard);
}

static void
on_discarded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqDiagnostics) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (zq_consult_intent_finish (ZQ_STORE (source), result, &error))
    {
      zq_toast_show (GTK_WIDGET (self), _ ("Discarded"));
      return;
    }
  words = zq_words_problem (error->message);
  zq_toast_show (GTK_WIDGET (self), words);
}

static const char *
word_wanted (void)
{
  /* Translators: the word that has to be typed before something is given up for good */
  return C_ ("word to type", "discard");
}

static gboolean
is_word (const char *typed)
{
  g_autofree char *word = g_strstrip (g_utf8_casefold (typed, -1));

  return g_strcmp0 (word, word_wanted ()) == 0;
}

static void
on_word (GtkEditable *entry, Discard *discard)
{
  adw_message_dialog_set_response_enabled (discard->dialog, "discard", is_word (gtk_editable_get_text (entry)));
}

static void
on_response (AdwMessageDialog *dialog, const char *response, Discard *discard)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (dialog);

  if (g_strcmp0 (response, "discard") != 0 || !is_word (gtk_editable_get_text (GTK_EDITABLE (entry))))
    return;
  if (discard->page->store != NULL)
    zq_consult_discard_async (discard->page->store, discard->intent, on_discarded, g_object_ref (discard->page));
}

static const ZqOurs *
find_ours (ZqDiagnostics *self, gint64 intent)
{
  for (guint group = GROUP_HELD; group <= GROUP_WAITING; group++)
    for (guint i = 0; i < self->rows[group]->len; i++)
      {
        gpointer row = g_ptr_array_index (self->rows[group], i);
        const ZqOurs *ours = ZQ_IS_WAITING_ROW (row) ? zq_waiting_row_get_ours (row) : NULL;

        if (ours != NULL && ours->intent->seq == intent)
          return ours;
      }

  return NULL;
}

static char *
words_of (const ZqOurs *ours)
{
  const char *action = zq_waiting_words_action (ours->intent->action);
  g_autofree char *what =
      ours->name != NULL ? g_strdup_printf (_ ("%1$s: %2$s"), action, ours->name) : g_strdup (action);
  g_autofree char *text = ours->text != NULL ? g_strdup_printf ("\n%s", ours->text) : g_strdup ("");

  /* Translators: what it is and its text; then the word to type */
  return g_strdup_printf (_ ("%1$s%2$s\n\nIt has not reached the hospital, and nothing brings it back. Type “%3$s” to "
                             "give it up."),
                          what, text, word_wanted ());
}

static void
ask_discard (ZqDiagnostics *self, const ZqOurs *ours)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *dialog = adw_message_dialog_new (window, _ ("Give This Up for Good?"), NULL);
  GtkWidget *entry = gtk_entry_new ();
  g_autofree char *words = words_of (ours);
  Discard *discard = g_new0 (Discard, 1);

  discard->page = g_object_ref (self);
  discard->intent = ours->intent->seq;
  discard->dialog = ADW_MESSAGE_DIALOG (dialog);
  adw_message_dialog_set_body (discard->dialog, words);
  adw_message_dialog_set_extra_child (discard->dialog, entry);
  adw_message_dialog_add_responses (discard->dialog, "keep", _ ("_Keep"), "discard", _ ("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (discard->dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_enabled (discard->dialog, "discard", FALSE);
  adw_message_dialog_set_default_response (discard->dialog, "discard");
  adw_message_dialog_set_close_response (discard->dialog, "keep");
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, word_wanted (), -1);
  g_signal_connect (entry, "changed", G_CALLBACK (on_word), discard);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), discard, discard_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}

/* --- actions ---------------------------------------------------------------------------------- */

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit_by_name (widget, "open", g_variant_get_int64 (parameter));
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const ZqOurs *ours = find_ours (ZQ_DIAGNOSTICS (widget), g_variant_get_int64 (parameter));
  gint64 consult = ours != NULL ? ours->consult : 0;

  g_signal_emit_by_name (widget, "take-back", g_variant_get_int64 (parameter), consult);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit_by_name (widget, "resend", g_variant_get_int64 (parameter));
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const ZqOurs *ours = find_ours (ZQ_DIAGNOSTICS (widget), g_variant_get_int64 (parameter));

  if (ours != NULL)
    ask_discard (ZQ_DIAGNOSTICS (widget), ours);
}

void
zq_diagnostics_install_waiting (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "waiting.open", "x", open_action);
  gtk_widget_class_install_action (klass, "waiting.edit", "x", edit_action);
  gtk_widget_class_install_action (klass, "waiting.send", "x", send_action);
  gtk_widget_class_install_action (klass, "waiting.discard", "x", discard_action);
}
