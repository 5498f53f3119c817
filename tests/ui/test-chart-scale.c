/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/chart-scale.h"

#include <math.h>

static void
assert_ticks (double from, double to, guint most)
{
  g_autoptr (GArray) ticks = zq_chart_ticks (from, to, most);

  g_assert_cmpuint (ticks->len, >=, 2);
  g_assert_cmpuint (ticks->len, <=, most);
  g_assert_cmpfloat (g_array_index (ticks, double, 0), <=, from);
  g_assert_cmpfloat (g_array_index (ticks, double, ticks->len - 1), >=, to);
}

static void
test_ticks (void)
{
  g_autoptr (GArray) ticks = zq_chart_ticks (3.9, 8.2, 7);

  g_assert_cmpuint (ticks->len, ==, 7); /* 3, 4, … 9 */
  g_assert_cmpfloat_with_epsilon (g_array_index (ticks, double, 0), 3, 1e-9);
  g_assert_cmpfloat_with_epsilon (g_array_index (ticks, double, 6), 9, 1e-9);
  for (int i = 0; i < 2000; i++)
    {
      double from = g_test_rand_double_range (-1e6, 1e6), span = pow (10, g_test_rand_double_range (-6, 8));

      assert_ticks (from, from + span, 7);
    }
  assert_ticks (5, 5, 7);
  assert_ticks (0, 0, 5);
  g_clear_pointer (&ticks, g_array_unref);
  ticks = zq_chart_ticks (0, INFINITY, 7);
  g_assert_cmpuint (ticks->len, ==, 0);
}

static void
test_decimals (void)
{
  g_assert_cmpuint (zq_chart_decimals (10), ==, 0);
  g_assert_cmpuint (zq_chart_decimals (1), ==, 0);
  g_assert_cmpuint (zq_chart_decimals (0.5), ==, 1);
  g_assert_cmpuint (zq_chart_decimals (0.02), ==, 2);
}

static void
test_places (void)
{
  const ZqChartPoint points[] = { { .at = 10, .value = 1, .low = NAN, .high = NAN },
                                  { .at = 20, .value = 9, .low = 2, .high = NAN },
                                  { .at = 20, .value = 4, .low = NAN, .high = 12 },
                                  { .at = 50, .value = 5, .low = NAN, .high = NAN } };
  double low, high;

  g_assert_cmpuint (zq_chart_find (points, 4, 0), ==, 0);
  g_assert_cmpuint (zq_chart_find (points, 4, 20), ==, 1);
  g_assert_cmpuint (zq_chart_find (points, 4, 51), ==, 4);
  g_assert_cmpuint (zq_chart_nearest (points, 4, 34), ==, 2);
  g_assert_cmpuint (zq_chart_nearest (points, 4, 36), ==, 3);
  g_assert_cmpuint (zq_chart_nearest (points, 4, 99), ==, 3);
  g_assert_cmpuint (zq_chart_nearest (points, 0, 99), ==, 0);
  g_assert_true (zq_chart_extent (points, 0, 4, &low, &high));
  g_assert_cmpfloat (low, ==, 1);
  g_assert_cmpfloat (high, ==, 12);
  g_assert_false (zq_chart_extent (points, 2, 2, &low, &high));
  g_assert_cmpfloat (zq_chart_place (5, 0, 10, 200), ==, 100);
  g_assert_cmpfloat (zq_chart_place (5, 5, 5, 200), ==, 100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/ticks-are-round-and-hold-all", test_ticks);
  g_test_add_func ("/chart/labels-of-ticks-differ", test_decimals);
  g_test_add_func ("/chart/points-are-found-by-time", test_places);
  return g_test_run ();
}
