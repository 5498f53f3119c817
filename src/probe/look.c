/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include "clinic/consult/commands.h"
#include "clinic/consult/consult.h"
#include "store/draft.h"

#define LIST_LIMIT 10000

static ZqDb *
main_db (ZqProbe *self)
{
  return zq_store_get_main_db (zq_session_get_store (self->session));
}

gboolean
zq_probe_find_row (ZqProbe *self, const char *reference, const char *type, gint64 *row, GError **error)
{
  const char *id = reference != NULL && g_str_has_prefix (reference, type) ? reference + strlen (type) : NULL;

  *row = 0;
  if (id == NULL || *id != '/')
    {
      g_set_error (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE, "This command needs a reference such as %s/12.", type);
      return FALSE;
    }
  zq_db_get_int (main_db (self), row, error,
                 "SELECT id FROM resource WHERE type = ?1 AND (server_id = ?2 OR local_id = ?2)", "ss", type, id + 1);
  if (*row == 0 && (error == NULL || *error == NULL))
    g_set_error (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_NOT_HELD, "%s is not held here. Pull first.", reference);
  return *row != 0;
}

gboolean
zq_probe_find_consult (ZqProbe *self, gint64 *consult, gint64 *thread, GError **error)
{
  const char *reference = self->task != NULL ? self->task : self->thread;

  if (reference != NULL && g_str_has_prefix (reference, "Task/"))
    {
      if (!zq_probe_find_row (self, reference, "Task", consult, error))
        return FALSE;
      zq_db_get_int (main_db (self), thread, error, "SELECT thread FROM consult WHERE id = ?", "i", *consult);
    }
  else
    {
      if (!zq_probe_find_row (self, reference, "Communication", thread, error))
        return FALSE;
      *consult = 0;
      zq_db_get_int (main_db (self), consult, error, "SELECT id FROM consult WHERE thread = ? ORDER BY id DESC LIMIT 1",
                     "i", *thread);
    }
  if (*consult == 0 && (error == NULL || *error == NULL))
    g_set_error (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_NOT_HELD, "No consultation with %s is held here.", reference);
  return *consult != 0;
}

gboolean
zq_probe_report_outbox (ZqProbe *self, ZqSessionCounts *counts, GError **error)
{
  ZqReport *outbox = zq_report_new ();
  ZqSessionCounts own = { 0 };

  if (counts == NULL)
    counts = &own;
  if (!zq_store_count_session (main_db (self), counts, error))
    {
      zq_report_free (outbox);
      return FALSE;
    }
  zq_report_int (outbox, "waiting", counts->waiting);
  zq_report_int (outbox, "held", counts->held);
  zq_report_int (outbox, "refused", counts->refused);
  zq_report_object (self->report, "outbox", outbox);
  zq_report_int (self->report, "unreadable", counts->unreadable);
  return TRUE;
}

static gboolean
report_types (ZqProbe *self, GError **error)
{
  g_autoptr (GPtrArray) rows = zq_store_count_types (main_db (self), error);
  ZqReport *types;

  if (rows == NULL)
    return FALSE;
  types = zq_report_new ();
  for (guint i = 0; i < rows->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (rows, i), "\t", 2);

      if (parts[0] != NULL && parts[1] != NULL)
        zq_report_int (types, parts[0], g_ascii_strtoll (parts[1], NULL, 10));
    }
  zq_report_object (self->report, "types", types);
  return TRUE;
}

static gboolean
report_views (ZqProbe *self, GError **error)
{
  static const char *const names[ZQ_N_VIEWS] = { "waiting-for-me",      "urgent", "overdue", "results",
                                                 "waiting-for-patient", "pool",   "closed" };
  guint counts[ZQ_N_VIEWS] = { 0 };
  ZqReport *views;

  if (!zq_consult_count_views (main_db (self), counts, error))
    return FALSE;
  views = zq_report_new ();
  for (guint i = 0; i < ZQ_N_VIEWS; i++)
    zq_report_int (views, names[i], counts[i]);
  zq_report_object (self->report, "views", views);
  return TRUE;
}

/* Values that results had before they were corrected. */
static gboolean
report_earlier (ZqProbe *self, GError **error)
{
  gint64 n = 0;

  if (!zq_db_get_int (main_db (self), &n, error, "SELECT count (*) FROM result_old", ""))
    return FALSE;
  zq_report_int (self->report, "earlier", n);
  return TRUE;
}

gboolean
zq_probe_counts (ZqProbe *self, GError **error)
{
  return report_earlier (self, error) && report_types (self, error) && report_views (self, error) &&
         zq_probe_report_outbox (self, NULL, error);
}

static char *
name_row (ZqProbe *self, gint64 row)
{
  return zq_db_get_text (main_db (self), NULL,
                         "SELECT type || '/' || coalesce (server_id, local_id) FROM resource WHERE id = ?", "i", row);
}

/* Tells a text from another without showing it. */
static char *
digest (const char *text)
{
  return text != NULL ? g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1) : NULL;
}

static ZqReport *
report_consult (ZqProbe *self, gint64 row, GError **error)
{
  g_autoptr (ZqConsult) consult = zq_consult_load (main_db (self), zq_session_get_context (self->session), row, error);
  g_autofree char *task = name_row (self, row);
  g_autofree char *scope = zq_consult_draft_scope (row);
  g_autofree char *draft = zq_draft_load (main_db (self), scope);
  g_autofree char *draft_digest = digest (draft);
  g_autofree char *thread = NULL;
  ZqReport *report;

  if (consult == NULL)
    return NULL;
  thread = consult->thread_id > 0 ? name_row (self, consult->thread_id) : NULL;
  report = zq_report_new ();
  zq_report_string (report, "task", task);
  zq_report_string (report, "thread", thread);
  zq_report_string (report, "kind", consult->kind);
  zq_report_string (report, "status", consult->status);
  zq_report_boolean (report, "mine", consult->mine);
  zq_report_boolean (report, "pool", consult->in_pool);
  zq_report_boolean (report, "urgent", consult->urgent);
  zq_report_boolean (report, "overdue", consult->overdue);
  zq_report_boolean (report, "final", consult->final);
  zq_report_boolean (report, "canReply", consult->can_reply);
  zq_report_boolean (report, "canClose", consult->can_close);
  zq_report_boolean (report, "canClaim", consult->can_claim);
  zq_report_string (report, "draft", draft_digest);
  return report;
}

gboolean
zq_probe_inbox (ZqProbe *self, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (main_db (self), &failure, "SELECT id FROM consult ORDER BY id LIMIT ?", "i", (gint64)LIST_LIMIT);

  while (rows != NULL && failure == NULL && zq_rows_next (rows, &failure))
    {
      ZqReport *item = report_consult (self, zq_rows_int (rows, 0), &failure);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  zq_report_list (self->report, "consultations", g_steal_pointer (&items));
  return zq_probe_report_outbox (self, NULL, error);
}

static ZqReport *
report_message (ZqProbe *self, ZqRows *rows)
{
  static const char *const states[] = { "waiting", "sending", "held", "refused" };
  ZqReport *item = zq_report_new ();
  g_autofree char *name = name_row (self, zq_rows_int (rows, 0));
  g_autofree char *text = digest (zq_rows_text (rows, 3));
  gint64 state = zq_rows_is_null (rows, 6) ? -1 : zq_rows_int (rows, 6);

  zq_report_string (item, "message", name);
  zq_report_boolean (item, "mine", zq_rows_int (rows, 1) != 0);
  zq_report_boolean (item, "pending", zq_rows_int (rows, 2) != 0);
  zq_report_string (item, "text", text);
  zq_report_int (item, "sent", zq_rows_int (rows, 4));
  zq_report_string (item, "localId", zq_rows_text (rows, 5));
  zq_report_string (item, "outbox", state >= 0 && state < (gint64)G_N_ELEMENTS (states) ? states[state] : NULL);
  return item;
}

gboolean
zq_probe_thread (ZqProbe *self, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (ZqRows) rows = NULL;
  gint64 consult = 0, thread = 0;
  ZqReport *item;

  if (!zq_probe_find_consult (self, &consult, &thread, error))
    return FALSE;
  item = report_consult (self, consult, error);
  if (item == NULL)
    return FALSE;
  zq_report_object (self->report, "consultation", item);

  rows = zq_db_query (main_db (self), &failure,
                      "SELECT m.id, m.from_me, m.pending, m.text, m.sent, r.local_id,"
                      " (SELECT i.state FROM intent i WHERE i.target = m.id ORDER BY i.seq LIMIT 1)"
                      " FROM message m JOIN resource r ON r.id = m.id"
                      " WHERE m.thread = ? ORDER BY m.pending, m.sent, m.order_key LIMIT ?",
                      "ii", thread, (gint64)LIST_LIMIT);
  while (rows != NULL && zq_rows_next (rows, &failure))
    g_ptr_array_add (items, report_message (self, rows));
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  zq_report_list (self->report, "messages", g_steal_pointer (&items));
  return TRUE;
}

static void
report_intents (ZqProbe *self, GPtrArray *intents)
{
  static const char *const states[] = { "waiting", "sending", "held", "refused" };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);

  for (guint i = 0; i < intents->len; i++)
    {
      const ZqIntent *intent = g_ptr_array_index (intents, i);
      ZqReport *item = zq_report_new ();
      g_autofree char *target =
          g_strdup_printf ("%s/%s", intent->target_type,
                           intent->target_server_id != NULL ? intent->target_server_id : intent->target_local_id);

      zq_report_int (item, "intent", intent->seq);
      zq_report_string (item, "action", intent->action);
      zq_report_string (item, "target", target);
      zq_report_string (item, "localId", intent->target_local_id);
      zq_report_string (item, "chain", intent->chain);
      zq_report_string (item, "state", states[MIN (intent->state, G_N_ELEMENTS (states) - 1)]);
      zq_report_int (item, "attempts", intent->attempts);
      zq_report_string (item, "reason", intent->error);
      zq_report_string (item, "policy", intent->policy);
      g_ptr_array_add (items, item);
    }
  zq_report_list (self->report, "intents", g_steal_pointer (&items));
}

static void
report_unreadable (ZqProbe *self, GPtrArray *unreadable)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);

  for (guint i = 0; i < unreadable->len; i++)
    {
      const ZqUnreadable *row = g_ptr_array_index (unreadable, i);
      ZqReport *item = zq_report_new ();

      zq_report_string (item, "type", row->type);
      zq_report_string (item, "id", row->server_id);
      zq_report_string (item, "reason", row->reason);
      g_ptr_array_add (items, item);
    }
  zq_report_list (self->report, "unreadableResources", g_steal_pointer (&items));
}

static void
report_policy (ZqProbe *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);
  GPtrArray *problems = zq_session_get_policy_problems (self->session);

  for (guint i = 0; i < problems->len; i++)
    {
      ZqReport *item = zq_report_new ();

      zq_report_string (item, "problem", g_ptr_array_index (problems, i));
      g_ptr_array_add (items, item);
    }
  zq_report_string (self->report, "policy", zq_session_get_policy_version (self->session));
  zq_report_list (self->report, "policyProblems", g_steal_pointer (&items));
}

gboolean
zq_probe_diagnose (ZqProbe *self, GError **error)
{
  g_autoptr (GPtrArray) intents = zq_store_list_intents (main_db (self), error);
  g_autoptr (GPtrArray) unreadable =
      intents != NULL ? zq_store_list_unreadable (main_db (self), LIST_LIMIT, error) : NULL;

  if (unreadable == NULL || !report_types (self, error) || !zq_probe_report_outbox (self, NULL, error))
    return FALSE;
  report_intents (self, intents);
  report_unreadable (self, unreadable);
  report_policy (self);
  return TRUE;
}
