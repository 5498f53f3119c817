/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"
#include "rules/decimal.h"

#include <string.h>

static char *
check_range (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "unit", zq_check_text },
                                           { "from", zq_check_decimal },
                                           { "to", zq_check_decimal },
                                           { "below", zq_check_decimal },
                                           { NULL } };
  char *reason = zq_check_members (node, members, root);
  const char *from = zq_json_get_string (node, "from"), *to = zq_json_get_string (node, "to");

  if (reason == NULL && to == NULL)
    to = zq_json_get_string (node, "below");
  if (reason == NULL && from != NULL && to != NULL && zq_decimal_compare (from, to) >= 0)
    reason = zq_check_wrong ("", "the lower limit is not below the upper one");

  return reason;
}

static char *
check_plausible_range (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "unit", zq_check_text, TRUE }, { "from", zq_check_decimal, TRUE }, { "to", zq_check_decimal, TRUE }, { NULL }
  };
  char *reason = zq_check_members (node, members, root);

  return reason != NULL ? reason : check_range (node, root);
}

static char *
check_targets (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "fasting", check_range },
                                           { "after-meal", check_range },
                                           { "bedtime", check_range },
                                           { "night", check_range },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_meter (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "low", zq_check_positive, TRUE },
                                           { "high", zq_check_positive, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_glucose (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "unit", zq_check_text, TRUE }, { "targets", check_targets, TRUE }, { "meter", check_meter, TRUE }, { NULL }
  };

  return zq_check_members (node, members, root);
}

/* Whole and from 1 to 366: it sets how much memory a period takes. */
static char *
check_days (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_integer (node, root);

  if (reason == NULL && (zq_decimal_compare (json_node_get_string (node), "1") < 0 ||
                         zq_decimal_compare (json_node_get_string (node), "366") > 0))
    reason = zq_check_wrong ("", "days are wanted, from 1 to 366");

  return reason;
}

static char *
check_percent (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_integer (node, root);

  if (reason == NULL && (zq_decimal_compare (json_node_get_string (node), "1") < 0 ||
                         zq_decimal_compare (json_node_get_string (node), "100") > 0))
    reason = zq_check_wrong ("", "a percentage is wanted");

  return reason;
}

static char *
check_sensor (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "days", check_days, TRUE },
                                           { "coverage-percent", check_percent, TRUE },
                                           { "from", zq_check_decimal, TRUE },
                                           { "to", zq_check_decimal, TRUE },
                                           { "very-low", zq_check_decimal },
                                           { "very-high", zq_check_decimal },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_clock (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_text (node, root);

  if (reason == NULL && !g_regex_match_simple ("^([01][0-9]|2[0-3]):[0-5][0-9]$", json_node_get_string (node), 0, 0))
    reason = zq_check_wrong ("", "a time such as 05:00 is wanted");

  return reason;
}

static char *
check_window (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "from", check_clock, TRUE }, { "to", check_clock, TRUE }, { NULL } };
  char *reason = zq_check_members (node, members, root);

  if (reason == NULL && strcmp (zq_json_get_string (node, "from"), zq_json_get_string (node, "to")) >= 0)
    reason = zq_check_wrong ("", "it ends before it begins");

  return reason;
}

static char *
check_pressure (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "below-systolic", zq_check_positive, TRUE },
                                           { "below-diastolic", zq_check_positive, TRUE },
                                           { "morning", check_window, TRUE },
                                           { "evening", check_window, TRUE },
                                           { "least-days", check_days },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_plausible (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "glucose", check_plausible_range, TRUE },
                                           { "systolic", check_plausible_range, TRUE },
                                           { "diastolic", check_plausible_range, TRUE },
                                           { "pulse", check_plausible_range },
                                           { "weight", check_plausible_range },
                                           { "temperature", check_plausible_range },
                                           { "peak-flow", check_plausible_range },
                                           { "oxygen", check_plausible_range },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

char *
zq_policy_check_home (JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "format", zq_check_format, TRUE },    { "version", zq_check_version, TRUE },
    { "sources", zq_check_sources },        { "glucose", check_glucose, TRUE },
    { "sensor", check_sensor, TRUE },       { "pressure", check_pressure, TRUE },
    { "plausible", check_plausible, TRUE }, { NULL }
  };

  return zq_check_file (root, members);
}
