/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/pack.h"

#include "db-resources.h"

#include <zstd.h>

#define LEVEL    3
#define SHORTEST 64

/* A dictionary that was shipped never changes: stores are full of frames that need it. A newer one is added at the end,
 * with the next id (an id below 32768 would be one of the public's). */
static const struct
{
  unsigned id;
  const char *path;
} DICTIONARIES[] = {
  { 32769, "/org/zhenqiao/Zhenqiao/db/dict/1.zdict" },
};

struct _ZqPack
{
  /* owned; each from its first use on */
  ZSTD_CCtx *packing;
  ZSTD_DCtx *opening;
  ZSTD_DDict *dictionaries[G_N_ELEMENTS (DICTIONARIES)];
};

ZqPack *
zq_pack_new (void)
{
  return g_new0 (ZqPack, 1);
}

void
zq_pack_free (ZqPack *self)
{
  if (self == NULL)
    return;

  ZSTD_freeCCtx (self->packing);
  ZSTD_freeDCtx (self->opening);
  for (gsize i = 0; i < G_N_ELEMENTS (DICTIONARIES); i++)
    ZSTD_freeDDict (self->dictionaries[i]);
  g_free (self);
}

static GBytes *
read_dictionary (gsize n)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes =
      g_resource_lookup_data (zq_db_dict_get_resource (), DICTIONARIES[n].path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

  if (bytes == NULL)
    g_error ("This program was built without its dictionaries: %s", error->message);

  return bytes;
}

static ZSTD_CCtx *
get_packing (ZqPack *self)
{
  g_autoptr (GBytes) dictionary = NULL;
  ZSTD_CCtx *context;

  if (self->packing != NULL)
    return self->packing;

  dictionary = read_dictionary (G_N_ELEMENTS (DICTIONARIES) - 1);
  context = ZSTD_createCCtx ();
  if (context == NULL || ZSTD_isError (ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, LEVEL)) ||
      ZSTD_isError (ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1)) ||
      ZSTD_isError (
          ZSTD_CCtx_loadDictionary (context, g_bytes_get_data (dictionary, NULL), g_bytes_get_size (dictionary))))
    g_clear_pointer (&context, ZSTD_freeCCtx);

  return self->packing = context;
}

guint8 *
zq_pack_text (ZqPack *self, const char *text, gsize length, gsize *frame_length)
{
  ZSTD_CCtx *context;
  g_autofree guint8 *frame = NULL;
  gsize room;
  gsize used;

  g_return_val_if_fail (self != NULL && frame_length != NULL, NULL);

  if (length < SHORTEST || length > ZQ_PACK_MAX)
    return NULL;
  context = get_packing (self);
  room = ZSTD_compressBound (length);
  frame = g_try_malloc (room);
  if (context == NULL || frame == NULL)
    return NULL;

  used = ZSTD_compress2 (context, frame, room, text, length);
  if (ZSTD_isError (used) || used > length - length / 8)
    return NULL;
  *frame_length = used;

  return g_steal_pointer (&frame);
}

/* NULL where @id is none of ours. */
static const ZSTD_DDict *
get_dictionary (ZqPack *self, unsigned id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (DICTIONARIES); i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      if (DICTIONARIES[i].id != id)
        continue;
      if (self->dictionaries[i] == NULL)
        {
          bytes = read_dictionary (i);
          self->dictionaries[i] = ZSTD_createDDict (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
        }
      return self->dictionaries[i];
    }

  return NULL;
}

char *
zq_pack_open (ZqPack *self, const guint8 *frame, gsize frame_length, gsize *length)
{
  unsigned long long says = ZSTD_getFrameContentSize (frame, frame_length);
  const ZSTD_DDict *dictionary;
  g_autofree char *text = NULL;
  gsize used;

  g_return_val_if_fail (self != NULL && length != NULL, NULL);

  /* ZSTD_CONTENTSIZE_UNKNOWN and _ERROR are larger than any size. */
  if (says > ZQ_PACK_MAX || ZSTD_findFrameCompressedSize (frame, frame_length) != frame_length)
    return NULL;
  dictionary = get_dictionary (self, ZSTD_getDictID_fromFrame (frame, frame_length));
  if (self->opening == NULL)
    self->opening = ZSTD_createDCtx ();
  text = g_try_malloc (says + 1);
  if (dictionary == NULL || self->opening == NULL || text == NULL)
    return NULL;

  used = ZSTD_decompress_usingDDict (self->opening, text, says, frame, frame_length, dictionary);
  if (ZSTD_isError (used) || used != says)
    return NULL;
  text[used] = '\0';
  *length = used;

  return g_steal_pointer (&text);
}
