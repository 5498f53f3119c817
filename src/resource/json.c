/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/json.h"

#include "resource/scan.h"

#include <string.h>

/* Longer than any member's name in FHIR; a longer step leads nowhere. */
#define STEP_LENGTH 128

G_DEFINE_QUARK (zq - json - error - quark, zq_json_error)

/* The checked text with numbers as strings; NULL on error. */
static GString *
guard (const char *text, gsize length, GError **error)
{
  g_autoptr (GString) out = g_string_sized_new (length + length / 8 + 64);
  const char *copied;
  ZqScan scan;

  zq_scan_init (&scan, text, length);
  copied = scan.at;
  while (zq_scan_next (&scan) > ZQ_TOKEN_END)
    {
      if (scan.type == ZQ_TOKEN_NUMBER)
        {
          g_string_append_len (out, copied, scan.start - copied);
          g_string_append_c (out, '"');
          g_string_append_len (out, scan.start, scan.stop - scan.start);
          g_string_append_c (out, '"');
          copied = scan.stop;
        }
      else if (scan.odd && (scan.type == ZQ_TOKEN_STRING || scan.type == ZQ_TOKEN_NAME))
        {
          g_string_append_len (out, copied, scan.start - copied);
          zq_scan_append_repaired (&scan, out);
          copied = scan.stop;
        }
    }

  if (scan.type == ZQ_TOKEN_ERROR)
    {
      zq_scan_set_error (&scan, error);
      return NULL;
    }
  g_string_append_len (out, copied, scan.end - copied);

  return g_steal_pointer (&out);
}

JsonNode *
zq_json_read (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GString) copy = NULL;
  JsonNode *root;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  if (length < 0)
    length = strlen (text);
  if (length > ZQ_JSON_MAX_SIZE)
    {
      g_set_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TOO_LARGE, "The JSON text has %" G_GSSIZE_FORMAT " bytes",
                   length);
      return NULL;
    }
  copy = guard (text == NULL ? "" : text, length, error);
  if (copy == NULL)
    return NULL;

  /* json-glib's own messages quote what they read. */
  parser = json_parser_new_immutable ();
  if (!json_parser_load_from_data (parser, copy->str, copy->len, NULL) ||
      (root = json_parser_steal_root (parser)) == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_SYNTAX, "The JSON text could not be read");
      return NULL;
    }

  return root;
}

static JsonNode *
get_member (JsonNode *node, const char *name, gsize length)
{
  char step[STEP_LENGTH];

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) || length >= sizeof step)
    return NULL;

  memcpy (step, name, length);
  step[length] = '\0';

  return json_object_get_member (json_node_get_object (node), step);
}

static JsonNode *
get_element (JsonNode *node, guint64 index)
{
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  array = json_node_get_array (node);

  return index < json_array_get_length (array) ? json_array_get_element (array, (guint)index) : NULL;
}

JsonNode *
zq_json_get (JsonNode *node, const char *path)
{
  const char *at = path == NULL ? "" : path;

  while (*at != '\0' && node != NULL)
    {
      if (*at == '[')
        {
          char *end;
          guint64 index = g_ascii_strtoull (at + 1, &end, 10);

          g_return_val_if_fail (end > at + 1 && *end == ']', NULL);
          node = get_element (node, index);
          at = end + 1;
        }
      else
        {
          gsize length = strcspn (at, ".[");

          node = get_member (node, at, length);
          at += length;
        }
      if (*at == '.')
        at++;
    }

  return node;
}

const char *
zq_json_get_string (JsonNode *node, const char *path)
{
  JsonNode *found = zq_json_get (node, path);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found) || json_node_get_value_type (found) != G_TYPE_STRING)
    return NULL;

  return json_node_get_string (found);
}

JsonArray *
zq_json_get_array (JsonNode *node, const char *path)
{
  JsonNode *found = zq_json_get (node, path);

  return found != NULL && JSON_NODE_HOLDS_ARRAY (found) ? json_node_get_array (found) : NULL;
}

gboolean
zq_json_get_boolean (JsonNode *node, const char *path, gboolean fallback)
{
  JsonNode *found = zq_json_get (node, path);

  if (found == NULL || !JSON_NODE_HOLDS_VALUE (found) || json_node_get_value_type (found) != G_TYPE_BOOLEAN)
    return fallback;

  return json_node_get_boolean (found);
}

guint
zq_json_get_length (JsonNode *node, const char *path)
{
  JsonArray *array = zq_json_get_array (node, path);

  return array == NULL ? 0 : json_array_get_length (array);
}

JsonNode *
zq_json_get_at (JsonNode *node, const char *path, guint index)
{
  return get_element (zq_json_get (node, path), index);
}

static gboolean
has_system (JsonNode *node, const char *system)
{
  return system == NULL || g_strcmp0 (zq_json_get_string (node, "system"), system) == 0;
}

/* The string @member of the first object of @list (an array, or a lone object) with @system. */
static const char *
find_by_system (JsonNode *list, const char *system, const char *member)
{
  guint length = zq_json_get_length (list, NULL);

  if (list != NULL && JSON_NODE_HOLDS_OBJECT (list))
    return has_system (list, system) ? zq_json_get_string (list, member) : NULL;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = zq_json_get_at (list, NULL, i);
      const char *value = has_system (item, system) ? zq_json_get_string (item, member) : NULL;

      if (value != NULL)
        return value;
    }

  return NULL;
}

const char *
zq_json_get_code (JsonNode *node, const char *path, const char *system)
{
  JsonNode *concept = zq_json_get (node, path);
  guint length = zq_json_get_length (concept, NULL);

  if (concept == NULL || !JSON_NODE_HOLDS_ARRAY (concept))
    return find_by_system (zq_json_get (concept, "coding"), system, "code");

  for (guint i = 0; i < length; i++)
    {
      const char *code = find_by_system (zq_json_get (zq_json_get_at (concept, NULL, i), "coding"), system, "code");

      if (code != NULL)
        return code;
    }

  return NULL;
}

const char *
zq_json_get_identifier (JsonNode *node, const char *system)
{
  return find_by_system (zq_json_get (node, "identifier"), system, "value");
}

JsonNode *
zq_json_get_extension (JsonNode *node, const char *url)
{
  JsonNode *list = zq_json_get (node, "extension");
  guint length = zq_json_get_length (list, NULL);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *item = zq_json_get_at (list, NULL, i);

      if (g_strcmp0 (zq_json_get_string (item, "url"), url) == 0)
        return item;
    }

  return NULL;
}

const char *
zq_json_get_tag (JsonNode *node, const char *system)
{
  return find_by_system (zq_json_get (node, "meta.tag"), system, "code");
}

static void
append_escaped (GString *out, char c)
{
  switch (c)
    {
    case '"':
    case '\\':
      g_string_append_c (out, '\\');
      g_string_append_c (out, c);
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    default:
      g_string_append_printf (out, "\\u%04x", (guint)(guchar)c);
    }
}

char *
zq_json_quote (const char *text)
{
  g_autofree char *valid = NULL;
  GString *out;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    text = valid = g_utf8_make_valid (text, -1);

  out = g_string_sized_new (strlen (text) + 16);
  g_string_append_c (out, '"');
  for (const char *at = text; *at != '\0'; at++)
    {
      if ((guchar)*at < 0x20 || *at == '"' || *at == '\\')
        append_escaped (out, *at);
      else
        g_string_append_c (out, *at);
    }
  g_string_append_c (out, '"');

  return g_string_free (out, FALSE);
}
