/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/edit.h"

#include "base/id.h"
#include "resource/json.h"

/* FHIR R4: these have one identifier, others a list of them. */
static const char *const with_one[] = { "Composition", "QuestionnaireResponse", NULL };

void
zq_edit_begin (ZqEdits *edits, const char *type, const char *key, const char *department)
{
  g_autofree char *quoted = zq_json_quote (key != NULL ? key : "");
  g_autofree char *identifier = g_strdup_printf ("{\"system\":\"" ZQ_SYSTEM_LOCAL_ID "\",\"value\":%s}", quoted);
  g_autofree char *list = g_strdup_printf ("[%s]", identifier);

  zq_edits_set_string (edits, "$.resourceType", type);
  if (department != NULL)
    {
      g_autofree char *code = zq_json_quote (department);
      g_autofree char *meta =
          g_strdup_printf ("{\"tag\":[{\"system\":\"" ZQ_SYSTEM_DEPARTMENT "\",\"code\":%s}]}", code);

      zq_edits_set_json (edits, "$.meta", meta);
    }
  zq_edits_set_json (edits, "$.identifier", g_strv_contains (with_one, type) ? identifier : list);
}

void
zq_edit_reference (ZqEdits *edits, const char *path, const char *reference)
{
  g_autofree char *quoted = reference != NULL ? zq_json_quote (reference) : NULL;
  g_autofree char *json = quoted != NULL ? g_strdup_printf ("{\"reference\":%s}", quoted) : NULL;

  if (json != NULL)
    zq_edits_set_json (edits, path, json);
}
