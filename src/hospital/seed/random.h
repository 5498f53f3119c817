/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/* Numbers that follow from what they are for (a kind of thing and its number), so that nothing has to be kept:
 * the same patient can be drawn again at any time. The generator is splitmix64 (Steele, Lea, Flood 2014). */
typedef struct
{
  guint64 state;
} ZqRandom;

static inline guint64
zq_random_next (ZqRandom *self)
{
  guint64 z = (self->state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static inline ZqRandom
zq_random_for (guint kind, gint64 number)
{
  ZqRandom self = { ((guint64)kind << 48) ^ (guint64)number * G_GUINT64_CONSTANT (0xD1342543DE82EF95) };

  zq_random_next (&self);
  return self;
}

/* In [0, 1). */
static inline double
zq_random_unit (ZqRandom *self)
{
  return (double)(zq_random_next (self) >> 11) * 0x1.0p-53;
}

/* In [low, high]. */
static inline gint64
zq_random_between (ZqRandom *self, gint64 low, gint64 high)
{
  return high <= low ? low : low + (gint64)(zq_random_unit (self) * (double)(high - low + 1));
}

static inline gboolean
zq_random_chance (ZqRandom *self, int permille)
{
  return zq_random_unit (self) * 1000 < permille;
}

/* A place in a list of @n, from the usual to the rare: the k-th about 1/k as often as the first (Zipf). */
static inline guint
zq_random_rank (ZqRandom *self, guint n)
{
  guint place = (guint)exp (zq_random_unit (self) * log (n + 1.0)) - 1;

  return MIN (place, n - 1);
}

G_END_DECLS
