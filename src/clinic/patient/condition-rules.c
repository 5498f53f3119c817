/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/patient/edit.h"
#include "clinic/patient/kinds.h"
#include "resource/json.h"
#include "rules/context.h"

#define CLINICAL     "http://terminology.hl7.org/CodeSystem/condition-clinical"
#define VERIFICATION "http://terminology.hl7.org/CodeSystem/condition-ver-status"
#define CATEGORY     "http://terminology.hl7.org/CodeSystem/condition-category"
#define ICD_10       "http://hl7.org/fhir/sid/icd-10"

static void
set_coding (ZqEdits *edits, const char *path, const char *system, const char *code)
{
  g_autofree char *json = g_strdup_printf ("{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}", system, code);

  zq_edits_set_json (edits, path, json);
}

/* In the doctor's words; the code only where the doctor wrote one. */
static void
set_code (ZqEdits *edits, const char *words, const char *code)
{
  g_autofree char *text = zq_json_quote (words != NULL ? words : "");
  g_autofree char *quoted = code != NULL ? zq_json_quote (code) : NULL;
  g_autofree char *json =
      quoted != NULL
          ? g_strdup_printf ("{\"coding\":[{\"system\":\"" ICD_10 "\",\"code\":%s}],\"text\":%s}", quoted, text)
          : g_strdup_printf ("{\"text\":%s}", text);

  zq_edits_set_json (edits, "$.code", json);
}

static gboolean
diagnose_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, error);
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *categories =
      g_strdup ("[{\"coding\":[{\"system\":\"" CATEGORY "\",\"code\":\"encounter-diagnosis\"}]}]");
  const char *at;

  if (args == NULL)
    return FALSE;
  if (current != NULL)
    return TRUE;
  at = zq_json_get_string (args, "at");
  zq_edit_begin (edits, "Condition", intent->target_local_id, zq_json_get_string (args, "department"));
  set_coding (edits, "$.clinicalStatus", CLINICAL, "active");
  set_coding (edits, "$.verificationStatus", VERIFICATION,
              zq_json_get_boolean (args, "provisional", FALSE) ? "provisional" : "confirmed");
  zq_edits_set_json (edits, "$.category", categories);
  set_code (edits, zq_json_get_string (args, "words"), zq_json_get_string (args, "code"));
  zq_edit_reference (edits, "$.subject", zq_json_get_string (args, "patient"));
  zq_edit_reference (edits, "$.encounter", zq_json_get_string (args, "encounter"));
  if (at != NULL)
    zq_edits_set_string (edits, "$.recordedDate", at);
  zq_edit_reference (edits, "$.recorder", me);

  return TRUE;
}

/* clang-format off: a line an action */
const ZqIntentRule zq_condition_rules[] = {
  { "diagnose", diagnose_apply },
  { NULL },
};
/* clang-format on */
