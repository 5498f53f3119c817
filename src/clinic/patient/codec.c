/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/codec.h"

#include "resource/json.h"

/* Characters; what is longer is no name and no complaint. */
#define MAX_LINE 1000

/* What turns the order of other words on the same line (Unicode, UAX 9: explicit formatting). */
static gboolean
is_turning (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* What is not seen in a name, and would make two that look the same differ. */
static gboolean
is_unseen (gunichar c)
{
  return c == 0x200b || c == 0x200e || c == 0x200f || c == 0x061c || c == 0x2060 || c == 0xfeff || c == 0x00ad;
}

char *
zq_codec_one_line (const char *text)
{
  g_autoptr (GString) line = NULL;
  gboolean gap = FALSE;
  guint left = MAX_LINE;

  if (text == NULL)
    return NULL;

  line = g_string_new (NULL);
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
        {
          gap = TRUE;
          continue;
        }
      if (is_turning (c))
        continue;
      if (left-- == 0)
        {
          g_string_append (line, "…");
          break;
        }
      if (gap && line->len > 0)
        g_string_append_c (line, ' ');
      gap = FALSE;
      g_string_append_unichar (line, c);
    }
  if (line->len == 0)
    return NULL;

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static char *
clean_name (const char *text)
{
  g_autofree char *line = zq_codec_one_line (text);
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *at = line; at != NULL && *at != '\0'; at = g_utf8_next_char (at))
    if (!is_unseen (g_utf8_get_char (at)))
      g_string_append_unichar (name, g_utf8_get_char (at));

  return name->len > 0 ? zq_codec_one_line (name->str) : NULL;
}

static gboolean
is_wide (const char *text)
{
  return text != NULL && *text != '\0' && g_unichar_iswide (g_utf8_get_char (text));
}

static void
add_part (GString *name, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (name->len > 0 && !is_wide (part))
    g_string_append_c (name, ' ');
  g_string_append (name, part);
}

static char *
name_of_parts (JsonNode *name)
{
  const char *family = zq_json_get_string (name, "family");
  guint n_given = zq_json_get_length (name, "given");
  g_autoptr (GString) whole = g_string_new (NULL);

  /* Chinese names begin with the family name. */
  if (is_wide (family))
    add_part (whole, family);
  for (guint i = 0; i < n_given; i++)
    add_part (whole, zq_json_get_string (zq_json_get_at (name, "given", i), NULL));
  if (n_given == 0)
    add_part (whole, zq_json_get_string (name, "given"));
  if (!is_wide (family))
    add_part (whole, family);

  return clean_name (whole->str);
}

static char *
read_name (JsonNode *name)
{
  char *text;

  if (zq_json_get_string (name, NULL) != NULL)
    return clean_name (zq_json_get_string (name, NULL));

  text = clean_name (zq_json_get_string (name, "text"));
  return text != NULL ? text : name_of_parts (name);
}

char *
zq_codec_name (JsonNode *node, const char *path)
{
  static const char *const order[] = { "official", "usual", NULL, "*" };
  JsonNode *names = zq_json_get (node, path);
  guint length = zq_json_get_length (names, NULL);

  if (names == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (names))
    return read_name (names);

  for (guint pass = 0; pass < G_N_ELEMENTS (order); pass++)
    for (guint i = 0; i < length; i++)
      {
        JsonNode *item = zq_json_get_at (names, NULL, i);
        g_autofree char *name = NULL;

        if (pass < 3 && g_strcmp0 (zq_json_get_string (item, "use"), order[pass]) != 0)
          continue;
        name = read_name (item);
        if (name != NULL)
          return g_steal_pointer (&name);
      }

  return NULL;
}

static char *
read_concept (JsonNode *concept)
{
  static const char *const members[] = { "display", "code" };
  char *text = zq_codec_one_line (zq_json_get_string (concept, "text"));
  guint length = zq_json_get_length (concept, "coding");

  for (guint m = 0; m < G_N_ELEMENTS (members) && text == NULL; m++)
    for (guint i = 0; i < length && text == NULL; i++)
      text = zq_codec_one_line (zq_json_get_string (zq_json_get_at (concept, "coding", i), members[m]));

  return text;
}

char *
zq_codec_concept (JsonNode *node, const char *path)
{
  JsonNode *concept = zq_json_get (node, path);
  guint length = zq_json_get_length (concept, NULL);
  char *text = NULL;

  if (concept == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_ARRAY (concept))
    return read_concept (concept);
  for (guint i = 0; i < length && text == NULL; i++)
    text = read_concept (zq_json_get_at (concept, NULL, i));

  return text;
}

const char *
zq_codec_reference (JsonNode *node, const char *path)
{
  JsonNode *found = zq_json_get (node, path);

  if (found != NULL && JSON_NODE_HOLDS_ARRAY (found))
    found = zq_json_get_at (found, NULL, 0);

  return zq_json_get_string (found, "reference");
}
