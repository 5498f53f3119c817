/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "base/id.h"
#include "rules/consultation.h"

#include <string.h>

static const char *
encounter_status (const ZqBulkCase *c)
{
  if (strcmp (c->status, "awaiting-acceptance") == 0)
    return "planned";
  if (strcmp (c->status, "declined") == 0 || strcmp (c->status, "expired-refunded") == 0)
    return "cancelled";
  return c->is_open ? "in-progress" : "finished";
}

static void
put_encounter (ZqBulk *self, ZqBulkCase *c)
{
  char id[24];

  g_snprintf (id, sizeof id, "be-%" G_GINT64_FORMAT, c->number);
  zq_seed_json (self->seed,
                "{'resourceType':'Encounter','id':'%s',%h,'status':'%s',"
                "'class':{'system':'http://terminology.hl7.org/CodeSystem/v3-ActCode','code':'VR','display':'virtual'},"
                "'type':[{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "encounter-type") "','code':'image-text'}],'text':'图文问诊'}],"
                                      "'subject':{'reference':'Patient/%s'},'reasonCode':[{'text':'%s'}],"
                                      "'serviceProvider':{'reference':'Organization/" ZQ_SEED_ENDO
                                      "'},'period':{'start':%t",
                id, c->ended, ZQ_SEED_ENDO, encounter_status (c), c->patient.id, c->complaint, c->begun);
  if (!c->is_open)
    zq_seed_json (self->seed, ",'end':%t", c->ended);
  zq_seed_json (self->seed, "}");
  if (c->owner != NULL)
    zq_seed_json (self->seed, ",'participant':[{'individual':{'reference':'Practitioner/%s'}}]", c->owner);
  zq_seed_json (self->seed, "}");
  zq_seed_put_whole (self->seed, "Encounter", id, c->ended);
}

static void
append_answer (ZqBulk *self, const char *link, const char *question, const char *answer)
{
  zq_seed_json (self->seed, "%s{'linkId':'%s','text':'%s','answer':[{'valueString':'%s'}]}",
                g_str_has_suffix (self->seed->json->str, "[") ? "" : ",", link, question, answer);
}

static void
put_intake (ZqBulk *self, ZqBulkCase *c)
{
  gboolean relative = c->patient.relation >= 0;
  const char *type = relative ? "RelatedPerson" : "Patient";
  const char *author = relative ? c->patient.relative_id : c->patient.id;
  char id[24];

  g_snprintf (id, sizeof id, "bq-%" G_GINT64_FORMAT, c->number);
  zq_seed_json (self->seed,
                "{'resourceType':'QuestionnaireResponse','id':'%s',%h,'questionnaire':'" ZQ_FHIR_BASE
                "Questionnaire/intake','status':'completed','subject':{'reference':'Patient/%s'},"
                "'encounter':{'reference':'Encounter/be-%l'},'authored':%t,'author':{'reference':'%s/%s'},"
                "'source':{'reference':'%s/%s'},'item':[",
                id, c->begun, ZQ_SEED_ENDO, c->patient.id, c->number, c->begun, type, author, type, author);
  append_answer (self, "complaint", "主诉", c->complaint);
  g_string_truncate (self->text, 0);
  zq_seed_words_line (self->words, &c->random, "slots.since", self->text);
  append_answer (self, "onset", "症状开始时间", self->text->str);
  g_string_truncate (self->text, 0);
  zq_seed_words_line (self->words, &c->random, "slots.drug", self->text);
  g_string_append (self->text, " ");
  zq_seed_words_line (self->words, &c->random, "slots.dose", self->text);
  append_answer (self, "medication", "已用药物", self->text->str);
  g_string_truncate (self->text, 0);
  zq_seed_words_line (self->words, &c->random, "slots.disease", self->text);
  append_answer (self, "history", "既往史", self->text->str);
  zq_seed_json (self->seed, ",{'linkId':'glucose','text':'空腹血糖 (mmol/L)','answer':[{'valueDecimal':%d.%d0}]}]}",
                (int)zq_random_between (&c->random, 4, 15), (int)zq_random_between (&c->random, 0, 9));
  zq_seed_put_whole (self->seed, "QuestionnaireResponse", id, c->begun);
}

static void
append_owner (ZqBulk *self, ZqBulkCase *c)
{
  gboolean relative = c->patient.relation >= 0;

  zq_seed_json (self->seed,
                ",'for':{'reference':'Patient/%s','display':'%s'},'requester':{'reference':'%s/%s'},"
                "'owner':{'reference':'%s/%s'}",
                c->patient.id, c->patient.name, relative ? "RelatedPerson" : "Patient",
                relative ? c->patient.relative_id : c->patient.id, c->owner != NULL ? "Practitioner" : "Organization",
                c->owner != NULL ? c->owner : ZQ_SEED_ENDO);
}

static void
put_task (ZqBulk *self, ZqBulkCase *c, gboolean intake)
{
  const char *priority = zq_random_chance (&c->random, 60)   ? "urgent"
                         : zq_random_chance (&c->random, 20) ? "asap"
                                                             : "routine";
  char id[24];

  g_snprintf (id, sizeof id, "bt-%" G_GINT64_FORMAT, c->number);
  zq_seed_json (self->seed, "{'resourceType':'Task','id':'%s',%h", id, c->ended, ZQ_SEED_ENDO);
  if (strcmp (c->status, "ended-questions-left") == 0)
    zq_seed_json (self->seed, ",'extension':[{'url':'" ZQ_EXTENSION ("questions-left") "','valueInteger':%d}]",
                  (int)(1 + c->number % 3));
  zq_seed_json (self->seed,
                ",'status':'%s','businessStatus':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "consultation-status") "','code':'%s'}]},'intent':'order','priority':'%s','code':{'coding':[{"
                                           "'system':'" ZQ_CODE_SYSTEM (
                                               "task-code") "','code':'%s'}]},"
                                                            "'focus':{'reference':'Communication/bh-%l'},"
                                                            "'encounter':{'reference':'Encounter/be-%l'}",
                zq_consultation_task_status (self->seed->policy, c->status), c->status, priority,
                zq_random_chance (&c->random, 400) ? "revisit" : "advice", c->number, c->number);
  append_owner (self, c);
  zq_seed_json (self->seed, ",'authoredOn':%t,'lastModified':%t,'reasonCode':{'text':'%s'}", c->begun, c->ended,
                c->complaint);
  if (c->is_open && !c->answered && c->number % 5 == 0)
    zq_seed_json (self->seed, ",'restriction':{'period':{'end':%t}}", c->ended + ZQ_SEED_DAY);
  if (intake)
    zq_seed_json (self->seed,
                  ",'input':[{'type':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                      "task-input") "','code':'intake'}]},"
                                    "'valueReference':{'reference':'QuestionnaireResponse/bq-%l'}}]",
                  c->number);
  zq_seed_json (self->seed, "}");
  zq_seed_put_whole (self->seed, "Task", id, c->ended);
}

void
zq_bulk_put_case (ZqBulk *self, ZqBulkCase *c)
{
  gboolean intake = c->is_open || zq_random_chance (&c->random, 550);

  put_encounter (self, c);
  if (intake)
    put_intake (self, c);
  put_task (self, c, intake);
}

/* --- laboratory ------------------------------------------------------------------------------- */

static const struct
{
  const char *loinc, *local, *name, *display, *unit;
  int low, high, decimals; /* in units of the last decimal */
} tests[] = {
  { "14771-0", "GLU", "空腹血糖", "Fasting glucose [Moles/volume] in Serum or Plasma", "mmol/L", 39, 61, 1 },
  { "4548-4", "HbA1c", "糖化血红蛋白", "Hemoglobin A1c/Hemoglobin.total in Blood", "%", 40, 60, 1 },
  { "14682-9", "CREA", "肌酐", "Creatinine [Moles/volume] in Serum or Plasma", "μmol/L", 440, 1330, 1 },
  { "14937-7", "UREA", "尿素", "Urea nitrogen [Moles/volume] in Serum or Plasma", "mmol/L", 260, 750, 2 },
  { "14933-6", "UA", "尿酸", "Urate [Moles/volume] in Serum or Plasma", "μmol/L", 2080, 4280, 1 },
  { "14647-2", "TC", "总胆固醇", "Cholesterol [Moles/volume] in Serum or Plasma", "mmol/L", 310, 570, 2 },
  { "14927-8", "TG", "甘油三酯", "Triglyceride [Moles/volume] in Serum or Plasma", "mmol/L", 45, 170, 2 },
  { "22748-8", "LDL-C", "低密度脂蛋白胆固醇", "Cholesterol in LDL [Moles/volume] in Serum or Plasma", "mmol/L", 207,
    340, 2 },
  { "1742-6", "ALT", "丙氨酸氨基转移酶", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma",
    "U/L", 90, 500, 1 },
  { "3016-3", "TSH", "促甲状腺激素", "Thyrotropin [Units/volume] in Serum or Plasma", "mIU/L", 270, 4200, 3 },
  { "14920-3", "FT4", "游离甲状腺素", "Thyroxine (T4) free [Moles/volume] in Serum or Plasma", "pmol/L", 1200, 2200,
    2 },
  { "6690-2", "WBC", "白细胞计数", "Leukocytes [#/volume] in Blood by Automated count", "10^9/L", 350, 950, 2 },
  { "718-7", "HGB", "血红蛋白", "Hemoglobin [Mass/volume] in Blood", "g/L", 1150, 1750, 1 },
  { "777-3", "PLT", "血小板计数", "Platelets [#/volume] in Blood by Automated count", "10^9/L", 1250, 3500, 1 },
  { "2823-3", "K", "血钾", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 350, 530, 2 },
};

static void
format_value (char *out, gsize size, gint64 value, int decimals)
{
  gint64 unit = decimals == 1 ? 10 : decimals == 2 ? 100 : 1000;

  g_snprintf (out, size, "%" G_GINT64_FORMAT ".%0*d", value / unit, decimals, (int)(value % unit));
}

static void
append_codes (ZqBulk *self, gsize test)
{
  zq_seed_json (
      self->seed,
      "'status':'final','category':[{'coding':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/observation-category','code':'laboratory','display':'Laboratory'"
      "}],'text':'检验'}],'code':{'coding':[{'system':'http://loinc.org','code':'%s','display':'%s'},"
      "{'system':'" ZQ_FHIR_BASE "CodeSystem/local-lab','code':'%s','display':'%s'}],'text':'%s'},",
      tests[test].loinc, tests[test].display, tests[test].local, tests[test].name, tests[test].name);
}

/* As a laboratory's system writes it: local and common codes, who and with what, the range of this report. */
void
zq_bulk_put_observation (ZqBulk *self, gint64 number)
{
  ZqRandom random = zq_random_for (ZQ_BULK_OBSERVATION, number);
  gsize test = (gsize)zq_random_between (&random, 0, G_N_ELEMENTS (tests) - 1);
  gint64 low = tests[test].low, high = tests[test].high;
  gint64 value = zq_random_chance (&random, 700) ? zq_random_between (&random, low, high)
                                                 : zq_random_between (&random, low * 6 / 10, high * 18 / 10);
  const char *flag = value < low ? "L" : value > high ? "H" : "N";
  gint64 patients = MAX (MIN (self->spec->patients, MAX (self->spec->consultations, 1)), 1);
  gint64 patient = 1 + (gint64)(zq_random_unit (&random) * (double)patients);
  gint64 taken = self->seed->now -
                 (gint64)((1 - (double)number / (double)self->spec->observations) * 3 * 365 * (double)ZQ_SEED_DAY) -
                 4 * ZQ_SEED_HOUR;
  gint64 issued = taken + zq_random_between (&random, 30, 200) * ZQ_SEED_MINUTE;
  char id[24], shown[24], from[24], to[24];

  format_value (shown, sizeof shown, value, tests[test].decimals);
  format_value (from, sizeof from, low, tests[test].decimals);
  format_value (to, sizeof to, high, tests[test].decimals);
  g_snprintf (id, sizeof id, "bo-%" G_GINT64_FORMAT, number);
  zq_seed_json (
      self->seed,
      "{'resourceType':'Observation','id':'%s',%h,'identifier':[{'use':'official','type':{'coding':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/v2-0203','code':'FILL','display':'Filler Identifier'}]},"
      "'system':'" ZQ_FHIR_BASE "lab-number','value':'LIS%l'}],",
      id, issued, ZQ_SEED_ENDO, 20000000 + number);
  append_codes (self, test);
  zq_seed_json (self->seed,
                "'subject':{'reference':'Patient/bp-%l'},'effectiveDateTime':%t,'issued':%t,"
                "'performer':[{'reference':'Organization/hospital','display':'云桥互联网医院检验科'}],"
                "'valueQuantity':{'value':%s,'unit':'%s','system':'http://unitsofmeasure.org','code':'%s'},"
                "'interpretation':[{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation','code':'%s'}]}],",
                patient, taken, issued, shown, tests[test].unit, tests[test].unit, flag);
  zq_seed_json (
      self->seed,
      "'method':{'text':'全自动生化分析仪'},'specimen':{'display':'静脉血 %l'},'device':{'display':'检验流水线二号'},"
      "'referenceRange':[{'low':{'value':%s,'unit':'%s'},'high':{'value':%s,'unit':'%s'},"
      "'text':'%s～%s %s'}],'note':[{'text':'样本状态：合格。结果仅对本次送检样本负责。'}]}",
      30000000 + number, from, tests[test].unit, to, tests[test].unit, from, to, tests[test].unit);
  zq_seed_put_whole (self->seed, "Observation", id, issued);
}
