/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/pull.h"

#include "base/id.h"

#include <string.h>

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

gboolean
zq_scope_hangs (const ZqScope *scope)
{
  return strstr (scope->query, "{patient}") != NULL || strstr (scope->query, "{thread}") != NULL;
}

static void
call (ZqPeer *peer,
      const ZqResourceKind *kind,
      const ZqScope *scope,
      const char *department,
      ZqScopeFunc func,
      gpointer data)
{
  g_autofree char *query = zq_scope_expand (scope->query, peer->me, department, NULL);
  g_autofree char *cursor =
      department != NULL ? g_strconcat (scope->name, "/", department, NULL) : g_strdup (scope->name);
  g_autofree char *name = g_strconcat (kind->name, "/", cursor, NULL);
  ZqScopeRun run = { kind, scope, cursor, name, query };

  func (&run, data);
}

void
zq_scope_foreach (ZqPeer *peer, ZqScopeFunc func, gpointer data)
{
  const ZqResourceKind *const *kinds = zq_store_get_kinds (peer->store);

  for (; *kinds != NULL; kinds++)
    {
      for (const ZqScope *scope = (*kinds)->scopes; scope != NULL && scope->name != NULL; scope++)
        {
          if (zq_scope_hangs (scope))
            continue;
          if (strstr (scope->query, "{department}") == NULL)
            call (peer, *kinds, scope, NULL, func, data);
          else
            for (guint i = 0; peer->departments[i] != NULL; i++)
              call (peer, *kinds, scope, peer->departments[i], func, data);
        }
    }
}
