/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

#include "media/media-private.h"

#include <string.h>

#define LOOK     4096
#define LOOK_PDF 1024

typedef struct
{
  const char *magic; /* '?' matches any byte */
  gsize length;
  gsize at;
  ZqMediaKind kind;
  const char *content_type;
  const char *loader;
} Magic;

#define MAGIC(text) text, sizeof (text) - 1

static const Magic MAGICS[] = {
  { MAGIC ("\x89PNG\r\n\x1a\n"), 0, ZQ_MEDIA_PICTURE, "image/png", "png" },
  { MAGIC ("\xff\xd8\xff"), 0, ZQ_MEDIA_PICTURE, "image/jpeg", "jpeg" },
  { MAGIC ("GIF87a"), 0, ZQ_MEDIA_PICTURE, "image/gif", "gif" },
  { MAGIC ("GIF89a"), 0, ZQ_MEDIA_PICTURE, "image/gif", "gif" },
  { MAGIC ("RIFF????WEBPVP8"), 0, ZQ_MEDIA_PICTURE, "image/webp", "webp" },
  { MAGIC ("II*\0"), 0, ZQ_MEDIA_PICTURE, "image/tiff", "tiff" },
  { MAGIC ("MM\0*"), 0, ZQ_MEDIA_PICTURE, "image/tiff", "tiff" },
  { MAGIC ("BM????\0\0\0\0????"), 0, ZQ_MEDIA_PICTURE, "image/bmp", "bmp" },
  { MAGIC ("OggS"), 0, ZQ_MEDIA_AUDIO, "audio/ogg", NULL },
  { MAGIC ("fLaC"), 0, ZQ_MEDIA_AUDIO, "audio/flac", NULL },
  { MAGIC ("ID3"), 0, ZQ_MEDIA_AUDIO, "audio/mpeg", NULL },
  { MAGIC ("\xff\xfb"), 0, ZQ_MEDIA_AUDIO, "audio/mpeg", NULL },
  { MAGIC ("\xff\xf3"), 0, ZQ_MEDIA_AUDIO, "audio/mpeg", NULL },
  { MAGIC ("\xff\xf2"), 0, ZQ_MEDIA_AUDIO, "audio/mpeg", NULL },
  { MAGIC ("\xff\xf1"), 0, ZQ_MEDIA_AUDIO, "audio/aac", NULL },
  { MAGIC ("#!AMR"), 0, ZQ_MEDIA_AUDIO, "audio/amr", NULL },
  { MAGIC ("RIFF????WAVE"), 0, ZQ_MEDIA_AUDIO, "audio/wav", NULL },
  { MAGIC ("ftypM4A"), 4, ZQ_MEDIA_AUDIO, "audio/mp4", NULL },
  { MAGIC ("ftyphei"), 4, ZQ_MEDIA_OTHER, "image/heic", NULL },
  { MAGIC ("ftypmif1"), 4, ZQ_MEDIA_OTHER, "image/heic", NULL },
  { MAGIC ("ftypavif"), 4, ZQ_MEDIA_OTHER, "image/avif", NULL },
  { MAGIC ("ftyp"), 4, ZQ_MEDIA_OTHER, "video/mp4", NULL },
  { MAGIC ("DICM"), 128, ZQ_MEDIA_OTHER, "application/dicom", NULL },
  { MAGIC ("PK\x03\x04"), 0, ZQ_MEDIA_OTHER, "application/zip", NULL },
};

static gboolean
has_magic (const guint8 *bytes, gsize length, const Magic *magic)
{
  if (length < magic->at + magic->length)
    return FALSE;
  for (gsize i = 0; i < magic->length; i++)
    if (magic->magic[i] != '?' && bytes[magic->at + i] != (guint8)magic->magic[i])
      return FALSE;

  return TRUE;
}

static const Magic *
find_magic (const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MAGICS); i++)
    if (has_magic (bytes, length, &MAGICS[i]))
      return &MAGICS[i];

  return NULL;
}

/* What browsers record is WebM without a picture. */
static const char *
find_matroska (const guint8 *bytes, gsize length)
{
  if (length < 4 || memcmp (bytes, "\x1a\x45\xdf\xa3", 4) != 0)
    return NULL;
  if (memmem (bytes, length, "V_", 2) != NULL)
    return "video/webm";

  return memmem (bytes, length, "A_OPUS", 6) != NULL || memmem (bytes, length, "A_VORBIS", 8) != NULL ? "audio/webm"
                                                                                                      : NULL;
}

/* The last character may be cut by the end of what is looked at. */
static gboolean
is_text (const guint8 *bytes, gsize length)
{
  const char *end = NULL;

  if (length == 0)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (bytes[i] < 0x20 && strchr ("\t\n\r\f", bytes[i]) == NULL)
      return FALSE;
    else if (bytes[i] == 0)
      return FALSE;

  return g_utf8_validate_len ((const char *)bytes, length, &end) ||
         (length == LOOK && (gsize)((const guint8 *)end - bytes) + 4 > length);
}

ZqMediaKind
zq_media_sniff (gconstpointer data, gsize size, const char **content_type)
{
  const guint8 *bytes = data;
  gsize length = MIN (size, LOOK);
  const Magic *magic = find_magic (bytes, length);
  ZqMediaKind kind = ZQ_MEDIA_OTHER;
  const char *type = "application/octet-stream";
  const char *matroska;

  if (magic != NULL)
    {
      kind = magic->kind;
      type = magic->content_type;
    }
  /* Its readers take some rubbish before it (ISO 32000-1, annex H). */
  else if (length > 0 && memmem (bytes, MIN (length, LOOK_PDF), "%PDF-", 5) != NULL)
    {
      kind = ZQ_MEDIA_PDF;
      type = "application/pdf";
    }
  else if ((matroska = find_matroska (bytes, length)) != NULL)
    {
      kind = g_str_has_prefix (matroska, "audio/") ? ZQ_MEDIA_AUDIO : ZQ_MEDIA_OTHER;
      type = matroska;
    }
  else if (is_text (bytes, length))
    {
      kind = ZQ_MEDIA_TEXT;
      type = "text/plain";
    }
  if (content_type != NULL)
    *content_type = type;

  return kind;
}

const char *
zq_media_find_loader (gconstpointer bytes, gsize length)
{
  const Magic *magic = find_magic (bytes, length);

  return magic != NULL ? magic->loader : NULL;
}
