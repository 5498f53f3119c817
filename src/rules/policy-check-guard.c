/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"

#include <math.h>

static char *
check_pattern (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_text (node, root);
  g_autoptr (GRegex) regex = NULL;

  if (reason != NULL)
    return reason;
  regex = g_regex_new (json_node_get_string (node), 0, 0, NULL);

  return regex != NULL ? NULL : zq_check_wrong ("", "a regular expression is wanted");
}

static char *
check_words (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, zq_check_text, root);
}

static char *
check_number (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_text (node, root);
  char *end;
  double number;

  if (reason != NULL)
    return reason;
  number = g_ascii_strtod (json_node_get_string (node), &end);

  return *end == '\0' && isfinite (number) && number > 0 ? NULL : zq_check_wrong ("", "a number above 0 is wanted");
}

/* The least and the most. */
static char *
check_range (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_list (node, check_number, root);

  if (reason == NULL &&
      (zq_json_get_length (node, NULL) != 2 || g_ascii_strtod (zq_json_get_string (node, "[0]"), NULL) >
                                                   g_ascii_strtod (zq_json_get_string (node, "[1]"), NULL)))
    reason = zq_check_wrong ("", "the least and the most are wanted");

  return reason;
}

static char *
check_unit (JsonNode *node, JsonNode *root)
{
  static const char *const units[] = { "mg", "μg", "g", "u", "iu", "ml", NULL };
  char *reason = zq_check_text (node, root);

  if (reason == NULL && !g_strv_contains (units, json_node_get_string (node)))
    reason = zq_check_wrong ("", "unknown unit");

  return reason;
}

static char *
check_drug (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "names", check_words, TRUE },
                                           { "unit", check_unit, TRUE },
                                           { "single", check_range, TRUE },
                                           { "also", check_unit },
                                           { "also_single", check_range },
                                           { "numbers", check_words },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_drugs (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_drug, root);
}

static char *
check_phone (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "is", zq_check_text, TRUE },
                                           { "pattern", check_pattern, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_phones (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_phone, root);
}

static char *
check_contact (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE },
                                           { "allowed", check_words },
                                           { "labels", check_words },
                                           { "not-a-label", check_pattern },
                                           { "numbers", check_phones },
                                           { "invitation", check_pattern },
                                           { "warned-against", check_pattern },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_other_patient (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE },
                                           { "ordinary", check_words },
                                           { "titles", check_words },
                                           { "colleagues", check_words },
                                           { "surnames", check_words },
                                           { "ambiguous", check_words },
                                           { "evidence-before", check_pattern },
                                           { "evidence-after", check_pattern },
                                           { "goes-on-as-a-drug", check_pattern },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_switch (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_tenfold (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE },
                                           { "factor", check_number, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_class (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "name", zq_check_text, TRUE }, { "allergens", check_words, TRUE }, { "drugs", check_words, TRUE }, { NULL }
  };

  return zq_check_members (node, members, root);
}

static char *
check_classes (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_class, root);
}

static char *
check_allergy (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE }, { "classes", check_classes },
                                           { "not-before", check_pattern },       { "not-after", check_pattern },
                                           { "goes-on", check_pattern },          { "in-sentence", check_pattern },
                                           { "not-next", check_pattern },         { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_cure (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "enabled", zq_check_boolean, TRUE }, { "promise", check_pattern },
                                           { "not-before", check_pattern },       { "not-inside", check_pattern },
                                           { "not-after", check_pattern },        { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_dose (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "amount", check_pattern, TRUE },
                                           { "drug", check_pattern },
                                           { "of-other-kind", check_pattern },
                                           { "not-a-dose", check_pattern },
                                           { "cue", check_pattern },
                                           { "cue-of-insulin", check_pattern },
                                           { "after-the-name", check_pattern },
                                           { "of-a-day", check_pattern },
                                           { "of-a-lab", check_pattern },
                                           { "of-a-package", check_pattern },
                                           { "of-food", check_pattern },
                                           { "not-this", check_pattern },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

char *
zq_policy_check_guard (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE },
                                           { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },
                                           { "contact", check_contact },
                                           { "other-patient", check_other_patient },
                                           { "placeholder", check_switch },
                                           { "dose-unit", check_switch },
                                           { "dose-tenfold", check_tenfold },
                                           { "unit-mix", check_switch },
                                           { "allergy", check_allergy },
                                           { "cure", check_cure },
                                           { "dose", check_dose },
                                           { "drugs", check_drugs },
                                           { NULL } };

  return zq_check_file (root, members);
}
