/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-text.h"

#include "clinic/document/content.h"
#include "clinic/lab/result.h"
#include "ui/lab/wave.h"
#include "ui/patient/narrative-view.h"

#include <glib/gi18n.h>

struct _ZqRecordText
{
  GtkWidget parent_instance;

  /* widgets */
  GtkWidget *box;

  /* owned */
  GCancellable *cancellable;
  ZqContent *content; /* NULL: not read yet */

  gboolean is_complete;
};

G_DEFINE_FINAL_TYPE (ZqRecordText, zq_record_text, GTK_TYPE_WIDGET)

gboolean
zq_record_text_is_complete (ZqRecordText *self)
{
  return self->is_complete;
}

static void
add_text (ZqRecordText *self, const char *words, const char *style)
{
  GtkWidget *label = gtk_label_new (words);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (self->box), label);
}

static void
add_wave (ZqRecordText *self, const ZqSampled *sampled)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *wave = g_object_new (ZQ_TYPE_WAVE, NULL);
  g_autofree char *words = zq_wave_words (sampled);

  zq_wave_set_sampled (ZQ_WAVE (wave), sampled);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), wave);
  add_text (self, words, "caption");
  if (sampled->low != NULL)
    gtk_box_append (GTK_BOX (self->box), scroller);
}

static void
add_waves (ZqRecordText *self, const ZqContent *content)
{
  for (guint i = 0; i < content->waves->len; i++)
    add_wave (self, content->waves->pdata[i]);
  if (content->n_broken > 0)
    {
      g_autofree char *words =
          g_strdup_printf (ngettext ("%u curve is broken and cannot be drawn",
                                     "%u curves are broken and cannot be drawn", content->n_broken),
                           content->n_broken);

      add_text (self, words, "result-warning");
    }
  if (content->n_more > 0)
    {
      g_autofree char *words = g_strdup_printf (
          ngettext ("%u more curve is not shown", "%u more curves are not shown", content->n_more), content->n_more);

      add_text (self, words, "result-warning");
    }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRecordText) self = data;
  g_autoptr (GError) error = NULL;
  ZqContent *content = zq_content_read_finish (ZQ_STORE (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->box == NULL)
    {
      g_clear_pointer (&content, zq_content_free);
      return;
    }
  self->is_complete = TRUE;
  if (content == NULL)
    {
      add_text (self, _ ("Its text cannot be read on this computer."), "result-warning");
      return;
    }
  self->content = content;
  if (content->blocks->len > 0)
    gtk_box_append (GTK_BOX (self->box), zq_narrative_view_new (content->blocks, content->cut));
  add_waves (self, content);
}

/* Those that have a waveform. (transfer full) (element-type gint64) */
static GArray *
find_waves (GPtrArray *results)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < results->len; i++)
    {
      const ZqResult *result = results->pdata[i];
      gboolean has_wave = FALSE;

      for (guint j = 0; j < result->values->len; j++)
        has_wave = has_wave || ((ZqResultValue *)result->values->pdata[j])->kind == ZQ_VALUE_SAMPLED;
      if (has_wave)
        g_array_append_val (found, result->key);
    }

  return found;
}

ZqRecordText *
zq_record_text_new (ZqStore *store, gint64 key, GPtrArray *results)
{
  ZqRecordText *self = g_object_new (ZQ_TYPE_RECORD_TEXT, NULL);
  g_autoptr (GArray) waves = results != NULL ? find_waves (results) : NULL;

  zq_content_read_async (store, key, waves, self->cancellable, on_read, g_object_ref (self));

  return self;
}

static void
clear_wave (GtkWidget *widget)
{
  if (ZQ_IS_WAVE (widget))
    zq_wave_set_sampled (ZQ_WAVE (widget), NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    clear_wave (child);
}

static void
zq_record_text_dispose (GObject *object)
{
  ZqRecordText *self = ZQ_RECORD_TEXT (object);

  g_cancellable_cancel (self->cancellable);
  /* Somebody may hold one of its curves still. */
  if (self->box != NULL)
    clear_wave (self->box);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->content, zq_content_free);
  G_OBJECT_CLASS (zq_record_text_parent_class)->dispose (object);
}

static void
zq_record_text_class_init (ZqRecordTextClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_record_text_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
zq_record_text_init (ZqRecordText *self)
{
  self->cancellable = g_cancellable_new ();
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
