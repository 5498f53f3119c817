/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "rules/visit-rules.h"

#include <string.h>

#define LASTS (4 * 3600 * (gint64)G_USEC_PER_SEC)

void
zq_hospital_set_turn (ZqHospital *self, const char *address, const char *secret)
{
  g_free (self->turn_address);
  g_free (self->turn_secret);
  self->turn_address = g_strdup (address);
  self->turn_secret = g_strdup (secret);
}

void
zq_hospital_set_recording (ZqHospital *self, const char *recording, const char *recorded_by)
{
  g_free (self->recording);
  g_free (self->recorded_by);
  self->recording = g_strdup (recording);
  self->recorded_by = g_strdup (recorded_by);
}

gboolean
zq_room_is_recorded_there (ZqHospital *self)
{
  return self->recorded_by != NULL ? g_str_equal (self->recorded_by, "workstation")
                                   : zq_visit_rules_get (self->policy)->is_recorded_here;
}

const char *
zq_room_recording (ZqHospital *self)
{
  const ZqVisitRules *rules = zq_visit_rules_get (self->policy);

  if (self->recording != NULL)
    return self->recording;

  return rules->must_be_recorded ? "required" : rules->may_be_recorded ? "optional" : "off";
}

static char *
password (const char *secret, const char *name)
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *)secret, strlen (secret));
  guint8 digest[20];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *)name, (gssize)strlen (name));
  g_hmac_get_digest (hmac, digest, &length);

  return g_base64_encode (digest, length);
}

char *
zq_room_ice (ZqHospital *self, const char *user, gint64 *expires)
{
  g_autofree char *name = NULL, *word = NULL, *quoted = NULL;

  *expires = zq_clock_now (self->clock) + LASTS;
  if (self->turn_address == NULL)
    return g_strdup ("[]");
  name = g_strdup_printf ("%" G_GINT64_FORMAT ":%s", *expires / G_USEC_PER_SEC, user);
  word = password (self->turn_secret, name);
  quoted = zq_json_quote (word);

  return g_strdup_printf ("[{\"urls\":[\"stun:%s\"]},{\"urls\":[\"turn:%s?transport=udp\",\"turn:%s?transport=tcp\"],"
                          "\"username\":\"%s\",\"credential\":%s}]",
                          self->turn_address, self->turn_address, self->turn_address, name, quoted);
}
