/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ZqPolicyCheck:
 *
 * Whether a policy file is one that this program knows how to follow, member by member. A wrong one
 * gives "path: reason", the path being the JSON one.
 */
typedef char *(*ZqPolicyCheck) (JsonNode *root); /* (transfer full) or NULL when all is well */

char *zq_policy_check_consultation (JsonNode *root);
char *zq_policy_check_clinic (JsonNode *root);
char *zq_policy_check_guard (JsonNode *root);
char *zq_policy_check_lab (JsonNode *root);
char *zq_policy_check_conversion (JsonNode *root);
char *zq_policy_check_critical (JsonNode *root);
char *zq_policy_check_home (JsonNode *root);
char *zq_policy_check_visit (JsonNode *root);

G_END_DECLS
