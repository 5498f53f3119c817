/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "call/media.h"
#include "call/signalling.h"

G_BEGIN_DECLS

#define ZQ_TYPE_CALL_COPY (zq_call_copy_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallCopy, zq_call_copy, ZQ, CALL_COPY, GObject)

/**
 * ZqCallCopy:
 *
 * What this side sends to the hospital's recorder while one is in the room: a connection of its own with a small
 * picture (a second encoder at 150 kbit/s; the one of the call follows the patient's line and may stop). It gives way
 * to the call: while the call has no picture, it has none. Made again when it fails.
 */
ZqCallCopy *zq_call_copy_new (ZqSignalling *signalling, ZqCallMedia *media, ZqClock *clock, gboolean relay_only);

/* Whether the line has room for a picture beside the call's. */
void zq_call_copy_set_picture (ZqCallCopy *self, gboolean wanted);

/* Before the last unref. */
void zq_call_copy_stop (ZqCallCopy *self);

G_END_DECLS
