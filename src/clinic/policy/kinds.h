/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Topic: "policy": what the hospital decides has come, changed or gone. */
extern const ZqResourceKind zq_policy_kind;

G_END_DECLS
