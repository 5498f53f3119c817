/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "rules/consultation.h"

#include <string.h>

#define YEARS (3 * 365 * ZQ_SEED_DAY)

typedef struct
{
  int permille;
  const char *status;
  const char *owner;
  gboolean answered, pool;
} Share;

/* Of a colleague's consultation the doctor is shown the Task only, so that few are theirs. */
static const Share open_shares[] = {
  { 400, "in-consultation", ZQ_BULK_DOCTOR, FALSE, FALSE },
  { 120, "in-consultation", ZQ_BULK_DOCTOR, TRUE, FALSE },
  { 200, "awaiting-patient", ZQ_BULK_DOCTOR, TRUE, FALSE },
  { 120, "awaiting-acceptance", NULL, FALSE, TRUE },
  { 50, "awaiting-acceptance", ZQ_BULK_DOCTOR, FALSE, TRUE },
  { 60, "ended-questions-left", ZQ_BULK_DOCTOR, TRUE, FALSE },
  { 15, "in-consultation", "doc-fang", FALSE, FALSE },
  { 15, "awaiting-patient", "doc-fang", TRUE, FALSE },
  { 15, "in-consultation", "doc-he", FALSE, FALSE },
  { 5, "awaiting-patient", "doc-he", TRUE, FALSE },
};

static const Share closed_shares[] = {
  { 820, "completed", ZQ_BULK_DOCTOR, TRUE, FALSE },  { 25, "completed", "doc-fang", TRUE, FALSE },
  { 15, "completed", "doc-he", TRUE, FALSE },         { 40, "expired-refunded", NULL, FALSE, TRUE },
  { 40, "declined", ZQ_BULK_DOCTOR, TRUE, TRUE },     { 40, "sent-offline", ZQ_BULK_DOCTOR, TRUE, FALSE },
  { 20, "transferred", ZQ_BULK_DOCTOR, TRUE, FALSE },
};

static const Share *
draw_share (ZqRandom *random, const Share *shares, gsize n)
{
  int wanted = (int)zq_random_between (random, 0, 999);
  gsize i = 0;

  while (i + 1 < n && wanted >= shares[i].permille)
    wanted -= shares[i++].permille;
  return &shares[i];
}

/* Whose it is and how much is said in it, by its number alone. */
static void
draw_case (const ZqBulk *self, gint64 number, ZqBulkCase *c)
{
  const Share *share;

  memset (c, 0, sizeof *c);
  c->number = number;
  c->random = zq_random_for (ZQ_BULK_CASE, number);
  c->is_open = number > self->spec->consultations - self->n_open;
  share = c->is_open ? draw_share (&c->random, open_shares, G_N_ELEMENTS (open_shares))
                     : draw_share (&c->random, closed_shares, G_N_ELEMENTS (closed_shares));
  if (number == self->big)
    share = &open_shares[0];
  c->status = share->status;
  c->owner = share->owner;
  c->answered = share->answered;
  c->pool = share->pool;

  /* Most are short, some long, few very long. */
  c->weight = pow (0.03 + zq_random_unit (&c->random), -0.8);
  if (zq_random_chance (&c->random, 2))
    c->weight *= 8;
  if (c->pool)
    c->weight = 0.3 * MIN (c->weight, 3);
  if (number == self->big)
    c->weight = 0;
}

static void
make_plan (ZqBulk *self)
{
  const ZqSeedSpec *spec = self->spec;

  self->n_open = MIN (spec->consultations / 3, 400 + spec->consultations / 80);
  self->spare = spec->messages - spec->consultations;
  if (spec->messages >= ZQ_BULK_BIG_FROM && self->spare >= ZQ_BULK_BIG_THREAD && self->n_open > 0)
    {
      self->big = spec->consultations - self->n_open + 1;
      self->spare -= ZQ_BULK_BIG_THREAD - 1;
    }
  for (gint64 i = 1; i <= spec->consultations; i++)
    {
      ZqBulkCase c;

      draw_case (self, i, &c);
      self->weight += c.weight;
    }
}

/* People write by day: the hours of the night are passed over quickly. The order stays. */
static gint64
by_day (gint64 us)
{
  gint64 local = us + 8 * ZQ_SEED_HOUR;
  gint64 day = local / ZQ_SEED_DAY * ZQ_SEED_DAY;
  double part = (double)(local - day) / ZQ_SEED_DAY;

  if (part < 0.04)
    part = part / 0.04 * 7;
  else if (part < 0.97)
    part = 7 + (part - 0.04) / 0.93 * 15.5;
  else
    part = 22.5 + (part - 0.97) / 0.03 * 1.5;
  return day + (gint64)(part * ZQ_SEED_HOUR) - 8 * ZQ_SEED_HOUR;
}

static gint64
draw_waiting (ZqBulkCase *c)
{
  int kind = (int)zq_random_between (&c->random, 0, 99);

  if (c->answered)
    return zq_random_between (&c->random, 20, 6 * 24 * 60) * ZQ_SEED_MINUTE;
  if (kind < 60)
    return zq_random_between (&c->random, 2, 10 * 60) * ZQ_SEED_MINUTE;
  if (kind < 85)
    return zq_random_between (&c->random, 10 * 60, 24 * 60) * ZQ_SEED_MINUTE;
  return zq_random_between (&c->random, 24 * 60, 5 * 24 * 60) * ZQ_SEED_MINUTE;
}

static void
set_times (ZqBulk *self, ZqBulkCase *c)
{
  gint64 now = self->seed->now;
  gint64 n_closed = self->spec->consultations - self->n_open;
  /* Half an hour for a message, or longer; what is long gets what is left. */
  gint64 lasts = (gint64)(c->n_messages * 30 * ZQ_SEED_MINUTE * (0.2 - log (1 - zq_random_unit (&c->random))));

  if (c->number == self->big)
    lasts = YEARS * 5 / 6;
  if (c->is_open)
    {
      c->ended = now - draw_waiting (c) - zq_random_between (&c->random, 0, 59999) * 1000;
      c->begun = c->ended - MAX (lasts, c->n_messages * ZQ_SEED_MINUTE);
    }
  else
    {
      gint64 latest = now - 2 * ZQ_SEED_DAY;

      c->begun = by_day (latest - ZQ_SEED_DAY - (gint64)(YEARS * pow (1 - (double)c->number / (double)n_closed, 1.15)));
      c->ended = CLAMP (c->begun + lasts, c->begun + ZQ_SEED_MINUTE, latest);
    }
}

static gint64
patient_of (ZqBulk *self, ZqBulkCase *c)
{
  gint64 n = self->spec->patients;

  /* Everybody came once, some come often. */
  if (c->number <= n)
    return c->number;
  return 1 + (gint64)(pow (zq_random_unit (&c->random), 1.5) * (double)n);
}

static void
put_consultation (ZqBulk *self, ZqBulkCase *c)
{
  g_autoptr (GString) complaint = g_string_new (NULL);

  zq_bulk_patient (self, patient_of (self, c), &c->patient);
  set_times (self, c);
  if (c->n_messages == 1)
    c->answered = FALSE;
  zq_seed_words_line (self->words, &c->random, "complaints", complaint);
  g_strlcpy (c->complaint, complaint->str, sizeof c->complaint);

  if (c->number <= self->spec->patients)
    zq_bulk_put_patient (self, &c->patient, c->begun - ZQ_SEED_DAY);
  zq_bulk_put_thread (self, c);
  zq_bulk_put_case (self, c);
}

static void
put_consultations (ZqBulk *self)
{
  double sum = 0;
  gint64 given = 0;

  for (gint64 i = 1; i <= self->spec->consultations && self->seed->error == NULL; i++)
    {
      gint64 upto;
      ZqBulkCase c;

      draw_case (self, i, &c);
      sum += c.weight;
      upto = i == self->spec->consultations ? self->spare : (gint64)((double)self->spare * (sum / self->weight));
      c.n_messages = 1 + upto - given;
      given = upto;
      if (i == self->big)
        c.n_messages += ZQ_BULK_BIG_THREAD - 1;
      put_consultation (self, &c);
    }
}

gboolean
zq_seed_bulk (ZqSeed *seed, const ZqSeedSpec *spec, JsonNode *phrases, JsonNode *people, GError **error)
{
  g_autoptr (ZqSeedWords) words = zq_seed_words_new (phrases, error);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree ZqBulkFile *files = NULL;
  ZqBulk self = { .seed = seed, .spec = spec, .words = words, .text = text };

  if (words == NULL)
    return FALSE;

  self.people = zq_bulk_people_new (people);
  make_plan (&self);
  zq_bulk_put_files (&self);
  files = self.files;
  put_consultations (&self);
  for (gint64 i = spec->consultations + 1; i <= spec->patients && seed->error == NULL; i++)
    {
      ZqBulkPatient patient;

      zq_bulk_patient (&self, i, &patient);
      zq_bulk_put_patient (&self, &patient, seed->now - ZQ_SEED_DAY);
    }
  for (gint64 i = 1; i <= spec->observations && seed->error == NULL; i++)
    zq_bulk_put_observation (&self, i);

  zq_bulk_people_free (self.people);
  return TRUE;
}
