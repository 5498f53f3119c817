/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/probe-private.h"

#include <stdlib.h>

#define REACHED_WITHIN (6 * G_TIME_SPAN_SECOND)
#define PONGS_WITHIN   (3 * G_TIME_SPAN_SECOND)
#define PING_EVERY     (200 * G_TIME_SPAN_MILLISECOND)
#define SLOW_RTT       (300 * G_TIME_SPAN_MILLISECOND)

/* Down and up in turns; the first of each is small and warms the connection up. */
#define STEPS         8
#define SMALL         8000
#define LARGE         60000
#define PROBED_WITHIN (6 * G_TIME_SPAN_SECOND)

/* bit/s: below these the picture is made small, is left out, and sound has gaps. */
#define GOOD   1000000
#define MEDIUM 300000
#define LEAST  80000
#define MOST   100000000 /* more is not told apart */

static void
conclude_hospital (ZqCallProbe *self, ZqProbeVerdict verdict, ZqProbeSide side, const char *code)
{
  zq_call_probe_conclude (self, ZQ_PROBE_HOSPITAL, verdict, side, code);
  zq_call_probe_go_on (self);
}

/* --- the hospital ------------------------------------------------------------------------------- */

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

static void
judge_hospital (ZqCallProbe *self)
{
  if (self->n_pings == 0)
    {
      conclude_hospital (self, ZQ_PROBE_FAIL, ZQ_PROBE_NETWORK, "no-answer");
      return;
    }
  qsort (self->pongs, self->n_pings, sizeof self->pongs[0], compare);
  self->rtt = self->pongs[self->n_pings / 2];
  self->results[ZQ_PROBE_HOSPITAL].value = self->rtt / 1000.;
  if (self->rtt > SLOW_RTT)
    conclude_hospital (self, ZQ_PROBE_POOR, ZQ_PROBE_NETWORK, "slow");
  else
    conclude_hospital (self, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static void
ping (ZqCallProbe *self)
{
  zq_call_probe_wait (self, ZQ_PROBE_HOSPITAL, PONGS_WITHIN, judge_hospital);
  zq_signalling_ping (self->signalling);
}

static void
on_pong (ZqSignalling *signalling, gint64 rtt, ZqCallProbe *self)
{
  if (self->results[ZQ_PROBE_HOSPITAL].verdict != ZQ_PROBE_RUNNING || self->n_pings >= ZQ_PROBE_PINGS)
    return;
  self->pongs[self->n_pings++] = rtt;
  if (self->n_pings == ZQ_PROBE_PINGS)
    judge_hospital (self);
  else
    zq_call_probe_wait (self, ZQ_PROBE_HOSPITAL, PING_EVERY, ping);
}

static void
on_joined (ZqSignalling *signalling, gboolean again, ZqCallProbe *self)
{
  if (self->results[ZQ_PROBE_HOSPITAL].verdict == ZQ_PROBE_RUNNING && self->n_pings == 0)
    ping (self);
}

static void
on_unreached (ZqCallProbe *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  if (!g_network_monitor_get_network_available (monitor))
    conclude_hospital (self, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "no-network");
  else if (g_network_monitor_get_connectivity (monitor) != G_NETWORK_CONNECTIVITY_FULL)
    conclude_hospital (self, ZQ_PROBE_FAIL, ZQ_PROBE_NETWORK, "away");
  else
    conclude_hospital (self, ZQ_PROBE_FAIL, ZQ_PROBE_THE_HOSPITAL, "away");
}

void
zq_call_probe_begin_hospital (ZqCallProbe *self)
{
  self->n_pings = 0;
  self->rtt = 0;
  if (zq_signalling_is_open (self->signalling))
    ping (self);
  else
    zq_call_probe_wait (self, ZQ_PROBE_HOSPITAL, REACHED_WITHIN, on_unreached);
}

/* --- speed -------------------------------------------------------------------------------------- */

static void
judge_speed (ZqCallProbe *self)
{
  double rate = MIN (self->rates[0], self->rates[1]);

  self->results[ZQ_PROBE_SPEED].value = self->rates[0];
  self->results[ZQ_PROBE_SPEED].other = self->rates[1];
  if (rate < LEAST)
    zq_call_probe_conclude (self, ZQ_PROBE_SPEED, ZQ_PROBE_FAIL, ZQ_PROBE_NETWORK, "too-slow");
  else if (rate < MEDIUM)
    zq_call_probe_conclude (self, ZQ_PROBE_SPEED, ZQ_PROBE_POOR, ZQ_PROBE_NETWORK, "very-slow");
  else if (rate < GOOD)
    zq_call_probe_conclude (self, ZQ_PROBE_SPEED, ZQ_PROBE_POOR, ZQ_PROBE_NETWORK, "slow");
  else
    zq_call_probe_conclude (self, ZQ_PROBE_SPEED, ZQ_PROBE_PASS, ZQ_PROBE_NOBODY, "ok");
}

static guint
get_size (guint step)
{
  return step < 2 ? SMALL : LARGE;
}

static void
probe (ZqCallProbe *self)
{
  guint size = get_size (self->step);

  self->asked = zq_clock_monotonic (self->clock);
  zq_signalling_probe (self->signalling, self->step % 2 == 1 ? size : 0, self->step % 2 == 0 ? size : 0);
}

static void
on_probed (ZqSignalling *signalling, guint bytes, ZqCallProbe *self)
{
  gint64 took = zq_clock_monotonic (self->clock) - self->asked - self->rtt;
  double rate = 8. * get_size (self->step) * G_USEC_PER_SEC / MAX (took, 1);

  if (self->results[ZQ_PROBE_SPEED].verdict != ZQ_PROBE_RUNNING || self->asked == 0)
    return;
  self->rates[self->step % 2] = MAX (self->rates[self->step % 2], MIN (rate, MOST));
  if (++self->step == STEPS)
    judge_speed (self);
  else
    probe (self);
}

void
zq_call_probe_begin_speed (ZqCallProbe *self)
{
  self->step = 0;
  self->rates[0] = self->rates[1] = 0;
  zq_call_probe_wait (self, ZQ_PROBE_SPEED, PROBED_WITHIN, judge_speed);
  probe (self);
}

/* --- the line ----------------------------------------------------------------------------------- */

void
zq_call_probe_listen (ZqCallProbe *self)
{
  g_signal_connect (self->signalling, "joined", G_CALLBACK (on_joined), self);
  g_signal_connect (self->signalling, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->signalling, "probed", G_CALLBACK (on_probed), self);
}
