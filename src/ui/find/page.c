/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/find/page.h"

#include "clinic/patient/patient.h"
#include "ui/find/hit-widget.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define FIRST_OF_EACH 8
#define PAGE          50
#define SLOW          (150 * 1000) /* µs until it is said that the answer takes a while */

struct _ZqFindPage
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkSearchEntry *entry;
  GtkToggleButton *kind_all;
  GtkToggleButton *kind_patients;
  GtkToggleButton *kind_consults;
  GtkToggleButton *kind_messages;
  GtkDropDown *since;
  GtkLabel *searching;
  GtkStack *stack;
  GtkListView *view;
  AdwStatusPage *nothing;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  GListStore *rows;
  GtkSingleSelection *selection;
  GCancellable *cancellable;
  char *shown; /* what the rows are an answer to */
  char *asked; /* what was asked for last; NULL after a failure */
  guint n_asked;
  guint slow_alarm;
  gboolean open_first; /* as soon as the answer is there */
};

enum
{
  OPEN,
  LEAVE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqFindPage, zq_find_page, GTK_TYPE_WIDGET)

/* One question on its way. */
typedef struct
{
  ZqFindPage *page; /* owned */
  GCancellable *cancellable;
  char *typed;
  ZqHitRow *more; /* the row that asks for more, or NULL: all anew */
} Question;

static void
question_free (Question *self)
{
  g_object_unref (self->page);
  g_object_unref (self->cancellable);
  g_clear_object (&self->more);
  g_free (self->typed);
  g_free (self);
}

static ZqFindKinds
kinds_wanted (ZqFindPage *self)
{
  if (gtk_toggle_button_get_active (self->kind_patients))
    return ZQ_FIND_PATIENTS;
  if (gtk_toggle_button_get_active (self->kind_consults))
    return ZQ_FIND_CONSULTS;
  if (gtk_toggle_button_get_active (self->kind_messages))
    return ZQ_FIND_MESSAGES;

  return ZQ_FIND_ALL;
}

/* Of the choices in page.ui. */
static gint64
since_wanted (ZqFindPage *self)
{
  static const gint64 days[] = { 0, 7, 31, 366 };
  guint chosen = gtk_drop_down_get_selected (self->since);

  if (chosen >= G_N_ELEMENTS (days) || days[chosen] == 0)
    return 0;

  return zq_ticker_get_now (self->ticker) - days[chosen] * G_TIME_SPAN_DAY;
}

/* --- how long it takes ------------------------------------------------------------------------ */

/* Beside the entry, which has the focus, so that a screen reader hears it from there. */
static void
say_searching (ZqFindPage *self, const char *words)
{
  gtk_label_set_label (self->searching, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_STATE_BUSY, *words != '\0', -1);
}

static void
on_slow (gpointer data)
{
  ZqFindPage *self = data;

  self->slow_alarm = 0;
  say_searching (self, _ ("Searching…"));
}

/* Counted from the first question of several: who types on waits as long. */
static void
begin_wait (ZqFindPage *self)
{
  if (self->slow_alarm == 0 && *gtk_label_get_label (self->searching) == '\0')
    self->slow_alarm = zq_clock_alarm_in (zq_store_get_clock (self->store), SLOW, on_slow, self);
}

static void
end_wait (ZqFindPage *self)
{
  zq_clock_clear (zq_store_get_clock (self->store), &self->slow_alarm);
  if (*gtk_label_get_label (self->searching) != '\0')
    say_searching (self, "");
}

/* --- answers ----------------------------------------------------------------------------------- */

static void
show_nothing (ZqFindPage *self, const char *typed)
{
  gboolean is_empty = *typed == '\0';

  adw_status_page_set_title (self->nothing, is_empty ? _ ("Find Anybody, Anything") : _ ("Nothing Found"));
  adw_status_page_set_description (
      self->nothing, is_empty ? _ ("Type hanzi, pinyin, initials, or digits of a phone or record number")
                              : _ ("Fewer words find more. Only what has been fetched to this computer can "
                                   "be found."));
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

static GPtrArray *
rows_of (GPtrArray *found, ZqFindKinds more, gboolean with_headings)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_set_free_func (found, NULL); /* the rows own them */
  for (guint i = 0; i < found->len; i++)
    {
      ZqFound *hit = g_ptr_array_index (found, i);
      ZqFindKind kind = hit->kind;
      ZqFound *next = i + 1 < found->len ? g_ptr_array_index (found, i + 1) : NULL;
      ZqHitRow *before = rows->len > 0 ? g_ptr_array_index (rows, rows->len - 1) : NULL;

      if (with_headings && (before == NULL || zq_hit_row_get_kind (before) != kind))
        g_ptr_array_add (rows, zq_hit_row_new (ZQ_HIT_HEADING, kind, NULL));
      g_ptr_array_add (rows, zq_hit_row_new (ZQ_HIT_FOUND, kind, hit));
      if ((next == NULL || next->kind != kind) && (more & (1u << kind)))
        g_ptr_array_add (rows, zq_hit_row_new (ZQ_HIT_MORE, kind, NULL));
    }

  return rows;
}

static void
select_first (ZqFindPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ZqHitRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      if (zq_hit_row_get_form (row) != ZQ_HIT_FOUND)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", 0);
      return;
    }
}

static void
take_answer (ZqFindPage *self, Question *question, GPtrArray *found, ZqFindKinds more)
{
  g_autoptr (GPtrArray) rows = rows_of (found, more, question->more == NULL);
  guint position = 0;

  g_free (self->shown);
  self->shown = g_strdup (question->typed);
  if (question->more != NULL)
    {
      if (g_list_store_find (self->rows, question->more, &position))
        g_list_store_splice (self->rows, position, 1, rows->pdata, rows->len);
      return;
    }
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), rows->pdata, rows->len);
  if (rows->len == 0)
    show_nothing (self, question->typed);
  else
    gtk_stack_set_visible_child_name (self->stack, "list");
  select_first (self);
  if (self->open_first)
    zq_find_page_open_selected (self);
  self->open_first = FALSE;
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer data)
{
  Question *question = data;
  ZqFindPage *self = question->page;
  g_autoptr (GError) error = NULL;
  ZqFindKinds more = 0;
  g_autoptr (GPtrArray) found = zq_find_finish (ZQ_STORE (source), result, &more, &error);

  self->n_asked--;
  if (question->cancellable == self->cancellable)
    end_wait (self);
  if (found != NULL && !g_cancellable_is_cancelled (question->cancellable))
    take_answer (self, question, found, more);
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_warning ("search: %s", error->message);
      g_clear_pointer (&self->asked, g_free);
      adw_status_page_set_title (self->nothing, _ ("The Search Failed"));
      adw_status_page_set_description (self->nothing, _ ("Nothing is lost. Try again in a moment."));
      gtk_stack_set_visible_child_name (self->stack, "nothing");
    }
  question_free (question);
}

static char *
dup_typed (ZqFindPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

static void
ask (ZqFindPage *self, ZqHitRow *more, const ZqFound *after)
{
  Question *question;
  gboolean is_more = more != NULL;

  if (self->store == NULL)
    return;
  self->open_first = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();

  question = g_new0 (Question, 1);
  question->page = g_object_ref (self);
  question->cancellable = g_object_ref (self->cancellable);
  question->typed = dup_typed (self);
  question->more = is_more ? g_object_ref (more) : NULL;
  g_free (self->asked);
  self->asked = g_strdup (question->typed);
  self->n_asked++;
  begin_wait (self);
  zq_find_async (self->store, question->typed, is_more ? 1u << zq_hit_row_get_kind (more) : kinds_wanted (self), 0,
                 since_wanted (self), 0, after, is_more || kinds_wanted (self) != ZQ_FIND_ALL ? PAGE : FIRST_OF_EACH,
                 self->cancellable, on_found, question);
}

static void
on_asked (ZqFindPage *self)
{
  ask (self, NULL, NULL);
}

/* The entry tells late: by then Enter may have asked for the same, and waits for the answer. */
static void
on_typed (ZqFindPage *self)
{
  g_autofree char *typed = dup_typed (self);

  if (g_strcmp0 (typed, self->asked) != 0)
    ask (self, NULL, NULL);
}

/* --- choosing ---------------------------------------------------------------------------------- */

static void
choose (ZqFindPage *self, guint position)
{
  g_autoptr (ZqHitRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);
  g_autoptr (ZqHitRow) before = position > 0 ? g_list_model_get_item (G_LIST_MODEL (self->rows), position - 1) : NULL;
  const ZqFound *found = row != NULL ? zq_hit_row_get_found (row) : NULL;

  if (row != NULL && zq_hit_row_get_form (row) == ZQ_HIT_MORE && before != NULL)
    ask (self, row, zq_hit_row_get_found (before));
  else if (found != NULL && found->consult != 0)
    g_signal_emit (self, signals[OPEN], 0, found->consult, found->message);
}

static void
on_activate (ZqFindPage *self, guint position)
{
  gtk_single_selection_set_selected (self->selection, position);
  choose (self, position);
}

gboolean
zq_find_page_open_selected (ZqFindPage *self)
{
  guint position = gtk_single_selection_get_selected (self->selection);

  if (position == GTK_INVALID_LIST_POSITION)
    return FALSE;
  choose (self, position);

  return TRUE;
}

/* Who types and presses Enter wants what was typed, not what stood there before. */
static void
on_entry_activate (ZqFindPage *self)
{
  g_autofree char *typed = dup_typed (self);

  if (g_strcmp0 (typed, self->shown) == 0)
    {
      zq_find_page_open_selected (self);
      return;
    }
  ask (self, NULL, NULL);
  self->open_first = TRUE;
}

static void
on_stop (ZqFindPage *self)
{
  g_signal_emit (self, signals[LEAVE], 0);
}

void
zq_find_page_step (ZqFindPage *self, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint position = gtk_single_selection_get_selected (self->selection);
  gint64 at = position == GTK_INVALID_LIST_POSITION ? (by > 0 ? -1 : (gint64)n) : position;

  for (at += by; at >= 0 && at < n; at += by)
    {
      g_autoptr (ZqHitRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), (guint)at);

      if (zq_hit_row_get_form (row) == ZQ_HIT_HEADING)
        continue;
      gtk_single_selection_set_selected (self->selection, (guint)at);
      gtk_widget_activate_action (GTK_WIDGET (self->view), "list.scroll-to-item", "u", (guint)at);
      return;
    }
}

/* The arrows walk through the hits while the entry keeps the focus; an input method has them first. */
static gboolean
on_entry_key (ZqFindPage *self, guint key, guint code, GdkModifierType state)
{
  if ((state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  if (key != GDK_KEY_Down && key != GDK_KEY_Up)
    return FALSE;
  zq_find_page_step (self, key == GDK_KEY_Down ? 1 : -1);

  return TRUE;
}

/* --- rows -------------------------------------------------------------------------------------- */

static void
on_setup (ZqFindPage *self, GtkListItem *item)
{
  gtk_list_item_set_child (item, g_object_new (ZQ_TYPE_HIT_WIDGET, NULL));
}

static void
on_bind (ZqFindPage *self, GtkListItem *item)
{
  ZqHitRow *row = gtk_list_item_get_item (item);
  const ZqContext *context = zq_store_get_context (self->store);
  gboolean is_heading = zq_hit_row_get_form (row) == ZQ_HIT_HEADING;

  gtk_list_item_set_selectable (item, !is_heading);
  gtk_list_item_set_activatable (item, !is_heading);
  zq_hit_widget_set_row (ZQ_HIT_WIDGET (gtk_list_item_get_child (item)), row, zq_ticker_get_now (self->ticker),
                         context->zone);
}

/* --- object ------------------------------------------------------------------------------------ */

static void
zq_find_page_dispose (GObject *object)
{
  ZqFindPage *self = ZQ_FIND_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->store != NULL)
    zq_clock_clear (zq_store_get_clock (self->store), &self->slow_alarm);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  g_clear_pointer (&self->shown, g_free);
  g_clear_pointer (&self->asked, g_free);
  G_OBJECT_CLASS (zq_find_page_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/find/page.ui");
  gtk_widget_class_bind_template_child (klass, ZqFindPage, box);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, entry);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, kind_all);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, kind_patients);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, kind_consults);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, kind_messages);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, since);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, searching);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, stack);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, view);
  gtk_widget_class_bind_template_child (klass, ZqFindPage, nothing);
  gtk_widget_class_bind_template_callback (klass, on_asked);
  gtk_widget_class_bind_template_callback (klass, on_typed);
  gtk_widget_class_bind_template_callback (klass, on_activate);
  gtk_widget_class_bind_template_callback (klass, on_entry_activate);
  gtk_widget_class_bind_template_callback (klass, on_stop);
}

static void
zq_find_page_class_init (ZqFindPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_find_page_dispose;
  signals[OPEN] = g_signal_new ("open", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_INT64, G_TYPE_INT64);
  signals[LEAVE] =
      g_signal_new ("leave", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
zq_find_page_init (ZqFindPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (ZQ_TYPE_HIT_ROW);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->rows));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_entry_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
}

void
zq_find_page_set_store (ZqFindPage *self, ZqStore *store, ZqTicker *ticker)
{
  g_return_if_fail (self->store == NULL);

  self->store = g_object_ref (store);
  self->ticker = g_object_ref (ticker);
}

void
zq_find_page_start (ZqFindPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
  if (self->shown == NULL || *gtk_editable_get_text (GTK_EDITABLE (self->entry)) == '\0')
    ask (self, NULL, NULL);
}

GtkEditable *
zq_find_page_get_entry (ZqFindPage *self)
{
  return GTK_EDITABLE (self->entry);
}

GListModel *
zq_find_page_get_rows (ZqFindPage *self)
{
  return G_LIST_MODEL (self->rows);
}

gboolean
zq_find_page_is_busy (ZqFindPage *self)
{
  return self->n_asked > 0;
}
