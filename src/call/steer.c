/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/steer.h"

#include "call/steer-line.h"

#define MS     G_TIME_SPAN_MILLISECOND
#define SECOND G_USEC_PER_SEC

/* Opus at 32 kbit/s in 50 packets a second, each with 12 + 10 + 8 + 20 bytes of RTP, SRTP, UDP and IP before it, and
 * reports. */
#define SOUND 50000.0
/* Less than this shows nobody anything. */
#define PICTURE_LEAST 55000.0
#define PICTURE_AGAIN 80000.0
/* Of what a packet takes: the rest is what RTP, SRTP, UDP and IP put before it. */
#define PAYLOAD 0.93

/* A queue is there when it is longer than one whole picture makes it for a moment, and grows: twice running. */
#define QUEUE_OVER (25.0 * MS)
#define SLOPE_OVER 0.03
/* Sound is late by it: at once, unless it is going. */
#define QUEUE_BAD   (150.0 * MS)
#define SLOPE_DRAIN -0.05
/* So long is taken to empty it. */
#define QUEUE_CLEAR (15.0 * MS)
#define DRAIN       (0.8 * SECOND)
#define FPS_DRAIN   10
#define QUEUE_FULL  (250.0 * MS)
#define FPS_LEAST   5

/* draft-ietf-rmcat-gcc-02, 5.5: down to this part of what came through; the next time after what was done can be seen:
 * two windows of feedback. */
#define DOWN    0.88
#define RESPOND (500 * MS)
/* At most this at once; the first reports of a full line are about the few packets that came. */
#define DOWN_MOST  0.35
#define DOWN_FIRST 0.5
#define FIRST      (3 * SECOND)
/* 6: loss counts above 10 %; here above what is lost anyway. */
#define LOSS_HIGH 0.11
#define LOSS_MORE 0.07

#define CLIMB_FIRST 1.5  /* a second, until the line gave way once */
#define CLIMB       1.4  /* far from where it did */
#define APPROACH    1.07 /* near it: what is too much is noticed while it is little */
#define NEAR        0.85
#define FAR         1.25
#define BEYOND      1.15 /* it gives more now: what was is forgotten */
#define PROVEN      1.4  /* of what came; GCC has 1.5 */
#define PROVEN_MORE 40000
#define SETTLE      (1 * SECOND) /* the first reports say nothing of delay */
#define HOLD        (1 * SECOND)
#define PATIENCE    (3 * SECOND)
#define HOLD_MOST   (7 * SECOND)

/* Feedback of the other side comes at least every 250 ms while a picture goes (RFC 8888, 6 wants one a frame to one
 * each 100 ms); RFC 8083 stops without any. */
#define BLIND_HOLD (700 * MS)
#define BLIND_DOWN (1200 * MS)
#define BLIND_RTT  (6 * SECOND) /* of who tells round trips alone, and seldom */
#define HEARD      (2500 * MS)

#define TRY      (4 * SECOND)
#define TRY_MOST (16 * SECOND)
#define TRIED    (8 * SECOND)

/* VP8 of a face; learned where the encoder takes more. */
#define BITS_A_PIXEL 0.05
#define OVERSHOOT    1.2
#define BARE_FORGETS 0.98
#define BARE_MOST    0.12
#define BITS_ENOUGH  0.15
#define HYSTERESIS   1.25
#define SIZE_STAYS   (2 * SECOND)

struct _ZqSteer
{
  ZqCallTarget target;
  ZqSteerLine line;
  double rate;    /* with sound */
  double ceiling; /* where the line gave way; 0: not known */
  double was;     /* the last of them */
  double greed;   /* what the encoder takes of what it is told, at most 1 */
  double bare;    /* bits a pixel below which it does not go; 0: not known */
  gint64 begun, down_at, climb_at, blind_at;
  gint64 hold;     /* after the next time */
  gint64 over;     /* since when the queue grows; 0: it does not */
  gint64 off_at;   /* since when there is no picture */
  gint64 on_at;    /* of the last try */
  gint64 try_wait; /* before the next */
  gint64 sized_at;
  gint64 at;
  gboolean gave_way; /* ever */
  int width, height;
};

ZqSteer *
zq_steer_new (void)
{
  ZqSteer *self = g_new0 (ZqSteer, 1);

  self->rate = ZQ_STEER_START;
  self->width = 640;
  self->height = 480;
  self->greed = 1;
  self->hold = HOLD;
  self->try_wait = TRY;
  self->target = (ZqCallTarget){ TRUE, ZQ_STEER_START - (guint)SOUND, 4, 30 };

  return self;
}

void
zq_steer_free (ZqSteer *self)
{
  g_free (self);
}

void
zq_steer_restart (ZqSteer *self)
{
  self->rate = CLAMP (self->rate * 0.7, SOUND + PICTURE_AGAIN, ZQ_STEER_START * 2);
  self->line = (ZqSteerLine){ 0 };
  self->begun = self->at = self->down_at = self->climb_at = self->blind_at = self->over = 0;
  self->off_at = self->on_at = self->sized_at = 0;
}

/* --- what the line gives ------------------------------------------------------------------------ */

/* Climbing that fails near the same place is tried again later and later; another place is another line. */
static void
give_way (ZqSteer *self, double came, double to)
{
  double last = self->ceiling > 0 ? self->ceiling : self->was;
  gboolean again = came > last * 0.75 && came < last * 1.3;
  gboolean is_late = self->at - self->down_at < 2 * RESPOND;

  self->ceiling = came;
  self->line.lost = self->line.lost_floor; /* what was lost is answered; what is lost from now on is news */
  self->rate = MAX (self->rate * (self->at - self->begun < FIRST ? DOWN_FIRST : DOWN_MOST), MIN (self->rate, to));
  self->down_at = self->at;
  self->gave_way = TRUE;
  if (!is_late)
    self->hold = again ? MIN (self->hold * 2, HOLD_MOST) : HOLD;
  self->climb_at = self->at + self->hold;
}

static gboolean
has_queue (ZqSteer *self)
{
  const ZqSteerLine *line = &self->line;

  if (line->queue > QUEUE_BAD && line->slope > SLOPE_DRAIN)
    return TRUE;
  if (line->queue < QUEUE_OVER || line->slope < SLOPE_OVER)
    {
      self->over = 0;
      return FALSE;
    }
  if (self->over == 0)
    self->over = self->at;

  return self->at > self->over;
}

static gboolean
loses_more (const ZqSteer *self)
{
  return self->line.lost > LOSS_HIGH && self->line.lost > self->line.lost_floor + LOSS_MORE;
}

/* What was not tried is not known: the encoder may have nothing to say. */
static double
proven (const ZqSteer *self, const ZqCallStats *stats)
{
  return PROVEN * MAX (self->line.came, stats->video_sent) + SOUND + PROVEN_MORE;
}

/* More than this nobody sees. */
static double
useful (const ZqSteer *self)
{
  return MIN (SOUND + (double)self->width * self->height * 30 * BITS_ENOUGH, ZQ_STEER_MOST);
}

/* An encoder that takes less than it may proves nothing; then time alone makes the line worth a try. */
static gboolean
is_beyond (const ZqSteer *self)
{
  return self->line.came + SOUND > self->ceiling * BEYOND || self->at - self->down_at > self->hold + PATIENCE;
}

static void
climb (ZqSteer *self, const ZqCallStats *stats)
{
  double seconds = (double)CLAMP (stats->interval, 0, SECOND) / SECOND;
  double last = self->ceiling > 0 ? self->ceiling : self->was;
  gboolean is_near = last > 0 && self->rate > last * NEAR && self->rate < last * FAR;
  double a_second = !self->gave_way ? CLIMB_FIRST : is_near ? APPROACH : CLIMB;
  double to = self->rate * (1 + (a_second - 1) * seconds);

  if (self->ceiling > 0 && self->line.came + SOUND < self->rate * NEAR)
    to = MIN (to, MAX (self->rate, self->ceiling));
  self->rate = MAX (self->rate, MIN (to, MIN (proven (self, stats), useful (self))));
  if (self->ceiling > 0 && is_beyond (self))
    {
      self->was = self->ceiling;
      self->ceiling = 0;
    }
}

/* Whether something says that there is no queue. */
static gboolean
is_known (const ZqSteer *self, const ZqCallStats *stats)
{
  gint64 heard_at = self->line.has_twcc ? self->line.told_at : self->line.heard_at;

  return self->begun > 0 && stats->at - self->begun > SETTLE && heard_at > 0 && stats->at - heard_at < HEARD;
}

/* A report lost now and then is nothing; none at all may be a line that is full, or none. */
static gboolean
is_blind (ZqSteer *self, const ZqCallStats *stats)
{
  gint64 heard_at = self->line.has_twcc ? self->line.told_at : self->line.heard_at;
  gint64 since = self->begun > 0 ? stats->at - MAX (MAX (heard_at, self->begun), self->on_at) : 0;

  if (since < (self->line.has_twcc || heard_at == 0 ? BLIND_HOLD : BLIND_RTT))
    return FALSE;
  if (since > BLIND_DOWN && stats->at - self->blind_at > RESPOND)
    {
      self->blind_at = stats->at;
      self->rate *= 0.7;
    }

  return TRUE;
}

static void
estimate (ZqSteer *self, const ZqCallStats *stats)
{
  const ZqSteerLine *line = &self->line;
  double came = (line->has_twcc ? line->came : stats->video_sent * (1 - line->lost)) + SOUND;
  gboolean is_over = has_queue (self);
  gboolean may_go_down = stats->at - self->down_at > RESPOND || self->down_at == 0;

  if (is_blind (self, stats))
    return;
  if (is_over && may_go_down)
    give_way (self, came, came * DOWN);
  else if (loses_more (self) && may_go_down)
    give_way (self, came, MIN (self->rate * (1 - 0.5 * line->lost), came * DOWN));
  else if (!is_over && line->queue < QUEUE_OVER && stats->at >= self->climb_at && is_known (self, stats))
    climb (self, stats);
}

/* --- the picture, on and off -------------------------------------------------------------------- */

static void
stop_picture (ZqSteer *self)
{
  gboolean failed = self->on_at > 0 && self->at - self->on_at < TRIED;

  self->try_wait = failed ? MIN (self->try_wait * 2, TRY_MOST) : TRY;
  self->off_at = self->at;
}

/* Nothing but sound goes, so nothing but round trips tells of the line: when they are short, it is tried. */
static void
wait_for_picture (ZqSteer *self)
{
  if (self->at - self->off_at < self->try_wait || self->line.queue > QUEUE_OVER || loses_more (self))
    return;
  self->off_at = 0;
  self->on_at = self->climb_at = self->at;
  self->rate = SOUND + PICTURE_AGAIN;
  self->ceiling = 0;
  self->line.came = self->line.queue = 0;
}

/* --- what the picture makes of it --------------------------------------------------------------- */

static double
pixels (const ZqSteer *self, guint part)
{
  return MAX (1, (double)self->width * self->height * part * part / 64);
}

/* Where a size is nothing for the encoder it takes less than it was told; where it is too much, more, whatever it is
 * told: that is the least that this size takes. */
static void
learn_greed (ZqSteer *self, const ZqCallStats *stats)
{
  double ratio = self->target.bitrate > 0 ? stats->video_sent / self->target.bitrate : 1;
  double used = stats->video_sent / pixels (self, self->target.numerator) / MAX (1, self->target.fps);

  /* Right after a change it still does what it was told before. */
  if (!self->target.video || stats->frames_out == 0 || self->at - self->sized_at < SECOND ||
      self->at - self->down_at < 2 * SECOND || self->line.queue > QUEUE_OVER)
    return;
  if (ratio > OVERSHOOT)
    self->bare += (MIN (used, BARE_MOST) - self->bare) * 0.1;
  else
    self->bare *= BARE_FORGETS;
  ratio = CLAMP (ratio, 0.6, 1);
  self->greed += (ratio - self->greed) * (ratio > self->greed ? 0.1 : 0.02);
}

static guint
choose_fps (double bits)
{
  return bits < 65000 ? 10 : bits < 100000 ? 15 : bits < 140000 ? 20 : 30;
}

static guint
choose_size (const ZqSteer *self, double bits, guint fps)
{
  static const guint parts[] = { 8, 6, 4, 3, 2 };
  guint now = self->target.numerator;

  if (self->on_at > 0 && self->at - self->on_at < SIZE_STAYS)
    return 2;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      double needed = pixels (self, parts[i]) * fps * MAX (BITS_A_PIXEL * self->greed, self->bare);

      /* It is left late and come back to late: each change costs a whole picture. */
      if (parts[i] > now ? bits > needed * HYSTERESIS : bits > needed / HYSTERESIS)
        return parts[i] > now && self->at - self->sized_at < SIZE_STAYS ? now : parts[i];
    }

  return 2;
}

/* What may be sent now: less than the line gives, until its queue is gone. */
static double
drained (const ZqSteer *self, double bits)
{
  double too_long = self->line.queue - QUEUE_CLEAR;

  if (self->line.queue < QUEUE_OVER)
    return bits;

  return MAX (bits * 0.3, bits - (bits + SOUND) * too_long / DRAIN);
}

static ZqCallTarget
choose (const ZqSteer *self)
{
  double bits = self->rate - SOUND;
  ZqCallTarget target = { .video = self->off_at == 0, .fps = choose_fps (bits) };

  target.numerator = choose_size (self, bits, target.fps);
  /* The encoder is slow to obey, what it is not given it does not send. */
  if (self->line.queue > QUEUE_BAD)
    target.fps = self->line.queue > QUEUE_FULL ? FPS_LEAST : MIN (target.fps, FPS_DRAIN);
  target.bitrate = (guint)MAX (drained (self, bits) * PAYLOAD, PICTURE_LEAST / 3);

  return target;
}

gboolean
zq_steer_take (ZqSteer *self, const ZqCallStats *stats)
{
  ZqCallTarget before = self->target;

  self->at = stats->at;
  if (self->begun == 0 && stats->video_sent > 0)
    self->begun = stats->at;
  if (stats->camera_width > 0)
    {
      self->width = stats->camera_width;
      self->height = stats->camera_height;
    }
  zq_steer_line_take (&self->line, stats, self->target.video);
  learn_greed (self, stats);
  if (self->off_at != 0)
    wait_for_picture (self);
  else
    estimate (self, stats);
  if (self->off_at == 0 && self->rate < SOUND + PICTURE_LEAST)
    stop_picture (self);
  self->target = choose (self);
  if (self->target.numerator != before.numerator)
    self->sized_at = self->at;

  return before.video != self->target.video || before.numerator != self->target.numerator ||
         before.fps != self->target.fps || ABS ((double)before.bitrate - self->target.bitrate) > 0.03 * before.bitrate;
}

const ZqCallTarget *
zq_steer_get_target (const ZqSteer *self)
{
  return &self->target;
}

guint
zq_steer_get_estimate (const ZqSteer *self)
{
  return (guint)self->rate;
}
