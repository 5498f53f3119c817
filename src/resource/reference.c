/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/reference.h"

#include "base/id.h"
#include "resource/json.h"

#include <string.h>

static gboolean
is_type (const char *text)
{
  if (!g_ascii_isupper (*text))
    return FALSE;
  while (g_ascii_isalpha (*text))
    text++;

  return *text == '\0';
}

/* "Type/id" and "Type/id/_history/version". */
static gboolean
take_relative (ZqReference *self, const char *text)
{
  g_auto (GStrv) steps = g_strsplit (text, "/", 5);
  guint n = g_strv_length (steps);

  if (n != 2 && !(n == 4 && g_str_equal (steps[2], "_history") && zq_id_is_valid (steps[3])))
    return FALSE;
  if (!is_type (steps[0]) || !zq_id_is_valid (steps[1]))
    return FALSE;

  self->type = g_strdup (steps[0]);
  self->id = g_strdup (steps[1]);

  return TRUE;
}

/* The type that another server's URL seems to end with. */
static char *
guess_type (const char *url)
{
  g_auto (GStrv) steps = g_strsplit (url, "/", -1);
  guint n = g_strv_length (steps);

  if (n >= 4 && g_str_equal (steps[n - 2], "_history"))
    n -= 2;
  if (n < 2 || !is_type (steps[n - 2]) || !zq_id_is_valid (steps[n - 1]))
    return NULL;

  return g_strdup (steps[n - 2]);
}

static void
take_absolute (ZqReference *self, const char *text, const char *base)
{
  gsize length = base == NULL ? 0 : strlen (base);

  while (length > 0 && base[length - 1] == '/')
    length--;
  if (length > 0 && strncmp (text, base, length) == 0 && text[length] == '/')
    {
      take_relative (self, text + length + 1);
      return;
    }

  self->foreign = TRUE;
  self->type = guess_type (text);
  self->id = g_strdup (text);
}

ZqReference *
zq_reference_parse (const char *text, const char *base)
{
  ZqReference *self = g_new0 (ZqReference, 1);

  if (text == NULL)
    return self;

  if (g_str_has_prefix (text, "http://") || g_str_has_prefix (text, "https://"))
    take_absolute (self, text, base);
  else if (g_ascii_strncasecmp (text, "urn:uuid:", 9) == 0 && g_uuid_string_is_valid (text + 9))
    self->id = g_ascii_strdown (text + 9, -1);
  else if (*text == '#' && (text[1] == '\0' || zq_id_is_valid (text + 1)))
    self->id = g_strdup (text);
  else
    take_relative (self, text);

  return self;
}

void
zq_reference_free (ZqReference *self)
{
  if (self == NULL)
    return;

  g_free (self->type);
  g_free (self->id);
  g_free (self);
}

ZqReference *
zq_reference_read (JsonNode *node, const char *path)
{
  return zq_reference_read_from (node, path, NULL);
}

ZqReference *
zq_reference_read_from (JsonNode *node, const char *path, const char *base)
{
  const char *text = zq_json_get_string (zq_json_get (node, path), "reference");

  return text == NULL ? NULL : zq_reference_parse (text, base);
}

gboolean
zq_reference_is (const ZqReference *self, const char *type)
{
  return self != NULL && !self->foreign && self->id != NULL && g_strcmp0 (self->type, type) == 0;
}
