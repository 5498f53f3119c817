/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/composer-private.h"

#include <glib/gi18n.h>

/* Another program has what was copied, and may never hand it out: until then it is only asked for. */
#define SLOW     G_USEC_PER_SEC
#define DEADLINE (10 * G_USEC_PER_SEC)

typedef struct
{
  ZqComposer *composer; /* NULL: nobody waits for it any more */
  ZqClock *clock;
  GCancellable *cancellable;
  gint64 consult; /* that was open then, whatever is when the answer comes */
  guint alarm;
  gboolean is_slow;
} Paste;

static void
paste_free (Paste *self)
{
  g_object_unref (self->clock);
  g_object_unref (self->cancellable);
  g_free (self);
}

static void
show (ZqComposer *composer)
{
  g_object_set_data (G_OBJECT (composer->files), "shown", NULL);
  zq_composer_show_files (composer);
}

/* What waits for it goes on. The paste itself lives until its answer, if one ever comes. */
static void
settle (Paste *self)
{
  g_autoptr (ZqComposer) composer = g_steal_pointer (&self->composer);

  zq_clock_clear (self->clock, &self->alarm);
  g_ptr_array_remove (composer->pastes, self);
  if (self->is_slow && composer->store != NULL)
    show (composer);
  zq_composer_end_reading (composer, self->consult);
}

static void
give_up (Paste *self, const char *words)
{
  if (words != NULL && self->composer->store != NULL)
    zq_composer_say_refused (self->composer, self->consult, words);
  settle (self);
  g_cancellable_cancel (self->cancellable);
}

static void
on_late (gpointer data)
{
  Paste *self = data;

  self->alarm = 0;
  give_up (self, _ ("What was copied did not come within ten seconds and was not attached"));
}

/* Shown only now: what comes at once does not flash. */
static void
on_slow (gpointer data)
{
  Paste *self = data;

  self->alarm = zq_clock_alarm_in (self->clock, DEADLINE - SLOW, on_late, self);
  self->is_slow = TRUE;
  if (self->composer->store != NULL)
    show (self->composer);
}

static void
on_pasted (GObject *source, GAsyncResult *result, gpointer data)
{
  Paste *self = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);

  if (self->composer != NULL)
    {
      if (self->composer->store != NULL && value != NULL)
        zq_composer_add_value (self->composer, self->consult, value);
      else if (self->composer->store != NULL)
        zq_composer_say_refused (self->composer, self->consult, _ ("What was copied cannot be read"));
      settle (self);
    }
  paste_free (self);
}

static void
ask (ZqComposer *composer, GdkClipboard *clipboard, GType type)
{
  Paste *self = g_new0 (Paste, 1);

  self->composer = g_object_ref (composer);
  self->clock = g_object_ref (composer->clock);
  self->cancellable = g_cancellable_new ();
  self->consult = composer->consult;
  self->alarm = zq_clock_alarm_in (self->clock, SLOW, on_slow, self);
  if (composer->pastes == NULL)
    composer->pastes = g_ptr_array_new ();
  g_ptr_array_add (composer->pastes, self);
  zq_composer_begin_reading (composer, self->consult);
  gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, self->cancellable, on_pasted, self);
}

gboolean
zq_composer_paste (ZqComposer *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GType type = G_TYPE_INVALID;

  /* Text that comes with a picture of itself is pasted as text. */
  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    type = GDK_TYPE_FILE_LIST;
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE) &&
           !gdk_content_formats_contain_gtype (formats, G_TYPE_STRING))
    type = GDK_TYPE_TEXTURE;
  if (type == G_TYPE_INVALID || self->consult == 0)
    return FALSE;
  if (self->mode != ZQ_COMPOSER_REPLY)
    {
      zq_composer_warn (self, _ ("Files go with a reply only"));
      return TRUE;
    }
  ask (self, clipboard, type);
  return TRUE;
}

/* --- while it takes ----------------------------------------------------------------------------- */

static Paste *
slow_paste (ZqComposer *self, guint i)
{
  Paste *paste = g_ptr_array_index (self->pastes, i);

  return paste->is_slow && paste->consult == self->consult ? paste : NULL;
}

guint
zq_composer_count_slow_pastes (ZqComposer *self)
{
  guint n = 0;

  for (guint i = 0; self->pastes != NULL && i < self->pastes->len; i++)
    n += slow_paste (self, i) != NULL;
  return n;
}

/* A reply that waits for it does not go without it. */
static void
on_cancel (GtkButton *button, Paste *paste)
{
  give_up (paste, paste->composer->send_due ? _ ("What was copied was not attached") : NULL);
}

static GtkWidget *
make_chip (Paste *paste)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *spinner = gtk_spinner_new ();
  GtkWidget *words = gtk_label_new (_ ("Waiting for what was copied"));
  GtkWidget *cancel = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_label_set_ellipsize (GTK_LABEL (words), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (cancel, "flat");
  gtk_widget_add_css_class (cancel, "circular");
  gtk_widget_set_valign (cancel, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (cancel, _ ("Do not wait for it"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Do not wait for it"), -1);
  g_signal_connect (cancel, "clicked", G_CALLBACK (on_cancel), paste);
  gtk_box_append (GTK_BOX (chip), spinner);
  gtk_box_append (GTK_BOX (chip), words);
  gtk_box_append (GTK_BOX (chip), cancel);
  gtk_widget_add_css_class (chip, "file-chip");
  return chip;
}

void
zq_composer_show_pastes (ZqComposer *self)
{
  for (guint i = 0; self->pastes != NULL && i < self->pastes->len; i++)
    {
      Paste *paste = slow_paste (self, i);

      if (paste != NULL)
        gtk_flow_box_append (self->files, make_chip (paste));
    }
}

void
zq_composer_drop_pastes (ZqComposer *self)
{
  while (self->pastes != NULL && self->pastes->len > 0)
    give_up (g_ptr_array_index (self->pastes, 0), NULL);
  g_clear_pointer (&self->pastes, g_ptr_array_unref);
}
