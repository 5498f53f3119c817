/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* The one table of what the store keeps, NULL-terminated; a capability adds its line here. Included
 * by app, probe and tests only. */
extern const ZqResourceKind *const zq_kinds[];

G_END_DECLS
