/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/steer-line.h"

/* Routes change: the shortest round trip is that of the last one to two of these. */
#define BASE_LASTS (15 * G_USEC_PER_SEC)
/* Without a report for so long the round trip is all there is. */
#define BLIND (600 * G_TIME_SPAN_MILLISECOND)

#define LOSS_PACKETS    100.0 /* that the smoothed loss is about */
#define LOSS_FLOOR_MOST 0.15  /* more than this is no radio link's habit */
#define LOSS_FLOOR_UP   (6.0 * G_USEC_PER_SEC)

static void
take_reports (ZqSteerLine *self, const ZqCallStats *stats, double interval)
{
  double grown = (double)stats->twcc_queue - self->queue;

  self->has_twcc = TRUE;
  self->told_at = stats->twcc_at;
  self->queue = (double)stats->twcc_queue;
  self->slopes[1] = self->slopes[0];
  self->slopes[0] = grown / interval;
  self->slope = (self->slopes[0] + self->slopes[1]) / 2;
  self->came = self->came > 0 ? self->came + (stats->twcc_came - self->came) * 0.5 : stats->twcc_came;
}

static void
take_loss (ZqSteerLine *self, double lost, double packets, double interval)
{
  self->lost += (lost - self->lost) * MIN (1, packets / LOSS_PACKETS);
  if (self->lost < self->lost_floor)
    self->lost_floor = self->lost;
  else
    self->lost_floor += (self->lost - self->lost_floor) * MIN (1, interval / LOSS_FLOOR_UP);
  self->lost_floor = MIN (self->lost_floor, LOSS_FLOOR_MOST);
}

/* It is told about once a second and stands in between: only what is new counts. The way back is in it too, so it is
 * taken for the queue only where nothing better is known. */
static void
take_rtt (ZqSteerLine *self, const ZqCallStats *stats, gboolean is_blind)
{
  if (stats->rtt <= 0 || stats->rtt == self->rtt)
    return;
  self->rtt = stats->rtt;
  self->heard_at = stats->at;
  if (stats->at - self->rtt_base_at > BASE_LASTS)
    {
      self->rtt_base = self->rtt_base_at == 0 ? stats->rtt : self->rtt_base_next;
      self->rtt_base_next = stats->rtt;
      self->rtt_base_at = stats->at;
    }
  self->rtt_base = MIN (self->rtt_base, stats->rtt);
  self->rtt_base_next = MIN (self->rtt_base_next, stats->rtt);
  if (is_blind)
    self->queue = (double)(stats->rtt - self->rtt_base);
}

void
zq_steer_line_take (ZqSteerLine *self, const ZqCallStats *stats, gboolean video)
{
  double interval = self->at > 0 ? (double)CLAMP (stats->at - self->at, 1, G_USEC_PER_SEC) : 0.2 * G_USEC_PER_SEC;
  double told = stats->twcc_packets_told > self->told ? (double)(stats->twcc_packets_told - self->told) : 0;
  double arrived = stats->twcc_packets_came > self->arrived ? (double)(stats->twcc_packets_came - self->arrived) : 0;
  gboolean is_blind;

  self->at = stats->at;
  self->is_told = stats->has_twcc && stats->twcc_at != self->told_at;
  is_blind = !video || !self->has_twcc || stats->at - self->told_at > BLIND;
  if (self->is_told)
    take_reports (self, stats, interval);
  else
    self->slope = self->slopes[0] = self->slopes[1] = 0;
  if (told > 0)
    take_loss (self, 1 - MIN (1, arrived / told), told, interval);
  else if (is_blind && stats->remote_lost >= 0)
    take_loss (self, stats->remote_lost, LOSS_PACKETS * interval / G_USEC_PER_SEC, interval);
  self->told = stats->twcc_packets_told;
  self->arrived = stats->twcc_packets_came;
  take_rtt (self, stats, is_blind);
}
