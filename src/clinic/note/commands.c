/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/diagnosis.h"
#include "clinic/note/note.h"

#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "store/draft.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NOTHING_WRITTEN N_ ("Nothing has been written that could be signed")
#define NO_ENCOUNTER    N_ ("The visit is no longer to be seen here")

typedef struct
{
  gint64 encounter, note;
  ZqNoteText *text;
  char *words, *title;
  char **titles;
} Command;

static void
command_free (gpointer data)
{
  Command *self = data;

  g_clear_pointer (&self->text, zq_note_text_free);
  g_free (self->words);
  g_free (self->title);
  g_strfreev (self->titles);
  g_free (self);
}

static gboolean
fail (GError **error, int code, const char *reason)
{
  g_set_error_literal (error, ZQ_CONSULT_ERROR, code, reason);
  return FALSE;
}

static void
add_titles (GString *args, const Command *self)
{
  g_string_append (args, ",\"titles\":{");
  for (guint i = 0; self->titles != NULL && i < ZQ_NOTE_N_SECTIONS && self->titles[i] != NULL; i++)
    {
      g_autofree char *quoted = zq_json_quote (self->titles[i]);

      g_string_append_printf (args, "%s\"%s\":%s", i > 0 ? "," : "", zq_note_section_code (i), quoted);
    }
  g_string_append_c (args, '}');
}

static char *
make_args (ZqTxn *txn, const Command *self, gint64 encounter, gint64 patient, const char *appends)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autofree char *encounter_ref = zq_consult_reference (zq_txn_db (txn), encounter);
  g_autofree char *patient_ref = zq_consult_reference (zq_txn_db (txn), patient);
  GString *args = g_string_new ("{");

  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "encounter", encounter_ref);
  zq_command_add_member (args, "patient", patient_ref);
  zq_command_add_member (args, "title", self->title);
  zq_command_add_member (args, "appends", appends);
  zq_command_add_member (args, "addition", self->words);
  zq_command_add_member (args, "department", context->departments != NULL ? context->departments[0] : NULL);
  if (self->text != NULL)
    {
      g_autofree char *packed = zq_note_text_pack (self->text);

      g_string_append_printf (args, ",\"text\":%s", packed);
      add_titles (args, self);
    }
  g_string_append_c (args, '}');

  return g_string_free (args, FALSE);
}

/* --- the diagnosis ------------------------------------------------------------------------------ */

static char *
diagnosis_args (ZqTxn *txn, const ZqDiagnosis *diagnosis, gint64 encounter, gint64 patient)
{
  const ZqContext *context = zq_txn_context (txn);
  g_autofree char *at = zq_instant_format (zq_txn_now (txn));
  g_autofree char *encounter_ref = zq_consult_reference (zq_txn_db (txn), encounter);
  g_autofree char *patient_ref = zq_consult_reference (zq_txn_db (txn), patient);
  GString *args = g_string_new ("{");

  zq_command_add_member (args, "at", at);
  zq_command_add_member (args, "words", diagnosis->words);
  zq_command_add_member (args, "code", diagnosis->code);
  zq_command_add_member (args, "encounter", encounter_ref);
  zq_command_add_member (args, "patient", patient_ref);
  zq_command_add_member (args, "department", context->departments != NULL ? context->departments[0] : NULL);
  g_string_append_printf (args, ",\"provisional\":%s}", diagnosis->provisional ? "true" : "false");

  return g_string_free (args, FALSE);
}

/* Each line becomes a Condition, and all of them the Encounter's diagnosis, in their order. */
static gboolean
write_diagnoses (ZqTxn *txn, const Command *self, gint64 patient, const char *chain, GError **error)
{
  g_autoptr (GPtrArray) diagnoses = zq_diagnosis_read (self->text->sections[ZQ_NOTE_DIAGNOSIS]);
  g_autoptr (GString) conditions = g_string_new ("{\"conditions\":[");

  if (diagnoses->len == 0)
    return TRUE;
  for (guint i = 0; i < diagnoses->len; i++)
    {
      g_autofree char *args = diagnosis_args (txn, g_ptr_array_index (diagnoses, i), self->encounter, patient);
      g_autofree char *reference = NULL, *quoted = NULL;
      gint64 condition = zq_txn_create_local (txn, "Condition", NULL, error);

      if (condition == 0 ||
          zq_txn_add_intent (txn, "condition", "diagnose", condition, args, NULL, chain, 0, error) == 0)
        return FALSE;
      reference = zq_consult_reference (zq_txn_db (txn), condition);
      quoted = zq_json_quote (reference);
      g_string_append_printf (conditions, "%s{\"reference\":%s}", i > 0 ? "," : "", quoted);
    }
  g_string_append (conditions, "]}");

  return zq_txn_add_intent (txn, "encounter", "diagnose", self->encounter, conditions->str, NULL, chain, 0, error) != 0;
}

/* --- signing ------------------------------------------------------------------------------------ */

static gboolean
write_note (ZqTxn *txn, const Command *self, gint64 encounter, const char *appends, GError **error)
{
  g_autofree char *chain = g_strdup_printf ("record/%" G_GINT64_FORMAT, encounter);
  g_autofree char *args = NULL;
  gint64 patient = 0, target;

  zq_db_get_int (zq_txn_db (txn), &patient, NULL, "SELECT patient FROM visit_encounter WHERE id = ?", "i", encounter);
  if (patient == 0)
    return fail (error, ZQ_CONSULT_ERROR_GONE, NO_ENCOUNTER);
  args = make_args (txn, self, encounter, patient, appends);
  target = zq_txn_create_local (txn, "Composition", NULL, error);

  return target != 0 &&
         zq_txn_add_intent (txn, "note", appends != NULL ? "append" : "sign", target, args, NULL, chain, 0, error) !=
             0 &&
         (appends != NULL || write_diagnoses (txn, self, patient, chain, error)) &&
         zq_txn_audit (txn, appends != NULL ? "append-note" : "sign-note", target, patient, error);
}

static gboolean
do_sign (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  g_autofree char *scope = zq_note_scope (self->encounter);

  if (zq_note_text_is_empty (self->text))
    return fail (error, ZQ_CONSULT_ERROR_EMPTY, NOTHING_WRITTEN);

  return write_note (txn, self, self->encounter, NULL, error) && zq_txn_set_draft (txn, scope, NULL, error);
}

static gboolean
do_append (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  g_autofree char *note = zq_consult_reference (zq_txn_db (txn), self->note);
  g_autofree char *scope = NULL;
  gint64 encounter = 0;

  if (self->words == NULL || self->words[strspn (self->words, " \t\r\n")] == '\0')
    return fail (error, ZQ_CONSULT_ERROR_EMPTY, NOTHING_WRITTEN);
  zq_db_get_int (zq_txn_db (txn), &encounter, NULL, "SELECT encounter FROM note WHERE id = ?", "i", self->note);
  if (encounter == 0 || note == NULL)
    return fail (error, ZQ_CONSULT_ERROR_GONE, NO_ENCOUNTER);
  scope = zq_note_addition_scope (encounter);

  return write_note (txn, self, encounter, note, error) && zq_txn_set_draft (txn, scope, NULL, error);
}

void
zq_note_sign_async (ZqStore *store,
                    gint64 encounter,
                    const ZqNoteText *text,
                    const char *title,
                    const char *const *titles,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  Command *self = g_new0 (Command, 1);
  g_autofree char *packed = zq_note_text_pack (text);

  self->encounter = encounter;
  self->text = zq_note_text_unpack (packed);
  self->title = g_strdup (title);
  self->titles = g_strdupv ((char **)titles);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_sign, self, command_free, callback, data);
}

void
zq_note_append_async (
    ZqStore *store, gint64 note, const char *words, const char *title, GAsyncReadyCallback callback, gpointer data)
{
  Command *self = g_new0 (Command, 1);

  self->note = note;
  self->words = g_strdup (words);
  self->title = g_strdup (title);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_append, self, command_free, callback, data);
}

gboolean
zq_note_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}
