/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

char *
zq_id_new (void)
{
  return g_uuid_string_random ();
}

char *
zq_id_from_name (const char *name)
{
  /* 6f1c3d0e-7a52-4f0b-9c2f-5d1b7c0e8a41 */
  static const guint8 space[16] = { 0x6f, 0x1c, 0x3d, 0x0e, 0x7a, 0x52, 0x4f, 0x0b,
                                    0x9c, 0x2f, 0x5d, 0x1b, 0x7c, 0x0e, 0x8a, 0x41 };
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 d[20];
  gsize length = sizeof d;

  g_checksum_update (checksum, space, sizeof space);
  g_checksum_update (checksum, (const guchar *)name, -1);
  g_checksum_get_digest (checksum, d, &length);
  d[6] = (guint8)((d[6] & 0x0f) | 0x50);
  d[8] = (guint8)((d[8] & 0x3f) | 0x80);

  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", d[0], d[1], d[2],
                          d[3], d[4], d[5], d[6], d[7], d[8], d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

gboolean
zq_id_is_valid (const char *id)
{
  gsize length;

  if (id == NULL)
    return FALSE;

  for (length = 0; id[length] != '\0'; length++)
    {
      if (length == 64)
        return FALSE;
      if (!g_ascii_isalnum (id[length]) && id[length] != '-' && id[length] != '.')
        return FALSE;
    }

  return length > 0;
}

static void
fill_random (guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gssize got = getrandom (bytes, length, 0);

      if (got < 0)
        {
          if (errno != EINTR)
            g_error ("The system gives no random bytes: %s", g_strerror (errno));
          continue;
        }
      bytes += got;
      length -= got;
    }
}

char *
zq_id_random_token (gsize n_bytes)
{
  g_autofree guint8 *bytes = g_malloc (n_bytes + 1);
  char *text;

  fill_random (bytes, n_bytes);
  text = g_base64_encode (bytes, n_bytes);
  explicit_bzero (bytes, n_bytes);

  /* base64url without padding: RFC 4648, section 5. */
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';

  return text;
}
