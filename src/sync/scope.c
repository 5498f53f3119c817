/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pull.h"

#include "base/id.h"

char *
zq_scope_expand (const char *query, const char *me, const char *department, const char *ids)
{
  const struct
  {
    const char *name;
    const char *value;
  } places[] = {
    { "{system-department}", ZQ_SYSTEM_DEPARTMENT },
    { "{department}", department },
    { "{me}", me },
    { "{patient}", ids },
    { "{thread}", ids },
  };
  GString *text = g_string_new (query);

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (places[i].value != NULL)
        g_string_replace (text, places[i].name, places[i].value, 0);
    }
  return g_string_free (text, FALSE);
}
