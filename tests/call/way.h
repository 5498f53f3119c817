/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "call/signalling.h"

G_BEGIN_DECLS

#define ZQ_TYPE_TEST_WAY (zq_test_way_get_type ())
G_DECLARE_FINAL_TYPE (ZqTestWay, zq_test_way, ZQ, TEST_WAY, GObject)

/* A way to a hospital that is as long and as narrow as a test wants; answers by @clock. */
ZqTestWay *zq_test_way_new (ZqClock *clock);

void zq_test_way_set_open (ZqTestWay *self, gboolean open);
/* There and back; 0: at once; negative: nothing comes back. */
void zq_test_way_set_rtt (ZqTestWay *self, gint64 rtt);
/* bit/s down and up. */
void zq_test_way_set_rates (ZqTestWay *self, double down, double up);
/* (transfer full) */
void zq_test_way_set_ice (ZqTestWay *self, ZqIceList *ice);

G_END_DECLS
