/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/find/find.h"

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_HIT_HEADING, /* what follows is of this kind */
  ZQ_HIT_FOUND,
  ZQ_HIT_MORE, /* there are more of this kind: asks for them */
} ZqHitForm;

/**
 * ZqHitRow:
 *
 * A row of the results: a heading, what was found, or what fetches more. Immutable.
 */
#define ZQ_TYPE_HIT_ROW (zq_hit_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqHitRow, zq_hit_row, ZQ, HIT_ROW, GObject)

ZqHitRow *zq_hit_row_new (ZqHitForm form, ZqFindKind kind, ZqFound *found /* transfer full, nullable */);
ZqHitForm zq_hit_row_get_form (ZqHitRow *self);
ZqFindKind zq_hit_row_get_kind (ZqHitRow *self);
/* NULL but of ZQ_HIT_FOUND. */
const ZqFound *zq_hit_row_get_found (ZqHitRow *self);

G_END_DECLS
