/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"

G_BEGIN_DECLS

#define ZQ_TYPE_RECORDING (zq_recording_get_type ())
G_DECLARE_FINAL_TYPE (ZqRecording, zq_recording, ZQ, RECORDING, GObject)

/**
 * ZqRecording:
 *
 * A visit that this workstation records: files that grow among the encrypted attachments while it goes on, and one
 * DocumentReference that names them when it is over (keep.h). What has come outlives the process: a draft names the
 * visit and the files, and zq_recordings_recover() enters what a process that died left. Main context.
 *
 * Signals: "failed" (it cannot be written any more: a full disk), "finished" (gboolean entered).
 */
ZqRecording *zq_recording_new (ZqStore *store, gint64 encounter, const char *consent);

/* @bytes behind those of @file, which is called @name and is of @content_type from its first ones on. */
void zq_recording_add (ZqRecording *self, guint file, const char *name, const char *content_type, GBytes *bytes);

/* No more comes: it is entered, also when nobody else holds it. One without a byte leaves nothing. */
void zq_recording_finish (ZqRecording *self);

/* Enters what is left of recordings whose process died; once, before the first one is made. */
void zq_recordings_recover (ZqStore *store);

G_END_DECLS
