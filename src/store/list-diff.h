/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What makes @old into another order of unique keys: removals from the back, then insertions from
 * the front, so that each is exact at its time and no key is ever in two places. */
typedef struct
{
  guint position;
  guint removed;
  guint added; /* one of both is 0 */
} ZqListSpan;

/* @hold: keys that @old lacks stay out, and are counted in @n_held. @keep: stays in its place though
 * @fresh lacks it; 0 = none. Returns the keys to be shown. */
GArray *zq_list_diff_target (const GArray *old, const GArray *fresh, gboolean hold, gint64 keep, guint *n_held);

/* (element-type ZqListSpan); more than @max_spans become one removal and one insertion. */
GArray *zq_list_diff (const GArray *old, const GArray *target, guint max_spans);

G_END_DECLS
