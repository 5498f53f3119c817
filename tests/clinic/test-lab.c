/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/kinds.h"
#include "clinic/lab/report.h"

#define LOINC "'system':'http://loinc.org','code':"

static void
take_result (Fixture *fixture, const char *id, const char *version, const char *status, const char *rest)
{
  fixture_take (
      fixture,
      "{'resourceType':'Observation','id':'%s','meta':{'versionId':'%s'},'status':'%s','subject':{'reference':"
      "'Patient/1'},'effectiveDateTime':'2025-03-0%sT08:00:00+08:00',%s}",
      id, version, status, g_str_has_suffix (id, "2") ? "2" : "1", rest);
}

static void
take_report (Fixture *fixture, const char *status, const char *results)
{
  fixture_take (fixture,
                "{'resourceType':'DiagnosticReport','id':'r','status':'%s','subject':{'reference':'Patient/1'},"
                "'code':{'text':'electrolytes'},'category':[{'coding':[{'code':'LAB'}]}],"
                "'effectiveDateTime':'2025-03-01T08:00:00+08:00','result':[%s]}",
                status, results);
}

#define POTASSIUM(value)                                                                                               \
  "'code':{'coding':[{" LOINC "'2823-3'}],'text':'potassium'},'valueQuantity':{'value':" value                         \
  ",'unit':'mmol/L'},'referenceRange':[{'low':{'value':3.5},'high':{'value':5.3}}]"

static ZqReport *
load (Fixture *fixture)
{
  return zq_report_load (fixture_db (fixture), zq_context_get_policy (fixture->context),
                         fixture_row (fixture, "DiagnosticReport", "r"));
}

static ZqRecordFlag
flag_of (Fixture *fixture, const char *type, const char *id)
{
  return (ZqRecordFlag)fixture_number (fixture, "SELECT flag FROM record_item WHERE id = ?",
                                       fixture_row (fixture, type, id));
}

static guint
n_shown (Fixture *fixture, ZqRecordKind kind)
{
  guint counts[ZQ_RECORD_N_KINDS];

  zq_record_get_counts (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), counts);
  return counts[kind];
}

/* Whichever comes first: the result stands in the report, and the report says that it is abnormal. */
static void
test_either_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;
  g_autoptr (ZqReport) whole = NULL;
  const ZqResult *result;
  const ZqResultValue *value;

  take_result (fixture, "k1", "1", "final", POTASSIUM ("6.10"));
  g_assert_cmpuint (n_shown (fixture, ZQ_RECORD_RESULT), ==, 1);
  take_report (fixture, "final", "{'reference':'Observation/k1'},{'reference':'Observation/n'}");
  g_assert_cmpuint (n_shown (fixture, ZQ_RECORD_RESULT), ==, 0);
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_ABNORMAL);
  report = load (fixture);
  g_assert_cmpuint (report->n_missing, ==, 1);
  g_assert_cmpuint (report->n_abnormal, ==, 1);
  result = report->results->pdata[0];
  value = result->values->pdata[0];
  g_assert_cmpstr (value->value, ==, "6.10");
  g_assert_cmpstr (value->range, ==, "3.5–5.3");
  g_assert_cmpint (value->flag, ==, ZQ_FLAG_HIGH);
  g_assert_true (value->flag_is_ours);

  take_result (fixture, "n", "1", "preliminary",
               "'code':{'text':'sodium'},'valueQuantity':{'value':110},'interpretation':[{'coding':[{'code':'LL'}]}]");
  g_assert_cmpuint (n_shown (fixture, ZQ_RECORD_RESULT), ==, 0);
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_CRITICAL);
  whole = load (fixture);
  g_assert_cmpuint (whole->n_missing, ==, 0);
  g_assert_cmpuint (whole->n_unfinished, ==, 1);
  g_assert_cmpuint (whole->n_critical, ==, 1);
  take_report (fixture, "final", "{'reference':'Observation/n'}");
  g_assert_cmpuint (n_shown (fixture, ZQ_RECORD_RESULT), ==, 1);
}

static void
test_correction (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;
  const ZqResult *result;

  take_report (fixture, "corrected", "{'reference':'Observation/k2'}");
  take_result (fixture, "k1", "1", "final", POTASSIUM ("4.0"));
  take_result (fixture, "k2", "1", "final", POTASSIUM ("7.9"));
  take_result (fixture, "k2", "2", "corrected", POTASSIUM ("4.2"));
  report = load (fixture);
  g_assert_cmpint (report->state, ==, ZQ_RECORD_CHANGED);
  result = report->results->pdata[0];
  g_assert_cmpstr (((ZqResultValue *)result->values->pdata[0])->value, ==, "4.2");
  g_assert_cmpstr (result->old_value, ==, "7.9 mmol/L");
  g_assert_cmpint (result->old_until, >, 0);
  g_assert_cmpstr (result->previous, ==, "4.0");
}

static void
test_panel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;

  take_result (fixture, "p1", "1", "final", "'code':{'text':'panel'},'hasMember':[{'reference':'Observation/k1'}]");
  take_result (fixture, "k1", "1", "final", POTASSIUM ("4.0") ",'hasMember':[{'reference':'Observation/p1'}]");
  take_report (fixture, "final", "{'reference':'Observation/p1'}");
  report = load (fixture);
  g_assert_cmpuint (report->results->len, >=, 2);
  g_assert_cmpuint (report->results->len, <=, 4); /* a circle ends */
  g_assert_true (((ZqResult *)report->results->pdata[0])->is_panel);
  g_assert_cmpuint (((ZqResult *)report->results->pdata[1])->level, ==, 1);
}

static void
assert_shown (Fixture *fixture, const char *rest, const char *expected)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("x-%u-1", ++n);
  g_autofree char *shown = NULL;

  take_result (fixture, id, "1", "final", rest);
  shown = fixture_text (fixture, "SELECT coalesce (detail, '') FROM record_item WHERE id = ?",
                        fixture_row (fixture, "Observation", id));
  g_assert_cmpstr (shown, ==, expected);
}

/* As the hospital wrote them: nothing is rounded, nothing guessed. */
static void
test_values (Fixture *fixture, gconstpointer data)
{
  assert_shown (fixture, "'code':{'text':'a'},'valueQuantity':{'value':5.00,'comparator':'<','unit':'μmol/L'}",
                "<5.00 μmol/L");
  assert_shown (fixture, "'code':{'text':'a'},'valueQuantity':{'value':1e400}", "1e400");
  assert_shown (fixture, "'code':{'text':'a'},'valueString':'positive (1+)'", "positive (1+)");
  assert_shown (fixture, "'code':{'text':'a'},'valueRatio':{'numerator':{'value':1},'denominator':{'value':160}}",
                "1:160");
  assert_shown (fixture, "'code':{'text':'a'},'valueString':'x','valueQuantity':{'value':1}", "");
  assert_shown (fixture, "'code':{'text':'a'},'dataAbsentReason':{'text':'haemolysed'}", "");
  assert_shown (fixture,
                "'code':{'text':'bp'},'component':[{'code':{'coding':[{" LOINC "'8480-6'}]},'valueQuantity':{'value':"
                "132,'unit':'mmHg'}},{'code':{'coding':[{" LOINC "'8462-4'}]},'valueQuantity':{'value':84}}]",
                "132/84 mmHg");
}

static void
assert_flag (Fixture *fixture, const char *rest, ZqFlag expected)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("f-%u-1", ++n);
  g_autofree char *text = g_strconcat ("'code':{'text':'a'},", rest, NULL);

  take_result (fixture, id, "1", "final", text);
  g_assert_cmpint (
      fixture_number (fixture, "SELECT flag FROM result WHERE id = ?", fixture_row (fixture, "Observation", id)), ==,
      expected);
}

/* The laboratory's word counts; without one the report's own range, and only where it is certain. */
static void
test_flags (Fixture *fixture, gconstpointer data)
{
#define RANGE "'referenceRange':[{'low':{'value':3},'high':{'value':10}}]"
  assert_flag (fixture, "'valueQuantity':{'value':2.9}," RANGE, ZQ_FLAG_LOW);
  assert_flag (fixture, "'valueQuantity':{'value':3}," RANGE, ZQ_FLAG_NORMAL);
  assert_flag (fixture, "'valueQuantity':{'value':5,'comparator':'<'}," RANGE, ZQ_FLAG_NONE);
  assert_flag (fixture, "'valueQuantity':{'value':3,'comparator':'<'}," RANGE, ZQ_FLAG_LOW);
  assert_flag (fixture, "'valueQuantity':{'value':11,'comparator':'>'}," RANGE, ZQ_FLAG_HIGH);
  assert_flag (fixture, "'valueQuantity':{'value':5},'referenceRange':[{'low':{'value':10},'high':{'value':3}}]",
               ZQ_FLAG_NONE);
  assert_flag (fixture, "'valueQuantity':{'value':11},'interpretation':[{'coding':[{'code':'N'}]}]," RANGE,
               ZQ_FLAG_NORMAL);
  assert_flag (fixture, "'valueQuantity':{'value':1e400}," RANGE, ZQ_FLAG_HIGH);
  assert_flag (fixture, "'valueString':'5.6↑'", ZQ_FLAG_HIGH);
  assert_flag (fixture, "'valueQuantity':{'value':5}", ZQ_FLAG_NONE);
}

#define INTERPRETED(code) "'interpretation':[{'coding':[{'code':'" code "'}]}]"

/* By rules/lab-range.h: its units, all of its ranges, its texts. */
static void
test_flags_by_rules (Fixture *fixture, gconstpointer data)
{
  assert_flag (fixture,
               "'valueQuantity':{'value':90,'unit':'\u03bcmol/L'},'referenceRange':[{'high':{'value':80,'unit':"
               "'umol/L'}}]",
               ZQ_FLAG_HIGH);
  assert_flag (fixture,
               "'valueQuantity':{'value':3.0,'unit':'10^9/L'},'referenceRange':[{'low':{'value':4,'unit':"
               "'\u00d710\u2079/L'}}]",
               ZQ_FLAG_LOW);
  assert_flag (fixture,
               "'valueQuantity':{'value':13},'referenceRange':[{'high':{'value':12},'appliesTo':[{'text':'men'}]},"
               "{'high':{'value':8},'appliesTo':[{'text':'women'}]}]",
               ZQ_FLAG_HIGH);
  assert_flag (fixture, "'valueQuantity':{'value':5.2},'referenceRange':[{'text':'<5.2'}]", ZQ_FLAG_HIGH);
  assert_flag (fixture, "'valueString':'阳性(1+)','referenceRange':[{'text':'阴性'}]", ZQ_FLAG_ABNORMAL);
  assert_flag (fixture, "'valueQuantity':{'value':5}," INTERPRETED ("IND") "," RANGE, ZQ_FLAG_ABNORMAL);
  assert_flag (fixture, "'valueQuantity':{'value':5}," INTERPRETED ("QQ") "," RANGE, ZQ_FLAG_ABNORMAL);
  assert_flag (fixture, "'valueQuantity':{'value':11}," INTERPRETED ("U") "," RANGE, ZQ_FLAG_HIGH);
  assert_flag (fixture,
               "'valueQuantity':{'value':5},'interpretation':[{'coding':[{'code':'N'},{'code':'local-1'}]}]," RANGE,
               ZQ_FLAG_NORMAL);
}

static const ZqResultValue *
first_value (ZqReport *report)
{
  return ((ZqResult *)report->results->pdata[0])->values->pdata[0];
}

static void
assert_critical (
    Fixture *fixture, const char *version, const char *rest, ZqFlag flag, gboolean critical_is_ours, ZqRecordFlag shown)
{
  g_autoptr (ZqReport) report = NULL;

  take_result (fixture, "k1", version, "final", rest);
  report = load (fixture);
  g_assert_cmpint (first_value (report)->flag, ==, flag);
  g_assert_cmpint (first_value (report)->critical_is_ours, ==, critical_is_ours);
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, shown);
}

/* 检验科 and 本机规则 are told apart; the laboratory's word stays the laboratory's. */
static void
test_critical (Fixture *fixture, gconstpointer data)
{
  take_report (fixture, "final", "{'reference':'Observation/k1'}");
  assert_critical (fixture, "1", POTASSIUM ("6.5"), ZQ_FLAG_CRITICAL_HIGH, TRUE, ZQ_RECORD_CRITICAL);
  assert_critical (fixture, "2", POTASSIUM ("6.5") "," INTERPRETED ("HH"), ZQ_FLAG_CRITICAL_HIGH, FALSE,
                   ZQ_RECORD_CRITICAL);
  assert_critical (fixture, "3", POTASSIUM ("6.1"), ZQ_FLAG_HIGH, FALSE, ZQ_RECORD_ABNORMAL);
  assert_critical (fixture, "4", POTASSIUM ("2.8"), ZQ_FLAG_CRITICAL_LOW, TRUE, ZQ_RECORD_CRITICAL);
  assert_critical (fixture, "5", POTASSIUM ("6.5") ",'performer':[{'reference':'Patient/1'}]", ZQ_FLAG_HIGH, FALSE,
                   ZQ_RECORD_ABNORMAL);
}

static void
test_critical_child (Fixture *fixture, gconstpointer data)
{
  fixture_take (fixture, "{'resourceType':'Patient','id':'1','birthDate':'2015-06-01'}");
  take_report (fixture, "final", "{'reference':'Observation/k1'}");
  assert_critical (fixture, "1", POTASSIUM ("6.5"), ZQ_FLAG_HIGH, FALSE, ZQ_RECORD_ABNORMAL);
  assert_critical (fixture, "2", POTASSIUM ("6.5") "," INTERPRETED ("HH"), ZQ_FLAG_CRITICAL_HIGH, FALSE,
                   ZQ_RECORD_CRITICAL);
}

static ZqPolicy *
stricter_policy (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GPtrArray) problems = NULL;
  ZqPolicy *policy;

  g_ptr_array_add (
      texts, zq_policy_text_new (
                 "test", "critical",
                 "{\"format\":1,\"version\":\"strict\",\"sources\":[{\"title\":\"t\",\"year\":2026,\"rule\":\"r\","
                 "\"means\":\"m\"}],"
                 "\"adults-from\":18,\"hand-over-after\":900,\"values\":[{\"title\":\"k\",\"analyte\":\"potassium\","
                 "\"unit\":\"mmol/L\",\"at-or-below\":\"2.8\",\"at-or-above\":\"5.9\"}]}"));
  policy = zq_policy_load (NULL, texts, &problems);
  g_assert_cmpuint (problems->len, ==, 0);

  return policy;
}

static gboolean
follow (ZqTxn *txn, gpointer data, GError **error)
{
  for (guint i = 0; zq_kinds_of_policy[i] != NULL; i++)
    if (!zq_txn_rebuild (txn, zq_kinds_of_policy[i]->name, error))
      return FALSE;

  return TRUE;
}

static gboolean
is_rebuilt (gpointer data)
{
  return fixture_number (data, "SELECT count (*) FROM projection WHERE state <> 'ready' AND ?1 = 0", 0) == 0;
}

/* Another limit of the hospital's: what is held is judged by it, in its reports too. */
static void
test_new_policy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;
  GError *error = NULL;

  take_report (fixture, "final", "{'reference':'Observation/k1'}");
  assert_critical (fixture, "1", POTASSIUM ("6.0"), ZQ_FLAG_HIGH, FALSE, ZQ_RECORD_ABNORMAL);
  zq_context_take_policy (fixture->context, stricter_policy ());
  zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, follow, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (zq_test_wait_until (is_rebuilt, fixture, 20));
  report = load (fixture);
  g_assert_cmpint (first_value (report)->flag, ==, ZQ_FLAG_CRITICAL_HIGH);
  g_assert_true (first_value (report)->critical_is_ours);
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_CRITICAL);
}

static void
test_series (Fixture *fixture, gconstpointer data)
{
  gint64 patient;
  g_autoptr (GPtrArray) series = NULL;

  take_result (fixture, "k2", "1", "preliminary", POTASSIUM ("5.0"));
  take_result (fixture, "k1", "1", "final", POTASSIUM ("4.0"));
  take_result (fixture, "e1", "1", "entered-in-error", POTASSIUM ("9.0"));
  take_result (fixture, "c1", "1", "cancelled", POTASSIUM ("9.0"));
  take_result (fixture, "u1", "1", "final", "'code':{'text':'potassium'},'valueQuantity':{'value':8.0}");
  patient = fixture_row (fixture, "Patient", "1");
  series = zq_result_series (fixture_db (fixture), patient, "http://loinc.org|2823-3", 0, G_MAXINT64, 100);
  g_assert_cmpuint (series->len, ==, 2);
  g_assert_cmpstr (((ZqResultValue *)series->pdata[0])->value, ==, "4.0");
  g_assert_cmpint (((ZqResultValue *)series->pdata[0])->state, ==, ZQ_RECORD_FINAL);
  g_assert_cmpstr (((ZqResultValue *)series->pdata[1])->status, ==, "preliminary");
}

/* Nobody reads another patient's value in this one's report, nor is warned by it. */
static void
test_other_patient (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqReport) report = NULL;

  fixture_take (fixture, "{'resourceType':'Observation','id':'z1','status':'final','subject':{'reference':'Patient/2'},"
                         "'effectiveDateTime':'2025-03-01T08:00:00+08:00'," POTASSIUM ("9.9") "}");
  take_result (fixture, "k1", "1", "final", POTASSIUM ("4.0"));
  take_report (fixture, "final", "{'reference':'Observation/k1'},{'reference':'Observation/z1'}");
  report = load (fixture);
  g_assert_cmpuint (report->results->len, ==, 1);
  g_assert_cmpuint (report->n_missing, ==, 1);
  g_assert_cmpuint (report->n_abnormal, ==, 0);
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_PLAIN);
}

/* Members that all name their panel: what is shown has an end. */
static void
test_wide_circle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) members = g_string_new ("'code':{'text':'panel'},'hasMember':[");
  g_autoptr (ZqReport) report = NULL;

  for (int i = 0; i < 100; i++)
    {
      g_autofree char *id = g_strdup_printf ("m%d", i);

      take_result (fixture, id, "1", "final", POTASSIUM ("4.0") ",'hasMember':[{'reference':'Observation/p1'}]");
      g_string_append_printf (members, "%s{'reference':'Observation/m%d'}", i > 0 ? "," : "", i);
    }
  g_string_append (members, "]");
  take_result (fixture, "p1", "1", "final", members->str);
  take_report (fixture, "final", "{'reference':'Observation/p1'}");
  report = load (fixture);
  g_assert_cmpuint (report->results->len, >=, 101);
  g_assert_cmpuint (report->results->len, <=, 2000);
}

/* A report is flagged by all that it shows, however deep, and by nothing that was taken back. */
static void
test_report_flag (Fixture *fixture, gconstpointer data)
{
  take_report (fixture, "final", "{'reference':'Observation/p1'}");
  take_result (fixture, "p1", "1", "final", "'code':{'text':'panel'},'hasMember':[{'reference':'Observation/q1'}]");
  take_result (fixture, "q1", "1", "final", "'code':{'text':'panel'},'hasMember':[{'reference':'Observation/k1'}]");
  take_result (fixture, "k1", "1", "final", POTASSIUM ("7.9") ",'interpretation':[{'coding':[{'code':'HH'}]}]");
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_CRITICAL);
  take_result (fixture, "k1", "2", "entered-in-error",
               POTASSIUM ("7.9") ",'interpretation':[{'coding':[{'code':'HH'}]}]");
  g_assert_cmpint (flag_of (fixture, "DiagnosticReport", "r"), ==, ZQ_RECORD_PLAIN);
}

static void
assert_range (Fixture *fixture, const char *rest, const char *expected)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("g-%u-1", ++n);
  g_autofree char *text = g_strconcat ("'code':{'text':'a'},'valueQuantity':{'value':9,'unit':'mmol/L'},", rest, NULL);
  g_autofree char *shown = NULL;
  gint64 row;

  take_result (fixture, id, "1", "final", text);
  row = fixture_row (fixture, "Observation", id);
  shown = fixture_text (fixture, "SELECT range FROM result_value WHERE result = ?", row);
  g_assert_cmpstr (shown, ==, expected);
  g_assert_cmpint (fixture_number (fixture, "SELECT flag FROM result WHERE id = ?", row), ==, ZQ_FLAG_NONE);
}

/* Which of two ranges is this patient's, or what is above a limit of another unit, is not for us to guess. */
static void
test_ranges (Fixture *fixture, gconstpointer data)
{
  assert_range (fixture,
                "'referenceRange':[{'high':{'value':12},'appliesTo':[{'text':'men'}]},{'high':{'value':8},'appliesTo':"
                "[{'text':'women'}]}]",
                "men ≤ 12; women ≤ 8");
  assert_range (fixture, "'referenceRange':[{'high':{'value':12},'appliesTo':[{'text':'men'}]}]", "men ≤ 12");
  assert_range (fixture, "'referenceRange':[{'low':{'value':70,'unit':'mg/dL'},'high':{'value':110,'unit':'mg/dL'}}]",
                "70–110 mg/dL");
  assert_range (fixture, "'referenceRange':[{'high':{'value':8},'age':{'high':{'value':12}}}]", "[≤ 12] ≤ 8");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/lab/report-and-result-whichever-comes-first", test_either_first);
  ADD ("/lab/a-corrected-value-says-what-it-was", test_correction);
  ADD ("/lab/panels-and-circles-of-them", test_panel);
  ADD ("/lab/values-are-shown-as-they-came", test_values);
  ADD ("/lab/what-is-abnormal", test_flags);
  ADD ("/lab/what-is-abnormal-by-units-several-ranges-and-texts", test_flags_by_rules);
  ADD ("/lab/critical-by-the-laboratory-or-by-the-local-rule", test_critical);
  ADD ("/lab/the-local-rule-is-for-adults", test_critical_child);
  ADD ("/lab/a-new-policy-judges-what-is-held", test_new_policy);
  ADD ("/lab/a-test-over-time-is-joined-by-code", test_series);
  ADD ("/lab/another-patients-result-is-not-shown-in-a-report", test_other_patient);
  ADD ("/lab/a-wide-circle-has-an-end", test_wide_circle);
  ADD ("/lab/a-report-is-flagged-by-what-it-shows-and-holds", test_report_flag);
  ADD ("/lab/a-range-of-others-judges-nothing", test_ranges);
  return g_test_run ();
}
