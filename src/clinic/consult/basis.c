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
  static const char *const prefixes[] = { "consult/", "note/", ZQ_CHAIN_MEND };

  for (gsize i = 0; chain != NULL && i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (chain, prefixes[i]))
      return g_ascii_strtoll (chain + strlen (prefixes[i]), NULL, 10);

  return 0;
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
  gint64 seen = MAX (read_number (basis, "seen"), sent);
  gint64 found = 0;

  /* Of what was here, what stood below; of what came since, all that is no past being filled up. */
  zq_db_get_int (db, &found, NULL,
                 "SELECT EXISTS (SELECT 1 FROM message WHERE thread = ?1 AND side = 1 AND NOT withdrawn"
                 " AND iif (id > ?3, sent > ?4, sent > ?2))",
                 "iiii", thread, seen, top, sent - ZQ_LATE_US);

  return found != 0;
}

gint64
zq_basis_seen (ZqDb *db, gint64 thread, gint64 message)
{
  gint64 sent = 0;

  if (message > 0)
    zq_db_get_int (db, &sent, NULL,
                   "SELECT iif (s.pending, (SELECT coalesce (max (m.sent), 0) FROM message m"
                   "   WHERE m.thread = s.thread AND NOT m.pending AND m.id < s.id), s.sent)"
                   " FROM message s WHERE s.id = ? AND s.thread = ?",
                   "ii", message, thread);
  else if (message == ZQ_SEEN_ALL)
    zq_db_get_int (db, &sent, NULL, "SELECT coalesce (max (sent), 0) FROM message WHERE thread = ? AND NOT pending",
                   "i", thread);

  return sent;
}

char *
zq_basis_new (ZqDb *db, gint64 thread, gint64 message, const char *status, gint64 now)
{
  gint64 seen = zq_basis_seen (db, thread, message);
  gint64 top = 0;
  g_autofree char *quoted = zq_json_quote (status);

  zq_db_get_int (db, &top, NULL, "SELECT coalesce (max (id), 0) FROM message WHERE thread = ?", "i", thread);

  return g_strdup_printf ("{\"sent\":%" G_GINT64_FORMAT ",\"seen\":%" G_GINT64_FORMAT ",\"top\":%" G_GINT64_FORMAT
                          ",\"at\":%" G_GINT64_FORMAT ",\"status\":%s}",
                          MIN (seen, now), seen, top, now, quoted);
}
