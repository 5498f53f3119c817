/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble-private.h"

#include "base/search-text.h"
#include "ui/consult/file-view.h"

#include <glib/gi18n.h>

#define A_LINE 3

/* --- what it answers or corrects -------------------------------------------------------------- */

static void
show_quote (ZqBubble *self)
{
  g_autofree char *name = NULL, *text = NULL, *spoken = NULL;
  const char *words;
  gboolean withdrawn;
  gint64 key;

  g_object_get (self->message, "quote-key", &key, "quote-name", &name, "quote-text", &text, "withdrawn", &withdrawn,
                NULL);
  gtk_widget_set_visible (self->quote, key != 0 && !withdrawn);
  if (key == 0)
    return;
  words = text != NULL && *text != '\0' ? text : _ ("A message that was withdrawn or is not here");
  gtk_label_set_label (self->quote_who, name != NULL ? name : "");
  gtk_label_set_label (self->quote_text, words);
  /* Translators: what a message answers: a name and its words */
  spoken = g_strdup_printf (_ ("In reply to %1$s: %2$s"), name != NULL ? name : "", words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->quote), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
show_correction (ZqBubble *self)
{
  g_autofree char *old = NULL, *reason = NULL, *words = NULL;
  gboolean withdrawn, is_shown;
  gint64 corrected_by;
  int form;

  g_object_get (self->message, "form", &form, "old-text", &old, "correct-reason", &reason, "withdrawn", &withdrawn,
                "corrected-by", &corrected_by, NULL);
  is_shown = form == ZQ_FORM_CORRECTION && !withdrawn;
  gtk_widget_set_visible (GTK_WIDGET (self->old_text), is_shown && old != NULL && *old != '\0');
  gtk_widget_set_visible (GTK_WIDGET (self->correction), is_shown);
  gtk_widget_set_visible (self->corrected, corrected_by != 0 && !withdrawn);
  if (!is_shown)
    return;
  gtk_label_set_label (self->old_text, old != NULL ? old : "");
  /* Translators: %s is why a message was corrected */
  words =
      reason != NULL && *reason != '\0' ? g_strdup_printf (_ ("Correction: %s"), reason) : g_strdup (_ ("Correction"));
  gtk_label_set_label (self->correction, words);
}

/* --- what is looked for ----------------------------------------------------------------------- */

static void
show_sought (ZqBubble *self)
{
  g_autoptr (PangoAttrList) marks = NULL;
  g_autoptr (GArray) places = NULL;
  gboolean withdrawn;

  g_object_get (self->message, "withdrawn", &withdrawn, NULL);
  if (self->sought != NULL && !withdrawn)
    {
      marks = pango_attr_list_new ();
      places = zq_search_text_find (gtk_label_get_text (self->text), self->sought, ZQ_WORDS_PLAIN);
    }
  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const ZqTextRange *range = &g_array_index (places, ZqTextRange, i);
      PangoAttribute *attributes[] = { pango_attr_background_new (0xf5f5, 0xc2c2, 0x1111),
                                       pango_attr_foreground_new (0, 0, 0) };

      for (guint j = 0; j < G_N_ELEMENTS (attributes); j++)
        {
          attributes[j]->start_index = range->start;
          attributes[j]->end_index = range->end;
          pango_attr_list_insert (marks, attributes[j]);
        }
    }
  gtk_label_set_attributes (self->text, marks);
}

/* --- files ------------------------------------------------------------------------------------ */

static void
on_open (ZqBubble *self, const char *key)
{
  zq_bubble_emit_file (self, ZQ_BUBBLE_OPEN_FILE, key);
}

static void
on_save (ZqBubble *self, const char *key)
{
  zq_bubble_emit_file (self, ZQ_BUBBLE_SAVE_FILE, key);
}

static gboolean
are_same (GPtrArray *a, GPtrArray *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (g_strcmp0 (((ZqFile *)a->pdata[i])->key, ((ZqFile *)b->pdata[i])->key) != 0)
      return FALSE;
  return TRUE;
}

static void
clear_files (ZqBubble *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->files))) != NULL)
    gtk_flow_box_remove (self->files, child);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
  g_clear_pointer (&self->shown_files, g_ptr_array_unref);
}

static void
add_file (ZqBubble *self, GPtrArray *files, guint index)
{
  ZqFileView *view = zq_file_view_new (self->attachments, files, index);

  g_signal_connect_object (view, "open", G_CALLBACK (on_open), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (view, "save", G_CALLBACK (on_save), self, G_CONNECT_SWAPPED);
  if (!((ZqFile *)files->pdata[index])->is_picture)
    {
      gtk_box_append (self->rows, GTK_WIDGET (view));
      return;
    }
  gtk_flow_box_append (self->files, GTK_WIDGET (view));
  /* The keys go to what is in it. */
  gtk_widget_set_focusable (gtk_widget_get_parent (GTK_WIDGET (view)), FALSE);
}

static void
show_files (ZqBubble *self)
{
  GPtrArray *files = zq_message_get_files (self->message);
  gboolean withdrawn;
  guint n_pictures = 0;

  g_object_get (self->message, "withdrawn", &withdrawn, NULL);
  if (withdrawn)
    files = NULL;
  if (are_same (files, self->shown_files))
    return;
  clear_files (self);
  self->shown_files = files != NULL ? g_ptr_array_ref (files) : NULL;
  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      n_pictures += ((ZqFile *)files->pdata[i])->is_picture;
      add_file (self, files, i);
    }
  gtk_flow_box_set_min_children_per_line (self->files, CLAMP (n_pictures, 1, A_LINE));
  gtk_widget_set_visible (GTK_WIDGET (self->files), n_pictures > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->rows), files != NULL && files->len > n_pictures);
}

/* --- the time in which it can be taken back --------------------------------------------------- */

static void
on_second (gpointer data)
{
  ZqBubble *self = data;

  self->second = 0;
  if (self->message != NULL)
    zq_bubble_show_going (self);
}

void
zq_bubble_show_going (ZqBubble *self)
{
  gint64 goes_at, left;
  g_autofree char *words = NULL;

  g_object_get (self->message, "goes-at", &goes_at, NULL);
  left = goes_at != 0 ? goes_at - zq_clock_now (self->clock) : 0;
  gtk_widget_set_visible (self->going, left > 0);
  if (left <= 0)
    return;
  left = (left + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  /* Translators: of a reply that can still be taken back; %u is seconds */
  words = g_strdup_printf (_ ("Goes out in %u s"), (guint)left);
  gtk_label_set_label (self->goes, words);
  if (self->second == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->second = zq_clock_alarm_in (self->clock, G_USEC_PER_SEC, on_second, self);
}

void
zq_bubble_show_parts (ZqBubble *self)
{
  show_sought (self);
  show_quote (self);
  show_correction (self);
  show_files (self);
  zq_bubble_show_going (self);
}
