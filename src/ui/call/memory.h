/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/devices.h"

G_BEGIN_DECLS

/* The devices that were chosen, in the settings; must not outlive @settings. */
ZqCallMemory zq_call_memory_of_settings (GSettings *settings);

G_END_DECLS
