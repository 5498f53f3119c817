/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/visit/visit.h"

#include "clinic/visit/kinds.h"
#include "resource/datetime.h"

#define DAY (24 * 3600 * (gint64)G_USEC_PER_SEC)
/* An open visit that is nearer than this is the next one. */
#define NEAR (12 * 3600 * (gint64)G_USEC_PER_SEC)

ZqVisit *
zq_visit_copy (const ZqVisit *self)
{
  ZqVisit *copy = g_memdup2 (self, sizeof *self);

  copy->name = g_strdup (self->name);
  copy->server_id = g_strdup (self->server_id);
  copy->encounter_id = g_strdup (self->encounter_id);
  copy->reason = g_strdup (self->reason);
  copy->cancelled = g_strdup (self->cancelled);

  return copy;
}

void
zq_visit_free (ZqVisit *self)
{
  g_free (self->name);
  g_free (self->server_id);
  g_free (self->encounter_id);
  g_free (self->reason);
  g_free (self->cancelled);
  g_free (self);
}

/* Of several Encounters the one that is under way, else the newest. */
#define ENCOUNTER(column)                                                                                              \
  "coalesce ((SELECT e." column " FROM visit_encounter e WHERE e.appointment = v.id AND e.appointment <> 0"            \
  " AND coalesce (e.status, '') NOT IN ('cancelled', 'entered-in-error')"                                              \
  " ORDER BY e.status = 'in-progress' DESC, e.started DESC LIMIT 1), 0)"

#define COLUMNS                                                                                                        \
  "SELECT v.id, v.patient, coalesce ((SELECT t.id FROM visit_task t WHERE t.appointment = v.id), 0),"                  \
  " " ENCOUNTER ("id") "," ENCOUNTER ("status") "," ENCOUNTER ("started") "," ENCOUNTER (                              \
      "ended") ","                                                                                                     \
               " coalesce ((SELECT c.id FROM consult c WHERE c.thread = v.thread AND v.thread <> 0 AND c.mine"         \
               "   ORDER BY c.final, c.id DESC LIMIT 1),"                                                              \
               "  (SELECT c.id FROM consult c WHERE c.patient = v.patient AND c.mine"                                  \
               "   ORDER BY c.final, c.authored DESC, c.id DESC LIMIT 1), 0),"                                         \
               " coalesce (p.name, '—'), p.sex, p.birth, r.server_id, v.reason, v.cancelled, v.start, v.end,"        \
               " v.arrived_at, v.status, v.mine, EXISTS (SELECT 1 FROM intent n WHERE n.target = v.id),"               \
               " (SELECT x.server_id FROM resource x WHERE x.id = " ENCOUNTER (                                        \
                   "id") ")"                                                                                           \
                         " FROM visit v LEFT JOIN patient p ON p.id = v.patient LEFT JOIN resource r ON r.id = v.id "

static ZqVisitState
read_state (const char *status, const char *encounter, gint64 arrived)
{
  if (g_strcmp0 (encounter, "in-progress") == 0 || g_strcmp0 (encounter, "arrived") == 0)
    return ZQ_VISIT_IN_PROGRESS;
  if (g_strcmp0 (status, "fulfilled") == 0)
    return ZQ_VISIT_FULFILLED;
  if (g_strcmp0 (status, "cancelled") == 0)
    return ZQ_VISIT_CANCELLED;
  if (g_strcmp0 (status, "noshow") == 0)
    return ZQ_VISIT_NO_SHOW;
  if (g_strcmp0 (status, "entered-in-error") == 0)
    return ZQ_VISIT_MISTAKEN;
  if (g_strcmp0 (status, "arrived") == 0 || g_strcmp0 (status, "checked-in") == 0)
    return ZQ_VISIT_ARRIVED;

  return g_strcmp0 (status, "proposed") == 0 ? ZQ_VISIT_PROPOSED : ZQ_VISIT_BOOKED;
}

static ZqVisit *
read_row (ZqRows *rows, const ZqContext *context)
{
  ZqVisit *self = g_new0 (ZqVisit, 1);

  self->key = zq_rows_int (rows, 0);
  self->patient = zq_rows_int (rows, 1);
  self->task = zq_rows_int (rows, 2);
  self->encounter = zq_rows_int (rows, 3);
  self->begun_at = zq_rows_int (rows, 5);
  self->ended_at = zq_rows_int (rows, 6);
  self->consult = zq_rows_int (rows, 7);
  self->name = g_strdup (zq_rows_text (rows, 8));
  self->sex = (ZqSex)zq_rows_int (rows, 9);
  self->server_id = g_strdup (zq_rows_text (rows, 11));
  self->reason = g_strdup (zq_rows_text (rows, 12));
  self->cancelled = g_strdup (zq_rows_text (rows, 13));
  self->start = zq_rows_int (rows, 14);
  self->age_years = zq_age_years (zq_rows_text (rows, 10), self->start, context->zone);
  self->end = zq_rows_int (rows, 15);
  self->arrived_at = zq_rows_int (rows, 16);
  self->state = read_state (zq_rows_text (rows, 17), zq_rows_text (rows, 4), self->arrived_at);
  self->is_mine = zq_rows_int (rows, 18) != 0;
  self->is_waiting = zq_rows_int (rows, 19) != 0;
  self->encounter_id = g_strdup (zq_rows_text (rows, 20));

  return self;
}

/* Takes @rows (nullable). */
static GPtrArray *
read_all (ZqRows *taken, const ZqContext *context, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_visit_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows = taken;

  if (rows == NULL)
    return NULL;
  while (zq_rows_next (rows, &local))
    g_ptr_array_add (all, read_row (rows, context));
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&all);
}

GPtrArray *
zq_visit_list (ZqDb *db, const ZqContext *context, gint64 from, gint64 until, guint limit, GError **error)
{
  return read_all (zq_db_query (db, error,
                                COLUMNS "WHERE v.mine AND v.start >= ? AND v.start < ? ORDER BY v.start, v.id LIMIT ?",
                                "iii", from, until, (gint64)limit),
                   context, error);
}

GPtrArray *
zq_visit_list_left_open (ZqDb *db, const ZqContext *context, gint64 before, guint limit, GError **error)
{
  return read_all (zq_db_query (db, error,
                                COLUMNS "WHERE v.mine AND " ZQ_VISIT_IS_OPEN ("v.status") " AND v.start < ?"
                                                                                          " ORDER BY v.start, v.id"
                                                                                          " LIMIT ?",
                                "ii", before, (gint64)limit),
                   context, error);
}

ZqVisit *
zq_visit_load (ZqDb *db, const ZqContext *context, gint64 key)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL, COLUMNS "WHERE v.id = ?", "i", key);

  return rows != NULL && zq_rows_next (rows, NULL) ? read_row (rows, context) : NULL;
}

ZqVisit *
zq_visit_load_next (ZqDb *db, const ZqContext *context, gint64 patient)
{
  gint64 now = zq_clock_now (context->clock);
  g_autoptr (ZqRows) rows = zq_db_query (
      db, NULL,
      COLUMNS "WHERE v.patient = ? AND v.mine AND v.start >= ? AND coalesce (v.status, '') NOT IN ('fulfilled',"
              " 'cancelled', 'noshow', 'entered-in-error') ORDER BY v.start LIMIT 1",
      "ii", patient, now - NEAR);

  return rows != NULL && zq_rows_next (rows, NULL) ? read_row (rows, context) : NULL;
}

void
zq_visit_count (ZqDb *db, const ZqContext *context, gint64 now, ZqVisitCounts *counts)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (now / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, context->zone);
  gint64 begun = now - (gint64)g_date_time_get_hour (local) * 3600 * G_USEC_PER_SEC -
                 (gint64)g_date_time_get_minute (local) * 60 * G_USEC_PER_SEC;
  gint64 arrived = 0, today = 0, next = 0;

  zq_db_get_int (db, &arrived, NULL, "SELECT count (*) FROM visit WHERE mine AND arrived_at <> 0", "");
  zq_db_get_int (db, &today, NULL,
                 "SELECT count (*) FROM visit WHERE mine AND start >= ? AND start < ? AND coalesce (status, '') NOT IN"
                 " ('fulfilled', 'cancelled', 'noshow', 'entered-in-error')",
                 "ii", begun, begun + DAY);
  zq_db_get_int (db, &next, NULL,
                 "SELECT start FROM visit WHERE mine AND start >= ? AND coalesce (status, '') NOT IN ('fulfilled',"
                 " 'cancelled', 'noshow', 'entered-in-error') ORDER BY start LIMIT 1",
                 "i", now);
  *counts = (ZqVisitCounts){ (guint)arrived, (guint)today, next };
}

gboolean
zq_visit_is_identified (ZqDb *db, gint64 visit)
{
  gint64 found = 0;

  return zq_db_get_int (db, &found, NULL,
                        "SELECT 1 FROM visit_encounter WHERE appointment = ? AND identified_at <> 0"
                        " AND coalesce (status, '') NOT IN ('cancelled', 'entered-in-error')",
                        "i", visit);
}
