/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/policy-check-private.h"

#include "resource/json.h"
#include "rules/decimal.h"

#define MOST_EXPONENT 30

char *
zq_check_decimal (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_text (node, root);

  if (reason == NULL && !zq_decimal_is (json_node_get_string (node)))
    reason = zq_check_wrong ("", "a number is wanted");

  return reason;
}

char *
zq_check_positive (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_decimal (node, root);

  if (reason == NULL && zq_decimal_sign (json_node_get_string (node)) <= 0)
    reason = zq_check_wrong ("", "a number above 0 is wanted");

  return reason;
}

char *
zq_check_integer (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_text (node, root);
  gint64 value;

  if (reason == NULL &&
      !g_ascii_string_to_signed (json_node_get_string (node), 10, -G_MAXINT32, G_MAXINT32, &value, NULL))
    reason = zq_check_wrong ("", "a whole number is wanted");

  return reason;
}

char *
zq_check_texts (JsonNode *node, JsonNode *root)
{
  return zq_check_list (node, zq_check_text, root);
}

static char *
check_exponent (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_integer (node, root);

  if (reason == NULL && ABS (g_ascii_strtoll (json_node_get_string (node), NULL, 10)) > MOST_EXPONENT)
    reason = zq_check_wrong ("", "a power of ten from -30 to 30 is wanted");

  return reason;
}

static char *
check_unit (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "code", zq_check_text, TRUE },
                                           { "of", zq_check_text },
                                           { "exponent", check_exponent },
                                           { "spellings", zq_check_texts },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

/* What one spelling means must not hang on the order of the file. */
static char *
check_units (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_list (node, check_unit, root);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; reason == NULL && i < zq_json_get_length (node, NULL); i++)
    {
      JsonNode *unit = zq_json_get_at (node, NULL, i);
      guint spellings = zq_json_get_length (unit, "spellings");
      gboolean twice = !g_hash_table_add (seen, (gpointer)zq_json_get_string (unit, "code"));

      for (guint k = 0; k < spellings && !twice; k++)
        twice = !g_hash_table_add (seen, (gpointer)json_node_get_string (zq_json_get_at (unit, "spellings", k)));
      if (twice)
        reason = g_strdup_printf ("[%u]: a spelling is there twice", i);
    }

  return reason;
}

static char *
check_words (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "negative", zq_check_texts },
                                           { "trace", zq_check_texts },
                                           { "weak", zq_check_texts },
                                           { "positive", zq_check_texts },
                                           { "less", zq_check_texts },
                                           { "less-equal", zq_check_texts },
                                           { "greater-equal", zq_check_texts },
                                           { "greater", zq_check_texts },
                                           { "high", zq_check_texts },
                                           { "low", zq_check_texts },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_percents (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "*", zq_check_positive }, { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_marked_change (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = { { "percent", zq_check_positive, TRUE },
                                           { "analytes", check_percents },
                                           { NULL } };

  return zq_check_members (node, members, root);
}

static char *
check_target (JsonNode *node, JsonNode *root)
{
  static const ZqCheckMember members[] = {
    { "title", zq_check_text, TRUE },        { "analyte", zq_check_text, TRUE }, { "unit", zq_check_text, TRUE },
    { "from", zq_check_positive },           { "to", zq_check_positive },        { "below", zq_check_positive },
    { "source", zq_check_row_source, TRUE }, { "means", zq_check_text },         { NULL }
  };
  char *reason = zq_check_members (node, members, root);

  if (reason == NULL && zq_json_get (node, "from") == NULL && zq_json_get (node, "to") == NULL &&
      zq_json_get (node, "below") == NULL)
    reason = zq_check_wrong ("", "nothing to aim at is said");

  return reason;
}

/* One target of an analyte. */
static char *
check_targets (JsonNode *node, JsonNode *root)
{
  char *reason = zq_check_list (node, check_target, root);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; reason == NULL && i < zq_json_get_length (node, NULL); i++)
    if (!g_hash_table_add (seen, (gpointer)zq_json_get_string (zq_json_get_at (node, NULL, i), "analyte")))
      reason = g_strdup_printf ("[%u]: an analyte is there twice", i);

  return reason;
}

char *
zq_policy_check_lab (JsonNode *root)
{
  static const ZqCheckMember members[] = { { "format", zq_check_format, TRUE },
                                           { "version", zq_check_version, TRUE },
                                           { "sources", zq_check_sources },
                                           { "units", check_units, TRUE },
                                           { "ambiguous", zq_check_texts },
                                           { "words", check_words, TRUE },
                                           { "marked-change", check_marked_change, TRUE },
                                           { "targets", check_targets },
                                           { "unread-comes-back", zq_check_positive },
                                           { "normal-text", zq_check_text },
                                           { NULL } };

  return zq_check_file (root, members);
}
