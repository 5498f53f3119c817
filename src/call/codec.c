/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/codec.h"

/* Chromium estimates by these alone; without them it sends a small, poor picture. */
#define TRANSPORT_CC                                                                                                   \
  "extmap-5=(string)\"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\","                    \
  "rtcp-fb-transport-cc=(boolean)true"
#define FEEDBACK "rtcp-fb-nack-pli=(boolean)true,rtcp-fb-ccm-fir=(boolean)true," TRANSPORT_CC

#define VP8_PAYLOAD "application/x-rtp,media=video,encoding-name=VP8,payload=97,clock-rate=90000," FEEDBACK
/* Without a level: what is offered is taken for constrained baseline 3.1, what is sent has the encoder's own. */
#define H264_PAYLOAD                                                                                                   \
  "application/"                                                                                                       \
  "x-rtp,media=video,encoding-name=H264,payload=98,clock-rate=90000,packetization-mode=(string)1," FEEDBACK

/* VP8 that survives a lost packet and keeps to its rate. */
#define VP8_SENDER                                                                                                     \
  "vp8enc name=encoder deadline=1 cpu-used=8 threads=%u end-usage=cbr error-resilient=default+partitions "             \
  "lag-in-frames=0 keyframe-max-dist=300 static-threshold=100 max-quantizer=56 buffer-size=600 "                       \
  "buffer-initial-size=300 buffer-optimal-size=400 max-intra-bitrate=500 target-bitrate=%u "                           \
  "! rtpvp8pay name=pay pt=97 picture-id-mode=15-bit"
#define H264_SENDER                                                                                                    \
  "videoconvert n-threads=1 ! %s name=encoder %s bitrate=%u ! video/x-h264,profile=constrained-baseline "              \
  "! h264parse ! rtph264pay name=pay pt=98 config-interval=-1 aggregate-mode=zero-latency"

#define RAW_QUEUE "queue max-size-buffers=8 max-size-bytes=0 max-size-time=0"
#define VP8_RECEIVER                                                                                                   \
  "rtpvp8depay name=in wait-for-keyframe=true request-keyframe=true ! " RAW_QUEUE " ! vp8dec threads=1"
#define H264_RECEIVER "rtph264depay name=in wait-for-keyframe=true request-keyframe=true ! " RAW_QUEUE " ! h264parse ! "

typedef struct
{
  const char *factory;
  const char *options;
  guint unit; /* of its bitrate, bit/s */
  gboolean is_hardware;
} Encoder;

/* In this order; VA-API is Intel's and AMD's, NVENC NVIDIA's. */
static const Encoder h264_encoders[] = {
  { "vah264enc", "rate-control=cbr key-int-max=300 b-frames=0 ref-frames=1 target-usage=6", 1000, TRUE },
  { "nvh264enc", "rc-mode=cbr zerolatency=true gop-size=300 bframes=0", 1000, TRUE },
  { "openh264enc", "rate-control=bitrate complexity=low gop-size=300 enable-frame-skip=false multi-thread=2", 1,
    FALSE },
};

static const char *const h264_decoders[] = { "vah264dec", "nvh264dec", "avdec_h264", "openh264dec" };

/* What this machine has; looked for once. */
typedef struct
{
  const Encoder *encoder; /* NULL: there is none */
  char *receiver;
} H264;

static gboolean
has (const char *name)
{
  g_autoptr (GstElementFactory) factory = gst_element_factory_find (name);

  return factory != NULL;
}

static char *
describe_h264 (const Encoder *encoder, guint bitrate)
{
  return g_strdup_printf (H264_SENDER, encoder->factory, encoder->options, MAX (1, bitrate / encoder->unit));
}

/* A driver may lack what its plugin promises. */
static gboolean
opens (const Encoder *encoder)
{
  g_autofree char *text = describe_h264 (encoder, 500000);
  g_autoptr (GstElement) bin = gst_parse_bin_from_description (text, FALSE, NULL);
  gboolean opened;

  if (bin == NULL)
    return FALSE;
  gst_object_ref_sink (bin);
  opened = gst_element_set_state (bin, GST_STATE_READY) != GST_STATE_CHANGE_FAILURE;
  gst_element_set_state (bin, GST_STATE_NULL);

  return opened;
}

static gpointer
look (gpointer unused)
{
  H264 *self = g_new0 (H264, 1);

  for (guint i = 0; i < G_N_ELEMENTS (h264_decoders) && self->receiver == NULL; i++)
    if (has (h264_decoders[i]))
      self->receiver = g_strconcat (H264_RECEIVER, h264_decoders[i], NULL);
  for (guint i = 0; i < G_N_ELEMENTS (h264_encoders) && self->receiver != NULL && self->encoder == NULL; i++)
    if (has (h264_encoders[i].factory) && opens (&h264_encoders[i]))
      self->encoder = &h264_encoders[i];

  return self;
}

static const H264 *
get_h264 (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, look, NULL);
}

ZqCallCodec
zq_call_codec_choose (void)
{
  const char *told = g_getenv ("ZHENQIAO_CALL_CODEC");
  const Encoder *encoder;

  if (g_strcmp0 (told, "vp8") == 0)
    return ZQ_CALL_VP8;
  encoder = get_h264 ()->encoder;

  return encoder != NULL && (encoder->is_hardware || g_strcmp0 (told, "h264") == 0) ? ZQ_CALL_H264 : ZQ_CALL_VP8;
}

const char *
zq_call_codec_get_name (ZqCallCodec self)
{
  return self == ZQ_CALL_H264 ? "h264" : "vp8";
}

ZqCallCodec
zq_call_codec_of (const char *encoding_name)
{
  return g_strcmp0 (encoding_name, "H264") == 0 ? ZQ_CALL_H264 : ZQ_CALL_VP8;
}

const char *
zq_call_codec_get_payload (ZqCallCodec self)
{
  return self == ZQ_CALL_H264 ? H264_PAYLOAD : VP8_PAYLOAD;
}

char *
zq_call_codec_describe_sender (ZqCallCodec self, guint bitrate)
{
  return self == ZQ_CALL_H264 ? describe_h264 (get_h264 ()->encoder, bitrate)
                              : g_strdup_printf (VP8_SENDER, MIN (2, g_get_num_processors ()), bitrate);
}

const char *
zq_call_codec_describe_receiver (ZqCallCodec self)
{
  return self == ZQ_CALL_H264 ? get_h264 ()->receiver : VP8_RECEIVER;
}

void
zq_call_codec_set_bitrate (GstElement *encoder, guint bitrate)
{
  const char *name = GST_OBJECT_NAME (gst_element_get_factory (encoder));

  for (guint i = 0; i < G_N_ELEMENTS (h264_encoders); i++)
    if (g_str_equal (name, h264_encoders[i].factory))
      {
        g_object_set (encoder, "bitrate", MAX (1, bitrate / h264_encoders[i].unit), NULL);
        return;
      }
  g_object_set (encoder, "target-bitrate", (int)bitrate, NULL);
}
