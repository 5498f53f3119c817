/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/json.h"
#include "rules/conversion.h"
#include "rules/decimal.h"

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

static ZqQuantity *
convert (
    Fixture *fixture, const char *analyte, const char *value, const char *from, const char *to, ZqConvertResult *result)
{
  g_autoptr (ZqQuantity) quantity = zq_quantity_parse (fixture->policy, value, from);

  return zq_convert (fixture->policy, analyte, quantity, NULL, to, result);
}

/* What is shown, both ways, by figures of textbooks; each row of the file is here. */
static const struct
{
  const char *analyte, *value, *from, *shown, *to;
  ZqConverted how;
} golden[] = {
  { "glucose", "5.6", "mmol/L", "101", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "glucose", "126", "mg/dL", "6.99", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "cholesterol", "5.20", "mmol/L", "201", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "cholesterol", "200", "mg/dL", "5.17", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "cholesterol-hdl", "1.0", "mmol/L", "38.7", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "cholesterol-hdl", "40", "mg/dL", "1.03", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "cholesterol-ldl", "1.80", "mmol/L", "69.6", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "cholesterol-ldl", "70", "mg/dL", "1.81", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "cholesterol-non-hdl", "2.60", "mmol/L", "101", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "cholesterol-non-hdl", "100", "mg/dL", "2.59", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "triglyceride", "1.70", "mmol/L", "151", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "triglyceride", "150", "mg/dL", "1.69", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "creatinine", "88.4", "umol/L", "1.00", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "creatinine", "1.2", "mg/dL", "106", "umol/L", ZQ_CONVERTED_FACTOR },
  { "uric-acid", "420", "μmol/L", "7.06", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "uric-acid", "7.0", "mg/dl", "416", "µmol/L", ZQ_CONVERTED_FACTOR },
  { "bilirubin-total", "17.1", "umol/L", "1.00", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "bilirubin-total", "1.0", "mg/dL", "17.1", "umol/L", ZQ_CONVERTED_FACTOR },
  { "bilirubin-direct", "6.8", "umol/L", "0.398", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "bilirubin-direct", "0.4", "mg/dL", "6.84", "umol/L", ZQ_CONVERTED_FACTOR },
  { "bilirubin-indirect", "10", "umol/L", "0.585", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "bilirubin-indirect", "0.5", "mg/dL", "8.55", "umol/L", ZQ_CONVERTED_FACTOR },
  { "calcium", "2.50", "mmol/L", "10.0", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "calcium", "10", "mg/dL", "2.50", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "calcium", "2.5", "mmol/L", "5.0", "mEq/L", ZQ_CONVERTED_FACTOR },
  { "calcium", "5.0", "mEq/L", "2.5", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "magnesium", "0.85", "mmol/L", "2.07", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "magnesium", "2.0", "mg/dL", "0.823", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "magnesium", "1.0", "mmol/L", "2.0", "mEq/L", ZQ_CONVERTED_FACTOR },
  { "magnesium", "2.0", "mEq/L", "1.0", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "potassium", "4.12", "mmol/L", "4.12", "mEq/L", ZQ_CONVERTED_FACTOR },
  { "potassium", "4.1", "mEq/L", "4.1", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "potassium", "4.0", "mmol/L", "15.6", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "potassium", "15.6", "mg/dL", "3.99", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "sodium", "140", "mmol/L", "140", "mEq/L", ZQ_CONVERTED_FACTOR },
  { "sodium", "140", "mEq/L", "140", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "chloride", "103", "mmol/L", "103", "mEq/L", ZQ_CONVERTED_FACTOR },
  { "chloride", "103", "mEq/L", "103", "mmol/L", ZQ_CONVERTED_FACTOR },
  { "hemoglobin", "135", "g/L", "13.5", "g/dL", ZQ_CONVERTED_POWER },
  { "hemoglobin", "13.50", "g/dL", "135.0", "g/L", ZQ_CONVERTED_POWER },
  { "hba1c", "7.0", "%", "53.0", "mmol/mol", ZQ_CONVERTED_EQUATION },
  { "hba1c", "6.5", "%", "47.5", "mmol/mol", ZQ_CONVERTED_EQUATION },
  { "hba1c", "48", "mmol/mol", "6.54", "%", ZQ_CONVERTED_EQUATION },
  { "urea", "5.5", "mmol/L", "5500", "umol/L", ZQ_CONVERTED_POWER },
  { "urea-nitrogen", "14", "mg/dL", "140", "mg/L", ZQ_CONVERTED_POWER },
  { "d-dimer-feu", "0.5", "mg/L FEU", "500", "ng/mL FEU", ZQ_CONVERTED_POWER },
  { "d-dimer-ddu", "250", "ng/mL DDU", "0.250", "mg/L DDU", ZQ_CONVERTED_POWER },
  { NULL, "4.20", "mIU/L", "4.20", "uIU/mL", ZQ_CONVERTED_POWER },
  { "no-such", "1.5", "10^9/L", "1500", "/uL", ZQ_CONVERTED_POWER },
  { "glucose", "<1.1", "mmol/L", "<19.8", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "glucose", ">33.3", "mmol/L", ">600", "mg/dL", ZQ_CONVERTED_FACTOR },
  { "glucose", "5.60", "mmol/L", "5.60", "mmol/l", ZQ_CONVERTED_NO },
};

static void
test_golden (Fixture *fixture, gconstpointer data)
{
  JsonNode *root = zq_policy_get (fixture->policy, "conversion");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    {
      ZqConvertResult result;
      g_autoptr (ZqQuantity) made =
          convert (fixture, golden[i].analyte, golden[i].value, golden[i].from, golden[i].to, &result);

      if (made == NULL || !g_str_equal (made->text, golden[i].shown))
        g_error ("%s %s %s is %s", golden[i].analyte, golden[i].value, golden[i].from,
                 made != NULL ? made->text : "none");
      g_assert_cmpint (result, ==, ZQ_CONVERT_DONE);
      g_assert_cmpint (made->converted, ==, golden[i].how);
      g_assert_true (zq_unit_same_text (fixture->policy, made->unit_text, golden[i].to));
      if (golden[i].analyte != NULL)
        g_hash_table_add (seen, (gpointer)golden[i].analyte);
    }
  for (guint i = 0; i < zq_json_get_length (root, "analytes"); i++)
    {
      const char *id = zq_json_get_string (zq_json_get_at (root, "analytes", i), "id");
      g_autofree char *source = zq_conversion_source (fixture->policy, id);

      if (!g_hash_table_contains (seen, id))
        g_error ("%s is not tested", id);
      g_assert_nonnull (source);
    }
}

static void
assert_there_and_back (Fixture *fixture, const char *id, const char *from, const char *to)
{
  static const char *const values[] = { "5.6", "0.012", "48", "1234.5678", "99.99" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      ZqConvertResult result;
      g_autoptr (ZqQuantity) there = convert (fixture, id, values[i], from, to, &result);
      g_autoptr (ZqQuantity) back = NULL;
      g_autofree char *rounded = NULL;

      /* Below 2.152 % the equation ends. */
      if (there == NULL && result == ZQ_CONVERT_OUTSIDE)
        continue;
      g_assert_cmpint (result, ==, ZQ_CONVERT_DONE);
      back = convert (fixture, id, there->number, to, from, &result);
      g_assert_nonnull (back);
      rounded = zq_decimal_round (back->number, 11);
      g_assert_cmpint (zq_decimal_compare (rounded, values[i]), ==, 0);
    }
}

static void
test_both_ways (Fixture *fixture, gconstpointer data)
{
  JsonNode *root = zq_policy_get (fixture->policy, "conversion");
  guint rows = 0;

  for (guint i = 0; i < zq_json_get_length (root, "analytes"); i++)
    {
      JsonNode *row = zq_json_get_at (root, "analytes", i);
      const char *id = zq_json_get_string (row, "id");

      rows++;
      assert_there_and_back (fixture, id, "mmol/L", "umol/L");
      if (zq_json_get (row, "molar-mass") != NULL)
        {
          assert_there_and_back (fixture, id, "mmol/L", "mg/dL");
          assert_there_and_back (fixture, id, "mg/dL", "umol/L");
          assert_there_and_back (fixture, id, "ug/mL", "nmol/L");
        }
      if (zq_json_get (row, "valence") != NULL)
        assert_there_and_back (fixture, id, "mmol/L", "meq/L");
      if (zq_json_get (row, "equation") != NULL)
        {
          assert_there_and_back (fixture, id, "%", "mmol/mol");
          assert_there_and_back (fixture, id, "mmol/mol", "%");
        }
    }
  g_assert_cmpuint (rows, ==, 22);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *analyte, *value, *from, *to_analyte, *to;
    ZqConvertResult result;
  } cases[] = {
    { "urea", "5.5", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_NO_FACTOR },
    { "urea", "5.5", "mmol/L", "urea-nitrogen", "mg/dL", ZQ_CONVERT_OTHER_ANALYTE },
    { "urea", "5.5", "mmol/L", "urea-nitrogen", "mmol/L", ZQ_CONVERT_OTHER_ANALYTE },
    { "urea-nitrogen", "14", "mg/dL", NULL, "mmol/L", ZQ_CONVERT_NO_FACTOR },
    { "urea-nitrogen", "14", "mg/dL", "urea", "mmol/L", ZQ_CONVERT_OTHER_ANALYTE },
    { "d-dimer-feu", "0.5", "mg/L FEU", NULL, "mg/L DDU", ZQ_CONVERT_NO_FACTOR },
    { "d-dimer-ddu", "0.25", "mg/L DDU", NULL, "mg/L FEU", ZQ_CONVERT_NO_FACTOR },
    { "d-dimer-feu", "0.5", "mg/L FEU", NULL, "mg/L", ZQ_CONVERT_NO_FACTOR },
    { "d-dimer-feu", "0.5", "mg/L", NULL, "mg/L FEU", ZQ_CONVERT_NO_FACTOR },
    { "d-dimer-feu", "0.5", "mg/L FEU", "d-dimer-ddu", "mg/L FEU", ZQ_CONVERT_OTHER_ANALYTE },
    { "triglyceride", "1.7", "mmol/L", "cholesterol", "mg/dL", ZQ_CONVERT_OTHER_ANALYTE },
    { "cholesterol", "5.2", "mmol/L", "triglyceride", "mg/dL", ZQ_CONVERT_OTHER_ANALYTE },
    { "cholesterol-hdl", "1.2", "mmol/L", "cholesterol-ldl", "mmol/L", ZQ_CONVERT_OTHER_ANALYTE },
    { "bilirubin-direct", "5", "umol/L", "bilirubin-total", "mg/dL", ZQ_CONVERT_OTHER_ANALYTE },
    { "hemoglobin", "135", "g/L", NULL, "mmol/L", ZQ_CONVERT_NO_FACTOR },
    { "hemoglobin", "8.4", "mmol/L", NULL, "g/L", ZQ_CONVERT_NO_FACTOR },
    { "hba1c", "2.0", "%", NULL, "mmol/mol", ZQ_CONVERT_OUTSIDE },
    { "hba1c", "-1", "mmol/mol", NULL, "%", ZQ_CONVERT_OUTSIDE },
    { "hba1c", "7", "%", NULL, "mmol/L", ZQ_CONVERT_NO_FACTOR },
    { "glucose", "5.6", "%", NULL, "mmol/mol", ZQ_CONVERT_NO_FACTOR },
    { "glucose", "5.6", "mmol/L", NULL, "mEq/L", ZQ_CONVERT_NO_FACTOR },
    { "glucose", "5.6", "mmol/24h", NULL, "mg/dL", ZQ_CONVERT_NO_FACTOR },
    { "glucose", "5.6", "U/L", NULL, "IU/L", ZQ_CONVERT_NO_FACTOR },
    { NULL, "5.6", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_ANALYTE_UNKNOWN },
    { "no-such", "5.6", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_ANALYTE_UNKNOWN },
    { NULL, "5.6", "mmol/L", "glucose", "mmol/L", ZQ_CONVERT_OTHER_ANALYTE },
    { "glucose", "5.6", NULL, NULL, "mg/dL", ZQ_CONVERT_UNIT_UNKNOWN },
    { "glucose", "5.6", "foo", NULL, "mg/dL", ZQ_CONVERT_UNIT_UNKNOWN },
    { "hemoglobin", "135", "G/L", NULL, "g/dL", ZQ_CONVERT_UNIT_UNKNOWN },
    { "glucose", "5.6", "mmol/L", NULL, "foo", ZQ_CONVERT_TARGET_UNKNOWN },
    { "glucose", "5.6", "mmol/L", NULL, NULL, ZQ_CONVERT_TARGET_UNKNOWN },
    { "glucose", "++", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_NO_NUMBER },
    { "glucose", "", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_NO_NUMBER },
    { "glucose", "1:160", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_NO_NUMBER },
    { "glucose", "5.6 mg/dL", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_NO_NUMBER },
    { "glucose", "1e5000", "mmol/L", NULL, "mg/dL", ZQ_CONVERT_OUTSIDE },
    { "glucose", "1e5000", "mmol/L", NULL, "umol/L", ZQ_CONVERT_OUTSIDE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ZqQuantity) quantity = zq_quantity_parse (fixture->policy, cases[i].value, cases[i].from);
      ZqConvertResult result;
      g_autoptr (ZqQuantity) made =
          zq_convert (fixture->policy, cases[i].analyte, quantity, cases[i].to_analyte, cases[i].to, &result);

      g_assert_null (made);
      if (result != cases[i].result)
        g_error ("%s %s to %s: %d", cases[i].value, cases[i].from, cases[i].to, result);
    }
}

static void
test_never_twice (Fixture *fixture, gconstpointer data)
{
  ZqConvertResult result;
  g_autoptr (ZqQuantity) once = convert (fixture, "glucose", "5.6", "mmol/L", "mg/dL", &result);
  g_autoptr (ZqQuantity) given = zq_quantity_parse (fixture->policy, "90", "mg/dL");

  g_assert_null (zq_convert (fixture->policy, "glucose", once, NULL, "mmol/L", &result));
  g_assert_cmpint (result, ==, ZQ_CONVERT_CONVERTED);
  /* No difference that would look exact. */
  g_assert_null (zq_quantity_difference (once, given));
}

static void
test_analytes_by_code (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (zq_analyte_find (fixture->policy, ZQ_LOINC_SYSTEM, "14749-6"), ==, "glucose");
  g_assert_cmpstr (zq_analyte_find (fixture->policy, ZQ_ANALYTE_SYSTEM, "triglyceride"), ==, "triglyceride");
  g_assert_null (zq_analyte_find (fixture->policy, "http://example.org", "14749-6"));
  g_assert_null (zq_analyte_find (fixture->policy, ZQ_LOINC_SYSTEM, "glucose"));
  g_assert_null (zq_analyte_find (fixture->policy, NULL, "14749-6"));
  g_assert_nonnull (zq_conversion_reason (fixture->policy, "urea", "urea-nitrogen"));
  g_assert_nonnull (zq_conversion_reason (fixture->policy, "urea", NULL));
  g_assert_null (zq_conversion_reason (fixture->policy, "glucose", NULL));
  g_assert_null (zq_conversion_reason (fixture->policy, "glucose", "urea"));
  g_assert_null (zq_conversion_source (fixture->policy, "no-such"));
}

/* LOINC's check digit (mod 10) finds a digit that was mistyped. */
static void
test_codes_check (Fixture *fixture, gconstpointer data)
{
  JsonNode *root = zq_policy_get (fixture->policy, "conversion");

  for (guint i = 0; i < zq_json_get_length (root, "analytes"); i++)
    {
      JsonNode *row = zq_json_get_at (root, "analytes", i);

      for (guint k = 0; k < zq_json_get_length (row, "loinc"); k++)
        {
          const char *code = json_node_get_string (zq_json_get_at (row, "loinc", k));
          gsize length = (gsize)(strchr (code, '-') - code);
          guint sum = 0;

          for (gsize place = 0; place < length; place++)
            {
              guint digit = (guint)(code[length - 1 - place] - '0') * (place % 2 == 0 ? 2 : 1);
              sum += digit / 10 + digit % 10;
            }
          if ((10 - sum % 10) % 10 != (guint)(code[length + 1] - '0'))
            g_error ("%s is no LOINC code", code);
        }
    }
}

/* The molar masses are those that the formulas give. */
static void
test_masses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *element, *weight;
  } weights[] = { { "Ca", "40.078" }, { "Cl", "35.45" }, { "Na", "22.990" }, { "Mg", "24.305" }, { "C", "12.011" },
                  { "H", "1.008" },   { "N", "14.007" }, { "O", "15.999" },  { "K", "39.098" } };
  JsonNode *root = zq_policy_get (fixture->policy, "conversion");

  for (guint i = 0; i < zq_json_get_length (root, "analytes"); i++)
    {
      JsonNode *row = zq_json_get_at (root, "analytes", i);
      const char *p = zq_json_get_string (row, "formula");
      g_autofree char *sum = g_strdup ("0");

      if (p == NULL)
        continue;
      while (*p != '\0')
        {
          guint k = 0;
          char *end;

          while (!g_str_has_prefix (p, weights[k].element))
            g_assert_cmpuint (++k, <, G_N_ELEMENTS (weights));
          p += strlen (weights[k].element);
          {
            guint64 count = g_ascii_strtoull (p, &end, 10);
            g_autofree char *times = g_strdup_printf ("%" G_GUINT64_FORMAT, end == p ? 1 : count);
            g_autofree char *part = zq_decimal_multiply (weights[k].weight, times);
            char *more = zq_decimal_add (sum, part);

            g_free (sum);
            sum = more;
            p = end;
          }
        }
      g_assert_cmpint (zq_decimal_compare (sum, zq_json_get_string (row, "molar-mass")), ==, 0);
    }
}

static void
test_check (void)
{
#define FILE_WITH(row) "{\"format\":1,\"version\":\"x\",\"analytes\":[" row "]}"
#define SOURCE         "\"source\":{\"title\":\"t\",\"year\":2020}"
  static const struct
  {
    const char *text, *reason;
  } cases[] = {
    { FILE_WITH ("{\"id\":\"a\",\"molar-mass\":\"180\"," SOURCE "}"), NULL },
    { FILE_WITH ("{\"id\":\"a\",\"molar-mass\":\"180\"}"), "analytes[0].source: is missing" },
    { FILE_WITH ("{\"id\":\"a\",\"molar-mass\":\"0\"," SOURCE "}"), "analytes[0].molar-mass: a number above 0" },
    { FILE_WITH ("{\"id\":\"a\",\"molar-mass\":\"NaN\"," SOURCE "}"), "analytes[0].molar-mass: a number is wanted" },
    { FILE_WITH ("{\"id\":\"a\",\"valence\":1.5," SOURCE "}"), "analytes[0].valence: a whole number" },
    { FILE_WITH ("{\"id\":\"a\"," SOURCE "}"), "analytes[0]: nothing to convert by" },
    { FILE_WITH ("{\"id\":\"a\",\"valence\":1," SOURCE "},{\"id\":\"a\",\"valence\":1," SOURCE "}"),
      "analytes[1]: an id or a code is there twice" },
    { FILE_WITH ("{\"id\":\"a\",\"factor\":\"2\"," SOURCE "}"), "analytes[0].factor: is not known" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = zq_policy_check ("conversion", cases[i].text);

      if (cases[i].reason == NULL)
        g_assert_null (reason);
      else if (reason == NULL || !g_str_has_prefix (reason, cases[i].reason))
        g_error ("%s: %s", cases[i].reason, reason);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

  ADD ("/conversion/every-row-by-figures-of-textbooks", test_golden);
  ADD ("/conversion/every-row-there-and-back", test_both_ways);
  ADD ("/conversion/refused-with-its-reason", test_refused);
  ADD ("/conversion/never-converted-twice", test_never_twice);
  ADD ("/conversion/analytes-by-code-alone", test_analytes_by_code);
  ADD ("/conversion/codes-have-their-check-digit", test_codes_check);
  ADD ("/conversion/masses-are-those-of-the-formulas", test_masses);
  g_test_add_func ("/conversion/a-wrong-file-is-refused", test_check);

  return g_test_run ();
}
