/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/writer.h"

#include "base/id.h"
#include "resource/json.h"

static char *
format_instant (ZqSeed *self, gint64 us)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, self->zone);
  g_autofree char *seconds = g_date_time_format (local, "%Y-%m-%dT%H:%M:%S");

  return g_strdup_printf ("%s.%03d+08:00", seconds, (int)(us % G_USEC_PER_SEC / 1000));
}

static void
append_string (ZqSeed *self, const char *text)
{
  g_autofree char *quoted = text != NULL ? zq_json_quote (text) : NULL;

  g_string_append (self->json, quoted != NULL ? quoted : "null");
}

void
zq_seed_json (ZqSeed *self, const char *format, ...)
{
  g_autofree char *instant = NULL;
  va_list args;

  va_start (args, format);
  for (const char *p = format; *p != '\0'; p++)
    {
      if (*p == '\'')
        g_string_append_c (self->json, '"');
      else if (*p != '%')
        g_string_append_c (self->json, *p);
      else
        switch (*++p)
          {
          case 'q':
            append_string (self, va_arg (args, const char *));
            break;
          case '%':
            g_string_append_c (self->json, '%');
            break;
          case 's':
            g_string_append (self->json, va_arg (args, const char *));
            break;
          case 'd':
            g_string_append_printf (self->json, "%d", va_arg (args, int));
            break;
          case 't':
            g_free (instant);
            instant = format_instant (self, va_arg (args, gint64));
            g_string_append_printf (self->json, "\"%s\"", instant);
            break;
          case 'g':
            g_string_append_printf (self->json,
                                    "\"meta\":{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":\"%s\"}]}",
                                    va_arg (args, const char *));
            break;
          default:
            g_assert_not_reached ();
          }
    }
  va_end (args);
}

void
zq_seed_put (ZqSeed *self, const char *type, const char *id, gint64 updated)
{
  if (self->error == NULL)
    zq_hospital_put (self->hospital, type, id, self->json->str, MIN (updated, self->now), &self->error);
  g_string_truncate (self->json, 0);
}

void
zq_seed_account (
    ZqSeed *self, const char *login, const char *display, const char *role, const char *user, const char *department)
{
  if (self->error == NULL)
    zq_hospital_add_account (self->hospital, login, display, role, user, department, &self->error);
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
