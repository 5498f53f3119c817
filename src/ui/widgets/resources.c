/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/resources.h"

#include "zq-ui-resources.h"

void
zq_ui_init (void)
{
  /* It registers itself; the reference from here keeps it in a static link. */
  (void)zq_ui_get_resource ();
}
