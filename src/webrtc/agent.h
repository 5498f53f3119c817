/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * zq_webrtc_prepare_agent:
 * @webrtc: a webrtcbin that has not begun
 *
 * What every connection here has in common: no port of a router is opened for it (there is the relay), and where the
 * environment names an address (ZHENQIAO_CALL_ADDRESS: tests, a machine of many networks), no other one is used.
 */
void zq_webrtc_prepare_agent (GstElement *webrtc);

G_END_DECLS
