/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/way.h"

struct _ZqTestWay
{
  GObject parent_instance;

  ZqClock *clock;
  ZqIceList *ice;
  gboolean is_open;
  gint64 rtt;
  double rates[2];
};

static void line_iface_init (ZqSignallingInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ZqTestWay,
                               zq_test_way,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ZQ_TYPE_SIGNALLING, line_iface_init))

typedef struct
{
  GWeakRef line;
  gint64 took;
  guint bytes;
  gboolean is_pong;
} Answer;

static void
on_answer (gpointer data)
{
  Answer *answer = data;
  g_autoptr (ZqTestWay) self = g_weak_ref_get (&answer->line);

  if (self != NULL && answer->is_pong)
    g_signal_emit_by_name (self, "pong", answer->took);
  else if (self != NULL)
    g_signal_emit_by_name (self, "probed", answer->bytes);
  g_weak_ref_clear (&answer->line);
  g_free (answer);
}

static void
answer_after (ZqTestWay *self, gint64 delay, gboolean is_pong, guint bytes)
{
  Answer *answer;

  if (self->rtt < 0)
    return;
  answer = g_new0 (Answer, 1);
  g_weak_ref_init (&answer->line, self);
  answer->took = delay;
  answer->bytes = bytes;
  answer->is_pong = is_pong;
  zq_clock_alarm_in (self->clock, delay, on_answer, answer);
}

static void
line_ping (ZqSignalling *signalling)
{
  ZqTestWay *self = ZQ_TEST_WAY (signalling);

  answer_after (self, self->rtt, TRUE, 0);
}

static void
line_probe (ZqSignalling *signalling, guint up, guint down)
{
  ZqTestWay *self = ZQ_TEST_WAY (signalling);
  double seconds = 8. * down / self->rates[0] + 8. * up / self->rates[1];

  answer_after (self, self->rtt + (gint64)(seconds * G_USEC_PER_SEC), FALSE, down);
}

static gboolean
line_is_open (ZqSignalling *signalling)
{
  return ZQ_TEST_WAY (signalling)->is_open;
}

static const ZqIceList *
line_get_ice (ZqSignalling *signalling)
{
  return ZQ_TEST_WAY (signalling)->ice;
}

static void
line_iface_init (ZqSignallingInterface *iface)
{
  iface->is_open = line_is_open;
  iface->get_ice = line_get_ice;
  iface->ping = line_ping;
  iface->probe = line_probe;
}

static void
zq_test_way_finalize (GObject *object)
{
  ZqTestWay *self = ZQ_TEST_WAY (object);

  g_object_unref (self->clock);
  g_clear_pointer (&self->ice, zq_ice_list_free);
  G_OBJECT_CLASS (zq_test_way_parent_class)->finalize (object);
}

static void
zq_test_way_class_init (ZqTestWayClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_test_way_finalize;
}

static void
zq_test_way_init (ZqTestWay *self)
{
  self->is_open = TRUE;
  self->rates[0] = self->rates[1] = 1e7;
}

ZqTestWay *
zq_test_way_new (ZqClock *clock)
{
  ZqTestWay *self = g_object_new (ZQ_TYPE_TEST_WAY, NULL);

  self->clock = g_object_ref (clock);

  return self;
}

void
zq_test_way_set_open (ZqTestWay *self, gboolean open)
{
  self->is_open = open;
  if (open)
    g_signal_emit_by_name (self, "joined", FALSE);
}

void
zq_test_way_set_rtt (ZqTestWay *self, gint64 rtt)
{
  self->rtt = rtt;
}

void
zq_test_way_set_rates (ZqTestWay *self, double down, double up)
{
  self->rates[0] = down;
  self->rates[1] = up;
}

void
zq_test_way_set_ice (ZqTestWay *self, ZqIceList *ice)
{
  g_clear_pointer (&self->ice, zq_ice_list_free);
  self->ice = ice;
}
