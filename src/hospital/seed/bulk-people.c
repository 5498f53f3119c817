/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "base/id.h"
#include "resource/json.h"

#include <string.h>

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

struct _ZqBulkPeople
{
  /* borrowed */
  JsonNode *node;

  GArray *weights;      /* int: of the surnames, summed up */
  GPtrArray *given[2];  /* char *, one hanzi each: male, female */
  JsonArray *surnames;  /* borrowed */
  JsonArray *special;   /* borrowed */
  JsonArray *relations; /* borrowed */
};

static GPtrArray *
split_characters (const char *text)
{
  GPtrArray *characters = g_ptr_array_new_with_free_func (g_free);

  for (; *text != '\0'; text = g_utf8_next_char (text))
    g_ptr_array_add (characters, g_strndup (text, (gsize)(g_utf8_next_char (text) - text)));
  return characters;
}

ZqBulkPeople *
zq_bulk_people_new (JsonNode *node)
{
  ZqBulkPeople *self = g_new0 (ZqBulkPeople, 1);
  int sum = 0;

  self->node = node;
  self->surnames = zq_json_get_array (node, "surnames");
  self->special = zq_json_get_array (node, "special");
  self->relations = zq_json_get_array (node, "relations");
  self->given[0] = split_characters (zq_json_get_string (node, "male"));
  self->given[1] = split_characters (zq_json_get_string (node, "female"));
  self->weights = g_array_new (FALSE, FALSE, sizeof (int));
  for (guint i = 0; i < json_array_get_length (self->surnames); i++)
    {
      JsonNode *entry = json_array_get_element (self->surnames, i);

      sum += (int)g_ascii_strtoll (json_array_get_string_element (json_node_get_array (entry), 1), NULL, 10);
      g_array_append_val (self->weights, sum);
    }
  return self;
}

void
zq_bulk_people_free (ZqBulkPeople *self)
{
  g_array_unref (self->weights);
  g_ptr_array_unref (self->given[0]);
  g_ptr_array_unref (self->given[1]);
  g_free (self);
}

static const char *
draw_surname (const ZqBulkPeople *self, ZqRandom *random)
{
  guint last = self->weights->len - 1;
  int wanted = (int)zq_random_between (random, 0, g_array_index (self->weights, int, last) - 1);
  guint low = 0, high = last;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->weights, int, middle) > wanted)
        high = middle;
      else
        low = middle + 1;
    }
  return json_array_get_string_element (json_array_get_array_element (self->surnames, low), 0);
}

static const char *
draw_given (const ZqBulkPeople *self, ZqRandom *random, gboolean female)
{
  GPtrArray *given = self->given[female ? 1 : 0];

  /* Flatter than words are: the square of an even draw. */
  return g_ptr_array_index (given, (guint)(pow (zq_random_unit (random), 1.6) * given->len));
}

static void
draw_name (const ZqBulkPeople *self, ZqRandom *random, gboolean female, char *name, gsize size)
{
  const char *surname, *first;
  int pattern;

  if (zq_random_chance (random, 3))
    {
      guint n = json_array_get_length (self->special);

      g_strlcpy (name, json_array_get_string_element (self->special, (guint)zq_random_between (random, 0, n - 1)),
                 size);
      return;
    }
  surname = draw_surname (self, random);
  first = draw_given (self, random, female);
  pattern = (int)zq_random_between (random, 0, 99);
  g_snprintf (name, size, "%s%s%s", surname, first,
              pattern < 30   ? ""
              : pattern < 32 ? first
                             : draw_given (self, random, female));
}

void
zq_bulk_patient (const ZqBulk *self, gint64 number, ZqBulkPatient *patient)
{
  ZqRandom random = zq_random_for (ZQ_BULK_PATIENT, number);
  guint n_relations = json_array_get_length (self->people->relations);
  double age;

  memset (patient, 0, sizeof *patient);
  patient->number = number;
  g_snprintf (patient->id, sizeof patient->id, "bp-%" G_GINT64_FORMAT, number);
  patient->female = zq_random_chance (&random, 530);
  /* Mostly of 30 to 80 years. */
  age = (zq_random_unit (&random) + zq_random_unit (&random) + zq_random_unit (&random)) / 3;
  patient->age_days =
      zq_random_chance (&random, 60) ? (int)zq_random_between (&random, 60, 16 * 365) : (int)((14 + 82 * age) * 365.25);
  draw_name (self->people, &random, patient->female, patient->name, sizeof patient->name);

  patient->relation = -1;
  if (patient->age_days < 16 * 365)
    patient->relation = zq_random_chance (&random, 750) ? 3 : 4;
  else if (zq_random_chance (&random, patient->age_days > 70 * 365 ? 250 : 25))
    patient->relation = (int)zq_random_rank (&random, MIN (n_relations, 3));
  if (patient->relation < 0)
    return;
  g_snprintf (patient->relative_id, sizeof patient->relative_id, "bl-%" G_GINT64_FORMAT, number);
  draw_name (self->people, &random, patient->relation != 1 && patient->relation != 4, patient->relative_name,
             sizeof patient->relative_name);
}

static void
put_relative (ZqBulk *self, const ZqBulkPatient *patient, gint64 updated)
{
  JsonArray *relation = json_array_get_array_element (self->people->relations, (guint)patient->relation);

  zq_seed_json (self->seed,
                "{'resourceType':'RelatedPerson','id':'%s',%h,'active':true,'patient':{'reference':'Patient/%s'},"
                "'relationship':[{'coding':[{'system':'" TERMINOLOGY "v3-RoleCode','code':'%s'}],'text':'%s'}],"
                "'name':[{'text':'%s'}],'telecom':[{'system':'phone','value':'139%d%d'}]}",
                patient->relative_id, updated, NULL, patient->id, json_array_get_string_element (relation, 1),
                json_array_get_string_element (relation, 2), patient->relative_name,
                (int)(1000 + patient->number % 9000), (int)(1000 + patient->number / 9000 % 9000));
  zq_seed_put_whole (self->seed, "RelatedPerson", patient->relative_id, updated);
}

static void
put_allergy (ZqBulk *self, const ZqBulkPatient *patient, gint64 updated)
{
  static const char *const known[] = { "青霉素", "头孢类抗生素", "磺胺类药物", "海鲜", "碘对比剂",
                                       "花粉",   "尘螨",         "阿司匹林",   "酒精", "芒果" };
  ZqRandom random = zq_random_for (ZQ_BULK_PATIENT, patient->number + (G_GINT64_CONSTANT (1) << 40));
  char id[24];

  if (zq_random_chance (&random, 400)) /* nobody has asked */
    return;
  g_snprintf (id, sizeof id, "ba-%" G_GINT64_FORMAT, patient->number);
  zq_seed_json (self->seed,
                "{'resourceType':'AllergyIntolerance','id':'%s',%h,'clinicalStatus':{'coding':[{'system':'" TERMINOLOGY
                "allergyintolerance-clinical','code':'active'}]},"
                "'verificationStatus':{'coding':[{'system':'" TERMINOLOGY
                "allergyintolerance-verification','code':'confirmed'}]},'patient':{'reference':'Patient/%s'},'code':",
                id, updated, NULL, patient->id);
  if (zq_random_chance (&random, 750))
    zq_seed_json (self->seed, "{'coding':[{'system':'http://snomed.info/sct','code':'716186003',"
                              "'display':'No known allergy'}],'text':'无已知过敏'}}");
  else
    zq_seed_json (self->seed, "{'text':'%s'},'criticality':'%s'}",
                  known[zq_random_rank (&random, G_N_ELEMENTS (known))],
                  zq_random_chance (&random, 500) ? "high" : "low");
  zq_seed_put_whole (self->seed, "AllergyIntolerance", id, updated);
}

void
zq_bulk_put_patient (ZqBulk *self, const ZqBulkPatient *patient, gint64 updated)
{
  g_autofree char *day = zq_seed_day (self->seed, self->seed->now - patient->age_days * ZQ_SEED_DAY);

  zq_seed_json (self->seed,
                "{'resourceType':'Patient','id':'%s',%h,'identifier':[{'type':{'coding':[{'system':'" TERMINOLOGY
                "v2-0203','code':'MR'}],'text':'病案号'},'system':'" ZQ_FHIR_BASE
                "record-number','value':'ZY%l'}],'active':true,'name':[{'use':'official','text':'%s'}],"
                "'telecom':[{'system':'phone','value':'138%d%d','use':'mobile'}],'gender':'%s','birthDate':'%s',"
                "'managingOrganization':{'reference':'Organization/" ZQ_SEED_ENDO "'}}",
                patient->id, updated, NULL, 1000000 + patient->number * 7, patient->name,
                (int)(1000 + patient->number % 9000), (int)(1000 + patient->number / 9000 * 37 % 9000),
                patient->female ? "female" : "male", day);
  zq_seed_put_whole (self->seed, "Patient", patient->id, updated);
  put_allergy (self, patient, updated);
  if (patient->relation >= 0)
    put_relative (self, patient, updated);
}
