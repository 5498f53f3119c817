/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/held.h"

#include <unistd.h>

/* --- bytes ------------------------------------------------------------------------------------ */

/* A stream of known bytes that lie nowhere, and that tells of each read. */
#define TYPE_DRIP (drip_get_type ())
G_DECLARE_FINAL_TYPE (Drip, drip, TEST, DRIP, GInputStream)

struct _Drip
{
  GInputStream parent_instance;
  goffset size;
  goffset at;
  gboolean tells;
};

G_DEFINE_FINAL_TYPE (Drip, drip, G_TYPE_INPUT_STREAM)

guint8
held_byte_at (goffset at)
{
  return (guint8)((at * 2654435761u) >> 11) ^ (guint8)at;
}

static gssize
drip_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  Drip *self = TEST_DRIP (stream);
  gsize n = MIN (count, (gsize)(self->size - self->at));

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  for (gsize i = 0; i < n; i++)
    ((guint8 *)buffer)[i] = held_byte_at (self->at + (goffset)i);
  self->at += (goffset)n;
  if (self->tells && write (STDOUT_FILENO, ".", 1) != 1)
    return -1;

  return (gssize)n;
}

static void
drip_class_init (DripClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = drip_read;
}

static void
drip_init (Drip *self)
{
}

GInputStream *
held_drip_new (goffset size, gboolean tells)
{
  Drip *self = g_object_new (TYPE_DRIP, NULL);

  self->size = size;
  self->tells = tells;

  return G_INPUT_STREAM (self);
}

GBytes *
held_bytes (goffset from, gsize size)
{
  guint8 *bytes = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    bytes[i] = held_byte_at (from + (goffset)i);

  return g_bytes_new_take (bytes, size);
}

char *
held_hash (goffset size)
{
  g_autoptr (GBytes) bytes = held_bytes (0, (gsize)size);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)size);
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

/* --- waiting ---------------------------------------------------------------------------------- */

void
held_on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

gboolean
held_has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

ZqAttachments *
files_of (Toy *toy)
{
  return zq_store_get_attachments (toy->store);
}

gboolean
held_keep_stream (Toy *toy, const char *key, GInputStream *stream, gint64 limit, char **hash, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_keep_async (files_of (toy), key, stream, "image/png", limit, NULL, held_on_done, &result);
  held_wait_for (result);

  return zq_attachments_keep_finish (files_of (toy), result, NULL, hash, error);
}

void
held_keep (Toy *toy, const char *key, goffset size)
{
  g_autoptr (GInputStream) stream = held_drip_new (size, FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_true (held_keep_stream (toy, key, stream, 0, NULL, &error));
  g_assert_no_error (error);
}

GBytes *
held_read (Toy *toy, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_read_async (files_of (toy), key, NULL, held_on_done, &result);
  held_wait_for (result);

  return zq_attachments_read_finish (files_of (toy), result, error);
}

void
held_assert_bytes (Toy *toy, const char *key, goffset size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = held_read (toy, key, &error);
  g_autoptr (GBytes) expected = held_bytes (0, (gsize)size);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (whole, expected));
}

ZqAttachmentState
held_state_of (Toy *toy, const char *key)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (toy), key, &info);

  return info.state;
}

void
held_assert_refused (Toy *toy, const char *key, const char *reason)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (files_of (toy), key, &info);
  g_assert_cmpint (info.state, ==, ZQ_ATTACHMENT_REFUSED);
  g_assert_cmpstr (info.reason, ==, reason);
}

/* As sync does it. */
gboolean
held_append (Toy *toy, const char *key, GBytes *bytes, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_append_async (files_of (toy), key, bytes, held_on_done, &result);
  held_wait_for (result);

  return zq_attachments_append_finish (files_of (toy), result, error);
}

gboolean
held_end (Toy *toy, const char *key, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_attachments_end_async (files_of (toy), key, held_on_done, &result);
  held_wait_for (result);

  return zq_attachments_end_finish (files_of (toy), result, error);
}

/* From what has come to @size, and its end. */
gboolean
held_download (Toy *toy, const char *key, goffset from, goffset size, GError **error)
{
  for (goffset at = from; at < size; at += 100000)
    {
      g_autoptr (GBytes) bytes = held_bytes (at, (gsize)MIN (100000, size - at));

      if (!held_append (toy, key, bytes, error))
        return FALSE;
    }

  return held_end (toy, key, error);
}
