/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Topics: "result" and "report" (row = the resource), "record". */
extern const ZqResourceKind zq_observation_kind;
extern const ZqResourceKind zq_report_kind;

G_END_DECLS
