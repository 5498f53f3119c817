/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/conversion.h"
#include "rules/lab-range.h"

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

#define IN      ZQ_RANGE_INSIDE
#define LOW     ZQ_RANGE_LOW
#define HIGH    ZQ_RANGE_HIGH
#define OUT     ZQ_RANGE_OUTSIDE
#define UNKNOWN ZQ_RANGE_UNKNOWN

static void
test_bounds (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *value, *unit, *low, *high, *range_unit;
    ZqRangePlace place;
  } cases[] = {
    { "5.6", "mmol/L", "3.9", "6.1", "mmol/L", IN },
    { "3.9", "mmol/L", "3.90", "6.1", "mmol/L", IN },
    { "6.10", "mmol/L", "3.9", "6.1", "mmol/L", IN },
    { "6.1000000000000000000001", "mmol/L", "3.9", "6.1", "mmol/L", HIGH },
    { "3.8999999999999999999999", "mmol/L", "3.9", "6.1", "mmol/L", LOW },
    { "5.6", "mmol/L", "3.9", "6.1", NULL, IN },
    { "5.6", NULL, "3.9", "6.1", "mmol/L", UNKNOWN },
    { "5.6", "mmol/L", "70", "110", "mg/dL", UNKNOWN },
    { "4.2", "mIU/L", "0.27", "4.2", "uIU/mL", IN },
    { "5.6", "mmol/L", "6.1", "3.9", "mmol/L", UNKNOWN }, /* reversed */
    { "5.6", "mmol/L", "5.6", "5.6", "mmol/L", IN },
    { "5.6", "mmol/L", NULL, "5.2", "mmol/L", HIGH },
    { "5.1", "mmol/L", NULL, "5.2", "mmol/L", IN },
    { "5.1", "mmol/L", "5.2", NULL, "mmol/L", LOW },
    { "5.1", "mmol/L", NULL, NULL, NULL, UNKNOWN },
    { "<3", "mmol/L", "3.9", "6.1", "mmol/L", LOW },
    { "<3.9", "mmol/L", "3.9", "6.1", "mmol/L", LOW },
    { "≤3.9", "mmol/L", "3.9", "6.1", "mmol/L", UNKNOWN },
    { "<5", "mmol/L", "3.9", "6.1", "mmol/L", UNKNOWN },
    { ">33.3", "mmol/L", "3.9", "6.1", "mmol/L", HIGH },
    { "<0.01", "ug/L", "0", "0.04", "ug/L", IN },
    { "<0.1", "ug/L", "0", "0.04", "ug/L", UNKNOWN },
    { "≤0.04", "ug/L", "0", "0.04", "ug/L", IN },
    { ">90", "%", "90", NULL, "%", IN },
    { "≥90", "%", "90", NULL, "%", IN },
    { "10^400", NULL, "0", "1", NULL, HIGH },
    { "-10^400", NULL, "0", "1", NULL, UNKNOWN }, /* no number in that writing */
    { "-1e400", NULL, "0", "1", NULL, LOW },
    { "阳性", NULL, "0", "1", NULL, UNKNOWN },
    { "见报告", NULL, "0", "1", NULL, UNKNOWN },
    { "", NULL, "0", "1", NULL, UNKNOWN },
    { "1:160", NULL, NULL, "80", NULL, UNKNOWN },
    { "5", NULL, "阴性", NULL, NULL, UNKNOWN },
    { "5", NULL, "<3", NULL, NULL, UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_quantity_parse (fixture->policy, cases[i].value, cases[i].unit);
      g_autoptr (ZqQuantity) low =
          cases[i].low != NULL ? zq_quantity_parse (fixture->policy, cases[i].low, cases[i].range_unit) : NULL;
      g_autoptr (ZqQuantity) high =
          cases[i].high != NULL ? zq_quantity_parse (fixture->policy, cases[i].high, cases[i].range_unit) : NULL;
      ZqLabRange range = { .low = low, .high = high };
      ZqRangePlace place = zq_lab_range_place (fixture->policy, value, &range);

      if (place != cases[i].place)
        g_error ("%s to %s-%s: %d", cases[i].value, cases[i].low, cases[i].high, place);
    }
}

static void
test_texts (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *value, *unit, *text;
    ZqRangePlace place;
  } cases[] = {
    { "5.6", "mmol/L", "3.9-6.1", IN },
    { "6.2", "mmol/L", "3.9-6.1", HIGH },
    { "3.8", "mmol/L", "3.9--6.1", LOW },
    { "5.6", "mmol/L", "3.9～6.1", IN },
    { "5.6", "mmol/L", "3.9 — 6.1 mmol/L", IN },
    { "5.6", "mmol/L", "70-110 mg/dL", UNKNOWN },
    { "5.6", "mmol/L", "6.1-3.9", UNKNOWN },
    { "5.1", "mmol/L", "<5.2", IN },
    { "5.2", "mmol/L", "<5.2", HIGH },
    { "5.2", "mmol/L", "≤5.2", IN },
    { "5.2", "mmol/L", "<5.2 mg/dL", UNKNOWN },
    { "<5.2", "mmol/L", "<5.2", IN },
    { "≤5.2", "mmol/L", "<5.2", UNKNOWN },
    { "<0.01", "ug/L", "<0.04", IN },
    { "95", "%", "≥90", IN },
    { "89", "%", ">=90", LOW },
    { "90", "%", ">90", LOW },
    { "1:40", NULL, "<1:80", IN },
    { "1:80", NULL, "<1:80", HIGH },
    { "1:40", NULL, "1:20-1:80", IN },
    { "阴性", NULL, "阴性", IN },
    { "阴性(-)", NULL, "Negative", IN },
    { "±", NULL, "阴性", OUT },
    { "阳性(1+)", NULL, "阴性", OUT },
    { "阳性", NULL, "阴性(-)", OUT },
    { "阴性", NULL, "阳性", OUT },
    { "5.6", NULL, "阴性", UNKNOWN },
    { "阴性", NULL, "3-5", UNKNOWN },
    { "5.6", NULL, "男 3.9-6.1", UNKNOWN },
    { "5.6", NULL, "见说明", UNKNOWN },
    { "5.6", NULL, "", UNKNOWN },
    { "5.6", NULL, "3.9-", UNKNOWN },
    { "5.6", NULL, "5.6", UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_quantity_parse (fixture->policy, cases[i].value, cases[i].unit);
      ZqLabRange range = { .text = cases[i].text };
      ZqRangePlace place = zq_lab_range_place (fixture->policy, value, &range);

      if (place != cases[i].place)
        g_error ("%s to %s: %d", cases[i].value, cases[i].text, place);
    }
}

static void
test_several (Fixture *fixture, gconstpointer data)
{
  static const ZqLabRange ranges[] = { { .text = "3.5-5.5", .applies_to = "男" },
                                       { .text = "3.0-5.0", .applies_to = "女" },
                                       { .text = "5.5-3.5" } };
  static const struct
  {
    const char *value;
    ZqRangePlace place;
  } cases[] = { { "4.0", IN }, { "5.2", UNKNOWN }, { "6", HIGH }, { "2.9", LOW } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_quantity_parse (fixture->policy, cases[i].value, NULL);

      g_assert_cmpint (zq_lab_ranges_place (fixture->policy, value, ranges, 2), ==, cases[i].place);
      g_assert_cmpint (zq_lab_ranges_place (fixture->policy, value, ranges, 3), ==, UNKNOWN);
      g_assert_cmpint (zq_lab_ranges_place (fixture->policy, value, NULL, 0), ==, UNKNOWN);
    }
  g_assert_cmpint (zq_lab_ranges_place (fixture->policy, NULL, ranges, 2), ==, UNKNOWN);
}

static void
test_codes (void)
{
  static const struct
  {
    const char *code;
    gboolean abnormal;
    ZqLabArrow arrow;
  } cases[] = {
    { "N", FALSE, ZQ_ARROW_NONE },      { "NEG", FALSE, ZQ_ARROW_NONE }, { "ND", FALSE, ZQ_ARROW_NONE },
    { "S", FALSE, ZQ_ARROW_NONE },      { NULL, FALSE, ZQ_ARROW_NONE },  { "", FALSE, ZQ_ARROW_NONE },
    { "L", TRUE, ZQ_ARROW_DOWN },       { "H", TRUE, ZQ_ARROW_UP },      { "LL", TRUE, ZQ_ARROW_DOUBLE_DOWN },
    { "HH", TRUE, ZQ_ARROW_DOUBLE_UP }, { "A", TRUE, ZQ_ARROW_NONE },    { "AA", TRUE, ZQ_ARROW_NONE },
    { "POS", TRUE, ZQ_ARROW_NONE },     { "R", TRUE, ZQ_ARROW_NONE },    { "I", TRUE, ZQ_ARROW_NONE },
    { "<", TRUE, ZQ_ARROW_DOWN },       { ">", TRUE, ZQ_ARROW_UP },      { "HU", TRUE, ZQ_ARROW_DOUBLE_UP },
    { "xyz", TRUE, ZQ_ARROW_NONE },     { "h", TRUE, ZQ_ARROW_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ZqLabFlag flag = zq_lab_flag_of_code (cases[i].code);

      g_assert_true (zq_lab_flag_is_abnormal (flag) == cases[i].abnormal);
      g_assert_cmpint (zq_lab_flag_arrow (flag), ==, cases[i].arrow);
    }
  g_assert_cmpint (zq_lab_flag_of_code ("xyz"), ==, ZQ_LAB_FLAG_OTHER);
}

static void
test_judge (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *value, *range;
    const char *codes; /* with spaces */
    ZqLabFlag flag;
    ZqSaidBy said_by;
    gboolean disagrees;
    ZqCritical critical;
  } cases[] = {
    { "4.0", "3.5-5.5", "", ZQ_LAB_FLAG_NORMAL, ZQ_SAID_BY_RANGE, FALSE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_RANGE, FALSE, ZQ_CRITICAL_NO },
    { "3.0", "3.5-5.5", "", ZQ_LAB_FLAG_LOW, ZQ_SAID_BY_RANGE, FALSE, ZQ_CRITICAL_NO },
    { "4.0", NULL, "", ZQ_LAB_FLAG_NONE, ZQ_SAID_BY_NOBODY, FALSE, ZQ_CRITICAL_NO },
    { "4.0", "3.5-5.5", "N", ZQ_LAB_FLAG_NORMAL, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_NO },
    { "4.0", "3.5-5.5", "H", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "N", ZQ_LAB_FLAG_NORMAL, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "L", ZQ_LAB_FLAG_LOW, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "A", ZQ_LAB_FLAG_ABNORMAL, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "H", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_NO },
    { "5.8", NULL, "H", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_NO },
    { "5.8↑", NULL, "", ZQ_LAB_FLAG_HIGH, ZQ_SAID_IN_VALUE, FALSE, ZQ_CRITICAL_NO },
    { "5.8↑", "3.5-6.0", "", ZQ_LAB_FLAG_HIGH, ZQ_SAID_IN_VALUE, TRUE, ZQ_CRITICAL_NO },
    { "5.8↑", "3.5-5.5", "N", ZQ_LAB_FLAG_NORMAL, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "H N", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "5.8", "3.5-5.5", "H HH", ZQ_LAB_FLAG_CRITICAL_HIGH, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LABORATORY },
    { "5.8", "3.5-5.5", "H L", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, TRUE, ZQ_CRITICAL_NO },
    { "7.1", "3.5-5.5", "HH", ZQ_LAB_FLAG_CRITICAL_HIGH, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LABORATORY },
    { "2.1", "3.5-5.5", "LL", ZQ_LAB_FLAG_CRITICAL_LOW, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LABORATORY },
    { "7.1", "3.5-5.5", "AA", ZQ_LAB_FLAG_CRITICAL, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LABORATORY },
    { "7.1 HH", NULL, "", ZQ_LAB_FLAG_CRITICAL_HIGH, ZQ_SAID_IN_VALUE, FALSE, ZQ_CRITICAL_LABORATORY },
    { "7.1", "3.5-5.5", "H", ZQ_LAB_FLAG_HIGH, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LOCAL },
    { "7.1", NULL, "", ZQ_LAB_FLAG_NONE, ZQ_SAID_BY_NOBODY, FALSE, ZQ_CRITICAL_LOCAL },
    { "2.8", "3.5-5.5", "", ZQ_LAB_FLAG_LOW, ZQ_SAID_BY_RANGE, FALSE, ZQ_CRITICAL_LOCAL },
    { "7.1", "3.5-5.5", "xyz", ZQ_LAB_FLAG_OTHER, ZQ_SAID_BY_LABORATORY, FALSE, ZQ_CRITICAL_LOCAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_quantity_parse (fixture->policy, cases[i].value, "mmol/L");
      ZqLabRange range = { .text = cases[i].range };
      g_auto (GStrv) codes = g_strsplit (cases[i].codes, " ", -1);
      ZqLabFacts facts = { .system = ZQ_LOINC_SYSTEM,
                           .code = "2823-3",
                           .value = value,
                           .ranges = &range,
                           .n_ranges = cases[i].range != NULL,
                           .codes = (const char *const *)codes,
                           .age = 50 };
      ZqLabVerdict verdict = zq_lab_judge (fixture->policy, &facts);

      if (verdict.flag != cases[i].flag || verdict.said_by != cases[i].said_by ||
          verdict.disagrees != cases[i].disagrees || verdict.critical != cases[i].critical)
        g_error ("%s, %s, %s: %d %d %d %d", cases[i].value, cases[i].range, cases[i].codes, verdict.flag,
                 verdict.said_by, verdict.disagrees, verdict.critical);
    }
}

static void
test_no_value (Fixture *fixture, gconstpointer data)
{
  ZqLabFacts facts = { .age = -1 };
  ZqLabVerdict verdict = zq_lab_judge (fixture->policy, &facts);

  g_assert_cmpint (verdict.flag, ==, ZQ_LAB_FLAG_NONE);
  g_assert_cmpint (verdict.critical, ==, ZQ_CRITICAL_NO);
}

static void
test_critical (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *code, *value, *unit;
    int age;
    ZqRangePlace place;
  } cases[] = {
    { "2823-3", "6.2", "mmol/L", 50, HIGH },     { "2823-3", "6.19", "mmol/L", 50, IN },
    { "2823-3", "2.8", "mmol/L", 50, LOW },      { "2823-3", "2.81", "mmol/L", 50, IN },
    { "2823-3", "6.5", "mEq/L", 50, HIGH },      { "2823-3", "6.5", "mmol/L", 17, UNKNOWN },
    { "2823-3", "6.5", "mmol/L", 18, HIGH },     { "2823-3", "6.5", "mmol/L", -1, HIGH },
    { "2823-3", "6.5", NULL, 50, UNKNOWN },      { "2823-3", ">6.2", "mmol/L", 50, HIGH },
    { "2823-3", "<2.5", "mmol/L", 50, LOW },     { "2823-3", "<5", "mmol/L", 50, UNKNOWN },
    { "2823-3", "溶血", "mmol/L", 50, UNKNOWN }, { "2951-2", "160", "mmol/L", 50, HIGH },
    { "2951-2", "119", "mmol/L", 50, LOW },      { "2000-8", "3.6", "mmol/L", 50, HIGH },
    { "17861-6", "14.1", "mg/dL", 50, HIGH },    { "14749-6", "22.2", "mmol/L", 50, HIGH },
    { "2345-7", "45", "mg/dL", 50, LOW },        { "2345-7", "450", "mg/dL", 50, HIGH },
    { "718-7", "4.9", "g/dL", 50, LOW },         { "718-7", "135", "g/L", 50, IN },
    { "6690-2", "1.9", "10^9/L", 50, LOW },      { "26464-8", "31", "×10⁹/L", 50, HIGH },
    { "777-3", "30", "10^9/L", 50, LOW },        { "777-3", "29000", "/uL", 50, LOW },
    { "26515-7", "1000", "K/uL", 50, HIGH },     { "14682-9", "900", "umol/L", 50, UNKNOWN },
    { "no-such", "9", "mmol/L", 50, UNKNOWN },   { NULL, "9", "mmol/L", 50, UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) value = zq_quantity_parse (fixture->policy, cases[i].value, cases[i].unit);
      ZqRangePlace place = zq_critical_check (fixture->policy, ZQ_LOINC_SYSTEM, cases[i].code, value, cases[i].age);

      if (place != cases[i].place)
        g_error ("%s %s %s: %d", cases[i].code, cases[i].value, cases[i].unit, place);
    }
}

static void
test_check (void)
{
#define FILE_WITH(row) "{\"format\":1,\"version\":\"x\",\"values\":[" row "]}"
  static const char *const cases[][2] = {
    { FILE_WITH ("{\"analyte\":\"a\",\"unit\":\"mmol/L\",\"at-or-above\":6}"), NULL },
    { FILE_WITH ("{\"analyte\":\"a\",\"unit\":\"mmol/L\"}"), "values[0]: a limit is wanted" },
    { FILE_WITH ("{\"unit\":\"mmol/L\",\"at-or-above\":6}"), "values[0]: either analyte or loinc" },
    { FILE_WITH ("{\"analyte\":\"a\",\"at-or-above\":6}"), "values[0].unit: is missing" },
    { FILE_WITH ("{\"analyte\":\"a\",\"unit\":\"mmol/L\",\"at-or-above\":2,\"at-or-below\":6}"),
      "values[0]: the lower limit is not below" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = zq_policy_check ("critical", cases[i][0]);

      if (cases[i][1] == NULL)
        g_assert_null (reason);
      else if (reason == NULL || !g_str_has_prefix (reason, cases[i][1]))
        g_error ("%s: %s", cases[i][1], reason);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/lab-range/exact-on-texts", test_bounds);
  ADD ("/lab-range/of-texts", test_texts);
  ADD ("/lab-range/several-only-where-they-agree", test_several);
  g_test_add_func ("/lab-flag/codes", test_codes);
  ADD ("/lab-flag/the-laboratory-wins-and-disagreement-is-told", test_judge);
  ADD ("/lab-flag/nothing-is-known-of-nothing", test_no_value);
  ADD ("/critical/local-rule-at-its-limits", test_critical);
  g_test_add_func ("/critical/a-wrong-file-is-refused", test_check);

  return g_test_run ();
}
