/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/patient/patient.h"

#include <string.h>

static ZqPatient *
load (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  ZqPatient *patient =
      zq_patient_load (fixture_db (fixture), fixture->context, fixture_row (fixture, "Patient", id), &error);

  g_assert_no_error (error);

  return patient;
}

static void
test_band (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPatient) patient = NULL;
  g_autoptr (ZqPatient) infant = NULL;

  fixture_take (fixture,
                "{'resourceType':'Patient','id':'a','name':[{'use':'old','text':'Old'},{'use':'official','text':"
                "'Wang Xiaoming'}],'gender':'female','birthDate':'1959-03','identifier':[{'value':'11010119590301'},"
                "{'type':{'coding':[{'code':'MR'}]},'value':'ZY 1'}]}");
  fixture_take (fixture,
                "{'resourceType':'Patient','id':'b','name':[{'text':'Wang Xiaoming'}],'birthDate':'2026-01-22',"
                "'deceasedBoolean':true}");
  patient = load (fixture, "a");
  g_assert_cmpstr (patient->name, ==, "Wang Xiaoming");
  g_assert_cmpint (patient->sex, ==, ZQ_SEX_FEMALE);
  g_assert_cmpint (patient->age_years, ==, 67);
  g_assert_cmpstr (patient->record_number, ==, "ZY 1");
  g_assert_cmpint (patient->allergies, ==, ZQ_ALLERGIES_NOT_ASKED);
  g_assert_true (patient->same_name);
  g_assert_false (patient->deceased);

  infant = load (fixture, "b");
  g_assert_cmpint (infant->age_years, ==, 0);
  g_assert_cmpint (infant->age_months, ==, 10);
  g_assert_cmpint (infant->sex, ==, ZQ_SEX_UNKNOWN);
  g_assert_null (infant->record_number);
  g_assert_true (infant->deceased);
}

static void
take_allergy (Fixture *fixture, const char *id, const char *patient, const char *code, const char *verification)
{
  fixture_take (fixture,
                "{'resourceType':'AllergyIntolerance','id':'%s','patient':{'reference':'Patient/%s'},"
                "'verificationStatus':{'coding':[{'code':'%s'}]},'code':%s}",
                id, patient, verification, code);
}

static void
test_allergies (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPatient) patient = NULL;

  fixture_take (fixture, "{'resourceType':'Patient','id':'a','name':[{'text':'A'}]}");
  take_allergy (fixture, "1", "a", "{'text':'Dust'}", "refuted");
  patient = load (fixture, "a");
  g_assert_cmpint (patient->allergies, ==, ZQ_ALLERGIES_NOT_ASKED);

  take_allergy (fixture, "2", "a", "{'coding':[{'system':'http://snomed.info/sct','code':'716186003'}]}", "confirmed");
  g_clear_pointer (&patient, zq_patient_free);
  patient = load (fixture, "a");
  g_assert_cmpint (patient->allergies, ==, ZQ_ALLERGIES_NONE);
  g_assert_null (patient->allergy_text);

  take_allergy (fixture, "3", "a", "{'text':'Penicillin'}", "confirmed");
  take_allergy (fixture, "4", "a", "{'coding':[{'code':'X1'}]}", "unconfirmed");
  g_clear_pointer (&patient, zq_patient_free);
  patient = load (fixture, "a");
  g_assert_cmpint (patient->allergies, ==, ZQ_ALLERGIES_LISTED);
  g_assert_cmpstr (patient->allergy_text, ==, "Penicillin, X1");
}

static void
test_persons (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqPerson) doctor = NULL;
  g_autoptr (ZqPerson) nurse = NULL;
  g_autoptr (ZqPerson) relative = NULL;
  g_autoptr (ZqPerson) department = NULL;

  fixture_take (fixture, "{'resourceType':'Practitioner','id':'d','name':[{'family':'Lin','given':['A','B']}]}");
  fixture_take (fixture,
                "{'resourceType':'Practitioner','id':'n','name':[{'family':'\u7ae5','given':['\u5c0f\u6ee1']}]}");
  fixture_take (fixture,
                "{'resourceType':'PractitionerRole','id':'r','practitioner':{'reference':'Practitioner/n'},"
                "'code':[{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/role','code':'assistant'}],"
                "'text':'nurse'}]}");
  fixture_take (fixture,
                "{'resourceType':'RelatedPerson','id':'p','name':[{'text':'Rel'}],'relationship':[{'text':'aunt'}]}");
  fixture_take (fixture, "{'resourceType':'Organization','id':'endo','name':'Endo'}");

  doctor = zq_person_load (fixture_db (fixture), fixture_row (fixture, "Practitioner", "d"));
  nurse = zq_person_load (fixture_db (fixture), fixture_row (fixture, "Practitioner", "n"));
  relative = zq_person_load (fixture_db (fixture), fixture_row (fixture, "RelatedPerson", "p"));
  department = zq_person_load (fixture_db (fixture), fixture_row (fixture, "Organization", "endo"));
  g_assert_cmpstr (doctor->name, ==, "A B Lin");
  g_assert_null (doctor->relation);
  g_assert_cmpstr (nurse->name, ==, "\u7ae5\u5c0f\u6ee1");
  g_assert_cmpstr (nurse->relation, ==, "nurse");
  g_assert_cmpstr (relative->relation, ==, "aunt");
  g_assert_cmpstr (department->type, ==, "Organization");
  g_assert_cmpstr (department->name, ==, "Endo");
}

/* Whatever stands in it, a patient is shown, with gaps. */
static void
test_odd (Fixture *fixture, gconstpointer data)
{
  static const char *const texts[] = {
    "{'resourceType':'Patient','id':'o','name':'plain'}",
    "{'resourceType':'Patient','id':'o','name':{'text':'one'}}",
    "{'resourceType':'Patient','id':'o','name':[]}",
    "{'resourceType':'Patient','id':'o','name':[null,{'given':'x'}]}",
    "{'resourceType':'Patient','id':'o','name':[{'text':7}],'birthDate':true}",
    "{'resourceType':'Patient','id':'o','birthDate':'1980'}",
    "{'resourceType':'Patient','id':'o','birthDate':'soon','gender':['male']}",
    "{'resourceType':'Patient','id':'o','_birthDate':{'extension':[{'url':'x'}]},'identifier':{'value':'x'}}",
    "{'resourceType':'Patient','id':'o','name':[{'text':'<b>Bold</b> &amp;\\u0000\\n\\ttext'}]}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strdelimit (g_strdup (texts[i]), "'", '"');
      g_autoptr (ZqPatient) patient = NULL;

      g_assert_true (fixture_take_raw (fixture, text));
      patient = load (fixture, "o");
      g_assert_nonnull (patient);
      g_assert_nonnull (patient->name);
      g_assert_null (strchr (patient->name, '\n'));
      if (i == 5)
        g_assert_cmpint (patient->age_years, >=, 45);
    }
}

static void
test_long_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strnfill (200, 'n');
  g_autoptr (ZqPatient) patient = NULL;

  fixture_take (fixture, "{'resourceType':'Patient','id':'l','name':[{'text':'%s'}]}", name);
  patient = load (fixture, "l");
  g_assert_cmpstr (patient->name, ==, name);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/patient/band-says-who-it-is", test_band);
  ADD ("/patient/allergies-have-three-words", test_allergies);
  ADD ("/patient/persons-have-names-and-relations", test_persons);
  ADD ("/patient/odd-contents-leave-gaps", test_odd);
  ADD ("/patient/long-name-is-kept-whole", test_long_name);

  return g_test_run ();
}
