/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/inline-file.h"

#include "resource/json.h"
#include "store/attachments.h"

#include <string.h>

#define PREFIX     "inline/"
#define DATA_URL   "data:"
#define MOST_FILES 100

/* --- what there is ------------------------------------------------------------------------------ */

/* (nullable) */
static JsonNode *
get_attachment (JsonNode *resource, guint place)
{
  if (zq_json_get (resource, "presentedForm") != NULL)
    return zq_json_get_at (resource, "presentedForm", place);
  if (zq_json_get_array (resource, "content") != NULL)
    return zq_json_get (zq_json_get_at (resource, "content", place), "attachment");

  return place == 0 ? zq_json_get (resource, "content") : NULL;
}

static guint
count_attachments (JsonNode *resource)
{
  guint n = zq_json_get_length (resource, "presentedForm") + zq_json_get_length (resource, "content");

  return n > 0 ? MIN (n, MOST_FILES) : get_attachment (resource, 0) != NULL;
}

/* The base64 text that @attachment carries, as `data` or as a data: URL; NULL: none. */
static const char *
get_data (JsonNode *attachment)
{
  const char *data = zq_json_get_string (attachment, "data");
  const char *url = zq_json_get_string (attachment, "url"), *comma;

  if (data != NULL && *data != '\0')
    return data;
  if (url == NULL || g_ascii_strncasecmp (url, DATA_URL, strlen (DATA_URL)) != 0)
    return NULL;
  comma = strchr (url, ',');

  return comma != NULL && comma - url >= 7 && g_ascii_strncasecmp (comma - 7, ";base64", 7) == 0 ? comma + 1 : NULL;
}

/* (transfer full) (nullable) */
static char *
make_key (JsonNode *resource, guint place, const char *data)
{
  const char *type = zq_json_get_string (resource, "resourceType"), *id = zq_json_get_string (resource, "id");
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, data, -1);

  if (type == NULL || id == NULL || strchr (type, '/') != NULL || strchr (id, '/') != NULL)
    return NULL;

  return g_strdup_printf (PREFIX "%s/%s/%u/%s", type, id, place, hash);
}

GPtrArray *
zq_files_of_resource (JsonNode *resource, const char *base)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_file_free);
  guint n = count_attachments (resource);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *attachment = get_attachment (resource, i);
      const char *data = attachment != NULL ? get_data (attachment) : NULL;
      ZqFile *file;

      if (attachment == NULL)
        continue;
      file = zq_file_read_attachment (attachment, base);
      if (data != NULL && (*file->key == '\0' || g_ascii_strncasecmp (file->key, DATA_URL, strlen (DATA_URL)) == 0))
        {
          char *key = make_key (resource, i, data);

          g_free (file->key);
          file->key = key != NULL ? key : g_strdup ("");
          file->size = file->size > 0 ? file->size : (gint64)(strlen (data) / 4 * 3);
        }
      g_ptr_array_add (files, file);
    }

  return files;
}

gboolean
zq_file_key_is_inline (const char *key)
{
  return key != NULL && g_str_has_prefix (key, PREFIX);
}

/* --- unpacking ---------------------------------------------------------------------------------- */

/* What the attachment says of its bytes has to be true of them. */
static gboolean
agrees (JsonNode *attachment, const guchar *bytes, gsize length)
{
  const char *size = zq_json_get_string (attachment, "size"), *hash = zq_json_get_string (attachment, "hash");
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *text = NULL;
  guint8 digest[20];
  gsize digest_length = sizeof digest;

  if (size != NULL && g_ascii_strtoull (size, NULL, 10) != length)
    return FALSE;
  if (hash == NULL)
    return TRUE;
  g_checksum_update (sum, bytes, (gssize)length);
  g_checksum_get_digest (sum, digest, &digest_length);
  text = g_base64_encode (digest, digest_length);

  return g_str_equal (text, hash);
}

static GBytes *
unpack (JsonNode *resource, const char *key, guint place, GError **error)
{
  JsonNode *attachment = get_attachment (resource, place);
  const char *data = attachment != NULL ? get_data (attachment) : NULL;
  g_autofree char *now = data != NULL ? make_key (resource, place, data) : NULL;
  g_autofree guchar *bytes = NULL;
  gsize length = 0;

  if (g_strcmp0 (now, key) != 0)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "the resource has another content now");
      return NULL;
    }
  if (strlen (data) / 4 * 3 > ZQ_INLINE_MOST_BYTES)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_TOO_LARGE, "the file inside is too large");
      return NULL;
    }
  bytes = g_base64_decode (data, &length);
  if (!agrees (attachment, bytes, length))
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_STATE, "the file inside is not what it says");
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&bytes), length);
}

/* On the reader's thread. */
static gpointer
read_bytes (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  const char *key = data;
  g_auto (GStrv) parts = g_strsplit (key, "/", 5); /* inline, type, id, place, hash */
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) resource = NULL;

  if (g_strv_length (parts) == 5)
    text = zq_db_get_text (db, NULL,
                           "SELECT zq_text_or_null (t.server_json) FROM resource r JOIN resource_text t ON t.id = r.id"
                           " WHERE r.type = ? AND r.server_id = ?",
                           "ss", parts[1], parts[2]);
  if (text == NULL)
    {
      g_set_error_literal (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE, "the resource is not held");
      return NULL;
    }
  resource = zq_json_read (text, -1, error);
  if (resource == NULL)
    return NULL;

  return unpack (resource, key, (guint)g_ascii_strtoull (parts[3], NULL, 10), error);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_attachments_keep_finish (ZQ_ATTACHMENTS (source), result, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = zq_store_read_finish (ZQ_STORE (source), result, &error);
  g_autoptr (GInputStream) stream = NULL;
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *key = g_task_get_task_data (task);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  stream = g_memory_input_stream_new_from_bytes (bytes);
  zq_attachments_keep_async (zq_store_get_attachments (ZQ_STORE (source)), key, stream, NULL, ZQ_INLINE_MOST_BYTES,
                             cancellable, on_kept, g_steal_pointer (&task));
}

void
zq_inline_unpack_async (
    ZqStore *store, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (store, cancellable, callback, data);

  g_task_set_task_data (task, g_strdup (key), g_free);
  zq_store_read_async (store, read_bytes, g_strdup (key), g_free, (GDestroyNotify)g_bytes_unref, cancellable, on_read,
                       task);
}

gboolean
zq_inline_unpack_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
