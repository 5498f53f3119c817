/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/report.h"

G_BEGIN_DECLS

/**
 * zq_report_fast_key:
 * @age: of the patient in years; -1: not known
 *
 * Whether the patient may be told by one key that @report is normal (rules/result-close.h), else why not. Reads one row
 * a value: what it was before.
 */
ZqFastKey zq_report_fast_key (ZqDb *db, ZqPolicy *policy, const ZqReport *report, int age);

G_END_DECLS
