/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/consult/bubble-private.h"

#include <glib/gi18n.h>

enum
{
  PROP_MESSAGE = 1,
  PROP_NOW,
  PROP_FIRST_NEW,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[ZQ_BUBBLE_N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqBubble, zq_bubble, GTK_TYPE_WIDGET)

void
zq_bubble_emit (ZqBubble *self, guint signal, gint64 number)
{
  g_signal_emit (self, signals[signal], 0, number);
}

void
zq_bubble_emit_file (ZqBubble *self, guint signal, const char *key)
{
  if (self->message != NULL)
    g_signal_emit (self, signals[signal], 0, zq_message_get_key (self->message), key);
}

/* --- what the template's buttons do ----------------------------------------------------------- */

static void
on_resend (ZqBubble *self)
{
  if (self->message != NULL)
    zq_bubble_emit (self, ZQ_BUBBLE_RESEND, zq_message_get_intent (self->message));
}

static void
on_take_back (ZqBubble *self)
{
  if (self->message != NULL)
    zq_bubble_emit (self, ZQ_BUBBLE_TAKE_BACK, zq_message_get_intent (self->message));
}

static void
go_to_property (ZqBubble *self, const char *property)
{
  gint64 key = 0;

  if (self->message != NULL)
    g_object_get (self->message, property, &key, NULL);
  if (key != 0)
    zq_bubble_emit (self, ZQ_BUBBLE_GO_TO, key);
}

static void
on_quote (ZqBubble *self)
{
  go_to_property (self, "quote-key");
}

static void
on_corrected (ZqBubble *self)
{
  go_to_property (self, "corrected-by");
}

/* --- as the message is now -------------------------------------------------------------------- */

static void
refresh (ZqBubble *self)
{
  g_autofree char *all = NULL;

  if (self->message == NULL)
    return;
  zq_bubble_show_parts (self);
  all = zq_bubble_describe (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
}

static gboolean
on_refresh (gpointer data)
{
  ZqBubble *self = data;

  self->refresh_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Before the next frame is laid out: rows do not change their height in sight. */
static void
refresh_later (ZqBubble *self)
{
  if (self->refresh_id == 0)
    self->refresh_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_refresh, self, NULL);
}

/* --- object ----------------------------------------------------------------------------------- */

static void
zq_bubble_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (zq_bubble_parent_class)->map (widget);
  if (ZQ_BUBBLE (widget)->message != NULL)
    zq_bubble_show_going (ZQ_BUBBLE (widget));
}

static void
zq_bubble_unmap (GtkWidget *widget)
{
  ZqBubble *self = ZQ_BUBBLE (widget);

  GTK_WIDGET_CLASS (zq_bubble_parent_class)->unmap (widget);
  zq_clock_clear (self->clock, &self->second);
}

static void
zq_bubble_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (id == PROP_MESSAGE)
    g_value_set_object (value, self->message);
  else if (id == PROP_NOW)
    g_value_set_int64 (value, self->now);
  else
    g_value_set_boolean (value, self->first_new);
}

static void
zq_bubble_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (id == PROP_MESSAGE)
    zq_bubble_set_message (self, g_value_get_object (value));
  else if (id == PROP_NOW)
    self->now = g_value_get_int64 (value);
  else
    zq_bubble_set_first_new (self, g_value_get_boolean (value));
}

static void
zq_bubble_dispose (GObject *object)
{
  ZqBubble *self = ZQ_BUBBLE (object);

  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_handle_id (&self->refresh_id, g_source_remove);
  if (self->clock != NULL)
    zq_clock_clear (self->clock, &self->second);
  g_clear_object (&self->clock);
  g_clear_object (&self->attachments);
  g_clear_pointer (&self->shown_files, g_ptr_array_unref);
  g_clear_pointer (&self->sought, g_free);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_bubble_parent_class)->dispose (object);
}

static void
add_signals (GType type)
{
  signals[ZQ_BUBBLE_RESEND] =
      g_signal_new ("resend", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ZQ_BUBBLE_TAKE_BACK] =
      g_signal_new ("take-back", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[ZQ_BUBBLE_OPEN_FILE] = g_signal_new ("open-file", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                               2, G_TYPE_INT64, G_TYPE_STRING);
  signals[ZQ_BUBBLE_SAVE_FILE] = g_signal_new ("save-file", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                               2, G_TYPE_INT64, G_TYPE_STRING);
  signals[ZQ_BUBBLE_GO_TO] =
      g_signal_new ("go-to", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
}

static void
bind_template (GtkWidgetClass *klass)
{
  gtk_widget_class_set_template_from_resource (klass, "/org/zhenqiao/Zhenqiao/ui/consult/bubble.ui");
  gtk_widget_class_bind_template_child (klass, ZqBubble, box);
  gtk_widget_class_bind_template_child (klass, ZqBubble, quote);
  gtk_widget_class_bind_template_child (klass, ZqBubble, quote_who);
  gtk_widget_class_bind_template_child (klass, ZqBubble, quote_text);
  gtk_widget_class_bind_template_child (klass, ZqBubble, old_text);
  gtk_widget_class_bind_template_child (klass, ZqBubble, correction);
  gtk_widget_class_bind_template_child (klass, ZqBubble, text);
  gtk_widget_class_bind_template_child (klass, ZqBubble, files);
  gtk_widget_class_bind_template_child (klass, ZqBubble, rows);
  gtk_widget_class_bind_template_child (klass, ZqBubble, corrected);
  gtk_widget_class_bind_template_child (klass, ZqBubble, going);
  gtk_widget_class_bind_template_child (klass, ZqBubble, goes);
  gtk_widget_class_bind_template_callback (klass, on_resend);
  gtk_widget_class_bind_template_callback (klass, on_take_back);
  gtk_widget_class_bind_template_callback (klass, on_quote);
  gtk_widget_class_bind_template_callback (klass, on_corrected);
  zq_bubble_bind_words (klass);
}

static void
zq_bubble_class_init (ZqBubbleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = zq_bubble_get_property;
  object_class->set_property = zq_bubble_set_property;
  object_class->dispose = zq_bubble_dispose;
  widget_class->map = zq_bubble_map;
  widget_class->unmap = zq_bubble_unmap;

  g_type_ensure (ZQ_TYPE_MESSAGE);
  properties[PROP_MESSAGE] =
      g_param_spec_object ("message", NULL, NULL, ZQ_TYPE_MESSAGE, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_NOW] = g_param_spec_int64 ("now", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_FIRST_NEW] = g_param_spec_boolean ("first-new", NULL, NULL, FALSE, flags | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  add_signals (G_TYPE_FROM_CLASS (klass));

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  bind_template (widget_class);
  zq_bubble_install_menu (widget_class);
}

static void
zq_bubble_init (ZqBubble *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  zq_bubble_add_menu (self);
}

ZqBubble *
zq_bubble_new (ZqStore *store, GTimeZone *zone)
{
  ZqBubble *self = g_object_new (ZQ_TYPE_BUBBLE, NULL);

  self->attachments = g_object_ref (zq_store_get_attachments (store));
  self->clock = g_object_ref (zq_store_get_clock (store));
  self->zone = zone;
  return self;
}

void
zq_bubble_set_message (ZqBubble *self, ZqMessage *message)
{
  if (self->message == message)
    return;
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  zq_clock_clear (self->clock, &self->second);
  /* What it offers is of the message before. */
  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  g_set_object (&self->message, message);
  if (message != NULL)
    g_signal_connect_swapped (message, "notify", G_CALLBACK (refresh_later), self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MESSAGE]);
  refresh (self);
}

void
zq_bubble_set_first_new (ZqBubble *self, gboolean first_new)
{
  if (self->first_new == first_new)
    return;
  self->first_new = first_new;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FIRST_NEW]);
}

void
zq_bubble_set_sought (ZqBubble *self, const char *words)
{
  if (g_strcmp0 (self->sought, words) == 0)
    return;
  g_free (self->sought);
  self->sought = g_strdup (words);
  refresh (self);
}

ZqMessage *
zq_bubble_get_message (ZqBubble *self)
{
  return self->message;
}
