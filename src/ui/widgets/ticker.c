/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/ticker.h"

#define MINUTE (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

struct _ZqTicker
{
  GObject parent_instance;

  ZqClock *clock;
  guint alarm;
};

enum
{
  PROP_NOW = 1,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (ZqTicker, zq_ticker, G_TYPE_OBJECT)

static void set_alarm (ZqTicker *self);

static void
on_minute (gpointer data)
{
  ZqTicker *self = data;

  self->alarm = 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOW]);
  set_alarm (self);
}

static void
set_alarm (ZqTicker *self)
{
  gint64 now = zq_clock_now (self->clock);

  self->alarm = zq_clock_alarm (self->clock, now - now % MINUTE + MINUTE, on_minute, self);
}

static void
zq_ticker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int64 (value, zq_ticker_get_now (ZQ_TICKER (object)));
}

static void
zq_ticker_finalize (GObject *object)
{
  ZqTicker *self = ZQ_TICKER (object);

  zq_clock_clear (self->clock, &self->alarm);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (zq_ticker_parent_class)->finalize (object);
}

static void
zq_ticker_class_init (ZqTickerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = zq_ticker_get_property;
  object_class->finalize = zq_ticker_finalize;
  properties[PROP_NOW] =
      g_param_spec_int64 ("now", NULL, NULL, G_MININT64, G_MAXINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
zq_ticker_init (ZqTicker *self)
{
}

ZqTicker *
zq_ticker_new (ZqClock *clock)
{
  ZqTicker *self = g_object_new (ZQ_TYPE_TICKER, NULL);

  self->clock = g_object_ref (clock);
  set_alarm (self);
  return self;
}

gint64
zq_ticker_get_now (ZqTicker *self)
{
  return zq_clock_now (self->clock);
}
