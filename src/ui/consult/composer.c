/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/composer-private.h"

#include "clinic/consult/commands.h"

#include <glib/gi18n.h>
#include <string.h>

/* From a key to the write of the draft; it is a second at most to the durable commit. */
#define DRAFT_DELAY (250 * 1000)

enum
{
  PROP_MODE = 1,
  PROP_UNDO_SEND,
  N_PROPS,
};

enum
{
  SEND,
  LEAVE,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqComposer, zq_composer, GTK_TYPE_WIDGET)

typedef struct
{
  GWeakRef composer;
  char *scope;
  ZqDraft *draft;
  guint serial;
} Saving;

static void
saving_free (Saving *saving)
{
  g_weak_ref_clear (&saving->composer);
  g_free (saving->scope);
  zq_draft_free (saving->draft);
  g_free (saving);
}

void
zq_written_free (ZqWritten *self)
{
  g_free (self->text);
  g_free (self->reason);
  g_free (self);
}

char *
zq_composer_scope_of (ZqComposerMode mode, gint64 consult, gint64 corrects)
{
  if (mode == ZQ_COMPOSER_NOTE)
    return zq_consult_note_scope (consult);
  if (mode == ZQ_COMPOSER_CORRECTION)
    return g_strdup_printf ("correct/%" G_GINT64_FORMAT, corrects);
  return zq_consult_draft_scope (consult);
}

char *
zq_composer_scope (ZqComposer *self)
{
  return self->consult != 0 ? zq_composer_scope_of (self->mode, self->consult, self->corrects) : NULL;
}

char *
zq_composer_dup_text (ZqComposer *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
show_note (ZqComposer *self)
{
  const char *words = self->warning != NULL ? self->warning : self->of_draft;

  gtk_label_set_label (self->note, words != NULL ? words : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->note), words);
  /* A warning is read to its end. */
  gtk_label_set_wrap (self->note, self->warning != NULL);
  gtk_label_set_ellipsize (self->note, self->warning != NULL ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_widget_set_visible (self->hint, self->warning == NULL);
  if (self->warning != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "warned");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->note), "warned");
}

void
zq_composer_say_of_draft (ZqComposer *self, const char *words)
{
  g_free (self->of_draft);
  self->of_draft = g_strdup (words);
  show_note (self);
}

void
zq_composer_warn (ZqComposer *self, const char *words)
{
  if (g_strcmp0 (self->warning, words) == 0)
    return;
  g_free (self->warning);
  self->warning = g_strdup (words);
  show_note (self);
  /* The focus stays where the text is: a change of its description is read out. */
  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

gboolean
zq_composer_has_words (ZqComposer *self)
{
  g_autofree char *text = zq_composer_dup_text (self);

  return *g_strstrip (text) != '\0';
}

/* --- the draft -------------------------------------------------------------------------------- */

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Saving *saving = data;
  g_autoptr (ZqComposer) self = g_weak_ref_get (&saving->composer);
  g_autoptr (GError) error = NULL;
  gboolean ok = zq_draft_save_finish (ZQ_STORE (source), result, &error);

  if (self != NULL && g_hash_table_lookup (self->in_flight, saving->scope) == saving->draft)
    g_hash_table_remove (self->in_flight, saving->scope);
  if (self != NULL && saving->serial == self->serial)
    {
      if (ok && !self->dirty)
        zq_composer_say_of_draft (self, zq_composer_has_words (self) ? _ ("Draft kept on this computer") : "");
      else if (!ok)
        {
          g_autofree char *words =
              /* Translators: %s is what went wrong */
              g_strdup_printf (_ ("This computer cannot keep the draft: %s. Copy the text before you close."),
                               error->message);

          zq_composer_say_of_draft (self, words);
        }
    }
  if (self != NULL && !ok && saving->serial == self->serial)
    zq_composer_resync (self);
  if (self != NULL && self->reload_due)
    zq_composer_take_over (self);
  else if (self != NULL && self->look_due)
    zq_composer_look (self);
  saving_free (saving);
}

static ZqDraft *
dup_draft (ZqComposer *self)
{
  ZqDraft *draft = g_new0 (ZqDraft, 1);

  draft->body = zq_composer_dup_text (self);
  if (self->mode == ZQ_COMPOSER_REPLY)
    {
      draft->quote = self->quote;
      draft->tells = self->tells;
    }
  if (self->mode == ZQ_COMPOSER_CORRECTION)
    draft->reason = g_strdup (gtk_editable_get_text (self->reason));
  return draft;
}

void
zq_composer_flush (ZqComposer *self)
{
  Saving *saving;

  if (self->clock != NULL)
    zq_clock_clear (self->clock, &self->alarm);
  if (!self->dirty || self->consult == 0)
    return;
  self->dirty = FALSE;
  saving = g_new0 (Saving, 1);
  /* While a command takes the words away, what is there is no news. */
  g_weak_ref_init (&saving->composer, self);
  saving->serial = self->serial;
  saving->scope = zq_composer_scope (self);
  saving->draft = dup_draft (self);
  g_hash_table_insert (self->in_flight, g_strdup (saving->scope), saving->draft);
  zq_draft_put_async (self->store, saving->scope, saving->draft,
                      self->n_held > 0 || self->n_sending == 0 ? self->base : NULL, on_saved, saving);
  g_free (self->base);
  self->base = g_strdup (saving->draft->body);
}

static void
on_draft_due (gpointer data)
{
  ZqComposer *self = data;

  self->alarm = 0;
  zq_composer_flush (self);
}

static void
on_changed (ZqComposer *self)
{
  zq_composer_update (self);
  if (self->loading || self->consult == 0)
    return;
  zq_composer_show_findings (self, NULL);
  if (self->send_due)
    {
      self->send_due = FALSE;
      zq_composer_warn (self, _ ("The reply was changed while its files were being read: not sent yet"));
    }
  zq_composer_touch (self);
}

void
zq_composer_touch (ZqComposer *self)
{
  self->dirty = TRUE;
  /* Not pushed back by the next key: who types without a pause is kept all the same. */
  if (self->alarm == 0)
    self->alarm = zq_clock_alarm_in (self->clock, DRAFT_DELAY, on_draft_due, self);
}

void
zq_composer_set_text (ZqComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  self->loading = TRUE;
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  self->loading = FALSE;
}

/* --- keys ------------------------------------------------------------------------------------- */

void
zq_composer_request_send (ZqComposer *self, gboolean next)
{
  g_autofree char *reason = NULL;

  if (!gtk_widget_get_sensitive (self->send))
    return;
  if (self->mode == ZQ_COMPOSER_REPLY && zq_composer_count_reading (self) > 0)
    {
      self->send_due = TRUE;
      self->due_next = next;
      self->due_refused = FALSE;
      zq_composer_warn (self, _ ("A file is still being read: the reply goes as soon as it is here"));
      return;
    }
  if (self->mode == ZQ_COMPOSER_CORRECTION)
    {
      reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));
      if (*reason == '\0')
        {
          zq_composer_warn (self, _ ("A correction says why: please give the reason"));
          gtk_widget_grab_focus (GTK_WIDGET (self->reason));
          return;
        }
    }
  self->asked_next = next && self->mode == ZQ_COMPOSER_REPLY;
  g_signal_emit (self, signals[SEND], 0, self->asked_next);
}

/* "Send Anyway" is what was asked for before the findings came. */
static void
on_send_clicked (ZqComposer *self)
{
  zq_composer_request_send (self, self->has_findings && self->asked_next);
}

static void
on_preedit (ZqComposer *self, const char *preedit)
{
  self->composing = preedit != NULL && *preedit != '\0';
}

/* Before the text view makes a new line of it, but never out of an input method's hands. */
static gboolean
on_key (ZqComposer *self, guint key, guint code, GdkModifierType state)
{
  gboolean is_enter = key == GDK_KEY_Return || key == GDK_KEY_KP_Enter || key == GDK_KEY_ISO_Enter;
  GdkModifierType held = state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK);

  if (self->composing)
    return FALSE;
  if (is_enter && (held == GDK_CONTROL_MASK || held == (GDK_CONTROL_MASK | GDK_SHIFT_MASK)))
    {
      zq_composer_request_send (self, (held & GDK_SHIFT_MASK) != 0);
      return TRUE;
    }
  if (held == GDK_CONTROL_MASK && key == GDK_KEY_v)
    return zq_composer_paste (self);
  return FALSE;
}

/* In the line for the reason. */
static void
on_reason_activate (ZqComposer *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static gboolean
leave_shortcut (GtkWidget *widget, GVariant *args, gpointer data)
{
  g_signal_emit (widget, signals[LEAVE], 0);
  return TRUE;
}

/* Two lines at first, six at most, whatever the size of the letters. */
static void
fit_lines (ZqComposer *self)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->text), "\u8bca Ag");
  int line, padding;

  pango_layout_get_pixel_size (layout, NULL, &line);
  line += gtk_text_view_get_pixels_below_lines (self->text);
  padding = gtk_text_view_get_top_margin (self->text) + gtk_text_view_get_bottom_margin (self->text);
  /* Never a minimum above the maximum, also between the two. */
  gtk_scrolled_window_set_min_content_height (self->scroller, -1);
  gtk_scrolled_window_set_max_content_height (self->scroller, 6 * line + padding);
  gtk_scrolled_window_set_min_content_height (self->scroller, 2 * line + padding);
}

static void
zq_composer_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_composer_parent_class)->map (widget);
  fit_lines (ZQ_COMPOSER (widget));
}

static void
zq_composer_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_composer_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_settings (widget), "notify::gtk-xft-dpi", G_CALLBACK (fit_lines), widget,
                           G_CONNECT_SWAPPED);
}

static gboolean
zq_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ZQ_COMPOSER (widget)->text));
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_composer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqComposer *self = ZQ_COMPOSER (object);

  g_value_set_int (value, id == PROP_MODE ? (int)self->mode : self->undo_send);
}

static void
zq_composer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZQ_COMPOSER (object)->undo_send = g_value_get_int (value);
}

static void
zq_composer_dispose (GObject *object)
{
  ZqComposer *self = ZQ_COMPOSER (object);

  if (self->store != NULL)
    zq_composer_flush (self);
  self->consult = 0;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->settings);
  zq_composer_watch (self, NULL);
  zq_composer_drop_pastes (self);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_composer_parent_class)->dispose (object);
}

static void
zq_composer_finalize (GObject *object)
{
  ZqComposer *self = ZQ_COMPOSER (object);

  g_hash_table_unref (self->in_flight);
  g_hash_table_unref (self->reading);
  g_clear_pointer (&self->draft_files, g_ptr_array_unref);
  g_free (self->to_whom);
  g_free (self->of_draft);
  g_free (self->of_told);
  g_free (self->warning);
  g_free (self->refused);
  g_free (self->base);
  G_OBJECT_CLASS (zq_composer_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/consult/composer.ui");
  gtk_widget_class_bind_template_child (klass, ZqComposer, box);
  gtk_widget_class_bind_template_child (klass, ZqComposer, to_icon);
  gtk_widget_class_bind_template_child (klass, ZqComposer, to);
  gtk_widget_class_bind_template_child (klass, ZqComposer, note_toggle);
  gtk_widget_class_bind_template_child (klass, ZqComposer, quote_chip);
  gtk_widget_class_bind_template_child (klass, ZqComposer, quote_words);
  gtk_widget_class_bind_template_child (klass, ZqComposer, reason_box);
  gtk_widget_class_bind_template_child (klass, ZqComposer, reason);
  gtk_widget_class_bind_template_child (klass, ZqComposer, files);
  gtk_widget_class_bind_template_child (klass, ZqComposer, scroller);
  gtk_widget_class_bind_template_child (klass, ZqComposer, text);
  gtk_widget_class_bind_template_child (klass, ZqComposer, findings);
  gtk_widget_class_bind_template_child (klass, ZqComposer, attach);
  gtk_widget_class_bind_template_child (klass, ZqComposer, options);
  gtk_widget_class_bind_template_child (klass, ZqComposer, note);
  gtk_widget_class_bind_template_child (klass, ZqComposer, hint);
  gtk_widget_class_bind_template_child (klass, ZqComposer, send);
  gtk_widget_class_bind_template_callback (klass, on_send_clicked);
  gtk_widget_class_bind_template_callback (klass, on_reason_activate);
}

static void
zq_composer_class_init (ZqComposerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->get_property = zq_composer_get_property;
  object_class->set_property = zq_composer_set_property;
  object_class->dispose = zq_composer_dispose;
  object_class->finalize = zq_composer_finalize;
  widget_class->grab_focus = zq_composer_grab_focus;
  widget_class->map = zq_composer_map;
  widget_class->root = zq_composer_root;

  properties[PROP_MODE] = g_param_spec_int ("mode", NULL, NULL, ZQ_COMPOSER_REPLY, ZQ_COMPOSER_CORRECTION,
                                            ZQ_COMPOSER_REPLY, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_UNDO_SEND] =
      g_param_spec_int ("undo-send", NULL, NULL, 0, 10, 0, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[LEAVE] = g_signal_new ("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, leave_shortcut, NULL);
  gtk_widget_class_install_property_action (widget_class, "composer.undo-send", "undo-send");
  bind_template (widget_class);
  zq_composer_install_modes (widget_class);
  zq_composer_install_files (widget_class);
}

/* Where the program is not installed there is none: nothing is remembered then. */
static void
bind_settings (ZqComposer *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, "org.zhenqiao.Zhenqiao", TRUE);
  if (schema == NULL || !g_settings_schema_has_key (schema, "undo-send"))
    return;
  self->settings = g_settings_new_full (schema, NULL, NULL);
  g_settings_bind (self->settings, "undo-send", self, "undo-send", G_SETTINGS_BIND_DEFAULT);
}

static void
zq_composer_init (ZqComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->in_flight = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->reading = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_swapped (self->text, "preedit-changed", G_CALLBACK (on_preedit), self);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->reason, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  gtk_text_buffer_create_tag (gtk_text_view_get_buffer (self->text), "finding", "underline", PANGO_UNDERLINE_SINGLE,
                              "background", "rgba(229,165,10,0.35)", NULL);
  bind_settings (self);
  zq_composer_add_files (self);
}

/* --- what is shown ---------------------------------------------------------------------------- */

void
zq_composer_update (ZqComposer *self)
{
  gboolean has_files = self->mode == ZQ_COMPOSER_REPLY && ((self->draft_files != NULL && self->draft_files->len > 0) ||
                                                           zq_composer_count_reading (self) > 0);

  gtk_widget_set_sensitive (self->send, self->consult != 0 && (has_files || zq_composer_has_words (self)));
}

void
zq_composer_forget (ZqComposer *self)
{
  zq_composer_warn (self, NULL);
  zq_composer_show_findings (self, NULL);
}

void
zq_composer_load (ZqComposer *self)
{
  g_autofree char *scope = zq_composer_scope (self);
  g_autoptr (ZqDraft) stored = NULL;
  const ZqDraft *draft = scope != NULL ? g_hash_table_lookup (self->in_flight, scope) : NULL;
  const char *body = "", *reason = NULL;
  gboolean was_due = self->send_due;

  self->serial++;
  self->send_due = FALSE;
  if (draft == NULL && scope != NULL)
    draft = stored = zq_draft_read (zq_store_get_main_db (self->store), scope);
  if (draft != NULL)
    body = draft->body;
  if (draft != NULL && self->mode == ZQ_COMPOSER_CORRECTION)
    reason = draft->reason;
  self->quote = draft != NULL ? draft->quote : 0;
  zq_composer_take_told (self, draft != NULL && self->mode == ZQ_COMPOSER_REPLY ? draft->tells : 0);
  g_free (self->base);
  self->base = g_strdup (body);
  zq_composer_set_text (self, body);
  self->loading = TRUE;
  gtk_editable_set_text (self->reason, reason != NULL ? reason : "");
  self->loading = FALSE;
  zq_composer_forget (self);
  if (was_due)
    zq_composer_warn (self, _ ("The reply before was not sent: its files were still being read"));
  zq_composer_say_of_draft (self, *body != '\0' ? _ ("Draft kept on this computer") : "");
  zq_composer_update (self);
}

void
zq_composer_open (ZqComposer *self, ZqStore *store, gint64 consult)
{
  if (self->store != NULL)
    zq_composer_flush (self);
  self->dirty = FALSE;
  if (self->store != store)
    {
      zq_composer_watch (self, store);
      g_set_object (&self->clock, zq_store_get_clock (store));
    }
  self->consult = consult;
  self->corrects = 0;
  self->mode = ZQ_COMPOSER_REPLY;
  zq_composer_load_files (self);
  zq_composer_load (self);
  zq_composer_show_mode (self);
}

void
zq_composer_set_to (ZqComposer *self, const char *to)
{
  g_free (self->to_whom);
  self->to_whom = g_strdup (to);
  zq_composer_show_mode (self);
}

/* --- what was written ------------------------------------------------------------------------- */

ZqWritten *
zq_composer_read (ZqComposer *self)
{
  ZqWritten *written = g_new0 (ZqWritten, 1);

  written->mode = self->mode;
  written->consult = self->consult;
  written->text = g_strstrip (zq_composer_dup_text (self));
  if (self->mode == ZQ_COMPOSER_REPLY)
    {
      written->quote = self->quote;
      written->about = self->about;
      written->tells = self->tells;
    }
  if (self->mode == ZQ_COMPOSER_CORRECTION)
    {
      written->corrects = self->corrects;
      written->reason = g_strstrip (g_strdup (gtk_editable_get_text (self->reason)));
    }
  written->delay_us = self->undo_send * G_USEC_PER_SEC;
  return written;
}

void
zq_composer_taken (ZqComposer *self)
{
  g_autofree char *scope = zq_composer_scope (self);

  self->n_sending++;
  zq_clock_clear (self->clock, &self->alarm);
  self->dirty = FALSE;
  self->serial++;
  g_hash_table_remove (self->in_flight, scope);
  g_free (self->base);
  self->base = g_strdup ("");
  zq_composer_set_text (self, "");
  zq_composer_forget (self);
  zq_composer_say_of_draft (self, "");
  if (self->mode == ZQ_COMPOSER_REPLY)
    {
      self->quote = 0;
      self->about = self->tells = 0;
      g_ptr_array_set_size (self->draft_files, 0);
      zq_composer_show_files (self);
      zq_composer_show_mode (self);
    }
  else
    {
      self->mode = ZQ_COMPOSER_REPLY;
      self->corrects = 0;
      zq_composer_load (self);
      zq_composer_show_mode (self);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODE]);
    }
}

gboolean
zq_composer_is_blank (ZqComposer *self)
{
  return !self->composing && !zq_composer_has_words (self) && *gtk_editable_get_text (self->reason) == '\0';
}

gboolean
zq_composer_is_empty (ZqComposer *self)
{
  return !self->composing && !zq_composer_has_words (self) &&
         (self->draft_files == NULL || self->draft_files->len == 0);
}

gint64
zq_composer_get_consult (ZqComposer *self)
{
  return self->consult;
}

void
zq_composer_notify_mode (ZqComposer *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODE]);
}
