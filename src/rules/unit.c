/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/lab-private.h"

#include "resource/json.h"

#include <string.h>

static const struct
{
  const char *name; /* of the file's member */
  ZqLabWord word;
} word_lists[] = {
  { "negative", ZQ_LAB_WORD_NEGATIVE },
  { "trace", ZQ_LAB_WORD_TRACE },
  { "weak", ZQ_LAB_WORD_WEAK },
  { "positive", ZQ_LAB_WORD_POSITIVE },
  { "less", ZQ_LAB_WORD_LESS },
  { "less-equal", ZQ_LAB_WORD_LESS_EQUAL },
  { "greater-equal", ZQ_LAB_WORD_GREATER_EQUAL },
  { "greater", ZQ_LAB_WORD_GREATER },
  { "high", ZQ_LAB_WORD_HIGH },
  { "low", ZQ_LAB_WORD_LOW },
};

/* --- folding ----------------------------------------------------------------------------------- */

/* 0…9 of ⁰¹²³⁴…⁹, or -1. */
static int
superscript_digit (gunichar c)
{
  if (c == 0xb2 || c == 0xb3)
    return (int)(c - 0xb0);
  if (c == 0xb9)
    return 1;

  return c == 0x2070 || (c >= 0x2074 && c <= 0x2079) ? (int)(c - 0x2070) : -1;
}

/* What compatibility forms (NFKC) leave different. */
static gunichar
fold_character (gunichar c)
{
  switch (c)
    {
    case 0x03bc: /* mu */
      return 'u';
    case 0x2010: /* hyphens and minus */
    case 0x2011:
    case 0x2012:
    case 0x2212:
      return '-';
    case 0x2215: /* division slash */
    case 0x2044:
      return '/';
    case 0x2236: /* ratio */
      return ':';
    case 0x00d7: /* times */
    case 0x2715:
    case 0x2a2f:
      return 'x';
    case 0x00b7: /* dots in the middle */
    case 0x22c5:
    case 0x2022:
      return '.';
    case 0x2266: /* over two lines, or slanted */
    case 0x2a7d:
      return 0x2264;
    case 0x2267:
    case 0x2a7e:
      return 0x2265;
    default:
      return c;
    }
}

static void
append_folded (GString *text, const char *at, gboolean keep_spaces)
{
  g_autofree char *folded = g_utf8_normalize (at, g_utf8_next_char (at) - at, G_NORMALIZE_ALL_COMPOSE);

  for (const char *p = folded; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = fold_character (g_utf8_get_char (p));

      if (g_unichar_type (c) == G_UNICODE_FORMAT || g_unichar_iszerowidth (c))
        continue;
      if (!g_unichar_isspace (c))
        g_string_append_unichar (text, c);
      else if (keep_spaces && text->len > 0 && text->str[text->len - 1] != ' ')
        g_string_append_c (text, ' ');
    }
}

char *
zq_lab_fold (const char *text, gboolean keep_spaces)
{
  GString *folded;
  gboolean raised = FALSE;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;

  folded = g_string_new (NULL);
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      int digit = superscript_digit (g_utf8_get_char (p));

      if (digit >= 0)
        g_string_append_printf (folded, "%s%d", raised ? "" : "^", digit);
      else
        append_folded (folded, p, keep_spaces);
      raised = digit >= 0;
    }
  while (folded->len > 0 && folded->str[folded->len - 1] == ' ')
    g_string_truncate (folded, folded->len - 1);

  return g_string_free (folded, FALSE);
}

/* "x10^9/L", "10E9/L", "10**9/L" → "10*9/L". */
static char *
fold_power (char *folded)
{
  const char *p = folded;
  char *power;

  if (p == NULL)
    return NULL;
  p += strspn (p, "xX*");
  if (!g_str_has_prefix (p, "10"))
    return folded;
  p += 2;
  if (g_str_has_prefix (p, "**"))
    p += 2;
  else if (strchr ("^*eE", *p) != NULL && *p != '\0')
    p++;
  else
    return folded;
  if (!g_ascii_isdigit (*p))
    return folded;
  power = g_strconcat ("10*", p, NULL);
  g_free (folded);

  return power;
}

static char *
fold_unit (const char *text)
{
  if (text == NULL || strlen (text) > ZQ_LAB_MAX_TEXT)
    return NULL;

  return fold_power (zq_lab_fold (text, FALSE));
}

/* --- the file ---------------------------------------------------------------------------------- */

static void
free_terms (gpointer data)
{
  ZqLabTerms *self = data;

  g_hash_table_unref (self->units);
  g_hash_table_unref (self->loose_units);
  g_hash_table_unref (self->words);
  g_ptr_array_unref (self->comparators);
  g_free (self);
}

/* @unit: nullable: for what nobody can read. */
static void
add_spelling (ZqLabTerms *self, const char *spelling, const ZqUnit *unit)
{
  static const ZqUnit none = { 0 };
  char *folded = fold_unit (spelling);
  char *loose;
  const ZqUnit *other;

  if (folded == NULL)
    return;
  loose = g_utf8_strdown (folded, -1);
  other = g_hash_table_lookup (self->loose_units, loose);
  g_hash_table_insert (self->units, folded, g_memdup2 (unit != NULL ? unit : &none, sizeof none));
  if (unit == NULL)
    g_free (loose);
  else /* two that differ by case only are told apart by it */
    g_hash_table_insert (self->loose_units, loose,
                         g_memdup2 (other == NULL || zq_unit_equal (other, unit) ? unit : &none, sizeof none));
}

static void
add_unit (ZqLabTerms *self, JsonNode *node)
{
  const char *of = zq_json_get_string (node, "of"), *exponent = zq_json_get_string (node, "exponent");
  ZqUnit unit = { .code = g_intern_string (zq_json_get_string (node, "code")) };

  unit.of = of != NULL ? g_intern_string (of) : unit.code;
  unit.exponent = exponent != NULL ? (int)g_ascii_strtoll (exponent, NULL, 10) : 0;
  add_spelling (self, unit.code, &unit);
  for (guint i = 0; i < zq_json_get_length (node, "spellings"); i++)
    add_spelling (self, json_node_get_string (zq_json_get_at (node, "spellings", i)), &unit);
}

static gint
longer_first (gconstpointer a, gconstpointer b)
{
  gsize one = strlen (*(const char *const *)a), other = strlen (*(const char *const *)b);

  return one > other ? -1 : one < other;
}

static void
add_words (ZqLabTerms *self, JsonNode *root, const char *name, ZqLabWord word)
{
  g_autofree char *path = g_strconcat ("words.", name, NULL);

  for (guint i = 0; i < zq_json_get_length (root, path); i++)
    {
      g_autofree char *folded = zq_lab_fold (json_node_get_string (zq_json_get_at (root, path, i)), FALSE);
      char *lower = g_utf8_strdown (folded, -1);

      g_hash_table_insert (self->words, lower, GINT_TO_POINTER (word));
      if (word >= ZQ_LAB_WORD_LESS && word <= ZQ_LAB_WORD_GREATER)
        g_ptr_array_add (self->comparators, lower);
    }
}

static gpointer
make_terms (JsonNode *root)
{
  ZqLabTerms *self = g_new0 (ZqLabTerms, 1);

  self->units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->loose_units = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->comparators = g_ptr_array_new ();
  for (guint i = 0; i < zq_json_get_length (root, "units"); i++)
    add_unit (self, zq_json_get_at (root, "units", i));
  for (guint i = 0; i < zq_json_get_length (root, "ambiguous"); i++)
    add_spelling (self, json_node_get_string (zq_json_get_at (root, "ambiguous", i)), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (word_lists); i++)
    add_words (self, root, word_lists[i].name, word_lists[i].word);
  g_ptr_array_sort (self->comparators, longer_first);

  return self;
}

ZqLabTerms *
zq_lab_terms (ZqPolicy *policy)
{
  return zq_policy_get_made (policy, "lab", make_terms, free_terms);
}

ZqLabWord
zq_lab_word (ZqLabTerms *terms, const char *folded)
{
  g_autofree char *lower = g_utf8_strdown (folded, -1);

  return GPOINTER_TO_INT (g_hash_table_lookup (terms->words, lower));
}

/* --- units ------------------------------------------------------------------------------------- */

gboolean
zq_unit_find (ZqPolicy *policy, const char *text, ZqUnit *unit)
{
  ZqLabTerms *terms = zq_lab_terms (policy);
  g_autofree char *folded = fold_unit (text);
  const ZqUnit *found = folded != NULL ? g_hash_table_lookup (terms->units, folded) : NULL;

  if (found == NULL && folded != NULL)
    {
      g_autofree char *loose = g_utf8_strdown (folded, -1);
      found = g_hash_table_lookup (terms->loose_units, loose);
    }
  *unit = found != NULL ? *found : (ZqUnit){ 0 };

  return unit->code != NULL;
}

gboolean
zq_unit_equal (const ZqUnit *a, const ZqUnit *b)
{
  int power;

  return zq_unit_power (a, b, &power) && power == 0;
}

gboolean
zq_unit_same_text (ZqPolicy *policy, const char *a, const char *b)
{
  g_autofree char *one = fold_unit (a), *other = fold_unit (b);
  ZqUnit first, second;

  if (zq_unit_find (policy, a, &first) && zq_unit_find (policy, b, &second))
    return zq_unit_equal (&first, &second);

  return one != NULL && g_strcmp0 (one, other) == 0;
}

gboolean
zq_unit_power (const ZqUnit *from, const ZqUnit *to, int *power)
{
  if (from->code == NULL || to->code == NULL || !g_str_equal (from->of, to->of))
    return FALSE;
  *power = from->exponent - to->exponent;

  return TRUE;
}
