/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/reasons.h"
#include "clinic/visit/visit.h"

#include "base/id.h"
#include "clinic/consult/command.h"
#include "clinic/consult/rules.h"
#include "resource/datetime.h"
#include "resource/json.h"

typedef struct
{
  ZqVisitAct act;
  gint64 visit, consult, start, made;
  guint minutes;
  char *reason, *message, *code, *words, *how;
  char **relations, **who;
  gboolean guardian, by_phone;
} Command;

static void
command_free (gpointer data)
{
  Command *self = data;

  g_free (self->reason);
  g_free (self->message);
  g_free (self->code);
  g_free (self->words);
  g_free (self->how);
  g_strfreev (self->relations);
  g_strfreev (self->who);
  g_free (self);
}

static char *
chain_of (gint64 visit)
{
  return g_strdup_printf ("visit/%" G_GINT64_FORMAT, visit);
}

static gboolean
fail (GError **error, const char *reason)
{
  g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED, reason);
  return FALSE;
}

static void
add_times (GString *args, gint64 start, guint minutes)
{
  g_autofree char *from = zq_instant_format (start);
  g_autofree char *until = zq_instant_format (start + minutes * 60 * (gint64)G_USEC_PER_SEC);
  g_autofree char *length = g_strdup_printf ("%u", minutes);

  zq_command_add_member (args, "start", from);
  zq_command_add_member (args, "end", until);
  zq_command_add_member (args, "minutes", length);
}

static GString *
begin_args (ZqTxn *txn)
{
  g_autofree char *now = zq_instant_format (zq_txn_now (txn));
  GString *args = g_string_new ("{");

  zq_command_add_member (args, "at", now);

  return args;
}

/* Takes @args. */
static gboolean
put (ZqTxn *txn, const char *kind, const char *action, gint64 target, gint64 visit, GString *args, GError **error)
{
  g_autofree char *chain = chain_of (visit);
  g_autofree char *text = NULL;

  g_string_append_c (args, '}');
  text = g_string_free (args, FALSE);

  return zq_txn_add_intent (txn, kind, action, target, text, NULL, chain, 0, error) != 0;
}

/* --- making it ---------------------------------------------------------------------------------- */

static gboolean
do_make (ZqTxn *txn, gpointer data, GError **error)
{
  Command *self = data;
  const ZqContext *context = zq_txn_context (txn);
  ZqConsultState *state = zq_command_load (txn, self->consult, error);
  g_autofree char *patient = NULL, *thread = NULL;
  GString *args;

  if (state == NULL)
    return FALSE;
  patient = zq_consult_reference (zq_txn_db (txn), state->patient);
  thread = zq_consult_reference (zq_txn_db (txn), state->thread);
  self->made = zq_txn_create_local (txn, "Appointment", NULL, error);
  args = begin_args (txn);
  zq_command_add_member (args, "patient", patient);
  zq_command_add_member (args, "thread", thread);
  zq_command_add_member (args, "reason", self->reason);
  zq_command_add_member (args, "department", zq_command_department (state, context));
  add_times (args, self->start, self->minutes);
  if (self->made == 0 || patient == NULL)
    {
      g_string_free (args, TRUE);
      zq_consult_state_free (state);
      return self->made != 0 ? fail (error, ZQ_REASON_NO_VISIT) : FALSE;
    }
  {
    gint64 patient_row = state->patient;

    zq_consult_state_free (state);
    return put (txn, "visit", "make", self->made, self->made, args, error) &&
           zq_txn_audit (txn, "make-visit", self->made, patient_row, error);
  }
}

static void
on_told (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Command *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (zq_consult_send_finish (ZQ_STORE (object), result, NULL, &error) != 0)
    g_task_return_int (task, self->made);
  else
    g_task_return_error (task, error);
}

static void
on_made (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Command *self = g_task_get_task_data (task);
  ZqReply reply = { .text = self->message, .seen_message = ZQ_SEEN_ALL, .aside = TRUE };
  GError *error = NULL;

  if (!zq_store_write_finish (ZQ_STORE (object), result, &error))
    g_task_return_error (task, error);
  else if (self->message == NULL)
    g_task_return_int (task, self->made);
  else
    zq_consult_send_async (ZQ_STORE (object), self->consult, &reply, on_told, g_steal_pointer (&task));
}

void
zq_visit_make_async (ZqStore *store,
                     gint64 consult,
                     gint64 start,
                     guint minutes,
                     const char *reason,
                     const char *message,
                     GAsyncReadyCallback callback,
                     gpointer data)
{
  GTask *task = g_task_new (store, NULL, callback, data);
  Command *self = g_new0 (Command, 1);

  self->consult = consult;
  self->start = start;
  self->minutes = minutes;
  self->reason = g_strdup (reason);
  self->message = g_strdup (message);
  g_task_set_task_data (task, self, command_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_make, self, NULL, on_made, task);
}

gint64
zq_visit_make_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  gint64 made = g_task_propagate_int (G_TASK (result), error);

  return made > 0 ? made : 0;
}

/* --- what is done with it ----------------------------------------------------------------------- */

static gboolean
do_task (ZqTxn *txn, const ZqVisit *visit, const char *action, GError **error)
{
  return visit->task == 0 || put (txn, "visit-task", action, visit->task, visit->key, begin_args (txn), error);
}

static gboolean
do_move (ZqTxn *txn, const Command *self, const ZqVisit *visit, GError **error)
{
  GString *args = begin_args (txn);

  add_times (args, self->start, self->minutes);

  return put (txn, "visit", "move", visit->key, visit->key, args, error);
}

static gboolean
do_cancel (ZqTxn *txn, const Command *self, const ZqVisit *visit, GError **error)
{
  GString *args = begin_args (txn);

  zq_command_add_member (args, "code", self->code);
  zq_command_add_member (args, "words", self->words);

  return put (txn, "visit", "cancel", visit->key, visit->key, args, error) && do_task (txn, visit, "complete", error);
}

static gboolean
do_no_show (ZqTxn *txn, const ZqVisit *visit, GError **error)
{
  return put (txn, "visit", "no-show", visit->key, visit->key, begin_args (txn), error) &&
         (visit->encounter == 0 ||
          put (txn, "encounter", "cancel", visit->encounter, visit->key, begin_args (txn), error)) &&
         do_task (txn, visit, "complete", error);
}

static void
add_attendance (GString *args, const Command *self)
{
  g_string_append (args, ",\"who\":[");
  for (guint i = 0; self->who != NULL && self->who[i] != NULL; i++)
    {
      g_autofree char *words = zq_json_quote (self->who[i]);
      gboolean has_relation = self->relations != NULL && i < g_strv_length (self->relations);
      g_autofree char *relation = zq_json_quote (has_relation ? self->relations[i] : "patient");

      g_string_append_printf (args, "%s{\"words\":%s,\"relation\":%s}", i > 0 ? "," : "", words, relation);
    }
  g_string_append (args, "]");
}

static gboolean
do_begin (ZqTxn *txn, const Command *self, const ZqVisit *visit, GError **error)
{
  const ZqContext *context = zq_txn_context (txn);
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *name = NULL, *key = NULL, *appointment = zq_consult_reference (db, visit->key);
  g_autofree char *patient = zq_consult_reference (db, visit->patient);
  gint64 encounter = visit->encounter;
  GString *args;

  if (visit->server_id == NULL)
    return fail (error, ZQ_REASON_VISIT_UNSENT);
  /* Every workstation, and this one after a restart, comes to the same: there is one Encounter of a visit. */
  name = g_strconcat ("visit.Appointment.", visit->server_id, NULL);
  key = zq_id_from_name (name);
  if (encounter == 0)
    encounter = zq_txn_create_local (txn, "Encounter", key, error);
  if (encounter == 0)
    return FALSE;
  args = begin_args (txn);
  zq_command_add_member (args, "patient", patient);
  zq_command_add_member (args, "appointment", appointment);
  zq_command_add_member (args, "reason", visit->reason);
  zq_command_add_member (args, "department", context->departments != NULL ? context->departments[0] : NULL);
  zq_command_add_member (args, "how", self->how);
  zq_command_add_member (args, "title", self->words);
  g_string_append_printf (args, ",\"guardian\":%s,\"phone\":%s", self->guardian ? "true" : "false",
                          self->by_phone ? "true" : "false");
  add_attendance (args, self);

  return put (txn, "encounter", "begin", encounter, visit->key, args, error) && do_task (txn, visit, "begin", error);
}

static gboolean
do_finish (ZqTxn *txn, const ZqVisit *visit, GError **error)
{
  return (visit->encounter == 0 ||
          put (txn, "encounter", "finish", visit->encounter, visit->key, begin_args (txn), error)) &&
         put (txn, "visit", "fulfil", visit->key, visit->key, begin_args (txn), error) &&
         do_task (txn, visit, "complete", error);
}

static gboolean
is_over (const ZqVisit *visit)
{
  return visit->state == ZQ_VISIT_FULFILLED || visit->state == ZQ_VISIT_CANCELLED || visit->state == ZQ_VISIT_NO_SHOW ||
         visit->state == ZQ_VISIT_MISTAKEN;
}

static gboolean
carry_out (ZqTxn *txn, const Command *self, const ZqVisit *visit, GError **error)
{
  switch (self->act)
    {
    case ZQ_VISIT_ACT_MOVE:
      return do_move (txn, self, visit, error);
    case ZQ_VISIT_ACT_CANCEL:
      return do_cancel (txn, self, visit, error);
    case ZQ_VISIT_ACT_NO_SHOW:
      return do_no_show (txn, visit, error);
    case ZQ_VISIT_ACT_BEGIN:
      return do_begin (txn, self, visit, error);
    default:
      return do_finish (txn, visit, error);
    }
}

static gboolean
do_act (ZqTxn *txn, gpointer data, GError **error)
{
  static const char *const names[] = { "move-visit", "cancel-visit", "no-show", "begin-visit", "finish-visit" };
  Command *self = data;
  g_autoptr (ZqVisit) visit = zq_visit_load (zq_txn_db (txn), zq_txn_context (txn), self->visit);

  if (visit == NULL || !visit->is_mine)
    return fail (error, ZQ_REASON_NO_VISIT);
  self->consult = visit->consult;
  if (is_over (visit))
    return fail (error, visit->state == ZQ_VISIT_CANCELLED ? ZQ_REASON_VISIT_CANCELLED : ZQ_REASON_VISIT_OVER);

  return carry_out (txn, self, visit, error) && zq_txn_audit (txn, names[self->act], visit->key, visit->patient, error);
}

static void
on_acted_told (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (zq_consult_send_finish (ZQ_STORE (object), result, NULL, &error) != 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_written (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Command *self = g_task_get_task_data (task);
  ZqReply reply = { .text = self->words, .seen_message = ZQ_SEEN_ALL, .aside = TRUE };
  GError *error = NULL;

  if (!zq_store_write_finish (ZQ_STORE (object), result, &error))
    g_task_return_error (task, error);
  else if (self->act == ZQ_VISIT_ACT_MOVE && self->words != NULL && self->consult != 0)
    zq_consult_send_async (ZQ_STORE (object), self->consult, &reply, on_acted_told, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

void
zq_visit_act_async (ZqStore *store, const ZqVisitChange *change, GAsyncReadyCallback callback, gpointer data)
{
  GTask *task = g_task_new (store, NULL, callback, data);
  Command *self = g_new0 (Command, 1);

  self->act = change->act;
  self->visit = change->visit;
  self->start = change->start;
  self->minutes = change->minutes;
  self->code = g_strdup (change->code);
  self->words = g_strdup (change->words);
  self->by_phone = change->by_phone;
  if (change->identity != NULL)
    {
      self->how = g_strdup (change->identity->how);
      self->guardian = change->identity->guardian;
      self->relations = g_strdupv ((char **)change->identity->relations);
      self->who = g_strdupv ((char **)change->identity->who);
    }
  g_task_set_task_data (task, self, command_free);
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_act, self, NULL, on_written, task);
}

gboolean
zq_visit_act_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
