/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"
#include "hospital/seed/random.h"

#include "base/id.h"

#include <string.h>

/* A record as a Chinese hospital has it. Most patients have one report; the first have years of them, and each of the
 * first ten something that a reader must not take for an ordinary result. */

#define N_WITH_HISTORY 40
#define N_WITH_NEW     18 /* who have ordinary results of yesterday */
#define KIND_LAB       77 /* of zq_random_for() */
#define SECTIONS       "http://terminology.hl7.org/CodeSystem/v2-0074"
#define FLAGS          "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

typedef struct
{
  const char *loinc; /* NULL: the laboratory's own code alone */
  const char *local;
  const char *name;
  const char *unit; /* as that laboratory writes it */
  int decimals;
  double low, high; /* low 0: there is no lower limit */
  double usual, spread;
  const char *text; /* a result in words instead: what is usual */
  const char *positive;
} Test;

static const Test chemistry[] = {
  { "14771-0", "GLU", "葡萄糖（空腹）", "mmol/L", 2, 3.9, 6.1, 7.4, 2.2 },
  { "14682-9", "CREA", "肌酐", "μmol/L", 0, 44, 133, 88, 24 },
  { "22664-7", "UREA", "尿素", "mmol/L", 2, 2.6, 7.5, 5.6, 1.7 },
  { "14933-6", "UA", "尿酸", "umol/L", 0, 208, 428, 372, 90 },
  { "1742-6", "ALT", "丙氨酸氨基转移酶", "U/L", 0, 9, 50, 31, 16 },
  { "1920-8", "AST", "天门冬氨酸氨基转移酶", "U/L", 0, 15, 40, 27, 9 },
  { "14631-6", "TBIL", "总胆红素", "µmol/L", 1, 5, 21, 13, 4 },
  { "2823-3", "K", "钾", "mmol/L", 2, 3.5, 5.3, 4.3, 0.4 },
  { "2951-2", "NA", "钠", "mmol/L", 1, 137, 147, 141, 2.4 },
};

static const Test lipids[] = {
  { "14647-2", "TC", "总胆固醇", "mmol/L", 2, 0, 5.18, 4.9, 0.9 },
  { "14927-8", "TG", "甘油三酯", "mmol/L", 2, 0, 1.70, 1.9, 0.8 },
  { "14646-4", "HDL", "高密度脂蛋白胆固醇", "mmol/L", 2, 1.04, 0, 1.15, 0.2 },
  { "22748-8", "LDL", "低密度脂蛋白胆固醇", "mmol/L", 2, 0, 3.37, 2.9, 0.8 },
};

static const Test glucose[] = {
  { "4548-4", "HBA1C", "糖化血红蛋白", "%", 1, 4.0, 6.0, 7.6, 1.0 },
};

static const Test blood[] = {
  { "6690-2", "WBC", "白细胞", "10^9/L", 2, 3.5, 9.5, 6.4, 1.6 },
  { "718-7", "HGB", "血红蛋白", "g/L", 0, 115, 150, 132, 14 },
  { "777-3", "PLT", "血小板", "×10^9/L", 0, 125, 350, 221, 52 },
  { "1988-5", "CRP", "C反应蛋白", "mg/L", 1, 0, 10, 4.2, 4 },
};

static const Test urine[] = {
  { "5770-3", "U-GLU", "尿糖", NULL, 0, 0, 0, 0, 0, "阴性(-)", "阳性(2+)" },
  { "20454-5", "U-PRO", "尿蛋白", NULL, 0, 0, 0, 0, 0, "阴性(-)", "阳性(1+)" },
  { NULL, "U-KET", "尿酮体", NULL, 0, 0, 0, 0, 0, "阴性", "弱阳性(±)" },
  { "14959-1", "UACR", "尿白蛋白/肌酐", "mg/g", 1, 0, 30, 24, 18 },
};

static const Test thyroid[] = {
  { "3016-3", "TSH", "促甲状腺激素", "mIU/L", 3, 0.27, 4.2, 2.3, 1.1 },
  { "14920-3", "FT4", "游离甲状腺素", "pmol/L", 2, 12, 22, 16.4, 2.1 },
  { "8099-4", "TPOAB", "甲状腺过氧化物酶抗体", "IU/mL", 1, 0, 34, 12, 9 },
};

typedef struct
{
  const char *local, *name, *section, *specimen;
  const Test *tests;
  guint n;
} Panel;

static const Panel panels[] = {
  { "BIOCHEM", "生化全套", "CH", "静脉血（血清）", chemistry, G_N_ELEMENTS (chemistry) },
  { "LIPID", "血脂四项", "CH", "静脉血（血清）", lipids, G_N_ELEMENTS (lipids) },
  { "HBA1C", "糖化血红蛋白", "LAB", "静脉血（EDTA）", glucose, G_N_ELEMENTS (glucose) },
  { "CBC", "血常规", "HM", "静脉血（EDTA）", blood, G_N_ELEMENTS (blood) },
  { "URINE", "尿常规及尿微量白蛋白", "UR", "晨尿", urine, G_N_ELEMENTS (urine) },
  { "THYROID", "甲状腺功能", "LAB", "静脉血（血清）", thyroid, G_N_ELEMENTS (thyroid) },
};

/* One patient on the way to the hospital. */
typedef struct
{
  ZqSeed *seed;
  const ZqSeedPatient *patient;
  int number;
  ZqRandom random;
  int n_reports, n_results;
  gboolean is_critical; /* the report that is being put */
} Record;

/* --- one result --------------------------------------------------------------------------------- */

static void
begin_result (Record *self, const char *status, const Test *test, gint64 taken)
{
  zq_seed_json (self->seed,
                "{'resourceType':'Observation',%g,'status':%q,'category':[{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/observation-category','code':'laboratory'}]}],"
                "'code':{'coding':[",
                self->patient->department, status);
  if (test->loinc != NULL)
    zq_seed_json (self->seed, "{'system':'http://loinc.org','code':%q},", test->loinc);
  zq_seed_json (self->seed,
                "{'system':'" ZQ_FHIR_BASE "CodeSystem/local-lab','code':%q,'display':%q}],'text':%q},"
                "'subject':{'reference':'Patient/%s'},'effectiveDateTime':%t,'issued':%t,"
                "'performer':[{'display':'云桥互联网医院检验科'}]",
                test->local, test->name, test->name, self->patient->id, taken, taken + 3 * ZQ_SEED_HOUR);
}

static void
append_range (Record *self, const Test *test)
{
  char low[32], high[32];

  g_snprintf (low, sizeof low, "%.*f", test->decimals, test->low);
  g_snprintf (high, sizeof high, "%.*f", test->decimals, test->high);
  if (test->low > 0 && test->high > 0)
    zq_seed_json (self->seed, ",'referenceRange':[{'low':{'value':%s},'high':{'value':%s},'text':'%s～%s'}]", low, high,
                  low, high);
  else if (test->high > 0)
    zq_seed_json (self->seed, ",'referenceRange':[{'high':{'value':%s},'text':'<%s'}]", high, high);
  else if (test->low > 0)
    zq_seed_json (self->seed, ",'referenceRange':[{'low':{'value':%s},'text':'>%s'}]", low, low);
}

static void
append_number (Record *self, const Test *test, double value)
{
  gboolean below = test->low > 0 && value<test->low, above = test->high> 0 && value > test->high;
  char shown[32];

  g_snprintf (shown, sizeof shown, "%.*f", test->decimals, value);
  zq_seed_json (self->seed, ",'valueQuantity':{'value':%s,'unit':%q}", shown, test->unit);
  append_range (self, test);
  /* One analyser of three leaves the flag to who reads the range. */
  if (self->n_results % 3 != 0)
    zq_seed_json (self->seed, ",'interpretation':[{'coding':[{'system':'" FLAGS "','code':'%s'}]}]",
                  below   ? "L"
                  : above ? "H"
                          : "N");
}

static char *
next_id (Record *self)
{
  return g_strdup_printf ("lab-%03d-%03d", self->number, ++self->n_results);
}

/* By about how much the years and the treatment have moved it: 1 at first, 0 at last. */
static double
draw_value (Record *self, const Test *test, double early)
{
  double drawn = zq_random_unit (&self->random) + zq_random_unit (&self->random) + zq_random_unit (&self->random) - 1.5;
  double value = test->usual + drawn * test->spread * 1.3;

  if (strcmp (test->local, "HBA1C") == 0 || strcmp (test->local, "GLU") == 0)
    value += early * test->spread * 1.2;

  return MAX (value, test->usual / 8);
}

/* (transfer full): its id */
static char *
put_result (Record *self, const Test *test, gint64 taken, double early)
{
  char *id = next_id (self);
  gboolean positive = zq_random_chance (&self->random, 250);

  begin_result (self, "final", test, taken);
  if (test->text != NULL && self->n_results % 2 == 0)
    zq_seed_json (self->seed, ",'valueCodeableConcept':{'text':%q}", positive ? test->positive : test->text);
  else if (test->text != NULL)
    zq_seed_json (self->seed, ",'valueString':%q", positive ? test->positive : test->text);
  else
    append_number (self, test, draw_value (self, test, early));
  if (test->text != NULL)
    zq_seed_json (self->seed,
                  ",'referenceRange':[{'text':'阴性'}],'interpretation':[{'coding':[{'system':'" FLAGS
                  "','code':'%s'}]}]",
                  positive ? "A" : "N");
  zq_seed_json (self->seed, "}");
  zq_seed_put (self->seed, "Observation", id, taken + 3 * ZQ_SEED_HOUR);

  return id;
}

/* --- one report --------------------------------------------------------------------------------- */

/* To be looked at by who has the patient; what is older than a week is closed, but for what is special. */
static void
put_review (Record *self, const char *report, const char *section, const char *status, gint64 issued, gboolean critical)
{
  g_autofree char *id = g_strconcat ("review-", report, NULL);
  gint64 done = issued + 5 * ZQ_SEED_HOUR;
  gint64 asked = critical ? self->seed->now - 10 * ZQ_SEED_MINUTE : issued;
  gboolean is_closed =
      self->seed->now - issued > 7 * ZQ_SEED_DAY && strcmp (status, "final") == 0 && strcmp (section, "RAD") != 0;

  if (self->patient->doctor == NULL || issued < self->seed->now - 30 * ZQ_SEED_DAY)
    return;
  zq_seed_json (self->seed,
                "{'resourceType':'Task',%g,'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID
                "','value':'result-review.DiagnosticReport.%s.Practitioner.%s'}],'status':%q,'intent':'order',"
                "'priority':%q,'code':{'coding':[{'system':'" ZQ_CODE_SYSTEM (
                    "task-code") "','code':'result-review'}]},'focus':{'reference':'DiagnosticReport/%s'},"
                                 "'for':{'reference':'Patient/%s'},'owner':{'reference':'Practitioner/%s'},"
                                 "'authoredOn':%t,'lastModified':%t",
                self->patient->department, report, self->patient->doctor, is_closed ? "completed" : "requested",
                critical ? "stat" : "routine", report, self->patient->id, self->patient->doctor, asked,
                is_closed ? done : asked);
  if (is_closed)
    zq_seed_json (self->seed,
                  ",'output':[{'extension':[{'url':'" ZQ_EXTENSION (
                      "at") "','valueInstant':%t}],'type':{'coding':[{'system':"
                            "'" ZQ_CODE_SYSTEM ("task-output") "','code':'handled'}]},'valueString'"
                                                               ":'电话告知，按原方案'}]",
                  done);
  zq_seed_json (self->seed, "}");
  zq_seed_put (self->seed, "Task", id, is_closed ? done : asked);
}

static void
put_report (Record *self,
            const char *id,
            const char *status,
            const char *section,
            const char *name,
            const char *specimen,
            gint64 taken,
            const char *conclusion,
            GPtrArray *results)
{
  zq_seed_json (self->seed,
                "{'resourceType':'DiagnosticReport',%g,'status':%q,'category':[{'coding':[{'system':'" SECTIONS
                "','code':%q}]}],'code':{'text':%q},'subject':{'reference':'Patient/%s'},'effectiveDateTime':%t,"
                "'issued':%t,'performer':[{'display':'%s'}]",
                self->patient->department, status, section, name, self->patient->id, taken, taken + 3 * ZQ_SEED_HOUR,
                self->n_reports % 6 == 5 ? "市第二人民医院检验科" : "云桥互联网医院检验科");
  if (specimen != NULL)
    zq_seed_json (self->seed, ",'specimen':[{'display':%q}]", specimen);
  if (conclusion != NULL)
    zq_seed_json (self->seed, ",'conclusion':%q", conclusion);
  for (guint i = 0; results != NULL && i < results->len; i++)
    zq_seed_json (self->seed, "%s{'reference':'Observation/%s'}", i > 0 ? "," : ",\"result\":[",
                  (const char *)results->pdata[i]);
  zq_seed_json (self->seed, "%s}", results != NULL && results->len > 0 ? "]" : "");
  zq_seed_put (self->seed, "DiagnosticReport", id, taken + 3 * ZQ_SEED_HOUR);
  put_review (self, id, section, status, taken + 3 * ZQ_SEED_HOUR, self->is_critical);
}

static char *
next_report (Record *self)
{
  return g_strdup_printf ("rep-%03d-%02d", self->number, ++self->n_reports);
}

static void
put_panel (Record *self, const Panel *panel, gint64 taken, double early)
{
  g_autofree char *id = next_report (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < panel->n; i++)
    g_ptr_array_add (results, put_result (self, &panel->tests[i], taken, early));
  put_report (self, id, "final", panel->section, panel->name, panel->specimen, taken, NULL, results);
}

/* --- what must not be taken for an ordinary result ---------------------------------------------- */

static char *
put_potassium (
    Record *self, const char *id, const char *status, const char *value, const char *flag, gint64 taken, gint64 changed)
{
  begin_result (self, status, &chemistry[7], taken);
  zq_seed_json (self->seed, ",'valueQuantity':{'value':%s,'unit':'mmol/L'}", value);
  append_range (self, &chemistry[7]);
  zq_seed_json (self->seed, ",'interpretation':[{'coding':[{'system':'" FLAGS "','code':%q}]}]}", flag);
  zq_seed_put (self->seed, "Observation", id, changed);

  return g_strdup (id);
}

static void
put_corrected (Record *self, gint64 taken)
{
  g_autofree char *report = next_report (self);
  g_autofree char *id = next_id (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_free (put_potassium (self, id, "final", "7.90", "HH", taken, taken + 3 * ZQ_SEED_HOUR));
  g_ptr_array_add (results, put_potassium (self, id, "corrected", "4.20", "N", taken, taken + 9 * ZQ_SEED_HOUR));
  put_report (self, report, "corrected", "CH", "急诊电解质", "静脉血", taken,
              "更正：首次报告标本溶血，复查后结果更正，原结果作废。", results);
}

static void
put_partial (Record *self, gint64 taken)
{
  static const Test culture = {
    "600-7", "CULT", "血培养（需氧）", NULL, 0, 0, 0, 0, 0, "培养 48 小时无细菌生长", NULL
  };
  static const Test anaerobic = { NULL, "CULT-AN", "血培养（厌氧）", NULL, 0, 0, 0, 0, 0, "", NULL };
  g_autofree char *report = next_report (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (results, next_id (self));
  begin_result (self, "preliminary", &culture, taken);
  zq_seed_json (self->seed, ",'valueString':%q}", culture.text);
  zq_seed_put (self->seed, "Observation", results->pdata[0], taken + 48 * ZQ_SEED_HOUR);
  g_ptr_array_add (results, next_id (self));
  begin_result (self, "registered", &anaerobic, taken);
  zq_seed_json (self->seed, ",'dataAbsentReason':{'coding':[{'code':'temp-unknown'}]}}");
  zq_seed_put (self->seed, "Observation", results->pdata[1], taken);
  put_report (self, report, "partial", "MB", "血培养及鉴定", "静脉血（双瓶）", taken, NULL, results);
}

static void
put_critical (Record *self, gint64 taken)
{
  g_autofree char *report = next_report (self);
  g_autofree char *id = next_id (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (results, put_potassium (self, id, "final", "6.80", "HH", taken, taken + ZQ_SEED_HOUR));
  self->is_critical = TRUE;
  put_report (self, report, "final", "CH", "急诊电解质", "静脉血", taken, "检验科危急值：已电话通知送检科室。",
              results);
  self->is_critical = FALSE;
}

static void
put_haemolysed (Record *self, gint64 taken)
{
  g_autofree char *report = next_report (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (results, next_id (self));
  begin_result (self, "final", &chemistry[7], taken);
  zq_seed_json (self->seed, ",'dataAbsentReason':{'text':'标本溶血，未检测，请重新采血'}}");
  zq_seed_put (self->seed, "Observation", results->pdata[0], taken);
  g_ptr_array_add (results, next_id (self));
  begin_result (self, "final", &blood[3], taken);
  zq_seed_json (self->seed, ",'valueQuantity':{'value':0.5,'comparator':'<','unit':'mg/L'}");
  append_range (self, &blood[3]);
  zq_seed_json (self->seed, "}");
  zq_seed_put (self->seed, "Observation", results->pdata[1], taken);
  put_report (self, report, "final", "CH", "急诊生化", "静脉血", taken, NULL, results);
}

/* Antibodies as a titre; one test came from elsewhere, with an arrow in the value. */
static void
put_titre (Record *self, gint64 taken)
{
  static const Test ana = { "5048-4", "ANA", "抗核抗体滴度", NULL, 0, 0, 0, 0, 0, "", NULL };
  static const Test outside = { NULL, "X-GLU", "葡萄糖（外院）", NULL, 0, 0, 0, 0, 0, "", NULL };
  g_autofree char *report = next_report (self);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (results, next_id (self));
  begin_result (self, "final", &ana, taken);
  zq_seed_json (self->seed, ",'valueRatio':{'numerator':{'value':1},'denominator':{'value':160}},"
                            "'referenceRange':[{'text':'<1:80'}],'interpretation':[{'coding':[{'code':'A'}]}]}");
  zq_seed_put (self->seed, "Observation", results->pdata[0], taken);
  g_ptr_array_add (results, next_id (self));
  begin_result (self, "final", &outside, taken);
  zq_seed_json (self->seed, ",'valueString':'8.6↑'}");
  zq_seed_put (self->seed, "Observation", results->pdata[1], taken);
  put_report (self, report, "amended", "IMM", "自身抗体", "静脉血（血清）", taken, "补充：外院同日血糖附后。", results);
}

static void
put_plain (
    Record *self, const char *status, const char *section, const char *name, gint64 taken, const char *conclusion)
{
  g_autofree char *report = next_report (self);

  put_report (self, report, status, section, name, NULL, taken, conclusion, NULL);
}

static void
put_special (Record *self)
{
  gint64 taken = self->seed->now - (gint64)(2 + self->number) * ZQ_SEED_DAY;

  switch (self->number)
    {
    case 1:
      put_corrected (self, taken);
      break;
    case 2:
      put_partial (self, self->seed->now - 50 * ZQ_SEED_HOUR);
      break;
    case 3:
      put_critical (self, self->seed->now - 5 * ZQ_SEED_HOUR);
      break;
    case 4:
      put_haemolysed (self, taken);
      break;
    case 5:
      put_titre (self, taken);
      break;
    case 6:
      put_plain (self, "entered-in-error", "HM", "血常规", taken, "作废：标本与他人混淆。");
      break;
    case 7:
      put_plain (self, "cancelled", "CH", "肝功能", taken, NULL);
      put_plain (self, "registered", "CH", "肝功能", taken + ZQ_SEED_DAY, NULL);
      break;
    case 8:
      put_plain (self, "final", "RAD", "胸部CT平扫", taken,
                 "双肺纹理清晰，右肺上叶见一直径约 4 mm 实性结节，边缘光整，建议年度随访。纵隔未见肿大淋巴结。");
      break;
    case 9:
      put_plain (self, "preliminary", "SP", "甲状腺结节细针穿刺细胞学", taken,
                 "良性滤泡性病变（Bethesda II），待上级医师复核。");
      break;
    default:
      if (self->number <= N_WITH_NEW)
        put_panel (self, &panels[(guint)self->number % G_N_ELEMENTS (panels)],
                   self->seed->now - (gint64)(14 + self->number) * ZQ_SEED_HOUR, 0.1);
      break;
    }
}

/* --- the rest of the record --------------------------------------------------------------------- */

static void
put_condition (Record *self, int n, const char *name, const char *icd, const char *onset, const char *status)
{
  g_autofree char *id = g_strdup_printf ("cond-%03d-%d", self->number, n);

  zq_seed_json (
      self->seed,
      "{'resourceType':'Condition',%g,'clinicalStatus':{'coding':[{'system':"
      "'http://terminology.hl7.org/CodeSystem/condition-clinical','code':%q}]},'verificationStatus':{'coding':"
      "[{'system':'http://terminology.hl7.org/CodeSystem/condition-ver-status','code':'confirmed'}]},"
      "'code':{'coding':[{'system':'http://hl7.org/fhir/sid/icd-10','code':%q}],'text':%q},"
      "'subject':{'reference':'Patient/%s'},'onsetDateTime':%q}",
      self->patient->department, status, icd, name, self->patient->id, onset);
  zq_seed_put (self->seed, "Condition", id, self->seed->now - 700 * ZQ_SEED_DAY);
}

static void
put_drug (Record *self, int n, const char *name, const char *dosage, const char *status, int days_ago)
{
  g_autofree char *id = g_strdup_printf ("drug-%03d-%d", self->number, n);
  gint64 at = self->seed->now - days_ago * ZQ_SEED_DAY;

  zq_seed_json (self->seed,
                "{'resourceType':'MedicationRequest',%g,'status':%q,'intent':'order','medicationCodeableConcept':"
                "{'text':%q},'subject':{'reference':'Patient/%s'},'authoredOn':%t,'dosageInstruction':[{'text':%q}]}",
                self->patient->department, status, name, self->patient->id, at, dosage);
  zq_seed_put (self->seed, "MedicationRequest", id, at);
}

static void
put_visit (Record *self, int n, int days_ago)
{
  g_autofree char *id = g_strdup_printf ("visit-%03d-%d", self->number, n);
  gint64 at = self->seed->now - days_ago * ZQ_SEED_DAY;

  zq_seed_json (
      self->seed,
      "{'resourceType':'Encounter',%g,'status':'finished','class':{'system':"
      "'http://terminology.hl7.org/CodeSystem/v3-ActCode','code':'AMB'},'type':[{'text':'内分泌科门诊'}],"
      "'subject':{'reference':'Patient/%s'},'period':{'start':%t,'end':%t},'reasonCode':[{'text':'糖尿病复诊'}]}",
      self->patient->department, self->patient->id, at, at + ZQ_SEED_HOUR);
  zq_seed_put (self->seed, "Encounter", id, at + ZQ_SEED_HOUR);
}

static void
put_background (Record *self)
{
  int days = 0;

  put_condition (self, 1, "2型糖尿病", "E11.9", self->number % 3 == 0 ? "2021" : "2022-04", "active");
  if (self->number % 2 == 0)
    put_condition (self, 2, "高血压病 2级", "I10", "2019-08-02", "active");
  if (self->number % 5 == 0)
    put_condition (self, 3, "社区获得性肺炎", "J18.9", "2024-01-15", "resolved");
  put_drug (self, 1, "盐酸二甲双胍缓释片 0.5 g", "每次 1 g，每日 2 次，随餐", "active", 980);
  put_drug (self, 2, "格列美脲片 2 mg", "每次 2 mg，每日 1 次，早餐前", "stopped", 900);
  if (self->number % 2 == 1)
    put_drug (self, 3, "恩格列净片 10 mg", "每次 10 mg，每日 1 次", "active", 420);
  else
    put_drug (self, 3, "甘精胰岛素注射液", "睡前皮下注射 12 U", "active", 300);
  for (int i = 1; i <= 4; i++, days += 250)
    put_visit (self, i, 40 + days);
  zq_seed_json (self->seed,
                "{'resourceType':'Immunization',%g,'status':'completed','vaccineCode':{'text':'流感病毒裂解疫苗'},"
                "'patient':{'reference':'Patient/%s'},'occurrenceDateTime':'2025-10-18','lotNumber':'L%d'}",
                self->patient->department, self->patient->id, 20250 + self->number);
  {
    g_autofree char *id = g_strdup_printf ("shot-%03d", self->number);

    zq_seed_put (self->seed, "Immunization", id, self->seed->now - 400 * ZQ_SEED_DAY);
  }
}

/* --- all ---------------------------------------------------------------------------------------- */

static void
put_history (Record *self)
{
  for (int visit = 0; visit < 8; visit++)
    {
      gint64 taken = self->seed->now - (gint64)(20 + visit * 135) * ZQ_SEED_DAY - 3 * ZQ_SEED_HOUR;
      double early = visit / 7.0;

      put_panel (self, &panels[2], taken, early);
      if (visit % 2 == 0)
        put_panel (self, &panels[0], taken, early);
      if (visit % 4 == 1)
        put_panel (self, &panels[1 + self->number % 2 * 3], taken, early);
    }
}

void
zq_seed_records (ZqSeed *self)
{
  for (guint i = 0; i < self->patients->len && self->error == NULL; i++)
    {
      Record record = { .seed = self,
                        .patient = self->patients->pdata[i],
                        .number = (int)i + 1,
                        .random = zq_random_for (KIND_LAB, (int)i + 1) };

      if (record.number <= N_WITH_HISTORY)
        {
          put_background (&record);
          put_history (&record);
          put_special (&record);
          zq_seed_home (self, record.patient, record.number);
          zq_seed_documents (self, record.patient, record.number);
        }
      else if (record.number % 2 == 0)
        put_panel (&record, &panels[(guint)record.number / 2 % G_N_ELEMENTS (panels)],
                   self->now - (gint64)(3 + record.number % 60) * ZQ_SEED_DAY, 0.3);
    }
}
