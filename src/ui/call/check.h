/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/probe.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ZQ_TYPE_CALL_CHECK (zq_call_check_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallCheck, zq_call_check, ZQ, CALL_CHECK, GtkWidget)

/**
 * ZqCallCheck:
 *
 * Camera, microphone, speaker and network before a visit: the own picture, the level of the own voice, a tone, the
 * devices to choose from, and what came out in words. Looks as long as it is shown; closes the devices when it is
 * hidden.
 */
GtkWidget *zq_call_check_new (ZqCallDevices *devices, ZqClock *clock, ZqSignalling *signalling);

/* Closes the devices before a call opens them; it looks again when it is shown again. */
void zq_call_check_stop (ZqCallCheck *self);

/* (transfer none) */
ZqCallProbe *zq_call_check_get_probe (ZqCallCheck *self);

G_END_DECLS
