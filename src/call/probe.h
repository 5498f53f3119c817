/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "call/devices.h"
#include "call/signalling.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_PROBE_CAMERA,
  ZQ_PROBE_MICROPHONE,
  ZQ_PROBE_SPEAKER,
  ZQ_PROBE_HOSPITAL, /* whether it answers, and how soon */
  ZQ_PROBE_SPEED,    /* to the hospital and back */
  ZQ_PROBE_RELAY,    /* the way of a call through the hospital's relay */
  ZQ_PROBE_N_ITEMS,
} ZqProbeItem;

typedef enum
{
  ZQ_PROBE_NONE, /* not looked at */
  ZQ_PROBE_RUNNING,
  ZQ_PROBE_ASK, /* only the doctor can tell */
  ZQ_PROBE_PASS,
  ZQ_PROBE_POOR, /* a call goes, with something less */
  ZQ_PROBE_FAIL,
} ZqProbeVerdict;

/* Where what is wrong can be put right. */
typedef enum
{
  ZQ_PROBE_NOBODY,
  ZQ_PROBE_COMPUTER,
  ZQ_PROBE_NETWORK,
  ZQ_PROBE_THE_HOSPITAL,
} ZqProbeSide;

typedef struct
{
  ZqProbeVerdict verdict;
  ZqProbeSide side;
  const char *code; /* static; why: below */
  double value;     /* camera: pictures a second; microphone: peak, dB; hospital, relay: ms; speed: bit/s down */
  double other;     /* speed: bit/s up */
} ZqProbeResult;

typedef struct
{
  ZqCallDevices *devices;
  ZqClock *clock;
  ZqSignalling *signalling; /* (nullable) open, or being opened: without it nothing of the network is looked at */
} ZqCallProbeConfig;

#define ZQ_TYPE_CALL_PROBE (zq_call_probe_get_type ())
G_DECLARE_FINAL_TYPE (ZqCallProbe, zq_call_probe, ZQ, CALL_PROBE, GObject)

/**
 * ZqCallProbe:
 *
 * Whether a call would go: camera, microphone, speaker, and the way to the hospital. Under half a minute. Camera and
 * microphone stay open until the end, so that they can be seen and moved. Main context only.
 *
 * Codes: "ok"; of any device "none" (there is no such thing), "busy" (another program has it), "denied", "dead" (it
 * gives nothing); camera "black", "slow"; microphone "silent", "quiet", "clips"; speaker "ask", "played" (the sound
 * system played it), "silent" (it did not: muted?), "heard", "not-heard"; hospital "no-network", "away", "no-answer",
 * "slow"; speed "slow" (a small picture), "very-slow" (sound alone), "too-slow"; relay "none" (the hospital has none),
 * "no-network", "refused" (nothing listens there), "denied" (it does, and gives us no place), "blocked" (no way there).
 *
 * Signals: "changed" (ZqProbeItem as guint), "level" (double: of the microphone, dB), "done" (nothing runs any more).
 */
ZqCallProbe *zq_call_probe_new (const ZqCallProbeConfig *config);

/* Where the camera's picture goes (BGRx), on a thread of GStreamer's. Before the start. */
void zq_call_probe_set_preview (ZqCallProbe *self, ZqCallSampleFunc func, gpointer data);

/* Everything but the speaker, from the beginning. The devices have to be ready. */
void zq_call_probe_start (ZqCallProbe *self);
/* One of them anew, as after another device was chosen; the speaker plays its tone. */
void zq_call_probe_again (ZqCallProbe *self, ZqProbeItem item);
/* What the doctor says of the tone. */
void zq_call_probe_heard (ZqCallProbe *self, gboolean heard);
/* Closes everything and forgets what was running; results stay. Before the last unref. */
void zq_call_probe_stop (ZqCallProbe *self);

const ZqProbeResult *zq_call_probe_get (ZqCallProbe *self, ZqProbeItem item);
gboolean zq_call_probe_is_running (ZqCallProbe *self);

G_END_DECLS
