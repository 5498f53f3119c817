/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/consult.h"

#include "clinic/consult/state.h"

#include <glib/gi18n-lib.h>

static void
intake_item_free (gpointer data)
{
  ZqIntakeItem *self = data;

  g_free (self->question);
  g_free (self->answer);
  g_free (self);
}

void
zq_consult_free (ZqConsult *self)
{
  g_free (self->kind);
  g_free (self->status);
  g_free (self->complaint);
  g_free (self->requester);
  g_free (self->owner);
  g_clear_pointer (&self->intake, g_ptr_array_unref);
  g_free (self);
}

static gboolean
load_intake (ZqConsult *self, ZqDb *db, gint64 intake, GError **error)
{
  GError *local = NULL;
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error, "SELECT question, answer, is_boolean FROM intake WHERE id = ? ORDER BY place", "i", intake);

  if (rows == NULL)
    return FALSE;
  while (zq_rows_next (rows, &local))
    {
      ZqIntakeItem *item = g_new0 (ZqIntakeItem, 1);
      const char *answer = zq_rows_text (rows, 1);

      if (zq_rows_int (rows, 2) != 0)
        answer = g_strcmp0 (answer, "true") == 0 ? _ ("Yes") : _ ("No");
      item->question = g_strdup (zq_rows_is_null (rows, 0) ? "—" : zq_rows_text (rows, 0));
      item->answer = g_strdup (answer != NULL ? answer : "—");
      g_ptr_array_add (self->intake, item);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, local);
  return FALSE;
}

/* Who asked, when it was not the patient. */
static char *
name_requester (ZqDb *db, gint64 requester)
{
  g_autoptr (ZqPerson) person = requester != 0 ? zq_person_load (db, requester) : NULL;
  const char *name;

  if (person == NULL || g_strcmp0 (person->type, "Patient") == 0)
    return NULL;
  name = person->name != NULL ? person->name : "—";

  return person->relation != NULL ? g_strdup_printf ("%s (%s)", name, person->relation) : g_strdup (name);
}

static char *
name_owner (ZqDb *db, const ZqConsultState *state)
{
  g_autoptr (ZqPerson) person = !state->mine && state->owner != 0 ? zq_person_load (db, state->owner) : NULL;

  if (person == NULL)
    return NULL;

  return g_strdup (person->name != NULL ? person->name : "—");
}

static void
take_state (ZqConsult *self, ZqDb *db, const ZqContext *context, const ZqConsultState *state)
{
  self->id = state->id;
  self->patient_id = state->patient;
  self->thread_id = zq_consult_conversation (state->id, state->thread);
  self->kind = g_strdup (state->code);
  self->status = g_strdup (state->status);
  self->requester = name_requester (db, state->requester);
  self->owner = name_owner (db, state);
  self->mine = state->mine;
  self->in_pool = state->in_pool;
  self->urgent = state->urgent;
  self->final = state->final;
  self->can_reply = state->thread != 0 && zq_consult_state_allows (state, context, "reply");
  self->can_close = zq_consult_state_allows (state, context, "close");
  self->can_reopen = zq_consult_state_allows (state, context, "reopen");
  self->can_claim = zq_consult_state_allows (state, context, "claim");
  self->can_release = zq_consult_state_allows (state, context, "release");
  self->can_set_priority = zq_consult_state_allows (state, context, "set-priority");
  self->can_assign = zq_consult_state_allows (state, context, "assign");
  self->can_note = zq_consult_state_allows (state, context, "note");
  self->can_withdraw = zq_consult_state_allows (state, context, "withdraw");
  self->can_correct = zq_consult_state_allows (state, context, "correct");
  self->can_mark = state->thread != 0;
}

ZqConsult *
zq_consult_load (ZqDb *db, const ZqContext *context, gint64 id, GError **error)
{
  g_autoptr (ZqConsultState) state = zq_consult_state_load (db, id, error);
  g_autoptr (ZqConsult) self = NULL;
  g_autoptr (ZqRows) rows = NULL;

  if (state == NULL)
    return NULL;
  rows = zq_db_query (db, error,
                      "SELECT c.complaint, c.authored, c.intake, s.due, s.overdue FROM consult c"
                      " LEFT JOIN consult_summary s ON s.id = c.id WHERE c.id = ?",
                      "i", id);
  if (rows == NULL || !zq_rows_next (rows, error))
    return NULL;

  self = g_new0 (ZqConsult, 1);
  self->intake = g_ptr_array_new_with_free_func (intake_item_free);
  take_state (self, db, context, state);
  self->complaint = g_strdup (zq_rows_is_null (rows, 0) ? "" : zq_rows_text (rows, 0));
  self->authored = zq_rows_int (rows, 1);
  self->due = zq_rows_int (rows, 3);
  self->overdue = zq_rows_int (rows, 4) != 0;

  return load_intake (self, db, zq_rows_int (rows, 2), error) ? g_steal_pointer (&self) : NULL;
}
