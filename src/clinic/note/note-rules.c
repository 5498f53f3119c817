/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/kinds.h"
#include "clinic/note/note.h"

#include "base/id.h"
#include "clinic/consult/rules.h"
#include "clinic/patient/edit.h"
#include "resource/json.h"
#include "rules/context.h"

#define SECTION_CODES ZQ_CODE_SYSTEM ("note-section")
/* LOINC 34133-9, summary of episode note. */
#define TYPE "{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"34133-9\"}]}"

static void
append_escaped (GString *out, const char *line)
{
  g_autofree char *escaped = g_markup_escape_text (line, -1);

  g_string_append_printf (out, "<p>%s</p>", escaped);
}

/* A paragraph a line, nothing else: it is read as plain text again. */
static char *
narrative (const char *words)
{
  g_autoptr (GString) div = g_string_new ("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    append_escaped (div, g_strchomp (lines[i]));
  g_string_append (div, "</div>");

  return zq_json_quote (div->str);
}

static void
append_section (GString *sections, const char *code, const char *title, const char *words)
{
  g_autofree char *text = narrative (words);
  g_autofree char *heading = zq_json_quote (title != NULL ? title : code);

  g_string_append_printf (sections,
                          "%s{\"title\":%s,\"code\":{\"coding\":[{\"system\":\"" SECTION_CODES "\",\"code\":\"%s\"}]},"
                          "\"text\":{\"status\":\"additional\",\"div\":%s}}",
                          sections->len > 1 ? "," : "", heading, code, text);
}

static char *
make_sections (JsonNode *args)
{
  GString *sections = g_string_new ("[");
  const char *addition = zq_json_get_string (args, "addition");

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    {
      const char *code = zq_note_section_code (i);
      g_autofree char *place = g_strconcat ("text.", code, NULL);
      g_autofree char *heading = g_strconcat ("titles.", code, NULL);
      const char *words = zq_json_get_string (args, place);

      if (words != NULL)
        append_section (sections, code, zq_json_get_string (args, heading), words);
    }
  if (addition != NULL)
    append_section (sections, "addition", zq_json_get_string (args, "title"), addition);
  g_string_append_c (sections, ']');

  return g_string_free (sections, FALSE);
}

static void
set_signature (ZqEdits *edits, JsonNode *args, const char *me)
{
  const char *at = zq_json_get_string (args, "at");
  g_autofree char *who = zq_json_quote (me), *when = zq_json_quote (at != NULL ? at : "");
  g_autofree char *author = g_strdup_printf ("[{\"reference\":%s}]", who);
  g_autofree char *attester =
      g_strdup_printf ("[{\"mode\":\"professional\",\"time\":%s,\"party\":{\"reference\":%s}}]", when, who);

  zq_edits_set_string (edits, "$.date", at);
  zq_edits_set_json (edits, "$.author", author);
  zq_edits_set_json (edits, "$.attester", attester);
}

static gboolean
sign_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *sections = make_sections (args);
  const char *department = zq_json_get_string (args, "department"), *appends = zq_json_get_string (args, "appends");

  /* What was signed is never written again. */
  if (current != NULL)
    return TRUE;
  zq_edit_begin (edits, "Composition", intent->target_local_id, department);
  zq_edits_set_string (edits, "$.status", "final");
  zq_edits_set_json (edits, "$.type", TYPE);
  zq_edit_reference (edits, "$.subject", zq_json_get_string (args, "patient"));
  zq_edit_reference (edits, "$.encounter", zq_json_get_string (args, "encounter"));
  set_signature (edits, args, me);
  zq_edits_set_string (edits, "$.title", zq_json_get_string (args, "title"));
  if (appends != NULL)
    {
      g_autofree char *quoted = zq_json_quote (appends);
      g_autofree char *relates =
          g_strdup_printf ("[{\"code\":\"appends\",\"targetReference\":{\"reference\":%s}}]", quoted);

      zq_edits_set_json (edits, "$.relatesTo", relates);
    }
  zq_edits_set_json (edits, "$.section", sections);

  return TRUE;
}

/* clang-format off: a line an action */
const ZqIntentRule zq_note_rules[] = {
  { "sign", sign_apply },
  { "append", sign_apply },
  { NULL },
};
/* clang-format on */
