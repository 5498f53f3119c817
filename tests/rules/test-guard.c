/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/json.h"
#include "rules/guard.h"

#include <math.h>
#include <string.h>

#define MOST_FALSE_ALARMS 0.02
#define LEAST_FOUND       0.80

static ZqPolicy *policy;

static char *
rules_of (const char *text, const ZqGuardFacts *facts)
{
  g_autoptr (GPtrArray) findings = zq_guard_check (policy, facts, text);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  guint before = 0;

  for (guint i = 0; i < findings->len; i++)
    {
      const ZqGuardFinding *finding = g_ptr_array_index (findings, i);

      g_assert_cmpuint (finding->start, <, finding->end);
      g_assert_cmpuint (finding->end, <=, strlen (text));
      g_assert_cmpuint (finding->start, >=, before);
      g_assert_true (g_utf8_validate (text + finding->start, finding->end - finding->start, NULL));
      before = finding->start;
      if (!g_ptr_array_find (names, finding->rule, NULL))
        g_ptr_array_add (names, (gpointer)finding->rule);
    }
  g_ptr_array_add (names, NULL);

  return g_strjoinv (" ", (char **)names->pdata);
}

static void
test_cases (void)
{
  static const char *const allergies[] = { "青霉素", NULL };
  static const char *const others[] = { "王建国", "高兴", "李梅", NULL };
  static const char *const own[] = { "010-55550100", NULL };
  static const ZqGuardFacts facts = {
    .patient_name = "李梅花", .allergies = allergies, .other_names = others, .own_numbers = own
  };
  static const struct
  {
    const char *text;
    const char *rules;
  } cases[] = {
    { "", "" },
    { "您好，按时吃药，三天后复查。", "" },
    { "急事请打120，或者医院总机010-55550100。", "" },
    { "有事打我手机１３８ ０００１ ２３４５", "contact" },
    { "我的号码一三八零零零一二三四五", "contact" },
    { "王建国的报告出来了", "other-patient" },
    { "李梅花，您的报告出来了", "" },
    { "看到结果我也很高兴", "" },
    { "您好{{patient.name}}，记得复查", "placeholder" },
    { "二甲双胍每次0.5，每天两次", "dose-unit" },
    { "二甲双胍每次0.5g，每天两次", "" },
    { "左甲状腺素50mg，早上空腹", "unit-mix" },
    { "左甲状腺素50μg，早上空腹", "" },
    { "地高辛1.25mg每天一次", "dose-tenfold" },
    { "可以吃阿莫西林", "allergy" },
    { "您青霉素过敏，不能吃阿莫西林", "" },
    { "放心，保证治好", "cure" },
    { "目前还没有办法保证根治", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = rules_of (cases[i].text, &facts);

      if (!g_str_equal (found, cases[i].rules))
        g_test_message ("case %" G_GSIZE_FORMAT ": found “%s”", i, found);
      g_assert_cmpstr (found, ==, cases[i].rules);
    }
}

static void
test_switch (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) off = NULL;
  g_autoptr (GPtrArray) findings = NULL;
  ZqGuardFacts facts = { 0 };

  g_ptr_array_add (texts,
                   zq_policy_text_new ("Library/1", "guard",
                                       "{\"format\":1,\"version\":\"off\",\"placeholder\":{\"enabled\":false}}"));
  off = zq_policy_load (NULL, texts, &problems);
  g_assert_cmpuint (problems->len, ==, 0);
  findings = zq_guard_check (off, &facts, "{{x}} 13800012345");
  g_assert_cmpuint (findings->len, ==, 0);
}

static void
test_broken_pattern (void)
{
  g_autofree char *reason =
      zq_policy_check ("guard", "{\"format\":1,\"version\":\"1\",\"cure\":{\"enabled\":true,\"promise\":\"(\"}}");

  g_assert_cmpstr (reason, ==, "cure.promise: a regular expression is wanted");
}

/* --- the exam ---------------------------------------------------------------------------------- */

typedef struct
{
  guint n_clean, n_alarms;
  guint n_wrong, n_found;
} Score;

static char **
strings_at (JsonNode *node, const char *path)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char **strings;

  for (guint i = 0; i < zq_json_get_length (node, path); i++)
    g_strv_builder_add (builder, json_node_get_string (zq_json_get_at (node, path, i)));
  strings = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);

  return strings;
}

static void
mark (JsonNode *question, Score *score)
{
  g_auto (GStrv) allergies = strings_at (question, "patient.allergies");
  g_auto (GStrv) others = strings_at (question, "others");
  g_auto (GStrv) own = strings_at (question, "hospital_numbers");
  g_auto (GStrv) expected = strings_at (question, "expect");
  ZqGuardFacts facts = { zq_json_get_string (question, "patient.name"), (const char *const *)allergies,
                         (const char *const *)others, (const char *const *)own };
  g_autofree char *found = rules_of (zq_json_get_string (question, "text"), &facts);
  g_auto (GStrv) rules = g_strsplit (found, " ", -1);
  const char *id = zq_json_get_string (question, "id");

  if (expected[0] == NULL)
    {
      score->n_clean++;
      score->n_alarms += *found != '\0';
      if (*found != '\0')
        g_test_message ("%s: false alarm: %s", id, found);
    }
  for (guint i = 0; expected[i] != NULL; i++)
    {
      gboolean is_found = g_strv_contains ((const char *const *)rules, expected[i]);

      score->n_wrong++;
      score->n_found += is_found;
      if (!is_found)
        g_test_message ("%s: not found: %s", id, expected[i]);
    }
}

/* Wilson's interval, 95 %. */
static void
interval (guint k, guint n, double *low, double *high)
{
  double z = 1.96, p = n > 0 ? (double)k / n : 0, d = 1 + z * z / n;
  double middle = (p + z * z / (2 * n)) / d, half = z / d * sqrt (p * (1 - p) / n + z * z / (4.0 * n * n));

  *low = MAX (middle - half, 0);
  *high = MIN (middle + half, 1);
}

/* What was reached before anybody of the rules had seen a set stands in its README; here it must not get worse. */
static void
test_exam (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "rules", "exam", name, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  Score score = { 0 };
  double low, high, found_low, found_high;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) question = *lines[i] != '\0' ? zq_json_read (lines[i], -1, &error) : NULL;

      g_assert_no_error (error);
      if (question != NULL)
        mark (question, &score);
    }

  interval (score.n_alarms, score.n_clean, &low, &high);
  interval (score.n_found, score.n_wrong, &found_low, &found_high);
  g_test_message ("%s: false alarms %u of %u replies (%.1f %%, 95 %% interval %.1f to %.1f); found %u of %u (%.0f %%, "
                  "%.0f to %.0f)",
                  name, score.n_alarms, score.n_clean, 100.0 * score.n_alarms / score.n_clean, 100 * low, 100 * high,
                  score.n_found, score.n_wrong, 100.0 * score.n_found / score.n_wrong, 100 * found_low,
                  100 * found_high);
  g_assert_cmpfloat ((double)score.n_alarms / score.n_clean, <=, MOST_FALSE_ALARMS);
  g_assert_cmpfloat ((double)score.n_found / score.n_wrong, >=, LEAST_FOUND);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  policy = zq_policy_new_builtin ();

  g_test_add_func ("/guard/says-what-is-wrong-and-where", test_cases);
  g_test_add_func ("/guard/hospital-switches-rules-off", test_switch);
  g_test_add_func ("/guard/broken-pattern-is-told-by-its-path", test_broken_pattern);
  g_test_add_data_func ("/guard/exam-written-blind", "guard-blind.jsonl", test_exam);
  g_test_add_data_func ("/guard/exam-written-blind-again", "guard-blind-2.jsonl", test_exam);
  g_test_add_data_func ("/guard/exam-written-blind-a-third-time", "guard-blind-3.jsonl", test_exam);
  g_test_add_data_func ("/guard/exam-written-with-sight", "guard-seen.jsonl", test_exam);

  status = g_test_run ();
  g_object_unref (policy);

  return status;
}
