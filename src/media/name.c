/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/media.h"

#include <string.h>

#define MAX_BYTES 120

/* The first of its endings is given, the others are as good. */
static const struct
{
  const char *type;
  const char *endings[4];
} ENDINGS[] = {
  { "image/jpeg", { ".jpg", ".jpeg", NULL } },
  { "image/png", { ".png", NULL } },
  { "image/gif", { ".gif", NULL } },
  { "image/webp", { ".webp", NULL } },
  { "image/bmp", { ".bmp", NULL } },
  { "image/tiff", { ".tiff", ".tif", NULL } },
  { "image/heic", { ".heic", NULL } },
  { "application/pdf", { ".pdf", NULL } },
  { "text/plain", { ".txt", NULL } },
  { "text/csv", { ".csv", NULL } },
  { "audio/mpeg", { ".mp3", NULL } },
  { "audio/ogg", { ".ogg", ".oga", ".opus", NULL } },
  { "audio/mp4", { ".m4a", NULL } },
  { "audio/aac", { ".aac", NULL } },
  { "audio/amr", { ".amr", NULL } },
  { "audio/wav", { ".wav", NULL } },
  { "audio/webm", { ".weba", ".webm", NULL } },
  { "video/mp4", { ".mp4", ".m4v", NULL } },
  { "video/webm", { ".webm", NULL } },
  { "application/dicom", { ".dcm", NULL } },
  { "application/zip", { ".zip", NULL } },
  { "application/msword", { ".doc", NULL } },
  { "application/vnd.ms-excel", { ".xls", NULL } },
  { "application/vnd.openxmlformats-officedocument.wordprocessingml.document", { ".docx", NULL } },
  { "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", { ".xlsx", NULL } },
  { "application/vnd.openxmlformats-officedocument.presentationml.presentation", { ".pptx", NULL } },
};

/* What would hide where a name begins, ends or runs to, or means something to a file system. */
static gboolean
is_harmless (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
      type == G_UNICODE_PARAGRAPH_SEPARATOR || type == G_UNICODE_SURROGATE)
    return FALSE;

  return c > 0x7f || strchr ("<>:\"|?*", (int)c) == NULL;
}

static char *
clean (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  g_autoptr (GString) kept = g_string_new (NULL);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '/' || c == '\\')
        g_string_truncate (kept, 0);
      else if (is_harmless (c) && !(kept->len == 0 && (c == '.' || g_unichar_isspace (c))))
        g_string_append_unichar (kept, g_unichar_isspace (c) ? ' ' : c);
    }
  while (kept->len > 0 && (kept->str[kept->len - 1] == '.' || kept->str[kept->len - 1] == ' '))
    g_string_truncate (kept, kept->len - 1);

  return g_string_free (g_steal_pointer (&kept), FALSE);
}

static void
cut (char *text, gsize length)
{
  if (strlen (text) <= length)
    return;
  while (length > 0 && ((guint8)text[length] & 0xc0) == 0x80)
    length--;
  text[length] = '\0';
}

static const char *const *
find_endings (const char *content_type)
{
  static const char *const unknown[] = { ".bin", NULL };
  g_autofree char *type = NULL;

  if (content_type == NULL)
    return unknown;
  type = g_ascii_strdown (content_type, (gssize)strcspn (content_type, "; "));
  for (gsize i = 0; i < G_N_ELEMENTS (ENDINGS); i++)
    if (g_str_equal (ENDINGS[i].type, type))
      return ENDINGS[i].endings;

  return unknown;
}

char *
zq_media_safe_name (const char *name, const char *content_type)
{
  g_autofree char *stem = clean (name);
  const char *const *endings = find_endings (content_type);
  const char *ending = endings[0];

  for (guint i = 0; endings[i] != NULL; i++)
    {
      gsize length = strlen (stem);
      gsize n = strlen (endings[i]);

      if (length > n && g_ascii_strcasecmp (stem + length - n, endings[i]) == 0)
        {
          ending = endings[i];
          stem[length - n] = '\0';
          break;
        }
    }
  cut (stem, MAX_BYTES - strlen (ending));
  if (*stem == '\0')
    return g_strconcat ("file", ending, NULL);

  return g_strconcat (stem, ending, NULL);
}
