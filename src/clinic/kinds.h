/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* The one table of what the store keeps, NULL-terminated; a capability adds its line here. Included
 * by app, probe and tests only. */
extern const ZqResourceKind *const zq_kinds[];

/* Those whose rows say what a policy says: made anew when it changes. Terminated by NULL. */
extern const ZqResourceKind *const zq_kinds_of_policy[];

G_END_DECLS
