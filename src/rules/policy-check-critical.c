/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"
#include "rules/decimal.h"

static char *
check_value (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "title", zq_check_text },
                                           { "analyte", zq_check_text },
                                           { "loinc", zq_check_texts },
                                           { "unit", zq_check_text, TRUE },
                                           { "at-or-below", zq_check_decimal },
                                           { "at-or-above", zq_check_decimal },
                                           { NULL } };
  char *reason = zq_check_members (node, members, root);
  const char *below = zq_json_get_string (node, "at-or-below"), *above = zq_json_get_string (node, "at-or-above");

  if (reason == NULL && zq_json_get (node, "analyte") == NULL && zq_json_get (node, "loinc") == NULL)
    reason = zq_check_wrong ("", "either analyte or loinc is wanted");
  if (reason == NULL && below == NULL && above == NULL)
    reason = zq_check_wrong ("", "a limit is wanted");
  if (reason == NULL && below != NULL && above != NULL && zq_decimal_compare (below, above) >= 0)
    reason = zq_check_wrong ("", "the lower limit is not below the upper one");

  return reason;
}

static char *
check_values (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_value, root);
}

char *
zq_policy_check_critical (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE },
                                           { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },
                                           { "adults-from", zq_check_integer },
                                           { "hand-over-after", zq_check_positive },
                                           { "values", check_values, TRUE },
                                           { NULL } };

  return zq_check_file (root, members);
}
