/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/kinds.h"
#include "clinic/consult/rules.h"
#include "clinic/consult/summary.h"
#include "resource/json.h"

/* What a file is, for who looks into the store: its bytes lie in attachments.db, and go as they are. */
static gboolean
upload_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);
  const char *type = zq_json_get_string (args, "content-type");
  const char *context = zq_json_get_string (args, "security-context");

  zq_edits_set_string (edits, "$.resourceType", "Binary");
  zq_edits_set_string (edits, "$.contentType", type != NULL ? type : "application/octet-stream");
  if (context != NULL)
    zq_edits_set_string (edits, "$.securityContext.reference", context);

  return TRUE;
}

static char *
upload_content (ZqDb *db, const ZqIntent *intent, char **content_type, char **security_context)
{
  g_autoptr (JsonNode) args = zq_args_read (intent->args);

  *content_type = g_strdup (zq_json_get_string (args, "content-type"));
  *security_context = g_strdup (zq_json_get_string (args, "security-context"));

  return g_strdup (zq_json_get_string (args, "key"));
}

/* Refused or not any more: the reply that waits for it waits on, or goes. */
static gboolean
binary_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  g_autofree char *chain = zq_db_get_text (zq_txn_db (txn), NULL,
                                           "SELECT chain FROM intent WHERE target = ? AND action = 'upload'", "i", id);
  gint64 consult = zq_chain_consult (chain);

  return consult == 0 || zq_consult_touch_outbox (txn, consult, error);
}

static const ZqIntentRule binary_rules[] = {
  { .action = "upload", .apply = upload_apply, .content = upload_content },
  { NULL },
};

const ZqResourceKind zq_binary_kind = {
  .name = "binary",
  .type = "Binary",
  .projection_version = 1,
  .project = binary_project,
  .rules = binary_rules,
};
