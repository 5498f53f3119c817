/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visit/visits-page.h"

#include "rules/context.h"
#include "rules/visit-rules.h"
#include "store/changes.h"
#include "ui/visit/invite.h"
#include "ui/visit/visit-row.h"
#include "ui/visit/when.h"
#include "ui/widgets/ask-words.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DAY  (24 * 3600 * (gint64)G_USEC_PER_SEC)
#define MOST 400

struct _ZqVisitsPage
{
  GtkWidget parent_instance;

  /* borrowed */
  GtkStack *stack;
  GtkGridView *view;
  GtkLabel *arrived;
  GtkWidget *open, *thread, *move, *cancel, *no_show;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  GListStore *items;
  GtkSingleSelection *selection;

  int focus_frames; /* until the rows are there to be given the focus */
};

G_DEFINE_FINAL_TYPE (ZqVisitsPage, zq_visits_page, GTK_TYPE_WIDGET)

enum
{
  OPEN_VISIT,
  OPEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- rows --------------------------------------------------------------------------------------- */

static const ZqContext *
context (ZqVisitsPage *self)
{
  return zq_store_get_context (self->store);
}

static const ZqVisit *
selected (ZqVisitsPage *self)
{
  ZqVisitItem *item = gtk_single_selection_get_selected_item (self->selection);

  return item != NULL ? zq_visit_item_get (item) : NULL;
}

gint64
zq_visits_page_get_selected (ZqVisitsPage *self)
{
  const ZqVisit *visit = selected (self);

  return visit != NULL ? visit->key : 0;
}

static gint64
begin_of_day (ZqVisitsPage *self, gint64 now)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, context (self)->zone);
  g_autoptr (GDateTime) begun =
      g_date_time_new (context (self)->zone, g_date_time_get_year (local), g_date_time_get_month (local),
                       g_date_time_get_day_of_month (local), 0, 0, 0);

  return g_date_time_to_unix (begun) * G_USEC_PER_SEC;
}

static void
update_buttons (ZqVisitsPage *self)
{
  const ZqVisit *visit = selected (self);
  gboolean is_open = visit != NULL && visit->state <= ZQ_VISIT_IN_PROGRESS;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visits.open", is_open && visit->server_id != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visits.thread", visit != NULL && visit->consult != 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visits.move", is_open && visit->state < ZQ_VISIT_ARRIVED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visits.cancel", is_open && visit->state != ZQ_VISIT_IN_PROGRESS);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "visits.no-show",
                                 is_open && visit->state < ZQ_VISIT_ARRIVED &&
                                     visit->start < zq_ticker_get_now (self->ticker));
}

static void
update_arrived (ZqVisitsPage *self)
{
  guint n = 0;
  g_autofree char *words = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++)
    {
      g_autoptr (ZqVisitItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);

      n += zq_visit_item_get (item)->state == ZQ_VISIT_ARRIVED;
    }
  words = g_strdup_printf (ngettext ("%u patient is in the waiting room", "%u patients are in the waiting room", n), n);
  gtk_label_set_label (self->arrived, n > 0 ? words : _ ("Nobody is in the waiting room"));
}

/* All of them are few; the one that was selected stays so. */
static void
reload (ZqVisitsPage *self)
{
  gint64 now = zq_ticker_get_now (self->ticker), begun = begin_of_day (self, now);
  gint64 end = begun + zq_visit_rules_get (zq_context_get_policy (context (self)))->days_ahead * DAY;
  gint64 key = zq_visits_page_get_selected (self), last_day = 0;
  g_autoptr (GPtrArray) all =
      zq_visit_list (zq_store_get_main_db (self->store), context (self), begun, end, MOST, NULL);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint chosen = GTK_INVALID_LIST_POSITION, next = GTK_INVALID_LIST_POSITION;
  gboolean has_left;
  g_autoptr (GPtrArray) left =
      zq_visit_list_left_open (zq_store_get_main_db (self->store), context (self), begun, MOST, NULL);

  /* Before all others: whoever did not come, or was not ended, is nobody's any more at midnight else. */
  has_left = left != NULL && left->len > 0;
  if (left != NULL && all != NULL)
    {
      g_ptr_array_extend_and_steal (left, g_steal_pointer (&all));
      all = g_steal_pointer (&left);
    }
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const ZqVisit *visit = g_ptr_array_index (all, i);
      gint64 day = begin_of_day (self, visit->start);
      g_autofree char *date = day != last_day ? zq_words_day (visit->start, now, context (self)->zone) : NULL;
      /* Translators: a day on which a visit should have been that nobody has ended */
      g_autofree char *words =
          date != NULL && day < begun ? g_strdup_printf (_ ("%s, not ended"), date) : g_steal_pointer (&date);

      last_day = day;
      if (visit->key == key)
        chosen = i;
      if (next == GTK_INVALID_LIST_POSITION && visit->state <= ZQ_VISIT_IN_PROGRESS && day >= begun)
        next = i;
      g_ptr_array_add (items, zq_visit_item_new (zq_visit_copy (visit), words));
    }
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)), items->pdata, items->len);
  if (next == GTK_INVALID_LIST_POSITION && has_left)
    next = 0;
  gtk_single_selection_set_selected (self->selection, chosen != GTK_INVALID_LIST_POSITION ? chosen : next);
  gtk_stack_set_visible_child_name (self->stack, items->len > 0 ? "list" : "empty");
  update_arrived (self);
  update_buttons (self);
}

static void
on_changed (ZqVisitsPage *self, ZqChanges *changes)
{
  if (zq_changes_has (changes, "visit") || zq_changes_has (changes, "encounter") || zq_changes_has (changes, "patient"))
    reload (self);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, g_object_new (ZQ_TYPE_VISIT_ROW, NULL));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item, ZqVisitsPage *self)
{
  zq_visit_row_set_item (ZQ_VISIT_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item),
                         zq_ticker_get_now (self->ticker), context (self)->zone);
}

static void
on_activate (ZqVisitsPage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "visits.open", NULL);
}

/* --- what is done ------------------------------------------------------------------------------- */

static void
on_acted (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqVisitsPage) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_visit_act_finish (ZQ_STORE (object), result, &error))
    zq_toast_show (GTK_WIDGET (self), _ (error->message));
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);

  g_signal_emit (self, signals[OPEN_VISIT], 0, zq_visits_page_get_selected (self));
}

static void
thread_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);

  g_signal_emit (self, signals[OPEN], 0, selected (self)->consult);
}

static void
no_show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_NO_SHOW, .visit = zq_visits_page_get_selected (self) };

  zq_visit_act_async (self->store, &change, on_acted, g_object_ref (self));
}

typedef struct
{
  ZqVisitsPage *page; /* outlives the question, which stands in it */
  gint64 visit;
} Asked;

static void
on_why (const char *words, gpointer data)
{
  Asked *asked = data;
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_CANCEL, .visit = asked->visit, .code = "doctor", .words = words };

  zq_visit_act_async (asked->page->store, &change, on_acted, g_object_ref (asked->page));
}

static void
cancel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);
  Asked *asked = g_new0 (Asked, 1);

  asked->page = self;
  asked->visit = zq_visits_page_get_selected (self);
  zq_ask_words (self->cancel, _ ("Why it is cancelled: the patient reads this"), _ ("Cancel the Visit"), on_why, asked);
}

static void
on_moved (ZqVisitWhen *when, gint64 start, guint minutes, const char *reason, ZqVisitsPage *self)
{
  g_autofree char *message = zq_visit_moved_words (self->store, start);
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_MOVE,
                           .visit = GPOINTER_TO_SIZE (g_object_get_data (G_OBJECT (when), "zq-visit")),
                           .start = start,
                           .minutes = minutes,
                           .words = message };

  zq_visit_act_async (self->store, &change, on_acted, g_object_ref (self));
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);
  const ZqVisit *visit = selected (self);
  guint minutes = (guint)MAX (5, (visit->end - visit->start) / (60 * (gint64)G_USEC_PER_SEC));
  ZqVisitWhen *when = zq_visit_when_new (self->store, visit->key, visit->start, minutes, NULL, _ ("Move the Visit"));

  /* The one that is asked about, whatever is selected when it is answered. */
  g_object_set_data (G_OBJECT (when), "zq-visit", GSIZE_TO_POINTER ((gsize)visit->key));
  g_signal_connect_object (when, "chosen", G_CALLBACK (on_moved), self, 0);
  zq_visit_when_ask (when, self->move);
}

/* --- object ------------------------------------------------------------------------------------- */

static gboolean
on_focus_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (widget);
  gint64 key = zq_visits_page_get_selected (self);

  if (self->focus_frames-- > 0)
    return G_SOURCE_CONTINUE;
  for (GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (self->view)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *row = gtk_widget_get_first_child (cell);

      if (ZQ_IS_VISIT_ROW (row) && zq_visit_row_get_key (ZQ_VISIT_ROW (row)) == key && gtk_widget_grab_focus (cell))
        return G_SOURCE_REMOVE;
    }
  gtk_widget_child_focus (GTK_WIDGET (self->view), GTK_DIR_TAB_FORWARD);

  return G_SOURCE_REMOVE;
}

/* To the one that is selected; a list that was just filled has rows only when it has been laid out. */
void
zq_visits_page_focus (ZqVisitsPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  self->focus_frames = 2;
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, const char *tooltip, const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (GTK_BOX (box), button);

  return button;
}

static GtkWidget *
make_list (ZqVisitsPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_add_css_class (bar, "toolbar");
  self->arrived = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->arrived, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->arrived), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->arrived), "heading");
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (self->arrived));
  self->open = add_button (bar, _ ("_Begin"), _ ("Go to the waiting room (Enter)"), "visits.open");
  gtk_widget_add_css_class (self->open, "suggested-action");
  self->thread = add_button (bar, _ ("C_onversation"), _ ("The consultation (O)"), "visits.thread");
  self->no_show = add_button (bar, _ ("_No-Show"), _ ("The patient did not come (N)"), "visits.no-show");
  self->move = add_button (bar, _ ("_Move…"), _ ("To another time (M)"), "visits.move");
  self->cancel = add_button (bar, _ ("_Cancel…"), _ ("Cancel the visit (C)"), "visits.cancel");
  gtk_box_append (GTK_BOX (box), bar);

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  self->items = g_list_store_new (ZQ_TYPE_VISIT_ITEM);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  g_signal_connect_object (self->selection, "notify::selected", G_CALLBACK (update_buttons), self, G_CONNECT_SWAPPED);
  /* A GtkListView makes some two hundred rows whatever is in sight. */
  self->view = GTK_GRID_VIEW (gtk_grid_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory));
  gtk_grid_view_set_max_columns (self->view, 1);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "visits");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Video visits"), -1);
  g_signal_connect_object (self->view, "activate", G_CALLBACK (on_activate), self, G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (self->view));
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (box), scrolled);

  return box;
}

ZqVisitsPage *
zq_visits_page_new (ZqStore *store, ZqTicker *ticker)
{
  ZqVisitsPage *self = g_object_new (ZQ_TYPE_VISITS_PAGE, NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "notify::now", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  reload (self);

  return self;
}

static void
zq_visits_page_dispose (GObject *object)
{
  ZqVisitsPage *self = ZQ_VISITS_PAGE (object);

  if (self->stack != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->stack));
  self->stack = NULL;
  g_clear_object (&self->selection);
  g_clear_object (&self->items);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (zq_visits_page_parent_class)->dispose (object);
}

static void
zq_visits_page_class_init (ZqVisitsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_visits_page_dispose;
  signals[OPEN_VISIT] = g_signal_new ("open-visit", ZQ_TYPE_VISITS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[OPEN] =
      g_signal_new ("open", ZQ_TYPE_VISITS_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "visits.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "visits.thread", NULL, thread_action);
  gtk_widget_class_install_action (widget_class, "visits.no-show", NULL, no_show_action);
  gtk_widget_class_install_action (widget_class, "visits.move", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "visits.cancel", NULL, cancel_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, 0, "visits.open", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_o, 0, "visits.thread", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_n, 0, "visits.no-show", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m, 0, "visits.move", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, 0, "visits.cancel", NULL);
}

static void
zq_visits_page_init (ZqVisitsPage *self)
{
  GtkWidget *empty = adw_status_page_new ();

  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  gtk_stack_add_named (self->stack, make_list (self), "list");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "camera-video-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("No Visits in the Next Days"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty),
                                   _ ("Invite a patient from a consultation: open it and press V."));
  gtk_stack_add_named (self->stack, empty, "empty");
}
