/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/shell/preferences.h"

#include <string.h>

#define SCHEMA "org.zhenqiao.Zhenqiao"

struct _ZqPreferences
{
  AdwPreferencesWindow parent_instance;

  /* template */
  GtkSwitch *notify_urgent;
  GtkSwitch *notify_own;
  GtkSwitch *notify_names;
  GtkSwitch *notify_words;
  GtkSwitch *quiet_hours;
  GtkSpinButton *quiet_from;
  GtkSpinButton *quiet_until;
  GtkSwitch *quiet_urgent;

  /* owned */
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (ZqPreferences, zq_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* --- minutes of a day as a clock shows them ----------------------------------------------------- */

static gboolean
on_show_minute (GtkSpinButton *button)
{
  int minute = gtk_spin_button_get_value_as_int (button);
  g_autofree char *words = g_strdup_printf ("%02d:%02d", minute / 60, minute % 60);

  if (!g_str_equal (words, gtk_editable_get_text (GTK_EDITABLE (button))))
    gtk_editable_set_text (GTK_EDITABLE (button), words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  return TRUE;
}

/* "7", "0730", "7.30" and "７：３０" as people type it. */
static gboolean
read_minute (const char *typed, int *minute)
{
  g_autofree char *plain = g_utf8_normalize (typed, -1, G_NORMALIZE_ALL);
  g_autofree char *text = plain != NULL ? g_strstrip (g_strdup (plain)) : NULL;
  gsize n = text != NULL ? strspn (text, "0123456789") : 0;
  int hours, minutes = 0;
  char end = '\0';

  if (n == 0 || n > 4)
    return FALSE;
  if (text[n] == '\0' && n > 2)
    {
      hours = atoi (text) / 100;
      minutes = atoi (text) % 100;
    }
  else if (text[n] == '\0')
    hours = atoi (text);
  else if (strchr (":.", text[n]) == NULL || sscanf (text + n + 1, "%2d%c", &minutes, &end) != 1)
    return FALSE;
  else
    hours = atoi (text);
  *minute = hours * 60 + minutes;
  return hours < 24 && minutes >= 0 && minutes < 60;
}

static int
on_read_minute (GtkSpinButton *button, double *value)
{
  int minute;

  if (!read_minute (gtk_editable_get_text (GTK_EDITABLE (button)), &minute))
    return GTK_INPUT_ERROR;
  *value = minute;
  return TRUE;
}

/* --- object ---------------------------------------------------------------------------------------- */

static void
bind_switch (ZqPreferences *self, const char *key, GtkSwitch *button)
{
  g_settings_bind (self->settings, key, button, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
bind_settings (ZqPreferences *self)
{
  bind_switch (self, "notify-urgent", self->notify_urgent);
  bind_switch (self, "notify-own", self->notify_own);
  bind_switch (self, "notify-names", self->notify_names);
  bind_switch (self, "notify-words", self->notify_words);
  bind_switch (self, "quiet-hours", self->quiet_hours);
  bind_switch (self, "quiet-urgent", self->quiet_urgent);
  g_settings_bind (self->settings, "quiet-from", gtk_spin_button_get_adjustment (self->quiet_from), "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "quiet-until", gtk_spin_button_get_adjustment (self->quiet_until), "value",
                   G_SETTINGS_BIND_DEFAULT);
}

static void
zq_preferences_dispose (GObject *object)
{
  g_clear_object (&ZQ_PREFERENCES (object)->settings);
  G_OBJECT_CLASS (zq_preferences_parent_class)->dispose (object);
}

static void
zq_preferences_class_init (ZqPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_preferences_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/shell/preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, notify_urgent);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, notify_own);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, notify_names);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, notify_words);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, quiet_hours);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, quiet_from);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, quiet_until);
  gtk_widget_class_bind_template_child (widget_class, ZqPreferences, quiet_urgent);
  gtk_widget_class_bind_template_callback (widget_class, on_show_minute);
  gtk_widget_class_bind_template_callback (widget_class, on_read_minute);
}

static void
zq_preferences_init (ZqPreferences *self)
{
  self->settings = g_settings_new (SCHEMA);
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_settings (self);
}

gboolean
zq_preferences_can_show (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = source != NULL ? g_settings_schema_source_lookup (source, SCHEMA, TRUE) : NULL;

  return schema != NULL && g_settings_schema_has_key (schema, "quiet-hours");
}

void
zq_preferences_show (GtkWindow *parent)
{
  gtk_window_present (g_object_new (ZQ_TYPE_PREFERENCES, "transient-for", parent, "destroy-with-parent", TRUE, NULL));
}
