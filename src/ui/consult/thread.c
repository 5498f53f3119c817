/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/thread-private.h"

#include "ui/widgets/spare.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DWELL     (G_USEC_PER_SEC * 7 / 10)
#define LOOK_BACK 200

enum
{
  PROP_N_UNSEEN = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

enum
{
  SETTLED,
  SEEN,
  RESEND,
  TAKE_BACK,
  OPEN_FILE,
  SAVE_FILE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqThread, zq_thread, GTK_TYPE_WIDGET)

guint
zq_thread_n_messages (ZqThread *self)
{
  return self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;
}

/* --- what is in sight ------------------------------------------------------------------------- */

static gboolean
is_looked_at (ZqThread *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return root != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) && gtk_window_is_active (GTK_WINDOW (root));
}

static gboolean
foot_is_in_sight (ZqThread *self, GtkWidget *item)
{
  float foot;

  return zq_thread_get_foot (self, item, &foot) && foot > 0 &&
         foot <= gtk_widget_get_height (GTK_WIDGET (self->scroller)) + 24;
}

static void
note_sighted (ZqThread *self, gint64 key)
{
  if (self->sighted != NULL && !g_hash_table_contains (self->sighted, &key))
    g_hash_table_add (self->sighted, g_memdup2 (&key, sizeof key));
}

guint
zq_thread_newest_in_sight (ZqThread *self, gboolean note)
{
  GtkWidget *item;
  guint newest = 0;

  for (item = gtk_widget_get_first_child (GTK_WIDGET (self->view)); item; item = gtk_widget_get_next_sibling (item))
    {
      GtkWidget *bubble = gtk_widget_get_first_child (item);
      ZqMessage *message = ZQ_IS_BUBBLE (bubble) ? zq_bubble_get_message (ZQ_BUBBLE (bubble)) : NULL;
      guint position;

      if (message == NULL || !foot_is_in_sight (self, item) ||
          !zq_list_find (self->list, zq_message_get_key (message), &position))
        continue;
      newest = MAX (newest, position + 1);
      if (note)
        note_sighted (self, zq_message_get_key (message));
    }
  return newest;
}

guint
zq_thread_find_unseen (ZqThread *self, guint *first)
{
  guint n = zq_thread_n_messages (self), n_unseen = 0;

  *first = n;
  for (guint i = n; i > 0 && n - i < LOOK_BACK; i--)
    {
      g_autoptr (ZqMessage) message = g_list_model_get_item (G_LIST_MODEL (self->list), i - 1);
      gint64 key = zq_message_get_key (message);
      gboolean loaded, is_new;
      int sender;

      g_object_get (message, "loaded", &loaded, "is-new", &is_new, "sender", &sender, NULL);
      if (loaded && !is_new && sender != ZQ_SENDER_ME && sender != ZQ_SENDER_SYSTEM)
        break;
      if (!loaded)
        g_signal_connect_object (message, "notify::loaded", G_CALLBACK (zq_thread_look_later), self, G_CONNECT_SWAPPED);
      if ((loaded && !is_new) || g_hash_table_contains (self->sighted, &key))
        continue;
      n_unseen++;
      *first = i - 1;
    }
  return n_unseen;
}

static void
on_dwelt (gpointer data)
{
  ZqThread *self = data;
  guint n = zq_thread_n_messages (self);

  self->alarm = 0;
  if (n == 0 || !is_looked_at (self) || zq_thread_newest_in_sight (self, FALSE) < n || self->n_unseen > 0 ||
      self->told == self->seen)
    return;
  self->told = self->seen;
  g_signal_emit (self, signals[SEEN], 0, self->seen);
}

void
zq_thread_show_news (ZqThread *self, guint n, gboolean above)
{
  g_autofree char *words = NULL, *label = NULL;

  if (n > 0)
    {
      words = g_strdup_printf (ngettext ("%u new message", "%u new messages", n), n);
      label = g_strconcat (above ? "↑ " : "↓ ", words, NULL);
      gtk_button_set_label (self->news, label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->news), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
    }
  gtk_revealer_set_reveal_child (self->news_revealer, n > 0);
}

static void
set_n_unseen (ZqThread *self, guint n_unseen)
{
  if (self->n_unseen == n_unseen)
    return;
  self->n_unseen = n_unseen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_UNSEEN]);
}

static void
look (gpointer data)
{
  ZqThread *self = data;
  guint n = zq_thread_n_messages (self), newest, position, n_unseen, first;

  self->look_id = 0;
  if (n == 0 || self->tick != 0 || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  newest = zq_thread_newest_in_sight (self, is_looked_at (self));
  if (newest > 0 && is_looked_at (self) &&
      (self->seen == 0 || !zq_list_find (self->list, self->seen, &position) || newest > position + 1))
    self->seen = zq_list_get_key (self->list, newest - 1);
  if (newest >= n)
    self->n_known = n;
  n_unseen = zq_thread_find_unseen (self, &first);
  if (n_unseen > 0)
    zq_thread_show_news (self, n_unseen, first < newest);
  else
    zq_thread_show_news (self, n > self->n_known ? n - self->n_known : 0, FALSE);
  set_n_unseen (self, n_unseen);
  if (newest >= n && n_unseen == 0 && self->alarm == 0 && self->told != self->seen)
    self->alarm = zq_clock_alarm_in (self->clock, DWELL, on_dwelt, self);
}

static gboolean
on_look_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ZqThread *self = ZQ_THREAD (widget);

  self->look_tick = 0;
  if (self->look_id == 0)
    self->look_id = g_idle_add_once (look, self);
  return G_SOURCE_REMOVE;
}

void
zq_thread_look_later (ZqThread *self)
{
  if (self->look_tick == 0)
    self->look_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_look_tick, NULL, NULL);
}

static void
on_news_clicked (ZqThread *self)
{
  zq_thread_show_unseen (self);
}

void
zq_thread_settle (ZqThread *self)
{
  if (self->is_settled)
    return;
  self->is_settled = TRUE;
  zq_thread_return_focus (self);
  g_signal_emit (self, signals[SETTLED], 0);
}

static void
on_items_changed (ZqThread *self, guint position, guint removed, guint added)
{
  guint n = zq_thread_n_messages (self);

  gtk_widget_set_visible (self->empty, n == 0);
  if (n == 0)
    return;
  /* What was taken away, or came in above the end, is not news on the foot. */
  if (removed > 0)
    self->n_known -= MIN (self->n_known, removed);
  if (added > 0 && position < self->n_known)
    self->n_known += added;
  if (self->follow && added > 0 && position + added == n)
    {
      self->follow = FALSE;
      self->n_known = n;
      zq_thread_go_to (self, n - 1, FALSE);
      return;
    }
  zq_thread_start_opening (self);
  zq_thread_look_later (self);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void
on_resend (ZqThread *self, gint64 intent)
{
  g_signal_emit (self, signals[RESEND], 0, intent);
}

static void
on_take_back (ZqThread *self, gint64 intent)
{
  g_signal_emit (self, signals[TAKE_BACK], 0, intent);
}

static void
on_open_file (ZqThread *self, gint64 message, const char *key)
{
  g_signal_emit (self, signals[OPEN_FILE], 0, message, key);
}

static void
on_save_file (ZqThread *self, gint64 message, const char *key)
{
  g_signal_emit (self, signals[SAVE_FILE], 0, message, key);
}

static void
on_setup (ZqThread *self, GtkListItem *item)
{
  ZqBubble *bubble;

  gtk_list_item_set_activatable (item, FALSE);
  if (zq_spare_take (self->spare, item))
    return;
  bubble = zq_bubble_new (self->store, self->zone);
  g_object_bind_property (self->ticker, "now", bubble, "now", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (bubble, "resend", G_CALLBACK (on_resend), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bubble, "take-back", G_CALLBACK (on_take_back), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bubble, "open-file", G_CALLBACK (on_open_file), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bubble, "save-file", G_CALLBACK (on_save_file), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (bubble, "go-to", G_CALLBACK (zq_thread_show_message), self, G_CONNECT_SWAPPED);
  zq_spare_add (self->spare, GTK_WIDGET (bubble));
  gtk_list_item_set_child (item, GTK_WIDGET (bubble));
}

/* What it held before it holds until now: the list lets go of a row, and takes it again, whenever one comes above it.
 */
static void
on_bind (ZqThread *self, GtkListItem *item)
{
  ZqBubble *bubble = ZQ_BUBBLE (gtk_list_item_get_child (item));
  ZqMessage *message = gtk_list_item_get_item (item);

  zq_thread_mark_bubble (self, bubble, zq_message_get_key (message));
  zq_bubble_set_message (bubble, message);
}

/* Of the message that has the focus; NULL: none has. */
static ZqBubble *
focused_bubble (ZqThread *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *bubble = focus != NULL ? gtk_widget_get_ancestor (focus, ZQ_TYPE_BUBBLE) : NULL;

  if (bubble == NULL && focus != NULL)
    bubble = gtk_widget_get_first_child (focus);
  return bubble != NULL && ZQ_IS_BUBBLE (bubble) ? ZQ_BUBBLE (bubble) : NULL;
}

/* What can be done with it: before a label has its own menu, and copies only what is marked in it. */
static gboolean
on_message_key (ZqThread *self, guint key, guint code, GdkModifierType state)
{
  GdkModifierType held = state & gtk_accelerator_get_default_mod_mask ();
  ZqBubble *bubble = focused_bubble (self);
  ZqMessage *message = bubble != NULL ? zq_bubble_get_message (bubble) : NULL;

  if (message == NULL)
    return FALSE;
  if (key == GDK_KEY_Menu || (key == GDK_KEY_F10 && held == GDK_SHIFT_MASK))
    zq_bubble_popup_menu (bubble, -1, -1);
  else if (key == GDK_KEY_q && held == 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "consult.quote", "x", zq_message_get_key (message));
  else if (key == GDK_KEY_c && held == GDK_CONTROL_MASK)
    gtk_widget_activate_action (GTK_WIDGET (bubble), "bubble.copy", NULL);
  else
    return FALSE;
  return TRUE;
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_thread_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_thread_parent_class)->map (widget);
  zq_thread_look_later (ZQ_THREAD (widget));
}

static void
zq_thread_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_thread_parent_class)->root (widget);
  g_signal_connect_object (gtk_widget_get_root (widget), "notify::is-active", G_CALLBACK (zq_thread_look_later), widget,
                           G_CONNECT_SWAPPED);
}

static void
zq_thread_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_thread_parent_class)->realize (widget);
  ZQ_THREAD (widget)->laid_out_id =
      g_signal_connect_object (gtk_widget_get_frame_clock (widget), "layout", G_CALLBACK (zq_thread_on_laid_out),
                               widget, G_CONNECT_AFTER | G_CONNECT_SWAPPED);
}

static void
zq_thread_unrealize (GtkWidget *widget)
{
  g_clear_signal_handler (&ZQ_THREAD (widget)->laid_out_id, gtk_widget_get_frame_clock (widget));
  GTK_WIDGET_CLASS (zq_thread_parent_class)->unrealize (widget);
}

static void
zq_thread_dispose (GObject *object)
{
  ZqThread *self = ZQ_THREAD (object);

  zq_thread_close (self);
  g_clear_object (&self->ticker);
  g_clear_object (&self->store);
  g_clear_pointer (&self->sighted, g_hash_table_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->spare, g_ptr_array_unref);
  G_OBJECT_CLASS (zq_thread_parent_class)->dispose (object);
}

static void
zq_thread_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_uint (value, ZQ_THREAD (object)->n_unseen);
}

static void
zq_thread_class_init (ZqThreadClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_thread_dispose;
  G_OBJECT_CLASS (klass)->get_property = zq_thread_get_property;
  widget_class->map = zq_thread_map;
  widget_class->root = zq_thread_root;
  widget_class->realize = zq_thread_realize;
  widget_class->unrealize = zq_thread_unrealize;

  properties[PROP_N_UNSEEN] =
      g_param_spec_uint ("n-unseen", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
  signals[SETTLED] = g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SEEN] = g_signal_new ("seen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[RESEND] = g_signal_new ("resend", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[TAKE_BACK] =
      g_signal_new ("take-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[OPEN_FILE] = g_signal_new ("open-file", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                     G_TYPE_INT64, G_TYPE_STRING);
  signals[SAVE_FILE] = g_signal_new ("save-file", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                     G_TYPE_INT64, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/consult/thread.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqThread, box);
  gtk_widget_class_bind_template_child (widget_class, ZqThread, scroller);
  gtk_widget_class_bind_template_child (widget_class, ZqThread, view);
  gtk_widget_class_bind_template_child (widget_class, ZqThread, empty);
  gtk_widget_class_bind_template_child (widget_class, ZqThread, news_revealer);
  gtk_widget_class_bind_template_child (widget_class, ZqThread, news);
  gtk_widget_class_bind_template_callback (widget_class, on_news_clicked);
}

static void
zq_thread_init (ZqThread *self)
{
  GtkEventController *keys;
  GtkAdjustment *v;

  self->spare = zq_spare_new ();
  self->sighted = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_message_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  v = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (v, "value-changed", G_CALLBACK (zq_thread_look_later), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (v, "changed", G_CALLBACK (zq_thread_look_later), self, G_CONNECT_SWAPPED);
}

static void
make_factory (ZqThread *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->view, factory);
}

void
zq_thread_open (ZqThread *self, ZqStore *store, ZqTicker *ticker, GTimeZone *zone, gint64 thread_id)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  zq_thread_close (self);
  if (gtk_list_view_get_factory (self->view) == NULL)
    {
      self->zone = zone;
      self->store = g_object_ref (store);
      self->ticker = g_object_ref (ticker);
      make_factory (self);
    }
  self->clock = g_object_ref (zq_store_get_clock (store));
  gtk_widget_set_visible (self->empty, thread_id == 0);
  if (thread_id == 0)
    return;
  self->first_new = zq_message_first_unread (zq_store_get_main_db (store), thread_id);
  self->list = zq_message_list_new (store, thread_id);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (on_items_changed), self, G_CONNECT_SWAPPED);
  self->slice = zq_thread_slice_new (self->list);
  gtk_widget_set_visible (self->empty, zq_thread_n_messages (self) == 0);
  zq_thread_start_opening (self);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->slice)));
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

void
zq_thread_close (ZqThread *self)
{
  zq_thread_lend_focus (self);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  if (self->look_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->look_tick);
  if (self->grow_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->grow_tick);
  self->tick = self->look_tick = self->grow_tick = 0;
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (self->clock != NULL)
    {
      zq_clock_clear (self->clock, &self->alarm);
      zq_clock_clear (self->clock, &self->found_alarm);
    }
  g_clear_object (&self->clock);
  if (self->list != NULL)
    g_signal_handlers_disconnect_by_data (self->list, self);
  if (self->view != NULL)
    gtk_list_view_set_model (self->view, NULL);
  g_clear_object (&self->slice);
  g_clear_object (&self->list);
  g_clear_pointer (&self->sought, g_free);
  self->first_new = self->found = self->seen = self->told = 0;
  self->n_known = self->n_places = 0;
  self->follow = self->grows = self->opened = self->is_settled = FALSE;
  if (self->sighted != NULL)
    g_hash_table_remove_all (self->sighted);
  set_n_unseen (self, 0);
  if (self->news_revealer != NULL)
    gtk_revealer_set_reveal_child (self->news_revealer, FALSE);
}

gint64
zq_thread_get_seen (ZqThread *self)
{
  return self->seen;
}

guint
zq_thread_count_unseen (ZqThread *self)
{
  guint first, n = zq_thread_n_messages (self) > 0 ? zq_thread_find_unseen (self, &first) : 0;

  set_n_unseen (self, n);
  return n;
}

ZqMessage *
zq_thread_find_message (ZqThread *self, gint64 key)
{
  guint position;

  if (self->list == NULL || !zq_list_find (self->list, key, &position))
    return NULL;
  return g_list_model_get_item (G_LIST_MODEL (self->list), position);
}

void
zq_thread_follow (ZqThread *self)
{
  self->follow = TRUE;
}

GListModel *
zq_thread_get_messages (ZqThread *self)
{
  return self->list != NULL ? G_LIST_MODEL (self->list) : NULL;
}
