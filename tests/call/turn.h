/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/ice.h"
#include "support/support.h"

G_BEGIN_DECLS

/* A real relay (coturn) on loopback; NULL: it is not installed. */
typedef struct _ZqTestTurn ZqTestTurn;

ZqTestTurn *zq_test_turn_start (void);
void zq_test_turn_stop (ZqTestTurn *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqTestTurn, zq_test_turn_stop)

guint zq_test_turn_get_port (ZqTestTurn *self);
/* As a hospital gives it out: with a word that is good for an hour. (transfer full) */
ZqIceList *zq_test_turn_get_ice (ZqTestTurn *self);
/* The same with a word that is of another secret. (transfer full) */
ZqIceList *zq_test_turn_get_forged (ZqTestTurn *self);

G_END_DECLS
