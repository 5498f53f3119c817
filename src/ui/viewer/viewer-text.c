/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer-private.h"

#include <glib/gi18n.h>

/* What a screen reader is told of a page at once. */
#define MOST_SPOKEN 4000

/* --- marks ------------------------------------------------------------------------------------- */

static void
add_marks (GArray *marks, const ZqPdfText *text, guint start, guint end, gboolean strong)
{
  g_autoptr (GArray) boxes = zq_pdf_text_boxes (text, start, end);

  for (guint i = 0; i < boxes->len; i++)
    {
      ZqPictureMark mark = { g_array_index (boxes, graphene_rect_t, i), strong };

      g_array_append_val (marks, mark);
    }
}

static void
show_marks (ZqViewer *self)
{
  ZqViewerText *text = &self->text;
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (ZqPictureMark));

  for (guint i = 0; text->page != NULL && text->found != NULL && i < text->found->len; i++)
    {
      const ZqPdfSpan *span = &g_array_index (text->found, ZqPdfSpan, i);

      if (span->page == self->page)
        add_marks (marks, text->page, span->start, span->end, i == text->at);
    }
  if (text->page != NULL)
    add_marks (marks, text->page, MIN (text->anchor, text->end), MAX (text->anchor, text->end), TRUE);
  zq_picture_view_set_marks (self->pdf_view, (const ZqPictureMark *)(gpointer)marks->data, marks->len);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.copy", text->page != NULL && text->anchor != text->end);
}

/* --- the text of the page ---------------------------------------------------------------------- */

/* What was found comes into sight. */
static void
scroll_to_found (ZqViewer *self)
{
  ZqViewerText *text = &self->text;
  GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->pdf_scroller);
  g_autoptr (GArray) boxes = NULL;
  const ZqPdfSpan *span;
  graphene_rect_t bounds;

  if (!text->bring || text->page == NULL || text->found == NULL || text->at >= text->found->len)
    return;
  span = &g_array_index (text->found, ZqPdfSpan, text->at);
  if (span->page != self->page)
    return;
  text->bring = FALSE;
  boxes = zq_pdf_text_boxes (text->page, span->start, span->end);
  if (boxes->len > 0 && zq_picture_view_place (self->pdf_view, &g_array_index (boxes, graphene_rect_t, 0), &bounds))
    gtk_adjustment_set_value (v, bounds.origin.y - gtk_adjustment_get_page_size (v) / 3);
}

static void
on_page_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  ZqViewer *self = load->viewer;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqPdfText) text = zq_pdf_read_finish (ZQ_PDF (source), result, &error);
  g_autofree char *spoken = NULL;

  if (zq_viewer_load_is_stale (load, error) || text == NULL)
    return;
  g_clear_pointer (&self->text.page, zq_pdf_text_free);
  self->text.page = g_steal_pointer (&text);
  spoken = zq_pdf_text_copy (self->text.page, 0, MOST_SPOKEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pdf_view), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, spoken, -1);
  show_marks (self);
  scroll_to_found (self);
}

void
zq_viewer_read_page (ZqViewer *self)
{
  ZqViewerText *text = &self->text;

  if (text->page != NULL && text->number == self->page)
    return;
  g_clear_pointer (&text->page, zq_pdf_text_free);
  text->anchor = text->end = 0;
  text->number = self->page;
  show_marks (self);
  g_cancellable_cancel (text->reading);
  g_clear_object (&text->reading);
  text->reading = g_cancellable_new ();
  zq_pdf_read_async (self->pdf, self->page, text->reading, on_page_read,
                     zq_viewer_load_new (self, NULL, text->reading));
}

void
zq_viewer_close_text (ZqViewer *self)
{
  ZqViewerText *text = &self->text;

  g_cancellable_cancel (text->reading);
  g_clear_object (&text->reading);
  g_cancellable_cancel (text->finding);
  g_clear_object (&text->finding);
  g_clear_pointer (&text->page, zq_pdf_text_free);
  g_clear_pointer (&text->found, g_array_unref);
  *text = (ZqViewerText){ 0 };
  if (self->find_bar == NULL)
    return;
  gtk_widget_set_visible (self->find_bar, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->find_entry), "");
  gtk_label_set_label (self->find_state, "");
}

/* --- finding ----------------------------------------------------------------------------------- */

static void
show_found (ZqViewer *self)
{
  ZqViewerText *text = &self->text;
  g_autofree char *words = NULL;
  guint n = text->found != NULL ? text->found->len : 0;

  if (text->found == NULL)
    words = g_strdup ("");
  else if (n == 0)
    words = g_strdup (_ ("Not in this document"));
  else
    /* Translators: which of all places where the words stand */
    words =
        g_strdup_printf (n >= ZQ_PDF_MOST_MATCHES ? _ ("%1$u of the first %2$u") : _ ("%1$u of %2$u"), text->at + 1, n);
  gtk_label_set_label (self->find_state, words);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.find-next", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.find-previous", n > 0);
  if (n > 0)
    {
      text->bring = TRUE;
      zq_viewer_go_to_page (self, g_array_index (text->found, ZqPdfSpan, text->at).page);
    }
  show_marks (self);
  scroll_to_found (self);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqViewerLoad) load = data;
  ZqViewer *self = load->viewer;
  ZqViewerText *text = &self->text;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) found = zq_pdf_find_finish (ZQ_PDF (source), result, &error);

  if (zq_viewer_load_is_stale (load, error) || found == NULL)
    return;
  g_clear_pointer (&text->found, g_array_unref);
  text->found = g_steal_pointer (&found);
  text->at = 0;
  /* From the page on that one reads. */
  while (text->at + 1 < text->found->len && g_array_index (text->found, ZqPdfSpan, text->at).page < self->page)
    text->at++;
  if (text->found->len > 0 && g_array_index (text->found, ZqPdfSpan, text->at).page < self->page)
    text->at = 0;
  show_found (self);
}

static void
on_find_changed (ZqViewer *self)
{
  ZqViewerText *text = &self->text;
  const char *words = gtk_editable_get_text (GTK_EDITABLE (self->find_entry));

  g_cancellable_cancel (text->finding);
  g_clear_object (&text->finding);
  g_clear_pointer (&text->found, g_array_unref);
  show_found (self);
  if (self->pdf == NULL || *words == '\0')
    return;
  text->finding = g_cancellable_new ();
  zq_pdf_find_async (self->pdf, words, text->finding, on_found, zq_viewer_load_new (self, NULL, text->finding));
}

static void
step_found (ZqViewer *self, gboolean forward)
{
  ZqViewerText *text = &self->text;
  guint n = text->found != NULL ? text->found->len : 0;

  if (n == 0)
    return;
  text->at = forward ? (text->at + 1) % n : (text->at + n - 1) % n;
  show_found (self);
}

static void
find_step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  step_found (ZQ_VIEWER (widget), g_str_has_suffix (name, "next"));
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  gtk_widget_set_visible (self->find_bar, TRUE);
  gtk_widget_grab_focus (self->find_entry);
  gtk_editable_select_region (GTK_EDITABLE (self->find_entry), 0, -1);
}

static void
on_find_activate (ZqViewer *self)
{
  step_found (self, TRUE);
}

static void
on_find_stopped (ZqViewer *self)
{
  gtk_widget_set_visible (self->find_bar, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->find_entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* --- selecting --------------------------------------------------------------------------------- */

gboolean
zq_viewer_begin_selection (ZqViewer *self, double x, double y)
{
  ZqViewerText *text = &self->text;
  double fx, fy;

  text->selecting = self->pdf != NULL && text->page != NULL &&
                    zq_picture_view_locate (self->pdf_view, x, y, &fx, &fy) && zq_pdf_text_hits (text->page, fx, fy);
  text->anchor = text->end = text->selecting ? zq_pdf_text_at (text->page, fx, fy) : 0;
  show_marks (self);

  return text->selecting;
}

gboolean
zq_viewer_extend_selection (ZqViewer *self, double x, double y)
{
  ZqViewerText *text = &self->text;
  double fx, fy;

  if (!text->selecting || text->page == NULL)
    return FALSE;
  if (zq_picture_view_locate (self->pdf_view, x, y, &fx, &fy))
    text->end = zq_pdf_text_at (text->page, fx, fy);
  show_marks (self);

  return TRUE;
}

char *
zq_viewer_get_selected (ZqViewer *self)
{
  ZqViewerText *text = &self->text;

  return text->page != NULL
             ? zq_pdf_text_copy (text->page, MIN (text->anchor, text->end), MAX (text->anchor, text->end))
             : g_strdup ("");
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *selected = zq_viewer_get_selected (ZQ_VIEWER (widget));

  if (*selected != '\0')
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), selected);
}

static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  self->text.anchor = 0;
  self->text.end = self->text.page != NULL ? self->text.page->n : 0;
  show_marks (self);
}

void
zq_viewer_allow_text (ZqViewer *self)
{
  gboolean has = self->pdf != NULL;

  gtk_widget_set_visible (self->find, has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.find", has);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.select-all", has);
  if (!has)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "viewer.copy", FALSE);
}

void
zq_viewer_install_text (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "viewer.find", NULL, find_action);
  gtk_widget_class_install_action (klass, "viewer.find-next", NULL, find_step_action);
  gtk_widget_class_install_action (klass, "viewer.find-previous", NULL, find_step_action);
  gtk_widget_class_install_action (klass, "viewer.copy", NULL, copy_action);
  gtk_widget_class_install_action (klass, "viewer.select-all", NULL, select_all_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_f, GDK_CONTROL_MASK, "viewer.find", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_g, GDK_CONTROL_MASK, "viewer.find-next", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "viewer.find-previous",
                                       NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_c, GDK_CONTROL_MASK, "viewer.copy", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_a, GDK_CONTROL_MASK, "viewer.select-all", NULL);
  gtk_widget_class_bind_template_child (klass, ZqViewer, find);
  gtk_widget_class_bind_template_child (klass, ZqViewer, find_bar);
  gtk_widget_class_bind_template_child (klass, ZqViewer, find_entry);
  gtk_widget_class_bind_template_child (klass, ZqViewer, find_state);
  gtk_widget_class_bind_template_callback (klass, on_find_changed);
  gtk_widget_class_bind_template_callback (klass, on_find_activate);
  gtk_widget_class_bind_template_callback (klass, on_find_stopped);
}
