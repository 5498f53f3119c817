/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/devices.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Which camera, microphone or speaker is used, to be chosen from those that there are; follows what is plugged in.
 * (transfer floating) */
GtkWidget *zq_device_chooser_new (ZqCallDevices *devices, ZqCallDevice kind);

/* All three with their names, as they stand beside a call. Closed and chosen by keys. (transfer floating) */
GtkWidget *zq_device_popover_new (ZqCallDevices *devices);

G_END_DECLS
