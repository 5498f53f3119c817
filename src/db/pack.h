/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ZqPack:
 *
 * Makes texts small with one of the dictionaries of src/db/dict, and whole again: byte for byte. What it makes are
 * frames of Zstandard that name their dictionary and carry a checksum. Used by one thread at a time; costs memory from
 * its first use on.
 */
typedef struct _ZqPack ZqPack;

/* No longer text is packed, and none comes out of a frame, whatever that says. */
#define ZQ_PACK_MAX ((gsize)64 * 1024 * 1024)

ZqPack *zq_pack_new (void);
void zq_pack_free (ZqPack *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqPack, zq_pack_free)

/* (transfer full): a frame, or NULL: @text is to be kept as it is (too short, too long, or no smaller). */
guint8 *zq_pack_text (ZqPack *self, const char *text, gsize length, gsize *frame_length);

/* (transfer full): the text and a 0 byte behind it, or NULL: @frame is damaged, or of a newer program. */
char *zq_pack_open (ZqPack *self, const guint8 *frame, gsize frame_length, gsize *length);

G_END_DECLS
