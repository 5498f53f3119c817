/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "base/id.h"
#include "resource/json.h"

#include <string.h>

#define TERMINOLOGY "http://terminology.hl7.org/CodeSystem/"

typedef struct
{
  const char *login;
  const char *id;
  const char *family, *given;
  const char *gender;
  const char *role; /* "doctor" or "assistant" */
  const char *title;
  const char *department;
} Staff;

static const Staff staff[] = {
  { "doctor", "doc-lin", "林", "知远", "male", "doctor", "副主任医师", ZQ_SEED_ENDO },
  { "doctor2", "doc-fang", "方", "若溪", "female", "doctor", "主治医师", ZQ_SEED_ENDO },
  { "doctor3", "doc-he", "贺", "明川", "male", "doctor", "主治医师", ZQ_SEED_ENDO },
  { "assistant", ZQ_SEED_ASSISTANT, "童", "小满", "female", "assistant", "护士", ZQ_SEED_ENDO },
  { "doctor4", "doc-qin", "秦", "书航", "male", "doctor", "主治医师", ZQ_SEED_GENERAL },
};

static const struct
{
  const char *relation, *code, *word, *gender;
} relations[] = {
  { "daughter", "DAUC", "女儿", "female" }, { "son", "SONC", "儿子", "male" },    { "mother", "MTH", "母亲", "female" },
  { "father", "FTH", "父亲", "male" },      { "wife", "WIFE", "妻子", "female" },
};

void
zq_seed_patient_free (gpointer data)
{
  ZqSeedPatient *self = data;

  g_free (self->id);
  g_free (self->name);
  g_free (self->relative_id);
  g_free (self->relative_name);
  g_free (self);
}

const char *
zq_seed_relation_word (const char *relation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (relations); i++)
    if (g_strcmp0 (relations[i].relation, relation) == 0)
      return relations[i].word;
  return NULL;
}

static void
put_organization (ZqSeed *self, const char *id, const char *type, const char *name, const char *parent)
{
  zq_seed_json (self,
                "{'resourceType':'Organization','active':true,'type':[{'coding':[{'system':'" TERMINOLOGY
                "organization-type','code':%q}]}],'name':%q",
                type, name);
  if (parent != NULL)
    zq_seed_json (self, ",'partOf':{'reference':'Organization/%s'}", parent);
  zq_seed_json (self, "}");
  zq_seed_put (self, "Organization", id, self->now - 900 * ZQ_SEED_DAY);
}

static void
put_staff (ZqSeed *self, const Staff *person)
{
  g_autofree char *name = g_strconcat (person->family, person->given, NULL);
  g_autofree char *display = g_strconcat (name, " ", person->title, NULL);
  g_autofree char *user = g_strconcat ("Practitioner/", person->id, NULL);
  g_autofree char *role_id = g_strconcat ("role-", person->id, NULL);

  zq_seed_json (self,
                "{'resourceType':'Practitioner','active':true,'name':[{'text':%q,'family':%q,'given':[%q]}],"
                "'gender':%q,'qualification':[{'code':{'text':%q}}]}",
                name, person->family, person->given, person->gender, person->title);
  zq_seed_put (self, "Practitioner", person->id, self->now - 800 * ZQ_SEED_DAY);

  zq_seed_json (self,
                "{'resourceType':'PractitionerRole',%g,'active':true,"
                "'practitioner':{'reference':%q,'display':%q},'organization':{'reference':'Organization/%s'},"
                "'code':[{'coding':[{'system':'" ZQ_CODE_SYSTEM ("role") "','code':%q}],'text':%q}]}",
                person->department, user, name, person->department, person->role, person->title);
  zq_seed_put (self, "PractitionerRole", role_id, self->now - 800 * ZQ_SEED_DAY);
  zq_seed_account (self, person->login, display, person->role, user, person->department);
}

void
zq_seed_staff (ZqSeed *self)
{
  put_organization (self, "hospital", "prov", "云桥互联网医院", NULL);
  put_organization (self, ZQ_SEED_ENDO, "dept", "内分泌科", "hospital");
  put_organization (self, ZQ_SEED_GENERAL, "dept", "全科医学科", "hospital");
  for (gsize i = 0; i < G_N_ELEMENTS (staff); i++)
    put_staff (self, &staff[i]);
}

/* A name that the lists reserve for patient @number, when its sex fits. */
static const char *
reserved_name (ZqSeed *self, int number, const char *sex, gboolean *female)
{
  JsonNode *entry = NULL;

  for (guint i = 0; i < zq_json_get_length (self->names, "twins") && entry == NULL; i++)
    {
      JsonNode *twin = zq_json_get_at (self->names, "twins", i);

      for (guint j = 0; j < zq_json_get_length (twin, "places"); j++)
        if (g_ascii_strtoll (json_node_get_string (zq_json_get_at (twin, "places", j)), NULL, 10) == number)
          entry = twin;
    }
  /* Every eighth one, while they last, has a name that is rare, long or not Chinese. */
  if (entry == NULL && number % 8 == 5)
    entry = zq_json_get_at (self->names, "special", (guint)number / 8);
  if (entry == NULL)
    return NULL;
  if (strcmp (sex, "any") != 0 && g_strcmp0 (zq_json_get_string (entry, "sex"), sex) != 0)
    return NULL;

  *female = g_strcmp0 (zq_json_get_string (entry, "sex"), "female") == 0;
  return zq_json_get_string (entry, "text");
}

static void
append_birth_date (ZqSeed *self, ZqSeedPatient *patient, int number)
{
  g_autofree char *day = zq_seed_day (self, self->now - patient->age_days * ZQ_SEED_DAY);
  gboolean infant = patient->age_days < 3 * 365;

  if (number % 41 == 3 && !infant)
    return;
  if (number % 17 == 5 && !infant)
    day[4] = '\0';
  else if (number % 19 == 7 && !infant)
    day[7] = '\0';
  zq_seed_json (self, ",'birthDate':%q", day);
}

static void
put_allergies (ZqSeed *self, ZqSeedPatient *patient, int number)
{
  g_autofree char *id = g_strdup_printf ("allergy-%03d", number);
  guint n_known = zq_json_get_length (self->names, "allergies");
  int kind = number % 3;
  JsonNode *known;

  if (kind == 1) /* nobody has asked */
    return;

  zq_seed_json (self,
                "{'resourceType':'AllergyIntolerance','clinicalStatus':{'coding':[{'system':'" TERMINOLOGY
                "allergyintolerance-clinical','code':'active'}]},"
                "'verificationStatus':{'coding':[{'system':'" TERMINOLOGY
                "allergyintolerance-verification','code':'confirmed'}]},'patient':{'reference':'Patient/%s'}",
                patient->id);
  if (kind == 2)
    {
      patient->allergy = "无";
      zq_seed_json (self, ",'code':{'coding':[{'system':'http://snomed.info/sct','code':'716186003',"
                          "'display':'No known allergy'}],'text':'无已知过敏'}}");
    }
  else
    {
      known = zq_json_get_at (self->names, "allergies", (guint)zq_seed_between (self, 0, (int)n_known - 1));
      patient->allergy = zq_json_get_string (known, "text");
      zq_seed_json (
          self, ",'category':[%q],'criticality':%q,'code':{'text':%q},'reaction':[{'manifestation':[{'text':%q}]}]}",
          zq_json_get_string (known, "category"), zq_json_get_string (known, "criticality"), patient->allergy,
          zq_json_get_string (known, "reaction"));
    }
  zq_seed_put (self, "AllergyIntolerance", id, self->now - zq_seed_between (self, 20, 500) * ZQ_SEED_DAY);
}

static void
put_relative (ZqSeed *self, ZqSeedPatient *patient, int number)
{
  gsize i = 0;
  g_autofree char *phone = g_strdup_printf ("1390000%04d", 1000 + number);

  while (i + 1 < G_N_ELEMENTS (relations) && strcmp (relations[i].relation, patient->relation) != 0)
    i++;
  patient->relative_id = g_strdup_printf ("rel-%03d", number);
  patient->relative_name = g_strconcat (zq_seed_pick (self, self->names, "surnames"),
                                        zq_seed_pick (self, self->names, relations[i].gender), NULL);
  zq_seed_json (self,
                "{'resourceType':'RelatedPerson','active':true,'patient':{'reference':'Patient/%s'},"
                "'relationship':[{'coding':[{'system':'" TERMINOLOGY "v3-RoleCode','code':%q}],'text':%q}],"
                "'name':[{'text':%q}],'telecom':[{'system':'phone','value':%q}],'gender':%q}",
                patient->id, relations[i].code, relations[i].word, patient->relative_name, phone, relations[i].gender);
  zq_seed_put (self, "RelatedPerson", patient->relative_id, self->now - 100 * ZQ_SEED_DAY);
}

static void
put_patient (ZqSeed *self, ZqSeedPatient *patient, int number)
{
  g_autofree char *record = g_strdup_printf ("ZY%06d", 204000 + number * 37);
  g_autofree char *phone = g_strdup_printf ("1380000%04d", 1000 + number);

  zq_seed_json (self,
                "{'resourceType':'Patient','identifier':[{'type':{'coding':[{'system':'" TERMINOLOGY
                "v2-0203','code':'MR'}],'text':'病案号'},'system':'" ZQ_FHIR_BASE "record-number','value':%q}],"
                "'active':true,'name':[{'use':'official','text':%q}],'gender':%q",
                record, patient->name, patient->female ? "female" : "male");
  if (patient->age_days > 16 * 365)
    zq_seed_json (self, ",'telecom':[{'system':'phone','value':%q,'use':'mobile'}]", phone);
  append_birth_date (self, patient, number);
  zq_seed_json (self, ",'managingOrganization':{'reference':'Organization/%s'}}", patient->department);
  zq_seed_put (self, "Patient", patient->id, self->now - zq_seed_between (self, 2, 700) * ZQ_SEED_DAY);
}

ZqSeedPatient *
zq_seed_add_patient (
    ZqSeed *self, const char *sex, int youngest, int oldest, const char *relation, const char *department)
{
  ZqSeedPatient *patient = g_new0 (ZqSeedPatient, 1);
  int number = (int)self->patients->len + 1;
  const char *reserved;

  patient->id = g_strdup_printf ("pat-%03d", number);
  patient->female = strcmp (sex, "any") == 0 ? zq_seed_chance (self, 50) : strcmp (sex, "female") == 0;
  patient->age_days = zq_seed_between (self, MAX (youngest * 365, 40), oldest * 365 + 200);
  patient->department = department;
  patient->relation = relation;
  reserved = reserved_name (self, number, sex, &patient->female);
  if (reserved != NULL)
    patient->name = g_strdup (reserved);
  else
    patient->name = g_strconcat (zq_seed_pick (self, self->names, "surnames"),
                                 zq_seed_pick (self, self->names, patient->female ? "female" : "male"), NULL);
  g_ptr_array_add (self->patients, patient);

  put_patient (self, patient, number);
  put_allergies (self, patient, number);
  if (relation != NULL)
    put_relative (self, patient, number);
  return patient;
}
