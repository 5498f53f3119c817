/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/context.h"

void
zq_context_free (ZqContext *self)
{
  if (self == NULL)
    return;

  g_free (self->base);
  g_free (self->me);
  g_free (self->my_name);
  g_free (self->role);
  g_strfreev (self->departments);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->policy);
  g_clear_object (&self->clock);
  g_free (self);
}
