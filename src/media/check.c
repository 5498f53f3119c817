/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem() */

#include "media/media-private.h"

#include <string.h>

/* A progressive JPEG of a camera has some ten; each costs a walk over all of its pixels. */
#define MAX_SCANS 64

G_DEFINE_QUARK (zq - media - error - quark, zq_media_error)

gboolean
zq_media_is_too_large (gint64 width, gint64 height)
{
  return width <= 0 || height <= 0 || width > ZQ_MEDIA_MAX_PIXELS || height > ZQ_MEDIA_MAX_PIXELS / width;
}

void
zq_media_set_too_large (GError **error)
{
  g_set_error_literal (error, ZQ_MEDIA_ERROR, ZQ_MEDIA_ERROR_TOO_LARGE, "The picture has too many pixels");
}

void
zq_media_set_unreadable (GError **error)
{
  g_set_error_literal (error, ZQ_MEDIA_ERROR, ZQ_MEDIA_ERROR_UNREADABLE, "The picture is broken or cut short");
}

static gboolean
check_size (gint64 width, gint64 height, GError **error)
{
  if (width <= 0 || height <= 0)
    {
      zq_media_set_unreadable (error);
      return FALSE;
    }
  if (zq_media_is_too_large (width, height))
    {
      zq_media_set_too_large (error);
      return FALSE;
    }

  return TRUE;
}

static guint32
be32 (const guint8 *at)
{
  return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static guint32
le32 (const guint8 *at)
{
  return (guint32)at[3] << 24 | (guint32)at[2] << 16 | (guint32)at[1] << 8 | at[0];
}

static guint32
le16 (const guint8 *at)
{
  return (guint32)at[1] << 8 | at[0];
}

static guint32
le24 (const guint8 *at)
{
  return (guint32)at[2] << 16 | le16 (at);
}

static gboolean
check_png (const guint8 *bytes, gsize length, GError **error)
{
  if (length < 33 || memcmp (bytes + 12, "IHDR", 4) != 0 || memmem (bytes, length, "IEND", 4) == NULL)
    {
      zq_media_set_unreadable (error);
      return FALSE;
    }

  return check_size (be32 (bytes + 16), be32 (bytes + 20), error);
}

/* Its size is told by the loader before it decodes; whether it is whole is not. What cameras append after the end is
 * of no interest. */
static gboolean
check_jpeg (const guint8 *bytes, gsize length, GError **error)
{
  guint scans = 0;
  gboolean ended = FALSE;

  for (gsize i = 2; i + 1 < length; i++)
    if (bytes[i] == 0xff && bytes[i + 1] == 0xda)
      {
        scans++;
        ended = FALSE;
      }
    else if (bytes[i] == 0xff && bytes[i + 1] == 0xd9)
      ended = TRUE;
  if (scans > 0 && scans <= MAX_SCANS && ended)
    return TRUE;

  zq_media_set_unreadable (error);

  return FALSE;
}

/* Of one that is not compressed, what its rows take is known. */
static gboolean
lacks_rows (const guint8 *bytes, gsize length)
{
  gboolean old = le32 (bytes + 14) == 12;
  gint64 width = old ? (gint64)le16 (bytes + 18) : (gint32)le32 (bytes + 18);
  gint64 height = old ? (gint64)le16 (bytes + 20) : (gint32)le32 (bytes + 22);
  gint64 bits = le16 (bytes + (old ? 24 : 28));

  if ((!old && le32 (bytes + 30) != 0) || zq_media_is_too_large (width, ABS (height)))
    return FALSE;

  return le32 (bytes + 10) + (width * bits + 31) / 32 * 4 * ABS (height) > (gint64)length;
}

static gboolean
check_bmp (const guint8 *bytes, gsize length, GError **error)
{
  gint64 height;

  if (length < 34 || le32 (bytes + 14) < 12 || lacks_rows (bytes, length))
    {
      zq_media_set_unreadable (error);
      return FALSE;
    }
  if (le32 (bytes + 14) == 12)
    return check_size (le16 (bytes + 18), le16 (bytes + 20), error);
  height = (gint32)le32 (bytes + 22);

  return check_size ((gint32)le32 (bytes + 18), ABS (height), error);
}

static gboolean
check_webp (const guint8 *bytes, gsize length, GError **error)
{
  guint32 bits;

  if (length < 30 || le32 (bytes + 4) > length - 8)
    {
      zq_media_set_unreadable (error);
      return FALSE;
    }
  if (bytes[15] == 'X')
    return check_size (1 + (gint64)le24 (bytes + 24), 1 + (gint64)le24 (bytes + 27), error);
  if (bytes[15] == 'L')
    {
      bits = le32 (bytes + 21);
      return check_size (1 + (bits & 0x3fff), 1 + (bits >> 14 & 0x3fff), error);
    }

  return check_size (le16 (bytes + 26) & 0x3fff, le16 (bytes + 28) & 0x3fff, error);
}

/* --- GIF -------------------------------------------------------------------------------------- */

/* Past a run of sub-blocks; 0: cut short. */
static gsize
skip_blocks (const guint8 *bytes, gsize length, gsize at)
{
  while (at < length && bytes[at] != 0)
    at += 1 + (gsize)bytes[at];

  return at < length ? at + 1 : 0;
}

static gsize
table_size (guint8 flags)
{
  return flags & 0x80 ? (gsize)3 << ((flags & 7) + 1) : 0;
}

/* Where its first picture ends; 0: there is none that is whole. */
static gsize
find_first_end (const guint8 *bytes, gsize length, gint64 *width, gint64 *height)
{
  gsize at;

  if (length < 13)
    return 0;
  at = 13 + table_size (bytes[10]);
  while (at != 0 && at + 10 < length && bytes[at] == '!')
    at = skip_blocks (bytes, length, at + 2);
  if (at == 0 || at + 11 >= length || bytes[at] != ',')
    return 0;
  /* A frame may be larger than what it lies on. */
  *width = MAX (le16 (bytes + 6), le16 (bytes + at + 1) + le16 (bytes + at + 5));
  *height = MAX (le16 (bytes + 8), le16 (bytes + at + 3) + le16 (bytes + at + 7));
  at += 10 + table_size (bytes[at + 9]) + 1;

  return skip_blocks (bytes, length, at);
}

/* All frames of an animation would lie in memory at once. */
static GBytes *
first_frame (const guint8 *bytes, gsize length, GError **error)
{
  gint64 width = 0, height = 0;
  gsize end = find_first_end (bytes, length, &width, &height);
  guint8 *first;

  if (end == 0)
    {
      zq_media_set_unreadable (error);
      return NULL;
    }
  if (!check_size (width, height, error))
    return NULL;
  first = g_malloc (end + 1);
  memcpy (first, bytes, end);
  first[end] = ';';

  return g_bytes_new_take (first, end + 1);
}

GBytes *
zq_media_check (GBytes *bytes, const char *loader, GError **error)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gboolean fine = TRUE;

  if (g_str_equal (loader, "gif"))
    return first_frame (data, length, error);
  if (g_str_equal (loader, "png"))
    fine = check_png (data, length, error);
  else if (g_str_equal (loader, "jpeg"))
    fine = check_jpeg (data, length, error);
  else if (g_str_equal (loader, "bmp"))
    fine = check_bmp (data, length, error);
  else if (g_str_equal (loader, "webp"))
    fine = check_webp (data, length, error);

  return fine ? g_bytes_ref (bytes) : NULL;
}
