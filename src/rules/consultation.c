/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/consultation.h"

#include "resource/json.h"

#define DEFAULT_PROMISE_US (24 * 3600 * (gint64)G_USEC_PER_SEC)

/* A member whose name comes from outside, so it is no path. */
static JsonNode *
get_member (JsonNode *node, const char *name)
{
  if (node == NULL || name == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return NULL;

  return json_object_get_member (json_node_get_object (node), name);
}

static JsonNode *
get_table (ZqPolicy *policy, const char *code)
{
  JsonNode *codes = zq_json_get (zq_policy_get (policy, "consultation"), "codes");
  JsonNode *entry = get_member (codes, code);
  const char *same_as = zq_json_get_string (entry, "same-as");

  if (same_as != NULL)
    entry = get_member (codes, same_as);

  return zq_json_get (entry, "table");
}

static gboolean
has_role (JsonNode *rule, const char *role)
{
  guint length = zq_json_get_length (rule, "roles");

  for (guint i = 0; role != NULL && i < length; i++)
    {
      if (g_strcmp0 (zq_json_get_string (zq_json_get_at (rule, "roles", i), NULL), role) == 0)
        return TRUE;
    }

  return FALSE;
}

gboolean
zq_consultation_allows (
    ZqPolicy *policy, const char *code, const char *status, const char *action, const char *role, const char **next)
{
  JsonNode *rule = get_member (get_member (get_table (policy, code), status), action);
  gboolean allowed = has_role (rule, role);

  if (next != NULL)
    *next = allowed ? zq_json_get_string (rule, "next") : NULL;

  return allowed;
}

static JsonNode *
get_status (ZqPolicy *policy, const char *status)
{
  return get_member (zq_json_get (zq_policy_get (policy, "consultation"), "statuses"), status);
}

const char *
zq_consultation_task_status (ZqPolicy *policy, const char *status)
{
  return zq_json_get_string (get_status (policy, status), "task");
}

gboolean
zq_consultation_is_final (ZqPolicy *policy, const char *status)
{
  return zq_json_get_boolean (get_status (policy, status), "final", FALSE);
}

gint64
zq_consultation_due (ZqPolicy *policy, const char *code, gint64 first_unanswered_us)
{
  JsonNode *promises = zq_json_get (zq_policy_get (policy, "clinic"), "answer-promise");
  const char *path = "answer-promise.default";
  g_autofree char *own = NULL;

  if (get_member (promises, code) != NULL)
    path = own = g_strconcat ("answer-promise.", code, NULL);

  return first_unanswered_us + zq_policy_get_duration (policy, path, DEFAULT_PROMISE_US);
}
