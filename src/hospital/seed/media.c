/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include <gio/gio.h>
#include <string.h>

#define WIDTH  160
#define HEIGHT 120
#define STRIDE (1 + WIDTH * 3) /* each row of a PNG begins with its filter's number */

static guint32
crc_update (guint32 crc, const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i++)
    {
      crc ^= data[i];
      for (int bit = 0; bit < 8; bit++)
        crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
  return crc;
}

static void
append_u32 (GByteArray *out, guint32 value)
{
  guint32 big = GUINT32_TO_BE (value);

  g_byte_array_append (out, (const guint8 *)&big, 4);
}

/* PNG (Third Edition), 5.3: length, type, data, CRC of type and data. */
static void
append_chunk (GByteArray *out, const char *type, const guint8 *data, gsize length)
{
  guint32 crc = crc_update (0xFFFFFFFFu, (const guint8 *)type, 4);

  append_u32 (out, (guint32)length);
  g_byte_array_append (out, (const guint8 *)type, 4);
  g_byte_array_append (out, data, (guint)length);
  append_u32 (out, ~crc_update (crc, data, length));
}

static GBytes *
encode_png (const guint8 *pixels)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n' };
  static const guint8 header[] = { 0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 2, 0, 0, 0 };
  g_autoptr (GConverter) deflate = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
  g_autofree guint8 *packed = g_malloc (STRIDE * HEIGHT + 1024);
  GByteArray *out = g_byte_array_new ();
  gsize n_read, n_packed;

  g_converter_convert (deflate, pixels, STRIDE * HEIGHT, packed, STRIDE * HEIGHT + 1024, G_CONVERTER_INPUT_AT_END,
                       &n_read, &n_packed, NULL);
  g_byte_array_append (out, signature, sizeof signature);
  append_chunk (out, "IHDR", header, sizeof header);
  append_chunk (out, "IDAT", packed, n_packed);
  append_chunk (out, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (out);
}

static void
fill (guint8 *pixels, int x0, int y0, int width, int height, guint32 rgb)
{
  for (int y = MAX (y0, 0); y < MIN (y0 + height, HEIGHT); y++)
    for (int x = MAX (x0, 0); x < MIN (x0 + width, WIDTH); x++)
      {
        guint8 *p = pixels + y * STRIDE + 1 + x * 3;

        p[0] = (guint8)(rgb >> 16);
        p[1] = (guint8)(rgb >> 8);
        p[2] = (guint8)rgb;
      }
}

static void
fill_ellipse (guint8 *pixels, int cx, int cy, int rx, int ry, guint32 rgb)
{
  for (int y = -ry; y <= ry; y++)
    for (int x = -rx; x <= rx; x++)
      if (x * x * ry * ry + y * y * rx * rx <= rx * rx * ry * ry)
        fill (pixels, cx + x, cy + y, 1, 1, rgb);
}

/* One digit of a seven-segment display: bits 0…6 are top, upper right, lower right, bottom, lower
 * left, upper left, middle. */
static void
draw_digit (guint8 *pixels, int x, int y, int digit)
{
  static const guint8 segments[] = { 0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F };
  static const int places[7][4] = { { 2, 0, 14, 4 },   { 15, 2, 4, 14 }, { 15, 18, 4, 14 }, { 2, 30, 14, 4 },
                                    { -1, 18, 4, 14 }, { -1, 2, 4, 14 }, { 2, 15, 14, 4 } };

  for (int i = 0; i < 7; i++)
    if (segments[digit] & (1 << i))
      fill (pixels, x + places[i][0], y + places[i][1], places[i][2], places[i][3], 0x1D2B22);
}

static void
draw_meter (guint8 *pixels, const char *value)
{
  int x = 46;

  fill (pixels, 0, 0, WIDTH, HEIGHT, 0xB9A88F);
  fill (pixels, 24, 10, 112, 100, 0x2C4F7C);
  fill (pixels, 34, 22, 92, 56, 0xC7D8C3);
  for (const char *p = value; *p != '\0'; p++)
    if (g_ascii_isdigit (*p))
      {
        draw_digit (pixels, x, 32, g_ascii_digit_value (*p));
        x += 26;
      }
    else
      {
        fill (pixels, x - 4, 62, 5, 5, 0x1D2B22);
        x += 4;
      }
  fill_ellipse (pixels, 80, 94, 12, 9, 0xE8E8E4);
}

static void
draw_sheet (guint8 *pixels)
{
  fill (pixels, 0, 0, WIDTH, HEIGHT, 0x8C8F94);
  fill (pixels, 14, 4, 132, 114, 0xFBFBF7);
  fill (pixels, 44, 10, 72, 6, 0x33373C);
  for (int row = 0; row < 9; row++)
    {
      fill (pixels, 22, 26 + row * 10, 34 + (row * 13) % 22, 3, 0x6A6F75);
      fill (pixels, 86, 26 + row * 10, 14, 3, 0x33373C);
      fill (pixels, 114, 26 + row * 10, 22, 3, 0xA3A8AD);
      if (row % 4 == 1)
        fill_ellipse (pixels, 105, 27 + row * 10, 2, 3, 0xC22F2F);
    }
}

static void
draw_foot (guint8 *pixels)
{
  fill (pixels, 0, 0, WIDTH, HEIGHT, 0x9FB3B8);
  fill_ellipse (pixels, 70, 66, 62, 34, 0xD9A988);
  for (int toe = 0; toe < 5; toe++)
    fill_ellipse (pixels, 134 - toe * 3, 40 + toe * 14, 14 - toe, 8, 0xDDB090);
  fill_ellipse (pixels, 128, 42, 11, 8, 0xC05A4A);
  fill_ellipse (pixels, 132, 41, 4, 3, 0x7C2420);
}

/* RIFF WAVE, PCM, 8 bits, 8 kHz: a second and a half of a hum. */
static GBytes *
make_voice (void)
{
  const guint32 rate = 8000, n_samples = 12000;
  GByteArray *out = g_byte_array_new ();
  struct
  {
    char riff[4];
    guint32 size;
    char wave[8];
    guint32 header_size;
    guint16 format, channels;
    guint32 rate, bytes_a_second;
    guint16 block, bits;
    char data[4];
    guint32 data_size;
  } header = { { 'R', 'I', 'F', 'F' },
               GUINT32_TO_LE (36 + n_samples),
               { 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ' },
               GUINT32_TO_LE (16),
               GUINT16_TO_LE (1),
               GUINT16_TO_LE (1),
               GUINT32_TO_LE (rate),
               GUINT32_TO_LE (rate),
               GUINT16_TO_LE (1),
               GUINT16_TO_LE (8),
               { 'd', 'a', 't', 'a' },
               GUINT32_TO_LE (n_samples) };

  g_byte_array_append (out, (const guint8 *)&header, sizeof header);
  for (guint i = 0; i < n_samples; i++)
    {
      int wave = (int)(i * 150 / rate * 7 + i % 53) - 26;
      guint8 sample = (guint8)(128 + CLAMP (wave % 27, -26, 26) * (int)(i % 2400) / 2400);

      g_byte_array_append (out, &sample, 1);
    }
  return g_byte_array_free_to_bytes (out);
}

GBytes *
zq_seed_media (const char *kind, const char *value, const char **content_type)
{
  g_autofree guint8 *pixels = NULL;

  if (strcmp (kind, "voice") == 0)
    {
      *content_type = "audio/wav";
      return make_voice ();
    }

  pixels = g_malloc0 (STRIDE * HEIGHT);
  *content_type = "image/png";
  if (strcmp (kind, "meter") == 0)
    draw_meter (pixels, value);
  else if (strcmp (kind, "foot") == 0)
    draw_foot (pixels);
  else
    draw_sheet (pixels);
  return encode_png (pixels);
}
