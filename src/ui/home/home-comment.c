/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/home/home-comment.h"

#include "clinic/consult/commands.h"
#include "clinic/consult/guard-facts.h"
#include "clinic/home/comment.h"
#include "rules/context.h"
#include "store/draft.h"
#include "ui/widgets/toast.h"

#include <glib/gi18n.h>
#include <string.h>

struct _ZqHomeCommentBox
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;
  GtkLabel *place_line;
  GtkTextView *text;
  GtkLabel *findings;
  GtkWidget *send;

  /* owned */
  ZqStore *store;
  ZqHomePlace *place;
  GArray *results;
  char *scope;
  char *of;

  gint64 patient;
  gboolean warned; /* what was found is on the screen: sending now is sending anyway */
  gboolean sending;
  gboolean composing; /* an input method is at a word */
};

enum
{
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqHomeCommentBox, zq_home_comment_box, GTK_TYPE_WIDGET)

static char *
read_text (ZqHomeCommentBox *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
say (ZqHomeCommentBox *self, const char *words)
{
  gtk_label_set_label (self->findings, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->findings), words != NULL);
}

/* --- what it says ----------------------------------------------------------------------------------- */

/* What is typed is durable; what was found is of other words by now. */
static void
on_typed (ZqHomeCommentBox *self)
{
  g_autofree char *text = read_text (self);

  if (self->sending)
    return;
  self->warned = FALSE;
  say (self, NULL);
  zq_draft_save_async (self->store, self->scope, text, NULL, NULL);
}

static void
add_finding (GString *all, const ZqGuardFinding *finding)
{
  const char *reason = _ (finding->reason);
  const char *place = strstr (reason, "%s");

  if (all->len > 0)
    g_string_append_c (all, '\n');
  if (place == NULL)
    g_string_append (all, reason);
  else
    g_string_append_printf (all, "%.*s%s%s", (int)(place - reason), reason,
                            finding->detail != NULL ? finding->detail : "", place + 2);
}

/* TRUE: there is something to look at first. */
static gboolean
is_guarded (ZqHomeCommentBox *self, const char *text)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autoptr (ZqGuardKnown) known = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  g_autoptr (GString) all = g_string_new (NULL);

  if (self->warned)
    return FALSE;
  known = zq_guard_known_load (zq_store_get_main_db (self->store), self->patient, NULL, 0);
  findings = zq_guard_known_check (known, zq_context_get_policy (context), text, NULL);
  for (guint i = 0; i < findings->len; i++)
    add_finding (all, findings->pdata[i]);
  self->warned = findings->len > 0;
  if (self->warned)
    say (self, all->str);

  return self->warned;
}

/* --- sending ---------------------------------------------------------------------------------------- */

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqHomeCommentBox) self = data;
  g_autoptr (GError) error = NULL;

  self->sending = FALSE;
  if (zq_home_comment_finish (ZQ_STORE (source), result, &error))
    {
      zq_toast_show (GTK_WIDGET (self), _ ("The comment goes to the patient"));
      g_signal_emit (self, signals[DONE], 0);
      return;
    }
  gtk_widget_set_sensitive (self->send, TRUE);
  gtk_text_view_set_editable (self->text, TRUE);
  say (self, g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED) ? error->message : _ (error->message));
}

static void
send (ZqHomeCommentBox *self, const char *text)
{
  self->sending = TRUE;
  gtk_widget_set_sensitive (self->send, FALSE);
  gtk_text_view_set_editable (self->text, FALSE);
  zq_home_comment_async (self->store, self->place->consult, (gint64 *)self->results->data, self->results->len, text,
                         self->scope, on_sent, g_object_ref (self));
}

static void
on_send (ZqHomeCommentBox *self)
{
  g_autofree char *text = g_strstrip (read_text (self));

  if (self->sending || self->place->consult == 0)
    return;
  if (*text == '\0' || g_str_equal (text, self->of))
    say (self, _ ("There is no text to send"));
  else if (!is_guarded (self, text))
    send (self, text);
}

static void
on_cancel (ZqHomeCommentBox *self)
{
  g_signal_emit (self, signals[DONE], 0);
}

static void
on_preedit (ZqHomeCommentBox *self, const char *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
}

/* Before the text view makes a new line of it, but never out of an input method's hands. */
static gboolean
on_key (ZqHomeCommentBox *self, guint key, guint code, GdkModifierType state)
{
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;

  if (self->composing || !is_enter || (state & GDK_CONTROL_MASK) == 0)
    return FALSE;
  on_send (self);

  return TRUE;
}

static gboolean
cancel_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  on_cancel (ZQ_HOME_COMMENT_BOX (widget));

  return TRUE;
}

/* --- widget ----------------------------------------------------------------------------------------- */

static char *
words_place (const ZqHomePlace *place)
{
  if (place->consult == 0)
    return g_strdup (_ ("There is no open consultation of yours with this patient in which a comment could be said"));
  if (place->waits)
    /* Translators: %s is what the patient came with */
    return g_strdup_printf (
        _ ("Goes into the consultation “%s”. The patient waits for an answer there: this would count "
           "as one"),
        place->complaint != NULL ? place->complaint : "—");

  return g_strdup_printf (_ ("Goes into the consultation “%s”"), place->complaint != NULL ? place->complaint : "—");
}

static GtkWidget *
add_button (ZqHomeCommentBox *self, GtkWidget *row, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  g_signal_connect_swapped (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (row), button);

  return button;
}

static GtkLabel *
add_label (ZqHomeCommentBox *self, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (self->box), label);

  return GTK_LABEL (label);
}

static gboolean
zq_home_comment_box_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ZQ_HOME_COMMENT_BOX (widget)->text));
}

static void
zq_home_comment_box_dispose (GObject *object)
{
  ZqHomeCommentBox *self = ZQ_HOME_COMMENT_BOX (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->place, zq_home_place_free);
  g_clear_pointer (&self->results, g_array_unref);
  g_clear_pointer (&self->scope, g_free);
  g_clear_pointer (&self->of, g_free);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_home_comment_box_parent_class)->dispose (object);
}

static void
zq_home_comment_box_class_init (ZqHomeCommentBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_home_comment_box_dispose;
  widget_class->grab_focus = zq_home_comment_box_grab_focus;
  signals[DONE] = g_signal_new ("done", ZQ_TYPE_HOME_COMMENT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, cancel_key, NULL);
}

static void
zq_home_comment_box_init (ZqHomeCommentBox *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkWidget *frame = gtk_frame_new (NULL), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->place_line = add_label (self, "home-place");
  self->text = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (self->text, 8);
  gtk_text_view_set_right_margin (self->text, 8);
  gtk_text_view_set_top_margin (self->text, 6);
  gtk_text_view_set_accepts_tab (self->text, FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (self->text), -1, 60);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Comment that the patient reads under the reading"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_swapped (self->text, "preedit-changed", G_CALLBACK (on_preedit), self);
  gtk_frame_set_child (GTK_FRAME (frame), GTK_WIDGET (self->text));
  gtk_box_append (GTK_BOX (self->box), frame);
  self->findings = add_label (self, "abnormal-value");
  gtk_widget_set_visible (GTK_WIDGET (self->findings), FALSE);
  gtk_box_append (GTK_BOX (self->box), row);
  self->send = add_button (self, row, _ ("_Send Comment"), G_CALLBACK (on_send));
  gtk_widget_add_css_class (self->send, "suggested-action");
  add_button (self, row, _ ("_Not Now"), G_CALLBACK (on_cancel));
}

GtkWidget *
zq_home_comment_box_new (ZqStore *store, gint64 patient, const GArray *results, const char *of)
{
  ZqHomeCommentBox *self = g_object_new (ZQ_TYPE_HOME_COMMENT, NULL);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  ZqDb *db = zq_store_get_main_db (store);
  g_autofree char *words = NULL, *draft = NULL;

  self->store = g_object_ref (store);
  self->patient = patient;
  self->of = g_strstrip (g_strdup (of));
  self->results = g_array_sized_new (FALSE, FALSE, sizeof (gint64), results->len);
  g_array_append_vals (self->results, results->data, results->len);
  self->scope = zq_home_comment_scope ((gint64 *)results->data, results->len);
  self->place = zq_home_place_find (db, zq_store_get_context (store), patient);
  words = words_place (self->place);
  gtk_label_set_label (self->place_line, words);
  gtk_widget_add_css_class (GTK_WIDGET (self->place_line),
                            self->place->waits || self->place->consult == 0 ? "abnormal-value" : "dim-label");
  gtk_widget_set_sensitive (self->send, self->place->consult != 0);
  draft = zq_draft_load (db, self->scope);
  gtk_text_buffer_set_text (buffer, draft != NULL && *draft != '\0' ? draft : of, -1);
  g_signal_connect_object (buffer, "changed", G_CALLBACK (on_typed), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}
