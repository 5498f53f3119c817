/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "base/id.h"
#include "hospital/seed/parts.h"

#include <string.h>

#define CATEGORY "'category':[{'coding':[{'system':'" ZQ_CODE_SYSTEM ("communication-category") "','code':'%s'}]}]"

/* A message on its way. */
typedef struct
{
  gint64 place; /* from 1 */
  char who;     /* 'P', 'D', 'A' */
  gint64 sent;
  gboolean last;
  gboolean correction, withdrawn;
  gint64 reply_to; /* place, or 0 */
} Message;

static void
put_header (ZqBulk *self, ZqBulkCase *c)
{
  char id[24];

  g_snprintf (id, sizeof id, "bh-%" G_GINT64_FORMAT, c->number);
  zq_seed_json (self->seed,
                "{'resourceType':'Communication','id':'%s',%h,'status':'in-progress'," CATEGORY
                ",'subject':{'reference':'Patient/%s'},'topic':{'text':'%s'},"
                "'encounter':{'reference':'Encounter/be-%l'},'recipient':[{'reference':'%s/%s'}],'sent':%t}",
                id, c->begun, ZQ_SEED_ENDO, "thread", c->patient.id, c->complaint, c->number,
                c->owner != NULL ? "Practitioner" : "Organization", c->owner != NULL ? c->owner : ZQ_SEED_ENDO,
                c->begun);
  zq_seed_put_whole (self->seed, "Communication", id, c->begun);
}

/* The first word is the patient's, the last one belongs to whom the state says; between them they take turns. */
static void
draw_message (ZqBulkCase *c, gint64 place, Message *message)
{
  char before = message->who;

  message->place = place;
  message->last = place == c->n_messages;
  message->correction = message->withdrawn = FALSE;
  message->reply_to = 0;
  message->sent =
      c->begun + (gint64)((double)(c->ended - c->begun) * ((double)(place - 1) + 0.9 * zq_random_unit (&c->random)) /
                          (double)c->n_messages);
  if (message->last)
    message->sent = c->ended;

  if (place == 1 || (c->pool && !(message->last && c->answered)))
    message->who = 'P';
  else if (message->last)
    message->who = c->answered ? 'D' : 'P';
  else if (zq_random_chance (&c->random, before == 'P' ? 580 : 700))
    message->who = before != 'P' ? 'P' : zq_random_chance (&c->random, 60) ? 'A' : 'D';
  if (message->last || place == 1)
    return;

  if (message->who == 'D' && c->doctors_place > 0 && zq_random_chance (&c->random, 8))
    {
      message->correction = TRUE;
      message->reply_to = c->doctors_place;
    }
  else if (zq_random_chance (&c->random, 20))
    message->reply_to = zq_random_between (&c->random, MAX (1, place - 8), place - 1);
  else
    message->withdrawn = zq_random_chance (&c->random, 7);
}

static void
append_people (ZqBulk *self, ZqBulkCase *c, char who)
{
  ZqSeed *seed = self->seed;

  if (who == 'D')
    zq_seed_json (seed, ",'sender':{'reference':'Practitioner/%s'}", c->owner);
  else if (who == 'A')
    zq_seed_json (seed, ",'sender':{'reference':'Practitioner/" ZQ_SEED_ASSISTANT "'}");
  else if (c->patient.relation >= 0)
    zq_seed_json (seed, ",'sender':{'reference':'RelatedPerson/%s','display':'%s'}", c->patient.relative_id,
                  c->patient.relative_name);
  else
    zq_seed_json (seed, ",'sender':{'reference':'Patient/%s','display':'%s'}", c->patient.id, c->patient.name);

  if (who != 'P')
    zq_seed_json (seed, ",'recipient':[{'reference':'Patient/%s'}]", c->patient.id);
  else
    zq_seed_json (seed, ",'recipient':[{'reference':'%s/%s'}]", c->owner != NULL ? "Practitioner" : "Organization",
                  c->owner != NULL ? c->owner : ZQ_SEED_ENDO);
}

static gboolean
append_file (ZqBulk *self, ZqBulkCase *c, char who)
{
  const ZqBulkFile *file;

  if (who != 'P' || !zq_random_chance (&c->random, 80))
    return FALSE;
  file = &self->files[zq_random_between (&c->random, 0, self->n_files - 1)];
  zq_seed_json (self->seed,
                "{'contentAttachment':{'contentType':'%s','url':'Binary/%s','size':%l,'hash':'%s','title':'%s'}}",
                file->content_type, file->id, (gint64)file->size, file->hash, file->title);
  return TRUE;
}

static void
append_payload (ZqBulk *self, ZqBulkCase *c, const Message *message)
{
  GString *text = self->text;
  gboolean first = message->place == 1 || (message->who == 'D' && c->doctors_place == 0);
  gboolean has_file;

  zq_seed_json (self->seed, ",'payload':[");
  has_file = append_file (self, c, message->who);
  if (!has_file || zq_random_chance (&c->random, 500))
    {
      g_string_truncate (text, 0);
      if (message->last && c->pool && message->who == 'D')
        zq_seed_words_line (self->words, &c->random, "declines", text);
      else if (message->last && !c->is_open && message->who == 'D')
        zq_seed_words_line (self->words, &c->random, "outcomes", text);
      else
        zq_seed_words_say (self->words, &c->random,
                           message->who == 'P'   ? ZQ_SPEAKER_PATIENT
                           : message->who == 'D' ? ZQ_SPEAKER_DOCTOR
                                                 : ZQ_SPEAKER_ASSISTANT,
                           first, text);
      zq_seed_json (self->seed, "%s{'contentString':'%s'}", has_file ? "," : "", text->str);
    }
  zq_seed_json (self->seed, "]}");
}

/* What the other side's client has not fetched yet has no `received`. */
static gboolean
is_received (ZqBulkCase *c, const Message *message)
{
  if (!c->is_open || message->place + 6 < c->n_messages)
    return TRUE;
  if (message->who == 'P')
    return c->answered && !message->last;
  return !message->last || c->number % 3 != 0;
}

static void
put_message (ZqBulk *self, ZqBulkCase *c, const Message *message)
{
  ZqSeed *seed = self->seed;
  gboolean received = is_received (c, message);
  gint64 arrived = MIN (message->sent + 20 * ZQ_SEED_SECOND, seed->now);
  gint64 updated = received ? arrived : message->sent;
  char id[48];

  g_snprintf (id, sizeof id, "bm-%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, c->number, message->place);
  zq_seed_json (seed, "{'resourceType':'Communication','id':'%s',%h,", id, updated, ZQ_SEED_ENDO);
  /* Written with a workstation, which has been there for a year. */
  if (message->who == 'D' && message->sent > seed->now - 365 * ZQ_SEED_DAY)
    zq_seed_json (seed, "'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID "','value':'5eed0000-%s'}],", id);
  zq_seed_json (seed, "'partOf':[{'reference':'Communication/bh-%l'}],", c->number);
  if (message->reply_to != 0)
    zq_seed_json (seed, "'inResponseTo':[{'reference':'Communication/bm-%l-%l'}],", c->number, message->reply_to);
  zq_seed_json (seed,
                "'status':'%s'," CATEGORY
                ",'subject':{'reference':'Patient/%s'},'encounter':{'reference':'Encounter/be-%l'}",
                message->withdrawn ? "entered-in-error" : "completed", message->correction ? "correction" : "message",
                c->patient.id, c->number);
  append_people (self, c, message->who);
  zq_seed_json (seed, ",'sent':%t", message->sent);
  if (received)
    zq_seed_json (seed, ",'received':%t", arrived);
  append_payload (self, c, message);
  zq_seed_put_whole (seed, "Communication", id, updated);
}

static void
put_read_mark (ZqBulk *self, ZqBulkCase *c, gboolean doctors, gint64 up_to)
{
  gboolean relative = c->patient.relation >= 0;
  const char *type = doctors ? "Practitioner" : relative ? "RelatedPerson" : "Patient";
  const char *reader = doctors ? c->owner : relative ? c->patient.relative_id : c->patient.id;
  gint64 updated = up_to + ZQ_SEED_MINUTE;
  g_autofree char *day = zq_seed_day (self->seed, up_to);
  char id[32];

  g_snprintf (id, sizeof id, "br-%" G_GINT64_FORMAT "-%c", c->number, doctors ? 'd' : 'p');
  zq_seed_json (
      self->seed,
      "{'resourceType':'Basic','id':'%s',%h,'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID
      "','value':'read-mark.bh-%l.%s.%s'}],'extension':[{'url':'" ZQ_EXTENSION (
          "read-up-to") "',"
                        "'valueInstant':%t},{'url':'" ZQ_EXTENSION (
                            "marked-unread") "','valueBoolean':%s}],"
                                             "'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                                                 "read-mark") "','code':'read-mark'}]},"
                                                              "'subject':{'reference':'Communication/"
                                                              "bh-%l'},'created':'%s','author':{'reference':'%s/%s'}}",
      id, updated, ZQ_SEED_ENDO, c->number, type, reader, up_to,
      doctors && c->is_open && c->number % 23 == 0 ? "true" : "false", c->number, day, type, reader);
  zq_seed_put_whole (self->seed, "Basic", id, updated);
}

/* Of what is closed long ago few marks are left; who has answered has read what came before anyway. */
static void
put_read_marks (ZqBulk *self, ZqBulkCase *c)
{
  if (c->last_doctor == 0 || c->owner == NULL || !(c->is_open || zq_random_chance (&c->random, 250)))
    return;
  put_read_mark (self, c, TRUE,
                 c->is_open && zq_random_chance (&c->random, 750) ? c->last_doctor
                                                                  : MAX (c->last_doctor, c->last_patient));
  if (!c->is_open || c->number % 3 == 1)
    put_read_mark (self, c, FALSE, c->last_doctor);
}

static void
put_note (ZqBulk *self, ZqBulkCase *c)
{
  char id[24], instant[ZQ_SEED_INSTANT];

  g_snprintf (id, sizeof id, "bn-%" G_GINT64_FORMAT, c->number);
  zq_seed_instant_us (c->ended, instant);
  g_string_truncate (self->text, 0);
  zq_seed_words_line (self->words, &c->random, "notes", self->text);
  zq_seed_json (self->seed,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'1','lastUpdated':'%s','security':"
                "[{'system':'http://terminology.hl7.org/CodeSystem/v3-Confidentiality','code':'R'}],"
                "'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':'" ZQ_SEED_ENDO "'}]},"
                "'partOf':[{'reference':'Task/bt-%l'}],'status':'completed'," CATEGORY
                ",'sender':{'reference':'Practitioner/" ZQ_SEED_ASSISTANT
                "'},'sent':%t,'payload':[{'contentString':'%s'}]}",
                id, instant, c->number, "internal-note", c->ended, self->text->str);
  zq_seed_put_whole (self->seed, "Communication", id, c->ended);
}

void
zq_bulk_put_thread (ZqBulk *self, ZqBulkCase *c)
{
  Message message = { .who = 'P' };

  put_header (self, c);
  for (gint64 place = 1; place <= c->n_messages && self->seed->error == NULL; place++)
    {
      draw_message (c, place, &message);
      put_message (self, c, &message);
      if (message.who == 'P')
        c->last_patient = message.sent;
      else if (message.who == 'D')
        c->last_doctor = message.sent;
      if (message.who == 'D' && !message.withdrawn && !message.correction)
        c->doctors_place = place;
    }
  put_read_marks (self, c);
  if (zq_random_chance (&c->random, c->is_open ? 150 : 40))
    put_note (self, c);
}
