/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/devices.h"

G_BEGIN_DECLS

/* Beside the sound server of with-sound.sh. */

/* Runs pactl; what it wrote, without the line's end. (transfer full) */
char *zq_sound_ask (const char *arguments);

/* Pulls out and puts in again what with-sound.sh has: "ear-right", "right". */
void zq_sound_unplug (const char *name);
void zq_sound_plug_ear (const char *side);

/* A pipeline of @parts, one after the other, that runs. (transfer full) */
GstElement *zq_sound_run (GstElement *first, const char *middle, GstElement *last);
void zq_sound_stop (GstElement *pipeline);

/* What @source hears in @seconds: Hz of the loudest wave by its crossings, and its peak from 0 to 1. */
typedef struct
{
  double hz;
  double peak;
} ZqSoundHeard;

ZqSoundHeard zq_sound_hear (GstElement *source, double seconds);

G_END_DECLS
