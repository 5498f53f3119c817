/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

G_BEGIN_DECLS

/* Finds the last comparable value of @result among what was before it: in the same unit, however it is spelled, else
 * by an exact conversion of its analyte. Nothing that was taken back or is not final is compared with. */
void zq_result_compare (ZqDb *db, ZqPolicy *policy, ZqResult *result);

G_END_DECLS
