/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/toast.h"

AdwToast *
zq_toast_new (const char *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  return adw_toast_new (escaped);
}

gboolean
zq_toast_present (GtkWidget *widget, AdwToast *toast)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);

  if (overlay == NULL)
    {
      g_object_unref (toast);
      return FALSE;
    }
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  return TRUE;
}

void
zq_toast_show (GtkWidget *widget, const char *title)
{
  zq_toast_present (widget, zq_toast_new (title));
}
