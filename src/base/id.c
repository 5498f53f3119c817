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
