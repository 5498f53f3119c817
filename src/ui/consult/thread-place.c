/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/thread-private.h"

#define SETTLE_FRAMES 6
#define PLACES        2
#define FOUND         (2 * G_USEC_PER_SEC)

/* Rows of the first frame: as many as the page has room for, if they are as low as this. */
#define LOW_ROW    64
#define FEW_ROWS   8
#define ROWS_ABOVE 2
/* Rows that are made for one frame more. */
#define PORTION 4
/* As many as the view makes at most: what else there is costs it nothing. */
#define MANY_ROWS 220
/* Frames until a thread that is still being read shows its beginning. */
#define PATIENCE 20

/* --- which rows there are --------------------------------------------------------------------- */

static gboolean
on_grow_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqThread *self = ZQ_THREAD (widget);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->slice));

  if (self->grows && n >= MANY_ROWS)
    zq_thread_slice_show_all (self->slice);
  else if (self->grows && zq_thread_slice_grow (self->slice, PORTION))
    return G_SOURCE_CONTINUE;
  else if (!self->grows)
    {
      self->grows = TRUE;
      return G_SOURCE_CONTINUE;
    }
  self->grow_tick = 0;
  return G_SOURCE_REMOVE;
}

/* The frame after the next one, and those that follow, make the others. */
static void
grow_later (ZqThread *self)
{
  self->grows = FALSE;
  if (self->grow_tick == 0 && !zq_thread_slice_is_all (self->slice))
    self->grow_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_grow_tick, NULL, NULL);
}

static void
show_around (ZqThread *self, guint target, gboolean at_start)
{
  guint n = zq_thread_n_messages (self), height = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  guint most = MAX (height / LOW_ROW + ROWS_ABOVE, FEW_ROWS);
  guint end = at_start ? MIN (n, target - MIN (target, ROWS_ABOVE) + most) : n;

  zq_thread_slice_set (self->slice, end - MIN (end, most), end);
  grow_later (self);
}

/* --- going to a message ----------------------------------------------------------------------- */

static void
scroll_to (ZqThread *self, guint position)
{
  guint place;

  if (zq_thread_slice_find (self->slice, position, &place))
    gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", place);
}

static void
scroll_to_end (ZqThread *self)
{
  GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->scroller);

  scroll_to (self, zq_thread_n_messages (self) - 1);
  gtk_adjustment_set_value (v, gtk_adjustment_get_upper (v));
}

gboolean
zq_thread_get_foot (ZqThread *self, GtkWidget *item, float *foot)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (item) || !gtk_widget_compute_bounds (item, GTK_WIDGET (self->scroller), &bounds))
    return FALSE;
  *foot = bounds.origin.y + bounds.size.height;
  return TRUE;
}

/* NULL: it is not drawn. */
static GtkWidget *
find_item (ZqThread *self, gint64 key)
{
  GtkWidget *item;

  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *bubble = gtk_widget_get_first_child (item);
      ZqMessage *message = ZQ_IS_BUBBLE (bubble) ? zq_bubble_get_message (ZQ_BUBBLE (bubble)) : NULL;

      if (message != NULL && zq_message_get_key (message) == key && gtk_widget_get_mapped (item))
        return item;
    }
  return NULL;
}

/* The list itself only brings a row in, at the nearer edge. */
static void
scroll_head (ZqThread *self, guint position)
{
  GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->scroller);
  GtkWidget *item = find_item (self, zq_list_get_key (self->list, position));
  float foot;

  if (item != NULL && zq_thread_get_foot (self, item, &foot))
    gtk_adjustment_set_value (v, gtk_adjustment_get_value (v) + foot - gtk_widget_get_height (item));
  else
    scroll_to (self, position);
}

static void
take_place (ZqThread *self)
{
  if (self->at_start && self->target < zq_thread_n_messages (self))
    scroll_head (self, self->target);
  else
    scroll_to_end (self);
}

/* Rows have their heights: the frame that is painted next shows them where they belong. */
void
zq_thread_on_laid_out (ZqThread *self)
{
  if (self->n_places == 0 || zq_thread_n_messages (self) == 0 || !gtk_widget_get_mapped (GTK_WIDGET (self->view)))
    return;
  self->n_places--;
  take_place (self);
}

/* Heights are estimates until rows are drawn: the place is taken again for a few frames. */
static gboolean
on_settle (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqThread *self = ZQ_THREAD (widget);
  guint n = zq_thread_n_messages (self);

  if (n == 0 || self->frames == 0)
    {
      self->tick = 0;
      zq_thread_look_later (self);
      zq_thread_settle (self);
      return G_SOURCE_REMOVE;
    }
  self->frames--;
  take_place (self);
  return G_SOURCE_CONTINUE;
}

void
zq_thread_go_to (ZqThread *self, guint target, gboolean at_start)
{
  guint place;

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  if (!self->is_settled)
    show_around (self, target, at_start);
  else if (!zq_thread_slice_find (self->slice, target, &place))
    zq_thread_slice_show_all (self->slice);
  self->n_places = PLACES;
  self->target = target;
  self->at_start = at_start;
  self->frames = SETTLE_FRAMES;
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_settle, NULL, NULL);
}

void
zq_thread_mark_bubble (ZqThread *self, ZqBubble *bubble, gint64 key)
{
  zq_bubble_set_sought (bubble, self->sought);
  zq_bubble_set_first_new (bubble, self->first_new != 0 && key == self->first_new);
  if (self->found != 0 && key == self->found)
    gtk_widget_add_css_class (GTK_WIDGET (bubble), "found");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (bubble), "found");
}

static void
mark_bubbles (ZqThread *self)
{
  GtkWidget *item;

  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *bubble = gtk_widget_get_first_child (item);
      ZqMessage *message = ZQ_IS_BUBBLE (bubble) ? zq_bubble_get_message (ZQ_BUBBLE (bubble)) : NULL;

      if (message != NULL)
        zq_thread_mark_bubble (self, ZQ_BUBBLE (bubble), zq_message_get_key (message));
    }
}

static void
on_found_for_long (gpointer data)
{
  ZqThread *self = data;

  self->found_alarm = 0;
  self->found = 0;
  mark_bubbles (self);
}

/* FALSE: it is not in the thread. */
static gboolean
show_found (ZqThread *self)
{
  guint position;

  if (!zq_list_find (self->list, self->found, &position))
    return FALSE;
  mark_bubbles (self);
  zq_thread_go_to (self, position, TRUE);
  zq_clock_clear (self->clock, &self->found_alarm);
  self->found_alarm = zq_clock_alarm_in (self->clock, FOUND, on_found_for_long, self);
  return TRUE;
}

static void
take_first_place (ZqThread *self)
{
  guint position = 0;

  self->opened = TRUE;
  self->n_known = zq_thread_n_messages (self);
  if (self->found != 0 && show_found (self))
    return;
  if (self->first_new != 0 && zq_list_find (self->list, self->first_new, &position))
    zq_thread_go_to (self, position, TRUE);
  else
    zq_thread_go_to (self, self->n_known - 1, FALSE);
}

static gboolean
on_opening (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqThread *self = ZQ_THREAD (widget);

  if (zq_thread_n_messages (self) > 0 && !zq_list_is_complete (self->list))
    {
      if (++self->frames == PATIENCE)
        zq_thread_slice_show_all (self->slice);
      return G_SOURCE_CONTINUE;
    }
  self->tick = 0;
  if (zq_thread_n_messages (self) > 0)
    take_first_place (self);
  return G_SOURCE_REMOVE;
}

void
zq_thread_start_opening (ZqThread *self)
{
  if (self->tick != 0 || self->opened || zq_thread_n_messages (self) == 0)
    return;
  if (zq_list_is_complete (self->list))
    {
      take_first_place (self);
      return;
    }
  self->frames = 0;
  self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_opening, NULL, NULL);
}

void
zq_thread_set_sought (ZqThread *self, const char *words)
{
  g_free (self->sought);
  self->sought = g_strdup (words);
  mark_bubbles (self);
}

/* --- by keys and clicks ------------------------------------------------------------------------ */

/* A message that is higher than the page, whose head has been gone to. */
static gboolean
is_half_shown (ZqThread *self, guint position)
{
  float height = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  GtkWidget *item = find_item (self, zq_list_get_key (self->list, position));
  float foot;

  return item != NULL && zq_thread_get_foot (self, item, &foot) && foot > height &&
         foot - gtk_widget_get_height (item) < height / 4;
}

void
zq_thread_show_unseen (ZqThread *self)
{
  guint n = zq_thread_n_messages (self), first;

  if (n == 0)
    return;
  if (zq_thread_find_unseen (self, &first) == 0)
    {
      self->n_known = n;
      zq_thread_show_news (self, 0, FALSE);
      zq_thread_go_to (self, n - 1, FALSE);
    }
  else if (is_half_shown (self, first))
    zq_thread_page_down (self);
  else if (self->opened)
    zq_thread_go_to (self, first, TRUE);
}

void
zq_thread_show_message (ZqThread *self, gint64 key)
{
  if (self->list == NULL)
    return;
  self->found = key;
  /* Else it is where the thread opens. */
  if (self->opened && !show_found (self))
    self->found = 0;
}

void
zq_thread_page_down (ZqThread *self)
{
  GtkAdjustment *v = gtk_scrolled_window_get_vadjustment (self->scroller);
  double page = gtk_adjustment_get_page_size (v);

  /* The line that was last stays in sight. */
  gtk_adjustment_set_value (v, gtk_adjustment_get_value (v) + MAX (page - 48, page / 2));
}

int
zq_thread_get_room (ZqThread *self)
{
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (self->view));
  int height = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  guint n = zq_thread_n_messages (self);
  float foot;

  if (n == 0)
    return height;
  if (last == NULL || !zq_thread_slice_is_all (self->slice) || zq_thread_newest_in_sight (self, FALSE) < n ||
      !zq_thread_get_foot (self, last, &foot))
    return 0;
  return MAX (0, height - (int)foot);
}

/* --- the focus --------------------------------------------------------------------------------- */

void
zq_thread_lend_focus (ZqThread *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || self->view == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    return;
  self->had_focus = TRUE;
  gtk_root_set_focus (root, NULL);
}

/* The newest message that is whole on the screen: the page does not move for it. NULL: none is. */
static GtkWidget *
find_whole (ZqThread *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self->scroller));
  GtkWidget *item, *whole = NULL;
  float foot, lowest = 0;

  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    if (zq_thread_get_foot (self, item, &foot) && foot > lowest && foot <= height + 1 &&
        foot - gtk_widget_get_height (item) >= -1)
      {
        lowest = foot;
        whole = item;
      }
  return whole;
}

gboolean
zq_thread_grab_focus (ZqThread *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *whole = find_whole (self);

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view)))
    return TRUE;
  return gtk_widget_grab_focus (whole != NULL ? whole : GTK_WIDGET (self->view));
}

void
zq_thread_return_focus (ZqThread *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->had_focus && root != NULL && gtk_root_get_focus (root) == NULL)
    zq_thread_grab_focus (self);
  self->had_focus = FALSE;
}
