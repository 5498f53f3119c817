/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/seed.h"

#include "hospital/seed/bulk.h"
#include "hospital/seed/hospital-seed-resources.h"
#include "hospital/seed/parts.h"
#include "resource/json.h"

#define SEED 20261122

static JsonNode *
read_texts (const char *name, GError **error)
{
  g_autofree char *path = g_strconcat ("/org/zhenqiao/Hospital/seed/", name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (zq_hospital_seed_get_resource (), path, 0, error);

  if (bytes == NULL)
    return NULL;
  return zq_json_read (g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes), error);
}

static gboolean
write_demo (ZqSeed *self, GError **error)
{
  g_autoptr (JsonNode) names = read_texts ("names.json", error);
  g_autoptr (JsonNode) scripts = names != NULL ? read_texts ("scripts.json", error) : NULL;
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (zq_seed_patient_free);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  if (scripts == NULL)
    return FALSE;

  self->names = names;
  self->scripts = scripts;
  self->patients = patients;
  self->rand = rand;
  zq_seed_staff (self);
  zq_seed_policy (self);
  zq_seed_consultations (self);
  zq_seed_records (self);
  zq_seed_visits (self, "doc-lin");

  self->names = self->scripts = NULL;
  self->patients = NULL;
  self->rand = NULL;
  return self->error == NULL;
}

static gboolean
write_bulk (ZqSeed *self, const ZqSeedSpec *spec, GError **error)
{
  g_autoptr (JsonNode) phrases = read_texts ("phrases.json", error);
  g_autoptr (JsonNode) people = phrases != NULL ? read_texts ("people.json", error) : NULL;

  return people != NULL && zq_seed_bulk (self, spec, phrases, people, error);
}

gboolean
zq_seed_write (
    const ZqSeedSpec *spec, ZqPolicy *policy, gint64 now, const ZqSeedSink *sink, gpointer data, GError **error)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  g_autoptr (GString) json = g_string_new (NULL);
  ZqSeed self = { .sink = sink, .sink_data = data, .policy = policy, .zone = zone, .json = json };
  gboolean ok;

  self.now = spec->at != 0 ? spec->at : now;
  ok = write_demo (&self, error) && (spec->patients == 0 || write_bulk (&self, spec, error));
  if (self.error != NULL)
    g_propagate_error (error, self.error);
  return ok && self.error == NULL;
}
