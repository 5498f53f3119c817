/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/lab/wave-scale.h"

#include <math.h>

#define POINTS_A_PIXEL 8
#define NARROWEST      280
#define WIDEST         4000

static gboolean
find_extent (const double *values, guint first, guint last, guint n_leads, guint lead, double *low, double *high)
{
  gboolean found = FALSE;

  for (guint i = first; i < last; i++)
    {
      double value = values[(gsize)i * n_leads + lead];

      if (isnan (value))
        continue;
      *low = found ? fmin (*low, value) : value;
      *high = found ? fmax (*high, value) : value;
      found = TRUE;
    }

  return found;
}

gboolean
zq_wave_extent (const double *values, guint n_points, guint n_leads, guint lead, double *low, double *high)
{
  return find_extent (values, 0, n_points, n_leads, lead, low, high);
}

gboolean
zq_wave_column (const double *values,
                guint n_points,
                guint n_leads,
                guint lead,
                guint column,
                guint n_columns,
                double *low,
                double *high)
{
  guint first = (guint)((guint64)column * n_points / n_columns);
  guint last = (guint)((guint64)(column + 1) * n_points / n_columns);

  return find_extent (values, first, MIN (MAX (last, first + 1), n_points), n_leads, lead, low, high);
}

int
zq_wave_width (guint n_points)
{
  return (int)CLAMP (n_points / POINTS_A_PIXEL, NARROWEST, WIDEST);
}

double
zq_wave_time_unit (double seconds)
{
  if (seconds > 3 * 3600)
    return 3600;

  return seconds > 3 * 60 ? 60 : 1;
}
