/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/probe.h"

G_BEGIN_DECLS

#define ZQ_PROBE_PINGS 5

struct _ZqCallProbe
{
  GObject parent_instance;

  /* owned */
  ZqCallDevices *devices;
  ZqClock *clock;
  ZqSignalling *signalling;
  GMainContext *context;
  GstElement *pipelines[ZQ_PROBE_N_ITEMS]; /* of the relay: its webrtcbin */
  GstElement *monitor;                     /* hears the speaker */
  GCancellable *knocking;                  /* at the relay's door */
  ZqIceList *ice;

  ZqCallSampleFunc preview;
  gpointer preview_data;
  ZqProbeResult results[ZQ_PROBE_N_ITEMS];
  gint generations[ZQ_PROBE_N_ITEMS]; /* atomic: what comes late is of another */
  guint alarms[ZQ_PROBE_N_ITEMS];
  gpointer waits[ZQ_PROBE_N_ITEMS]; /* owned: what the alarms are for */
  gint64 begun[ZQ_PROBE_N_ITEMS];

  /* camera: atomic */
  gint n_frames;
  gint brightest;

  /* microphone, speaker */
  guint n_levels, n_clipped;
  double peak;
  double played;

  /* network */
  guint n_pings;
  gint64 pongs[ZQ_PROBE_PINGS];
  gint64 rtt;
  guint step;
  gint64 asked;
  double rates[2]; /* down, up */
  gboolean has_host;
};

/* Runs @func (self, number) in the context of @self unless @item was begun anew by then; any thread. */
typedef void (*ZqProbeFunc) (ZqCallProbe *self, double number, const char *text);
void zq_call_probe_hop (ZqCallProbe *self, ZqProbeItem item, ZqProbeFunc func, double number, const char *text);

/* Says what came out; what @item still waits for is forgotten. */
void zq_call_probe_conclude (
    ZqCallProbe *self, ZqProbeItem item, ZqProbeVerdict verdict, ZqProbeSide side, const char *code);
/* Calls @func once after @delay unless @item is concluded before. */
void zq_call_probe_wait (ZqCallProbe *self, ZqProbeItem item, gint64 delay, void (*func) (ZqCallProbe *self));

/* Runs @first, then what @middle says, then @last (nullable); errors conclude @item. Takes the elements. FALSE: it
 * could not be begun, and that is concluded. */
gboolean
zq_call_probe_run (ZqCallProbe *self, ZqProbeItem item, GstElement *first, const char *middle, GstElement *last);
void zq_call_probe_close (GstElement **pipeline);
void zq_call_probe_tell_level (ZqCallProbe *self, double level);
/* The hospital was looked at: what comes after it. */
void zq_call_probe_go_on (ZqCallProbe *self);
/* Of a message of the element "level": its highest peak, dB. */
double zq_call_probe_read_level (GstMessage *message, const char *field);

/* probe-devices.c */
void zq_call_probe_begin_camera (ZqCallProbe *self);
void zq_call_probe_begin_microphone (ZqCallProbe *self);
void zq_call_probe_begin_speaker (ZqCallProbe *self);
/* On a thread of GStreamer's. */
void zq_call_probe_take_message (ZqCallProbe *self, ZqProbeItem item, GstMessage *message);

/* probe-network.c */
void zq_call_probe_begin_hospital (ZqCallProbe *self);
void zq_call_probe_begin_speed (ZqCallProbe *self);
/* Connects to the signalling, once. */
void zq_call_probe_listen (ZqCallProbe *self);

/* probe-relay.c */
void zq_call_probe_begin_relay (ZqCallProbe *self);
void zq_call_probe_end_relay (ZqCallProbe *self);

G_END_DECLS
