/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/seed.h"

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

gboolean
zq_hospital_seed_demo (ZqHospital *hospital, ZqClock *clock, GError **error)
{
  ZqSeed self = { .hospital = hospital };
  g_autoptr (JsonNode) names = read_texts ("names.json", error);
  g_autoptr (JsonNode) scripts = names != NULL ? read_texts ("scripts.json", error) : NULL;
  g_autoptr (GPtrArray) patients = g_ptr_array_new_with_free_func (zq_seed_patient_free);
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (8 * 3600);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  g_autoptr (GString) json = g_string_new (NULL);

  if (scripts == NULL)
    return FALSE;

  self.policy = zq_hospital_get_policy (hospital);
  self.names = names;
  self.scripts = scripts;
  self.patients = patients;
  self.zone = zone;
  self.now = zq_clock_now (clock);
  self.rand = rand;
  self.json = json;
  zq_seed_staff (&self);
  zq_seed_policy (&self);
  zq_seed_consultations (&self);

  if (self.error != NULL)
    {
      g_propagate_error (error, self.error);
      return FALSE;
    }
  return TRUE;
}
