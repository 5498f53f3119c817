/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/file.h"

#include "resource/json.h"
#include "resource/reference.h"

ZqFile *
zq_file_copy (const ZqFile *self)
{
  ZqFile *copy = g_new0 (ZqFile, 1);

  *copy = *self;
  copy->key = g_strdup (self->key);
  copy->content_type = g_strdup (self->content_type);
  copy->title = g_strdup (self->title);
  copy->hash = g_strdup (self->hash);

  return copy;
}

void
zq_file_free (ZqFile *self)
{
  g_free (self->key);
  g_free (self->content_type);
  g_free (self->title);
  g_free (self->hash);
  g_free (self);
}

static gboolean
is_type (const char *content_type, const char *prefix)
{
  return content_type != NULL && g_ascii_strncasecmp (content_type, prefix, strlen (prefix)) == 0;
}

static ZqFile *
file_new (const char *key, const char *content_type, const char *title, gint64 size, const char *hash)
{
  ZqFile *self = g_new0 (ZqFile, 1);

  self->key = g_strdup (key != NULL ? key : "");
  self->content_type = g_strdup (content_type);
  self->title = g_strdup (title);
  self->size = MAX (size, 0);
  self->hash = g_strdup (hash);
  self->is_picture = is_type (content_type, "image/");
  self->is_pdf = is_type (content_type, "application/pdf");
  self->is_voice = is_type (content_type, "audio/");

  return self;
}

/* "Binary/12" whichever way it is written; another address stays as it is. */
static char *
key_of (const char *url, const char *base)
{
  g_autoptr (ZqReference) reference = url != NULL ? zq_reference_parse (url, base) : NULL;

  if (reference != NULL && reference->id != NULL && zq_reference_is (reference, "Binary"))
    return g_strconcat ("Binary/", reference->id, NULL);

  return g_strdup (url);
}

ZqFile *
zq_file_read_attachment (JsonNode *attachment, const char *base)
{
  const char *size = zq_json_get_string (attachment, "size");
  g_autofree char *key = key_of (zq_json_get_string (attachment, "url"), base);

  return file_new (key, zq_json_get_string (attachment, "contentType"), zq_json_get_string (attachment, "title"),
                   size != NULL ? g_ascii_strtoll (size, NULL, 10) : 0, zq_json_get_string (attachment, "hash"));
}

GPtrArray *
zq_files_read (JsonNode *communication, const char *base)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_file_free);
  guint length = zq_json_get_length (communication, "payload");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *attachment = zq_json_get (zq_json_get_at (communication, "payload", i), "contentAttachment");

      if (attachment != NULL)
        g_ptr_array_add (files, zq_file_read_attachment (attachment, base));
    }

  return files;
}

ZqFile *
zq_file_from_rows (ZqRows *rows, int column)
{
  return file_new (zq_rows_text (rows, column), zq_rows_text (rows, column + 1), zq_rows_text (rows, column + 2),
                   zq_rows_int (rows, column + 3), zq_rows_text (rows, column + 4));
}

GPtrArray *
zq_files_load (ZqDb *db, gint64 message)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_file_free);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL, "SELECT key, content_type, title, size, hash FROM message_file WHERE message = ? ORDER BY n", "i",
      message);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (files, zq_file_from_rows (rows, 0));

  return files->len > 0 ? g_steal_pointer (&files) : NULL;
}
