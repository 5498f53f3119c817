/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/policy/held.h"
#include "clinic/policy/kinds.h"
#include "resource/json.h"
#include "store/txn.h"

#include <string.h>

/* A Library of the hospital that is tagged `policy`: one policy file, `name` and the attachment. */
typedef struct
{
  gboolean active;
  char *name;
  char *text; /* "" when there is none */
  gboolean good;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  g_free (self->name);
  g_free (self->text);
  g_free (self);
}

static gboolean
policy_claims (JsonNode *node)
{
  return g_strcmp0 (zq_json_get_tag (node, ZQ_SYSTEM_POLICY), "policy") == 0;
}

static char *
decode (const char *data)
{
  gsize length = 0;
  g_autofree guchar *bytes = g_base64_decode (data, &length);

  return memchr (bytes, '\0', length) == NULL ? g_strndup ((const char *)bytes, length) : g_strdup ("");
}

static char *
read_text (JsonNode *node)
{
  guint length = zq_json_get_length (node, "content");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *content = zq_json_get_at (node, "content", i);
      const char *type = zq_json_get_string (content, "contentType");
      const char *data = zq_json_get_string (content, "data");

      if (type != NULL && data != NULL && g_str_has_prefix (type, "application/json"))
        return decode (data);
    }

  return g_strdup ("");
}

static gpointer
policy_parse (JsonNode *node, gpointer context, GError **error)
{
  Parsed *self = g_new0 (Parsed, 1);
  g_autofree char *reason = NULL;

  self->active = g_strcmp0 (zq_json_get_string (node, "status"), "active") == 0;
  self->name = g_strdup (zq_json_get_string (node, "name"));
  self->text = read_text (node);
  reason = zq_policy_check (self->name, self->text);
  self->good = reason == NULL;

  return self;
}

static gboolean
policy_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "policy", id, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  return zq_db_exec (zq_txn_db (txn), error, "DELETE FROM policy_file WHERE id = ?", "i", id);
}

/* The last good text of a file outlives a broken one, and this program. */
static gboolean
policy_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;

  if (!self->active)
    return policy_unproject (txn, id, error);
  zq_txn_changed (txn, "policy", id, 0, ZQ_CHANGE_CONTENT | ZQ_CHANGE_ORDER);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO policy_file (id, name, text, good) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (id) DO UPDATE SET name = excluded.name, text = excluded.text,"
                     " good = coalesce (excluded.good, iif (name IS excluded.name, good, NULL))",
                     "isss", id, self->name, self->text, self->good ? self->text : NULL);
}

GPtrArray *
zq_policy_list_held (ZqDb *db, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (db, &failure,
                                         "SELECT r.type || '/' || coalesce (r.server_id, r.local_id), p.name, p.text,"
                                         " iif (p.good <> p.text, p.good, NULL) FROM policy_file p"
                                         " JOIN resource r ON r.id = p.id ORDER BY r.last_updated, p.id",
                                         "");

  while (rows != NULL && zq_rows_next (rows, &failure))
    {
      const char *origin = zq_rows_text (rows, 0);

      if (!zq_rows_is_null (rows, 3))
        g_ptr_array_add (texts, zq_policy_text_new (origin, zq_rows_text (rows, 1), zq_rows_text (rows, 3)));
      g_ptr_array_add (texts, zq_policy_text_new (origin, zq_rows_text (rows, 1), zq_rows_text (rows, 2)));
    }
  if (failure == NULL)
    return g_steal_pointer (&texts);

  g_propagate_error (error, g_steal_pointer (&failure));

  return NULL;
}

static const ZqScope policy_scopes[] = {
  { "hospital", "Library?_tag=" ZQ_SYSTEM_POLICY "|policy", .optional = TRUE },
  { NULL, NULL },
};

const ZqResourceKind zq_policy_kind = {
  .name = "policy",
  .type = "Library",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS policy_file ("
            "  id INTEGER PRIMARY KEY, name TEXT, text TEXT NOT NULL, good TEXT);",
  .claims = policy_claims,
  .parse = policy_parse,
  .parsed_free = parsed_free,
  .project = policy_project,
  .unproject = policy_unproject,
  .scopes = policy_scopes,
};
