/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/inbox-selection.h"

struct _ZqInboxSelection
{
  GObject parent_instance;

  /* owned */
  ZqList *list;
  GHashTable *marks; /* keys */
  gint64 current;
  guint position; /* of the current one; GTK_INVALID_LIST_POSITION: it is not in the list */
  gint64 told;    /* what "current" was when it was last notified */
  guint settle_id;
  gboolean keep_marks;
};

enum
{
  PROP_CURRENT = 1,
  PROP_N_MARKED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void selection_model_init (GtkSelectionModelInterface *iface);
static void list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqInboxSelection,
                               zq_inbox_selection,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                                   G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

gint64
zq_inbox_selection_get_current (ZqInboxSelection *self)
{
  return self->position != GTK_INVALID_LIST_POSITION ? self->current : 0;
}

guint
zq_inbox_selection_get_position (ZqInboxSelection *self)
{
  return self->position;
}

void
zq_inbox_selection_set_keep_marks (ZqInboxSelection *self, gboolean keep)
{
  self->keep_marks = keep;
}

gboolean
zq_inbox_selection_is_marked (ZqInboxSelection *self, gint64 key)
{
  return g_hash_table_contains (self->marks, &key);
}

guint
zq_inbox_selection_get_n_marked (ZqInboxSelection *self)
{
  return g_hash_table_size (self->marks);
}

gint64 *
zq_inbox_selection_dup_marked (ZqInboxSelection *self, guint *n)
{
  gint64 *keys = g_new (gint64, g_hash_table_size (self->marks) + 1);
  GHashTableIter iter;
  gint64 *key;

  *n = 0;
  g_hash_table_iter_init (&iter, self->marks);
  while (g_hash_table_iter_next (&iter, (gpointer *)&key, NULL))
    keys[(*n)++] = *key;

  return keys;
}

/* Widgets are asked for the rows on the screen only, so that all may be named. */
static void
tell_selection (ZqInboxSelection *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (n > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n);
}

static void
tell_current (ZqInboxSelection *self)
{
  gint64 current = zq_inbox_selection_get_current (self);

  if (self->told == current)
    return;
  self->told = current;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CURRENT]);
}

static void
tell_marks (ZqInboxSelection *self)
{
  tell_selection (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_MARKED]);
}

/* --- changing --------------------------------------------------------------------------------- */

static gboolean
mark (ZqInboxSelection *self, gint64 key)
{
  if (key == 0 || g_hash_table_contains (self->marks, &key))
    return key != 0;
  if (g_hash_table_size (self->marks) >= ZQ_INBOX_MOST_MARKED)
    return FALSE;
  g_hash_table_add (self->marks, g_memdup2 (&key, sizeof key));

  return TRUE;
}

gboolean
zq_inbox_selection_set_marked (ZqInboxSelection *self, gint64 key, gboolean marked)
{
  gboolean taken = TRUE;

  if (zq_inbox_selection_is_marked (self, key) == marked)
    return TRUE;
  if (marked)
    taken = mark (self, key);
  else
    g_hash_table_remove (self->marks, &key);
  tell_marks (self);

  return taken;
}

void
zq_inbox_selection_clear_marks (ZqInboxSelection *self)
{
  if (g_hash_table_size (self->marks) == 0)
    return;
  g_hash_table_remove_all (self->marks);
  tell_marks (self);
}

static void
tell_row (ZqInboxSelection *self, guint position)
{
  if (position != GTK_INVALID_LIST_POSITION)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), position, 1);
}

static void
move_current (ZqInboxSelection *self, guint position, gint64 key)
{
  guint left = self->position;

  self->position = position;
  self->current = key;
  /* Else the marked ones are what is selected. A list view binds anew what is named, in sight or not. */
  if (g_hash_table_size (self->marks) == 0)
    {
      tell_row (self, left);
      if (position != left)
        tell_row (self, position);
    }
  tell_current (self);
}

static void
set_current (ZqInboxSelection *self, guint position)
{
  gint64 key = zq_list_get_key (self->list, position);

  move_current (self, key != 0 ? position : GTK_INVALID_LIST_POSITION, key);
}

void
zq_inbox_selection_set_current (ZqInboxSelection *self, gint64 key)
{
  guint position;

  if (self->current == key)
    return;
  if (key == 0 || !zq_list_find (self->list, key, &position))
    position = GTK_INVALID_LIST_POSITION;
  move_current (self, position, key);
}

/* --- GtkSelectionModel ------------------------------------------------------------------------ */

static gboolean
is_selected (GtkSelectionModel *model, guint position)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (model);

  if (g_hash_table_size (self->marks) == 0)
    return position == self->position;

  return zq_inbox_selection_is_marked (self, zq_list_get_key (self->list, position));
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  GtkBitset *set = gtk_bitset_new_empty ();

  for (guint i = position; i < position + n_items; i++)
    if (is_selected (model, i))
      gtk_bitset_add (set, i);

  return set;
}

static gboolean
select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (model);

  if (unselect_rest)
    {
      if (!self->keep_marks)
        zq_inbox_selection_clear_marks (self);
      set_current (self, position);
      return TRUE;
    }
  /* The first that is added joins the one that is open. */
  if (g_hash_table_size (self->marks) == 0)
    mark (self, zq_inbox_selection_get_current (self));
  mark (self, zq_list_get_key (self->list, position));
  tell_marks (self);

  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model, guint position)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (model);
  gint64 key = zq_list_get_key (self->list, position);

  return zq_inbox_selection_set_marked (self, key, !zq_inbox_selection_is_marked (self, key));
}

static gboolean
select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (model);

  if (unselect_rest)
    g_hash_table_remove_all (self->marks);
  for (guint i = position; i < position + n_items; i++)
    if (!mark (self, zq_list_get_key (self->list, i)))
      break;
  tell_marks (self);

  return TRUE;
}

static gboolean
unselect_range (GtkSelectionModel *model, guint position, guint n_items)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (model);

  for (guint i = position; i < position + n_items; i++)
    {
      gint64 key = zq_list_get_key (self->list, i);

      g_hash_table_remove (self->marks, &key);
    }
  tell_marks (self);

  return TRUE;
}

static gboolean
select_all (GtkSelectionModel *model)
{
  return select_range (model, 0, g_list_model_get_n_items (G_LIST_MODEL (model)), TRUE);
}

static gboolean
unselect_all (GtkSelectionModel *model)
{
  zq_inbox_selection_clear_marks (ZQ_INBOX_SELECTION (model));

  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->unselect_range = unselect_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
}

/* --- GListModel ------------------------------------------------------------------------------- */

static GType
get_item_type (GListModel *model)
{
  return G_TYPE_OBJECT;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (ZQ_INBOX_SELECTION (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (ZQ_INBOX_SELECTION (model)->list), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Marks of rows that are not in the list any more: nobody could see what is done to them. */
static void
drop_lost_marks (ZqInboxSelection *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  g_autoptr (GHashTable) left = NULL;

  if (g_hash_table_size (self->marks) == 0)
    return;
  left = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  for (guint i = 0; i < n && g_hash_table_size (left) < g_hash_table_size (self->marks); i++)
    {
      gint64 key = zq_list_get_key (self->list, i);

      if (g_hash_table_contains (self->marks, &key))
        g_hash_table_add (left, g_memdup2 (&key, sizeof key));
    }
  if (g_hash_table_size (left) == g_hash_table_size (self->marks))
    return;
  g_hash_table_unref (self->marks);
  self->marks = g_steal_pointer (&left);
  tell_marks (self);
}

/* A row that moves goes and comes again: only then it is known what is lost. */
static void
settle (gpointer data)
{
  ZqInboxSelection *self = data;

  self->settle_id = 0;
  /* The first page of a new query stands before its other keys have come. */
  if (zq_list_is_complete (self->list))
    drop_lost_marks (self);
  tell_current (self);
}

static void
on_items_changed (ZqInboxSelection *self, guint position, guint removed, guint added)
{
  gboolean was_in = self->position != GTK_INVALID_LIST_POSITION;

  if (was_in && self->position >= position + removed)
    self->position += added - removed;
  else if (was_in && self->position >= position)
    self->position = GTK_INVALID_LIST_POSITION;
  if (self->position == GTK_INVALID_LIST_POSITION && self->current != 0)
    for (guint i = position; i < position + added; i++)
      if (zq_list_get_key (self->list, i) == self->current)
        self->position = i;

  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  if (self->settle_id == 0 && (removed > 0 || self->current != 0))
    self->settle_id = g_idle_add_once (settle, self);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_inbox_selection_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (object);

  if (id == PROP_CURRENT)
    g_value_set_int64 (value, zq_inbox_selection_get_current (self));
  else
    g_value_set_uint (value, zq_inbox_selection_get_n_marked (self));
}

static void
zq_inbox_selection_dispose (GObject *object)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  G_OBJECT_CLASS (zq_inbox_selection_parent_class)->dispose (object);
}

static void
zq_inbox_selection_finalize (GObject *object)
{
  ZqInboxSelection *self = ZQ_INBOX_SELECTION (object);

  g_hash_table_unref (self->marks);
  g_clear_object (&self->list);
  G_OBJECT_CLASS (zq_inbox_selection_parent_class)->finalize (object);
}

static void
zq_inbox_selection_class_init (ZqInboxSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_inbox_selection_get_property;
  object_class->dispose = zq_inbox_selection_dispose;
  object_class->finalize = zq_inbox_selection_finalize;
  properties[PROP_CURRENT] =
      g_param_spec_int64 ("current", NULL, NULL, 0, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_N_MARKED] =
      g_param_spec_uint ("n-marked", NULL, NULL, 0, ZQ_INBOX_MOST_MARKED, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_inbox_selection_init (ZqInboxSelection *self)
{
  self->marks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->position = GTK_INVALID_LIST_POSITION;
}

ZqInboxSelection *
zq_inbox_selection_new (ZqList *list)
{
  ZqInboxSelection *self = g_object_new (ZQ_TYPE_INBOX_SELECTION, NULL);

  self->list = g_object_ref (list);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);

  return self;
}
