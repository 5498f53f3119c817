/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/decimal.h"

#include <math.h>
#include <string.h>

/* No power of ten beyond it means anything; sums of a few stay far inside an integer. */
#define MAX_POWER 1000000000

/* ± digits · 10^−scale; without zeros in front, so that zero has no digits. */
typedef struct
{
  gboolean negative;
  char *digits;
  gint64 length;
  gint64 scale;
} Decimal;

static void
decimal_clear (Decimal *self)
{
  g_clear_pointer (&self->digits, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Decimal, decimal_clear)

/* Where the number's parts are: [start, point) and (point, end) are its digits. */
typedef struct
{
  gboolean negative;
  const char *start, *point, *end;
  gint64 power;
} Parts;

static gboolean
read_power (const char *p, gint64 *power)
{
  gboolean negative = *p == '-';
  gint64 value = 0;

  if (*p == '-' || *p == '+')
    p++;
  if (!g_ascii_isdigit (*p))
    return FALSE;
  for (; g_ascii_isdigit (*p); p++)
    {
      value = value * 10 + (*p - '0');
      if (value > MAX_POWER)
        return FALSE;
    }
  *power = negative ? -value : value;

  return *p == '\0';
}

static gboolean
find_parts (const char *text, Parts *parts)
{
  const char *p = text;

  if (p == NULL)
    return FALSE;
  parts->negative = *p == '-';
  parts->power = 0;
  if (*p == '-' || *p == '+')
    p++;
  parts->start = p;
  p += strspn (p, G_CSET_DIGITS);
  parts->point = p;
  if (*p == '.')
    p += 1 + strspn (p + 1, G_CSET_DIGITS);
  parts->end = p;
  if (parts->end - parts->start - (parts->end > parts->point) < 1)
    return FALSE;
  if (*p == 'e' || *p == 'E')
    return read_power (p + 1, &parts->power);

  return *p == '\0';
}

static void
drop_leading_zeros (Decimal *self)
{
  gint64 zeros = (gint64)strspn (self->digits, "0");

  if (zeros > 0)
    memmove (self->digits, self->digits + zeros, (gsize)(self->length - zeros) + 1);
  self->length -= zeros;
  if (self->length == 0)
    self->negative = FALSE;
}

static gboolean
read_decimal (const char *text, Decimal *self)
{
  Parts parts;
  gsize whole, places;

  if (!find_parts (text, &parts))
    return FALSE;

  whole = (gsize)(parts.point - parts.start);
  places = parts.end > parts.point ? (gsize)(parts.end - parts.point) - 1 : 0;
  self->negative = parts.negative;
  self->digits = g_malloc (whole + places + 1);
  memcpy (self->digits, parts.start, whole);
  if (places > 0)
    memcpy (self->digits + whole, parts.point + 1, places);
  self->digits[whole + places] = '\0';
  self->length = (gint64)(whole + places);
  self->scale = (gint64)places - parts.power;
  drop_leading_zeros (self);

  return TRUE;
}

/* Plainly, with the point where it belongs; NULL when that is too long. */
static char *
write_decimal (const Decimal *self)
{
  GString *text;
  gint64 whole = self->length - self->scale;
  gint64 places = MAX (self->scale, 0);

  if (self->length == 0)
    whole = 0;
  if (MAX (whole, 0) + places > ZQ_DECIMAL_MAX_DIGITS)
    return NULL;

  text = g_string_new (self->negative ? "-" : NULL);
  if (whole <= 0)
    g_string_append_c (text, '0');
  for (gint64 i = 0; i < whole; i++)
    g_string_append_c (text, i < self->length ? self->digits[i] : '0');
  if (places > 0)
    g_string_append_c (text, '.');
  for (gint64 i = self->length - places; i < self->length; i++)
    g_string_append_c (text, i < 0 ? '0' : self->digits[i]);

  return g_string_free (text, FALSE);
}

gboolean
zq_decimal_is (const char *text)
{
  Parts parts;

  return find_parts (text, &parts);
}

static int
compare_sizes (const Decimal *a, const Decimal *b)
{
  gint64 top_a = a->length - a->scale, top_b = b->length - b->scale;

  if (a->length == 0 || b->length == 0)
    return (a->length != 0) - (b->length != 0);
  if (top_a != top_b)
    return top_a < top_b ? -1 : 1;
  for (gint64 i = 0; i < MAX (a->length, b->length); i++)
    {
      char one = i < a->length ? a->digits[i] : '0';
      char other = i < b->length ? b->digits[i] : '0';

      if (one != other)
        return one < other ? -1 : 1;
    }

  return 0;
}

int
zq_decimal_compare (const char *a, const char *b)
{
  g_auto (Decimal) one = { 0 }, other = { 0 };
  int order;

  g_return_val_if_fail (read_decimal (a, &one), 0);
  g_return_val_if_fail (read_decimal (b, &other), 0);

  if (one.negative != other.negative)
    return one.negative ? -1 : 1;
  order = compare_sizes (&one, &other);

  return one.negative ? -order : order;
}

int
zq_decimal_sign (const char *text)
{
  return zq_decimal_compare (text, "0");
}

/* Gives @self at least @scale places, by zeros at the end. */
static gboolean
take_scale (Decimal *self, gint64 scale)
{
  gint64 more = scale - self->scale;

  if (more <= 0)
    return TRUE;
  if (self->length > 0)
    {
      if (self->length + more > ZQ_DECIMAL_MAX_DIGITS)
        return FALSE;
      self->digits = g_realloc (self->digits, (gsize)(self->length + more) + 1);
      memset (self->digits + self->length, '0', (gsize)more);
      self->length += more;
      self->digits[self->length] = '\0';
    }
  self->scale = scale;

  return TRUE;
}

static int
digit_from_right (const Decimal *self, gint64 place)
{
  return place < self->length ? self->digits[self->length - 1 - place] - '0' : 0;
}

/* @a's size plus or minus @b's, which is no larger when it is taken away; both of one scale. */
static void
combine (const Decimal *a, const Decimal *b, int sign, Decimal *result)
{
  gint64 length = MAX (a->length, b->length) + 1;
  int carry = 0;

  result->digits = g_malloc ((gsize)length + 1);
  result->digits[length] = '\0';
  result->length = length;
  result->scale = a->scale;
  for (gint64 i = 0; i < length; i++)
    {
      int sum = digit_from_right (a, i) + sign * digit_from_right (b, i) + carry;

      carry = sum > 9 ? 1 : sum < 0 ? -1 : 0;
      result->digits[length - 1 - i] = (char)('0' + sum - 10 * carry);
    }
  drop_leading_zeros (result);
}

static char *
sum_of (const char *a, const char *b, gboolean take_away)
{
  g_auto (Decimal) one = { 0 }, other = { 0 }, result = { 0 };

  if (!read_decimal (a, &one) || !read_decimal (b, &other))
    return NULL;
  if (one.length > ZQ_DECIMAL_MAX_DIGITS || other.length > ZQ_DECIMAL_MAX_DIGITS)
    return NULL;
  if (!take_scale (&one, other.scale) || !take_scale (&other, one.scale))
    return NULL;
  if (take_away)
    other.negative = !other.negative;

  if (one.negative == other.negative)
    combine (&one, &other, 1, &result);
  else if (compare_sizes (&one, &other) >= 0)
    combine (&one, &other, -1, &result);
  else
    combine (&other, &one, -1, &result);
  if (result.length > 0)
    result.negative = compare_sizes (&one, &other) >= 0 ? one.negative : other.negative;

  return write_decimal (&result);
}

char *
zq_decimal_add (const char *a, const char *b)
{
  return sum_of (a, b, FALSE);
}

char *
zq_decimal_subtract (const char *a, const char *b)
{
  return sum_of (a, b, TRUE);
}

static void
multiply (const Decimal *a, const Decimal *b, Decimal *result)
{
  gint64 length = a->length + b->length;
  g_autofree guint *sums = g_new0 (guint, length + 1);

  for (gint64 i = 0; i < a->length; i++)
    for (gint64 j = 0; j < b->length; j++)
      sums[i + j] += (guint)(digit_from_right (a, i) * digit_from_right (b, j));

  result->digits = g_malloc ((gsize)length + 1);
  result->digits[length] = '\0';
  for (gint64 i = 0; i < length; i++)
    {
      sums[i + 1] += sums[i] / 10;
      result->digits[length - 1 - i] = (char)('0' + sums[i] % 10);
    }
  result->length = length;
  result->scale = a->scale + b->scale;
  result->negative = a->negative != b->negative;
  drop_leading_zeros (result);
}

char *
zq_decimal_multiply (const char *a, const char *b)
{
  g_auto (Decimal) one = { 0 }, other = { 0 }, result = { 0 };

  if (!read_decimal (a, &one) || !read_decimal (b, &other))
    return NULL;
  if (one.length + other.length > ZQ_DECIMAL_MAX_DIGITS)
    return NULL;
  multiply (&one, &other, &result);

  return write_decimal (&result);
}

char *
zq_decimal_shift (const char *text, int power)
{
  g_auto (Decimal) one = { 0 };

  if (!read_decimal (text, &one))
    return NULL;
  one.scale -= power;

  return write_decimal (&one);
}

static void
drop_trailing_zeros (Decimal *self)
{
  while (self->length > 0 && self->digits[self->length - 1] == '0')
    {
      self->digits[--self->length] = '\0';
      self->scale--;
    }
  if (self->length == 0)
    self->scale = 0;
}

/* To @significant digits, half away from zero. */
static void
round_to (Decimal *self, gint64 significant)
{
  gint64 dropped = self->length - significant;
  gboolean up;

  if (dropped <= 0)
    return;
  up = self->digits[significant] >= '5';
  self->digits[significant] = '\0';
  self->length = significant;
  self->scale -= dropped;
  for (gint64 i = significant - 1; up && i >= 0; i--)
    {
      up = self->digits[i] == '9';
      self->digits[i] = up ? '0' : (char)(self->digits[i] + 1);
    }
  if (up)
    {
      memset (self->digits, '0', (gsize)significant);
      self->digits[0] = '1';
      self->scale--;
    }
}

/* Digits of a / b: as many as wanted and one to round by, more only where the quotient begins later. */
static void
divide (const Decimal *a, const Decimal *b, gint64 wanted, Decimal *result)
{
  GString *quotient = g_string_new (NULL);
  g_auto (Decimal) rest = { .digits = g_strdup ("") };
  gint64 step = 0;

  for (;
       step < a->length || (rest.length > 0 && (gint64)strlen (quotient->str + strspn (quotient->str, "0")) <= wanted);
       step++)
    {
      g_autofree char *next = g_strdup_printf ("%s%c", rest.digits, step < a->length ? a->digits[step] : '0');
      char digit = '0';

      g_free (rest.digits);
      rest = (Decimal){ .digits = g_steal_pointer (&next), .length = rest.length + 1 };
      drop_leading_zeros (&rest);
      while (compare_sizes (&rest, &(Decimal){ .digits = b->digits, .length = b->length }) >= 0)
        {
          Decimal less = { 0 };

          combine (&rest, b, -1, &less);
          g_free (rest.digits);
          rest = (Decimal){ .digits = less.digits, .length = less.length };
          digit++;
        }
      g_string_append_c (quotient, digit);
    }
  result->length = (gint64)quotient->len;
  result->digits = g_string_free (quotient, FALSE);
  result->scale = a->scale - b->scale + step - a->length;
  result->negative = a->negative != b->negative;
  drop_leading_zeros (result);
}

char *
zq_decimal_divide (const char *a, const char *b, guint significant)
{
  g_auto (Decimal) one = { 0 }, other = { 0 }, result = { 0 };

  if (!read_decimal (a, &one) || !read_decimal (b, &other) || other.length == 0 || significant == 0)
    return NULL;
  if (one.length + other.length + significant > ZQ_DECIMAL_MAX_DIGITS)
    return NULL;
  divide (&one, &other, significant, &result);
  round_to (&result, significant);
  drop_trailing_zeros (&result);

  return write_decimal (&result);
}

char *
zq_decimal_round (const char *text, guint significant)
{
  g_auto (Decimal) one = { 0 };

  if (significant == 0 || !read_decimal (text, &one))
    return NULL;
  round_to (&one, significant);
  /* "1200" to two digits keeps its zeros, "5" becomes "5.0". */
  if (one.length > 0 && one.length < significant && !take_scale (&one, one.scale + significant - one.length))
    return NULL;

  return write_decimal (&one);
}

char *
zq_decimal_plain (const char *text)
{
  g_auto (Decimal) one = { 0 };

  if (!read_decimal (text, &one))
    return NULL;
  drop_trailing_zeros (&one);

  return write_decimal (&one);
}

guint
zq_decimal_significant (const char *text)
{
  g_auto (Decimal) one = { 0 };

  return read_decimal (text, &one) ? (guint)MIN (one.length, G_MAXINT) : 0;
}

gboolean
zq_decimal_to_double (const char *text, double *value)
{
  double number;

  if (!zq_decimal_is (text))
    return FALSE;
  number = g_ascii_strtod (text, NULL);
  /* A number too small for a double would stand at zero, which it is not. */
  if (!isfinite (number) || (number == 0 && zq_decimal_sign (text) != 0))
    return FALSE;
  *value = number;

  return TRUE;
}
