/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/content.h"

#include "clinic/patient/codec.h"
#include "resource/json.h"

#include <string.h>

#define MOST_WAVES      20
#define MOST_COMPONENTS 200
#define MOST_SECTIONS   100
#define MOST_DEPTH      4 /* of sections */
#define MOST_BLOCKS     1000

typedef struct
{
  gint64 item;
  GArray *results;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *self = data;

  g_clear_pointer (&self->results, g_array_unref);
  g_free (self);
}

void
zq_content_free (ZqContent *self)
{
  g_ptr_array_unref (self->blocks);
  g_ptr_array_unref (self->waves);
  g_free (self);
}

static void
content_free (gpointer data)
{
  zq_content_free (data);
}

/* --- text --------------------------------------------------------------------------------------- */

/* Where a kind of resource has what is shown of it. */
static gboolean
is_structured (JsonNode *resource)
{
  static const struct
  {
    const char *type, *member;
  } table[] = {
    { "DiagnosticReport", "result" },
    { "DiagnosticReport", "conclusion" },
    { "DiagnosticReport", "presentedForm" },
    { "DocumentReference", "content[0].attachment.url" },
    { "DocumentReference", "content[0].attachment.data" },
    { "Media", "content.url" },
    { "Media", "content.data" },
    { "Composition", "section[0]" },
  };
  const char *type = zq_json_get_string (resource, "resourceType");
  gboolean known = FALSE;

  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].type, type))
      {
        known = TRUE;
        if (zq_json_get (resource, table[i].member) != NULL)
          return TRUE;
      }

  return !known; /* of all others the row says what they are */
}

gboolean
zq_content_has_own_text (JsonNode *resource)
{
  const char *status = zq_json_get_string (resource, "text.status");

  if (zq_json_get_string (resource, "text.div") == NULL || g_strcmp0 (status, "empty") == 0)
    return FALSE;

  return g_strcmp0 (status, "generated") != 0 || !is_structured (resource);
}

static void
add_text (ZqContent *self, const char *div)
{
  gboolean cut;
  g_autoptr (GPtrArray) blocks = zq_narrative_read (div, &cut);

  self->cut = self->cut || cut || self->blocks->len + blocks->len > MOST_BLOCKS;
  while (blocks->len > 0 && self->blocks->len < MOST_BLOCKS)
    g_ptr_array_add (self->blocks, g_ptr_array_steal_index (blocks, 0));
}

static void
add_heading (ZqContent *self, const char *title)
{
  ZqNarrativeBlock *block = g_new0 (ZqNarrativeBlock, 1);

  block->kind = ZQ_NARRATIVE_HEADING;
  block->level = 2;
  block->text = zq_codec_one_line (title);
  if (block->text != NULL && self->blocks->len < MOST_BLOCKS)
    g_ptr_array_add (self->blocks, block);
  else
    zq_narrative_block_free (block);
}

/* A document of sections, and sections of these: that is all that it has to say. */
static void
add_sections (ZqContent *self, JsonNode *node, guint depth)
{
  guint n = zq_json_get_length (node, "section");

  for (guint i = 0; depth < MOST_DEPTH && i < MIN (n, MOST_SECTIONS); i++)
    {
      JsonNode *section = zq_json_get_at (node, "section", i);
      const char *div = zq_json_get_string (section, "text.div");

      if (div != NULL || zq_json_get_length (section, "section") > 0)
        add_heading (self, zq_json_get_string (section, "title"));
      if (div != NULL)
        add_text (self, div);
      add_sections (self, section, depth + 1);
    }
  self->cut = self->cut || n > MOST_SECTIONS || (n > 0 && depth >= MOST_DEPTH);
}

/* --- waveforms ---------------------------------------------------------------------------------- */

static void
add_wave (ZqContent *self, JsonNode *node, const char *name)
{
  JsonNode *data = zq_json_get (node, "valueSampledData");
  ZqSampled *sampled;

  if (data == NULL)
    return;
  if (self->waves->len >= MOST_WAVES)
    {
      self->n_more++;
      return;
    }
  sampled = zq_sampled_read (data, name);
  if (sampled != NULL)
    g_ptr_array_add (self->waves, sampled);
  else
    self->n_broken++;
}

static void
add_waves (ZqContent *self, JsonNode *observation)
{
  guint n = MIN (zq_json_get_length (observation, "component"), MOST_COMPONENTS);
  g_autofree char *name = zq_codec_concept (observation, "code");

  add_wave (self, observation, name);
  for (guint i = 0; i < n; i++)
    {
      JsonNode *component = zq_json_get_at (observation, "component", i);
      g_autofree char *its = zq_codec_concept (component, "code");

      add_wave (self, component, its != NULL ? its : name);
    }
}

/* --- reading ------------------------------------------------------------------------------------ */

/* (transfer full) (nullable) */
static JsonNode *
load (ZqDb *db, gint64 id)
{
  g_autofree char *text =
      zq_db_get_text (db, NULL, "SELECT zq_text_or_null (server_json) FROM resource_text WHERE id = ?", "i", id);

  return text != NULL ? zq_json_read (text, -1, NULL) : NULL;
}

static gpointer
read_content (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const Asked *asked = data;
  g_autoptr (ZqContent) self = g_new0 (ZqContent, 1);
  g_autoptr (JsonNode) item = asked->item != 0 ? load (db, asked->item) : NULL;

  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_narrative_block_free);
  self->waves = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_sampled_free);
  if (item != NULL && zq_content_has_own_text (item))
    add_text (self, zq_json_get_string (item, "text.div"));
  if (item != NULL)
    add_sections (self, item, 0);
  for (guint i = 0; asked->results != NULL && i < asked->results->len; i++)
    {
      g_autoptr (JsonNode) result = load (db, g_array_index (asked->results, gint64, i));

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (result != NULL)
        add_waves (self, result);
    }

  return g_steal_pointer (&self);
}

void
zq_content_read_async (ZqStore *store,
                       gint64 item,
                       GArray *results,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->item = item;
  asked->results = results != NULL ? g_array_ref (results) : NULL;
  zq_store_read_async (store, read_content, asked, asked_free, content_free, cancellable, callback, data);
}

ZqContent *
zq_content_read_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_read_finish (store, result, error);
}
