/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Values of one SampledData that are read; more are told (`cut`). */
#define ZQ_SAMPLED_MOST (500 * 1000)

/**
 * ZqSampled:
 *
 * A waveform: values at equal distances in time, of one or several leads. For drawing they are doubles; what is said
 * of them is text that no double has touched. Immutable.
 */
typedef struct
{
  char *name;                      /* what was measured, or NULL */
  char *unit;                      /* or NULL */
  char *low, *high;                /* the smallest and the largest value; NULL: there is none */
  char *lower_limit, *upper_limit; /* between which it can be measured, as told; NULL: not told */
  char *seconds;                   /* how long it lasts; NULL: not told */
  double period;                   /* seconds from a value to the next; 0: not told */
  guint n_leads;
  guint n_points;                   /* of each lead */
  guint n_errors, n_below, n_above; /* values that are none: E (or nothing that can be read), L, U */
  gboolean cut;
  GArray *values; /* double: all leads of the first moment, all of the next…; NAN: none */
} ZqSampled;

void zq_sampled_free (ZqSampled *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSampled, zq_sampled_free)

/**
 * zq_sampled_read:
 * @node: a SampledData, however broken
 *
 * Each number times `factor` plus `origin` (FHIR R4). NULL: nothing in it can be drawn. Pure, any thread.
 * (transfer full) (nullable)
 */
ZqSampled *zq_sampled_read (JsonNode *node, const char *name);

G_END_DECLS
