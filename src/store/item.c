/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store-private.h"

#include "base/id.h"
#include "resource/datetime.h"
#include "resource/json.h"

void
zq_item_free (ZqItem *self)
{
  if (self == NULL)
    return;

  if (self->parsed != NULL && self->kind->parsed_free != NULL)
    self->kind->parsed_free (self->parsed);
  g_free (self->raw);
  g_free (self->type);
  g_free (self->id);
  g_free (self->version);
  g_free (self->updated_text);
  g_free (self->local_id);
  g_free (self->reason);
  g_free (self);
}

/* FHIR's type names are letters (R4, resource types). */
static gboolean
is_type (const char *type)
{
  gsize n = 0;

  for (; type[n] != '\0'; n++)
    if (!g_ascii_isalpha (type[n]))
      return FALSE;

  return n > 0 && n <= 64;
}

static void
read_name (ZqItem *self, JsonNode *node)
{
  const char *type = zq_json_get_string (node, "resourceType");
  const char *id = zq_json_get_string (node, "id");

  if (type != NULL && is_type (type))
    self->type = g_strdup (type);
  if (id != NULL && zq_id_is_valid (id))
    self->id = g_strdup (id);
}

static void
read_meta (ZqItem *self, JsonNode *node)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  self->version = g_strdup (zq_json_get_string (node, "meta.versionId"));
  self->updated_text = g_strdup (zq_json_get_string (node, "meta.lastUpdated"));
  self->local_id = g_strdup (zq_json_get_identifier (node, ZQ_SYSTEM_LOCAL_ID));
  if (self->updated_text != NULL)
    self->updated = zq_date_time_parse (self->updated_text, utc).start;
}

static void
read_contents (ZqStore *store, ZqItem *self, JsonNode *node)
{
  g_autoptr (GError) error = NULL;

  self->kind = zq_store_match_kind (store, self->type, node);
  if (self->kind == NULL || self->kind->parse == NULL)
    return;

  self->parsed = self->kind->parse (node, store->context, &error);
  if (self->parsed == NULL)
    self->reason = g_strdup (error != NULL ? error->message : "it is not what this kind of record has to be");
}

ZqItem *
zq_item_parse (ZqStore *store, const char *raw, gsize length)
{
  g_autoptr (ZqItem) self = g_new0 (ZqItem, 1);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;

  self->raw = g_malloc (length + 1);
  if (length > 0)
    memcpy (self->raw, raw, length);
  self->raw[length] = '\0';
  self->raw_length = length;

  if (raw == NULL)
    {
      self->reason = g_strdup ("the entry holds no resource");
      return g_steal_pointer (&self);
    }

  node = zq_json_read (raw, length, &error);
  if (node == NULL)
    {
      self->reason = g_strdup (error->message);
      return g_steal_pointer (&self);
    }

  if (JSON_NODE_HOLDS_OBJECT (node))
    read_name (self, node);
  if (self->type == NULL || self->id == NULL)
    {
      g_clear_pointer (&self->id, g_free);
      self->reason = g_strdup (!JSON_NODE_HOLDS_OBJECT (node) ? "the entry is not a resource"
                               : self->type == NULL           ? "the resource has no usable type"
                                                              : "the resource has no usable id");
      return g_steal_pointer (&self);
    }

  read_meta (self, node);
  read_contents (store, self, node);

  return g_steal_pointer (&self);
}
