/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/patient/record-page-private.h"

#include "clinic/document/file-row.h"
#include "clinic/patient/patient.h"
#include "rules/context.h"
#include "ui/patient/record-content.h"
#include "ui/patient/record-item-widget.h"
#include "ui/patient/record-summary.h"
#include "ui/patient/record-words.h"
#include "ui/viewer/save-file.h"
#include "ui/widgets/toast.h"
#include "ui/widgets/words.h"

#include <glib/gi18n.h>

#define MOST_PICTURES 500

enum
{
  CLOSE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqRecordPage, zq_record_page, GTK_TYPE_WIDGET)

ZqDb *
zq_record_page_get_db (ZqRecordPage *self)
{
  return zq_store_get_main_db (self->store);
}

GTimeZone *
zq_record_page_get_zone (ZqRecordPage *self)
{
  const ZqContext *context = zq_store_get_context (self->store);

  return context->zone;
}

static ZqPolicy *
get_policy (ZqRecordPage *self)
{
  return zq_context_get_policy (zq_store_get_context (self->store));
}

/* --- what holds now ----------------------------------------------------------------------------- */

static void
show_summary (ZqRecordPage *self)
{
  g_autofree char *all = zq_record_summary (zq_record_page_get_db (self), self->patient,
                                            zq_ticker_get_now (self->ticker), zq_record_page_get_zone (self));

  gtk_label_set_label (self->summary, all);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->summary), all);
  gtk_widget_set_visible (GTK_WIDGET (self->summary), *all != '\0');
}

/* --- the list ----------------------------------------------------------------------------------- */

static void
show_place (ZqRecordPage *self)
{
  gboolean empty = self->list != NULL && zq_list_is_complete (self->list) &&
                   g_list_model_get_n_items (G_LIST_MODEL (self->list)) == 0;
  gboolean sought = *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0';

  gtk_stack_set_visible_child_name (self->places, empty ? "empty" : "list");
  adw_status_page_set_title (self->nothing, sought ? _ ("Nothing Found") : _ ("Nothing on Record"));
  adw_status_page_set_description (self->nothing, sought ? _ ("No item of this record has these words")
                                                         : _ ("The hospital has sent nothing of this kind yet"));
}

static void
set_list (ZqRecordPage *self)
{
  g_autoptr (GtkSingleSelection) selection = NULL;
  g_autoptr (ZqList) list = NULL;

  self->opened = 0;
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->list);
  if (self->patient == 0)
    {
      zq_arrivals_set_list (self->arrivals, NULL);
      gtk_grid_view_set_model (self->view, NULL);
      return;
    }
  list =
      zq_record_list_new (self->store, self->patient, self->kind, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_signal_connect_swapped (list, "items-changed", G_CALLBACK (show_place), self);
  g_signal_connect_swapped (list, "notify::complete", G_CALLBACK (show_place), self);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (list)));
  self->list = g_steal_pointer (&list);
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  zq_arrivals_set_list (self->arrivals, G_LIST_MODEL (self->list));
  show_place (self);
}

static void
on_trend_asked (ZqRecordPage *self, const char *code, const char *name)
{
  self->by_flow = g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "flow") == 0;
  zq_trend_open (self->trend, self->store, self->patient, code, name, zq_ticker_get_now (self->ticker));
  gtk_stack_set_visible_child_name (self->stack, "trend");
  gtk_widget_grab_focus (GTK_WIDGET (self->trend));
}

/* --- documents ---------------------------------------------------------------------------------- */

static void
close_viewer (ZqRecordPage *self)
{
  if (self->viewer != NULL)
    zq_viewer_close (self->viewer);
}

static void
on_viewer_closed (ZqRecordPage *self)
{
  close_viewer (self);
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  zq_record_page_focus (self);
}

static void
on_viewer_save (ZqRecordPage *self, const char *key, const char *title, const char *content_type)
{
  zq_save_file (GTK_WIDGET (self), self->store, key, title, content_type);
}

static void
show_viewer (ZqRecordPage *self)
{
  if (self->viewer == NULL)
    {
      self->viewer = g_object_new (ZQ_TYPE_VIEWER, NULL);
      g_signal_connect_object (self->viewer, "close", G_CALLBACK (on_viewer_closed), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->viewer, "save", G_CALLBACK (on_viewer_save), self, G_CONNECT_SWAPPED);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->viewer), "viewer");
    }
  gtk_stack_set_visible_child_name (self->stack, "viewer");
}

/* A picture among all of this record, so that it can stand beside one of another day. */
static void
on_file_asked (ZqRecordContent *content, const ZqFile *file, ZqRecordPage *self)
{
  gint64 now = zq_ticker_get_now (self->ticker), item = zq_record_content_get_key (content);

  show_viewer (self);
  if (file->is_picture)
    zq_viewer_open_picture (self->viewer, self->store, now, zq_record_page_get_zone (self),
                            zq_record_list_pictures (zq_record_page_get_db (self), self->patient, item, MOST_PICTURES),
                            item, file->key);
  else
    zq_viewer_open_file (self->viewer, self->store, now, zq_record_page_get_zone (self), file, 0);
}

static GtkWidget *
make_content (ZqRecordPage *self, ZqRecordItem *item)
{
  ZqRecordContent *content =
      zq_record_content_new (self->store, get_policy (self), item, zq_ticker_get_now (self->ticker),
                             zq_record_page_get_zone (self), gtk_toggle_button_get_active (self->abnormal));

  g_signal_connect_object (content, "trend", G_CALLBACK (on_trend_asked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (content, "file", G_CALLBACK (on_file_asked), self, 0);

  return GTK_WIDGET (content);
}

static void
update_widget (ZqRecordPage *self, ZqRecordItemWidget *widget)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (widget);
  gboolean open = item != NULL && self->opened != 0 && zq_record_item_get_key (item) == self->opened;

  if (open && zq_record_item_widget_get_content (widget) == NULL)
    zq_record_item_widget_set_content (widget, make_content (self, item));
  else if (!open)
    zq_record_item_widget_set_content (widget, NULL);
}

static void
set_opened (ZqRecordPage *self, gint64 key)
{
  GHashTableIter iter;
  gpointer widget;

  self->opened = key;
  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &widget, NULL))
    update_widget (self, widget);
}

static void
toggle (ZqRecordPage *self, gint64 key)
{
  set_opened (self, key == self->opened ? 0 : key);
}

static void
on_activate (ZqRecordPage *self, guint position)
{
  toggle (self, zq_list_get_key (self->list, position));
}

static void
on_clicked (ZqRecordPage *self, ZqRecordItemWidget *widget)
{
  ZqRecordItem *item = zq_record_item_widget_get_item (widget);

  if (item != NULL)
    toggle (self, zq_record_item_get_key (item));
}

static gboolean
is_whole (ZqRecordPage *self)
{
  return self->kind == ZQ_RECORD_ALL && *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0';
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, ZqRecordPage *self)
{
  ZqRecordItemWidget *widget = zq_record_item_widget_new (zq_record_page_get_zone (self));

  g_signal_connect_object (widget, "clicked", G_CALLBACK (on_clicked), self, G_CONNECT_SWAPPED);
  gtk_list_item_set_child (list_item, GTK_WIDGET (widget));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, ZqRecordPage *self)
{
  ZqRecordItemWidget *widget = ZQ_RECORD_ITEM_WIDGET (gtk_list_item_get_child (list_item));

  zq_record_item_widget_set_item (widget, gtk_list_item_get_item (list_item), zq_ticker_get_now (self->ticker),
                                  is_whole (self));
  g_hash_table_add (self->shown, widget);
  update_widget (self, widget);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, ZqRecordPage *self)
{
  ZqRecordItemWidget *widget = ZQ_RECORD_ITEM_WIDGET (gtk_list_item_get_child (list_item));

  g_hash_table_remove (self->shown, widget);
  zq_record_item_widget_set_item (widget, NULL, 0, TRUE);
}

/* --- what is asked for -------------------------------------------------------------------------- */

static void
on_kind (ZqRecordPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->kinds);

  if (self->filling || selected >= self->offered->len)
    return;
  self->kind = g_array_index (self->offered, ZqRecordKind, selected);
  set_list (self);
}

static void
on_search (ZqRecordPage *self)
{
  if (self->patient != 0)
    set_list (self);
}

static void
on_stop_search (ZqRecordPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  zq_record_page_focus (self);
}

static void
on_search_activate (ZqRecordPage *self)
{
  zq_record_page_focus (self);
}

static void
on_close_clicked (ZqRecordPage *self)
{
  g_signal_emit (self, signals[CLOSE], 0);
}

static void
on_trend_closed (ZqRecordPage *self)
{
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  zq_record_page_focus (self);
}

/* Back to where it was asked for. */
static void
on_flow_trend_closed (ZqRecordPage *self)
{
  /* Thousands of values are let go now, and not when the next test is asked for. */
  zq_trend_close (self->trend);
  if (!self->by_flow)
    {
      on_trend_closed (self);
      return;
    }
  gtk_stack_set_visible_child_name (self->stack, "flow");
  gtk_widget_grab_focus (GTK_WIDGET (self->flow));
}

static void
on_flow_clicked (ZqRecordPage *self)
{
  if (self->patient == 0)
    return;
  zq_flow_view_open (self->flow, self->store, self->patient, self->opened, zq_ticker_get_now (self->ticker));
  gtk_stack_set_visible_child_name (self->stack, "flow");
  gtk_widget_grab_focus (GTK_WIDGET (self->flow));
}

/* An item is gone to and opened, whatever the list was filtered by. */
static void
on_flow_opened (ZqRecordPage *self, gint64 key)
{
  guint place;

  self->kind = ZQ_RECORD_ALL;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  zq_record_page_show_kinds (self);
  set_list (self);
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  if (zq_list_find (self->list, key, &place))
    {
      gtk_selection_model_select_item (gtk_grid_view_get_model (self->view), place, TRUE);
      gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", place);
      set_opened (self, key);
    }
  zq_record_page_focus (self);
}

static gboolean
on_flow_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  on_flow_clicked (ZQ_RECORD_PAGE (widget));

  return TRUE;
}

static void
on_home_clicked (ZqRecordPage *self)
{
  zq_record_page_show_home (self);
}

static gboolean
on_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  ZqRecordPage *self = ZQ_RECORD_PAGE (widget);

  if (!zq_record_page_back (self))
    g_signal_emit (self, signals[CLOSE], 0);

  return TRUE;
}

/* What is open; NULL: nothing. */
static GtkWidget *
find_content (ZqRecordPage *self)
{
  GHashTableIter iter;
  gpointer shown;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, &shown, NULL))
    if (zq_record_item_widget_get_content (shown) != NULL)
      return zq_record_item_widget_get_content (shown);

  return NULL;
}

/* Into what is open, and out again: a list's Tab goes from row to row, and it keeps the arrows to itself. */
static gboolean
on_view_key (ZqRecordPage *self, guint key, guint code, GdkModifierType state)
{
  GtkWidget *content = find_content (self);
  gboolean inside = content != NULL && gtk_widget_get_focus_child (content) != NULL;

  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0 || content == NULL)
    return FALSE;
  if (key == GDK_KEY_Right && !inside)
    return gtk_widget_child_focus (content, GTK_DIR_TAB_FORWARD);
  if (key == GDK_KEY_Left && inside)
    return gtk_widget_grab_focus (GTK_WIDGET (self->view));

  return FALSE;
}

static gboolean
on_find_key (GtkWidget *widget, GVariant *args, gpointer data)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ZQ_RECORD_PAGE (widget)->entry));
}

/* --- public ------------------------------------------------------------------------------------- */

static void
show_patient (ZqRecordPage *self)
{
  g_autoptr (ZqPatient) who =
      zq_patient_load (zq_record_page_get_db (self), zq_store_get_context (self->store), self->patient, NULL);

  zq_patient_band_set_patient (self->band, who);
}

static void
reopen (ZqRecordPage *self)
{
  gint64 opened = self->opened;

  set_opened (self, 0);
  set_opened (self, opened);
}

/* Something of this patient came: all that was read of it is read again, the list does so by itself. */
static void
on_changed (ZqRecordPage *self, ZqChanges *changes)
{
  static const char *const topics[] = { "record", "result", "report" };
  gboolean touched = FALSE;

  if (self->patient == 0 || !zq_changes_has_patient (changes, self->patient))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++)
    touched = touched || zq_changes_has (changes, topics[i]);
  show_patient (self);
  if (!touched)
    return;
  show_summary (self);
  zq_record_page_show_kinds (self);
  reopen (self);
  zq_trend_refresh (self->trend);
  zq_flow_view_refresh (self->flow);
}

void
zq_record_page_set_store (ZqRecordPage *self, ZqStore *store, ZqTicker *ticker)
{
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!zq_record_looked_finish (ZQ_STORE (source), result, &error))
    g_warning ("That a record was looked at could not be kept: %s", error->message);
}

void
zq_record_page_open (ZqRecordPage *self, gint64 patient)
{
  if (self->patient == patient)
    return;
  /* What stood out the last time is old when the doctor leaves, not when he comes. */
  if (self->patient != 0)
    zq_record_looked_async (self->store, self->patient, on_looked, NULL);
  self->patient = patient;
  self->kind = ZQ_RECORD_ALL;
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  close_viewer (self);
  zq_trend_close (self->trend);
  zq_flow_view_close (self->flow);
  zq_home_page_close (self->home);
  set_list (self);
  if (patient == 0)
    return;
  show_patient (self);
  show_summary (self);
  zq_record_page_show_kinds (self);
  zq_record_page_show_years (self);
}

gint64
zq_record_page_get_patient (ZqRecordPage *self)
{
  return self->patient;
}

void
zq_record_page_show_kind (ZqRecordPage *self, ZqRecordKind kind)
{
  if (self->kind == kind)
    return;
  self->kind = kind;
  gtk_stack_set_visible_child_name (self->stack, "timeline");
  zq_record_page_show_kinds (self);
  set_list (self);
}

void
zq_record_page_show_home (ZqRecordPage *self)
{
  if (self->patient == 0)
    return;
  zq_home_page_open (self->home, self->store, self->ticker, self->patient);
  gtk_stack_set_visible_child_name (self->stack, "home");
  gtk_widget_grab_focus (GTK_WIDGET (self->home));
}

static gboolean
on_focus_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqRecordPage *self = ZQ_RECORD_PAGE (widget);

  if (self->focus_frames-- > 0)
    return G_SOURCE_CONTINUE;
  /* Given to the view itself it would be no item's, and its keys would lead nowhere. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self->view)) && gtk_widget_get_focus_child (GTK_WIDGET (self->view)) == NULL)
    gtk_widget_child_focus (GTK_WIDGET (self->view), GTK_DIR_TAB_FORWARD);

  return G_SOURCE_REMOVE;
}

/* A list that was just filled has rows to give the focus to only when it has been laid out. */
void
zq_record_page_focus (ZqRecordPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->view));
  self->focus_frames = 2;
  gtk_widget_add_tick_callback (GTK_WIDGET (self), on_focus_tick, NULL, NULL);
}

gboolean
zq_record_page_back (ZqRecordPage *self)
{
  const char *place = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (place, "viewer") == 0)
    on_viewer_closed (self);
  else if (g_strcmp0 (place, "trend") == 0)
    on_flow_trend_closed (self);
  else if (g_strcmp0 (place, "flow") == 0 || (g_strcmp0 (place, "home") == 0 && !zq_home_page_back (self->home)))
    on_trend_closed (self);
  else if (g_strcmp0 (place, "home") != 0)
    {
      if (self->opened == 0)
        return FALSE;
      set_opened (self, 0);
      zq_record_page_focus (self);
    }

  return TRUE;
}

GListModel *
zq_record_page_get_items (ZqRecordPage *self)
{
  return G_LIST_MODEL (self->list);
}

static void
zq_record_page_dispose (GObject *object)
{
  ZqRecordPage *self = ZQ_RECORD_PAGE (object);

  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->view != NULL)
    gtk_grid_view_set_model (self->view, NULL);
  g_clear_object (&self->arrivals);
  g_clear_object (&self->list);
  g_clear_object (&self->store);
  g_clear_object (&self->ticker);
  g_clear_pointer (&self->shown, g_hash_table_unref);
  g_clear_pointer (&self->offered, g_array_unref);
  self->view = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_record_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/patient/record-page.ui");
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, box);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, band);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, stack);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, summary);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, kinds);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, entry);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, years);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, abnormal);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, places);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, view);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, arrivals_button);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, nothing);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, trend);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, flow);
  gtk_widget_class_bind_template_child (klass, ZqRecordPage, home);
  gtk_widget_class_bind_template_callback (klass, on_activate);
  gtk_widget_class_bind_template_callback (klass, reopen);
  gtk_widget_class_bind_template_callback (klass, on_close_clicked);
  gtk_widget_class_bind_template_callback (klass, on_flow_clicked);
  gtk_widget_class_bind_template_callback (klass, on_flow_opened);
  gtk_widget_class_bind_template_callback (klass, on_flow_trend_closed);
  gtk_widget_class_bind_template_callback (klass, on_home_clicked);
  gtk_widget_class_bind_template_callback (klass, on_trend_asked);
  gtk_widget_class_bind_template_callback (klass, on_kind);
  gtk_widget_class_bind_template_callback (klass, on_search);
  gtk_widget_class_bind_template_callback (klass, on_search_activate);
  gtk_widget_class_bind_template_callback (klass, on_stop_search);
  gtk_widget_class_bind_template_callback (klass, on_trend_closed);
  gtk_widget_class_bind_template_callback_full (klass, "on_year", G_CALLBACK (zq_record_page_go_to_year));
}

static void
zq_record_page_class_init (ZqRecordPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_record_page_dispose;
  signals[CLOSE] = g_signal_new ("close", ZQ_TYPE_RECORD_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (ZQ_TYPE_PATIENT_BAND);
  g_type_ensure (ZQ_TYPE_TREND);
  g_type_ensure (ZQ_TYPE_FLOW_VIEW);
  g_type_ensure (ZQ_TYPE_HOME_PAGE);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "record");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, on_find_key, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_f, 0, on_flow_key, NULL);
  bind_template (widget_class);
}

static void
zq_record_page_init (ZqRecordPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->shown = g_hash_table_new (NULL, NULL);
  self->offered = g_array_new (FALSE, FALSE, sizeof (ZqRecordKind));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_grid_view_set_factory (self->view, factory);
  self->arrivals = zq_arrivals_new (GTK_WIDGET (self->view), self->arrivals_button);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_view_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}

gint64
zq_record_page_get_opened (ZqRecordPage *self)
{
  return self->opened;
}

ZqTrend *
zq_record_page_get_trend (ZqRecordPage *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->trend)) ? self->trend : NULL;
}

ZqFlowView *
zq_record_page_get_flow (ZqRecordPage *self)
{
  return gtk_widget_get_mapped (GTK_WIDGET (self->flow)) ? self->flow : NULL;
}
