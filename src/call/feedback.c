/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/feedback.h"

#define N_KEPT 2048 /* packets: several seconds of the most that is sent; a power of two */

/* UDP, IP and the mark of SRTP. */
#define BEFORE_RTP 38

#define TICK      250   /* µs: of the differences */
#define REFERENCE 64000 /* µs: of the first time */
/* Rates are over so much of what was told last. */
#define WINDOW (400 * G_TIME_SPAN_MILLISECOND)
/* Routes and clocks change: the shortest way is that of the last one to two of these. */
#define BASE_LASTS (15 * G_USEC_PER_SEC)

typedef enum
{
  NONE,
  SENT,
  LOST,
  CAME,
} State;

typedef struct
{
  gint64 sent;
  gint64 came; /* of the other side's clock */
  guint16 number;
  guint16 size;
  State state;
} Packet;

struct _ZqCallFeedback
{
  Packet packets[N_KEPT];
  guint16 newest; /* that was told of */
  gint64 at;
  guint64 told, n_came;
  gint64 base, base_next, base_at;
  gint64 least; /* delay since the last sum */
  gint64 queue;
  gint64 reference; /* the last; it starts anew every 12 days */
};

ZqCallFeedback *
zq_call_feedback_new (void)
{
  ZqCallFeedback *self = g_new0 (ZqCallFeedback, 1);

  self->least = G_MAXINT64;

  return self;
}

void
zq_call_feedback_free (ZqCallFeedback *self)
{
  g_free (self);
}

void
zq_call_feedback_sent (ZqCallFeedback *self, guint16 number, guint size, gint64 at)
{
  Packet *packet = &self->packets[number % N_KEPT];

  *packet =
      (Packet){ .sent = at, .number = number, .size = (guint16)MIN (size + BEFORE_RTP, G_MAXUINT16), .state = SENT };
}

/* --- one packet --------------------------------------------------------------------------------- */

static void
note_delay (ZqCallFeedback *self, gint64 delay, gint64 at)
{
  if (self->base_at == 0 || at - self->base_at > BASE_LASTS)
    {
      self->base = self->base_at == 0 ? delay : self->base_next;
      self->base_next = delay;
      self->base_at = at;
    }
  self->base = MIN (self->base, delay);
  self->base_next = MIN (self->base_next, delay);
  self->least = MIN (self->least, delay);
}

/* Reports overlap, and what was lost in one may come in the next. */
static void
tell (ZqCallFeedback *self, guint16 number, gboolean did_come, gint64 came, gint64 at)
{
  Packet *packet = &self->packets[number % N_KEPT];

  if (packet->number != number || packet->state == NONE || packet->state == CAME ||
      (packet->state == LOST && !did_come))
    return;
  if (packet->state == SENT)
    self->told++;
  packet->state = did_come ? CAME : LOST;
  if ((gint16)(number - self->newest) > 0 || self->at == 0)
    self->newest = number;
  if (!did_come)
    return;
  packet->came = came;
  self->n_came++;
  note_delay (self, came - packet->sent, at);
}

/* --- a report ----------------------------------------------------------------------------------- */

typedef struct
{
  const guint8 *bytes;
  gsize length;
  gsize chunk; /* where the next kinds are */
  gsize delta; /* where the next time is */
  gint64 time;
} Reader;

static guint
get_uint16 (const guint8 *bytes)
{
  return (guint)bytes[0] << 8 | bytes[1];
}

/* Two bits each for up to seven, one for up to fourteen, or one kind for many. */
static guint
read_chunk (guint chunk, guint n, guint8 *kinds)
{
  guint is_run = !(chunk & 0x8000), two = chunk & 0x4000;
  guint all = is_run ? chunk & 0x1fff : two ? 7 : 14;

  all = MIN (all, n);
  for (guint i = 0; i < all; i++)
    kinds[i] = is_run ? (chunk >> 13) & 3 : two ? (chunk >> (12 - 2 * i)) & 3 : (chunk >> (13 - i)) & 1;

  return all;
}

static gboolean
read_delta (Reader *self, guint8 kind)
{
  gsize size = kind == 1 ? 1 : 2;

  if (kind > 2 || self->delta + size > self->length)
    return FALSE;
  if (kind == 1)
    self->time += (gint64)self->bytes[self->delta] * TICK;
  else
    self->time += (gint64)(gint16)get_uint16 (self->bytes + self->delta) * TICK;
  self->delta += size;

  return TRUE;
}

/* 24 bits with a sign; the difference to the last one is what goes on. */
static gint64
unwrap (ZqCallFeedback *self, const guint8 *bytes)
{
  gint64 read = (gint64)bytes[0] << 16 | (gint64)bytes[1] << 8 | bytes[2];
  gint64 difference = (read - self->reference) & 0xffffff;

  if (difference >= 0x800000)
    difference -= 0x1000000;
  self->reference = self->at == 0 ? read : self->reference + difference;

  return self->reference * REFERENCE;
}

gboolean
zq_call_feedback_take (ZqCallFeedback *self, const guint8 *bytes, gsize length, gint64 at)
{
  Reader reader = { .bytes = bytes, .length = length, .chunk = 8 };
  g_autofree guint8 *kinds = NULL;
  guint n, first, have = 0;

  if (length < 8)
    return FALSE;
  first = get_uint16 (bytes);
  n = get_uint16 (bytes + 2);
  kinds = g_malloc0 (n + 1);
  while (have < n && reader.chunk + 2 <= length)
    {
      guint got = read_chunk (get_uint16 (bytes + reader.chunk), n - have, kinds + have);

      if (got == 0)
        return FALSE;
      have += got;
      reader.chunk += 2;
    }
  if (have < n)
    return FALSE;
  reader.delta = reader.chunk;
  reader.time = unwrap (self, bytes + 4);
  for (guint i = 0; i < n; i++)
    {
      if (kinds[i] != 0 && !read_delta (&reader, kinds[i]))
        return FALSE;
      tell (self, (guint16)(first + i), kinds[i] != 0, reader.time, at);
    }
  self->at = at;

  return TRUE;
}

/* --- all of them -------------------------------------------------------------------------------- */

/* What one stretch of packets was at both ends: of the first only the time counts. */
static void
sum_rates (const ZqCallFeedback *self, ZqCallFeedbackSums *sums)
{
  const Packet *last = NULL, *first = NULL;
  guint64 sent = 0, came = 0;

  for (guint i = 0; i < N_KEPT; i++)
    {
      const Packet *packet = &self->packets[(guint16)(self->newest - i) % N_KEPT];

      if (packet->number != (guint16)(self->newest - i) || packet->state < LOST)
        break;
      if (last == NULL && packet->state == CAME)
        last = packet;
      if (last != NULL && last->sent - packet->sent > WINDOW)
        break;
      sent += packet->size;
      if (packet->state != CAME)
        continue;
      came += packet->size;
      first = packet;
    }
  if (first == NULL || first == last)
    return;
  sums->sent = 8.0 * (double)(sent - first->size) * G_USEC_PER_SEC / (double)MAX (last->sent - first->sent, 20000);
  sums->came = 8.0 * (double)(came - first->size) * G_USEC_PER_SEC / (double)MAX (last->came - first->came, 20000);
}

void
zq_call_feedback_sum (ZqCallFeedback *self, ZqCallFeedbackSums *sums)
{
  if (self->least != G_MAXINT64)
    self->queue = self->least - self->base;
  self->least = G_MAXINT64;
  *sums = (ZqCallFeedbackSums){ .at = self->at, .queue = self->queue, .told = self->told, .n_came = self->n_came };
  sum_rates (self, sums);
}
