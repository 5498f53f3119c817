/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/media.h"

G_BEGIN_DECLS

/* Test pictures and sounds of one side: a colour and a tone. */
typedef struct
{
  guint32 colour; /* 0xAARRGGBB */
  int width, height, fps;
  double tone;   /* Hz */
  gboolean ball; /* something that moves, over the colour */
  gboolean busy; /* so much of it that an encoder needs every bit it may have */
} ZqTestSide;

ZqCallSources zq_test_sources (ZqTestSide *side);

/* What came in at one side. */
typedef struct
{
  GMutex lock;
  guint frames;
  int width, height;
  guint8 middle[3]; /* red, green, blue */
  guint crossings;  /* of the sound, upwards */
  guint samples;
  gint16 peak;
} ZqTestHeard;

void zq_test_heard_init (ZqTestHeard *self);
void zq_test_heard_video (GstSample *sample, gpointer heard);
void zq_test_heard_audio (GstSample *sample, gpointer heard);
/* Forgets what was heard so far. */
void zq_test_heard_reset (ZqTestHeard *self);
/* Hz by the crossings; 0: silence. */
double zq_test_heard_tone (ZqTestHeard *self);

/* Hands descriptions and candidates from one to the other. */
void zq_test_connect (ZqCallPeer *offers, ZqCallPeer *answers);

G_END_DECLS
