/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/viewer/viewer-private.h"

#include <math.h>

#define STEP 1.25

/* --- one of them ------------------------------------------------------------------------------- */

static double
shown_zoom (ZqViewerPane *pane)
{
  double zoom = zq_picture_view_get_zoom (pane->view);

  return zoom > 0 ? zoom : zq_picture_view_get_fit (pane->view);
}

/* What lies under @at stays there. */
static void
keep_place (GtkAdjustment *adjustment, double size, double before, double after, double at)
{
  double page = gtk_adjustment_get_page_size (adjustment);
  double margin = MAX (page - size * before, 0) / 2;
  double point = (gtk_adjustment_get_value (adjustment) + at - margin) / before;
  double upper = MAX (page, size * after);
  double value = point * after + (upper - size * after) / 2 - at;

  gtk_adjustment_configure (adjustment, CLAMP (value, 0, upper - page), 0, upper,
                            gtk_adjustment_get_step_increment (adjustment),
                            gtk_adjustment_get_page_increment (adjustment), page);
}

static void
set_zoom (ZqViewerPane *pane, double zoom)
{
  double before = shown_zoom (pane), width, height;

  zq_picture_view_get_size (pane->view, &width, &height);
  zq_picture_view_set_zoom (pane->view, zoom);
  if (before <= 0 || zoom <= 0)
    return;
  zoom = zq_picture_view_get_zoom (pane->view);
  keep_place (gtk_scrolled_window_get_hadjustment (pane->scroller), width, before, zoom, pane->x);
  keep_place (gtk_scrolled_window_get_vadjustment (pane->scroller), height, before, zoom, pane->y);
}

/* Smaller than all of it nobody comes by rolling. */
static void
scale_to (ZqViewerPane *pane, double zoom)
{
  double fit = zq_picture_view_get_fit (pane->view);

  set_zoom (pane, shown_zoom (pane) >= fit * 0.999 && zoom <= fit * 1.001 ? 0 : zoom);
}

static void
to_middle (ZqViewerPane *pane)
{
  pane->x = gtk_widget_get_width (GTK_WIDGET (pane->scroller)) / 2.0;
  pane->y = gtk_widget_get_height (GTK_WIDGET (pane->scroller)) / 2.0;
}

/* --- all that are shown ------------------------------------------------------------------------ */

static gboolean
is_shown (ZqViewer *self, guint pane)
{
  if (pane == ZQ_VIEWER_PAGE || self->pdf != NULL)
    return pane == ZQ_VIEWER_PAGE && self->pdf != NULL;
  return pane == ZQ_VIEWER_FIRST || zq_viewer_is_comparing (self);
}

/* As much larger on both sides, so that what is compared is compared alike. */
static void
zoom_by (ZqViewer *self, double factor)
{
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    if (is_shown (self, i) && shown_zoom (&self->panes[i]) > 0)
      scale_to (&self->panes[i], shown_zoom (&self->panes[i]) * factor);
  zq_viewer_sharpen (self);
}

static void
zoom_to (ZqViewer *self, double zoom)
{
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    if (is_shown (self, i))
      set_zoom (&self->panes[i], zoom);
  zq_viewer_sharpen (self);
}

void
zq_viewer_reset_zoom (ZqViewer *self)
{
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    {
      zq_picture_view_set_zoom (self->panes[i].view, 0);
      zq_picture_view_set_turns (self->panes[i].view, 0);
    }
}

/* --- by keys and buttons ----------------------------------------------------------------------- */

/* A pixel of it on a pixel of the screen. */
static double
whole (ZqViewer *self)
{
  return 1.0 / gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);

  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    to_middle (&self->panes[i]);
  if (g_str_has_suffix (name, "in"))
    zoom_by (self, STEP);
  else if (g_str_has_suffix (name, "out"))
    zoom_by (self, 1 / STEP);
  else
    zoom_to (self, g_str_has_suffix (name, "fit") ? 0 : whole (self));
}

static void
turn_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);
  int by = g_str_has_suffix (name, "right") ? 1 : -1;

  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    if (is_shown (self, i))
      zq_picture_view_set_turns (self->panes[i].view, zq_picture_view_get_turns (self->panes[i].view) + by);
}

/* FALSE: it is at its end, or all of it is shown. */
static gboolean
scroll (ZqViewer *self, double pages)
{
  gboolean has_moved = FALSE;

  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    {
      GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->panes[i].scroller);
      double before = gtk_adjustment_get_value (v);

      if (!is_shown (self, i))
        continue;
      gtk_adjustment_set_value (v, before + pages * gtk_adjustment_get_page_size (v));
      has_moved = has_moved || fabs (gtk_adjustment_get_value (v) - before) >= 1;
    }
  return has_moved;
}

static void
scroll_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  scroll (ZQ_VIEWER (widget), g_variant_get_int32 (parameter) * 0.15);
}

/* Down the page that is shown, then to the next. */
static void
page_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqViewer *self = ZQ_VIEWER (widget);
  int by = g_variant_get_int32 (parameter);

  if (!scroll (self, by * 0.9))
    zq_viewer_step (self, by);
}

/* --- by hand ----------------------------------------------------------------------------------- */

static gboolean
on_scroll (ZqViewer *self, double dx, double dy, GtkEventControllerScroll *controller)
{
  GdkModifierType held = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  /* A document is read by rolling it. */
  if (self->pdf != NULL && (held & GDK_CONTROL_MASK) == 0)
    return FALSE;
  if (self->pdf == NULL && zq_viewer_picture_at (self, self->sides[ZQ_VIEWER_FIRST].place) == NULL)
    return FALSE;
  zoom_by (self, pow (STEP, -dy));
  return TRUE;
}

static void
on_motion (ZqViewerPane *pane, double x, double y)
{
  pane->x = x;
  pane->y = y;
}

static void
on_pressed (ZqViewer *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  ZqViewerPane *pane = g_object_get_data (G_OBJECT (gesture), "pane");

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (n_press != 2)
    return;
  on_motion (pane, x, y);
  if (zq_picture_view_get_zoom (pane->view) > 0)
    zoom_to (self, 0);
  else if (shown_zoom (pane) < whole (self) * 0.99)
    zoom_to (self, whole (self));
  else
    zoom_by (self, 2);
}

static ZqViewer *
viewer_of (ZqViewerPane *pane)
{
  return ZQ_VIEWER (gtk_widget_get_ancestor (GTK_WIDGET (pane->view), ZQ_TYPE_VIEWER));
}

/* On letters a drag selects them, beside them it moves the page. */
static void
on_drag_begin (ZqViewerPane *pane, double x, double y)
{
  if (zq_viewer_begin_selection (viewer_of (pane), x, y))
    return;
  pane->drag_h = gtk_adjustment_get_value (gtk_scrolled_window_get_hadjustment (pane->scroller));
  pane->drag_v = gtk_adjustment_get_value (gtk_scrolled_window_get_vadjustment (pane->scroller));
}

static void
on_drag_update (ZqViewerPane *pane, double dx, double dy, GtkGestureDrag *drag)
{
  double x, y;

  if (gtk_gesture_drag_get_start_point (drag, &x, &y) && zq_viewer_extend_selection (viewer_of (pane), x + dx, y + dy))
    return;
  gtk_adjustment_set_value (gtk_scrolled_window_get_hadjustment (pane->scroller), pane->drag_h - dx);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (pane->scroller), pane->drag_v - dy);
}

static void
on_pinch_begin (ZqViewer *self)
{
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    self->panes[i].pinch = shown_zoom (&self->panes[i]);
}

static void
on_pinch (ZqViewer *self, double scale)
{
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    if (is_shown (self, i) && self->panes[i].pinch > 0)
      scale_to (&self->panes[i], self->panes[i].pinch * scale);
  zq_viewer_sharpen (self);
}

static void
add_pane_gestures (ZqViewer *self, ZqViewerPane *pane)
{
  GtkWidget *scroller = GTK_WIDGET (pane->scroller);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (on_motion), pane);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), pane);
  gtk_widget_add_controller (scroller, motion);
  g_object_set_data (G_OBJECT (click), "pane", pane);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (scroller, GTK_EVENT_CONTROLLER (click));
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), pane);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), pane);
  gtk_widget_add_controller (GTK_WIDGET (pane->view), GTK_EVENT_CONTROLLER (drag));
}

void
zq_viewer_add_gestures (ZqViewer *self)
{
  GtkEventController *scrolling = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  gtk_event_controller_set_propagation_phase (scrolling, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scrolling, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), scrolling);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (pinch), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect_swapped (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), GTK_EVENT_CONTROLLER (pinch));
  for (guint i = 0; i < ZQ_VIEWER_N_PANES; i++)
    add_pane_gestures (self, &self->panes[i]);
}

void
zq_viewer_install_zoom (GtkWidgetClass *klass)
{
  static const struct
  {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_plus, "viewer.zoom-in" },          { GDK_KEY_equal, "viewer.zoom-in" },
    { GDK_KEY_KP_Add, "viewer.zoom-in" },        { GDK_KEY_minus, "viewer.zoom-out" },
    { GDK_KEY_KP_Subtract, "viewer.zoom-out" },  { GDK_KEY_0, "viewer.zoom-fit" },
    { GDK_KEY_KP_0, "viewer.zoom-fit" },         { GDK_KEY_1, "viewer.zoom-whole" },
    { GDK_KEY_KP_1, "viewer.zoom-whole" },       { GDK_KEY_bracketright, "viewer.turn-right" },
    { GDK_KEY_bracketleft, "viewer.turn-left" },
  };

  gtk_widget_class_install_action (klass, "viewer.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-fit", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.zoom-whole", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "viewer.turn-left", NULL, turn_action);
  gtk_widget_class_install_action (klass, "viewer.turn-right", NULL, turn_action);
  gtk_widget_class_install_action (klass, "viewer.scroll", "i", scroll_action);
  gtk_widget_class_install_action (klass, "viewer.page", "i", page_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, 0, keys[i].action, NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Up, 0, "viewer.scroll", "i", -1);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Down, 0, "viewer.scroll", "i", 1);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Page_Up, 0, "viewer.page", "i", -1);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Page_Down, 0, "viewer.page", "i", 1);
}
