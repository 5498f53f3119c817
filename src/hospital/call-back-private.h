/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/private.h"

G_BEGIN_DECLS

/* call-back.c: the hospital's telephone connects doctor and patient; what it tells is a Communication. */
gboolean zq_call_back_open (ZqHospital *self, GError **error);

/* Within a transaction: rings both sides of the Encounter with id @encounter. The Communication that tells of it,
 * also when such a call goes on already; NULL: @reply is filled. (transfer full) */
ZqStored *zq_call_back_run (ZqHospital *self, const ZqSession *session, const char *encounter, ZqReply *reply);

/* Sets the alarm for the next call that something becomes of. */
void zq_call_back_watch (ZqHospital *self);

G_END_DECLS
