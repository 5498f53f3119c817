/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/decimal.h"
#include "rules/quantity.h"

#include <string.h>

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

/* --- decimals ---------------------------------------------------------------------------------- */

static void
test_is_decimal (void)
{
  static const char *const good[] = { "0", "5.60", "-3", "+3", ".5", "5.", "1e5", "1E-400", "007", NULL };
  static const char *const bad[] = { "",   ".",   "-",   "e5",  "1e",  "1e+",          "1.2.3", "0x10", " 1",
                                     "1 ", "NaN", "inf", "1,2", "--1", "1e9999999999", "½",     NULL };

  for (guint i = 0; good[i] != NULL; i++)
    g_assert_true (zq_decimal_is (good[i]));
  for (guint i = 0; bad[i] != NULL; i++)
    g_assert_false (zq_decimal_is (bad[i]));
  g_assert_false (zq_decimal_is (NULL));
}

static void
test_compare_decimals (void)
{
  static const struct
  {
    const char *a, *b;
    int order;
  } cases[] = {
    { "5", "5.0", 0 },
    { "5.6", "5.60", 0 },
    { "0", "-0.00", 0 },
    { "1e5", "100000", 0 },
    { "1e-2", ".01", 0 },
    { "9", "10", -1 },
    { "-9", "-10", 1 },
    { "-1", "1", -1 },
    { "0.1", "0.09", 1 },
    { "1e400", "9e399", 1 },
    { "1e400", "1e400", 0 },
    { "-1e400", "1", -1 },
    { "0", "1e-400", -1 },
    { "0.30000000000000000001", "0.3", 1 },
    { "12345678901234567890.1", "12345678901234567890.2", -1 },
    { "1e1000000000", "1", 1 },
    { "0e9", "0", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpint (zq_decimal_compare (cases[i].a, cases[i].b), ==, cases[i].order);
      g_assert_cmpint (zq_decimal_compare (cases[i].b, cases[i].a), ==, -cases[i].order);
    }
}

static void
assert_text (char *text, const char *wanted)
{
  g_assert_cmpstr (text, ==, wanted);
  g_free (text);
}

static void
test_arithmetic (void)
{
  assert_text (zq_decimal_subtract ("5.6", "5.40"), "0.20");
  assert_text (zq_decimal_subtract ("5.4", "5.60"), "-0.20");
  assert_text (zq_decimal_subtract ("0.3", "0.1"), "0.2");
  assert_text (zq_decimal_subtract ("5", "5.0"), "0.0");
  assert_text (zq_decimal_subtract ("-1", "-3"), "2");
  assert_text (zq_decimal_subtract ("1e400", "1e400"), "0");
  assert_text (zq_decimal_add ("99.9", ".1"), "100.0");
  assert_text (zq_decimal_add ("-5", "3"), "-2");
  assert_text (zq_decimal_subtract ("1e100000", "1"), NULL);
  assert_text (zq_decimal_subtract ("x", "1"), NULL);
  assert_text (zq_decimal_multiply ("5.55", "18.0156"), "99.986580");
  assert_text (zq_decimal_multiply ("-2", "0.0"), "0.0");
  assert_text (zq_decimal_multiply ("99", "99"), "9801");
  assert_text (zq_decimal_shift ("5.6", 3), "5600");
  assert_text (zq_decimal_shift ("5.6", -3), "0.0056");
  assert_text (zq_decimal_divide ("1", "3", 5), "0.33333");
  assert_text (zq_decimal_divide ("2", "3", 5), "0.66667");
  assert_text (zq_decimal_divide ("100", "8", 12), "12.5");
  assert_text (zq_decimal_divide ("-90", "18.0156", 6), "-4.99567");
  assert_text (zq_decimal_divide ("0", "7", 6), "0");
  assert_text (zq_decimal_divide ("1", "1024", 20), "0.0009765625");
  assert_text (zq_decimal_divide ("9999.6", "1", 4), "10000");
  assert_text (zq_decimal_divide ("1", "0.00", 4), NULL);
  assert_text (zq_decimal_round ("99.96", 3), "100");
  assert_text (zq_decimal_round ("5.55", 2), "5.6");
  assert_text (zq_decimal_round ("5", 3), "5.00");
  assert_text (zq_decimal_round ("0.012345", 2), "0.012");
  assert_text (zq_decimal_round ("12345", 2), "12000");
  assert_text (zq_decimal_plain ("1.50e3"), "1500");
  assert_text (zq_decimal_plain ("0.500"), "0.5");
  assert_text (zq_decimal_plain ("-0.0"), "0");
  g_assert_cmpuint (zq_decimal_significant ("0.0120"), ==, 3);
  g_assert_cmpuint (zq_decimal_significant ("1500"), ==, 4);
}

/* Integers of 64 bits know the answer. */
static void
test_arithmetic_against_integers (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      gint64 a = g_test_rand_int_range (-1000000, 1000000), b = g_test_rand_int_range (-1000000, 1000000);
      g_autofree char *one = g_strdup_printf ("%" G_GINT64_FORMAT, a),
                      *other = g_strdup_printf ("%" G_GINT64_FORMAT, b);
      g_autofree char *product = g_strdup_printf ("%" G_GINT64_FORMAT, a * b);
      g_autofree char *sum = g_strdup_printf ("%" G_GINT64_FORMAT, a + b);

      assert_text (zq_decimal_add (one, other), sum);
      assert_text (zq_decimal_multiply (one, other), product);
      g_assert_cmpint (zq_decimal_compare (one, other), ==, a < b ? -1 : a > b);
      if (b != 0)
        {
          char *back = zq_decimal_divide (product, other, 40);
          g_assert_cmpint (zq_decimal_compare (back, one), ==, 0);
          g_free (back);
        }
    }
}

static void
test_doubles_of_decimals (void)
{
  double value;

  g_assert_true (zq_decimal_to_double ("5.6", &value));
  g_assert_cmpfloat (value, ==, 5.6);
  g_assert_true (zq_decimal_to_double ("0e400", &value));
  g_assert_cmpfloat (value, ==, 0);
  g_assert_false (zq_decimal_to_double ("1e400", &value));
  g_assert_false (zq_decimal_to_double ("1e-400", &value));
  g_assert_false (zq_decimal_to_double ("NaN", &value));
}

/* --- values as they are written ----------------------------------------------------------------- */

typedef struct
{
  const char *text, *unit;
  ZqQuantityKind kind;
  ZqComparator comparator;
  const char *number;
  ZqWrittenFlag flag;
  guint least, most; /* grades */
  const char *code;  /* of the unit */
} Written;

#define NUM(n)    ZQ_QUANTITY_NUMBER, ZQ_COMPARATOR_NONE, n
#define CMP(c, n) ZQ_QUANTITY_COMPARATOR, ZQ_COMPARATOR_##c, n
#define TITRE(n)  ZQ_QUANTITY_TITRE, ZQ_COMPARATOR_NONE, n
#define TEXT      ZQ_QUANTITY_TEXT, ZQ_COMPARATOR_NONE, NULL
#define ORD(l, m) ZQ_QUANTITY_ORDINAL, ZQ_COMPARATOR_NONE, NULL, ZQ_WRITTEN_NONE, l, m
#define FLAG(f)   ZQ_WRITTEN_##f

static const Written written[] = {
  { "5.6", "mmol/L", NUM ("5.6"), .code = "mmol/L" },
  { " 5.60 ", NULL, NUM ("5.60") },
  { "7.10", "%", NUM ("7.10"), .code = "%" },
  { "５．６", NULL, NUM ("5.6") },
  { "−3", "mmol/L", NUM ("-3"), .code = "mmol/L" },
  { "+3", "mmol/L", NUM ("+3"), .code = "mmol/L" },
  { "1e5", NULL, NUM ("1e5") },
  { "1.2×10^5", "IU/mL", NUM ("1.2e5"), .code = "[IU]/mL" },
  { "1.2 × 10⁵ IU/mL", NULL, NUM ("1.2e5"), .code = "[IU]/mL" },
  { "5.6×10^9/L", NULL, NUM ("5.6"), .code = "10*9/L" },
  { "5.6×10⁹/L", "10^9/L", NUM ("5.6"), .code = "10*9/L" },
  { "10^400", NULL, NUM ("1e400") },
  { "5.6 mmol/L", NULL, NUM ("5.6"), .code = "mmol/L" },
  { "5.6mmol/l", "mmol/L", NUM ("5.6"), .code = "mmol/L" },
  { "5.6 mg/dL", "mmol/L", TEXT, .code = "mmol/L" },
  { "10^9/L", NULL, TEXT },
  { "5.6↑", NULL, NUM ("5.6"), FLAG (HIGH) },
  { "↓ 2.1", "mmol/L", NUM ("2.1"), FLAG (LOW), .code = "mmol/L" },
  { "30.1↑↑", NULL, NUM ("30.1"), FLAG (VERY_HIGH) },
  { "H 5.6", NULL, NUM ("5.6"), FLAG (HIGH) },
  { "5.6H", NULL, NUM ("5.6"), FLAG (HIGH) },
  { "5.6 L", "mmol/L", NUM ("5.6"), FLAG (LOW), .code = "mmol/L" },
  { "2 L", NULL, NUM ("2"), .code = "L" },
  { "5.6 (H)", NULL, NUM ("5.6"), FLAG (HIGH) },
  { "HH 7.2", "mmol/L", NUM ("7.2"), FLAG (VERY_HIGH), .code = "mmol/L" },
  { "*5.6", NULL, NUM ("5.6"), FLAG (ABNORMAL) },
  { "5.6 偏高", NULL, NUM ("5.6"), FLAG (HIGH) },
  { "5.6（低）", NULL, NUM ("5.6"), FLAG (LOW) },
  { "↑5.6 mmol/L", NULL, NUM ("5.6"), FLAG (HIGH), .code = "mmol/L" },
  { "<5", NULL, CMP (LESS, "5") },
  { "＜ 5", NULL, CMP (LESS, "5") },
  { "﹤0.01↓", NULL, CMP (LESS, "0.01"), FLAG (LOW) },
  { "≤0.5", NULL, CMP (LESS_EQUAL, "0.5") },
  { "<=0.5", NULL, CMP (LESS_EQUAL, "0.5") },
  { "⩾90", NULL, CMP (GREATER_EQUAL, "90") },
  { ">1000", "IU/mL", CMP (GREATER, "1000"), .code = "[IU]/mL" },
  { "小于0.5", NULL, CMP (LESS, "0.5") },
  { "小于等于0.5", NULL, CMP (LESS_EQUAL, "0.5") },
  { "<20 IU/mL", NULL, CMP (LESS, "20"), .code = "[IU]/mL" },
  { "1:160", NULL, TITRE ("160") },
  { "1：160", NULL, TITRE ("160") },
  { "1∶80", NULL, TITRE ("80") },
  { "阳性(1:160)", NULL, TITRE ("160") },
  { "<1:10", NULL, ZQ_QUANTITY_TITRE, ZQ_COMPARATOR_LESS, "10" },
  { "1:0", NULL, TEXT },
  { "2:160", NULL, TEXT },
  { "阴性", NULL, ORD (0, 0) },
  { "阴性(-)", NULL, ORD (0, 0) },
  { "-", NULL, ORD (0, 0) },
  { "（－）", NULL, ORD (0, 0) },
  { "Negative", NULL, ORD (0, 0) },
  { "未检出", NULL, ORD (0, 0) },
  { "±", NULL, ORD (1, 1) },
  { "+-", NULL, ORD (1, 1) },
  { "弱阳性", NULL, ORD (1, 2) },
  { "弱阳性(±)", NULL, ORD (1, 1) },
  { "+", NULL, ORD (2, 2) },
  { "1+", NULL, ORD (2, 2) },
  { "+1", NULL, ORD (2, 2) },
  { "++", NULL, ORD (3, 3) },
  { "2＋", NULL, ORD (3, 3) },
  { "++++", NULL, ORD (5, 5) },
  { "阳性(1+)", NULL, ORD (2, 2) },
  { "阳性（＋＋）", NULL, ORD (3, 3) },
  { "3+(阳性)", NULL, ORD (4, 4) },
  { "阳性", NULL, ORD (1, 5) },
  { "pos", NULL, ORD (1, 5) },
  { "阳性(1+)↑", NULL, ZQ_QUANTITY_ORDINAL, ZQ_COMPARATOR_NONE, NULL, ZQ_WRITTEN_HIGH, 2, 2 },
  { "阴性(+)", NULL, TEXT },
  { "阳性(-)", NULL, TEXT },
  { "+++++", NULL, TEXT },
  { "", NULL, ZQ_QUANTITY_NONE },
  { "  ", NULL, ZQ_QUANTITY_NONE },
  { NULL, "mmol/L", ZQ_QUANTITY_NONE, .code = "mmol/L" },
  { "见报告", NULL, TEXT },
  { "5-10", NULL, TEXT },
  { "0-2/HP", NULL, TEXT },
  { "1,234", NULL, TEXT },
  { "5,6", NULL, TEXT },
  { "5.6.7", NULL, TEXT },
  { "5.6 / 7.8", NULL, TEXT },
  { "NaN", NULL, TEXT },
  { "Infinity", NULL, TEXT },
  { "0x10", NULL, TEXT },
  { "<", NULL, TEXT },
  { "<<5", NULL, TEXT },
  { "↑", NULL, TEXT },
  { "H", NULL, TEXT },
  { "HBsAg", NULL, TEXT },
  { "--", NULL, TEXT },
  { "\xff\xfe", NULL, TEXT },
};

static void
test_written (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      const Written *one = &written[i];
      g_autoptr (ZqQuantity) quantity = zq_quantity_parse (fixture->policy, one->text, one->unit);

      if (quantity->kind != one->kind)
        g_error ("%s is of kind %d", one->text, quantity->kind);
      if (one->text != NULL && g_utf8_validate (one->text, -1, NULL))
        g_assert_cmpstr (quantity->text, ==, one->text);
      g_assert_true (g_utf8_validate (quantity->text, -1, NULL));
      g_assert_cmpstr (quantity->number, ==, one->number);
      g_assert_cmpint (quantity->comparator, ==, one->comparator);
      g_assert_cmpint (quantity->flag, ==, one->flag);
      g_assert_cmpuint (quantity->least_grade, ==, one->least);
      g_assert_cmpuint (quantity->most_grade, ==, one->most);
      g_assert_cmpstr (quantity->unit.code, ==, one->code);
    }
}

static void
test_long_texts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *words = g_strnfill (1024 * 1024, 'x');
  g_autofree char *digits = g_strnfill (1024 * 1024, '7');
  g_autoptr (ZqQuantity) text = zq_quantity_parse (fixture->policy, words, words);
  g_autoptr (ZqQuantity) number = zq_quantity_parse (fixture->policy, digits, NULL);
  g_autoptr (ZqQuantity) small = zq_quantity_parse (fixture->policy, "7", NULL);
  gboolean changed;
  double value;
  int order;

  g_assert_cmpint (text->kind, ==, ZQ_QUANTITY_TEXT);
  g_assert_cmpint (number->kind, ==, ZQ_QUANTITY_NUMBER);
  g_assert_true (zq_quantity_compare (number, small, &order));
  g_assert_cmpint (order, ==, 1);
  g_assert_null (zq_quantity_difference (number, small));
  g_assert_false (zq_quantity_changed (number, small, "30", &changed));
  g_assert_false (zq_quantity_to_double (number, &value));
}

static void
test_from_fhir (Fixture *fixture, gconstpointer data)
{
  static const char *const signs[] = { NULL, "<", "<=", ">=", ">", "ad" };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      g_autoptr (ZqQuantity) quantity = zq_quantity_new (fixture->policy, "7.10", signs[i], "毫摩尔/升", "mmol/L");
      g_autofree char *shown = g_strconcat (signs[i] != NULL ? signs[i] : "", "7.10", NULL);

      g_assert_cmpint (quantity->kind, ==, i == 0 ? ZQ_QUANTITY_NUMBER : ZQ_QUANTITY_COMPARATOR);
      g_assert_cmpint (quantity->comparator, ==, i);
      g_assert_cmpstr (quantity->text, ==, shown);
      g_assert_cmpstr (quantity->unit_text, ==, "毫摩尔/升");
      g_assert_cmpstr (quantity->unit.code, ==, "mmol/L");
    }
  {
    g_autoptr (ZqQuantity) strange = zq_quantity_new (fixture->policy, "5", "~", NULL, NULL);
    g_autoptr (ZqQuantity) none = zq_quantity_new (fixture->policy, NULL, NULL, "mmol/L", NULL);
    g_autoptr (ZqQuantity) copy = zq_quantity_copy (strange);

    g_assert_cmpint (strange->kind, ==, ZQ_QUANTITY_TEXT);
    g_assert_cmpint (none->kind, ==, ZQ_QUANTITY_NONE);
    g_assert_cmpstr (copy->text, ==, "~5");
  }
}

/* --- comparing ---------------------------------------------------------------------------------- */

static void
test_compare (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *a, *unit_a, *b, *unit_b;
    const char *order; /* "<", "=", ">", "?" */
  } cases[] = {
    { "5.6", "mmol/L", "5.60", "mmol/l", "=" },
    { "5.6", "mmol/L", "5.6", "mg/dL", "?" },
    { "5.6", "mmol/L", "5.6", NULL, "?" },
    { "5.6", "foo", "6", "foo", "<" },
    { "5.6", "foo", "6", "bar", "?" },
    { "4.5", "mIU/L", "4.5", "uIU/mL", "=" },
    { "4.5", "U/L", "4.5", "IU/L", "?" },
    { "<5", NULL, "7", NULL, "<" },
    { "<5", NULL, "5", NULL, "<" },
    { "≤5", NULL, "5", NULL, "?" },
    { "<5", NULL, "3", NULL, "?" },
    { "<5", NULL, "<5", NULL, "?" },
    { ">1000", NULL, "<5", NULL, ">" },
    { "≥5", NULL, "≤5", NULL, "?" },
    { ">5", NULL, "≤5", NULL, ">" },
    { "10^400", NULL, "9e399", NULL, ">" },
    { "1:160", NULL, "1:320", NULL, "<" },
    { "1:160", NULL, "160", NULL, "?" },
    { "<1:10", NULL, "1:80", NULL, "<" },
    { "阴性", NULL, "±", NULL, "<" },
    { "2+", NULL, "++", NULL, "=" },
    { "阳性", NULL, "2+", NULL, "?" },
    { "阳性", NULL, "阴性", NULL, ">" },
    { "弱阳性", NULL, "2+", NULL, "<" },
    { "阳性", NULL, "5", NULL, "?" },
    { "见报告", NULL, "见报告", NULL, "?" },
    { "", NULL, "", NULL, "?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) a = zq_quantity_parse (fixture->policy, cases[i].a, cases[i].unit_a);
      g_autoptr (ZqQuantity) b = zq_quantity_parse (fixture->policy, cases[i].b, cases[i].unit_b);
      int order = 0, back = 0;
      gboolean decided = zq_quantity_compare (a, b, &order);
      const char *is = !decided ? "?" : order < 0 ? "<" : order > 0 ? ">" : "=";

      if (!g_str_equal (is, cases[i].order))
        g_error ("%s %s %s", cases[i].a, is, cases[i].b);
      g_assert_true (zq_quantity_compare (b, a, &back) == decided);
      g_assert_cmpint (back, ==, -order);
    }
}

static void
test_same (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *a, *b;
    gboolean same;
  } cases[] = { { "<5", "<5.0", TRUE },       { "<5", "≤5", FALSE },   { "阳性", "Positive", TRUE },
                { "1+", "+", TRUE },          { "阳性", "1+", FALSE }, { "1:160", "1：160", TRUE },
                { "见报告", "见报告", TRUE }, { "5.6↑", "5.6", TRUE }, { "5.6", "5.7", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) a = zq_quantity_parse (fixture->policy, cases[i].a, NULL);
      g_autoptr (ZqQuantity) b = zq_quantity_parse (fixture->policy, cases[i].b, NULL);
      g_assert_true (zq_quantity_same (a, b) == cases[i].same);
    }
}

static void
test_difference (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *now, *before, *unit, *difference;
    const char *changed; /* by 30 %: "yes", "no", "?" */
  } cases[] = {
    { "5.6", "5.40", "mmol/L", "+0.20", "no" }, { "3.5", "5.0", "mmol/L", "-1.5", "yes" },
    { "6.5", "5.0", "mmol/L", "+1.5", "yes" },  { "6.49", "5.0", "mmol/L", "+1.49", "no" },
    { "5", "5", "mmol/L", "0", "no" },          { "1", "0", "mmol/L", "+1", "yes" },
    { "0", "0", "mmol/L", "0", "no" },          { "-2", "-3", "mmol/L", "+1", "yes" },
    { "0.3", "0.1", "mmol/L", "+0.2", "yes" },  { "<5", "5", "mmol/L", NULL, "?" },
    { "阳性", "阴性", NULL, NULL, "?" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) now = zq_quantity_parse (fixture->policy, cases[i].now, cases[i].unit);
      g_autoptr (ZqQuantity) before = zq_quantity_parse (fixture->policy, cases[i].before, cases[i].unit);
      gboolean changed = FALSE, known = zq_quantity_changed (now, before, "30", &changed);

      assert_text (zq_quantity_difference (now, before), cases[i].difference);
      g_assert_cmpstr (!known ? "?" : changed ? "yes" : "no", ==, cases[i].changed);
    }
}

static void
test_chart (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *text;
    gboolean can;
  } cases[] = { { "5.6", TRUE },     { "<5", TRUE },   { "1:160", TRUE }, { "10^400", FALSE },
                { "1e-400", FALSE }, { "NaN", FALSE }, { "阳性", FALSE }, { "", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) quantity = zq_quantity_parse (fixture->policy, cases[i].text, NULL);
      double value;
      g_assert_true (zq_quantity_to_double (quantity, &value) == cases[i].can);
    }
}

/* --- units --------------------------------------------------------------------------------------- */

static const struct
{
  const char *spelling, *code; /* NULL: not known */
} spellings[] = {
  { "umol/L", "umol/L" },
  { "μmol/L", "umol/L" },
  { "µmol/L", "umol/L" },
  { "UMOL/L", "umol/L" },
  { "㎛ol/L", "umol/L" },
  { "mmol/l", "mmol/L" },
  { "MMOL/L", "mmol/L" },
  { "mmol／L", "mmol/L" },
  { " mmol / L ", "mmol/L" },
  { "×10^9/L", "10*9/L" },
  { "10^9/L", "10*9/L" },
  { "10*9/L", "10*9/L" },
  { "10⁹/L", "10*9/L" },
  { "×10⁹/L", "10*9/L" },
  { "10E9/L", "10*9/L" },
  { "X10^9/L", "10*9/L" },
  { "*10^9/L", "10*9/L" },
  { "10**9/L", "10*9/L" },
  { "x109/L", "10*9/L" },
  { "109/L", "10*9/L" },
  { "10^12/L", "10*12/L" },
  { "10¹²/L", "10*12/L" },
  { "U/L", "U/L" },
  { "u/l", "U/L" },
  { "IU/L", "[IU]/L" },
  { "[iU]/L", "[IU]/L" },
  { "mmHg", "mm[Hg]" },
  { "mm[Hg]", "mm[Hg]" },
  { "MMHG", "mm[Hg]" },
  { "次/分", "/min" },
  { "次／分钟", "/min" },
  { "/min", "/min" },
  { "℃", "Cel" },
  { "°C", "Cel" },
  { "Cel", "Cel" },
  { "g/24h", "g/(24.h)" },
  { "g/(24.h)", "g/(24.h)" },
  { "%", "%" },
  { "％", "%" },
  { "mg/dl", "mg/dL" },
  { "㎎/㎗", "mg/dL" },
  { "ug/ml", "ug/mL" },
  { "μg/ml", "ug/mL" },
  { "mcg/mL", "ug/mL" },
  { "㎍/㎖", "ug/mL" },
  { "ng/mL", "ng/mL" },
  { "mIU/L", "m[IU]/L" },
  { "MIU/L", "m[IU]/L" },
  { "uIU/mL", "u[IU]/mL" },
  { "μIU/mL", "u[IU]/mL" },
  { "fl", "fL" },
  { "FL", "fL" },
  { "pg", "pg" },
  { "mm/h", "mm/h" },
  { "mL/min/1.73m²", "mL/min/{1.73_m2}" },
  { "ml/min/1.73㎡", "mL/min/{1.73_m2}" },
  { "mEq/L", "meq/L" },
  { "meq/l", "meq/L" },
  { "kg/m²", "kg/m2" },
  { "mOsm/kg", "mosm/kg" },
  { "/HP", "/[HPF]" },
  { "个/HP", "/[HPF]" },
  { "copies/mL", "[copies]/mL" },
  { "mg/L FEU", "mg{FEU}/L" },
  { "μg/mL FEU", "ug{FEU}/mL" },
  { "ng/mL(DDU)", "ng{DDU}/mL" },
  { "G/L", NULL },
  { "g/L", "g/L" },
  { "g/l", "g/L" },
  { "T/L", NULL },
  { "", NULL },
  { "furlong", NULL },
  { "\xff", NULL },
};

static void
test_spellings (Fixture *fixture, gconstpointer data)
{
  ZqUnit unit;

  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      gboolean known = zq_unit_find (fixture->policy, spellings[i].spelling, &unit);

      if (g_strcmp0 (unit.code, spellings[i].code) != 0)
        g_error ("%s is %s", spellings[i].spelling, unit.code);
      g_assert_true (known == (spellings[i].code != NULL));
    }
  g_assert_false (zq_unit_find (fixture->policy, NULL, &unit));
}

static void
test_equal_units (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *a, *b;
    int power; /* G_MAXINT: not of one kind */
  } cases[] = {
    { "mIU/L", "uIU/mL", 0 },
    { "ng/mL", "ug/L", 0 },
    { "mg/L", "ug/mL", 0 },
    { "10^9/L", "10^3/uL", 0 },
    { "K/uL", "×10^9/L", 0 },
    { "mg/dL", "mg/L", 1 },
    { "g/dL", "g/L", 1 },
    { "mmol/L", "umol/L", 3 },
    { "pg/mL", "ng/L", 0 },
    { "U/L", "IU/L", G_MAXINT },
    { "U/L", "U/mL", -3 },
    { "mg/L", "mmol/L", G_MAXINT },
    { "mg/L FEU", "mg/L", G_MAXINT },
    { "mg/L FEU", "mg/L DDU", G_MAXINT },
    { "ug/mL FEU", "mg/L FEU", 0 },
    { "mmol/L", "meq/L", G_MAXINT },
    { "%", "mmol/mol", G_MAXINT },
    { "℃", "℉", G_MAXINT },
    { "mmHg", "kPa", G_MAXINT },
    { "mg/24h", "g/24h", -3 },
    { "/HP", "/LP", G_MAXINT },
    { "cells/uL", "/uL", 0 },
    { "10^12/L", "10^6/uL", 0 },
    { "mg/g", "mg/g.Cr", G_MAXINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ZqUnit a, b;
      int power = G_MAXINT, back = G_MAXINT;

      g_assert_true (zq_unit_find (fixture->policy, cases[i].a, &a));
      g_assert_true (zq_unit_find (fixture->policy, cases[i].b, &b));
      if (!zq_unit_power (&a, &b, &power))
        power = G_MAXINT;
      if (power != cases[i].power)
        g_error ("%s to %s is %d", cases[i].a, cases[i].b, power);
      if (zq_unit_power (&b, &a, &back))
        g_assert_cmpint (back, ==, -power);
      g_assert_true (zq_unit_equal (&a, &b) == (power == 0));
      g_assert_true (zq_unit_same_text (fixture->policy, cases[i].a, cases[i].b) == (power == 0));
    }
  g_assert_true (zq_unit_same_text (fixture->policy, "foo ", "ｆoo"));
  g_assert_false (zq_unit_same_text (fixture->policy, "foo", "bar"));
  g_assert_false (zq_unit_same_text (fixture->policy, NULL, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  g_test_add_func ("/decimal/what-is-one", test_is_decimal);
  g_test_add_func ("/decimal/compares-at-any-length", test_compare_decimals);
  g_test_add_func ("/decimal/arithmetic-is-exact", test_arithmetic);
  g_test_add_func ("/decimal/arithmetic-of-integers", test_arithmetic_against_integers);
  g_test_add_func ("/decimal/doubles-that-are-none-are-refused", test_doubles_of_decimals);
  ADD ("/quantity/read-as-laboratories-write", test_written);
  ADD ("/quantity/a-megabyte-is-read", test_long_texts);
  ADD ("/quantity/of-fhir", test_from_fhir);
  ADD ("/quantity/compared-only-where-decided", test_compare);
  ADD ("/quantity/says-the-same", test_same);
  ADD ("/quantity/difference-is-exact-or-none", test_difference);
  ADD ("/quantity/charts-get-finite-numbers", test_chart);
  ADD ("/unit/spellings-of-laboratories", test_spellings);
  ADD ("/unit/equal-where-no-analyte-matters", test_equal_units);

  return g_test_run ();
}
