/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/* What pictures go and come as; sound is Opus always. */
typedef enum
{
  ZQ_CALL_VP8,
  ZQ_CALL_H264, /* constrained baseline, packetization mode 1 (RFC 6184; RFC 7742 has every browser know it) */
} ZqCallCodec;

/* VP8, which every browser and this program know without hardware; H.264 where hardware of this machine encodes it. The
 * environment may say (ZHENQIAO_CALL_CODEC: "vp8", "h264", also by software). Looks once; any thread. */
ZqCallCodec zq_call_codec_choose (void);

/* "vp8", "h264". */
const char *zq_call_codec_get_name (ZqCallCodec self);

/* Of an RTP payload's encoding-name; anything else is VP8's. */
ZqCallCodec zq_call_codec_of (const char *encoding_name);

/* Caps of its RTP payload, as they are offered. */
const char *zq_call_codec_get_payload (ZqCallCodec self);

/* From raw pictures (I420) to RTP: a description with an element "encoder" in it. (transfer full) */
char *zq_call_codec_describe_sender (ZqCallCodec self, guint bitrate);

/* From RTP to raw pictures: a description that begins with an element "in", whose source has encoded ones. */
const char *zq_call_codec_describe_receiver (ZqCallCodec self);

/* @bitrate: bit/s; in whatever the encoder counts. */
void zq_call_codec_set_bitrate (GstElement *encoder, guint bitrate);

G_END_DECLS
