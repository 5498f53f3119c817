/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"

#include <math.h>
#include <string.h>

#define FORMAT    1
#define LONGEST_S (3650.0 * 24 * 3600)

static const char *const statuses[] = { "awaiting-acceptance", "in-consultation",
                                        "awaiting-patient",    "ended-questions-left",
                                        "completed",           "declined",
                                        "expired-refunded",    "sent-offline",
                                        "transferred",         NULL };

static const char *const actions[] = { "reply",     "close",           "reopen", "claim", "release",  "set-priority",
                                       "mark-read", "patient-message", "assign", "note",  "withdraw", "correct",
                                       NULL };

static const char *const roles[] = { "doctor", "assistant", "patient", NULL };

/* R4, value set task-status, without those that a consultation cannot have. */
static const char *const task_statuses[] = { "requested",   "received", "accepted", "rejected",  "ready", "cancelled",
                                             "in-progress", "on-hold",  "failed",   "completed", NULL };

char *
zq_check_wrong (const char *path, const char *reason)
{
  return g_strdup_printf ("%s: %s", path, reason);
}

char *
zq_check_below (const char *step, char *reason)
{
  char *whole;

  if (reason == NULL)
    return NULL;

  whole = *reason == ':' || *reason == '[' ? g_strconcat (step, reason, NULL) : g_strconcat (step, ".", reason, NULL);
  g_free (reason);

  return whole;
}

static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

char *
zq_check_text (JsonNode *node, JsonNode *root)
{
  return is_string (node) ? NULL : zq_check_wrong ("", "a text is wanted");
}

char *
zq_check_boolean (JsonNode *node, JsonNode *root)
{
  gboolean is = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN;

  return is ? NULL : zq_check_wrong ("", "true or false is wanted");
}

static char *
check_one_of (JsonNode *node, const char *const *known, const char *reason)
{
  return is_string (node) && g_strv_contains (known, json_node_get_string (node)) ? NULL : zq_check_wrong ("", reason);
}

static char *
check_status (JsonNode *node, JsonNode *root)
{
  return check_one_of (node, statuses, "unknown status");
}

static char *
check_task_status (JsonNode *node, JsonNode *root)
{
  return check_one_of (node, task_statuses, "unknown Task.status");
}

static char *
check_seconds (JsonNode *node, JsonNode *root)
{
  const char *text = is_string (node) ? json_node_get_string (node) : "";
  char *end;
  double seconds = g_ascii_strtod (text, &end);

  if (*text == '\0' || *end != '\0' || !isfinite (seconds) || seconds < 0 || seconds > LONGEST_S)
    return zq_check_wrong ("", "seconds are wanted, from 0 to ten years");

  return NULL;
}

char *
zq_check_format (JsonNode *node, JsonNode *root)
{
  gint64 format = is_string (node) ? g_ascii_strtoll (json_node_get_string (node), NULL, 10) : 0;

  if (format > FORMAT)
    return zq_check_wrong ("", "the file is for a newer program");

  return format == FORMAT ? NULL : zq_check_wrong ("", "unknown format");
}

char *
zq_check_version (JsonNode *node, JsonNode *root)
{
  const char *text = is_string (node) ? json_node_get_string (node) : "";
  gsize length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._-");

  return length > 0 && length <= 32 && text[length] == '\0' ? NULL
                                                            : zq_check_wrong ("", "a short version text is wanted");
}

static const ZqCheckMember *
find_member (const ZqCheckMember *members, const char *name)
{
  for (; members->name != NULL; members++)
    {
      if (g_str_equal (members->name, name) || g_str_equal (members->name, "*"))
        return members;
    }

  return NULL;
}

char *
zq_check_members (JsonNode *node, const ZqCheckMember *members, JsonNode *root)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return zq_check_wrong ("", "an object is wanted");

  for (const ZqCheckMember *member = members; member->name != NULL; member++)
    {
      if (member->required && !json_object_has_member (json_node_get_object (node), member->name))
        return zq_check_wrong (member->name, "is missing");
    }

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    {
      const ZqCheckMember *member = find_member (members, name);
      char *reason = member == NULL ? zq_check_wrong ("", "is not known") : member->check (value, root);

      if (reason != NULL)
        return zq_check_below (name, reason);
    }

  return NULL;
}

/* An object whose names all are @known ones. */
static char *
check_map (JsonNode *node, const char *const *known, const char *unknown, ZqValueCheck check, JsonNode *root)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return zq_check_wrong ("", "an object is wanted");

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    {
      char *reason = g_strv_contains (known, name) ? check (value, root) : zq_check_wrong ("", unknown);

      if (reason != NULL)
        return zq_check_below (name, reason);
    }

  return NULL;
}

char *
zq_check_list (JsonNode *node, ZqValueCheck check, JsonNode *root)
{
  guint length = zq_json_get_length (node, NULL);

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return zq_check_wrong ("", "a list is wanted");

  for (guint i = 0; i < length; i++)
    {
      char *reason = check (zq_json_get_at (node, NULL, i), root);

      if (reason != NULL)
        {
          g_autofree char *step = g_strdup_printf ("[%u]", i);
          return zq_check_below (step, reason);
        }
    }

  return NULL;
}

static char *
check_source (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "title", zq_check_text, TRUE },
                                           { "year", zq_check_text, TRUE },
                                           { "rule", zq_check_text },
                                           { "means", zq_check_text },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

char *
zq_check_sources (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_source, root);
}

static char *
check_role (JsonNode *node, JsonNode *root)
{
  return check_one_of (node, roles, "unknown role");
}

static char *
check_roles (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_role, root);
}

static char *
check_rule (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "roles", check_roles, TRUE }, { "next", check_status, TRUE }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_table_row (JsonNode *node, JsonNode *root)
{
  return check_map (node, actions, "unknown action", check_rule, root);
}

static char *
check_table (JsonNode *node, JsonNode *root)
{
  return check_map (node, statuses, "unknown status", check_table_row, root);
}

/* One step only, so that no circle can come about. */
static char *
check_same_as (JsonNode *node, JsonNode *root)
{
  JsonNode *codes = zq_json_get (root, "codes");
  JsonNode *other = is_string (node) && JSON_NODE_HOLDS_OBJECT (codes)
                        ? json_object_get_member (json_node_get_object (codes), json_node_get_string (node))
                        : NULL;

  return zq_json_get (other, "table") != NULL ? NULL : zq_check_wrong ("", "a code with a table is wanted");
}

static char *
check_code (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "table", check_table }, { "same-as", check_same_as }, { NULL } };
  char *reason = zq_check_members (node, members, root);

  if (reason == NULL && json_object_get_size (json_node_get_object (node)) != 1)
    reason = zq_check_wrong ("", "either table or same-as is wanted");

  return reason;
}

static char *
check_codes (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "*", check_code }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_status_entry (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "title", zq_check_text }, { "task", check_task_status, TRUE }, { "final", zq_check_boolean, TRUE }, { NULL }
  };

  return zq_check_members (node, members, root);
}

static char *
check_statuses (JsonNode *node, JsonNode *root)
{
  char *reason = check_map (node, statuses, "unknown status", check_status_entry, root);

  for (guint i = 0; reason == NULL && statuses[i] != NULL; i++)
    {
      if (!json_object_has_member (json_node_get_object (node), statuses[i]))
        reason = zq_check_wrong (statuses[i], "is missing");
    }

  return reason;
}

static char *
check_promises (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "default", check_seconds, TRUE }, { "*", check_seconds }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_titles (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "*", zq_check_text }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_outcome (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "code", zq_check_text, TRUE }, { "title", zq_check_text, TRUE }, { "titles", check_titles }, { NULL }
  };

  return zq_check_members (node, members, root);
}

static char *
check_outcomes (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_outcome, root);
}

static char *
check_pull (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "overlap", check_seconds }, { "poll-focused", check_seconds }, { "poll-background", check_seconds }, { NULL }
  };

  return zq_check_members (node, members, root);
}

static char *
check_retry (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "first", check_seconds }, { "longest", check_seconds }, { NULL } };

  return zq_check_members (node, members, root);
}

char *
zq_check_file (JsonNode *root, const ZqCheckMember *members)
{
  JsonNode *format = zq_json_get (root, "format");
  char *reason = format != NULL ? zq_check_format (format, root) : NULL;

  return reason != NULL ? zq_check_below ("format", reason) : zq_check_members (root, members, root);
}

char *
zq_policy_check_consultation (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE }, { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },     { "statuses", check_statuses, TRUE },
                                           { "codes", check_codes, TRUE },      { NULL } };

  return zq_check_file (root, members);
}

static char *
check_maker (JsonNode *node, JsonNode *root)
{
  const char *text = is_string (node) ? json_node_get_string (node) : "";

  return g_str_equal (text, "hospital") || g_str_equal (text, "workstation")
             ? NULL
             : zq_check_wrong ("", "hospital or workstation is wanted");
}

static char *
check_recording (JsonNode *node, JsonNode *root)
{
  static const char *const words[] = { "required", "optional", "off", NULL };

  return is_string (node) && g_strv_contains (words, json_node_get_string (node))
             ? NULL
             : zq_check_wrong ("", "required, optional or off is wanted");
}

/* A whole number of 0 to 366: days, years. */
static char *
check_count (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_integer (node, root);
  gint64 count = reason == NULL ? g_ascii_strtoll (json_node_get_string (node), NULL, 10) : 0;

  return reason != NULL ? reason : count < 0 || count > 366 ? zq_check_wrong ("", "0 to 366 is wanted") : NULL;
}

char *
zq_policy_check_visit (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE },  { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },      { "opens-before", check_seconds },
                                           { "closes-after", check_seconds },    { "length", check_seconds },
                                           { "days-ahead", check_count },        { "of-age", check_count },
                                           { "call-back-after", check_seconds }, { "recording", check_recording },
                                           { "recorded-by", check_maker },       { NULL } };

  return zq_check_file (root, members);
}

char *
zq_policy_check_clinic (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE },
                                           { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },
                                           { "answer-promise", check_promises, TRUE },
                                           { "outcomes", check_outcomes },
                                           { "held-reply-age", check_seconds },
                                           { "result-tasks", check_maker },
                                           { "undo-window", check_seconds },
                                           { "draft-delay", check_seconds },
                                           { "pull", check_pull },
                                           { "retry", check_retry },
                                           { NULL } };

  return zq_check_file (root, members);
}
