/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/kinds.h"

#include "base/id.h"
#include "clinic/consult/rules.h"
#include "clinic/patient/edit.h"
#include "resource/json.h"
#include "rules/context.h"

static void
set_type (ZqEdits *edits, JsonNode *args)
{
  const char *code = zq_json_get_string (args, "code"), *title = zq_json_get_string (args, "title");
  g_autofree char *quoted = zq_json_quote (code != NULL ? code : ""),
                  *words = zq_json_quote (title != NULL ? title : "");
  g_autofree char *type = g_strdup_printf (
      "{\"coding\":[{\"system\":\"" ZQ_CODE_SYSTEM ("document-type") "\",\"code\":%s}],\"text\":%s}", quoted, words);

  zq_edits_set_json (edits, "$.type", type);
}

static void
set_context (ZqEdits *edits, JsonNode *args)
{
  const char *encounter = zq_json_get_string (args, "encounter"), *related = zq_json_get_string (args, "related");
  const char *from = zq_json_get_string (args, "from"), *to = zq_json_get_string (args, "to");
  g_autoptr (GString) json = g_string_new ("{");

  if (encounter != NULL)
    {
      g_autofree char *quoted = zq_json_quote (encounter);

      g_string_append_printf (json, "\"encounter\":[{\"reference\":%s}]", quoted);
    }
  if (from != NULL)
    g_string_append_printf (json, "%s\"period\":{\"start\":\"%s\"", json->len > 1 ? "," : "", from);
  if (from != NULL && to != NULL)
    g_string_append_printf (json, ",\"end\":\"%s\"", to);
  if (from != NULL)
    g_string_append_c (json, '}');
  if (related != NULL)
    {
      g_autofree char *quoted = zq_json_quote (related);

      g_string_append_printf (json, "%s\"related\":[{\"reference\":%s}]", json->len > 1 ? "," : "", quoted);
    }
  g_string_append_c (json, '}');
  zq_edits_set_json (edits, "$.context", json->str);
}

static void
add_member (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  if (quoted != NULL)
    g_string_append_printf (json, "%s\"%s\":%s", json->str[json->len - 1] == '{' ? "" : ",", name, quoted);
}

static void
set_contents (ZqEdits *edits, JsonNode *args)
{
  guint length = zq_json_get_length (args, "files");
  g_autoptr (GString) json = g_string_new ("[");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *file = zq_json_get_at (args, "files", i);
      const char *size = zq_json_get_string (file, "size");

      g_string_append (json, i > 0 ? ",{\"attachment\":{" : "{\"attachment\":{");
      add_member (json, "contentType", zq_json_get_string (file, "content-type"));
      add_member (json, "url", zq_json_get_string (file, "key"));
      add_member (json, "title", zq_json_get_string (file, "name"));
      add_member (json, "hash", zq_json_get_string (file, "hash"));
      if (size != NULL)
        g_string_append_printf (json, ",\"size\":%s", size);
      g_string_append (json, "}}");
    }
  g_string_append_c (json, ']');
  zq_edits_set_json (edits, "$.content", json->str);
}

static gboolean
keep_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *quoted = zq_json_quote (me), *author = g_strdup_printf ("[{\"reference\":%s}]", quoted);
  const char *description = zq_json_get_string (args, "description");

  /* What was kept is never written again. */
  if (current != NULL)
    return TRUE;
  zq_edit_begin (edits, "DocumentReference", intent->target_local_id, zq_json_get_string (args, "department"));
  zq_edits_set_string (edits, "$.status", "current");
  set_type (edits, args);
  zq_edit_reference (edits, "$.subject", zq_json_get_string (args, "patient"));
  zq_edits_set_string (edits, "$.date", zq_json_get_string (args, "at"));
  zq_edits_set_json (edits, "$.author", author);
  if (description != NULL)
    zq_edits_set_string (edits, "$.description", description);
  set_contents (edits, args);
  set_context (edits, args);

  return TRUE;
}

/* clang-format off: a line an action */
const ZqIntentRule zq_document_rules[] = {
  { "keep", keep_apply },
  { NULL },
};
/* clang-format on */
