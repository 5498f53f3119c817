/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/home/comment.h"

#include "clinic/consult/command.h"
#include "clinic/consult/reasons.h"
#include "clinic/consult/rules.h"
#include "resource/json.h"

#define MOST_COMMENTS 2000
#define MOST_PLACES   20

/* --- where it is said ------------------------------------------------------------------------------- */

void
zq_home_place_free (ZqHomePlace *self)
{
  g_free (self->complaint);
  g_free (self);
}

ZqHomePlace *
zq_home_place_find (ZqDb *db, const ZqContext *context, gint64 patient)
{
  ZqHomePlace *self = g_new0 (ZqHomePlace, 1);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT c.id, c.complaint, s.turn FROM consult c JOIN consult_summary s ON s.id = c.id"
                   " WHERE c.patient = ? AND c.mine AND NOT c.final AND c.thread > 0 ORDER BY s.last_at DESC LIMIT ?",
                   "ii", patient, (gint64)MOST_PLACES);

  while (self->consult == 0 && rows != NULL && zq_rows_next (rows, NULL))
    {
      g_autoptr (ZqConsultState) state = zq_consult_state_load (db, zq_rows_int (rows, 0), NULL);

      if (state == NULL || !zq_consult_state_allows (state, context, "reply"))
        continue;
      self->consult = state->id;
      self->complaint = g_strdup (zq_rows_text (rows, 1));
      self->waits = zq_rows_int (rows, 2) == ZQ_TURN_DOCTOR;
    }

  return self;
}

/* --- saying it -------------------------------------------------------------------------------------- */

typedef struct
{
  gint64 consult;
  GArray *results; /* of gint64 */
  char *text;
  char *scope;
} Comment;

static void
comment_free (gpointer data)
{
  Comment *self = data;

  g_array_unref (self->results);
  g_free (self->scope);
  g_free (self->text);
  g_free (self);
}

static gboolean
refuse (GError **error, ZqConsultError code, const char *why)
{
  g_set_error_literal (error, ZQ_CONSULT_ERROR, code, why);

  return FALSE;
}

static gboolean
check (ZqTxn *txn, const Comment *self, const ZqConsultState *state, GError **error)
{
  ZqDb *db = zq_txn_db (txn);

  if (*self->text == '\0')
    return refuse (error, ZQ_CONSULT_ERROR_EMPTY, ZQ_REASON_EMPTY);
  if (state->thread <= 0)
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_NO_THREAD);
  if (!zq_consult_is_of_one_patient (state, db))
    return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_OTHER_PATIENT);
  for (guint i = 0; i < self->results->len; i++)
    {
      gint64 own = 0;

      zq_db_get_int (db, &own, NULL, "SELECT EXISTS (SELECT 1 FROM home_reading WHERE result = ? AND patient = ?)",
                     "ii", g_array_index (self->results, gint64, i), state->patient);
      if (own == 0)
        return refuse (error, ZQ_CONSULT_ERROR_NOT_ALLOWED, ZQ_REASON_OTHER_PATIENT);
    }

  return self->results->len > 0 || refuse (error, ZQ_CONSULT_ERROR_GONE, ZQ_REASON_NO_MESSAGE);
}

static char *
make_args (ZqTxn *txn, const Comment *self, const ZqConsultState *state)
{
  ZqDb *db = zq_txn_db (txn);
  g_autofree char *thread = zq_consult_reference (db, state->thread);
  g_autofree char *patient = zq_consult_reference (db, state->patient);
  g_autofree char *requester = zq_consult_reference (db, state->requester);
  g_autofree char *encounter = zq_consult_reference (db, state->encounter);
  gboolean relative = requester != NULL && g_str_has_prefix (requester, "RelatedPerson/");
  GString *json = g_string_new ("{");

  zq_command_add_member (json, "text", self->text);
  zq_command_add_member (json, "thread", thread);
  zq_command_add_member (json, "patient", patient);
  zq_command_add_member (json, "recipient", relative ? requester : patient);
  zq_command_add_member (json, "encounter", encounter);
  zq_command_add_member (json, "department", zq_command_department (state, zq_txn_context (txn)));
  g_string_append (json, ",\"abouts\":[");
  for (guint i = 0; i < self->results->len; i++)
    {
      g_autofree char *reference = zq_consult_reference (db, g_array_index (self->results, gint64, i));
      g_autofree char *quoted = zq_json_quote (reference != NULL ? reference : "");

      g_string_append_printf (json, "%s%s", i > 0 ? "," : "", quoted);
    }
  g_string_append (json, "]}");

  return g_string_free (json, FALSE);
}

char *
zq_home_comment_scope (const gint64 *results, guint n_results)
{
  return g_strdup_printf (n_results > 1 ? "home-day/%" G_GINT64_FORMAT : "home/%" G_GINT64_FORMAT,
                          n_results > 0 ? results[0] : 0);
}

/* It answers no message, so a newer one is no reason to hold it: it has no basis. */
static gboolean
do_comment (ZqTxn *txn, gpointer data, GError **error)
{
  Comment *self = data;
  g_autoptr (ZqConsultState) state = zq_command_load_for (txn, self->consult, "reply", error);
  g_autofree char *chain = zq_consult_draft_scope (self->consult);
  g_autofree char *args = NULL;
  gint64 target;

  if (state == NULL || !check (txn, self, state, error))
    return FALSE;
  args = make_args (txn, self, state);
  target = zq_txn_create_local (txn, "Communication", NULL, error);

  return target != 0 && zq_command_note_reply (txn, state, target, error) &&
         zq_txn_add_intent (txn, "message", "send-message", target, args, NULL, chain, 0, error) != 0 &&
         (self->scope == NULL || zq_txn_set_draft (txn, self->scope, NULL, error)) &&
         zq_txn_audit (txn, "send-message", target, state->patient, error);
}

void
zq_home_comment_async (ZqStore *store,
                       gint64 consult,
                       const gint64 *results,
                       guint n_results,
                       const char *text,
                       const char *scope,
                       GAsyncReadyCallback callback,
                       gpointer data)
{
  Comment *self = g_new0 (Comment, 1);

  self->consult = consult;
  self->scope = g_strdup (scope);
  self->results = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (self->results, results, n_results);
  self->text = g_strstrip (g_utf8_make_valid (text, -1));
  zq_store_write_async (store, ZQ_PRIORITY_DOCTOR, do_comment, self, comment_free, callback, data);
}

gboolean
zq_home_comment_finish (ZqStore *store, GAsyncResult *result, GError **error)
{
  return zq_store_write_finish (store, result, error);
}

/* --- what was said ---------------------------------------------------------------------------------- */

void
zq_home_comment_free (ZqHomeComment *self)
{
  g_free (self->text);
  g_free (self->who);
  g_free (self);
}

static ZqHomeComment *
take_comment (ZqRows *rows)
{
  ZqHomeComment *self = g_new0 (ZqHomeComment, 1);

  self->message = zq_rows_int (rows, 0);
  self->result = zq_rows_int (rows, 1);
  self->text = g_strdup (zq_rows_text (rows, 2));
  self->sent = zq_rows_int (rows, 3);
  self->pending = zq_rows_int (rows, 4) != 0;
  self->who = g_strdup (zq_rows_text (rows, 5));
  self->n_results = (guint)zq_rows_int (rows, 6);

  return self;
}

GPtrArray *
zq_home_comments_load (ZqDb *db, gint64 patient, gint64 from, gint64 to, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_home_comment_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT DISTINCT m.id, a.about, m.text, m.sent, m.pending, p.name,"
                   "  (SELECT count (*) FROM message_about o WHERE o.message = m.id)"
                   " FROM home_reading h INDEXED BY home_reading_time CROSS JOIN message_about a ON a.about = h.result"
                   " JOIN message m ON m.id = a.message LEFT JOIN person p ON p.id = m.sender"
                   " WHERE h.patient = ? AND h.at >= ? AND h.at < ? AND h.kind <> 8 AND NOT m.withdrawn AND NOT m.note"
                   " ORDER BY m.sent, m.id, a.about LIMIT ?",
                   "iiii", patient, from, to, (gint64)MOST_COMMENTS);

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (all, take_comment (rows));
  if (local == NULL)
    return g_steal_pointer (&all);
  g_propagate_error (error, g_steal_pointer (&local));

  return NULL;
}
