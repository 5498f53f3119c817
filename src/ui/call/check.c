/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/check.h"

#include "ui/call/check-words.h"
#include "ui/call/chooser.h"
#include "ui/call/paintable.h"

#include <glib/gi18n.h>

#define N_ITEMS ZQ_PROBE_N_ITEMS

struct _ZqCallCheck
{
  GtkWidget parent_instance;

  /* owned */
  ZqCallDevices *devices;
  ZqCallProbe *probe;
  ZqVideoPaintable *paintable;

  GtkWidget *box;
  GtkWidget *icons[N_ITEMS], *words[N_ITEMS];
  GtkWidget *level;
  GtkWidget *heard, *not_heard;
  GtkWidget *lost; /* what was unplugged */
};

G_DEFINE_FINAL_TYPE (ZqCallCheck, zq_call_check, GTK_TYPE_WIDGET)

/* --- results ------------------------------------------------------------------------------------ */

static const char *
get_icon (ZqProbeVerdict verdict)
{
  static const char *const icons[] = { "content-loading-symbolic", "content-loading-symbolic",
                                       "dialog-question-symbolic", "object-select-symbolic",
                                       "dialog-warning-symbolic",  "dialog-error-symbolic" };

  return icons[verdict];
}

static void
show_result (ZqCallCheck *self, ZqProbeItem item)
{
  const ZqProbeResult *result = zq_call_probe_get (self->probe, item);
  const char *side = zq_check_side_words (result->side);
  g_autofree char *words = zq_check_result_words (item, result);
  g_autofree char *line = side != NULL ? g_strdup_printf (_ ("%s (%s)"), words, side) : g_strdup (words);
  GtkWidget *icon = self->icons[item];

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), get_icon (result->verdict));
  gtk_label_set_text (GTK_LABEL (self->words[item]), line);
  gtk_widget_remove_css_class (icon, "success");
  gtk_widget_remove_css_class (icon, "warning");
  gtk_widget_remove_css_class (icon, "error");
  if (result->verdict >= ZQ_PROBE_PASS)
    gtk_widget_add_css_class (icon, result->verdict == ZQ_PROBE_PASS   ? "success"
                                    : result->verdict == ZQ_PROBE_POOR ? "warning"
                                                                       : "error");
  if (item == ZQ_PROBE_SPEAKER)
    {
      gtk_widget_set_visible (self->heard, result->verdict == ZQ_PROBE_ASK || result->verdict == ZQ_PROBE_POOR);
      gtk_widget_set_visible (self->not_heard,
                              gtk_widget_get_visible (self->heard) || g_strcmp0 (result->code, "played") == 0);
    }
  if (item == ZQ_PROBE_CAMERA && result->verdict == ZQ_PROBE_FAIL && g_strcmp0 (result->code, "black") != 0)
    zq_video_paintable_clear (self->paintable);
}

static void
on_changed (ZqCallProbe *probe, guint item, ZqCallCheck *self)
{
  show_result (self, item);
}

/* From silence to the loudest, as the ear counts. */
static void
on_level (ZqCallProbe *probe, double level, ZqCallCheck *self)
{
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->level), CLAMP ((level + 60) / 60, 0, 1));
}

/* --- devices ------------------------------------------------------------------------------------ */

/* The items of devices come first and in their order. */
static void
on_switched (ZqCallDevices *devices, guint kind, ZqCallCheck *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && zq_call_devices_is_ready (devices) && kind != ZQ_CALL_SPEAKER)
    zq_call_probe_again (self->probe, kind);
}

static void
on_lost (ZqCallDevices *devices, guint kind, const char *gone, const char *now, ZqCallCheck *self)
{
  g_autofree char *words = now != NULL ? g_strdup_printf (_ ("%s was unplugged: %s is used instead"), gone, now)
                                       : g_strdup_printf (_ ("%s was unplugged: there is no other"), gone);

  gtk_label_set_text (GTK_LABEL (self->lost), words);
  gtk_widget_set_visible (self->lost, TRUE);
}

static void
on_ready (ZqCallDevices *devices, ZqCallCheck *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    zq_call_probe_start (self->probe);
}

/* --- what is pressed ---------------------------------------------------------------------------- */

static void
on_tone (ZqCallCheck *self)
{
  if (zq_call_devices_is_ready (self->devices))
    zq_call_probe_again (self->probe, ZQ_PROBE_SPEAKER);
}

static void
on_heard (ZqCallCheck *self)
{
  zq_call_probe_heard (self->probe, TRUE);
}

static void
on_not_heard (ZqCallCheck *self)
{
  zq_call_probe_heard (self->probe, FALSE);
}

static void
on_again (ZqCallCheck *self)
{
  gtk_widget_set_visible (self->lost, FALSE);
  if (zq_call_devices_is_ready (self->devices))
    zq_call_probe_start (self->probe);
}

/* --- building ----------------------------------------------------------------------------------- */

static GtkWidget *
make_button (ZqCallCheck *self, const char *label, GCallback func)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  g_signal_connect_swapped (button, "clicked", func, self);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);

  return button;
}

static void
add_item (ZqCallCheck *self, GtkGrid *grid, ZqProbeItem item)
{
  GtkWidget *name = gtk_label_new (zq_check_item_words (item));
  int row = (int)item * 2;

  self->icons[item] = gtk_image_new_from_icon_name (get_icon (ZQ_PROBE_NONE));
  self->words[item] = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (self->words[item]), 0);
  gtk_label_set_wrap (GTK_LABEL (self->words[item]), TRUE);
  gtk_label_set_width_chars (GTK_LABEL (self->words[item]), 34);
  gtk_widget_set_hexpand (self->words[item], TRUE);
  gtk_grid_attach (grid, self->icons[item], 0, row, 1, 1);
  gtk_grid_attach (grid, name, 1, row, 1, 1);
  gtk_grid_attach (grid, self->words[item], 2, row, 1, 1);
  if (item <= ZQ_PROBE_SPEAKER)
    gtk_grid_attach (grid, zq_device_chooser_new (self->devices, (ZqCallDevice)item), 2, row + 1, 1, 1);
}

static void
add_tone (ZqCallCheck *self, GtkGrid *grid)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->heard = make_button (self, _ ("I _Heard It"), G_CALLBACK (on_heard));
  self->not_heard = make_button (self, _ ("I Did _Not Hear It"), G_CALLBACK (on_not_heard));
  gtk_box_append (GTK_BOX (buttons), make_button (self, _ ("Play _Tone"), G_CALLBACK (on_tone)));
  gtk_box_append (GTK_BOX (buttons), self->heard);
  gtk_box_append (GTK_BOX (buttons), self->not_heard);
  gtk_grid_attach (grid, buttons, 3, 2 * ZQ_PROBE_SPEAKER, 1, 2);
}

static GtkWidget *
make_seen (ZqCallCheck *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (self->paintable));

  gtk_picture_set_can_shrink (GTK_PICTURE (picture), TRUE);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ ("What your camera sees"));
  gtk_widget_set_size_request (picture, 360, 270);
  self->level = gtk_level_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->level), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("How loud the microphone hears you"), -1);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), self->level);

  return box;
}

static void
build (ZqCallCheck *self)
{
  GtkWidget *sides = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);
  GtkWidget *again = make_button (self, _ ("_Look Again"), G_CALLBACK (on_again));
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_margin_top (self->box, 12);
  gtk_widget_set_margin_bottom (self->box, 12);
  gtk_widget_set_margin_start (self->box, 18);
  gtk_widget_set_margin_end (self->box, 18);
  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 10);
  gtk_widget_set_hexpand (GTK_WIDGET (grid), TRUE);
  for (guint item = 0; item < N_ITEMS; item++)
    add_item (self, grid, item);
  add_tone (self, grid);
  gtk_box_append (GTK_BOX (sides), make_seen (self));
  gtk_box_append (GTK_BOX (sides), GTK_WIDGET (grid));
  self->lost = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->lost), TRUE);
  gtk_widget_add_css_class (self->lost, "warning");
  gtk_widget_set_visible (self->lost, FALSE);
  gtk_widget_set_halign (again, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (self->box), self->lost);
  gtk_box_append (GTK_BOX (self->box), sides);
  gtk_box_append (GTK_BOX (self->box), again);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

/* --- object ------------------------------------------------------------------------------------- */

static void
zq_call_check_map (GtkWidget *widget)
{
  ZqCallCheck *self = ZQ_CALL_CHECK (widget);

  GTK_WIDGET_CLASS (zq_call_check_parent_class)->map (widget);
  if (zq_call_devices_is_ready (self->devices))
    zq_call_probe_start (self->probe);
}

static void
zq_call_check_unmap (GtkWidget *widget)
{
  zq_call_check_stop (ZQ_CALL_CHECK (widget));
  GTK_WIDGET_CLASS (zq_call_check_parent_class)->unmap (widget);
}

static void
zq_call_check_dispose (GObject *object)
{
  ZqCallCheck *self = ZQ_CALL_CHECK (object);

  if (self->probe != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->probe, self);
      zq_call_probe_stop (self->probe);
      g_signal_handlers_disconnect_by_data (self->devices, self);
    }
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->probe);
  g_clear_object (&self->devices);
  g_clear_object (&self->paintable);
  G_OBJECT_CLASS (zq_call_check_parent_class)->dispose (object);
}

static void
zq_call_check_class_init (ZqCallCheckClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_call_check_dispose;
  widget_class->map = zq_call_check_map;
  widget_class->unmap = zq_call_check_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
zq_call_check_init (ZqCallCheck *self)
{
  self->paintable = zq_video_paintable_new ();
  zq_video_paintable_set_mirrored (self->paintable, TRUE);
}

GtkWidget *
zq_call_check_new (ZqCallDevices *devices, ZqClock *clock, ZqSignalling *signalling)
{
  ZqCallCheck *self = g_object_new (ZQ_TYPE_CALL_CHECK, NULL);
  ZqCallProbeConfig config = { devices, clock, signalling };

  self->devices = g_object_ref (devices);
  self->probe = zq_call_probe_new (&config);
  zq_call_probe_set_preview (self->probe, zq_video_paintable_push, self->paintable);
  build (self);
  for (guint item = 0; item < N_ITEMS; item++)
    show_result (self, item);
  g_signal_connect (self->probe, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->probe, "level", G_CALLBACK (on_level), self);
  g_signal_connect (devices, "switched", G_CALLBACK (on_switched), self);
  g_signal_connect (devices, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect (devices, "ready", G_CALLBACK (on_ready), self);

  return GTK_WIDGET (self);
}

void
zq_call_check_stop (ZqCallCheck *self)
{
  zq_call_probe_stop (self->probe);
  zq_video_paintable_clear (self->paintable);
  gtk_level_bar_set_value (GTK_LEVEL_BAR (self->level), 0);
}

ZqCallProbe *
zq_call_check_get_probe (ZqCallCheck *self)
{
  return self->probe;
}
