/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/call-back-private.h"

#include "base/id.h"

#define RINGS     (3 * (gint64)G_USEC_PER_SEC)
#define TALKS     (60 * (gint64)G_USEC_PER_SEC)
#define TRY_AGAIN 1000
#define OUTCOME   ZQ_CODE_SYSTEM ("call-back-outcome")

/* The hospital rings the doctor, then the patient, and connects the two, so that neither learns the other's number.
 * Here nobody is rung: a call takes its time on the clock and has the outcome that the sandbox was told. Which calls go
 * on stands in a table, so that a hospital that starts again ends them too. */

gboolean
zq_call_back_is_outcome (const char *code)
{
  static const char *const outcomes[] = { "answered", "no-answer", "busy", "failed", "doctor-no-answer", NULL };

  return code != NULL && g_strv_contains (outcomes, code);
}

static char *
make_text (ZqHospital *self, const ZqSession *session, const char *encounter, const char *patient, GError **error)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));

  return zq_db_get_text (
      self->db, error,
      "SELECT json_object ('resourceType', 'Communication', 'status', 'in-progress',"
      " 'category', json_array (json_object ('coding', json_array (json_object ("
      "   'system', '" ZQ_CODE_SYSTEM (
          "communication-category") "', 'code', 'call-back')))),"
                                    " 'medium', json_array (json_object ('coding', json_array (json_object ("
                                    "   'system', 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode', "
                                    "'code', 'PHONE')))),"
                                    " 'subject', json_object ('reference', ?1), 'encounter', json_object ('reference', "
                                    "'Encounter/' || ?2),"
                                    " 'sent', ?3, 'sender', json_object ('reference', ?4))",
      "ssss", patient, encounter, now, session->who);
}

/* The call of this visit that goes on; NULL: none. */
static ZqStored *
find_running (ZqHospital *self, const char *encounter, GError **error)
{
  g_autofree char *id =
      zq_db_get_text (self->db, NULL, "SELECT communication FROM call_back WHERE encounter = ?1", "s", encounter);

  return id != NULL ? zq_records_read (self, "Communication", id, error) : NULL;
}

static ZqStored *
start (ZqHospital *self, const ZqSession *session, const char *encounter, const char *patient, GError **error)
{
  const char *told = self->faults != NULL ? zq_faults_call_back (self->faults) : NULL;
  g_autofree char *text = make_text (self, session, encounter, patient, error);
  g_autofree char *id = zq_id_new ();
  g_autoptr (ZqStored) stored = text != NULL ? zq_records_write (self, "Communication", id, text, 0, error) : NULL;

  if (stored == NULL ||
      !zq_db_exec (self->db, error,
                   "INSERT INTO call_back (encounter, communication, outcome, talks, due)"
                   " VALUES (?1, ?2, ?3, 0, ?4)",
                   "sssi", encounter, id, told != NULL ? told : "answered", zq_clock_now (self->clock) + RINGS))
    return NULL;
  zq_call_back_watch (self);

  return g_steal_pointer (&stored);
}

static gboolean
takes_part (ZqHospital *self, const ZqSession *session, JsonNode *encounter)
{
  g_autoptr (GPtrArray) people = zq_references_collect (self, encounter, "participant.individual");

  return session->role == ZQ_ROLE_DOCTOR && g_ptr_array_find_with_equal_func (people, session->who, g_str_equal, NULL);
}

ZqStored *
zq_call_back_run (ZqHospital *self, const ZqSession *session, const char *encounter, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStored) stored = zq_records_read (self, "Encounter", encounter, &error), call = NULL;
  g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, &error) : NULL;
  g_autofree char *patient = node != NULL ? zq_reference_at (self, node, "subject") : NULL;

  if (error == NULL && (node == NULL || !zq_access_reads_text (self, session, "Encounter", encounter, stored->text)))
    zq_reply_fail (reply, 404, "There is no such visit");
  else if (error == NULL && !takes_part (self, session, node))
    zq_reply_fail (reply, 403, "A call is made by the doctor of the visit");
  else if (error == NULL && (patient == NULL || g_strcmp0 (zq_json_get_string (node, "status"), "in-progress") != 0))
    zq_reply_fail (reply, 409, "A call belongs to a visit that goes on");
  else if (error == NULL)
    {
      /* Asked twice, as after a lost answer, the telephone rings once. */
      call = find_running (self, encounter, &error);
      if (call == NULL && error == NULL)
        call = start (self, session, encounter, patient, &error);
    }
  if (error != NULL)
    zq_reply_fail_error (reply, error);

  return g_steal_pointer (&call);
}

/* --- what becomes of it -------------------------------------------------------------------------- */

typedef struct
{
  char *communication, *outcome;
  gboolean talks; /* was answered */
} Call;

static void
call_free (gpointer data)
{
  Call *self = data;

  g_free (self->communication);
  g_free (self->outcome);
  g_free (self);
}

static GPtrArray *
list_due (ZqHospital *self, GError **error)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (call_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (self->db, error, "SELECT communication, outcome, talks FROM call_back WHERE due <= ?1", "i",
                   zq_clock_now (self->clock));

  while (rows != NULL && zq_rows_next (rows, error))
    {
      Call *call = g_new0 (Call, 1);

      call->communication = g_strdup (zq_rows_text (rows, 0));
      call->outcome = g_strdup (zq_rows_text (rows, 1));
      call->talks = zq_rows_int (rows, 2) != 0;
      g_ptr_array_add (found, call);
    }

  return found;
}

static gboolean
write_state (ZqHospital *self, const Call *call, const char *status, GError **error)
{
  g_autoptr (ZqStored) stored = zq_records_read (self, "Communication", call->communication, error), written = NULL;
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  g_autofree char *text = NULL;

  if (stored == NULL || stored->text == NULL)
    return stored != NULL;
  text = zq_db_get_text (self->db, error,
                         "SELECT json_set (?1, '$.status', ?2, '$.statusReason', json_object ('coding', json_array ("
                         "json_object ('system', '" OUTCOME "', 'code', ?3))))",
                         "sss", stored->text, status, call->outcome);
  if (text != NULL && !g_str_equal (status, "in-progress"))
    {
      char *ended = zq_db_get_text (self->db, error, "SELECT json_set (?1, '$.received', ?2)", "ss", text, now);

      g_free (text);
      text = ended;
    }
  written = text != NULL ? zq_records_write (self, "Communication", call->communication, text, 0, error) : NULL;

  return written != NULL;
}

static gboolean
step (ZqHospital *self, const Call *call, GError **error)
{
  gboolean is_answered = g_str_equal (call->outcome, "answered");

  if (is_answered && !call->talks)
    return write_state (self, call, "in-progress", error) &&
           zq_db_exec (self->db, error, "UPDATE call_back SET talks = 1, due = ?2 WHERE communication = ?1", "si",
                       call->communication, zq_clock_now (self->clock) + TALKS);

  return write_state (self, call, is_answered ? "completed" : "not-done", error) &&
         zq_db_exec (self->db, error, "DELETE FROM call_back WHERE communication = ?1", "s", call->communication);
}

static void
on_due (gpointer data)
{
  ZqHospital *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) due = NULL;
  gboolean ok = TRUE;

  self->call_back_alarm = 0;
  if (self->in_transaction)
    {
      self->call_back_alarm = zq_clock_alarm_in (self->clock, TRY_AGAIN, on_due, self);
      return;
    }
  due = list_due (self, &error);
  if (error == NULL && due->len > 0 && zq_records_begin (self, &error))
    {
      for (guint i = 0; ok && i < due->len; i++)
        ok = step (self, g_ptr_array_index (due, i), &error);
      ok = zq_records_end (self, ok, ok ? &error : NULL) && ok;
    }
  if (error != NULL || !ok)
    g_warning ("calls could not be ended: %s", error != NULL ? error->message : "?");
  else
    zq_call_back_watch (self);
}

void
zq_call_back_watch (ZqHospital *self)
{
  gint64 next;

  zq_clock_clear (self->clock, &self->call_back_alarm);
  if (zq_db_get_int (self->db, &next, NULL, "SELECT min (due) FROM call_back HAVING min (due) IS NOT NULL", ""))
    self->call_back_alarm = zq_clock_alarm (self->clock, next, on_due, self);
}

gboolean
zq_call_back_open (ZqHospital *self, GError **error)
{
  if (!zq_db_script (self->db,
                     "CREATE TABLE IF NOT EXISTS call_back (encounter TEXT PRIMARY KEY, communication TEXT NOT NULL,"
                     " outcome TEXT NOT NULL, talks INTEGER NOT NULL, due INTEGER NOT NULL)",
                     error))
    return FALSE;
  zq_call_back_watch (self);

  return TRUE;
}
