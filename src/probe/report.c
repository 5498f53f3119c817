/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/report.h"

#include "resource/json.h"

struct _ZqReport
{
  GString *json;
  GString *text;
};

ZqReport *
zq_report_new (void)
{
  ZqReport *self = g_new0 (ZqReport, 1);

  self->json = g_string_new ("{");
  self->text = g_string_new (NULL);
  return self;
}

void
zq_report_free (ZqReport *self)
{
  if (self == NULL)
    return;
  g_string_free (self->json, TRUE);
  g_string_free (self->text, TRUE);
  g_free (self);
}

static void
add (ZqReport *self, const char *name, const char *json, const char *text)
{
  g_autofree char *quoted = zq_json_quote (name);

  g_string_append_printf (self->json, "%s%s:%s", self->json->len > 1 ? "," : "", quoted, json);
  g_string_append_printf (self->text, "%s: %s\n", name, text);
}

void
zq_report_string (ZqReport *self, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : g_strdup ("null");

  add (self, name, quoted, value != NULL ? value : "-");
}

void
zq_report_int (ZqReport *self, const char *name, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);

  add (self, name, text, text);
}

void
zq_report_boolean (ZqReport *self, const char *name, gboolean value)
{
  add (self, name, value ? "true" : "false", value ? "yes" : "no");
}

static char *
indent (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*lines[i] != '\0')
        g_string_append_printf (out, "\n  %s", lines[i]);
    }
  return g_string_free (out, FALSE);
}

void
zq_report_object (ZqReport *self, const char *name, ZqReport *member)
{
  g_autoptr (ZqReport) owned = member;
  g_autofree char *json = zq_report_to_json (owned);
  g_autofree char *text = indent (owned->text->str);

  add (self, name, json, text);
}

void
zq_report_list (ZqReport *self, const char *name, GPtrArray *items)
{
  g_autoptr (GPtrArray) owned = items;
  g_autoptr (GString) json = g_string_new ("[");
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < owned->len; i++)
    {
      ZqReport *item = g_ptr_array_index (owned, i);
      g_autofree char *item_json = zq_report_to_json (item);
      g_autofree char *line = g_strdelimit (g_strchomp (g_strdup (item->text->str)), "\n", ' ');

      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", item_json);
      g_string_append_printf (text, "\n  %s", line);
    }
  g_string_append_c (json, ']');
  add (self, name, json->str, text->len > 0 ? text->str : "none");
}

char *
zq_report_to_json (ZqReport *self)
{
  return g_strconcat (self->json->str, "}", NULL);
}

char *
zq_report_to_text (ZqReport *self)
{
  return g_strdup (self->text->str);
}
