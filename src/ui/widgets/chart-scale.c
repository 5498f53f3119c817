/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/chart-scale.h"

#include <math.h>

double
zq_chart_place (double value, double from, double to, double length)
{
  return to > from ? (value - from) / (to - from) * length : length / 2;
}

static double
round_step (double span, guint most)
{
  double step = span / MAX (most - 1, 1);
  double unit = pow (10, floor (log10 (step)));
  double part = step / unit;

  return unit * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

GArray *
zq_chart_ticks (double from, double to, guint most)
{
  GArray *ticks = g_array_new (FALSE, FALSE, sizeof (double));
  double span = to - from, step, first;

  if (!isfinite (span) || span < 0)
    return ticks;
  /* One value alone has a scale around it. */
  if (span <= fabs (to) * 1e-12)
    {
      double half = to != 0 ? fabs (to) / 2 : 1;

      from -= half;
      to += half;
      span = to - from;
    }
  most = MAX (most, 2);
  step = round_step (span, most);
  /* Both ends go out to a full step, which may need one more. */
  while (ceil (to / step) - floor (from / step) > most - 1)
    step = round_step (step * 1.01 * (most - 1), most);
  first = floor (from / step);
  for (double n = first; n <= ceil (to / step); n++)
    {
      double tick = n * step;

      g_array_append_val (ticks, tick);
    }

  return ticks;
}

guint
zq_chart_decimals (double step)
{
  return step > 0 && isfinite (step) ? (guint)CLAMP (-floor (log10 (step) + 1e-9), 0, 9) : 0;
}

guint
zq_chart_find (const ZqChartPoint *points, guint n, gint64 at)
{
  guint low = 0, high = n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (points[middle].at < at)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

guint
zq_chart_nearest (const ZqChartPoint *points, guint n, gint64 at)
{
  guint found = zq_chart_find (points, n, at);

  if (found == n)
    return n > 0 ? n - 1 : 0;
  if (found > 0 && at - points[found - 1].at < points[found].at - at)
    return found - 1;

  return found;
}

gboolean
zq_chart_extent (const ZqChartPoint *points, guint first, guint last, double *low, double *high)
{
  *low = INFINITY;
  *high = -INFINITY;
  for (guint i = first; i < last; i++)
    {
      *low = fmin (*low, fmin (points[i].value, points[i].low));
      *high = fmax (*high, fmax (points[i].value, points[i].high));
    }

  return *low <= *high;
}
