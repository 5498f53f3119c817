/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/report-row.h"

struct _ZqReportRow
{
  GtkWidget parent_instance;

  char *words;
};

enum
{
  ACTIVATE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqReportRow, zq_report_row, GTK_TYPE_WIDGET)

/* Enter is the list's if nobody wants it here. */
static gboolean
on_activate (GtkWidget *widget, GVariant *args, gpointer data)
{
  if (!g_signal_has_handler_pending (widget, signals[ACTIVATE], 0, FALSE))
    return FALSE;
  g_signal_emit (widget, signals[ACTIVATE], 0);

  return TRUE;
}

static gboolean
on_copy (GtkWidget *widget, GVariant *args, gpointer data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), ZQ_REPORT_ROW (widget)->words);

  return TRUE;
}

static void
zq_report_row_finalize (GObject *object)
{
  g_free (ZQ_REPORT_ROW (object)->words);
  G_OBJECT_CLASS (zq_report_row_parent_class)->finalize (object);
}

static void
zq_report_row_class_init (ZqReportRowClass *klass)
{
  static const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = zq_report_row_finalize;
  signals[ACTIVATE] =
      g_signal_new ("activate", ZQ_TYPE_REPORT_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i], 0, on_activate, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, on_copy, NULL);
  gtk_widget_class_set_css_name (widget_class, "reportrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_ROW);
}

static void
zq_report_row_init (ZqReportRow *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
zq_report_row_new (const char *words)
{
  ZqReportRow *self = g_object_new (ZQ_TYPE_REPORT_ROW, NULL);

  self->words = g_strdup (words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);

  return GTK_WIDGET (self);
}

const char *
zq_report_row_get_words (ZqReportRow *self)
{
  return self->words;
}
