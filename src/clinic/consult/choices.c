/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/consult.h"
#include "resource/json.h"

#define MOST_COLLEAGUES 500

void
zq_choice_free (ZqChoice *self)
{
  g_free (self->code);
  g_free (self->title);
  g_free (self);
}

static void
add (GPtrArray *choices, const char *code, const char *title)
{
  ZqChoice *choice = g_new0 (ZqChoice, 1);

  choice->code = g_strdup (code);
  choice->title = g_strdup (title != NULL && *title != '\0' ? title : code);
  g_ptr_array_add (choices, choice);
}

/* The title itself is Chinese; a language that nobody has named gets English, as the rest of the program does. */
static const char *
title_in (JsonNode *outcome, const char *const *languages)
{
  JsonNode *titles = zq_json_get (outcome, "titles");
  const char *title = NULL;

  for (guint i = 0; title == NULL && languages[i] != NULL; i++)
    {
      const char *language = g_str_equal (languages[i], "C") ? "en" : languages[i];

      title = zq_json_get_string (titles, language);
      if (g_str_equal (language, "zh"))
        break;
    }

  return title != NULL && *title != '\0' ? title : zq_json_get_string (outcome, "title");
}

GPtrArray *
zq_consult_list_outcomes (ZqPolicy *policy)
{
  return zq_consult_list_outcomes_in (policy, g_get_language_names ());
}

GPtrArray *
zq_consult_list_outcomes_in (ZqPolicy *policy, const char *const *languages)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_choice_free);
  JsonNode *clinic = zq_policy_get (policy, "clinic");
  guint length = zq_json_get_length (clinic, "outcomes");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *outcome = zq_json_get_at (clinic, "outcomes", i);

      add (choices, zq_json_get_string (outcome, "code"), title_in (outcome, languages));
    }
  /* A hospital's file of before there were any. */
  if (choices->len == 0)
    add (choices, "advised", NULL);

  return choices;
}

GPtrArray *
zq_consult_list_colleagues (ZqDb *db, const ZqContext *context)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_choice_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (
      db, &error,
      "SELECT DISTINCT r.server_id, p.name FROM practitioner_role t JOIN resource r ON r.id = t.practitioner"
      " JOIN person p ON p.id = t.practitioner"
      " WHERE NOT t.assistant AND r.server_id IS NOT NULL AND r.server_id <> ? ORDER BY p.name LIMIT ?",
      "si", context->me != NULL ? context->me : "", (gint64)MOST_COLLEAGUES);

  while (rows != NULL && zq_rows_next (rows, &error))
    {
      g_autofree char *code = g_strconcat ("Practitioner/", zq_rows_text (rows, 0), NULL);

      add (choices, code, zq_rows_text (rows, 1));
    }
  if (error != NULL)
    g_warning ("Colleagues could not be listed: %s", error->message);

  return choices;
}
