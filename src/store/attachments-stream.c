/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachments-private.h"

#include <string.h>

/* Read by whatever thread sends it, one at a time: so it has a connection of its own, opened there. */
#define ZQ_TYPE_FILE_STREAM (zq_file_stream_get_type ())
G_DECLARE_FINAL_TYPE (ZqFileStream, zq_file_stream, ZQ, FILE_STREAM, GInputStream)

struct _ZqFileStream
{
  GInputStream parent_instance;

  /* owned */
  char *path;
  GBytes *key;
  ZqDb *db;
  GBytes *chunk;

  gint64 id;
  gint64 next; /* chunk */
  gsize used;  /* of the chunk */
  goffset at;
};

static void zq_file_stream_seekable_init (GSeekableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqFileStream,
                               zq_file_stream,
                               G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SEEKABLE, zq_file_stream_seekable_init))

/* What was dropped meanwhile must not look like its end. */
static gboolean
next_chunk (ZqFileStream *self, GError **error)
{
  gint64 chunks = 0;

  g_clear_pointer (&self->chunk, g_bytes_unref);
  self->used = 0;
  if (self->db == NULL)
    self->db = zq_db_open (self->path, self->key, ZQ_DB_READ_ONLY, error);
  if (self->db == NULL)
    return FALSE;
  if (!zq_db_get_int (self->db, &chunks, error, "SELECT chunks FROM file WHERE id = ? AND state = 2", "i", self->id))
    chunks = -1;
  if (chunks >= 0 && self->next >= chunks)
    return TRUE;
  if (chunks >= 0)
    self->chunk = zq_file_get_chunk (self->db, self->id, self->next++, error);
  if (self->chunk == NULL && error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The file is not kept on this computer any more");

  return self->chunk != NULL;
}

static gssize
zq_file_stream_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  ZqFileStream *self = ZQ_FILE_STREAM (stream);
  g_autoptr (GError) local = NULL;
  gsize length;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  if ((self->chunk == NULL || self->used == g_bytes_get_size (self->chunk)) && !next_chunk (self, &local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return -1;
    }
  if (self->chunk == NULL)
    return 0;

  length = MIN (count, g_bytes_get_size (self->chunk) - self->used);
  memcpy (buffer, (const guint8 *)g_bytes_get_data (self->chunk, NULL) + self->used, length);
  self->used += length;
  self->at += (goffset)length;

  return (gssize)length;
}

static gboolean
zq_file_stream_close (GInputStream *stream, GCancellable *cancellable, GError **error)
{
  ZqFileStream *self = ZQ_FILE_STREAM (stream);

  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->db, zq_db_close);

  return TRUE;
}

static goffset
zq_file_stream_tell (GSeekable *seekable)
{
  return ZQ_FILE_STREAM (seekable)->at;
}

static gboolean
zq_file_stream_can_seek (GSeekable *seekable)
{
  return TRUE;
}

/* Back to the beginning is all that sending again needs. */
static gboolean
zq_file_stream_seek (GSeekable *seekable, goffset offset, GSeekType type, GCancellable *cancellable, GError **error)
{
  ZqFileStream *self = ZQ_FILE_STREAM (seekable);

  if (offset != 0 || type != G_SEEK_SET)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Only the beginning can be gone back to");
      return FALSE;
    }
  g_clear_pointer (&self->chunk, g_bytes_unref);
  self->next = 0;
  self->used = 0;
  self->at = 0;

  return TRUE;
}

static gboolean
zq_file_stream_can_truncate (GSeekable *seekable)
{
  return FALSE;
}

static gboolean
zq_file_stream_truncate (GSeekable *seekable, goffset offset, GCancellable *cancellable, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "It can only be read");

  return FALSE;
}

static void
zq_file_stream_seekable_init (GSeekableIface *iface)
{
  iface->tell = zq_file_stream_tell;
  iface->can_seek = zq_file_stream_can_seek;
  iface->seek = zq_file_stream_seek;
  iface->can_truncate = zq_file_stream_can_truncate;
  iface->truncate_fn = zq_file_stream_truncate;
}

static void
zq_file_stream_finalize (GObject *object)
{
  ZqFileStream *self = ZQ_FILE_STREAM (object);

  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->db, zq_db_close);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_free (self->path);

  G_OBJECT_CLASS (zq_file_stream_parent_class)->finalize (object);
}

static void
zq_file_stream_class_init (ZqFileStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_file_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = zq_file_stream_read;
  G_INPUT_STREAM_CLASS (klass)->close_fn = zq_file_stream_close;
}

static void
zq_file_stream_init (ZqFileStream *self)
{
}

GInputStream *
zq_file_stream_new (const char *path, GBytes *key, gint64 id)
{
  ZqFileStream *self = g_object_new (ZQ_TYPE_FILE_STREAM, NULL);

  self->path = g_strdup (path);
  self->key = key != NULL ? g_bytes_ref (key) : NULL;
  self->id = id;

  return G_INPUT_STREAM (self);
}
