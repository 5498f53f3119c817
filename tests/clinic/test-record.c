/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"
#include "clinic/patient/record.h"

static const char *const patient =
    "{'resourceType':'Patient','id':'1','meta':{'versionId':'1'},'name':[{'text':'Wang Fang'}]}";

static void
take_condition (Fixture *fixture, int n, const char *date, const char *status, const char *version)
{
  fixture_take (fixture,
                "{'resourceType':'Condition','id':'c%d','meta':{'versionId':'%s'},'subject':{'reference':'Patient/1'},"
                "'clinicalStatus':{'coding':[{'code':'%s'}]},'code':{'text':'problem %d'},'onsetDateTime':'%s'}",
                n, version, status, n, date);
}

static gboolean
is_complete (gpointer list)
{
  return zq_list_is_complete (list);
}

static gboolean
is_loaded (gpointer item)
{
  gboolean loaded;

  g_object_get (item, "loaded", &loaded, NULL);
  return loaded;
}

static char *
titles (Fixture *fixture, ZqRecordKind kind, const char *words)
{
  g_autoptr (ZqList) list = zq_record_list_new (fixture->store, fixture_row (fixture, "Patient", "1"), kind, words);
  g_autoptr (GString) all = g_string_new (NULL);

  g_assert_true (zq_test_wait_until (is_complete, list, 10));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (ZqRecordItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);
      g_autofree char *title = NULL;
      gboolean first;

      g_assert_true (zq_test_wait_until (is_loaded, item, 10));
      g_object_get (item, "title", &title, "first-of-day", &first, NULL);
      g_string_append_printf (all, "%s%s", first ? "|" : " ", title);
    }

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_titles (Fixture *fixture, ZqRecordKind kind, const char *words, const char *expected)
{
  g_autofree char *shown = titles (fixture, kind, words);

  g_assert_cmpstr (shown, ==, expected);
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  guint counts[ZQ_RECORD_N_KINDS];
  gint64 row;

  fixture_take (fixture, "%s", patient);
  take_condition (fixture, 1, "2024-03", "active", "1");
  take_condition (fixture, 2, "2025-01-02", "active", "1");
  take_condition (fixture, 3, "not a date", "resolved", "1");
  fixture_take (fixture,
                "{'resourceType':'Immunization','id':'i','status':'completed','patient':{'reference':'Patient/1'},"
                "'vaccineCode':{'text':'influenza'},'occurrenceDateTime':'2025-01-02T09:00:00+08:00'}");
  assert_titles (fixture, ZQ_RECORD_ALL, NULL, "|influenza problem 2|problem 1|problem 3");
  assert_titles (fixture, ZQ_RECORD_IMMUNIZATION, NULL, "|influenza");
  assert_titles (fixture, ZQ_RECORD_ALL, "PROBLEM 1", "|problem 1");
  row = fixture_row (fixture, "Patient", "1");
  zq_record_get_counts (fixture_db (fixture), row, counts);
  g_assert_cmpuint (counts[ZQ_RECORD_ALL], ==, 4);
  g_assert_cmpuint (counts[ZQ_RECORD_PROBLEM], ==, 3);
  g_assert_cmpint (zq_record_find (fixture_db (fixture), row, ZQ_RECORD_ALL, G_GINT64_CONSTANT (1720000000000000)), ==,
                   fixture_row (fixture, "Condition", "c1"));
}

/* A problem that another patient turns out to have leaves this one, and is counted there. */
static void
test_moves (Fixture *fixture, gconstpointer data)
{
  guint counts[ZQ_RECORD_N_KINDS];

  fixture_take (fixture, "%s", patient);
  take_condition (fixture, 1, "2024-03", "active", "1");
  fixture_take (fixture, "{'resourceType':'Condition','id':'c1','meta':{'versionId':'2'},'subject':{'reference':"
                         "'Patient/2'},'code':{'text':'problem 1'},'onsetDateTime':'2024-03'}");
  assert_titles (fixture, ZQ_RECORD_ALL, NULL, "");
  zq_record_get_counts (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), counts);
  g_assert_cmpuint (counts[ZQ_RECORD_ALL], ==, 0);
  zq_record_get_counts (fixture_db (fixture), fixture_row (fixture, "Patient", "2"), counts);
  g_assert_cmpuint (counts[ZQ_RECORD_PROBLEM], ==, 1);
}

static void
test_now (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) now = NULL;

  fixture_take (fixture, "%s", patient);
  take_condition (fixture, 1, "2024-03", "active", "1");
  take_condition (fixture, 2, "2023", "resolved", "1");
  now = zq_record_list_now (fixture_db (fixture), fixture_row (fixture, "Patient", "1"), ZQ_RECORD_PROBLEM, 10);
  g_assert_cmpuint (now->len, ==, 1);
  g_assert_cmpstr (((ZqRecordNow *)now->pdata[0])->title, ==, "problem 1");
}

static void
assert_now (Fixture *fixture, const char *resource, ZqRecordKind kind, gboolean holds, ZqRecordState state)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("s%u", ++n);
  const char *type = kind == ZQ_RECORD_PROBLEM ? "Condition" : "MedicationRequest";
  gint64 row;

  fixture_take (fixture, "{'resourceType':'%s','id':'%s','subject':{'reference':'Patient/1'},%s}", type, id, resource);
  row = fixture_row (fixture, type, id);
  g_assert_cmpint (fixture_number (fixture, "SELECT active FROM record_item WHERE id = ?", row), ==, holds);
  g_assert_cmpint (fixture_number (fixture, "SELECT state FROM record_item WHERE id = ?", row), ==, state);
}

/* Nothing that is doubted, proposed, or said not to be, stands among what holds. */
static void
test_doubted (Fixture *fixture, gconstpointer data)
{
#define ACTIVE      "'clinicalStatus':{'coding':[{'code':'active'}]}"
#define KNOWN(code) ACTIVE ",'verificationStatus':{'coding':[{'code':'" code "'}]}"
  fixture_take (fixture, "%s", patient);
  assert_now (fixture, KNOWN ("confirmed"), ZQ_RECORD_PROBLEM, TRUE, ZQ_RECORD_FINAL);
  assert_now (fixture, KNOWN ("provisional"), ZQ_RECORD_PROBLEM, FALSE, ZQ_RECORD_UNFINISHED);
  assert_now (fixture, KNOWN ("differential"), ZQ_RECORD_PROBLEM, FALSE, ZQ_RECORD_UNFINISHED);
  assert_now (fixture, KNOWN ("refuted"), ZQ_RECORD_PROBLEM, FALSE, ZQ_RECORD_CANCELLED);
  assert_now (fixture, KNOWN ("entered-in-error"), ZQ_RECORD_PROBLEM, FALSE, ZQ_RECORD_ERROR);
  assert_now (fixture, "'status':'active','intent':'order'", ZQ_RECORD_MEDICATION, TRUE, ZQ_RECORD_FINAL);
  assert_now (fixture, "'status':'active','intent':'proposal'", ZQ_RECORD_MEDICATION, FALSE, ZQ_RECORD_UNFINISHED);
  assert_now (fixture, "'status':'active','intent':'order','doNotPerform':true", ZQ_RECORD_MEDICATION, FALSE,
              ZQ_RECORD_CANCELLED);
  assert_now (fixture, "'status':'on-hold','intent':'order'", ZQ_RECORD_MEDICATION, FALSE, ZQ_RECORD_UNFINISHED);
}

static gboolean
is_new (Fixture *fixture, const char *id)
{
  g_autoptr (ZqList) list = zq_record_list_new (fixture->store, fixture_row (fixture, "Patient", "1"), 0, NULL);
  guint place;
  gboolean new;

  g_assert_true (zq_test_wait_until (is_complete, list, 10));
  g_assert_true (zq_list_find (list, fixture_row (fixture, "Condition", id), &place));
  {
    g_autoptr (ZqRecordItem) item = g_list_model_get_item (G_LIST_MODEL (list), place);

    g_assert_true (zq_test_wait_until (is_loaded, item, 10));
    g_object_get (item, "is-new", &new, NULL);
  }

  return new;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (zq_record_looked_finish (ZQ_STORE (source), result, &error));
  g_assert_no_error (error);
  ++*(guint *)data;
}

/* What comes or is changed after the doctor looked stands out; the first sight of a record does not. */
static void
test_new (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  fixture_take (fixture, "%s", patient);
  take_condition (fixture, 1, "2024-03", "active", "1");
  take_condition (fixture, 2, "2024-04", "active", "1");
  g_assert_false (is_new (fixture, "c1"));
  zq_record_looked_async (fixture->store, fixture_row (fixture, "Patient", "1"), on_looked, &n);
  g_assert_true (zq_test_wait_count (&n, 1, 10));
  zq_clock_advance (fixture->clock, ZQ_TEST_MINUTE_US);
  take_condition (fixture, 1, "2024-03", "active", "2");
  take_condition (fixture, 3, "2020", "active", "1");
  g_assert_true (is_new (fixture, "c1"));
  g_assert_false (is_new (fixture, "c2"));
  g_assert_true (is_new (fixture, "c3"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/record/newest-first-by-day-and-what-has-no-date-last", test_order);
  ADD ("/record/another-patients-item-leaves-and-is-counted-there", test_moves);
  ADD ("/record/what-holds-now", test_now);
  ADD ("/record/what-came-since-the-doctor-looked-is-new", test_new);
  ADD ("/record/what-is-doubted-does-not-hold", test_doubted);
  return g_test_run ();
}
