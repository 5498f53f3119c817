/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/holders.h"

#include "base/id.h"

#include <string.h>

#define HOLDER_LIMIT 5000

void
zq_holders_free (ZqHolders *self)
{
  g_object_unref (self->task);
  g_free (self->again);
  g_free (self);
}

static void
holder_free (gpointer data)
{
  ZqHolder *self = data;

  g_free (self->id);
  g_free (self->since);
  g_free (self);
}

char *
zq_holders_expand (const ZqPeer *peer, gboolean refresh, const ZqScope *scope)
{
  GString *list = g_string_new ("'[");
  GString *sql = g_string_new (scope->again != NULL ? scope->again : "SELECT 0");

  for (guint i = 0; !refresh && peer->departments[i] != NULL; i++)
    {
      if (zq_id_is_valid (peer->departments[i]))
        g_string_append_printf (list, "%s\"%s\"", list->len > 2 ? "," : "", peer->departments[i]);
    }
  g_string_append (list, "]'");
  g_string_replace (sql, "{departments}", list->str, 0);
  g_string_free (list, TRUE);
  return g_string_free (sql, FALSE);
}

gpointer
zq_holders_read (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  ZqHolders *holders = data;
  const char *kind = strstr (holders->scope->query, "{patient}") != NULL ? "patient" : "thread";
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (holder_free);
  g_autofree char *sql = g_strconcat ("SELECT r.server_id, c.high FROM resource r LEFT JOIN cursor c ON c.kind = ?2"
                                      " AND c.scope = ?3 || '/' || r.server_id AND c.filled"
                                      " WHERE r.kind = ?1 AND r.state = 'held' AND r.server_id IS NOT NULL"
                                      " AND (?4 OR c.kind IS NULL OR r.id IN (",
                                      holders->again, ")) ORDER BY c.high, r.id DESC LIMIT ?5", NULL);
  g_autoptr (ZqRows) rows = NULL;
  g_autoptr (GError) failure = NULL;

  rows = zq_db_query (db, &failure, sql, "sssii", kind, holders->kind->name, holders->scope->name,
                      (gint64)holders->refresh, (gint64)HOLDER_LIMIT);
  while (rows != NULL && zq_rows_next (rows, &failure))
    {
      ZqHolder *holder = g_new0 (ZqHolder, 1);

      holder->id = g_strdup (zq_rows_text (rows, 0));
      /* What may have been taken away is asked for whole. */
      holder->since = holders->refresh ? NULL : g_strdup (zq_rows_text (rows, 1));
      g_ptr_array_add (found, holder);
    }
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return g_steal_pointer (&found);
}
