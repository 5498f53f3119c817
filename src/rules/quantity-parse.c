/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/decimal.h"
#include "rules/lab-private.h"
#include "rules/quantity.h"

#include <string.h>

/* A value being read: what is left of its text, spaces gone from both ends. */
typedef struct
{
  ZqPolicy *policy;
  ZqLabTerms *terms;
  char *rest;
  ZqQuantity *into;
} Reader;

static void
take_rest (Reader *self, const char *start, gsize length)
{
  char *rest = g_strstrip (g_strndup (start, length));

  g_free (self->rest);
  self->rest = rest;
}

/* --- flags in the value ------------------------------------------------------------------------ */

static const struct
{
  const char *mark;
  ZqWrittenFlag flag;
  gboolean is_letter; /* stands apart from letters: "H 5.6", "5.6H", never the H of "HBsAg" */
} marks[] = {
  { "\u2191\u2191", ZQ_WRITTEN_VERY_HIGH, FALSE },
  { "\u2193\u2193", ZQ_WRITTEN_VERY_LOW, FALSE },
  { "\u2191", ZQ_WRITTEN_HIGH, FALSE },
  { "\u2193", ZQ_WRITTEN_LOW, FALSE },
  { "\u21d1", ZQ_WRITTEN_HIGH, FALSE },
  { "\u21d3", ZQ_WRITTEN_LOW, FALSE },
  { "\u25b2", ZQ_WRITTEN_HIGH, FALSE },
  { "\u25bc", ZQ_WRITTEN_LOW, FALSE },
  { "\u2b06", ZQ_WRITTEN_HIGH, FALSE },
  { "\u2b07", ZQ_WRITTEN_LOW, FALSE },
  { "(HH)", ZQ_WRITTEN_VERY_HIGH, FALSE },
  { "(LL)", ZQ_WRITTEN_VERY_LOW, FALSE },
  { "(H)", ZQ_WRITTEN_HIGH, FALSE },
  { "(L)", ZQ_WRITTEN_LOW, FALSE },
  { "HH", ZQ_WRITTEN_VERY_HIGH, TRUE },
  { "LL", ZQ_WRITTEN_VERY_LOW, TRUE },
  { "H", ZQ_WRITTEN_HIGH, TRUE },
  { "L", ZQ_WRITTEN_LOW, TRUE },
  { "*", ZQ_WRITTEN_ABNORMAL, FALSE },
};

static gboolean
is_letter_beside (const char *text, gssize place)
{
  return place >= 0 && (g_ascii_isalpha (text[place]) || text[place] == '/' || (guchar)text[place] > 0x7f);
}

/* "2 L" without a unit beside it may be two litres. */
static gboolean
may_be_unit (Reader *self, const char *mark)
{
  return g_str_equal (mark, "L") && self->into->unit_text == NULL;
}

static gboolean
take_mark (Reader *self)
{
  gsize length = strlen (self->rest);

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      gsize size = strlen (marks[i].mark);

      if (length <= size)
        continue;
      if (g_str_has_prefix (self->rest, marks[i].mark) &&
          !(marks[i].is_letter && is_letter_beside (self->rest, (gssize)size)))
        take_rest (self, self->rest + size, length - size);
      else if (g_str_has_suffix (self->rest, marks[i].mark) && !may_be_unit (self, marks[i].mark) &&
               !(marks[i].is_letter && is_letter_beside (self->rest, (gssize)(length - size) - 1)))
        take_rest (self, self->rest, length - size);
      else
        continue;
      if (self->into->flag <= ZQ_WRITTEN_ABNORMAL)
        self->into->flag = marks[i].flag;
      return TRUE;
    }

  return FALSE;
}

/* --- numbers ----------------------------------------------------------------------------------- */

static ZqComparator
comparator_of (ZqLabWord word)
{
  static const ZqComparator of[] = { ZQ_COMPARATOR_LESS, ZQ_COMPARATOR_LESS_EQUAL, ZQ_COMPARATOR_GREATER_EQUAL,
                                     ZQ_COMPARATOR_GREATER };

  return of[word - ZQ_LAB_WORD_LESS];
}

static ZqComparator
take_comparator (Reader *self)
{
  for (guint i = 0; i < self->terms->comparators->len; i++)
    {
      const char *sign = g_ptr_array_index (self->terms->comparators, i);

      if (g_str_has_prefix (self->rest, sign))
        {
          gsize size = strlen (sign);
          take_rest (self, self->rest + size, strlen (self->rest) - size);
          return comparator_of (zq_lab_word (self->terms, sign));
        }
    }

  return ZQ_COMPARATOR_NONE;
}

static gsize
length_of_plain (const char *p)
{
  const char *start = p;
  gsize digits;

  if (*p == '-' || *p == '+')
    p++;
  digits = strspn (p, G_CSET_DIGITS);
  p += digits;
  if (*p == '.' && (digits > 0 || g_ascii_isdigit (p[1])))
    p += 1 + strspn (p + 1, G_CSET_DIGITS);
  else if (digits == 0)
    return 0;

  return (gsize)(p - start);
}

/* "x10^5", "x10*5" behind a number, or "^5" behind a 10: its power and how long that is; 0: none. */
static gsize
length_of_power (const char *number, gsize length, const char *p, const char **power)
{
  const char *start = p;
  gboolean is_ten = length == 2 && g_str_has_prefix (number, "10");

  while (*p == ' ')
    p++;
  if (!(is_ten && *p == '^'))
    {
      if (*p != 'x' && *p != 'X' && *p != '*')
        return 0;
      p++;
      while (*p == ' ')
        p++;
      if (!g_str_has_prefix (p, "10"))
        return 0;
      p += 2;
    }
  if (*p != '^' && *p != '*' && *p != 'e' && *p != 'E')
    return 0;
  *power = ++p;
  if (*p == '-' || *p == '+')
    p++;
  if (!g_ascii_isdigit (*p))
    return 0;

  return (gsize)(p + strspn (p, G_CSET_DIGITS) - start);
}

static gsize
length_of_exponent (const char *p)
{
  gsize sign;

  if (*p != 'e' && *p != 'E')
    return 0;
  sign = p[1] == '-' || p[1] == '+';

  return g_ascii_isdigit (p[1 + sign]) ? 1 + sign + strspn (p + 1 + sign, G_CSET_DIGITS) : 0;
}

/* The number that @text begins with, and what stands behind it. (transfer full) (nullable) */
static char *
read_number (const char *text, const char **behind)
{
  gsize length = length_of_plain (text), more;
  const char *power = NULL;
  g_autofree char *plain = g_strndup (text, length);
  char *number;

  if (length == 0)
    return NULL;
  more = length_of_exponent (text + length);
  if (more > 0)
    number = g_strndup (text, length + more);
  else
    {
      more = length_of_power (text, length, text + length, &power);
      if (more == 0)
        number = g_strdup (plain);
      else
        {
          g_autofree char *digits = g_strndup (power, (gsize)(text + length + more - power));
          gboolean of_ten = text[length] == '^';
          number = g_strdup_printf ("%se%s", of_ten ? "1" : plain, digits);
        }
    }
  *behind = text + length + more;
  if (!zq_decimal_is (number))
    g_clear_pointer (&number, g_free);

  return number;
}

/* What stands behind a number: nothing, or its unit. "10^9/L" is the unit of "5.6×10^9/L", not a number. */
static gboolean
take_unit (Reader *self, const char *behind)
{
  ZqUnit unit;

  while (*behind == ' ')
    behind++;
  if (*behind == '\0')
    return TRUE;
  if (!zq_unit_find (self->policy, behind, &unit))
    return FALSE;
  if (self->into->unit_text != NULL)
    return zq_unit_same_text (self->policy, self->into->unit_text, behind);
  self->into->unit_text = g_strdup (behind);
  self->into->unit = unit;

  return TRUE;
}

/* "5.6×10^9/L": where the unit has the power of ten, the number has not. */
static char *
read_number_before_unit (Reader *self)
{
  gsize length = length_of_plain (self->rest);
  const char *behind = self->rest + length;
  ZqUnit unit;

  if (length == 0 || *behind == '\0' || !zq_unit_find (self->policy, behind, &unit) || !take_unit (self, behind))
    return NULL;

  return g_strndup (self->rest, length);
}

static gboolean
read_value (Reader *self, ZqComparator comparator)
{
  const char *behind;
  ZqUnit whole;
  g_autofree char *number = NULL;

  if (zq_unit_find (self->policy, self->rest, &whole))
    return FALSE;
  number = read_number_before_unit (self);
  if (number == NULL)
    {
      number = read_number (self->rest, &behind);
      if (number == NULL || !take_unit (self, behind))
        return FALSE;
    }
  self->into->number = g_steal_pointer (&number);
  self->into->comparator = comparator;
  self->into->kind = comparator == ZQ_COMPARATOR_NONE ? ZQ_QUANTITY_NUMBER : ZQ_QUANTITY_COMPARATOR;

  return TRUE;
}

static gboolean
read_titre (Reader *self, const char *text, ZqComparator comparator)
{
  const char *p = text;
  gsize digits;

  if (!g_str_has_prefix (p, "1"))
    return FALSE;
  p++;
  while (*p == ' ')
    p++;
  if (*p != ':')
    return FALSE;
  p++;
  while (*p == ' ')
    p++;
  digits = strspn (p, G_CSET_DIGITS ".");
  if (digits == 0 || p[digits] != '\0' || !zq_decimal_is (p) || zq_decimal_sign (p) == 0)
    return FALSE;
  self->into->number = g_strdup (p);
  self->into->comparator = comparator;
  self->into->kind = ZQ_QUANTITY_TITRE;

  return TRUE;
}

/* --- ordinals ---------------------------------------------------------------------------------- */

typedef struct
{
  guint8 least, most;
} Grades;

/* "+", "++", "2+", "+2", "±", "-". */
static gboolean
read_pluses (const char *text, Grades *grades)
{
  gsize pluses = strspn (text, "+");
  guint grade;

  if (g_str_equal (text, "\u00b1") || g_str_equal (text, "+-") || g_str_equal (text, "+/-"))
    grade = 1;
  else if (g_str_equal (text, "-"))
    grade = 0;
  else if (pluses >= 1 && pluses <= 4 && text[pluses] == '\0')
    grade = (guint)pluses + 1;
  else if (strlen (text) == 2 && (text[0] == '+' || text[1] == '+') && strpbrk (text, "1234") != NULL)
    grade = (guint)(*strpbrk (text, "1234") - '0') + 1;
  else
    return FALSE;
  grades->least = grades->most = (guint8)grade;

  return TRUE;
}

static gboolean
grades_of_word (ZqLabWord word, Grades *grades)
{
  switch (word)
    {
    case ZQ_LAB_WORD_NEGATIVE:
      *grades = (Grades){ 0, 0 };
      return TRUE;
    case ZQ_LAB_WORD_TRACE:
      *grades = (Grades){ 1, 1 };
      return TRUE;
    case ZQ_LAB_WORD_WEAK:
      *grades = (Grades){ 1, 2 };
      return TRUE;
    case ZQ_LAB_WORD_POSITIVE:
      *grades = (Grades){ 1, ZQ_GRADE_POSITIVE_MAX };
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
put_grades (Reader *self, Grades grades)
{
  self->into->kind = ZQ_QUANTITY_ORDINAL;
  self->into->least_grade = grades.least;
  self->into->most_grade = grades.most;

  return TRUE;
}

/* "阳性(1+)", "阴性(-)", "阳性(1:160)", "+(阳性)": word and measure must not speak against each other. */
static gboolean
read_with_brackets (Reader *self, const char *open)
{
  g_autofree char *outside = g_strstrip (g_strndup (self->rest, (gsize)(open - self->rest)));
  g_autofree char *inside = g_strstrip (g_strndup (open + 1, strlen (open) - 2));
  Grades word, measure;
  gboolean first = grades_of_word (zq_lab_word (self->terms, outside), &word);

  if (!first && !grades_of_word (zq_lab_word (self->terms, inside), &word))
    return FALSE;
  if (first && word.most > 0 && read_titre (self, inside, ZQ_COMPARATOR_NONE))
    return TRUE;
  if (!read_pluses (first ? inside : outside, &measure))
    return FALSE;

  return measure.least >= word.least && measure.most <= word.most && put_grades (self, measure);
}

static gboolean
read_ordinal (Reader *self)
{
  gsize length = strlen (self->rest);
  const char *open = strchr (self->rest, '(');
  g_autofree char *bare = NULL;
  Grades grades;

  if (open == self->rest && length > 2 && strchr (self->rest, ')') == self->rest + length - 1)
    {
      bare = g_strndup (self->rest + 1, length - 2);
      take_rest (self, bare, strlen (bare));
      open = NULL;
    }
  if (open != NULL)
    return self->rest[length - 1] == ')' && strchr (self->rest, ')') == self->rest + length - 1 &&
           read_with_brackets (self, open);

  return (read_pluses (self->rest, &grades) || grades_of_word (zq_lab_word (self->terms, self->rest), &grades)) &&
         put_grades (self, grades);
}

/* --- the whole --------------------------------------------------------------------------------- */

/* "5.6 偏高", "5.6(高)": a word behind a number, looked for where nothing else could be read. */
static gboolean
take_flag_word (Reader *self)
{
  const char *behind;
  g_autofree char *number = read_number (self->rest, &behind);
  g_autofree char *word = NULL;
  ZqLabWord means;

  if (number == NULL)
    return FALSE;
  word = g_strdup (behind + strspn (behind, " ("));
  if (g_str_has_suffix (word, ")"))
    word[strlen (word) - 1] = '\0';
  means = zq_lab_word (self->terms, word);
  if (means != ZQ_LAB_WORD_HIGH && means != ZQ_LAB_WORD_LOW)
    return FALSE;
  self->into->flag = means == ZQ_LAB_WORD_HIGH ? ZQ_WRITTEN_HIGH : ZQ_WRITTEN_LOW;
  take_rest (self, self->rest, (gsize)(behind - self->rest));

  return TRUE;
}

static gboolean
read_all (Reader *self)
{
  ZqComparator comparator;

  if (self->into->unit_text == NULL && read_ordinal (self))
    return TRUE;
  while (take_mark (self))
    ;
  if (self->into->unit_text == NULL && read_ordinal (self))
    return TRUE;
  take_flag_word (self);
  comparator = take_comparator (self);

  return read_titre (self, self->rest, comparator) || read_value (self, comparator) ||
         (comparator == ZQ_COMPARATOR_NONE && read_ordinal (self));
}

ZqQuantity *
zq_quantity_parse (ZqPolicy *policy, const char *text, const char *unit)
{
  g_autoptr (ZqQuantity) self = zq_quantity_new (policy, NULL, NULL, unit, NULL);
  Reader reader = { .policy = policy, .terms = zq_lab_terms (policy), .into = self };

  g_free (self->text);
  self->text = g_utf8_make_valid (text != NULL ? text : "", -1);
  if (strlen (self->text) > ZQ_LAB_MAX_TEXT)
    {
      self->kind = zq_decimal_is (self->text) ? ZQ_QUANTITY_NUMBER : ZQ_QUANTITY_TEXT;
      self->number = self->kind == ZQ_QUANTITY_NUMBER ? g_strdup (self->text) : NULL;
      return g_steal_pointer (&self);
    }

  reader.rest = zq_lab_fold (text, TRUE);
  if (reader.rest == NULL && text != NULL)
    self->kind = ZQ_QUANTITY_TEXT;
  else if (reader.rest != NULL && *reader.rest != '\0' && !read_all (&reader))
    self->kind = ZQ_QUANTITY_TEXT;
  g_free (reader.rest);

  return g_steal_pointer (&self);
}
