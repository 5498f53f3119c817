/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/seed/spec.h"
#include "hospital/seed/writer.h"

G_BEGIN_DECLS

/**
 * zq_seed_write:
 * @now: the instant that it is made for, where @spec names none
 *
 * Writes the demo hospital into @sink: departments, doctors, about 300 patients and their consultations in every
 * state, the demo accounts; and after it as many more as @spec says (bulk.h). The same instant and numbers give the
 * same bytes in the same order. Nothing is kept of what was written, however much it is. All persons and texts are
 * invented.
 */
gboolean zq_seed_write (
    const ZqSeedSpec *spec, ZqPolicy *policy, gint64 now, const ZqSeedSink *sink, gpointer data, GError **error);

G_END_DECLS
