/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-private.h"

#include "ui/consult/inbox-row.h"
#include "ui/widgets/spare.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

/* Of a row, in pixels, before one was measured. */
#define USUAL_HEIGHT 72

enum
{
  PROP_SELECTED = 1,
  PROP_N_WAITING,
  PROP_N_MARKED,
  PROP_PROGRESS,
  N_PROPS,
};

enum
{
  OPEN,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqInbox, zq_inbox, GTK_TYPE_WIDGET)

static const struct
{
  const char *name;
  const char *empty;
} views[ZQ_N_VIEWS] = {
  [ZQ_VIEW_WAITING_FOR_ME] = { N_ ("For me"), N_ ("Nobody Waits for You") },
  [ZQ_VIEW_URGENT] = { N_ ("Urgent"), N_ ("Nothing Is Urgent") },
  [ZQ_VIEW_OVERDUE] = { N_ ("Overdue"), N_ ("Nothing Is Overdue") },
  [ZQ_VIEW_RESULTS] = { N_ ("With results"), N_ ("No Results Came With a Consultation") },
  [ZQ_VIEW_WAITING_FOR_PATIENT] = { N_ ("For patient"), N_ ("No Answers Are Awaited") },
  [ZQ_VIEW_POOL] = { N_ ("Pool"), N_ ("The Department's Pool Is Empty") },
  [ZQ_VIEW_CLOSED] = { N_ ("Closed"), N_ ("Nothing Is Closed Yet") },
};

static guint
n_rows (ZqInbox *self)
{
  return self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

/* --- what is shown ---------------------------------------------------------------------------- */

/* Nobody is told that nothing waits before the hospital was asked. */
static void
show_empty (ZqInbox *self)
{
  const ZqContext *context = zq_store_get_context (self->store);
  g_autofree char *when = NULL, *words = NULL;

  if (self->last_synced == 0)
    {
      adw_status_page_set_title (self->empty, _ ("Nothing Fetched Yet"));
      adw_status_page_set_description (self->empty, _ ("Consultations come as soon as the hospital can be reached"));
      return;
    }
  when = zq_words_day_clock (self->last_synced, zq_ticker_get_now (self->ticker), context->zone);
  /* Translators: %s is the time of the last sync: so it was then */
  words = g_strdup_printf (_ ("As of %s"), when);
  adw_status_page_set_title (self->empty, _ (views[self->shown].empty));
  adw_status_page_set_description (self->empty, words);
}

static void
show_place (ZqInbox *self)
{
  if (n_rows (self) > 0)
    gtk_stack_set_visible_child_name (self->stack, "list");
  else if (self->progress >= 0)
    gtk_stack_set_visible_child_name (self->stack, "filling");
  else
    {
      show_empty (self);
      gtk_stack_set_visible_child_name (self->stack, "empty");
    }
}

static void
show_counts (ZqInbox *self)
{
  g_autoptr (GError) error = NULL;

  if (!zq_consult_count_views (zq_store_get_main_db (self->store), self->counts, &error))
    {
      g_warning ("counts of the inbox: %s", error->message);
      return;
    }
  for (guint i = 0; i < ZQ_N_VIEWS; i++)
    {
      g_autofree char *count = g_strdup_printf ("%u", self->counts[i]);
      /* Translators: name of a view of the inbox, and how many stand in it */
      g_autofree char *label = g_strdup_printf (_ ("%1$s, %2$u"), _ (views[i].name), self->counts[i]);

      gtk_label_set_label (self->chip[i].count, count);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->chip[i].button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      if (self->counts[i] == 0)
        gtk_widget_add_css_class (GTK_WIDGET (self->chip[i].button), "zero");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->chip[i].button), "zero");
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_WAITING]);
}

static void
show_news (ZqInbox *self)
{
  g_autofree char *label = NULL;
  guint n_new = 0;

  g_object_get (self->list, "n-new", &n_new, NULL);
  if (n_new > 0)
    {
      label = g_strdup_printf (ngettext ("%u new consultation", "%u new consultations", n_new), n_new);
      gtk_button_set_label (self->news, label);
    }
  gtk_revealer_set_reveal_child (self->news_revealer, n_new > 0);
}

static void
on_store_changed (ZqInbox *self, ZqChanges *changes)
{
  if (zq_changes_has (changes, "consult"))
    show_counts (self);
}

/* --- selection -------------------------------------------------------------------------------- */

gint64
zq_inbox_get_selected (ZqInbox *self)
{
  return self->selection != NULL ? zq_inbox_selection_get_current (self->selection) : 0;
}

static void
show_open (ZqInbox *self, GtkWidget *item)
{
  GtkWidget *row = gtk_widget_get_first_child (item);

  if (ZQ_IS_INBOX_ROW (row))
    zq_inbox_row_set_open (ZQ_INBOX_ROW (row), zq_inbox_get_selected (self));
}

/* The rows on the screen only: a few dozen. */
static void
on_selected (ZqInbox *self)
{
  GtkWidget *item;

  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    show_open (self, item);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_n_marked (ZqInbox *self)
{
  zq_inbox_show_marks (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MARKED]);
}

static gboolean
is_in_view (GtkWidget *widget, GtkWidget *view)
{
  return widget != NULL && (widget == view || gtk_widget_is_ancestor (widget, view));
}

/* A row has a widget only after the list has scrolled to it. */
static gboolean
on_focus_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqInbox *self = ZQ_INBOX (widget);
  gint64 selected = zq_inbox_get_selected (self);
  GtkWidget *item;

  self->focus_tick = 0;
  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);

      if (ZQ_IS_INBOX_ROW (row) && zq_inbox_row_get_key (ZQ_INBOX_ROW (row)) == selected)
        {
          gtk_widget_grab_focus (item);
          break;
        }
    }
  return G_SOURCE_REMOVE;
}

static void
focus_later (ZqInbox *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  /* Who reads the thread keeps the focus there. */
  if (focus != NULL && !is_in_view (focus, GTK_WIDGET (self)))
    return;
  if (self->focus_tick == 0)
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

/* By the list's own action, so that a range with Shift begins here. */
static void
select_position (ZqInbox *self, guint position)
{
  zq_inbox_selection_set_keep_marks (self->selection, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.select-item", "(ubb)", position, FALSE, FALSE);
  zq_inbox_selection_set_keep_marks (self->selection, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  focus_later (self);
}

void
zq_inbox_focus (ZqInbox *self)
{
  guint position =
      self->selection != NULL ? zq_inbox_selection_get_position (self->selection) : GTK_INVALID_LIST_POSITION;

  if (position == GTK_INVALID_LIST_POSITION)
    {
      gtk_widget_child_focus (n_rows (self) > 0 ? GTK_WIDGET (self->view) : GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", position);
  if (self->focus_tick == 0)
    self->focus_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

gboolean
zq_inbox_step (ZqInbox *self, int by)
{
  guint n = n_rows (self), position;

  if (n == 0)
    return FALSE;
  position = zq_inbox_selection_get_position (self->selection);
  if (position == GTK_INVALID_LIST_POSITION)
    position = by > 0 ? 0 : n - 1;
  else if ((by < 0 && position == 0) || (by > 0 && position + 1 >= n))
    return FALSE;
  else
    position += by;
  select_position (self, position);
  return TRUE;
}

gboolean
zq_inbox_step_to_next (ZqInbox *self)
{
  gint64 left = zq_inbox_get_selected (self);

  if (n_rows (self) == 0 || (n_rows (self) == 1 && left != 0))
    zq_inbox_show_new (self);
  if (zq_inbox_step (self, 1))
    return TRUE;
  if (n_rows (self) == 0 || zq_list_get_key (self->list, 0) == left)
    return FALSE;
  select_position (self, 0);
  return TRUE;
}

gboolean
zq_inbox_select (ZqInbox *self, gint64 key)
{
  guint position;

  if (self->list == NULL)
    return FALSE;
  if (key == 0 || !zq_list_find (self->list, key, &position))
    {
      zq_inbox_selection_set_current (self->selection, key);
      return FALSE;
    }
  if (zq_inbox_get_selected (self) != key)
    select_position (self, position);
  return TRUE;
}

static void
emit_open (ZqInbox *self)
{
  if (zq_inbox_get_selected (self) != 0)
    g_signal_emit (self, signals[OPEN], 0);
}

static void
on_activate (ZqInbox *self, guint position)
{
  gtk_widget_activate_action (GTK_WIDGET (self->view), "list.select-item", "(ubb)", position, FALSE, FALSE);
  emit_open (self);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  emit_open (ZQ_INBOX (widget));
}

static void
on_news_clicked (ZqInbox *self)
{
  zq_inbox_show_new (self);
}

/* --- views ------------------------------------------------------------------------------------ */

static void
on_chip_toggled (GtkToggleButton *button, ZqInbox *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < ZQ_N_VIEWS; i++)
    if (self->chip[i].button == button)
      zq_inbox_set_view (self, i);
}

static void
make_chip (ZqInbox *self, ZqView view)
{
  ZqInboxChip *chip = &self->chip[view];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  chip->button = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  chip->name = GTK_LABEL (gtk_label_new (_ (views[view].name)));
  chip->count = GTK_LABEL (gtk_label_new ("0"));
  gtk_label_set_ellipsize (chip->name, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (chip->count), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (chip->count), "count");
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (chip->name));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (chip->count));
  gtk_button_set_child (GTK_BUTTON (chip->button), box);
  gtk_widget_add_css_class (GTK_WIDGET (chip->button), "chip");
  if (view == ZQ_VIEW_OVERDUE || view == ZQ_VIEW_URGENT)
    gtk_widget_add_css_class (GTK_WIDGET (chip->button), "alarming");
  if (view > 0)
    gtk_toggle_button_set_group (chip->button, self->chip[0].button);
  g_signal_connect (chip->button, "toggled", G_CALLBACK (on_chip_toggled), self);
  gtk_flow_box_append (self->chips, GTK_WIDGET (chip->button));
  gtk_widget_set_focusable (gtk_widget_get_parent (GTK_WIDGET (chip->button)), FALSE);
}

void
zq_inbox_set_view (ZqInbox *self, ZqView view)
{
  gint64 selected = zq_inbox_get_selected (self);

  if (self->shown == view || self->list == NULL)
    return;
  zq_inbox_clear_marks (self);
  self->shown = view;
  gtk_toggle_button_set_active (self->chip[view].button, TRUE);
  zq_consult_list_set_view (self->list, view);
  show_place (self);
  if (selected != 0)
    zq_inbox_select (self, selected);
}

ZqView
zq_inbox_get_view (ZqInbox *self)
{
  return self->shown;
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
on_setup (ZqInbox *self, GtkListItem *item)
{
  const ZqContext *context = zq_store_get_context (self->store);
  ZqInboxRow *row;

  if (zq_spare_take (self->spare, item))
    return;
  row = zq_inbox_row_new (context->zone, self->row_height);
  g_object_bind_property (self->ticker, "now", row, "now", G_BINDING_SYNC_CREATE);
  gtk_list_item_set_child (item, GTK_WIDGET (row));
}

static void
on_bind (ZqInbox *self, GtkListItem *item)
{
  ZqInboxRow *row = ZQ_INBOX_ROW (gtk_list_item_get_child (item));

  zq_inbox_row_set_row (row, gtk_list_item_get_item (item));
  gtk_widget_queue_allocate (GTK_WIDGET (self->view));
  zq_inbox_row_set_open (row, zq_inbox_get_selected (self));
}

static void
on_unbind (ZqInbox *self, GtkListItem *item)
{
  zq_inbox_row_set_row (ZQ_INBOX_ROW (gtk_list_item_get_child (item)), NULL);
}

/* All are as high as the first that was shown. */
static void
take_height (ZqInbox *self, GtkWidget *row)
{
  GtkWidget *item;
  int height;

  gtk_widget_measure (row, GTK_ORIENTATION_VERTICAL, gtk_widget_get_width (GTK_WIDGET (self->view)), NULL, &height,
                      NULL, NULL);
  if (height == self->row_height)
    return;
  self->row_height = height;
  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    if (ZQ_IS_INBOX_ROW (gtk_widget_get_first_child (item)))
      zq_inbox_row_set_height (ZQ_INBOX_ROW (gtk_widget_get_first_child (item)), height);
}

/* Rows stand where they will be painted: those in sight are filled, and laid out once more in the same frame. */
static void
on_laid_out (ZqInbox *self)
{
  GtkWidget *view = GTK_WIDGET (self->view), *item, *filled = NULL;
  int height = gtk_widget_get_height (view);

  if (!gtk_widget_get_mapped (view))
    return;
  for (item = gtk_widget_get_first_child (view); item; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *row = gtk_widget_get_first_child (item);
      graphene_rect_t bounds;

      /* Those out of sight have no place. */
      if (!ZQ_IS_INBOX_ROW (row) || zq_inbox_row_is_shown (ZQ_INBOX_ROW (row)) || gtk_widget_get_height (row) == 0 ||
          !gtk_widget_compute_bounds (item, view, &bounds) || bounds.origin.y > height ||
          bounds.origin.y + bounds.size.height < 0)
        continue;
      /* Blanks cost nothing to make. */
      if (!zq_inbox_row_has_parts (ZQ_INBOX_ROW (row)))
        zq_spare_add (self->spare, row);
      zq_inbox_row_show (ZQ_INBOX_ROW (row));
      filled = row;
    }
  if (filled != NULL)
    take_height (self, filled);
}

static void
zq_inbox_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_inbox_parent_class)->realize (widget);
  ZQ_INBOX (widget)->laid_out_id =
      g_signal_connect_object (gtk_widget_get_frame_clock (widget), "layout", G_CALLBACK (on_laid_out), widget,
                               G_CONNECT_AFTER | G_CONNECT_SWAPPED);
}

static void
zq_inbox_unrealize (GtkWidget *widget)
{
  g_clear_signal_handler (&ZQ_INBOX (widget)->laid_out_id, gtk_widget_get_frame_clock (widget));
  GTK_WIDGET_CLASS (zq_inbox_parent_class)->unrealize (widget);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_inbox_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqInbox *self = ZQ_INBOX (object);

  if (id == PROP_SELECTED)
    g_value_set_int64 (value, zq_inbox_get_selected (self));
  else if (id == PROP_N_WAITING)
    g_value_set_uint (value, self->counts[ZQ_VIEW_WAITING_FOR_ME]);
  else if (id == PROP_N_MARKED)
    g_value_set_uint (value, zq_inbox_get_n_marked (self));
  else
    g_value_set_double (value, self->progress);
}

static void
zq_inbox_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqInbox *self = ZQ_INBOX (object);

  self->progress = g_value_get_double (value);
  gtk_progress_bar_set_fraction (self->progress_bar, CLAMP (self->progress, 0, 1));
  if (self->list != NULL)
    show_place (self);
}

/* As narrow as its parts allow, however many chips would fit beside each other. */
static void
zq_inbox_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  gtk_widget_measure (ZQ_INBOX (widget)->box, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = *minimum;
}

static void
zq_inbox_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  gtk_widget_allocate (ZQ_INBOX (widget)->box, width, height, baseline, NULL);
}

static GtkSizeRequestMode
zq_inbox_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
zq_inbox_dispose (GObject *object)
{
  ZqInbox *self = ZQ_INBOX (object);

  if (self->store != NULL)
    g_clear_signal_handler (&self->changed_id, self->store);
  if (self->focus_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->focus_tick);
  self->focus_tick = 0;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->spare, g_ptr_array_unref);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_inbox_parent_class)->dispose (object);
}

static void
zq_inbox_class_init (ZqInboxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = zq_inbox_get_property;
  object_class->set_property = zq_inbox_set_property;
  object_class->dispose = zq_inbox_dispose;
  widget_class->measure = zq_inbox_measure;
  widget_class->realize = zq_inbox_realize;
  widget_class->unrealize = zq_inbox_unrealize;
  widget_class->size_allocate = zq_inbox_size_allocate;
  widget_class->get_request_mode = zq_inbox_get_request_mode;

  properties[PROP_SELECTED] =
      g_param_spec_int64 ("selected", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_WAITING] =
      g_param_spec_uint ("n-waiting", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_MARKED] =
      g_param_spec_uint ("n-marked", NULL, NULL, 0, ZQ_INBOX_MOST_MARKED, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROGRESS] =
      g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[OPEN] =
      g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "inbox.open", NULL, open_action);
  zq_inbox_install_marks (widget_class);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/inbox.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, box);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, chips);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, news_revealer);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, news);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, stack);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, view);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, empty);
  gtk_widget_class_bind_template_child_full (widget_class, "progress", FALSE, G_STRUCT_OFFSET (ZqInbox, progress_bar));
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, marks_revealer);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, n_marked);
  gtk_widget_class_bind_template_child (widget_class, ZqInbox, marks_actions);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_news_clicked);
}

static void
zq_inbox_init (ZqInbox *self)
{
  self->progress = -1;
  self->row_height = USUAL_HEIGHT;
  self->spare = zq_spare_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < ZQ_N_VIEWS; i++)
    make_chip (self, i);
  gtk_toggle_button_set_active (self->chip[ZQ_VIEW_WAITING_FOR_ME].button, TRUE);
}

static void
make_factory (ZqInbox *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, G_CONNECT_SWAPPED);
  gtk_grid_view_set_factory (self->view, factory);
}

void
zq_inbox_set_store (ZqInbox *self, ZqStore *store, ZqTicker *ticker)
{
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  self->changed_id = g_signal_connect_swapped (store, "changed", G_CALLBACK (on_store_changed), self);
  self->list = zq_consult_list_new (store, self->shown);
  g_signal_connect_object (self->list, "notify::n-new", G_CALLBACK (show_news), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (show_place), self, G_CONNECT_SWAPPED);

  self->selection = zq_inbox_selection_new (self->list);
  g_signal_connect_object (self->selection, "notify::current", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "notify::n-marked", G_CALLBACK (on_n_marked), self, G_CONNECT_SWAPPED);
  make_factory (self);
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  show_counts (self);
  show_place (self);
}

void
zq_inbox_set_synced (ZqInbox *self, gint64 last_synced)
{
  if (self->last_synced == last_synced || self->list == NULL)
    return;
  self->last_synced = last_synced;
  show_place (self);
}

void
zq_inbox_keep (ZqInbox *self, gint64 key)
{
  if (self->list != NULL)
    zq_list_keep (self->list, key);
}

void
zq_inbox_set_hold (ZqInbox *self, gboolean hold)
{
  if (self->list == NULL)
    return;
  zq_list_set_hold (self->list, hold);
  if (!hold)
    zq_list_show_new (self->list);
}

void
zq_inbox_show_new (ZqInbox *self)
{
  if (self->list == NULL)
    return;
  zq_list_show_new (self->list);
  gtk_revealer_set_reveal_child (self->news_revealer, FALSE);
}

gboolean
zq_inbox_has_rows (ZqInbox *self)
{
  g_autoptr (GObject) first = NULL;
  gboolean loaded = FALSE;

  if (n_rows (self) == 0)
    return FALSE;
  first = g_list_model_get_item (G_LIST_MODEL (self->list), 0);
  g_object_get (first, "loaded", &loaded, NULL);
  return loaded && gtk_widget_get_first_child (GTK_WIDGET (self->view)) != NULL;
}

GListModel *
zq_inbox_get_list (ZqInbox *self)
{
  return self->list != NULL ? G_LIST_MODEL (self->list) : NULL;
}
