/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/document/sampled.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqWave:
 *
 * A waveform as a plain chart: a strip for each lead with its scale, time below; where there is no value the line is
 * broken. For a screen reader it says what zq_wave_words () does.
 */
#define ZQ_TYPE_WAVE (zq_wave_get_type ())
G_DECLARE_FINAL_TYPE (ZqWave, zq_wave, ZQ, WAVE, GtkWidget)

/* @sampled: borrowed; the owner outlives it, or clears it with NULL. */
void zq_wave_set_sampled (ZqWave *self, const ZqSampled *sampled);

/* Each label that is drawn, a line each, is written into @record from now on; NULL: no more. */
void zq_wave_set_record (ZqWave *self, GString *record);

/* "Lead II: -0.41 to 1.2 mV · 5000 points · 10 s", and what is missing. (transfer full) */
char *zq_wave_words (const ZqSampled *sampled);

G_END_DECLS
