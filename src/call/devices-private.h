/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/devices.h"

G_BEGIN_DECLS

/* Elements, devices-make.c. (transfer floating) */
GstElement *zq_call_device_make_element (GstDevice *device, ZqCallDevice kind);
GstElement *zq_call_device_make_monitor (GstDevice *device);

/* The test devices: their ids and words, and elements by id. */
typedef struct
{
  ZqCallDevice kind;
  const char *id;
  const char *words;
  const char *launch;
} ZqCallTestDevice;

const ZqCallTestDevice *zq_call_test_devices (guint *n);
GstElement *zq_call_test_device_make (const char *id);

/* What names @device for ever. (transfer full) */
char *zq_call_device_make_id (GstDevice *device);
/* Whether it is of no use to a call: what a speaker plays, as a source. */
gboolean zq_call_device_is_monitor (GstDevice *device);
gboolean zq_call_device_is_default (GstDevice *device);

G_END_DECLS
