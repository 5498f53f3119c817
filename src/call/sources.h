/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/media.h"

G_BEGIN_DECLS

/* The devices that the desktop has chosen; with ZHENQIAO_CALL_TEST in the environment a moving picture and a tone of
 * 440 Hz instead, so that a call can be held without hardware. */
ZqCallSources zq_call_sources_default (void);

/* Loads what a call needs, off the main thread: elements, and the certificate that takes a while to be made. Calls that
 * are made while it is under way wait for it. */
void zq_call_warm_up (void);

G_END_DECLS
