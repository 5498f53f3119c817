/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

G_BEGIN_DECLS

/**
 * ZqTicker:
 *
 * Tells what shows "3 h left" that a minute has passed: property "now" (int64, µs UTC), notified at
 * every full minute of the clock.
 */
#define ZQ_TYPE_TICKER (zq_ticker_get_type ())
G_DECLARE_FINAL_TYPE (ZqTicker, zq_ticker, ZQ, TICKER, GObject)

ZqTicker *zq_ticker_new (ZqClock *clock);
gint64 zq_ticker_get_now (ZqTicker *self);

G_END_DECLS
