/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/rules.h"

#include "clinic/consult/summary.h"
#include "resource/json.h"

#include <string.h>

JsonNode *
zq_args_read (const char *text)
{
  g_autoptr (JsonNode) node = text != NULL ? zq_json_read (text, -1, NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

gint64
zq_chain_consult (const char *chain)
{
  return chain != NULL && g_str_has_prefix (chain, "consult/") ? g_ascii_strtoll (chain + strlen ("consult/"), NULL, 10)
                                                               : 0;
}

static gint64
read_number (JsonNode *node, const char *name)
{
  const char *text = zq_json_get_string (node, name);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

gboolean
zq_basis_is_stale (ZqDb *db, gint64 thread, JsonNode *basis)
{
  gint64 sent = read_number (basis, "sent");
  gint64 top = read_number (basis, "top");
  gint64 found = 0;

  zq_db_get_int (db, &found, NULL,
                 "SELECT EXISTS (SELECT 1 FROM message WHERE thread = ?1 AND side = 1 AND NOT withdrawn"
                 " AND (sent > ?2 OR (id > ?3 AND sent > ?4)))",
                 "iiii", thread, sent, top, sent - ZQ_LATE_US);

  return found != 0;
}

char *
zq_basis_new (ZqDb *db, gint64 thread, gint64 seen, const char *status, gint64 now)
{
  gint64 sent = 0, top = 0;
  g_autofree char *quoted = zq_json_quote (status);

  /* What stood below the last message that was seen was not seen. */
  if (seen > 0)
    zq_db_get_int (db, &sent, NULL, "SELECT sent FROM message WHERE id = ? AND thread = ?", "ii", seen, thread);
  else if (seen == ZQ_SEEN_ALL)
    zq_db_get_int (db, &sent, NULL, "SELECT coalesce (max (sent), 0) FROM message WHERE thread = ? AND NOT pending",
                   "i", thread);
  zq_db_get_int (db, &top, NULL, "SELECT coalesce (max (id), 0) FROM message WHERE thread = ?", "i", thread);

  return g_strdup_printf ("{\"sent\":%" G_GINT64_FORMAT ",\"top\":%" G_GINT64_FORMAT ",\"at\":%" G_GINT64_FORMAT
                          ",\"status\":%s}",
                          sent, top, now, quoted);
}
