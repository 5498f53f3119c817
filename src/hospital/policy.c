/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"

#include <string.h>

#define TEXT_MOST (4 * 1024 * 1024)

/* The JSON that a Library holds, as the workstations read it. */
static char *
read_text (JsonNode *node)
{
  guint length = zq_json_get_length (node, "content");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *content = zq_json_get_at (node, "content", i);
      const char *type = zq_json_get_string (content, "contentType"), *data = zq_json_get_string (content, "data");
      g_autofree guchar *bytes = NULL;
      gsize size = 0;

      if (type == NULL || data == NULL || !g_str_has_prefix (type, "application/json") || strlen (data) > TEXT_MOST)
        continue;
      bytes = g_base64_decode (data, &size);
      return g_strndup ((const char *)bytes, size);
    }

  return NULL;
}

static void
add_text (GPtrArray *texts, ZqHospital *self, const char *id)
{
  g_autoptr (ZqStored) stored = zq_records_read (self, "Library", id, NULL);
  g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  g_autofree char *origin = g_strconcat ("Library/", id, NULL), *text = NULL;

  if (node == NULL || g_strcmp0 (zq_json_get_tag (node, ZQ_SYSTEM_POLICY), "policy") != 0 ||
      g_strcmp0 (zq_json_get_string (node, "status"), "active") != 0 || (text = read_text (node)) == NULL)
    return;
  g_ptr_array_add (texts, zq_policy_text_new (origin, zq_json_get_string (node, "name"), text));
}

void
zq_hospital_read_policy (ZqHospital *self)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) before = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, NULL, "SELECT id FROM resource WHERE type = 'Library' ORDER BY row", "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    add_text (texts, self, zq_rows_text (rows, 0));
  before = g_steal_pointer (&self->policy);
  self->policy = zq_policy_load (NULL, texts, &problems);
  for (guint i = 0; problems != NULL && i < problems->len; i++)
    g_warning ("a policy file was refused: %s", (const char *)g_ptr_array_index (problems, i));
}
