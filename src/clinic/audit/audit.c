/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/audit/audit.h"

#include "base/id.h"
#include "clinic/audit/kinds.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/context.h"

#define ACTS  ZQ_CODE_SYSTEM ("audit-act")
#define KINDS ZQ_CODE_SYSTEM ("audit-entity")
#define DICOM "http://dicom.nema.org/resources/ontology/DCM"

/* --- the AuditEvent ---------------------------------------------------------------------------- */

static void
add_entity (ZqEdits *edits, const char *reference, const char *kind)
{
  g_autofree char *what = reference != NULL ? zq_json_quote (reference) : NULL;
  g_autofree char *code = kind != NULL ? zq_json_quote (kind) : NULL;
  g_autoptr (GString) json = g_string_new ("{");

  if (what == NULL)
    return;
  g_string_append_printf (json, "\"what\":{\"reference\":%s}", what);
  if (code != NULL)
    g_string_append_printf (json, ",\"type\":{\"system\":\"" KINDS "\",\"code\":%s}", code);
  g_string_append_c (json, '}');
  zq_edits_set_json (edits, "$.entity[#]", json->str);
}

/* DICOM 110106 is "export": data left the system that guards it; 110110 is what is done with a record. */
static const char *
type_of (const char *act)
{
  return g_str_equal (act, "print") || g_str_equal (act, "export") ? "110106" : "110110";
}

static gboolean
record_apply (const ZqIntent *intent, JsonNode *current, gpointer data, ZqEdits *edits, GError **error)
{
  const ZqContext *context = data;
  g_autoptr (JsonNode) args = zq_json_read (intent->args, -1, error);
  const char *act = zq_json_get_string (args, "act"), *at = zq_json_get_string (args, "at");
  g_autofree char *me = g_strconcat ("Practitioner/", context->me, NULL);
  g_autofree char *who = zq_json_quote (me);
  g_autofree char *agent = g_strdup_printf ("[{\"who\":{\"reference\":%s},\"requestor\":true}]", who);
  g_autofree char *quoted = act != NULL ? zq_json_quote (act) : NULL;
  g_autofree char *subtype = NULL;

  if (current != NULL)
    return TRUE;
  if (act == NULL || at == NULL)
    {
      g_set_error_literal (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "The event names no act or instant");
      return FALSE;
    }
  subtype = g_strdup_printf ("[{\"system\":\"" ACTS "\",\"code\":%s}]", quoted);
  zq_edits_set_string (edits, "$.resourceType", "AuditEvent");
  /* The workstation itself: it has no record at the hospital. */
  zq_edits_set_json (edits, "$.contained",
                     "[{\"resourceType\":\"Device\",\"id\":\"workstation\",\"deviceName\":"
                     "[{\"name\":\"Zhenqiao\",\"type\":\"user-friendly-name\"}]}]");
  zq_edits_set_string (edits, "$.type.system", DICOM);
  zq_edits_set_string (edits, "$.type.code", type_of (act));
  zq_edits_set_json (edits, "$.subtype", subtype);
  zq_edits_set_string (edits, "$.action", "E");
  zq_edits_set_string (edits, "$.recorded", at);
  zq_edits_set_string (edits, "$.outcome", "0");
  zq_edits_set_json (edits, "$.agent", agent);
  zq_edits_set_string (edits, "$.source.observer.reference", "#workstation");
  zq_edits_set_json (edits, "$.entity", "[]");
  add_entity (edits, zq_json_get_string (args, "patient"), "patient");
  add_entity (edits, zq_json_get_string (args, "what"), zq_json_get_string (args, "kind"));

  return TRUE;
}

static const ZqIntentRule audit_rules[] = {
  { .action = "record", .apply = record_apply, .unidentified = TRUE },
  { NULL },
};

static gboolean
audit_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  return TRUE;
}

const ZqResourceKind zq_audit_event_kind = {
  .name = "audit-event",
  .type = "AuditEvent",
  .projection_version = 1,
  .project = audit_project,
  .rules = audit_rules,
};

/* --- commands ------------------------------------------------------------------------------------ */

static void
add_member (GString *json, const char *name, const char *value)
{
  g_autofree char *quoted = value != NULL ? zq_json_quote (value) : NULL;

  if (quoted != NULL)
    g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", name, quoted);
}

static char *
reference_of (ZqDb *db, gint64 row)
{
  return row == 0 ? NULL
                  : zq_db_get_text (db, NULL,
                                    "SELECT iif (server_id IS NULL, 'urn:uuid:' || local_id, type || '/' || server_id)"
                                    " FROM resource WHERE id = ?",
                                    "i", row);
}

gboolean
zq_audit_put (ZqTxn *txn, const ZqAuditAct *act, GError **error)
{
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *patient = reference_of (db, act->patient);
  g_autofree char *what = reference_of (db, act->what);
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autoptr (GString) args = g_string_new ("{");
  gint64 target = zq_txn_create_local (txn, "AuditEvent", NULL, error);
  g_autofree char *chain = g_strdup_printf ("audit/%" G_GINT64_FORMAT, target);

  add_member (args, "act", act->act);
  add_member (args, "at", at);
  add_member (args, "kind", act->kind);
  add_member (args, "patient", patient);
  add_member (args, "what", what);
  g_string_append_c (args, '}');

  return target != 0 &&
         zq_txn_add_intent (txn, "audit-event", "record", target, args->str, NULL, chain, 0, error) != 0 &&
         zq_txn_audit (txn, act->act, act->what, act->patient, error);
}

typedef struct
{
  ZqAuditAct act;
  char *name, *kind;
} Command;

static void
command_free (gpointer data)
{
  Command *self = data;

  g_free (self->name);
  g_free (self->kind);
  g_free (self);
}

static gboolean
do_record (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_audit_put (txn, &((Command *)data)->act, error);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_store_write_finish (ZQ_STORE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
zq_audit_record_async (ZqStore *store, const ZqAuditAct *act, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (store, NULL, callback, data);
  Command *command = g_new0 (Command, 1);

  command->name = g_strdup (act->act);
  command->kind = g_strdup (act->kind);
  command->act = *act;
  command->act.act = command->name;
  command->act.kind = command->kind;
  g_task_set_task_data (task, command, command_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_record, command, NULL, on_written, task);
}

gboolean
zq_audit_record_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
