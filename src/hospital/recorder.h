/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ZqRecorder:
 *
 * The hospital's receiver of one visit. Each side makes one more connection, to it, which sends only; what comes is
 * written as it comes, a file a track (Matroska with VP8 or Opus, nothing is encoded again), all with times since the
 * recorder was made. A file that lost its end plays up to there. Main thread only.
 */
typedef struct _ZqRecorder ZqRecorder;

/* What is to be told to a member; @call as it was offered. */
typedef struct
{
  void (*answer) (const char *member, guint call, const char *sdp, gpointer data);
  void (*candidate) (const char *member, guint call, guint mline, const char *candidate, gpointer data);
  void (*failed) (gpointer data); /* a file cannot be written: what is recorded is not kept any more */
  gpointer data;
} ZqRecorderEvents;

/* A file of it. */
typedef struct
{
  char *path;
  gint64 last; /* ms since the recording began: of the last picture or sound; its file's time says the same */
  gint64 idle; /* ms after that its end was written */
} ZqRecorderFile;

/* Into @folder, which is made. GStreamer is started with the first one. */
ZqRecorder *zq_recorder_new (ZqClock *clock, const char *folder, const ZqRecorderEvents *events, GError **error);

/* Another offer of the same member takes the place of the one before; its files stay. So many of a member are taken,
 * and no more: whoever offers without end has no more files than that. FALSE: it was not taken. */
#define ZQ_RECORDER_SENDERS_MOST 32
gboolean zq_recorder_take_offer (ZqRecorder *self, const char *member, const char *role, guint call, const char *sdp);
void zq_recorder_take_candidate (ZqRecorder *self, const char *member, guint call, guint mline, const char *candidate);
/* The member is gone. */
void zq_recorder_drop (ZqRecorder *self, const char *member);

/* Ends all files well and frees @self; then @done has them (element-type ZqRecorderFile): those that have something in
 * them. Takes at most two seconds. */
typedef void (*ZqRecorderDone) (GPtrArray *files, gpointer data);
void zq_recorder_finish (ZqRecorder *self, ZqRecorderDone done, gpointer data);
/* The same at once, when the program ends: files have no index. (transfer full) */
GPtrArray *zq_recorder_break_off (ZqRecorder *self);

G_END_DECLS
