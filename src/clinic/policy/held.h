/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "rules/policy.h"

G_BEGIN_DECLS

/* The hospital's policy files as zq_policy_load() wants them, (element-type ZqPolicyText); of one whose
 * newest version was not a good one the last good one comes just before it. Any thread. */
GPtrArray *zq_policy_list_held (ZqDb *db, GError **error);

G_END_DECLS
