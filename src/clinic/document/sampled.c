/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/sampled.h"

#include "clinic/patient/codec.h"
#include "resource/json.h"
#include "rules/decimal.h"

#include <math.h>
#include <string.h>

#define MOST_LEADS 16
/* Bytes of a number: a longer one is none. */
#define MOST_TOKEN  32
#define WHITE_SPACE " \t\r\n"

typedef struct
{
  ZqSampled *sampled;
  const char *factor, *origin;
  double times, plus;
  double low, high;
  char least[MOST_TOKEN], most[MOST_TOKEN]; /* as they came */
} Reading;

void
zq_sampled_free (ZqSampled *self)
{
  g_free (self->name);
  g_free (self->unit);
  g_free (self->low);
  g_free (self->high);
  g_free (self->lower_limit);
  g_free (self->upper_limit);
  g_free (self->seconds);
  g_clear_pointer (&self->values, g_array_unref);
  g_free (self);
}

/* FALSE: it is no number, or one that cannot be drawn. */
static gboolean
read_number (Reading *self, const char *token, double *value)
{
  if (!zq_decimal_is (token) || !zq_decimal_to_double (token, value))
    return FALSE;
  *value = *value * self->times + self->plus;

  return isfinite (*value);
}

static void
add (Reading *self, const char *at, gsize length)
{
  ZqSampled *sampled = self->sampled;
  double value = NAN;
  char token[MOST_TOKEN] = "";

  if (length < sizeof token)
    memcpy (token, at, length);
  if (g_str_equal (token, "L"))
    sampled->n_below++;
  else if (g_str_equal (token, "U"))
    sampled->n_above++;
  else if (!read_number (self, token, &value))
    {
      value = NAN;
      sampled->n_errors++;
    }
  g_array_append_val (sampled->values, value);
  if (isnan (value))
    return;
  if (*self->least == '\0' || value < self->low)
    {
      self->low = value;
      memcpy (self->least, token, sizeof token);
    }
  if (*self->most == '\0' || value > self->high)
    {
      self->high = value;
      memcpy (self->most, token, sizeof token);
    }
}

static void
add_all (Reading *self, const char *at)
{
  while (*(at += strspn (at, WHITE_SPACE)) != '\0')
    {
      gsize length = strcspn (at, WHITE_SPACE);

      if (self->sampled->values->len >= ZQ_SAMPLED_MOST)
        {
          self->sampled->cut = TRUE;
          return;
        }
      add (self, at, length);
      at += length;
    }
}

/* (transfer full) (nullable) */
static char *
scale (const Reading *self, const char *token)
{
  g_autofree char *times = *token != '\0' ? zq_decimal_multiply (token, self->factor) : NULL;
  g_autofree char *sum = times != NULL ? zq_decimal_add (times, self->origin) : NULL;

  return sum != NULL ? zq_decimal_plain (sum) : NULL;
}

/* @name of @node when it is a decimal number, else NULL. */
static const char *
get_decimal (JsonNode *node, const char *name)
{
  const char *text = zq_json_get_string (node, name);

  return text != NULL && strlen (text) < MOST_TOKEN && zq_decimal_is (text) ? text : NULL;
}

static gboolean
read_scale (Reading *self, JsonNode *node)
{
  gboolean has_factor = zq_json_get (node, "factor") != NULL, has_origin = zq_json_get (node, "origin.value") != NULL;

  self->factor = has_factor ? get_decimal (node, "factor") : "1";
  self->origin = has_origin ? get_decimal (node, "origin.value") : "0";

  return self->factor != NULL && self->origin != NULL && zq_decimal_to_double (self->factor, &self->times) &&
         zq_decimal_to_double (self->origin, &self->plus);
}

/* 0: it says something else than a number of leads. */
static guint
read_leads (JsonNode *node)
{
  const char *text = zq_json_get_string (node, "dimensions");
  guint64 n = 1;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 1, MOST_LEADS, &n, NULL))
    return 0;

  return (guint)n;
}

static void
read_time (ZqSampled *self, JsonNode *node)
{
  const char *period = get_decimal (node, "period");
  g_autofree char *n = g_strdup_printf ("%u", self->n_points), *all = NULL, *seconds = NULL;
  double milliseconds;

  if (period == NULL || zq_decimal_sign (period) <= 0 || !zq_decimal_to_double (period, &milliseconds))
    return;
  all = zq_decimal_multiply (period, n);
  seconds = all != NULL ? zq_decimal_shift (all, -3) : NULL;
  self->seconds = seconds != NULL ? zq_decimal_plain (seconds) : NULL;
  self->period = milliseconds / 1000;
}

ZqSampled *
zq_sampled_read (JsonNode *node, const char *name)
{
  Reading reading = { 0 };
  const char *data = zq_json_get_string (node, "data"), *unit = zq_json_get_string (node, "origin.unit");
  guint n_leads = read_leads (node);
  ZqSampled *self;

  if (data == NULL || n_leads == 0 || !read_scale (&reading, node))
    return NULL;
  self = reading.sampled = g_new0 (ZqSampled, 1);
  self->values = g_array_new (FALSE, FALSE, sizeof (double));
  self->name = zq_codec_one_line (name);
  self->unit = zq_codec_one_line (unit != NULL ? unit : zq_json_get_string (node, "origin.code"));
  self->n_leads = n_leads;
  add_all (&reading, data);
  /* A moment that is not whole is none. */
  self->n_points = self->values->len / n_leads;
  if (self->n_points == 0)
    {
      zq_sampled_free (self);
      return NULL;
    }
  g_array_set_size (self->values, self->n_points * n_leads);
  self->low = scale (&reading, reading.least);
  self->high = scale (&reading, reading.most);
  self->lower_limit = g_strdup (get_decimal (node, "lowerLimit"));
  self->upper_limit = g_strdup (get_decimal (node, "upperLimit"));
  read_time (self, node);

  return self;
}
