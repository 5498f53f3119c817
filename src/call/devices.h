/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/media.h"

G_BEGIN_DECLS

/* One camera, microphone or speaker. */
typedef struct
{
  char *id;    /* the same after it was pulled out and put in again, and after the computer was started anew */
  char *words; /* of its maker, as the system shows it */
  gboolean is_default;
} ZqCallDeviceInfo;

/* What the doctor chose is kept by somebody else, as ids. */
typedef struct
{
  char *(*get) (ZqCallDevice kind, gpointer data); /* (transfer full) (nullable) NULL or empty: never chose */
  void (*set) (ZqCallDevice kind, const char *id, gpointer data);
  gpointer data;
} ZqCallMemory;

#define ZQ_TYPE_CALL_DEVICES (zq_call_devices_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallDevices, zq_call_devices, ZQ, CALL_DEVICES, GObject)

/**
 * ZqCallDevices:
 *
 * What this computer can see, hear and speak with. The one in use of a kind is what the doctor chose, as long as it is
 * there, else the system's usual one. Looked for on another thread: the first time of a program it can take seconds.
 * Main context only.
 *
 * With ZHENQIAO_CALL_TEST=1 in the environment there are test pictures, a tone and a speaker that nobody hears instead.
 *
 * Signals: "ready" (once: the first lists are there), "changed" (a list, or which one is in use), "switched"
 * (ZqCallDevice as guint: another one is in use now, or none), "lost" (ZqCallDevice as guint, const char *gone, const
 * char *now: words; the one in use was unplugged and this one is instead; NULL: there is no other).
 */
ZqCallDevices *zq_call_devices_new (const ZqCallMemory *memory);

/* FALSE: still looking. */
gboolean zq_call_devices_is_ready (ZqCallDevices *self);

/* As the system orders them. (transfer none) (element-type ZqCallDeviceInfo) */
GPtrArray *zq_call_devices_list (ZqCallDevices *self, ZqCallDevice kind);

/* The one in use; NULL: there is none. (transfer none) */
const ZqCallDeviceInfo *zq_call_devices_get_current (ZqCallDevices *self, ZqCallDevice kind);

/* Uses this one from now on, and keeps it in the memory; FALSE: it is not there. */
gboolean zq_call_devices_choose (ZqCallDevices *self, ZqCallDevice kind, const char *id);

/* An element that captures from, or plays on, the one in use. NULL: there is none. (transfer floating) */
GstElement *zq_call_devices_make (ZqCallDevices *self, ZqCallDevice kind);

/* What the speaker in use plays, as a source; NULL: the system cannot say. (transfer floating) */
GstElement *zq_call_devices_make_monitor (ZqCallDevices *self);

/* For ZqCallMedia, which must not outlive @self. */
ZqCallSources zq_call_devices_get_sources (ZqCallDevices *self);

/* What to ask a camera for that offers @caps: an even picture that costs little. (transfer full) */
GstCaps *zq_call_devices_pick_format (GstCaps *caps);

G_END_DECLS
