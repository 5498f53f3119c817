/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/visit-page.h"

#include <gmodule.h>

G_MODULE_EXPORT GtkWidget *zq_call_module_make_page (const ZqVisitHost *host);

/* All that the program calls in the module; see ui/visit/host.h. */
GtkWidget *
zq_call_module_make_page (const ZqVisitHost *host)
{
  return GTK_WIDGET (zq_visit_page_new (host));
}
