/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Geometry of a waveform: plain functions of numbers. Values of all leads are interlaced; NAN is none. */

/* The smallest and largest value of @lead in all points; FALSE: there is none. */
gboolean zq_wave_extent (const double *values, guint n_points, guint n_leads, guint lead, double *low, double *high);

/* The same of the points that fall into column @column of @n_columns pixels. */
gboolean zq_wave_column (const double *values,
                         guint n_points,
                         guint n_leads,
                         guint lead,
                         guint column,
                         guint n_columns,
                         double *low,
                         double *high);

/* How wide a strip of so many points is drawn, in pixels: so that what goes up and down can be told apart, and no wider
 * than can be drawn at once. */
int zq_wave_width (guint n_points);

/* What times are said in: 1 (seconds), 60 or 3600 of them, as fits @seconds. */
double zq_wave_time_unit (double seconds);

G_END_DECLS
