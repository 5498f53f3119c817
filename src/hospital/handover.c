/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/workflow-private.h"

#include "base/id.h"
#include "rules/consultation.h"

#include <string.h>

/* A task that changes hands: claimed from the pool, released into it, or assigned to a colleague; and taken back by
 * the one who assigned it, as long as the colleague has written nothing. */
typedef struct
{
  ZqHospital *hospital;
  const ZqSession *session;
  const char *code, *from, *to; /* of the task */
  char *old_owner, *new_owner;  /* or NULL */
  char *thread;                 /* or NULL */
  char *department;             /* "Organization/…" */
  gint64 row;
} Handover;

static void
handover_clear (Handover *self)
{
  g_free (self->old_owner);
  g_free (self->new_owner);
  g_free (self->thread);
  g_free (self->department);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Handover, handover_clear)

static gboolean
moves (const Handover *self, const char *action)
{
  const char *next = NULL;

  return zq_consultation_allows (self->hospital->policy, self->code, self->from, action,
                                 zq_role_name (self->session->role), &next) &&
         (next == NULL || g_strcmp0 (next, self->to) == 0);
}

static gboolean
is_pool (const char *owner)
{
  return owner == NULL || g_str_has_prefix (owner, "Organization/");
}

/* A doctor of the task's department: who signs in here as one, or who nobody signs in as but has a role there. */
static gboolean
is_colleague (const Handover *self, const char *who)
{
  gint64 found = 0;

  return zq_db_get_int (self->hospital->db, &found, NULL,
                        "SELECT max (role = 'doctor' AND 'Organization/' || department = ?2) FROM account"
                        " WHERE fhir_user = ?1 HAVING count (*) > 0"
                        " UNION ALL SELECT 1 FROM idx p JOIN idx o ON o.row = p.row"
                        " AND o.name = 'PractitionerRole.organization' AND o.value = ?2"
                        " WHERE p.name = 'PractitionerRole.practitioner' AND p.value = ?1 LIMIT 1",
                        "ss", who, self->department) &&
         found != 0;
}

static gboolean
has_written (const Handover *self, const char *who, gint64 since)
{
  gint64 found;

  return zq_db_get_int (self->hospital->db, &found, NULL,
                        "SELECT 1 FROM idx p CROSS JOIN idx s ON s.row = p.row AND s.name = 'Communication.sender'"
                        " AND s.value = ?2 WHERE p.name = 'Communication.part-of' AND p.value = ?1 AND p.row > ?3",
                        "ssi", self->thread, who, since);
}

/* Whether the session gave it to who has it, and that one has not begun. */
static gboolean
can_take_back (const Handover *self)
{
  gint64 since;

  return zq_db_get_int (self->hospital->db, &since, NULL,
                        "SELECT newest FROM assigned WHERE row = ?1 AND giver = ?2 AND taker = ?3", "iss", self->row,
                        self->session->who, self->old_owner) &&
         !has_written (self, self->old_owner, since);
}

static gboolean
check_taken (const Handover *self, ZqReply *reply)
{
  gboolean back = !is_pool (self->old_owner) && can_take_back (self);

  if (!is_pool (self->old_owner) && !back)
    return zq_reply_fail (reply, 409, "A colleague has this consultation already");
  if (moves (self, "claim") || (back && (g_strcmp0 (self->from, self->to) == 0 || moves (self, "assign"))))
    return TRUE;
  return zq_reply_fail (reply, 422, "The state of the consultation does not allow to take it");
}

static gboolean
check_released (const Handover *self, ZqReply *reply)
{
  gboolean mine = g_strcmp0 (self->old_owner, self->session->who) == 0;
  gboolean back = !mine && !is_pool (self->old_owner) && can_take_back (self);

  if (!mine && !back)
    return zq_reply_fail (reply, 422, "Only who has a consultation gives it back to the department");
  if (moves (self, "release") || (back && g_strcmp0 (self->from, self->to) == 0))
    return TRUE;
  return zq_reply_fail (reply, 422, "The state of the consultation does not allow to give it back");
}

static gboolean
check_assigned (const Handover *self, ZqReply *reply)
{
  if (self->new_owner == NULL || !is_colleague (self, self->new_owner))
    return zq_reply_fail (reply, 422, "A consultation is given to a doctor of its department");
  if (!is_pool (self->old_owner) && g_strcmp0 (self->old_owner, self->session->who) != 0)
    return zq_reply_fail (reply, 409, "A colleague has this consultation already");
  if (is_pool (self->old_owner) && self->old_owner != NULL && g_strcmp0 (self->old_owner, self->session->org) != 0)
    return zq_reply_fail (reply, 422, "The consultation is another department's");
  if (moves (self, "assign"))
    return TRUE;
  return zq_reply_fail (reply, 422, "The state of the consultation does not allow to give it to a colleague");
}

/* Within the transaction of the change. */
static gboolean
note (const Handover *self, gboolean assigned, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = zq_db_exec (self->hospital->db, &error, "DELETE FROM assigned WHERE row = ?1", "i", self->row);

  if (ok && assigned)
    ok = zq_db_exec (self->hospital->db, &error,
                     "INSERT INTO assigned (row, giver, taker, newest)"
                     " SELECT ?1, ?2, ?3, max (row) FROM resource",
                     "iss", self->row, self->session->who, self->new_owner);

  return ok || zq_reply_fail_error (reply, error);
}

static gboolean
check (const Handover *self, ZqReply *reply)
{
  const char *owner = self->new_owner;

  if (owner != NULL && g_str_equal (owner, self->session->who))
    return check_taken (self, reply) && note (self, FALSE, reply);
  if (owner != NULL && g_str_has_prefix (owner, "Organization/"))
    return check_released (self, reply) && note (self, FALSE, reply);

  return moves (self, "transfer") || (check_assigned (self, reply) && note (self, TRUE, reply));
}

gboolean
zq_handover_check (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply)
{
  const char *department = zq_json_get_tag (old, ZQ_SYSTEM_DEPARTMENT);
  g_autoptr (ZqStored) stored = zq_records_read (self, "Task", zq_json_get_string (old, "id"), NULL);
  g_auto (Handover) handover = {
    .hospital = self,
    .session = session,
    .code = zq_task_code (old),
    .from = zq_task_status (old),
    .to = zq_task_status (fresh),
    .old_owner = zq_reference_at (self, old, "owner"),
    .new_owner = zq_reference_at (self, fresh, "owner"),
    .thread = zq_reference_at (self, old, "focus"),
    .department = department != NULL ? g_strconcat ("Organization/", department, NULL) : g_strdup (session->org),
    .row = stored != NULL ? stored->row : 0,
  };

  return check (&handover, reply);
}
