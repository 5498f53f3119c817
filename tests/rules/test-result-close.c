/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/conversion.h"
#include "rules/result-close.h"

typedef struct
{
  ZqPolicy *policy;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->policy = zq_policy_new_builtin ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->policy);
}

/* A result of the table below; the report around it is final and complete unless said otherwise. */
typedef struct
{
  const char *value, *unit, *range, *code_of_flag;
  const char *before, *before_range; /* before: NULL: none */
  const char *status;                /* NULL: final */
  gboolean coded;
  ZqFastKey answer;
} Case;

static const Case cases[] = {
  { "4.0", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_ALLOWED },
  { "4.0", "mmol/L", "3.5-5.5", "N", .answer = ZQ_FAST_ALLOWED },
  { "3.5", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_ALLOWED },
  { "<0.01", "ug/L", "0-0.04", NULL, .answer = ZQ_FAST_ALLOWED },
  { "<0.1", "ug/L", "0-0.04", NULL, .answer = ZQ_FAST_NO_RANGE },
  { "1:40", NULL, "<1:80", NULL, .answer = ZQ_FAST_ALLOWED },
  { "阴性", NULL, "阴性", NULL, .answer = ZQ_FAST_ALLOWED },
  { "阴性", NULL, NULL, "NEG", .answer = ZQ_FAST_ALLOWED },
  { "阴性", NULL, NULL, NULL, .answer = ZQ_FAST_NO_RANGE },
  { "阳性(1+)", NULL, "阴性", NULL, .answer = ZQ_FAST_ABNORMAL },
  { "±", NULL, "阴性", NULL, .answer = ZQ_FAST_ABNORMAL },
  { "未见异常", NULL, NULL, "N", .coded = TRUE, .answer = ZQ_FAST_ALLOWED },
  { "未见异常", NULL, NULL, "ND", .coded = TRUE, .answer = ZQ_FAST_ALLOWED },
  { "未见异常", NULL, NULL, NULL, .coded = TRUE, .answer = ZQ_FAST_NO_RANGE },
  { "未见异常", NULL, NULL, "S", .coded = TRUE, .answer = ZQ_FAST_NO_RANGE },
  { "未见异常", NULL, NULL, "N", .answer = ZQ_FAST_TEXT },
  { "见报告", NULL, NULL, NULL, .answer = ZQ_FAST_TEXT },
  { "", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_NO_VALUE },
  { "", "mmol/L", "3.5-5.5", "N", .answer = ZQ_FAST_NO_VALUE },
  { "4.0", "mmol/L", NULL, NULL, .answer = ZQ_FAST_NO_RANGE },
  { "4.0", "mmol/L", NULL, "N", .answer = ZQ_FAST_NO_RANGE },
  { "4.0", "mmol/L", "5.5-3.5", NULL, .answer = ZQ_FAST_NO_RANGE },
  { "4.0", "mmol/L", "见说明", NULL, .answer = ZQ_FAST_NO_RANGE },
  { "4.0", "mmol/L", "15-20 mg/dL", NULL, .answer = ZQ_FAST_NO_RANGE },
  { "5.6", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_ABNORMAL },
  { "3.4", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_ABNORMAL },
  { "5.6", "mmol/L", "3.5-5.5", "H", .answer = ZQ_FAST_ABNORMAL },
  { "5.6", "mmol/L", "3.5-5.5", "N", .answer = ZQ_FAST_DISAGREES },
  { "4.0", "mmol/L", "3.5-5.5", "H", .answer = ZQ_FAST_DISAGREES },
  { "4.0↑", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_DISAGREES },
  { "4.0", "mmol/L", "3.5-5.5", "xyz", .answer = ZQ_FAST_ABNORMAL },
  { "4.0", "mmol/L", "3.5-5.5", "U", .answer = ZQ_FAST_ABNORMAL },
  { "6.5", "mmol/L", "3.5-5.5", NULL, .answer = ZQ_FAST_CRITICAL },
  { "4.0", "mmol/L", "3.5-5.5", "HH", .answer = ZQ_FAST_CRITICAL },
  { "6.5", "mmol/L", "3.5-7.5", "N", .answer = ZQ_FAST_CRITICAL },
  { "4.0", "mmol/L", "3.5-5.5", NULL, .status = "preliminary", .answer = ZQ_FAST_NOT_FINAL },
  { "4.0", "mmol/L", "3.5-5.5", NULL, .status = "corrected", .answer = ZQ_FAST_NOT_FINAL },
  /* the last one */
  { "4.0", "mmol/L", "3.5-5.5", NULL, "4.2", "3.5-5.5", .answer = ZQ_FAST_ALLOWED },
  { "5.2", "mmol/L", "3.5-5.5", NULL, "4.0", "3.5-5.5", .answer = ZQ_FAST_CHANGED },
  { "5.1", "mmol/L", "3.5-5.5", NULL, "4.0", "3.5-5.5", .answer = ZQ_FAST_ALLOWED },
  { "5.4", "mmol/L", "3.5-5.5", NULL, "5.6", "3.5-5.5", .answer = ZQ_FAST_CHANGED }, /* across the limit */
  { "5.4", "mmol/L", "3.5-5.5", NULL, "5.6", NULL, .answer = ZQ_FAST_ALLOWED },
  { "4.0", "mmol/L", "3.5-5.5", NULL, "<3", NULL, .answer = ZQ_FAST_CHANGE_UNKNOWN },
  { "4.0", "mmol/L", "3.5-5.5", NULL, "溶血", NULL, .answer = ZQ_FAST_CHANGE_UNKNOWN },
  { "<0.01", "ug/L", "0-0.04", NULL, "<0.01", "0-0.04", .answer = ZQ_FAST_ALLOWED },
  { "<0.01", "ug/L", "0-0.04", NULL, "<0.02", "0-0.04", .answer = ZQ_FAST_CHANGE_UNKNOWN },
  { "阴性", NULL, "阴性", NULL, "阴性", "阴性", .answer = ZQ_FAST_ALLOWED },
  { "阴性", NULL, "阴性", NULL, "1+", "阴性", .answer = ZQ_FAST_CHANGED },
  { "1:40", NULL, "<1:80", NULL, "1:20", "<1:80", .answer = ZQ_FAST_CHANGED },
  { "未见异常", NULL, NULL, "N", "未见异常", .coded = TRUE, .answer = ZQ_FAST_ALLOWED },
  { "未见异常", NULL, NULL, "N", "少量", .coded = TRUE, .answer = ZQ_FAST_CHANGE_UNKNOWN },
};

/* A result made of a case, with what it points to. */
typedef struct
{
  ZqQuantity *value, *before;
  ZqLabRange range;
  const char *codes[2];
  ZqResultFacts facts;
} Made;

static void
make (ZqPolicy *policy, const Case *one, Made *made)
{
  gboolean potassium = g_strcmp0 (one->unit, "mmol/L") == 0;

  *made = (Made){ .value = zq_quantity_parse (policy, one->value, one->unit),
                  .before = one->before != NULL ? zq_quantity_parse (policy, one->before, one->unit) : NULL,
                  .range = { .text = one->range },
                  .codes = { one->code_of_flag } };
  made->facts = (ZqResultFacts){ .lab = { .system = ZQ_LOINC_SYSTEM,
                                          .code = potassium ? "2823-3" : "10839-9",
                                          .value = made->value,
                                          .ranges = &made->range,
                                          .n_ranges = one->range != NULL,
                                          .codes = made->codes,
                                          .age = 40 },
                                 .status = one->status != NULL ? one->status : "final",
                                 .coded = one->coded,
                                 .before = made->before };
  if (made->before != NULL && one->before_range != NULL)
    {
      ZqLabRange range = { .text = one->before_range };
      made->facts.before_place = zq_lab_range_place (policy, made->before, &range);
    }
}

static void
clear (Made *made)
{
  zq_quantity_free (made->value);
  zq_quantity_free (made->before);
}

static ZqReportFacts
good_report (const ZqResultFacts *results, guint n_results)
{
  return (ZqReportFacts){ .status = "final", .results = results, .n_results = n_results };
}

static void
test_results (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Made made;
      ZqReportFacts report;
      ZqFastKey answer;
      guint which;

      make (fixture->policy, &cases[i], &made);
      report = good_report (&made.facts, 1);
      answer = zq_result_fast_key (fixture->policy, &report, &which);
      if (answer != cases[i].answer)
        g_error ("%u %s, %s, %s, %s: %d", i, cases[i].value, cases[i].range, cases[i].code_of_flag, cases[i].before,
                 answer);
      g_assert_cmpuint (which, ==, answer == ZQ_FAST_ALLOWED ? G_MAXUINT : 0);
      clear (&made);
    }
}

static const char *const statuses[] = { "registered", "partial",   "preliminary",
                                        "final",      "amended",   "corrected",
                                        "appended",   "cancelled", "entered-in-error",
                                        "unknown",    "",          NULL };

/* What report may take the key, whatever its results: one combination of all. */
static void
test_reports (Fixture *fixture, gconstpointer data)
{
  guint allowed = 0;
  Made made;

  make (fixture->policy, &cases[0], &made);
  for (guint status = 0; status < G_N_ELEMENTS (statuses); status++)
    for (guint sort = 0; sort < 4; sort++)
      for (guint bits = 0; bits < 8; bits++)
        {
          ZqReportFacts report = { .status = statuses[status],
                                   .sort = sort,
                                   .has_narrative = bits & 1,
                                   .outstanding = bits >> 1 & 1,
                                   .results = &made.facts,
                                   .n_results = bits >> 2 & 1 };
          ZqFastKey answer = zq_result_fast_key (fixture->policy, &report, NULL);
          gboolean may = g_strcmp0 (statuses[status], "final") == 0 && sort == ZQ_REPORT_LABORATORY && bits == 4;

          g_assert_true ((answer == ZQ_FAST_ALLOWED) == may);
          allowed += may;
        }
  g_assert_cmpuint (allowed, ==, 1);
  clear (&made);
}

static void
test_report_reasons (Fixture *fixture, gconstpointer data)
{
  Made made;
  ZqReportFacts report;

  make (fixture->policy, &cases[0], &made);
#define ASSERT_REASON(change, reason)                                                                                  \
  report = good_report (&made.facts, 1);                                                                               \
  change;                                                                                                              \
  g_assert_cmpint (zq_result_fast_key (fixture->policy, &report, NULL), ==, reason)

  ASSERT_REASON (, ZQ_FAST_ALLOWED);
  ASSERT_REASON (report.status = "corrected", ZQ_FAST_NOT_FINAL);
  ASSERT_REASON (report.sort = ZQ_REPORT_IMAGING, ZQ_FAST_IMAGING);
  ASSERT_REASON (report.sort = ZQ_REPORT_PATHOLOGY, ZQ_FAST_PATHOLOGY);
  ASSERT_REASON (report.sort = ZQ_REPORT_OTHER, ZQ_FAST_OTHER_SORT);
  ASSERT_REASON (report.has_narrative = TRUE, ZQ_FAST_NARRATIVE);
  ASSERT_REASON (report.n_results = 0, ZQ_FAST_EMPTY);
  ASSERT_REASON (report.outstanding = 1, ZQ_FAST_OUTSTANDING);
  clear (&made);
}

/* One bad result among good ones stands in the way, wherever it is. */
static void
test_any_place (Fixture *fixture, gconstpointer data)
{
  Made good, bad;

  make (fixture->policy, &cases[0], &good);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      make (fixture->policy, &cases[i], &bad);
      for (guint place = 0; place < 3; place++)
        {
          ZqResultFacts results[3] = { good.facts, good.facts, good.facts };
          ZqReportFacts report = good_report (results, 3);
          guint which;

          results[place] = bad.facts;
          g_assert_cmpint (zq_result_fast_key (fixture->policy, &report, &which), ==, cases[i].answer);
          g_assert_cmpuint (which, ==, cases[i].answer == ZQ_FAST_ALLOWED ? G_MAXUINT : place);
        }
      clear (&bad);
    }
  clear (&good);
}

static void
test_percent_of_analyte (void)
{
  static const char text[] = "{\"format\":1,\"version\":\"x\",\"units\":[{\"code\":\"mmol/L\"}],\"words\":{},"
                             "\"marked-change\":{\"percent\":30,\"analytes\":{\"potassium\":10}}}";
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) policy = NULL;
  static const Case one = { "4.4", "mmol/L", NULL, NULL, "4.0" };
  gboolean marked = FALSE;
  Made made;

  g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "lab", text));
  policy = zq_policy_load (NULL, texts, &problems);
  g_assert_cmpuint (problems->len, ==, 0);
  make (policy, &one, &made);
  g_assert_true (zq_result_marked_change (policy, &made.facts, ZQ_RANGE_UNKNOWN, &marked));
  g_assert_true (marked);
  made.facts.lab.code = "2951-2";
  g_assert_true (zq_result_marked_change (policy, &made.facts, ZQ_RANGE_UNKNOWN, &marked));
  g_assert_false (marked);
  clear (&made);
}

static void
test_sections (void)
{
  g_assert_cmpint (zq_report_sort_of_code ("LAB"), ==, ZQ_REPORT_LABORATORY);
  g_assert_cmpint (zq_report_sort_of_code (NULL), ==, ZQ_REPORT_LABORATORY);
  g_assert_cmpint (zq_report_sort_of_code ("RAD"), ==, ZQ_REPORT_IMAGING);
  g_assert_cmpint (zq_report_sort_of_code ("SP"), ==, ZQ_REPORT_PATHOLOGY);
  g_assert_cmpint (zq_report_sort_of_code ("EC"), ==, ZQ_REPORT_OTHER);
  g_assert_cmpint (zq_report_sort_of_code ("GE"), ==, ZQ_REPORT_OTHER);
}

/* --- states -------------------------------------------------------------------------------------- */

static void
test_states (void)
{
  static const struct
  {
    ZqResultTimes times; /* version, seen, told, patient read, handled */
    ZqResultState state;
  } golden[] = {
    { { 10 }, ZQ_RESULT_UNSEEN },
    { { 10, 10 }, ZQ_RESULT_SEEN_UNTOLD },
    { { 10, 11 }, ZQ_RESULT_SEEN_UNTOLD },
    { { 10, 11, 12 }, ZQ_RESULT_TOLD_UNREAD },
    { { 10, 11, 12, 11 }, ZQ_RESULT_TOLD_UNREAD }, /* the thread was read before */
    { { 10, 11, 12, 12 }, ZQ_RESULT_READ },
    { { 10, 11, 12, 13 }, ZQ_RESULT_READ },
    { { 10, 11, 12, 13, 14 }, ZQ_RESULT_HANDLED },
    { { 10, 11, 12, 0, 14 }, ZQ_RESULT_HANDLED },
    { { 10, 11, 0, 0, 14 }, ZQ_RESULT_HANDLED },
    { { 10, 11, 0, 13 }, ZQ_RESULT_SEEN_UNTOLD }, /* nothing was told */
    { { 10, 0, 12 }, ZQ_RESULT_TOLD_UNREAD },     /* told by a colleague, or the mark is still on its way */
    { { 20, 11, 12, 13, 14 }, ZQ_RESULT_UNSEEN }, /* corrected after all of it */
    { { 20, 21, 12, 13, 14 }, ZQ_RESULT_SEEN_UNTOLD },
    { { 20, 21, 22, 13, 14 }, ZQ_RESULT_TOLD_UNREAD },
    { { 20, 21, 22, 23, 14 }, ZQ_RESULT_READ },
    { { 20, 21, 22, 23, 24 }, ZQ_RESULT_HANDLED },
    { { 0 }, ZQ_RESULT_UNSEEN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    g_assert_cmpint (zq_result_state (&golden[i].times), ==, golden[i].state);
}

/* In words of the issue, the other way round: the last thing that counts, from the end of the list. */
static ZqResultState
expected (gint64 version, gint64 seen, gint64 told, gint64 read, gint64 handled)
{
  ZqResultState state = ZQ_RESULT_UNSEEN;

  if (seen >= version)
    state = ZQ_RESULT_SEEN_UNTOLD;
  if (told >= version)
    state = ZQ_RESULT_TOLD_UNREAD;
  if (told >= version && read >= told)
    state = ZQ_RESULT_READ;
  if (handled >= version)
    state = ZQ_RESULT_HANDLED;

  return state;
}

static void
test_all_states (void)
{
  guint counts[5] = { 0 };

  for (gint64 version = 1; version < 6; version++)
    for (guint i = 0; i < 6 * 6 * 6 * 6; i++)
      {
        ZqResultTimes times = { version, i % 6, i / 6 % 6, i / 36 % 6, i / 216 };
        ZqResultTimes corrected = times;
        ZqResultState state = zq_result_state (&times);

        g_assert_cmpint (state, ==, expected (version, times.seen, times.told, times.patient_read, times.handled));
        counts[state]++;
        corrected.version = 100;
        g_assert_cmpint (zq_result_state (&corrected), ==, ZQ_RESULT_UNSEEN);
      }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_assert_cmpuint (counts[i], >, 0);
}

static void
test_comes_back (Fixture *fixture, gconstpointer data)
{
  const gint64 hour = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;
  ZqResultTimes times = { hour, hour, 2 * hour };

  g_assert_false (zq_result_comes_back (fixture->policy, &times, 74 * hour - 1));
  g_assert_true (zq_result_comes_back (fixture->policy, &times, 74 * hour));
  times.patient_read = 3 * hour;
  g_assert_false (zq_result_comes_back (fixture->policy, &times, 100 * hour));
  times = (ZqResultTimes){ hour, hour };
  g_assert_false (zq_result_comes_back (fixture->policy, &times, 100 * hour));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/fast-key/by-result", test_results);
  ADD ("/fast-key/by-report-in-all-combinations", test_reports);
  ADD ("/fast-key/report-reasons", test_report_reasons);
  ADD ("/fast-key/one-bad-result-anywhere", test_any_place);
  g_test_add_func ("/fast-key/marked-change-by-analyte", test_percent_of_analyte);
  g_test_add_func ("/fast-key/sections", test_sections);
  g_test_add_func ("/result-state/golden", test_states);
  g_test_add_func ("/result-state/exactly-one-in-all-combinations", test_all_states);
  ADD ("/result-state/unread-comes-back", test_comes_back);

  return g_test_run ();
}
