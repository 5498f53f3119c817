/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/composer.h"

#include "clinic/consult/commands.h"
#include "store/draft.h"

#include <glib/gi18n.h>

/* From a key to the write of the draft; it is a second at most to the durable commit. */
#define DRAFT_DELAY (250 * 1000)

struct _ZqComposer
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkLabel *to;
  GtkScrolledWindow *scroller;
  GtkTextView *text;
  GtkLabel *note;
  GtkWidget *send;

  /* owned */
  ZqStore *store;
  ZqClock *clock;
  GHashTable *in_flight; /* consult → text whose commit is not back yet */
  char *of_draft;        /* what is said of the draft */
  char *warning;         /* said instead, or NULL */
  gint64 consult;
  guint alarm;
  guint serial;       /* of the consultation shown: a late answer of another one says nothing here */
  gboolean composing; /* an input method holds letters that are not text yet */
  gboolean loading;
  gboolean dirty;
};

enum
{
  SEND,
  LEAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqComposer, zq_composer, GTK_TYPE_WIDGET)

typedef struct
{
  GWeakRef composer;
  gint64 consult;
  char *text;
  guint serial;
} Saving;

static void
saving_free (Saving *saving)
{
  g_weak_ref_clear (&saving->composer);
  g_free (saving->text);
  g_free (saving);
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
  if (self->warning != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->note), "warned");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->note), "warned");
}

static void
say_of_draft (ZqComposer *self, const char *words)
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

static gboolean
has_words (ZqComposer *self)
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

  if (self != NULL && g_strcmp0 (g_hash_table_lookup (self->in_flight, &saving->consult), saving->text) == 0)
    g_hash_table_remove (self->in_flight, &saving->consult);
  if (self != NULL && saving->serial == self->serial)
    {
      if (ok && !self->dirty)
        say_of_draft (self, has_words (self) ? _ ("Draft kept on this computer") : "");
      else if (!ok)
        {
          g_autofree char *words =
              /* Translators: %s is what went wrong */
              g_strdup_printf (_ ("This computer cannot keep the draft: %s. Copy the text before you close."),
                               error->message);

          say_of_draft (self, words);
        }
    }
  saving_free (saving);
}

void
zq_composer_flush (ZqComposer *self)
{
  g_autofree char *scope = NULL, *text = NULL;
  Saving *saving;

  if (self->clock != NULL)
    zq_clock_clear (self->clock, &self->alarm);
  if (!self->dirty || self->consult == 0)
    return;
  self->dirty = FALSE;
  scope = zq_consult_draft_scope (self->consult);
  text = zq_composer_dup_text (self);
  saving = g_new0 (Saving, 1);
  g_weak_ref_init (&saving->composer, self);
  saving->serial = self->serial;
  saving->consult = self->consult;
  saving->text = g_strdup (text);
  g_hash_table_insert (self->in_flight, g_memdup2 (&self->consult, sizeof self->consult), g_strdup (text));
  zq_draft_save_async (self->store, scope, text, on_saved, saving);
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
  gtk_widget_set_sensitive (self->send, has_words (self));
  if (self->loading || self->consult == 0)
    return;
  self->dirty = TRUE;
  /* Not pushed back by the next key: who types without a pause is kept all the same. */
  if (self->alarm == 0)
    self->alarm = zq_clock_alarm_in (self->clock, DRAFT_DELAY, on_draft_due, self);
}

static void
set_text (ZqComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  self->loading = TRUE;
  gtk_text_buffer_begin_irreversible_action (buffer);
  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_end_irreversible_action (buffer);
  self->loading = FALSE;
}

/* --- keys ------------------------------------------------------------------------------------- */

static void
emit_send (ZqComposer *self)
{
  g_autofree char *text = NULL;

  if (!has_words (self))
    return;
  text = zq_composer_dup_text (self);
  g_signal_emit (self, signals[SEND], 0, g_strstrip (text));
}

static void
on_send_clicked (ZqComposer *self)
{
  emit_send (self);
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

  if (!is_enter || self->composing || (state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK | GDK_ALT_MASK)) != GDK_CONTROL_MASK)
    return FALSE;
  emit_send (self);
  return TRUE;
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
zq_composer_dispose (GObject *object)
{
  ZqComposer *self = ZQ_COMPOSER (object);

  if (self->store != NULL)
    zq_composer_flush (self);
  self->consult = 0;
  g_clear_object (&self->store);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_composer_parent_class)->dispose (object);
}

static void
zq_composer_finalize (GObject *object)
{
  ZqComposer *self = ZQ_COMPOSER (object);

  g_hash_table_unref (self->in_flight);
  g_free (self->of_draft);
  g_free (self->warning);
  G_OBJECT_CLASS (zq_composer_parent_class)->finalize (object);
}

static void
zq_composer_class_init (ZqComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_composer_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_composer_finalize;
  widget_class->grab_focus = zq_composer_grab_focus;
  widget_class->map = zq_composer_map;
  widget_class->root = zq_composer_root;

  signals[SEND] = g_signal_new ("send", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[LEAVE] = g_signal_new ("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, leave_shortcut, NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/composer.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, box);
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, to);
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, text);
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, note);
  gtk_widget_class_bind_template_child (widget_class, ZqComposer, send);
  gtk_widget_class_bind_template_callback (widget_class, on_send_clicked);
}

static void
zq_composer_init (ZqComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->in_flight = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_swapped (self->text, "preedit-changed", G_CALLBACK (on_preedit), self);
  g_signal_connect_object (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
}

void
zq_composer_open (ZqComposer *self, ZqStore *store, gint64 consult)
{
  if (self->store != NULL)
    zq_composer_flush (self);
  self->dirty = FALSE;
  if (g_set_object (&self->store, store))
    g_set_object (&self->clock, zq_store_get_clock (store));
  self->consult = consult;
  zq_composer_reload (self);
}

void
zq_composer_set_to (ZqComposer *self, const char *to)
{
  gtk_label_set_label (self->to, to);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, to, -1);
}

void
zq_composer_taken (ZqComposer *self)
{
  zq_clock_clear (self->clock, &self->alarm);
  self->dirty = FALSE;
  self->serial++;
  g_hash_table_remove (self->in_flight, &self->consult);
  set_text (self, "");
  zq_composer_warn (self, NULL);
  say_of_draft (self, "");
}

void
zq_composer_put_back (ZqComposer *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start;

  gtk_text_buffer_get_start_iter (buffer, &start);
  if (has_words (self))
    gtk_text_buffer_insert (buffer, &start, "\n", 1);
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_insert (buffer, &start, text, -1);
}

void
zq_composer_reload (ZqComposer *self)
{
  g_autofree char *scope = NULL, *body = NULL;

  self->serial++;
  if (self->consult != 0)
    {
      scope = zq_consult_draft_scope (self->consult);
      body = g_strdup (g_hash_table_lookup (self->in_flight, &self->consult));
      if (body == NULL)
        body = zq_draft_load (zq_store_get_main_db (self->store), scope);
    }
  set_text (self, body != NULL ? body : "");
  zq_composer_warn (self, NULL);
  say_of_draft (self, body != NULL && *body != '\0' ? _ ("Draft kept on this computer") : "");
}

gint64
zq_composer_get_consult (ZqComposer *self)
{
  return self->consult;
}
