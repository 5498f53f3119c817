/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/keep.h"

#include "base/id.h"
#include "clinic/consult/command.h"
#include "clinic/consult/files.h"
#include "clinic/consult/reasons.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/context.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define LOCAL        "urn:uuid:"
#define NO_ENCOUNTER N_ ("The visit is no longer to be seen here")

static const char *const codes[] = { "visit-picture", "visit-recording" };

typedef struct
{
  ZqKeptDocument document;
  GPtrArray *files;
  char *title, *description, *related, *draft;
} Command;

static void
command_free (gpointer data)
{
  Command *self = data;

  g_ptr_array_unref (self->files);
  g_free (self->title);
  g_free (self->description);
  g_free (self->related);
  g_free (self->draft);
  g_free (self);
}

ZqDraftFile *
zq_kept_file_new (const char *name, const char *content_type)
{
  ZqDraftFile *self = g_new0 (ZqDraftFile, 1);
  g_autofree char *id = zq_id_new ();

  self->key = g_strconcat (LOCAL, id, NULL);
  self->name = g_strdup (name);
  self->content_type = g_strdup (content_type);

  return self;
}

/* Its key is "urn:uuid:<local-id>" of the Binary that it becomes. */
static gboolean
upload (ZqTxn *txn, const ZqDraftFile *file, const char *whose, const char *chain, GError **error)
{
  g_autofree char *args = zq_files_describe (file, whose);
  gint64 target = zq_txn_create_local (txn, "Binary", file->key + strlen (LOCAL), error);

  return target != 0 && zq_txn_add_intent (txn, "binary", "upload", target, args, NULL, chain, 0, error) != 0;
}

static char *
make_args (ZqTxn *txn, const Command *self, const char *patient)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autofree char *encounter = zq_consult_reference (zq_txn_db (txn), self->document.encounter);
  g_autofree char *from = self->document.from != 0 ? zq_instant_format (self->document.from) : NULL;
  g_autofree char *to = self->document.to != 0 ? zq_instant_format (self->document.to) : NULL;
  GString *args = g_string_new ("{");

  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "code", codes[self->document.kind]);
  zq_command_add_member (args, "title", self->title);
  zq_command_add_member (args, "description", self->description);
  zq_command_add_member (args, "patient", patient);
  zq_command_add_member (args, "encounter", encounter);
  zq_command_add_member (args, "related", self->related);
  zq_command_add_member (args, "from", from);
  zq_command_add_member (args, "to", to);
  zq_command_add_member (args, "department", context->departments != NULL ? context->departments[0] : NULL);
  g_string_append (args, ",\"files\":[");
  for (guint i = 0; i < self->files->len; i++)
    {
      g_autofree char *file = zq_files_describe (g_ptr_array_index (self->files, i), NULL);

      g_string_append (args, i > 0 ? "," : "");
      g_string_append (args, file);
    }
  g_string_append (args, "]}");

  return g_string_free (args, FALSE);
}

/* A chain of its own: a large file holds up nothing else. */
static gboolean
do_keep (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *patient_ref = NULL, *me = NULL, *args = NULL, *chain = NULL;
  gint64 patient = 0, target;

  zq_db_get_int (zq_txn_db (txn), &patient, NULL, "SELECT patient FROM visit_encounter WHERE id = ?", "i",
                 self->document.encounter);
  if (patient == 0)
    {
      g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, NO_ENCOUNTER);
      return FALSE;
    }
  target = zq_txn_create_local (txn, "DocumentReference", NULL, error);
  if (target == 0)
    return FALSE;
  patient_ref = zq_consult_reference (zq_txn_db (txn), patient);
  me = g_strconcat ("Practitioner/", context->me, NULL);
  chain = g_strdup_printf ("document/%" G_GINT64_FORMAT, target);
  for (guint i = 0; i < self->files->len; i++)
    if (!upload (txn, g_ptr_array_index (self->files, i), self->document.kind == ZQ_KEPT_RECORDING ? me : patient_ref,
                 chain, error))
      return FALSE;
  args = make_args (txn, self, patient_ref);

  return zq_txn_add_intent (txn, "document", "keep", target, args, NULL, chain, 0, error) != 0 &&
         (self->draft == NULL || zq_txn_set_draft (txn, self->draft, NULL, error)) &&
         zq_txn_audit (txn, "keep-document", target, patient, error);
}

void
zq_document_keep_async (ZqStore *store, const ZqKeptDocument *document, GAsyncReadyCallback callback, gpointer data)
{
  Command *self = g_new0 (Command, 1);

  self->document = *document;
  self->title = g_strdup (document->title);
  self->description = g_strdup (document->description);
  self->related = g_strdup (document->related);
  self->draft = g_strdup (document->draft);
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_draft_file_free);
  for (guint i = 0; i < document->files->len; i++)
    g_ptr_array_add (self->files, zq_draft_file_copy (g_ptr_array_index (document->files, i)));
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_keep, self, command_free, callback, data);
}

gboolean
zq_document_keep_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}
