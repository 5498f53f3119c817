/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/flowsheet.h"

G_BEGIN_DECLS

/* Where a test stands in a set: from 1 on; 0: not in it. @code: "system|code". */
guint zq_flow_set_place (ZqPolicy *policy, ZqFlowSet set, const char *code);

G_END_DECLS
