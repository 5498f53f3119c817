/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"
#include "rules/decimal.h"

static char *
check_valence (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_integer (node, root);

  return reason != NULL ? reason : zq_check_positive (node, root);
}

static char *
check_code (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "system", zq_check_text, TRUE },
                                           { "code", zq_check_text, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_codes (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_code, root);
}

static char *
check_equation (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "from", zq_check_text, TRUE },
                                           { "to", zq_check_text, TRUE },
                                           { "slope", zq_check_positive, TRUE },
                                           { "intercept", zq_check_decimal, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

char *
zq_check_row_source (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "title", zq_check_text, TRUE },
                                           { "year", zq_check_integer, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_analyte (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "id", zq_check_text, TRUE },    { "title", zq_check_text },
                                           { "loinc", zq_check_texts },      { "codes", check_codes },
                                           { "formula", zq_check_text },     { "molar-mass", zq_check_positive },
                                           { "valence", check_valence },     { "equation", check_equation },
                                           { "only-powers", zq_check_text }, { "source", zq_check_row_source, TRUE },
                                           { "means", zq_check_text },       { NULL } };
  char *reason = zq_check_members (node, members, root);

  if (reason == NULL && zq_json_get (node, "molar-mass") == NULL && zq_json_get (node, "valence") == NULL &&
      zq_json_get (node, "equation") == NULL && zq_json_get (node, "only-powers") == NULL)
    reason = zq_check_wrong ("", "nothing to convert by is said, nor why");

  return reason;
}

/* One analyte for an id and for a code of LOINC. */
static char *
check_analytes (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_list (node, check_analyte, root);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; reason == NULL && i < zq_json_get_length (node, NULL); i++)
    {
      JsonNode *row = zq_json_get_at (node, NULL, i);
      gboolean twice = !g_hash_table_add (seen, (gpointer)zq_json_get_string (row, "id"));

      for (guint k = 0; k < zq_json_get_length (row, "loinc") && !twice; k++)
        twice = !g_hash_table_add (seen, (gpointer)json_node_get_string (zq_json_get_at (row, "loinc", k)));
      if (twice)
        reason = g_strdup_printf ("[%u]: an id or a code is there twice", i);
    }

  return reason;
}

static char *
check_never (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "analytes", zq_check_texts, TRUE },
                                           { "reason", zq_check_text, TRUE },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_nevers (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, check_never, root);
}

char *
zq_policy_check_conversion (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE }, { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },     { "analytes", check_analytes, TRUE },
                                           { "never", check_nevers },           { NULL } };

  return zq_check_file (root, members);
}
