/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/writer.h"

#include "base/id.h"
#include "resource/json.h"

#include <string.h>

/* The day of an instant, by Howard Hinnant's "days to civil" (public domain); GDateTime would take most of the time. */
static gint64
split_instant (gint64 us, int *year, int *month, int *day)
{
  gint64 days = us / ZQ_SEED_DAY;
  gint64 shifted = days + 719468;
  gint64 era = shifted / 146097;
  guint of_era = (guint)(shifted - era * 146097);
  guint years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  guint of_year = of_era - (365 * years + years / 4 - years / 100);
  guint place = (5 * of_year + 2) / 153;

  *day = (int)(of_year - (153 * place + 2) / 5 + 1);
  *month = (int)(place < 10 ? place + 3 : place - 9);
  *year = (int)(years + era * 400) + (*month <= 2);
  return us - days * ZQ_SEED_DAY;
}

static char *
put_digits (char *at, int value, int width)
{
  for (int i = width - 1; i >= 0; i--, value /= 10)
    at[i] = (char)('0' + value % 10);
  return at + width;
}

/* "2026-11-22T08:05:09." */
static char *
put_seconds (char *at, gint64 us)
{
  int year, month, day;
  gint64 time = split_instant (us, &year, &month, &day);
  int seconds = (int)(time / ZQ_SEED_SECOND);

  at = put_digits (at, year, 4);
  *at++ = '-';
  at = put_digits (at, month, 2);
  *at++ = '-';
  at = put_digits (at, day, 2);
  *at++ = 'T';
  at = put_digits (at, seconds / 3600, 2);
  *at++ = ':';
  at = put_digits (at, seconds / 60 % 60, 2);
  *at++ = ':';
  at = put_digits (at, seconds % 60, 2);
  *at++ = '.';
  return at;
}

void
zq_seed_instant_us (gint64 us, char *buffer)
{
  char *at = put_digits (put_seconds (buffer, us), (int)(us % ZQ_SEED_SECOND), 6);

  *at++ = 'Z';
  *at = '\0';
}

/* In the hospital's zone, which has no summer time. */
static void
append_instant (GString *json, gint64 us)
{
  char buffer[40];
  char *at = put_seconds (buffer, us + 8 * ZQ_SEED_HOUR);

  at = put_digits (at, (int)(us % ZQ_SEED_SECOND / 1000), 3);
  memcpy (at, "+08:00", 7);
  g_string_append_c (json, '"');
  g_string_append (json, buffer);
  g_string_append_c (json, '"');
}

static void
append_number (GString *json, gint64 value)
{
  char buffer[24];

  g_snprintf (buffer, sizeof buffer, "%" G_GINT64_FORMAT, value);
  g_string_append (json, buffer);
}

static void
append_meta (GString *json, gint64 updated, const char *department)
{
  char instant[ZQ_SEED_INSTANT];

  zq_seed_instant_us (updated, instant);
  g_string_append (json, "\"meta\":{\"versionId\":\"1\",\"lastUpdated\":\"");
  g_string_append (json, instant);
  if (department != NULL)
    {
      g_string_append (json, "\",\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":\"");
      g_string_append (json, department);
      g_string_append (json, "\"}]}");
    }
  else
    g_string_append (json, "\"}");
}

static void
append_string (ZqSeed *self, const char *text)
{
  g_autofree char *quoted = text != NULL ? zq_json_quote (text) : NULL;

  g_string_append (self->json, quoted != NULL ? quoted : "null");
}

static void
append_value (ZqSeed *self, char what, va_list *args)
{
  gint64 updated;

  switch (what)
    {
    case 'q':
      append_string (self, va_arg (*args, const char *));
      break;
    case '%':
      g_string_append_c (self->json, '%');
      break;
    case 's':
      g_string_append (self->json, va_arg (*args, const char *));
      break;
    case 'd':
      append_number (self->json, va_arg (*args, int));
      break;
    case 'l':
      append_number (self->json, va_arg (*args, gint64));
      break;
    case 't':
      append_instant (self->json, va_arg (*args, gint64));
      break;
    case 'g':
      g_string_append (self->json, "\"meta\":{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":\"");
      g_string_append (self->json, va_arg (*args, const char *));
      g_string_append (self->json, "\"}]}");
      break;
    case 'h':
      updated = va_arg (*args, gint64);
      append_meta (self->json, MIN (updated, self->now), va_arg (*args, const char *));
      break;
    default:
      g_assert_not_reached ();
    }
}

void
zq_seed_json (ZqSeed *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  while (*format != '\0')
    {
      gsize plain = strcspn (format, "'%");

      g_string_append_len (self->json, format, (gssize)plain);
      format += plain;
      if (*format == '\'')
        g_string_append_c (self->json, '"');
      else if (*format == '%')
        append_value (self, *++format, &args);
      if (*format != '\0')
        format++;
    }
  va_end (args);
}

static void
put (ZqSeed *self, const char *type, const char *id, gint64 updated, gboolean whole)
{
  if (self->error == NULL)
    self->sink->put (self->sink_data, type, id, self->json->str, whole, MIN (updated, self->now), &self->error);
  g_string_truncate (self->json, 0);
}

void
zq_seed_put (ZqSeed *self, const char *type, const char *id, gint64 updated)
{
  put (self, type, id, updated, FALSE);
}

void
zq_seed_put_whole (ZqSeed *self, const char *type, const char *id, gint64 updated)
{
  put (self, type, id, updated, TRUE);
}

void
zq_seed_account (
    ZqSeed *self, const char *login, const char *display, const char *role, const char *user, const char *department)
{
  if (self->error == NULL)
    self->sink->account (self->sink_data, login, display, role, user, department, &self->error);
}

int
zq_seed_between (ZqSeed *self, int low, int high)
{
  return low >= high ? low : g_rand_int_range (self->rand, low, high + 1);
}

gboolean
zq_seed_chance (ZqSeed *self, int percent)
{
  return g_rand_int_range (self->rand, 0, 100) < percent;
}

const char *
zq_seed_pick (ZqSeed *self, JsonNode *node, const char *path)
{
  JsonArray *array = zq_json_get_array (node, path);

  return json_array_get_string_element (array, zq_seed_between (self, 0, (int)json_array_get_length (array) - 1));
}

char *
zq_seed_day (ZqSeed *self, gint64 us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, self->zone);

  return g_date_time_format (local, "%Y-%m-%d");
}
