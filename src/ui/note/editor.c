/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/note/editor.h"

#include "clinic/note/note.h"
#include "rules/context.h"
#include "store/changes.h"
#include "store/draft.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define SAVE_AFTER (300 * G_TIME_SPAN_MILLISECOND)

static const char *const titles[ZQ_NOTE_N_SECTIONS] = {
  N_ ("Chief complaint"), N_ ("Present illness"), N_ ("Past history and allergies"),
  N_ ("Examinations"),    N_ ("Diagnosis"),       N_ ("Plan"),
};

struct _ZqNoteEditor
{
  GtkWidget parent_instance;

  /* borrowed */
  GtkStack *stack;
  GtkTextBuffer *buffers[ZQ_NOTE_N_SECTIONS];
  GtkTextView *views[ZQ_NOTE_N_SECTIONS];
  GtkBox *signed_box; /* what was signed, to be read */
  GtkTextView *addition;
  GtkLabel *moved; /* why something stands in the addition that was not typed there */
  GtkLabel *status;
  GtkWidget *sign, *append, *copy;

  /* owned */
  ZqStore *store;
  GPtrArray *notes;

  gint64 encounter;
  guint save; /* alarm: of the record, or of the addition once it is signed */
  gboolean is_filling;
  gboolean signs;        /* this editor signed it: what was typed is not lost elsewhere */
  gboolean is_composing; /* an input method is at a word */
};

G_DEFINE_FINAL_TYPE (ZqNoteEditor, zq_note_editor, GTK_TYPE_WIDGET)

/* --- what is typed ------------------------------------------------------------------------------ */

static ZqNoteText *
read_buffers (ZqNoteEditor *self)
{
  ZqNoteText *text = zq_note_text_new ();

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    {
      g_autofree char *words = NULL;

      g_object_get (self->buffers[i], "text", &words, NULL);
      zq_note_text_set (text, i, words);
    }

  return text;
}

static char *
read_addition (ZqNoteEditor *self)
{
  char *words = NULL;

  g_object_get (gtk_text_view_get_buffer (self->addition), "text", &words, NULL);

  return g_strchomp (words);
}

gboolean
zq_note_editor_has_draft (ZqNoteEditor *self)
{
  g_autoptr (ZqNoteText) text = read_buffers (self);

  return self->encounter != 0 && !zq_note_editor_is_signed (self) && !zq_note_text_is_empty (text);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqNoteEditor) self = data;
  g_autoptr (GError) error = NULL;

  gboolean is_kept = zq_draft_save_finish (ZQ_STORE (object), result, &error);

  if (self->store == NULL) /* it is gone: this was its last word */
    return;
  if (!is_kept)
    gtk_label_set_label (self->status, _ ("This could not be kept. Do not close the window"));
  else if (self->save == 0)
    gtk_label_set_label (self->status, _ ("Kept"));
}

static void
save_record (ZqNoteEditor *self)
{
  g_autofree char *scope = zq_note_scope (self->encounter), *body = NULL;
  g_autoptr (ZqNoteText) text = read_buffers (self);

  body = zq_note_text_is_empty (text) ? NULL : zq_note_text_pack (text);
  zq_draft_save_async (self->store, scope, body, on_saved, g_object_ref (self));
}

static void
save_addition (ZqNoteEditor *self)
{
  g_autofree char *scope = zq_note_addition_scope (self->encounter), *words = read_addition (self);

  zq_draft_save_async (self->store, scope, *words != '\0' ? words : NULL, on_saved, g_object_ref (self));
}

void
zq_note_editor_flush (ZqNoteEditor *self)
{
  if (self->save == 0)
    return;
  zq_clock_clear (zq_store_get_clock (self->store), &self->save);
  if (zq_note_editor_is_signed (self))
    save_addition (self);
  else
    save_record (self);
}

static void
on_save (gpointer data)
{
  zq_note_editor_flush (data);
}

static void update (ZqNoteEditor *self);

static void
on_typed (ZqNoteEditor *self)
{
  if (self->is_filling || self->encounter == 0)
    return;
  gtk_label_set_label (self->status, "");
  update (self);
  if (self->save == 0)
    self->save = zq_clock_alarm_in (zq_store_get_clock (self->store), SAVE_AFTER, on_save, self);
}

/* --- what is signed ----------------------------------------------------------------------------- */

gboolean
zq_note_editor_is_signed (ZqNoteEditor *self)
{
  return self->notes != NULL && self->notes->len > 0;
}

static void
add_words (ZqNoteEditor *self, const char *css, const char *words)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), css == NULL);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  gtk_box_append (self->signed_box, label);
}

static void
show_note (ZqNoteEditor *self, const ZqNote *note)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autofree char *when = zq_words_day_clock (note->at, zq_clock_now (context->clock), context->zone);
  g_autofree char *head =
      /* Translators: a note was signed, by whom and when; an addition likewise */
      g_strdup_printf (note->appends != 0 ? _ ("Added by %s, %s") : _ ("Signed by %s, %s"),
                       note->author != NULL ? note->author : "—", when);

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    if (note->text->sections[i] != NULL)
      {
        if (note->appends == 0)
          add_words (self, "heading", _ (titles[i]));
        add_words (self, NULL, note->text->sections[i]);
      }
  add_words (self, "dim-label", head);
  if (note->is_waiting)
    add_words (self, "dim-label", _ ("Waiting to be sent"));
}

static void
show_notes (ZqNoteEditor *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->signed_box))) != NULL)
    gtk_box_remove (self->signed_box, child);
  for (guint i = 0; i < self->notes->len; i++)
    show_note (self, g_ptr_array_index (self->notes, i));
}

static void
update (ZqNoteEditor *self)
{
  gboolean is_signed = zq_note_editor_is_signed (self);
  g_autofree char *addition = read_addition (self);

  gtk_stack_set_visible_child_name (self->stack, self->encounter == 0 ? "none" : is_signed ? "signed" : "writing");
  gtk_widget_set_visible (self->sign, self->encounter != 0 && !is_signed);
  gtk_widget_set_visible (self->append, is_signed);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "note.append", is_signed && *addition != '\0');
  gtk_widget_set_visible (self->copy, self->encounter != 0);
}

static void
set_addition (ZqNoteEditor *self, const char *words)
{
  self->is_filling = TRUE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->addition), words, -1);
  self->is_filling = FALSE;
}

/* Signed by somebody else, or elsewhere, while it was being written here: those words are an addition to it now. */
static void
keep_as_addition (ZqNoteEditor *self)
{
  g_autoptr (ZqNoteText) text = read_buffers (self);
  g_autofree char *before = read_addition (self);
  g_autoptr (GString) words = g_string_new (before);

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    if (text->sections[i] != NULL)
      /* Translators: a part of a record as plain text, its heading and its words */
      g_string_append_printf (words, _ ("%s: %s\n"), _ (titles[i]), text->sections[i]);
  self->is_filling = TRUE;
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    gtk_text_buffer_set_text (self->buffers[i], "", -1);
  self->is_filling = FALSE;
  set_addition (self, words->str);
  save_addition (self);
  save_record (self);
  gtk_widget_set_visible (GTK_WIDGET (self->moved), TRUE);
}

static void
load (ZqNoteEditor *self)
{
  gboolean was_signed = zq_note_editor_is_signed (self);

  g_clear_pointer (&self->notes, g_ptr_array_unref);
  self->notes = zq_note_list (zq_store_get_main_db (self->store), self->encounter);
  if (zq_note_editor_is_signed (self))
    {
      g_autoptr (ZqNoteText) typed = read_buffers (self);

      show_notes (self);
      if (!was_signed && !self->signs && !zq_note_text_is_empty (typed))
        {
          zq_clock_clear (zq_store_get_clock (self->store), &self->save);
          keep_as_addition (self);
        }
    }
  else if (was_signed && self->signs)
    {
      /* The signature was taken back: it is written on, from where it was. */
      self->signs = FALSE;
      save_record (self);
    }
  update (self);
}

static void
fill (ZqNoteEditor *self)
{
  g_autofree char *scope = zq_note_scope (self->encounter), *added = zq_note_addition_scope (self->encounter);
  g_autofree char *body = zq_draft_load (zq_store_get_main_db (self->store), scope);
  g_autofree char *addition = zq_draft_load (zq_store_get_main_db (self->store), added);
  g_autoptr (ZqNoteText) text = zq_note_text_unpack (body);

  self->is_filling = TRUE;
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    gtk_text_buffer_set_text (self->buffers[i], text->sections[i] != NULL ? text->sections[i] : "", -1);
  self->is_filling = FALSE;
  set_addition (self, addition != NULL ? addition : "");
  gtk_label_set_label (self->status, body != NULL || addition != NULL ? _ ("Kept") : "");
}

void
zq_note_editor_set_encounter (ZqNoteEditor *self, gint64 encounter)
{
  if (self->encounter == encounter && self->notes != NULL)
    return;
  zq_note_editor_flush (self);
  self->encounter = encounter;
  self->signs = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->moved), FALSE);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  fill (self);
  load (self);
}

static void
on_changed (ZqNoteEditor *self, ZqChanges *changes)
{
  if (zq_changes_has (changes, "note") || zq_changes_has (changes, "outbox"))
    load (self);
}

/* --- what is done ------------------------------------------------------------------------------- */

static void
on_signed (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqNoteEditor) self = data;
  g_autoptr (GError) error = NULL;

  gboolean is_signed = zq_note_finish (ZQ_STORE (object), result, &error);

  if (self->store == NULL)
    return;
  if (is_signed)
    {
      gtk_label_set_label (self->status, "");
      gtk_widget_grab_focus (GTK_WIDGET (self->addition));
      return;
    }
  self->signs = FALSE;
  if (!zq_note_editor_is_signed (self))
    save_record (self); /* its alarm was put out */
  zq_toast_show (GTK_WIDGET (self), _ (error->message));
}

static void
on_added (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqNoteEditor) self = data;
  g_autoptr (GError) error = NULL;

  gboolean is_signed = zq_note_finish (ZQ_STORE (object), result, &error);

  if (self->store == NULL)
    return;
  if (is_signed)
    {
      set_addition (self, "");
      gtk_widget_set_visible (GTK_WIDGET (self->moved), FALSE);
      update (self);
      return;
    }
  save_addition (self);
  zq_toast_show (GTK_WIDGET (self), _ (error->message));
}

static void
sign_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqNoteEditor *self = ZQ_NOTE_EDITOR (widget);
  g_autoptr (ZqNoteText) text = NULL;
  const char *words[ZQ_NOTE_N_SECTIONS + 1] = { NULL };

  if (self->encounter == 0 || zq_note_editor_is_signed (self))
    return;
  zq_clock_clear (zq_store_get_clock (self->store), &self->save);
  text = read_buffers (self);
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    words[i] = _ (titles[i]);
  self->signs = TRUE;
  zq_note_sign_async (self->store, self->encounter, text, _ ("Consultation record"), words, on_signed,
                      g_object_ref (self));
}

static void
append_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqNoteEditor *self = ZQ_NOTE_EDITOR (widget);
  g_autofree char *words = read_addition (self);
  const ZqNote *first = zq_note_editor_is_signed (self) ? g_ptr_array_index (self->notes, 0) : NULL;

  if (first == NULL || *words == '\0')
    return;
  zq_clock_clear (zq_store_get_clock (self->store), &self->save);
  zq_note_append_async (self->store, first->key, words, _ ("Addition to the consultation record"), on_added,
                        g_object_ref (self));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqNoteEditor *self = ZQ_NOTE_EDITOR (widget);
  g_autoptr (ZqNoteText) typed = read_buffers (self);
  g_autoptr (GString) plain = g_string_new (NULL);
  const ZqNote *first = zq_note_editor_is_signed (self) ? g_ptr_array_index (self->notes, 0) : NULL;
  const ZqNoteText *text = first != NULL ? first->text : typed;

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    if (text->sections[i] != NULL)
      /* Translators: a part of a record as plain text, its heading and its words */
      g_string_append_printf (plain, _ ("%s: %s\n"), _ (titles[i]), text->sections[i]);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), plain->str);
  gtk_label_set_label (self->status, _ ("Copied as text"));
}

/* --- object ------------------------------------------------------------------------------------- */

static void
on_preedit (ZqNoteEditor *self, const char *preedit)
{
  self->is_composing = preedit != NULL && *preedit != '\0';
}

/* Before the text takes it for a new line; not while a word is being composed. */
static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, ZqNoteEditor *self)
{
  if (self->is_composing || (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) ||
      (state & gtk_accelerator_get_default_mod_mask ()) != GDK_CONTROL_MASK)
    return FALSE;
  gtk_widget_activate_action (GTK_WIDGET (self), zq_note_editor_is_signed (self) ? "note.append" : "note.sign", NULL);

  return TRUE;
}

static GtkWidget *
add_button (GtkWidget *bar, const char *label, const char *tooltip, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (bar), button);

  return button;
}

/* (transfer none): in @box, under its heading. */
static GtkTextView *
add_text (ZqNoteEditor *self, GtkWidget *box, const char *title, int height)
{
  GtkWidget *label = gtk_label_new (title);
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *frame = gtk_frame_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "heading");
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 8);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 8);
  gtk_widget_set_size_request (view, -1, height);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_frame_set_child (GTK_FRAME (frame), view);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), frame);
  g_signal_connect_object (view, "preedit-changed", G_CALLBACK (on_preedit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "changed", G_CALLBACK (on_typed), self,
                           G_CONNECT_SWAPPED);

  return GTK_TEXT_VIEW (view);
}

static void
add_section (ZqNoteEditor *self, GtkWidget *box, guint section)
{
  self->views[section] =
      add_text (self, box, _ (titles[section]), section == ZQ_NOTE_COMPLAINT || section == ZQ_NOTE_DIAGNOSIS ? 36 : 60);
  self->buffers[section] = gtk_text_view_get_buffer (self->views[section]);
}

static GtkWidget *
scroll (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  gtk_widget_set_vexpand (scrolled, TRUE);

  return scrolled;
}

static void
build (ZqNoteEditor *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *writing = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *reading = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *none = gtk_label_new (_ ("The record begins when the patient is let in."));

  self->stack = GTK_STACK (gtk_stack_new ());
  self->signed_box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_label_set_wrap (GTK_LABEL (none), TRUE);
  gtk_widget_add_css_class (none, "dim-label");
  gtk_widget_add_css_class (writing, "note-page");
  gtk_widget_add_css_class (reading, "note-page");
  gtk_box_append (GTK_BOX (reading), GTK_WIDGET (self->signed_box));
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    add_section (self, writing, i);
  self->moved = GTK_LABEL (gtk_label_new (_ ("Signed elsewhere meanwhile; your words stand below as an addition")));
  gtk_label_set_wrap (self->moved, TRUE);
  gtk_label_set_xalign (self->moved, 0);
  gtk_widget_add_css_class (GTK_WIDGET (self->moved), "warning");
  gtk_widget_set_visible (GTK_WIDGET (self->moved), FALSE);
  gtk_box_append (GTK_BOX (reading), GTK_WIDGET (self->moved));
  self->addition = add_text (self, reading, _ ("Addition"), 60);
  gtk_stack_add_named (self->stack, none, "none");
  gtk_stack_add_named (self->stack, scroll (writing), "writing");
  gtk_stack_add_named (self->stack, scroll (reading), "signed");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  gtk_widget_add_css_class (bar, "toolbar");
  self->status = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->status, 0);
  gtk_label_set_ellipsize (self->status, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (self->status), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->status), "dim-label");
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->status));
  self->copy = add_button (bar, _ ("_Copy"), _ ("As plain text, for another system"), "note.copy");
  self->append =
      add_button (bar, _ ("Sign the _Addition"), _ ("What is signed is only added to (Ctrl+Enter)"), "note.append");
  self->sign = add_button (bar, _ ("_Sign"), _ ("Sign the record (Ctrl+Enter)"), "note.sign");
  gtk_widget_add_css_class (self->sign, "suggested-action");
  gtk_box_append (GTK_BOX (box), bar);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
}

ZqNoteEditor *
zq_note_editor_new (ZqStore *store)
{
  ZqNoteEditor *self = g_object_new (ZQ_TYPE_NOTE_EDITOR, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  load (self);

  return self;
}

static void
zq_note_editor_dispose (GObject *object)
{
  ZqNoteEditor *self = ZQ_NOTE_EDITOR (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  if (self->store != NULL)
    zq_note_editor_flush (self);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_clear_object (&self->store);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_note_editor_parent_class)->dispose (object);
}

static void
zq_note_editor_class_init (ZqNoteEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_note_editor_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "note.sign", NULL, sign_action);
  gtk_widget_class_install_action (widget_class, "note.append", NULL, append_action);
  gtk_widget_class_install_action (widget_class, "note.copy", NULL, copy_action);
}

static void
zq_note_editor_init (ZqNoteEditor *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  build (self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
