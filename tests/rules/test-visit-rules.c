/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/visit-rules.h"

#define HEAD   "{\"format\":1,\"version\":\"x\""
#define MINUTE (60 * (gint64)G_USEC_PER_SEC)

static ZqPolicy *
policy_of (const char *text)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);

  g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "visit", text));

  return zq_policy_load (NULL, texts, NULL);
}

static void
test_built_in (void)
{
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();
  const ZqVisitRules *rules = zq_visit_rules_get (policy);

  g_assert_cmpint (rules->opens_before, ==, 30 * MINUTE);
  g_assert_cmpint (rules->closes_after, ==, 240 * MINUTE);
  g_assert_cmpint (rules->call_back_after, ==, MINUTE);
  g_assert_cmpuint (rules->length, ==, 15);
  g_assert_cmpuint (rules->days_ahead, ==, 30);
  g_assert_cmpuint (rules->of_age, ==, 18);
  g_assert_false (rules->may_be_recorded);
  g_assert_false (rules->is_recorded_here);
}

static void
test_said (void)
{
  g_autoptr (ZqPolicy) policy = policy_of (HEAD ",\"opens-before\":600,\"call-back-after\":1.5,\"length\":1800,"
                                                "\"of-age\":20,\"recording\":\"required\",\"recorded-by\":"
                                                "\"workstation\"}");
  const ZqVisitRules *rules = zq_visit_rules_get (policy);

  g_assert_cmpint (rules->opens_before, ==, 10 * MINUTE);
  g_assert_cmpint (rules->call_back_after, ==, MINUTE / 40);
  g_assert_cmpuint (rules->length, ==, 30);
  g_assert_cmpuint (rules->of_age, ==, 20);
  g_assert_true (rules->must_be_recorded);
  g_assert_true (rules->may_be_recorded);
  g_assert_true (rules->is_recorded_here);
  /* What is not said is as it is built in. */
  g_assert_cmpint (rules->closes_after, ==, 240 * MINUTE);
  g_assert_cmpuint (rules->days_ahead, ==, 30);
}

static void
test_no_silly_length (void)
{
  g_autoptr (ZqPolicy) policy = policy_of (HEAD ",\"length\":0,\"days-ahead\":0}");

  g_assert_cmpuint (zq_visit_rules_get (policy)->length, ==, 5);
  g_assert_cmpuint (zq_visit_rules_get (policy)->days_ahead, ==, 1);
}

static void
test_check (void)
{
  static const char *const cases[][2] = {
    { HEAD "}", NULL },
    { HEAD ",\"recording\":\"optional\"}", NULL },
    { HEAD ",\"recording\":\"sometimes\"}", "recording: required, optional or off" },
    { HEAD ",\"recorded-by\":\"patient\"}", "recorded-by: hospital or workstation" },
    { HEAD ",\"of-age\":-1}", "of-age: 0 to 366" },
    { HEAD ",\"days-ahead\":1000}", "days-ahead: 0 to 366" },
    { HEAD ",\"opens-before\":-5}", "opens-before: " },
    { HEAD ",\"closes\":5}", "closes: is not known" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reason = zq_policy_check ("visit", cases[i][0]);

      if (cases[i][1] == NULL)
        g_assert_cmpstr (reason, ==, NULL);
      else if (reason == NULL || !g_str_has_prefix (reason, cases[i][1]))
        g_error ("%s: %s", cases[i][1], reason);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/visit-rules/built-in", test_built_in);
  g_test_add_func ("/visit-rules/said", test_said);
  g_test_add_func ("/visit-rules/no-silly-length", test_no_silly_length);
  g_test_add_func ("/visit-rules/check", test_check);

  return g_test_run ();
}
