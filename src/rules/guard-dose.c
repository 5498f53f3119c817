/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/guard-private.h"

#include "resource/json.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Doses as they are written, against the usual single doses of the policy's table (its "sources":
 * 中华人民共和国药典临床用药须知 2020). Only what is wrong by an order of magnitude is said: this looks for slips of
 * the pen, it checks no prescription. */

#define FAR_CHARACTERS 40
/* A slip between mg and μg, or g and mg, is a thousandfold; this is well above every slip of ten. */
#define UNIT_RATIO 100

typedef struct
{
  JsonNode *drug; /* NULL: none that the table knows */
  const char *name;
  guint start, end;
} Mention;

typedef struct
{
  JsonNode *drug;
  const char *name;
  guint start, end;
  double value;
  char *unit;      /* as folded; "" where there is none */
  gboolean is_cue; /* what stands before says that it is a dose */
  gboolean is_sum; /* of a day, or the most that may be */
} Dose;

static void
dose_clear (gpointer data)
{
  g_free (((Dose *)data)->unit);
}

/* --- drugs ------------------------------------------------------------------------------------- */

static int
compare_mentions (gconstpointer a, gconstpointer b)
{
  const Mention *first = a;
  const Mention *second = b;

  if (first->start != second->start)
    return first->start < second->start ? -1 : 1;

  return (int)second->end - (int)first->end;
}

static void
add_mentions (GArray *mentions, const char *text, JsonNode *drug)
{
  guint length = zq_json_get_length (drug, "names");

  for (guint i = 0; i < length; i++)
    {
      const char *name = json_node_get_string (zq_json_get_at (drug, "names", i));
      g_autofree char *folded = g_utf8_strdown (name, -1);

      for (const char *p = strstr (text, folded); p != NULL; p = strstr (p + strlen (folded), folded))
        {
          Mention mention = { drug, name, (guint)(p - text), (guint)(p - text + strlen (folded)) };

          g_array_append_val (mentions, mention);
        }
    }
}

/* What reads as the name of a drug, for those that the table does not have. */
static void
add_unknown (JsonNode *settings, GArray *mentions, const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (zq_guard_pattern (settings, "drug"), 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      int start = 0, end = 0;
      Mention mention = { NULL };

      g_match_info_fetch_pos (match, 0, &start, &end);
      mention.start = (guint)start;
      mention.end = (guint)end;
      for (guint i = 0; i < mentions->len; i++)
        {
          const Mention *known = &g_array_index (mentions, Mention, i);

          if (known->start < mention.end && mention.start < known->end)
            mention.end = 0;
        }
      if (mention.end != 0)
        g_array_append_val (mentions, mention);
    }
}

static GArray *
find_mentions (JsonNode *root, const char *text)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Mention));
  GArray *mentions = g_array_new (FALSE, FALSE, sizeof (Mention));
  guint length = zq_json_get_length (root, "drugs");
  guint reached = 0;

  for (guint i = 0; i < length; i++)
    add_mentions (all, text, zq_json_get_at (root, "drugs", i));
  add_unknown (zq_json_get (root, "dose"), all, text);
  g_array_sort (all, compare_mentions);
  for (guint i = 0; i < all->len; i++)
    {
      Mention *mention = &g_array_index (all, Mention, i);

      if (mention->start < reached)
        continue;
      reached = mention->end;
      g_array_append_val (mentions, *mention);
    }

  return mentions;
}

/* --- doses ------------------------------------------------------------------------------------- */

static gboolean
is_part_of_name (JsonNode *drug, const char *digits)
{
  guint length = zq_json_get_length (drug, "numbers");

  for (guint i = 0; i < length; i++)
    {
      if (g_str_equal (json_node_get_string (zq_json_get_at (drug, "numbers", i)), digits))
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_cue (JsonNode *settings, const char *text, const Mention *mention, guint start)
{
  guint from = start > mention->end + 30 ? start - 30 : mention->end;
  const char *unit = zq_json_get_string (mention->drug, "unit");

  while (from < start && (text[from] & 0xc0) == 0x80)
    from++;
  if (zq_guard_says (text, from, start, zq_guard_pattern (settings, "of-a-lab")))
    return FALSE;
  if (zq_guard_says (text, from, start, zq_guard_pattern (settings, "cue")))
    return TRUE;
  if (g_strcmp0 (unit, "u") == 0 && zq_guard_says (text, from, start, zq_guard_pattern (settings, "cue-of-insulin")))
    return TRUE;

  return mention->drug != NULL &&
         zq_guard_says (text, mention->end, start, zq_guard_pattern (settings, "after-the-name"));
}

/* "利福平450mg、乙胺丁醇750mg": what a drug that is not in the table is given. */
static gboolean
is_of_another (const char *text, guint from, guint start)
{
  return zq_guard_says (text, from, start, "、[\\p{Han}]{2,}[^、]*$");
}

static void
take_amount (
    JsonNode *settings, GArray *doses, const char *text, const Mention *mention, GMatchInfo *match, guint limit)
{
  g_autofree char *first = g_match_info_fetch (match, 1);
  g_autofree char *second = g_match_info_fetch (match, 2);
  Dose dose = { mention->drug, mention->name };
  int start = 0, end = 0;

  g_match_info_fetch_pos (match, 0, &start, &end);
  if ((guint)end > limit ||
      zq_guard_says (text, (guint)end, (guint)strlen (text), zq_guard_pattern (settings, "not-a-dose")))
    return;
  if ((guint)start == mention->end && is_part_of_name (mention->drug, first))
    return;
  if (is_of_another (text, mention->end, (guint)start) ||
      zq_guard_says (text, mention->end, (guint)start, zq_guard_pattern (settings, "of-a-package")) ||
      zq_guard_says (text, mention->end, (guint)start, zq_guard_pattern (settings, "of-food")) ||
      zq_guard_says (text, mention->end, (guint)start, zq_guard_pattern (settings, "not-this")))
    return;

  dose.unit = g_match_info_fetch (match, 3);
  if (dose.unit == NULL)
    dose.unit = g_strdup ("");
  dose.start = (guint)start;
  dose.end = (guint)end;
  dose.value = g_ascii_strtod (second != NULL && *second != '\0' ? second : first, NULL);
  dose.is_cue = has_cue (settings, text, mention, dose.start);
  dose.is_sum = zq_guard_says (text, mention->end, dose.start, zq_guard_pattern (settings, "of-a-day"));
  /* "每次2-3片": what is counted; "阿司匹林 3." is no dose either. */
  if (*dose.unit == '\0' &&
      (!dose.is_cue ||
       zq_guard_says (text, dose.end, (guint)strlen (text), zq_guard_pattern (settings, "of-other-kind")) ||
       (g_strcmp0 (zq_json_get_string (dose.drug, "unit"), "u") == 0 && strchr (first, '.') != NULL)))
    dose_clear (&dose);
  else
    g_array_append_val (doses, dose);
}

static guint
end_of_region (const char *text, const Mention *mention, const Mention *next)
{
  const char *p = text + mention->end;
  guint start, end;

  zq_guard_sentence (text, mention->end, FALSE, &start, &end);
  for (guint i = 0; i < FAR_CHARACTERS && *p != '\0'; i++)
    p = g_utf8_next_char (p);
  end = MIN (end, (guint)(p - text));

  return next != NULL ? MIN (end, next->start) : end;
}

static GArray *
find_doses (JsonNode *root, const char *text)
{
  g_autoptr (GArray) mentions = find_mentions (root, text);
  JsonNode *settings = zq_json_get (root, "dose");
  g_autoptr (GRegex) regex = g_regex_new (zq_guard_pattern (settings, "amount"), 0, 0, NULL);
  GArray *doses = g_array_new (FALSE, FALSE, sizeof (Dose));

  g_array_set_clear_func (doses, dose_clear);
  for (guint i = 0; i < mentions->len; i++)
    {
      const Mention *mention = &g_array_index (mentions, Mention, i);
      const Mention *next = i + 1 < mentions->len ? &g_array_index (mentions, Mention, i + 1) : NULL;
      guint limit = end_of_region (text, mention, next);
      g_autoptr (GMatchInfo) match = NULL;

      if (mention->end >= limit)
        continue;
      for (g_regex_match_full (regex, text, (gssize)limit, (int)mention->end, 0, &match, NULL);
           g_match_info_matches (match); g_match_info_next (match, NULL))
        take_amount (settings, doses, text, mention, match, limit);
    }

  return doses;
}

/* --- rules ------------------------------------------------------------------------------------- */

void
zq_guard_dose_unit (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  g_autoptr (GArray) doses = NULL;

  zq_guard_text_init (&text, written, ZQ_GUARD_DECIMALS);
  doses = find_doses (root, text.text);
  for (guint i = 0; i < doses->len; i++)
    {
      const Dose *dose = &g_array_index (doses, Dose, i);

      if (*dose->unit == '\0')
        zq_guard_add (findings, "dose-unit", &text, dose->start, dose->end, N_ ("A dose stands without its unit"),
                      NULL);
    }
}

typedef enum
{
  OF_MASS,
  OF_UNITS,
  OF_VOLUME,
} Dimension;

/* @in_micrograms: (out): of a mass. */
static Dimension
read_unit (const char *unit, double *in_micrograms)
{
  static const struct
  {
    const char *name;
    double micrograms;
  } masses[] = { { "mg", 1e3 }, { "毫克", 1e3 }, { "g", 1e6 }, { "克", 1e6 },
                 { "μg", 1 },   { "ug", 1 },     { "mcg", 1 }, { "微克", 1 } };

  *in_micrograms = 0;
  for (guint i = 0; i < G_N_ELEMENTS (masses); i++)
    {
      if (g_str_equal (masses[i].name, unit))
        {
          *in_micrograms = masses[i].micrograms;
          return OF_MASS;
        }
    }

  return g_str_equal (unit, "ml") || g_str_equal (unit, "毫升") ? OF_VOLUME : OF_UNITS;
}

/* How many times the most of the usual single dose it is, by @unit and @path of the table's line; and by how much
 * it stays below the least. */
static double
ratio_to_usual (const Dose *dose, const char *unit, const char *path, double *below)
{
  g_autofree char *low = g_strdup_printf ("%s[0]", path);
  g_autofree char *high = g_strdup_printf ("%s[1]", path);
  g_autofree char *folded = g_utf8_normalize (unit, -1, G_NORMALIZE_ALL_COMPOSE);
  double written, usual;
  double least = g_ascii_strtod (zq_json_get_string (dose->drug, low), NULL);
  double most = g_ascii_strtod (zq_json_get_string (dose->drug, high), NULL);

  *below = 1;
  if (read_unit (dose->unit, &written) != read_unit (folded, &usual) || most <= 0 || least <= 0)
    return 0;
  if (usual == 0)
    written = usual = 1;
  *below = dose->value > 0 ? dose->value * written / (least * usual) : 1;

  return dose->value * written / (most * usual);
}

/* A thousand times less, or more, would be a usual dose: the unit is another one than was meant. */
static gboolean
is_thousandfold (double ratio, double below)
{
  return (ratio > 1 && ratio <= 1000 * 1.1 && below >= 1000 * 0.9) ||
         (below < 1 && below * 1000 >= 0.9 && ratio * 1000 <= 1.1);
}

static double
ratio_of (const Dose *dose, double *below)
{
  const char *unit = zq_json_get_string (dose->drug, "unit");
  const char *also = zq_json_get_string (dose->drug, "also");
  double ratio = ratio_to_usual (dose, unit, "single", below);
  double other_below, other;

  if (also == NULL)
    return ratio;
  other = ratio_to_usual (dose, also, "also_single", &other_below);
  *below = MAX (*below, other_below);

  return MIN (ratio, other);
}

void
zq_guard_dose_tenfold (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  double factor = g_ascii_strtod (zq_json_get_string (settings, "factor"), NULL);
  g_auto (ZqGuardText) text = { 0 };
  g_autoptr (GArray) doses = NULL;

  zq_guard_text_init (&text, written, ZQ_GUARD_DECIMALS);
  doses = find_doses (root, text.text);
  for (guint i = 0; i < doses->len; i++)
    {
      const Dose *dose = &g_array_index (doses, Dose, i);
      double below = 1;
      double ratio = dose->drug != NULL && *dose->unit != '\0' ? ratio_of (dose, &below) : 0;

      if (ratio > factor * (dose->is_sum ? 4 : 1) && ratio < UNIT_RATIO && !is_thousandfold (ratio, below))
        zq_guard_add (findings, "dose-tenfold", &text, dose->start, dose->end,
                      N_ ("Far more than the usual single dose of %s. Please look at the number again"), dose->name);
    }
}

/* Insulin is counted in units. */
static gboolean
is_wrong_dimension (const Dose *dose)
{
  double micrograms;
  Dimension dimension = read_unit (dose->unit, &micrograms);

  if (g_strcmp0 (zq_json_get_string (dose->drug, "unit"), "u") != 0 || dimension == OF_UNITS)
    return FALSE;

  return dimension == OF_MASS || dose->value >= 1;
}

void
zq_guard_unit_mix (
    JsonNode *root, JsonNode *settings, const ZqGuardFacts *facts, const char *written, GPtrArray *findings)
{
  g_auto (ZqGuardText) text = { 0 };
  g_autoptr (GArray) doses = NULL;

  zq_guard_text_init (&text, written, ZQ_GUARD_DECIMALS);
  doses = find_doses (root, text.text);
  for (guint i = 0; i < doses->len; i++)
    {
      const Dose *dose = &g_array_index (doses, Dose, i);
      double below = 1, ratio;

      if (dose->drug == NULL || *dose->unit == '\0')
        continue;
      ratio = ratio_of (dose, &below);
      if (ratio >= UNIT_RATIO || below * UNIT_RATIO <= 1 || is_thousandfold (ratio, below) || is_wrong_dimension (dose))
        zq_guard_add (findings, "unit-mix", &text, dose->start, dose->end,
                      N_ ("This unit does not fit the usual dose of %s"), dose->name);
    }
}
