/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/probe.h"

G_BEGIN_DECLS

/* What is looked at, in a word. */
const char *zq_check_item_words (ZqProbeItem item);

/* What came out and what to do about it, in a sentence. (transfer full) */
char *zq_check_result_words (ZqProbeItem item, const ZqProbeResult *result);

/* Where it can be put right, or NULL. */
const char *zq_check_side_words (ZqProbeSide side);

G_END_DECLS
