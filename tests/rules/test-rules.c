/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/json.h"
#include "rules/consultation.h"
#include "rules/context.h"
#include "support/support.h"

#include <string.h>

static const char *const statuses[] = { "awaiting-acceptance",  "in-consultation", "awaiting-patient",
                                        "ended-questions-left", "completed",       "declined",
                                        "expired-refunded",     "sent-offline",    "transferred" };
static const char *const actions[] = { "reply",   "close",        "reopen",    "claim",
                                       "release", "set-priority", "mark-read", "patient-message" };
static const char *const roles[] = { "doctor", "assistant", "patient" };

/* All that is allowed, "status action role next"; what is not here is forbidden. */
static const char *const allowed[] = {
  "awaiting-acceptance claim doctor in-consultation",
  "awaiting-acceptance reply doctor awaiting-patient",
  "awaiting-acceptance patient-message patient awaiting-acceptance",
  "awaiting-acceptance set-priority doctor awaiting-acceptance",
  "awaiting-acceptance set-priority assistant awaiting-acceptance",
  "in-consultation reply doctor awaiting-patient",
  "in-consultation close doctor completed",
  "in-consultation release doctor awaiting-acceptance",
  "in-consultation patient-message patient in-consultation",
  "in-consultation set-priority doctor in-consultation",
  "in-consultation set-priority assistant in-consultation",
  "awaiting-patient reply doctor awaiting-patient",
  "awaiting-patient close doctor completed",
  "awaiting-patient release doctor awaiting-acceptance",
  "awaiting-patient patient-message patient in-consultation",
  "awaiting-patient set-priority doctor awaiting-patient",
  "awaiting-patient set-priority assistant awaiting-patient",
  "ended-questions-left reply doctor ended-questions-left",
  "ended-questions-left close doctor completed",
  "ended-questions-left patient-message patient in-consultation",
  "ended-questions-left set-priority doctor ended-questions-left",
  "ended-questions-left set-priority assistant ended-questions-left",
  "completed reopen doctor in-consultation",
};

/* The next status that the list above gives, or NULL. */
static const char *
expected (const char *status, const char *action, const char *role)
{
  g_autofree char *start = g_strdup_printf ("%s %s %s ", status, action, role);

  if (g_str_equal (action, "mark-read"))
    return status;
  for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      if (g_str_has_prefix (allowed[i], start))
        return allowed[i] + strlen (start);
    }

  return NULL;
}

static void
test_table (gconstpointer code)
{
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();

  for (guint s = 0; s < G_N_ELEMENTS (statuses); s++)
    for (guint a = 0; a < G_N_ELEMENTS (actions); a++)
      for (guint r = 0; r < G_N_ELEMENTS (roles); r++)
        {
          const char *wanted = expected (statuses[s], actions[a], roles[r]), *next = "untouched";
          gboolean is = zq_consultation_allows (policy, code, statuses[s], actions[a], roles[r], &next);

          if (is != (wanted != NULL) || g_strcmp0 (next, wanted) != 0)
            g_error ("%s %s %s gives %s", statuses[s], actions[a], roles[r], next);
          g_assert_true (zq_consultation_allows (policy, code, statuses[s], actions[a], roles[r], NULL) == is);
        }
}

static void
test_unknown_is_forbidden (void)
{
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();
  const char *next;

  g_assert_false (zq_consultation_allows (policy, "visit", "in-consultation", "reply", "doctor", &next));
  g_assert_null (next);
  g_assert_false (zq_consultation_allows (policy, NULL, "in-consultation", "reply", "doctor", &next));
  g_assert_false (zq_consultation_allows (policy, "advice", NULL, "reply", "doctor", &next));
  g_assert_false (zq_consultation_allows (policy, "advice", "in-consultation", NULL, "doctor", &next));
  g_assert_false (zq_consultation_allows (policy, "advice", "in-consultation", "reply", NULL, &next));
  g_assert_false (zq_consultation_allows (policy, "advice", "in-consultation.reply", "roles", "doctor", &next));
  g_assert_false (zq_consultation_allows (policy, "advice", "of-tomorrow", "reply", "doctor", &next));
  g_assert_false (zq_consultation_allows (policy, "advice", "in-consultation", "reply", "administrator", &next));
  g_assert_null (zq_consultation_task_status (policy, "of-tomorrow"));
  g_assert_null (zq_consultation_task_status (policy, NULL));
  g_assert_false (zq_consultation_is_final (policy, "of-tomorrow"));
}

static void
test_statuses (void)
{
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();
  static const char *const wanted[] = { "requested", "in-progress", "in-progress", "in-progress", "completed",
                                        "rejected",  "cancelled",   "completed",   "cancelled" };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_assert_cmpstr (zq_consultation_task_status (policy, statuses[i]), ==, wanted[i]);
      g_assert_true (zq_consultation_is_final (policy, statuses[i]) == (i >= 4));
    }
}

static void
test_builtin (void)
{
  g_autoptr (ZqPolicy) policy = zq_policy_new_builtin ();

  g_assert_nonnull (zq_policy_get (policy, "consultation"));
  g_assert_nonnull (zq_policy_get (policy, "clinic"));
  g_assert_null (zq_policy_get (policy, "other"));
  g_assert_true (g_str_has_prefix (zq_policy_get_version (policy), "consultation=2026."));
  g_assert_nonnull (strstr (zq_policy_get_version (policy), " clinic=2026."));
  g_assert_cmpint (zq_policy_get_duration (policy, "held-reply-age", 0), ==, 120 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_policy_get_duration (policy, "pull.overlap", 0), ==, 2 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_policy_get_duration (policy, "draft-delay", 0), ==, 300000);
  g_assert_cmpint (zq_policy_get_duration (policy, "nothing.here", 7), ==, 7);
}

static void
test_due (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  const char *const dirs[] = { dir, NULL };
  g_autoptr (ZqPolicy) builtin = zq_policy_new_builtin ();
  g_autoptr (ZqPolicy) policy = NULL;
  g_autoptr (GPtrArray) problems = NULL;

  g_assert_cmpint (zq_consultation_due (builtin, "advice", 1), ==, 1 + 24 * 60 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_consultation_due (builtin, "visit", 1), ==, 1 + 24 * 60 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (zq_consultation_due (builtin, NULL, 1), ==, 1 + 24 * 60 * ZQ_TEST_MINUTE_US);

  zq_test_write (dir, "clinic.json",
                 "{\"format\":1,\"version\":\"mine\",\"answer-promise\":{\"default\":3600,\"advice\":1.5}}");
  policy = zq_policy_load (dirs, NULL, &problems);
  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpint (zq_consultation_due (policy, "advice", 1), ==, 1500001);
  g_assert_cmpint (zq_consultation_due (policy, "revisit", 0), ==, 60 * ZQ_TEST_MINUTE_US);
  g_assert_nonnull (strstr (zq_policy_get_version (policy), "clinic=mine"));
}

typedef struct
{
  const char *file;
  const char *text;
  const char *told; /* after the file's path */
} Broken;

static const Broken broken_files[] = {
  { "clinic.json", "", ": The JSON text is wrong at byte 0" },
  { "clinic.json", "{\"format\":1,", ": The JSON text is wrong" },
  { "clinic.json", "[]", ": an object is wanted" },
  { "clinic.json", "{\"format\":1,\"version\":\"1\"}", ": answer-promise: is missing" },
  { "clinic.json", "{\"format\":2,\"version\":\"1\",\"answer-promise\":{\"default\":1}}",
    ": format: the file is for a newer program" },
  { "clinic.json", "{\"format\":1,\"version\":\"a b\",\"answer-promise\":{\"default\":1}}", ": version: " },
  { "clinic.json", "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":-1}}",
    ": answer-promise.default: seconds are wanted" },
  { "clinic.json", "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":1e999}}",
    ": answer-promise.default: seconds are wanted" },
  { "clinic.json", "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":1},\"answer\":1}",
    ": answer: is not known" },
  { "clinic.json", "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":1},\"pull\":{\"overlap\":true}}",
    ": pull.overlap: seconds are wanted" },
  { "clinic.json",
    "{\"format\":1,\"version\":\"1\",\"answer-promise\":{\"default\":1},"
    "\"outcomes\":[{\"code\":\"a\",\"title\":\"A\",\"titles\":{\"en\":[]}}]}",
    ": outcomes[0].titles.en: " },
  { "clinics.json", "{}", ": is no policy that this program knows" },
};

static void
assert_refused (const char *file, const char *text, const char *told)
{
  g_autoptr (ZqTestDir) good = zq_test_temp_dir ();
  g_autoptr (ZqTestDir) bad = zq_test_temp_dir ();
  const char *const dirs[] = { good, "/nonexistent", bad, NULL };
  g_autofree char *path = zq_test_dir_path (bad, file);
  g_autofree char *start = g_strconcat (path, told, NULL);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) policy = NULL;

  zq_test_write (good, "clinic.json", "{\"format\":1,\"version\":\"good\",\"answer-promise\":{\"default\":9}}");
  zq_test_write (bad, file, text);
  policy = zq_policy_load (dirs, NULL, &problems);

  g_assert_cmpuint (problems->len, ==, 1);
  if (!g_str_has_prefix (problems->pdata[0], start))
    g_error ("“%s” should start “%s”", (char *)problems->pdata[0], start);
  g_assert_nonnull (strstr (zq_policy_get_version (policy), "consultation=2026.1 clinic=good"));
  g_assert_cmpint (zq_consultation_due (policy, "advice", 0), ==, 9 * G_USEC_PER_SEC);
  g_assert_true (zq_consultation_allows (policy, "advice", "in-consultation", "reply", "doctor", NULL));
}

static void
test_broken (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (broken_files); i++)
    assert_refused (broken_files[i].file, broken_files[i].text, broken_files[i].told);
}

/* The built-in table with one piece of its text replaced. */
static char *
damaged_table (const char *from, const char *to)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", "consultation.json", NULL);
  g_autofree char *text = NULL;
  const char *at;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  at = strstr (text, from);
  g_assert_nonnull (at);

  return g_strdup_printf ("%.*s%s%s", (int)(at - text), text, to, at + strlen (from));
}

static void
test_broken_table (void)
{
  static const char *const cases[][3] = {
    { "\"claim\": {", "\"grab\": {", ": codes.advice.table.awaiting-acceptance.grab: unknown action" },
    { "\"next\": \"completed\"", "\"next\": \"done\"",
      ": codes.advice.table.in-consultation.close.next: unknown status" },
    { "\"roles\": [\"doctor\"]", "\"roles\": [\"nurse\"]",
      ": codes.advice.table.awaiting-acceptance.claim.roles[0]: unknown role" },
    { "\"roles\": [\"doctor\"], ", "", ": codes.advice.table.awaiting-acceptance.claim.roles: is missing" },
    { "\"final\": false", "\"final\": \"no\"", ": statuses.awaiting-acceptance.final: true or false is wanted" },
    { "\"task\": \"requested\"", "\"task\": \"asked\"", ": statuses.awaiting-acceptance.task: unknown Task.status" },
    { "\"declined\": {", "\"refused\": {", ": statuses.refused: unknown status" },
    { "\"same-as\": \"advice\"", "\"same-as\": \"revisit\"", ": codes.revisit.same-as: a code with a table" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = damaged_table (cases[i][0], cases[i][1]);
      assert_refused ("consultation.json", text, cases[i][2]);
    }
}

#define GOOD_TEXT(version) "{\"format\":1,\"version\":\"" version "\",\"answer-promise\":{\"default\":9}}"

static GPtrArray *
make_texts (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)zq_policy_text_free);
}

static void
test_texts (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  const char *const dirs[] = { dir, NULL };
  g_autoptr (GPtrArray) texts = make_texts ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) policy = NULL;

  zq_test_write (dir, "clinic.json", "{\"format\":1,\"version\":\"here\",\"answer-promise\":{\"default\":5}}");
  g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "clinic", GOOD_TEXT ("theirs")));
  policy = zq_policy_load (dirs, texts, &problems);

  g_assert_cmpuint (problems->len, ==, 0);
  g_assert_cmpstr (zq_policy_get_version (policy), ==,
                   "consultation=2026.1 clinic=theirs guard=2026.1 lab=2026.2 conversion=2026.1 critical=2026.1 "
                   "home=2026.1 visit=2026.1");
  g_assert_cmpint (zq_consultation_due (policy, "advice", 0), ==, 9 * G_USEC_PER_SEC);
}

static void
test_broken_texts (void)
{
  static const char *const told[] = { "Library/1: statuses: is missing",
                                      "Library/2: a newer one has the same name",
                                      "Library/3: format: the file is for a newer program",
                                      "Library/4: is no policy that this program knows",
                                      "Library/5: is no policy that this program knows",
                                      "Library/6: content: a JSON file is wanted" };
  g_autoptr (GPtrArray) texts = make_texts ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (ZqPolicy) policy = NULL;

  g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "consultation", GOOD_TEXT ("other")));
  g_ptr_array_add (texts, zq_policy_text_new ("Library/2", "clinic", GOOD_TEXT ("older")));
  /* The last good one of a file, then its newest. */
  g_ptr_array_add (texts, zq_policy_text_new ("Library/3", "clinic", GOOD_TEXT ("good")));
  g_ptr_array_add (texts, zq_policy_text_new ("Library/3", "clinic", "{\"format\":2,\"version\":\"3\"}"));
  g_ptr_array_add (texts, zq_policy_text_new ("Library/4", NULL, "{}"));
  g_ptr_array_add (texts, zq_policy_text_new ("Library/5", "clinics", "{}"));
  g_ptr_array_add (texts, zq_policy_text_new ("Library/6", "consultation", ""));
  policy = zq_policy_load (NULL, texts, &problems);

  g_assert_cmpstr (zq_policy_get_version (policy), ==,
                   "consultation=2026.1 clinic=good guard=2026.1 lab=2026.2 conversion=2026.1 critical=2026.1 "
                   "home=2026.1 visit=2026.1");
  for (guint i = 0; i < problems->len; i++)
    g_test_message ("%s", (char *)problems->pdata[i]);
  /* Library/1 is followed by Library/6 of the same name, which is said as well. */
  g_assert_cmpuint (problems->len, ==, G_N_ELEMENTS (told) + 1);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    {
      gboolean found = FALSE;

      for (guint j = 0; j < problems->len && !found; j++)
        found = g_str_has_prefix (problems->pdata[j], told[i]);
      if (!found)
        g_error ("“%s” is not told", told[i]);
    }
}

static void
test_digest (void)
{
  static const char *const same[] = {
    GOOD_TEXT ("a"), GOOD_TEXT ("b"),
    "{\"format\":1,\"version\":\"c\",\"sources\":[],\"answer-promise\":{\"default\":9}}"
  };
  g_autofree char *digest = NULL;

  for (guint i = 0; i <= G_N_ELEMENTS (same); i++)
    {
      g_autoptr (GPtrArray) texts = make_texts ();
      g_autoptr (ZqPolicy) policy = NULL;
      const char *text =
          i < G_N_ELEMENTS (same) ? same[i] : "{\"format\":1,\"version\":\"a\",\"answer-promise\":{\"default\":8}}";

      g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "clinic", text));
      policy = zq_policy_load (NULL, texts, NULL);
      if (digest == NULL)
        digest = g_strdup (zq_policy_get_digest (policy));
      g_assert_true (g_str_equal (digest, zq_policy_get_digest (policy)) == (i < G_N_ELEMENTS (same)));
    }
}

static void
test_check (void)
{
  g_autofree char *good = zq_policy_check ("clinic", GOOD_TEXT ("1"));
  g_autofree char *wrong = zq_policy_check ("consultation", GOOD_TEXT ("1"));
  g_autofree char *nameless = zq_policy_check (NULL, GOOD_TEXT ("1"));

  g_assert_null (good);
  g_assert_nonnull (wrong);
  g_assert_nonnull (nameless);
}

/* Whoever has asked may go on reading while it is swapped. */
static gpointer
read_for_a_while (gpointer data)
{
  const ZqContext *context = data;

  for (guint i = 0; i < 20000; i++)
    {
      ZqPolicy *policy = zq_context_get_policy (context);
      gint64 due = zq_consultation_due (policy, "advice", 0);

      if (due != 9 * G_USEC_PER_SEC && due != 24 * 60 * ZQ_TEST_MINUTE_US)
        return GINT_TO_POINTER (1);
    }

  return NULL;
}

static void
test_swap (void)
{
  g_autoptr (ZqContext) context = g_new0 (ZqContext, 1);
  g_autoptr (GPtrArray) texts = make_texts ();
  GThread *reader;

  g_ptr_array_add (texts, zq_policy_text_new ("Library/1", "clinic", GOOD_TEXT ("1")));
  zq_context_take_policy (context, zq_policy_new_builtin ());
  reader = g_thread_new ("reader", read_for_a_while, context);
  for (guint i = 0; i < 20; i++)
    zq_context_take_policy (context, i % 2 == 0 ? zq_policy_load (NULL, texts, NULL) : zq_policy_new_builtin ());
  g_assert_null (g_thread_join (reader));
}

static void
test_schemas_are_json (void)
{
  static const char *const names[] = { "consultation", "clinic",   "guard", "lab",
                                       "conversion",   "critical", "home",  "visit" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (names[i], ".schema.json", NULL);
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "policy", name, NULL);
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      node = zq_json_read (text, -1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (zq_json_get_string (node, "properties.format.const"), ==, "1");
    }
}

static void
test_context (void)
{
  ZqContext *context = g_new0 (ZqContext, 1);

  context->me = g_strdup ("d1");
  context->policy = zq_policy_new_builtin ();
  context->clock = zq_test_clock ();
  context->zone = g_time_zone_new_utc ();
  context->departments = g_strsplit ("a b", " ", -1);
  zq_context_free (context);
  zq_context_free (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/consultation/advice-table-is-whole", "advice", test_table);
  g_test_add_data_func ("/consultation/revisit-table-is-whole", "revisit", test_table);
  g_test_add_func ("/consultation/what-is-not-named-is-forbidden", test_unknown_is_forbidden);
  g_test_add_func ("/consultation/statuses-have-task-status-and-end", test_statuses);
  g_test_add_func ("/consultation/due-by-the-hospitals-promise", test_due);
  g_test_add_func ("/policy/builtin-is-valid", test_builtin);
  g_test_add_func ("/policy/broken-file-is-refused-and-the-last-good-one-stays", test_broken);
  g_test_add_func ("/policy/broken-table-is-told-by-its-path", test_broken_table);
  g_test_add_func ("/policy/hospitals-text-comes-over-this-computers-file", test_texts);
  g_test_add_func ("/policy/broken-text-is-refused-and-the-last-good-one-stays", test_broken_texts);
  g_test_add_func ("/policy/digest-is-of-what-is-to-be-done", test_digest);
  g_test_add_func ("/policy/check-says-what-loading-would", test_check);
  g_test_add_func ("/policy/swapped-whole-under-readers", test_swap);
  g_test_add_func ("/policy/schemas-are-json", test_schemas_are_json);
  g_test_add_func ("/context/frees-what-it-has", test_context);

  return g_test_run ();
}
