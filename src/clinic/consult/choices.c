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

GPtrArray *
zq_consult_list_outcomes (ZqPolicy *policy)
{
  GPtrArray *choices = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_choice_free);
  JsonNode *clinic = zq_policy_get (policy, "clinic");
  guint length = zq_json_get_length (clinic, "outcomes");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *outcome = zq_json_get_at (clinic, "outcomes", i);

      add (choices, zq_json_get_string (outcome, "code"), zq_json_get_string (outcome, "title"));
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
