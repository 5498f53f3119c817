/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/context.h"

ZqPolicy *
zq_context_get_policy (const ZqContext *self)
{
  return g_atomic_pointer_get ((ZqPolicy **)&self->policy);
}

void
zq_context_take_policy (ZqContext *self, ZqPolicy *policy)
{
  ZqPolicy *old = self->policy;

  if (self->policies == NULL)
    self->policies = g_ptr_array_new_with_free_func (g_object_unref);
  g_atomic_pointer_set (&self->policy, policy);
  if (old != NULL)
    g_ptr_array_add (self->policies, old);
}

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
  g_clear_pointer (&self->policies, g_ptr_array_unref);
  g_clear_object (&self->clock);
  g_free (self);
}
