/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/signalling-private.h"

#include "base/id.h"
#include "resource/datetime.h"
#include "rules/visit-rules.h"

#define ARRIVED_AT ZQ_EXTENSION ("arrived-at")

void
zq_room_visit_free (ZqRoomVisit *self)
{
  g_free (self->id);
  g_free (self->status);
  g_free (self->patient);
  g_free (self->doctor);
  g_free (self);
}

static void
read_people (ZqHospital *hospital, JsonNode *node, ZqRoomVisit *visit)
{
  g_autoptr (GPtrArray) actors = zq_references_collect (hospital, node, "participant.actor");

  for (guint i = 0; i < actors->len; i++)
    {
      const char *actor = g_ptr_array_index (actors, i);

      if (visit->patient == NULL && g_str_has_prefix (actor, "Patient/"))
        visit->patient = g_strdup (actor);
      else if (visit->doctor == NULL && g_str_has_prefix (actor, "Practitioner/"))
        visit->doctor = g_strdup (actor);
    }
}

ZqRoomVisit *
zq_room_visit_load (ZqHospital *self, const char *id)
{
  g_autoptr (ZqStored) stored = zq_id_is_valid (id) ? zq_records_read (self, "Appointment", id, NULL) : NULL;
  g_autoptr (JsonNode) node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  ZqRoomVisit *visit;

  if (node == NULL)
    return NULL;
  visit = g_new0 (ZqRoomVisit, 1);
  visit->id = g_strdup (id);
  visit->status = g_strdup (zq_json_get_string (node, "status"));
  visit->start = zq_date_time_parse (zq_json_get_string (node, "start"), self->zone).start;
  visit->end = zq_date_time_parse (zq_json_get_string (node, "end"), self->zone).start;
  read_people (self, node, visit);

  return visit;
}

gboolean
zq_room_visit_is_over (const ZqRoomVisit *self)
{
  static const char *const over[] = { "fulfilled", "cancelled", "noshow", "entered-in-error", NULL };

  return self->status == NULL || g_strv_contains (over, self->status);
}

gint64
zq_room_visit_opens (ZqHospital *self, const ZqRoomVisit *visit)
{
  return visit->start - zq_visit_rules_get (self->policy)->opens_before;
}

gint64
zq_room_visit_closes (ZqHospital *self, const ZqRoomVisit *visit)
{
  return MAX (visit->end, visit->start) + zq_visit_rules_get (self->policy)->closes_after;
}

static char *
arrived_text (ZqHospital *self, const char *text, gboolean arrived, GError **error)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (self->clock));
  /* Whatever of ours stood there goes; others' extensions stay as they are. */
  g_autofree char *bare = zq_db_get_text (
      self->db, error,
      "SELECT json_set (?1, '$.status', ?2, '$.extension', json (coalesce ((SELECT json_group_array (json (e.value))"
      " FROM json_each (?1, '$.extension') e WHERE e.value ->> '$.url' <> ?3), '[]')))",
      "sss", text, arrived ? "arrived" : "booked", ARRIVED_AT);

  if (bare == NULL)
    return NULL;
  if (!arrived)
    return zq_db_get_text (
        self->db, error,
        "SELECT CASE json_array_length (?1, '$.extension') WHEN 0 THEN json_remove (?1, '$.extension')"
        " ELSE ?1 END",
        "s", bare);

  return zq_db_get_text (self->db, error,
                         "SELECT json_set (?1, '$.extension[#]', json_object ('url', ?2, 'valueInstant', ?3))", "sss",
                         bare, ARRIVED_AT, now);
}

static gboolean
may_change (const char *status, gboolean arrived)
{
  static const char *const waiting[] = { "proposed", "pending", "booked", "waitlist", NULL };

  return status != NULL && (arrived ? g_strv_contains (waiting, status) : g_str_equal (status, "arrived"));
}

gboolean
zq_room_visit_set_arrived (ZqHospital *self, const char *id, gboolean arrived)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStored) stored = NULL, written = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  if (self->in_transaction)
    return FALSE;
  stored = zq_records_read (self, "Appointment", id, NULL);
  node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  if (node == NULL || !may_change (zq_json_get_string (node, "status"), arrived))
    return TRUE;
  text = arrived_text (self, stored->text, arrived, &error);
  if (text != NULL && zq_records_begin (self, &error))
    {
      written = zq_records_write (self, "Appointment", id, text, 0, &error);
      zq_records_end (self, written != NULL, &error);
    }
  if (error != NULL)
    g_warning ("who waits could not be written: %s", error->message);

  return TRUE;
}

GPtrArray *
zq_room_visits_list_arrived (ZqHospital *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows = zq_db_query (self->db, NULL,
                                         "SELECT r.id FROM idx i JOIN resource r ON r.row = i.row AND r.deleted = 0"
                                         " WHERE i.name = 'Appointment.status' AND i.value = 'arrived'",
                                         "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (found, g_strdup (zq_rows_text (rows, 0)));

  return found;
}

char *
zq_room_name (ZqHospital *self, const char *who, gboolean title)
{
  g_auto (GStrv) parts = who != NULL ? g_strsplit (who, "/", 2) : NULL;
  g_autoptr (ZqStored) stored = NULL;
  g_autoptr (JsonNode) node = NULL;
  const char *name, *after;

  if (parts == NULL || parts[0] == NULL || parts[1] == NULL)
    return NULL;
  stored = zq_records_read (self, parts[0], parts[1], NULL);
  node = stored != NULL && stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  name = node != NULL ? zq_json_get_string (node, "name[0].text") : NULL;
  after = node != NULL && title ? zq_json_get_string (node, "qualification[0].code.text") : NULL;

  return name == NULL ? NULL : after != NULL ? g_strdup_printf ("%s %s", name, after) : g_strdup (name);
}
