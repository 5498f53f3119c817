/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/line.h"

#include <math.h>
#include <string.h>

#define SAMPLE 0.2   /* s */
#define SOUND  130.0 /* bytes on the wire, 50 a second */
#define PACKET 1100.0
#define HEADS  50.0
#define WINDOW 0.4
#define N_KEPT G_N_ELEMENTS (((ZqTestLine *)NULL)->window[0])

void
zq_test_line_init (ZqTestLine *self, guint32 seed)
{
  *self = (ZqTestLine){ .rate = 2e6, .queue_ms = 400, .delay_ms = 15 };
  self->rand = g_rand_new_with_seed (seed);
  self->steer = zq_steer_new ();
  self->stats = (ZqCallStats){ .remote_lost = -1, .rtt = -1, .at = G_USEC_PER_SEC };
  self->now = 1;
  self->next_frame = self->next_sound = 1;
  self->next_sample = 1 + SAMPLE;
  self->was_video = TRUE;
  self->least_queue = -1;
}

void
zq_test_line_clear (ZqTestLine *self)
{
  g_clear_pointer (&self->rand, g_rand_free);
  g_clear_pointer (&self->steer, zq_steer_free);
}

void
zq_test_line_forget (ZqTestLine *self)
{
  self->audio_sent = self->audio_dropped = self->video_came = self->queue_sum = self->queue_most = 0;
  self->frames_sent = 0;
  self->turns = self->switches = 0;
}

/* Returns when it comes out at the other end, -1: it does not. */
static double
pass (ZqTestLine *self, double bytes, gboolean is_sound)
{
  double wait = MAX (0, self->busy_until - self->now);
  gboolean has_room = wait * 1000 <= self->queue_ms;

  if (is_sound)
    {
      self->audio_sent++;
      self->audio_dropped += !has_room;
      self->queue_sum += wait * 1000;
      self->queue_most = MAX (self->queue_most, wait * 1000);
    }
  if (!has_room)
    return -1;
  self->busy_until = self->now + wait + bytes * 8 / self->rate;
  if (g_rand_double (self->rand) < self->loss)
    return -1;

  return self->busy_until + self->delay_ms / 1000;
}

static void
send_video (ZqTestLine *self, double bytes)
{
  double out = pass (self, bytes, FALSE);
  guint i = self->n_window++ % N_KEPT;

  self->sample_bytes += bytes;
  self->told++;
  self->window[0][i] = out;
  self->window[1][i] = bytes;
  if (out < 0)
    return;
  self->came++;
  self->video_came += bytes;
  out -= self->now + self->delay_ms / 1000 + bytes * 8 / self->rate;
  self->least_queue = self->least_queue < 0 ? out : MIN (self->least_queue, out);
}

/* As VP8 does it: about what it is told, a whole picture after each change of size. */
static void
send_frame (ZqTestLine *self)
{
  const ZqCallTarget *target = zq_steer_get_target (self->steer);
  double fps = MAX (1, target->fps), bits = target->bitrate;
  double bytes;

  self->next_frame = self->now + 1 / fps;
  if (!target->video)
    return;
  if (self->want > 0)
    bits = MIN (bits, self->want);
  if (target->numerator != self->last_part || !self->was_video)
    self->key_left = 1;
  self->last_part = target->numerator;
  bytes = bits / 8 / fps * g_rand_double_range (self->rand, 0.7, 1.3);
  if (self->key_left > 0)
    bytes = MAX (bytes, 640.0 * 480 / 64 * target->numerator * target->numerator * 0.5 / 8);
  self->key_left = 0;
  self->frames++;
  self->frames_sent++;
  for (; bytes > 0; bytes -= PACKET)
    send_video (self, MIN (bytes, PACKET) + HEADS);
}

static void
send_sound (ZqTestLine *self)
{
  self->next_sound += 0.02;
  self->sample_audio += SOUND;
  pass (self, SOUND, TRUE);
}

static double
came_lately (const ZqTestLine *self)
{
  double bytes = 0, from = self->now - WINDOW;

  for (guint i = 0; i < MIN (self->n_window, N_KEPT); i++)
    if (self->window[0][i] > from && self->window[0][i] <= self->now)
      bytes += self->window[1][i];

  return bytes * 8 / WINDOW;
}

static void
count_turns (ZqTestLine *self)
{
  double bits = zq_steer_get_target (self->steer)->bitrate;

  if (self->extreme <= 0)
    self->extreme = bits;
  if (self->direction >= 0 ? bits > self->extreme : bits < self->extreme)
    self->extreme = bits;
  else if (fabs (bits - self->extreme) > 0.1 * self->extreme)
    {
      self->turns++;
      self->direction = self->direction >= 0 ? -1 : 1;
      self->extreme = bits;
    }
}

static void
sample (ZqTestLine *self, double interval)
{
  ZqCallStats *stats = &self->stats;

  stats->at = (gint64)(self->now * G_USEC_PER_SEC);
  stats->interval = (gint64)(interval * G_USEC_PER_SEC);
  stats->video_sent = self->sample_bytes * 8 / interval;
  stats->audio_sent = self->sample_audio * 8 / interval;
  stats->frames_out = self->frames;
  stats->camera_width = 640;
  stats->camera_height = 480;
  if (!self->is_mute && self->sample_bytes > 0)
    {
      stats->has_twcc = TRUE;
      stats->twcc_at = stats->at;
      stats->twcc_came = came_lately (self);
      stats->twcc_sent = stats->video_sent;
      stats->twcc_packets_told += (guint64)self->told;
      stats->twcc_packets_came += (guint64)self->came;
      if (self->least_queue >= 0)
        stats->twcc_queue = (gint64)(self->least_queue * G_USEC_PER_SEC);
      self->told = self->came = 0;
    }
  if (!self->is_mute && (stats->at / 200000) % 5 == 0)
    stats->rtt = (gint64)((2 * self->delay_ms / 1000 + MAX (0, self->busy_until - self->now)) * G_USEC_PER_SEC) +
                 g_rand_int_range (self->rand, 0, 500);
  self->sample_bytes = self->sample_audio = 0;
  self->frames = 0;
  self->least_queue = -1;
  zq_steer_take (self->steer, stats);
  count_turns (self);
  self->switches += self->was_video != zq_steer_get_target (self->steer)->video;
  self->was_video = zq_steer_get_target (self->steer)->video;
}

void
zq_test_line_run (ZqTestLine *self, double seconds)
{
  double end = self->now + seconds;

  while (MIN (MIN (self->next_frame, self->next_sound), self->next_sample) <= end)
    {
      self->now = MIN (MIN (self->next_frame, self->next_sound), self->next_sample);
      if (self->now >= self->next_frame)
        send_frame (self);
      if (self->now >= self->next_sound)
        send_sound (self);
      if (self->now < self->next_sample)
        continue;
      self->next_sample = self->now + SAMPLE;
      sample (self, SAMPLE);
    }
  self->now = end;
}

double
zq_test_line_until (ZqTestLine *self, gboolean (*cond) (ZqTestLine *self), double most)
{
  for (double took = 0; took < most; took += SAMPLE)
    {
      if (cond (self))
        return took;
      zq_test_line_run (self, SAMPLE);
    }

  return -1;
}
