/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sync/peer.h"

G_BEGIN_DECLS

/* More is never fetched, whatever its reference says. */
#define ZQ_TRANSFER_LIMIT (64 * 1024 * 1024)

/**
 * ZqTransfer:
 *
 * Fetches the attachments that are wanted, two at a time, beside everything else: a slow picture holds nothing up.
 * Main context of its creation.
 */
typedef struct _ZqTransfer ZqTransfer;

ZqTransfer *zq_transfer_new (ZqPeer *peer);
/* What is under way ends; what has come of it stays for the next start. */
void zq_transfer_free (ZqTransfer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqTransfer, zq_transfer_free)

void zq_transfer_start (ZqTransfer *self);
void zq_transfer_stop (ZqTransfer *self);
/* The hospital can be reached (again): forgets all rests. */
void zq_transfer_now (ZqTransfer *self);

G_END_DECLS
