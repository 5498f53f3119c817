/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/edits.h"

G_BEGIN_DECLS

/* A new resource of @type: its identifier (@key, by which it is found again after an answer that was lost) and the tag
 * of its @department (nullable). */
void zq_edit_begin (ZqEdits *edits, const char *type, const char *key, const char *department);

/* {"reference": …} at @path; nothing for NULL. */
void zq_edit_reference (ZqEdits *edits, const char *path, const char *reference);

G_END_DECLS
