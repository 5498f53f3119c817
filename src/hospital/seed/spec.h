/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What --seed names: the demo, and how much is added to it. */
typedef struct
{
  gint64 patients;
  gint64 consultations;
  gint64 messages; /* of categories message and correction; a consultation has at least one */
  gint64 observations;
  gint64 at; /* the instant that it is made for, µs; 0: the clock's */
} ZqSeedSpec;

/**
 * zq_seed_spec_parse:
 * @text: "demo", "demo:patients=20000,consultations=100000,messages=1000000,observations=0,at=<Unix seconds>", or
 *   the same without "demo:"; what is left out follows from the others (a fifth as many patients as
 *   consultations, ten messages each, no observations)
 *
 * Errors are ZQ_HOSPITAL_ERROR_INVALID.
 */
gboolean zq_seed_spec_parse (const char *text, ZqSeedSpec *spec, GError **error);

G_END_DECLS
