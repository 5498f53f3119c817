/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "base/id.h"
#include "resource/json.h"
#include "rules/consultation.h"

#include <string.h>

static const char *
encounter_status (ZqSeedConsultation *c)
{
  if (strcmp (c->status, "awaiting-acceptance") == 0)
    return "planned";
  if (strcmp (c->status, "declined") == 0 || strcmp (c->status, "expired-refunded") == 0)
    return "cancelled";
  if (strcmp (c->status, "completed") == 0 || strcmp (c->status, "sent-offline") == 0 ||
      strcmp (c->status, "transferred") == 0)
    return "finished";
  return "in-progress";
}

static void
put_encounter (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("enc-%03d", c->number);
  g_autofree char *complaint = zq_seed_fill (c, zq_json_get_string (c->script, "complaint"));
  const char *status = encounter_status (c);

  zq_seed_json (self,
                "{'resourceType':'Encounter',%g,'status':%q,"
                "'class':{'system':'http://terminology.hl7.org/CodeSystem/v3-ActCode','code':'VR','display':'virtual'},"
                "'type':[{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "encounter-type") "','code':'image-text'}],'text':'图文问诊'}],"
                                      "'subject':{'reference':'Patient/%s'},'reasonCode':[{'text':%q}],"
                                      "'serviceProvider':{'reference':'Organization/%s'},'period':{'start':%t",
                c->department, status, c->patient->id, complaint, c->department, c->begun);
  if (strcmp (status, "finished") == 0 || strcmp (status, "cancelled") == 0)
    zq_seed_json (self, ",'end':%t", c->changed);
  zq_seed_json (self, "}");
  if (c->owner != NULL)
    zq_seed_json (self, ",'participant':[{'individual':{'reference':'Practitioner/%s'}}]", c->owner);
  zq_seed_json (self, "}");
  zq_seed_put (self, "Encounter", id, c->changed);
}

static void
append_answer (ZqSeed *self, ZqSeedConsultation *c, const char *link, const char *question, const char *answer)
{
  g_autofree char *text = answer != NULL ? zq_seed_fill (c, answer) : NULL;

  if (text != NULL)
    zq_seed_json (self, "%s{'linkId':%q,'text':%q,'answer':[{'valueString':%q}]}",
                  g_str_has_suffix (self->json->str, "[") ? "" : ",", link, question, text);
}

static void
put_intake (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("intake-%03d", c->number);
  gboolean relative = c->patient->relative_id != NULL;
  const char *measure = zq_json_get_string (c->script, "measure");
  g_autofree char *author = g_strdup_printf ("%s/%s", relative ? "RelatedPerson" : "Patient",
                                             relative ? c->patient->relative_id : c->patient->id);

  zq_seed_json (
      self,
      "{'resourceType':'QuestionnaireResponse',%g,'questionnaire':'" ZQ_FHIR_BASE "Questionnaire/intake',"
      "'status':'completed','subject':{'reference':'Patient/%s'},'encounter':{'reference':'Encounter/enc-%s'},"
      "'authored':%t,'author':{'reference':%q},'source':{'reference':%q},'item':[",
      c->department, c->patient->id, id + strlen ("intake-"), c->begun, author, author);
  append_answer (self, c, "complaint", "主诉", zq_json_get_string (c->script, "complaint"));
  append_answer (self, c, "onset", "症状开始时间", zq_json_get_string (c->script, "onset"));
  append_answer (self, c, "medication", "已用药物", zq_json_get_string (c->script, "medicine"));
  append_answer (self, c, "allergy", "过敏史", c->patient->allergy);
  append_answer (self, c, "history", "既往史", zq_json_get_string (c->script, "history"));
  append_answer (self, c, "measurement", "自测结果", measure);
  if (strstr (measure, "{fbg}") != NULL)
    zq_seed_json (self, ",{'linkId':'glucose','text':'空腹血糖 (mmol/L)','answer':[{'valueDecimal':%s0}]}",
                  (const char *)g_hash_table_lookup (c->values, "fbg"));
  zq_seed_json (self, "]}");
  zq_seed_put (self, "QuestionnaireResponse", id, c->begun);
}

static const char *
priority_of (ZqSeedConsultation *c)
{
  const char *priority = zq_json_get_string (c->script, "priority");

  if (priority != NULL)
    return priority;
  return c->number % 23 == 7 ? "urgent" : "routine";
}

static void
append_task_people (ZqSeed *self, ZqSeedConsultation *c)
{
  gboolean relative = c->patient->relative_id != NULL;

  zq_seed_json (
      self, ",'for':{'reference':'Patient/%s','display':%q},'requester':{'reference':'%s/%s'},'owner':", c->patient->id,
      c->patient->name, relative ? "RelatedPerson" : "Patient", relative ? c->patient->relative_id : c->patient->id);
  if (c->owner != NULL)
    zq_seed_json (self, "{'reference':'Practitioner/%s'}", c->owner);
  else
    zq_seed_json (self, "{'reference':'Organization/%s'}", c->department);
}

/* Some come with a report of the laboratory. */
static gboolean
has_report (ZqSeed *self, ZqSeedConsultation *c)
{
  return c->number % 4 == 1 && !zq_consultation_is_final (self->policy, c->status);
}

static void
put_report (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("report-%03d", c->number);
  g_autofree char *result = g_strdup_printf ("hba1c-%03d", c->number);

  zq_seed_json (
      self,
      "{'resourceType':'Observation',%g,'status':'final','code':{'coding':[{'system':'http://loinc.org',"
      "'code':'4548-4'}],'text':'糖化血红蛋白'},'subject':{'reference':'Patient/%s'},'effectiveDateTime':%t,"
      "'valueQuantity':{'value':%d.%d,'unit':'%%'},'referenceRange':[{'low':{'value':4.0},'high':{'value':6.0}"
      "}]}",
      c->department, c->patient->id, c->begun, 6 + c->number % 4, c->number % 10);
  zq_seed_put (self, "Observation", result, c->begun);
  zq_seed_json (self,
                "{'resourceType':'DiagnosticReport',%g,'status':'final','category':[{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/v2-0074','code':'LAB'}]}],'code':{'text':'糖化血红蛋白'},"
                "'subject':{'reference':'Patient/%s'},'issued':%t,'result':[{'reference':'Observation/hba1c-%s'}]}",
                c->department, c->patient->id, c->begun, id + strlen ("report-"));
  zq_seed_put (self, "DiagnosticReport", id, c->begun);
}

static void
put_task (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("task-%03d", c->number);
  const char *number = id + strlen ("task-");
  g_autofree char *complaint = zq_seed_fill (c, zq_json_get_string (c->script, "complaint"));
  gboolean open = !zq_consultation_is_final (self->policy, c->status);

  zq_seed_json (self, "{'resourceType':'Task',%g", c->department);
  if (strcmp (c->status, "ended-questions-left") == 0)
    zq_seed_json (self, ",'extension':[{'url':'" ZQ_EXTENSION ("questions-left") "','valueInteger':%d}]",
                  1 + c->number % 3);
  zq_seed_json (self,
                ",'status':%q,'businessStatus':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "consultation-status") "',"
                                           "'code':%q}]},'intent':'order','priority':%q,"
                                           "'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                                               "task-code") "','code':%q}]},"
                                                            "'focus':{'reference':'Communication/"
                                                            "thread-%s'},'encounter':{'reference':'Encounter/enc-%s'}",
                zq_consultation_task_status (self->policy, c->status), c->status, priority_of (c),
                zq_json_get_string (c->script, "code"), number, number);
  append_task_people (self, c);
  zq_seed_json (self, ",'authoredOn':%t,'lastModified':%t,'reasonCode':{'text':%q}", c->begun, c->changed, complaint);
  if (open && c->number % 5 == 0 && c->waiting > 0)
    zq_seed_json (self, ",'restriction':{'period':{'end':%t}}", self->now - c->waiting + ZQ_SEED_DAY);
  zq_seed_json (self,
                ",'input':[{'type':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "task-input") "','code':'intake'}]},"
                                  "'valueReference':{'reference':'QuestionnaireResponse/intake-%s'}}",
                number);
  if (has_report (self, c))
    zq_seed_json (self,
                  ",{'type':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                      "task-input") "','code':'report'}]},'valueReference':{'reference':'DiagnosticReport/report-%s'}}",
                  number);
  zq_seed_json (self, "]}");
  zq_seed_put (self, "Task", id, c->changed);
}

static void
put_note (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("note-%03d", c->number);

  zq_seed_json (
      self,
      "{'resourceType':'Communication','meta':{'security':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/v3-Confidentiality','code':'R'}],"
      "'tag':[{'system':'" ZQ_SYSTEM_DEPARTMENT "','code':%q}]},'partOf':[{'reference':'Task/task-%s'}],"
      "'status':'completed',"
      "'category':[{'coding':[{'system':'" ZQ_CODE_SYSTEM (
          "communication-category") "',"
                                    "'code':'internal-note'}]}],'sender':{'reference':'Practitioner/" ZQ_SEED_ASSISTANT
                                    "'},"
                                    "'sent':%t,'payload':[{'contentString':%q}]}",
      c->department, id + strlen ("note-"), c->changed, zq_seed_pick (self, self->scripts, "notes"));
  zq_seed_put (self, "Communication", id, c->changed);
}

/* What the record holds: the problem, what is taken, and for some the last HbA1c. */
static void
put_record (ZqSeed *self, ZqSeedConsultation *c)
{
  g_autofree char *id = g_strdup_printf ("problem-%03d", c->number);
  g_autofree char *medicine_id = g_strdup_printf ("medicine-%03d", c->number);
  g_autofree char *observation_id = g_strdup_printf ("hba1c-%03d", c->number);
  g_autofree char *medicine = zq_seed_fill (c, zq_json_get_string (c->script, "medicine"));
  gint64 then = self->now - zq_seed_between (self, 30, 300) * ZQ_SEED_DAY;

  zq_seed_json (self,
                "{'resourceType':'Condition','clinicalStatus':{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/condition-clinical','code':'active'}]},"
                "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10','code':%q}],'text':%q},"
                "'subject':{'reference':'Patient/%s'},'recordedDate':%t}",
                zq_json_get_string (c->script, "icd"), zq_json_get_string (c->script, "diagnosis"), c->patient->id,
                then);
  zq_seed_put (self, "Condition", id, then);

  if (strcmp (medicine, "无") != 0 && strcmp (medicine, "不详") != 0)
    {
      zq_seed_json (self,
                    "{'resourceType':'MedicationStatement','status':'active','medicationCodeableConcept':{'text':%q},"
                    "'subject':{'reference':'Patient/%s'},'dateAsserted':%t}",
                    medicine, c->patient->id, then);
      zq_seed_put (self, "MedicationStatement", medicine_id, then);
    }

  if (c->number % 4 == 1)
    {
      zq_seed_json (self,
                    "{'resourceType':'Observation',%g,'status':'final',"
                    "'category':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/observation-category',"
                    "'code':'laboratory'}]}],'code':{'coding':[{'system':'http://loinc.org','code':'4548-4'}],"
                    "'text':'糖化血红蛋白'},'subject':{'reference':'Patient/%s'},'effectiveDateTime':%t,"
                    "'valueQuantity':{'value':%s0,'unit':'%%','system':'http://unitsofmeasure.org','code':'%%'}}",
                    c->department, c->patient->id, then, (const char *)g_hash_table_lookup (c->values, "a1c"));
      zq_seed_put (self, "Observation", observation_id, then);
      put_report (self, c);
    }
}

void
zq_seed_task (ZqSeed *self, ZqSeedConsultation *c)
{
  put_encounter (self, c);
  put_intake (self, c);
  put_task (self, c);
  if (c->number % 6 == 2)
    put_note (self, c);
  if (!zq_consultation_is_final (self->policy, c->status))
    put_record (self, c);
}
