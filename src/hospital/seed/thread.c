/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "base/id.h"
#include "resource/json.h"

#include <string.h>

/* How far the doctor's last message has come on its way. */
typedef enum
{
  REACH_READ,
  REACH_DELIVERED,
  REACH_SENT,
} Reach;

static void
append_category (ZqSeed *self, const char *code)
{
  zq_seed_json (self, ",'category':[{'coding':[{'system':'" ZQ_CODE_SYSTEM ("communication-category") "','code':%q}]}]",
                code);
}

static void
put_header (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *topic = zq_seed_fill (c, zq_json_get_string (c->script, "complaint"));
  g_autofree char *id = g_strdup_printf ("thread-%03d", c->number);

  zq_seed_json (self, "{'resourceType':'Communication',%g,'status':'in-progress'", c->department);
  append_category (self, "thread");
  zq_seed_json (self,
                ",'subject':{'reference':'Patient/%s'},'topic':{'text':%q},"
                "'encounter':{'reference':'Encounter/enc-%s'},'recipient':[",
                c->patient->id, topic, id + strlen ("thread-"));
  if (c->owner != NULL)
    zq_seed_json (self, "{'reference':'Practitioner/%s'}", c->owner);
  else
    zq_seed_json (self, "{'reference':'Organization/%s'}", c->department);
  zq_seed_json (self, "],'sent':%t}", c->begun);
  zq_seed_put (self, "Communication", id, c->begun);
}

/* Puts the file that "<kind>rest" names as a Binary and its attachment into @payload; returns rest. */
static const char *
put_media (ZqSeed *self, ZqSeedConsultation *c, const ZqSeedMessage *message, guint place, GString *payload)
{
  const char *end = message->text[0] == '<' ? strchr (message->text, '>') : NULL;
  g_autofree char *kind = end != NULL ? g_strndup (message->text + 1, (gsize)(end - message->text - 1)) : NULL;
  g_autofree char *id = g_strdup_printf ("file-%03d-%02u", c->number, place);
  g_autofree char *data = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize digest_length = sizeof digest, size;
  const char *content_type;

  if (kind == NULL)
    return message->text;

  bytes = zq_seed_media (kind, g_hash_table_lookup (c->values, "fbg"), &content_type);
  data = g_base64_encode (g_bytes_get_data (bytes, &size), g_bytes_get_size (bytes));
  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, digest, &digest_length);
  hash = g_base64_encode (digest, digest_length);
  g_string_append_printf (
      payload,
      "{\"contentAttachment\":{\"contentType\":\"%s\",\"url\":\"Binary/%s\",\"size\":%" G_GSIZE_FORMAT
      ",\"hash\":\"%s\",\"title\":\"%s\"}}",
      content_type, id, size, hash, strcmp (kind, "voice") == 0 ? "语音" : "照片");

  zq_seed_json (
      self, "{'resourceType':'Binary',%g,'contentType':%q,'securityContext':{'reference':'Patient/%s'},'data':'%s'}",
      c->department, content_type, c->patient->id, data);
  zq_seed_put (self, "Binary", id, message->sent);
  return end + 1;
}

static void
append_sender (ZqSeed *self, ZqSeedConsultation *c, char who)
{
  if (who == 'D')
    zq_seed_json (self, ",'sender':{'reference':'Practitioner/%s'}", c->owner);
  else if (who == 'A')
    zq_seed_json (self, ",'sender':{'reference':'Practitioner/" ZQ_SEED_ASSISTANT "'}");
  else if (c->patient->relative_id != NULL)
    zq_seed_json (self, ",'sender':{'reference':'RelatedPerson/%s','display':%q}", c->patient->relative_id,
                  c->patient->relative_name);
  else
    zq_seed_json (self, ",'sender':{'reference':'Patient/%s','display':%q}", c->patient->id, c->patient->name);

  if (who == 'P' && c->owner == NULL)
    zq_seed_json (self, ",'recipient':[{'reference':'Organization/%s'}]", c->department);
  else if (who == 'P')
    zq_seed_json (self, ",'recipient':[{'reference':'Practitioner/%s'}]", c->owner);
  else
    zq_seed_json (self, ",'recipient':[{'reference':'Patient/%s'}]", c->patient->id);
}

static void
put_message (ZqSeed *self, ZqSeedConsultation *c, guint place, gint64 received)
{
  const ZqSeedMessage *message = &g_array_index (c->messages, ZqSeedMessage, place);
  g_autofree char *id = g_strdup_printf ("msg-%03d-%02u", c->number, place + 1);
  g_autofree char *thread = g_strdup_printf ("Communication/thread-%03d", c->number);
  g_autoptr (GString) payload = g_string_new (NULL);
  const char *rest = put_media (self, c, message, place + 1, payload);
  g_autofree char *text = zq_seed_fill (c, rest);

  zq_seed_json (self, "{'resourceType':'Communication',%g,'partOf':[{'reference':%q}],'status':'completed'",
                c->department, thread);
  append_category (self, "message");
  zq_seed_json (self, ",'subject':{'reference':'Patient/%s'},'encounter':{'reference':'Encounter/enc-%s'}",
                c->patient->id, thread + strlen ("Communication/thread-"));
  append_sender (self, c, message->who);
  zq_seed_json (self, ",'sent':%t", message->sent);
  if (received != 0)
    zq_seed_json (self, ",'received':%t", received);
  zq_seed_json (self, ",'payload':[%s", payload->str);
  if (*text != '\0')
    zq_seed_json (self, "%s{'contentString':%q}", payload->len > 0 ? "," : "", text);
  zq_seed_json (self, "]}");
  zq_seed_put (self, "Communication", id, MAX (received, message->sent));
}

static void
put_read_mark (ZqSeed *self, ZqSeedConsultation *c, const char *type, const char *reader, gint64 up_to, gboolean unread)
{
  g_autofree char *thread = g_strdup_printf ("thread-%03d", c->number);
  g_autofree char *id = g_strdup_printf ("read-%03d-%s", c->number, reader);
  g_autofree char *key = g_strdup_printf ("read-mark.%s.%s.%s", thread, type, reader);
  g_autofree char *day = zq_seed_day (self, up_to);

  zq_seed_json (
      self,
      "{'resourceType':'Basic',%g,'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID "','value':%q}],"
      "'extension':[{'url':'" ZQ_EXTENSION (
          "read-up-to") "','valueInstant':%t},"
                        "{'url':'" ZQ_EXTENSION (
                            "marked-unread") "','valueBoolean':%s}],"
                                             "'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                                                 "read-mark") "','code':'read-mark'}]},"
                                                              "'subject':{'reference':'Communication/"
                                                              "%s'},'created':%q,'author':{'reference':'%s/%s'}}",
      c->department, key, up_to, unread ? "true" : "false", thread, day, type, reader);
  zq_seed_put (self, "Basic", id, up_to + ZQ_SEED_MINUTE);
}

/* The place of the last message from @who, or -1. */
static int
last_from (ZqSeedConsultation *c, char who)
{
  int place = (int)c->messages->len - 1;

  while (place >= 0 && g_array_index (c->messages, ZqSeedMessage, place).who != who)
    place--;
  return place;
}

static void
put_read_marks (ZqSeed *self, ZqSeedConsultation *c, Reach reach)
{
  int doctors = last_from (c, 'D');
  int patients = last_from (c, 'P');
  gboolean relative = c->patient->relative_id != NULL;
  int seen_by_patient = doctors;

  if (doctors < 0 || c->owner == NULL)
    return;

  /* Some questions that wait for an answer have been read already. */
  if (patients > doctors && c->number % 4 == 0)
    put_read_mark (self, c, "Practitioner", c->owner, g_array_index (c->messages, ZqSeedMessage, patients).sent,
                   c->number % 12 == 0);
  else
    put_read_mark (self, c, "Practitioner", c->owner, g_array_index (c->messages, ZqSeedMessage, doctors).sent, FALSE);

  if (reach != REACH_READ && patients < doctors)
    do
      seen_by_patient--;
    while (seen_by_patient >= 0 && g_array_index (c->messages, ZqSeedMessage, seen_by_patient).who != 'D');
  if (seen_by_patient >= 0)
    put_read_mark (self, c, relative ? "RelatedPerson" : "Patient", relative ? c->patient->relative_id : c->patient->id,
                   g_array_index (c->messages, ZqSeedMessage, seen_by_patient).sent, FALSE);
}

void
zq_seed_thread (ZqSeed *self, ZqSeedConsultation *c)
{
  Reach reach = (Reach)(c->number % 3);
  int doctors = last_from (c, 'D');

  put_header (self, c);
  for (guint i = 0; i < c->messages->len; i++)
    {
      const ZqSeedMessage *message = &g_array_index (c->messages, ZqSeedMessage, i);
      gint64 received = 0;

      /* What was answered has arrived; of the doctor's last words a third has not. */
      if ((int)i < doctors || (message->who == 'D' && (reach != REACH_SENT || i + 1 < c->messages->len)))
        received = message->sent + 20 * ZQ_SEED_SECOND;
      put_message (self, c, i, MIN (received, self->now));
    }
  put_read_marks (self, c, reach);
}
