/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer-private.h"

#include "media/media.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define LONGEST_SIDE 4096

ZqPicture *
zq_viewer_picture_at (ZqViewer *self, int place)
{
  return self->pictures != NULL && place >= 0 && place < (int)self->pictures->len
             ? g_ptr_array_index (self->pictures, place)
             : NULL;
}

static void
show_side_words (ZqViewer *self, ZqViewerSide *side)
{
  ZqPicture *picture = zq_viewer_picture_at (self, side->place);
  g_autofree char *when = picture->day_only ? zq_words_day (picture->sent, self->now, self->zone)
                                            : zq_words_day_clock (picture->sent, self->now, self->zone);
  const char *name = picture->name != NULL && *picture->name != '\0' ? picture->name : "—";
  g_autofree char *words =
      g_strdup_printf ("%s · %s", name, picture->sent != 0 ? when : C_ ("picture", "date not known"));

  gtk_label_set_label (side->words, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (side->pane->view), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
}

/* Beside another picture it does not take that one's place. */
void
zq_viewer_say (ZqViewer *self, ZqViewerSide *side, const char *place, const char *words)
{
  if (side != NULL && zq_viewer_is_comparing (self))
    {
      gtk_label_set_label (side->state, words);
      gtk_widget_set_visible (GTK_WIDGET (side->state), TRUE);
      zq_viewer_show_place (self, "picture");
    }
  else if (g_str_equal (place, "problem"))
    zq_viewer_show_problem (self, words);
  else
    zq_viewer_show_place (self, place);
}

/* --- reading it -------------------------------------------------------------------------------- */

static const char *
words_of_error (const GError *error)
{
  if (g_error_matches (error, ZQ_MEDIA_ERROR, ZQ_MEDIA_ERROR_TOO_LARGE))
    return _ ("It has more pixels than can be shown safely. It can be saved and opened elsewhere.");
  if (error->domain == ZQ_MEDIA_ERROR)
    return _ ("It is broken, or no picture. It can be saved and opened elsewhere.");

  return _ ("It cannot be shown. It can be saved and opened elsewhere.");
}

static void
on_decoded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = zq_media_load_finish (result, &error);
  g_autoptr (GdkTexture) texture = NULL;

  if (zq_viewer_load_is_stale (load, error))
    return;
  if (pixbuf == NULL)
    {
      zq_viewer_say (load->viewer, load->side, "problem", words_of_error (error));
      return;
    }
  texture = gdk_texture_new_for_pixbuf (pixbuf);
  gtk_widget_set_visible (GTK_WIDGET (load->side->state), FALSE);
  zq_picture_view_set_texture (load->side->pane->view, texture);
  zq_viewer_show_place (load->viewer, "picture");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = zq_attachments_read_finish (ZQ_ATTACHMENTS (source), result, &error);
  GCancellable *cancellable = load->cancellable;

  if (zq_viewer_load_is_stale (load, error))
    return;
  if (bytes == NULL)
    zq_viewer_say (load->viewer, load->side, "problem", _ ("It cannot be read on this computer."));
  else
    zq_media_load_async (bytes, LONGEST_SIDE, cancellable, on_decoded, g_steal_pointer (&load));
}

void
zq_viewer_load_side (ZqViewer *self, ZqViewerSide *side)
{
  ZqPicture *picture = zq_viewer_picture_at (self, side->place);

  g_cancellable_cancel (side->cancellable);
  g_clear_object (&side->cancellable);
  /* Never under the words of another one. */
  zq_picture_view_set_texture (side->pane->view, NULL);
  gtk_widget_set_visible (GTK_WIDGET (side->state), FALSE);
  if (picture == NULL)
    return;
  show_side_words (self, side);
  if (!zq_viewer_is_held (self, side, picture->file))
    return;
  side->cancellable = g_cancellable_new ();
  zq_attachments_read_async (zq_store_get_attachments (self->store), picture->file->key, side->cancellable, on_read,
                             zq_viewer_load_new (self, side, side->cancellable));
}

void
zq_viewer_go_to (ZqViewer *self, int place)
{
  ZqPicture *picture = zq_viewer_picture_at (self, place);
  ZqViewerSide *first = &self->sides[ZQ_VIEWER_FIRST];

  g_free (self->key);
  self->key = g_strdup (picture != NULL ? picture->file->key : NULL);
  first->place = place;
  zq_viewer_reset_zoom (self);
  zq_viewer_load_side (self, first);
  zq_viewer_show_title (self);
}

/* --- two of them ------------------------------------------------------------------------------- */

static gboolean
is_other_day (ZqViewer *self, int one, int other)
{
  g_autofree char *a = zq_words_day (zq_viewer_picture_at (self, one)->sent, self->now, self->zone);
  g_autofree char *b = zq_words_day (zq_viewer_picture_at (self, other)->sent, self->now, self->zone);

  return !g_str_equal (a, b);
}

/* The last one of a day before, else the first of a day after, else a neighbour. */
static int
find_other (ZqViewer *self)
{
  int place = self->sides[ZQ_VIEWER_FIRST].place;

  for (int i = place - 1; i >= 0; i--)
    if (is_other_day (self, place, i))
      return i;
  for (int i = place + 1; i < (int)self->pictures->len; i++)
    if (is_other_day (self, place, i))
      return i;
  return place > 0 ? place - 1 : place + 1;
}

static void
set_second (ZqViewer *self, int place)
{
  ZqViewerSide *second = &self->sides[ZQ_VIEWER_SECOND];

  second->place = place;
  /* The older one is on the left. */
  gtk_box_reorder_child_after (self->pair, second->box,
                               place < self->sides[ZQ_VIEWER_FIRST].place ? NULL : self->sides[ZQ_VIEWER_FIRST].box);
  zq_picture_view_set_turns (second->pane->view, 0);
  zq_viewer_load_side (self, second);
  zq_viewer_show_title (self);
}

void
zq_viewer_set_compare (ZqViewer *self, gboolean compare)
{
  ZqViewerSide *first = &self->sides[ZQ_VIEWER_FIRST];

  compare = compare && self->file == NULL && self->pictures != NULL && self->pictures->len > 1;
  gtk_widget_set_visible (self->second, compare);
  gtk_toggle_button_set_active (self->compare, compare);
  zq_viewer_reset_zoom (self);
  if (compare)
    set_second (self, find_other (self));
  else
    {
      self->sides[ZQ_VIEWER_SECOND].place = -1;
      zq_viewer_load_side (self, &self->sides[ZQ_VIEWER_SECOND]);
    }
  /* What stood in its place is said at its side now, or the other way round. */
  if (zq_picture_view_get_texture (first->pane->view) == NULL)
    zq_viewer_load_side (self, first);
  zq_viewer_show_title (self);
}

/* Beside another the one that is compared with changes; never to the same. */
gboolean
zq_viewer_step_picture (ZqViewer *self, int by)
{
  gboolean is_comparing = zq_viewer_is_comparing (self);
  int first = self->sides[ZQ_VIEWER_FIRST].place;
  int place = self->sides[is_comparing ? ZQ_VIEWER_SECOND : ZQ_VIEWER_FIRST].place + by;

  if (is_comparing && place == first)
    place += by;
  if (zq_viewer_picture_at (self, place) == NULL)
    return FALSE;
  if (is_comparing)
    set_second (self, place);
  else
    zq_viewer_go_to (self, place);
  return TRUE;
}
