/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters and lists after thousands of things that can happen, in any order. */
#include "clinic/fixture.h"

#define ME   "Practitioner/me"
#define POOL "Organization/endo"

#define N_CONSULTS   8
#define N_OPERATIONS 5000
#define CHECK_EVERY  25

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

/* --- what can happen ---------------------------------------------------------------------------- */

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

#define WAIT(result) g_assert_true (zq_test_wait_until (has_result, &(result), 10))

static void
hospital_says (Fixture *fixture, int n, const char *id, const char *version)
{
  static const char *const owners[] = { ME, POOL, "Practitioner/other", ME };
  static const char *const states[] = {
    "awaiting-acceptance", "in-consultation", "awaiting-patient", "ended-questions-left", "completed", "declined", NULL
  };

  fixture_consult (fixture, n, owners[g_test_rand_int_range (0, 4)], states[g_test_rand_int_range (0, 7)], version);
}

static void
withdrawn_by_patient (Fixture *fixture, int n, const char *id)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'9','lastUpdated':'%s'},"
                "'status':'entered-in-error','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],"
                "'partOf':[{'reference':'Communication/t%d'}],'sender':{'reference':'Patient/1'},'sent':'%s'}",
                id, at_minute (70), n, at_minute (g_test_rand_int_range (-500, 60)));
}

static void
colleagues_note (Fixture *fixture, int n, const char *id)
{
  fixture_take (fixture,
                "{'resourceType':'Communication','id':'%s','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'status':'completed','category':[{'coding':[{'system':"
                "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'internal-note'}]}],"
                "'partOf':[{'reference':'Task/%d'}],'sender':{'reference':'%s'},'sent':'%s',"
                "'payload':[{'contentString':'n'}]}",
                id, at_minute (5), n, g_test_rand_bit () ? ME : "Practitioner/other",
                at_minute (g_test_rand_int_range (-500, 60)));
}

static void
send_words (Fixture *fixture, gint64 consult)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqUndo) undo = NULL;
  ZqReply reply = { .text = "r", .outcome = g_test_rand_bit () ? "advised" : NULL };

  zq_consult_send_async (fixture->store, consult, &reply, on_ready, &result);
  WAIT (result);
  zq_test_settle ();
  zq_consult_send_finish (fixture->store, result, &undo, NULL);
  if (undo != NULL && g_test_rand_bit ())
    fixture_undo (fixture, undo, NULL);
}

static void
write_note (Fixture *fixture, gint64 consult)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_consult_note_async (fixture->store, consult, "n", on_ready, &result);
  WAIT (result);
  zq_test_settle ();
}

static void
withdraw_one (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 message = fixture_number (
      fixture, "SELECT coalesce (max (id), 0) FROM message WHERE from_me AND NOT pending AND NOT withdrawn AND ? = 0",
      0);

  zq_message_withdraw_async (fixture->store, message, on_ready, &result);
  WAIT (result);
  zq_test_settle ();
}

/* One action with a handful of them at once. */
static void
act (Fixture *fixture)
{
  ZqAction action = g_test_rand_int_range (0, ZQ_N_ACTIONS);
  gint64 consults[3];
  guint n = g_test_rand_int_range (1, 4);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqUndo) undo = NULL;
  const char *arg = action == ZQ_ACTION_ASSIGN ? "Practitioner/other" : action == ZQ_ACTION_CLOSE ? "advised" : NULL;

  for (guint i = 0; i < n; i++)
    consults[i] = task (fixture, g_test_rand_int_range (1, N_CONSULTS + 1));
  zq_consult_act_async (fixture->store, action, consults, n, arg, on_ready, &result);
  WAIT (result);
  zq_test_settle ();
  undo = zq_consult_act_finish (fixture->store, result, NULL, NULL, NULL, NULL);
  if (undo != NULL && g_test_rand_bit ())
    fixture_undo (fixture, undo, NULL);
}

static void
refuse_one (Fixture *fixture)
{
  gint64 seq = fixture_number (fixture, "SELECT coalesce (min (seq), 0) FROM intent WHERE state = 0 AND ? = 0", 0);

  if (seq != 0)
    fixture_settle (fixture, seq, ZQ_PUSH_REFUSED, NULL);
}

static void
discard_one (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 seq = fixture_number (fixture, "SELECT coalesce (max (seq), 0) FROM intent WHERE ? = 0", 0);

  zq_consult_discard_async (fixture->store, seq, on_ready, &result);
  WAIT (result);
  zq_test_settle ();
}

static void
random_step (Fixture *fixture, int place)
{
  int n = g_test_rand_int_range (1, N_CONSULTS + 1);
  g_autofree char *name = g_strdup_printf ("x%d", place);
  g_autofree char *old = g_strdup_printf ("x%d", place > 0 ? g_test_rand_int_range (0, place) : 0);
  g_autofree char *version = g_strdup_printf ("%d", place + 1);

  switch (g_test_rand_int_range (0, 14))
    {
    case 0:
    case 1:
      hospital_says (fixture, n, name, version);
      break;
    case 2:
    case 3:
      fixture_message (fixture, n, name, "Patient/1", g_test_rand_int_range (-2000, 60), "q");
      break;
    case 4:
      fixture_message (fixture, n, name, g_test_rand_bit () ? ME : "Practitioner/other",
                       g_test_rand_int_range (-2000, 60), "a");
      break;
    case 5:
      send_words (fixture, task (fixture, n));
      break;
    case 6:
      withdrawn_by_patient (fixture, n, old);
      break;
    case 7:
      colleagues_note (fixture, n, name);
      break;
    case 8:
      write_note (fixture, task (fixture, n));
      break;
    case 9:
      withdraw_one (fixture);
      break;
    case 10:
      refuse_one (fixture);
      break;
    case 11:
      discard_one (fixture);
      break;
    case 12:
      zq_clock_advance (fixture->clock, g_test_rand_int_range (1, 300) * ZQ_TEST_MINUTE_US);
      zq_test_settle ();
      break;
    default:
      act (fixture);
    }
}

static void
test_counters (Fixture *fixture, gconstpointer data)
{
  for (int n = 1; n <= N_CONSULTS; n++)
    fixture_consult (fixture, n, n % 2 ? ME : POOL, n % 2 ? "in-consultation" : "awaiting-acceptance", "0");
  for (int i = 0; i < N_OPERATIONS; i++)
    {
      random_step (fixture, i);
      if (i % CHECK_EVERY == 0)
        fixture_check_counts (fixture);
    }
  fixture_check_counts (fixture);
  fixture_reopen (fixture);
  fixture_check_counts (fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/counters/equal-their-lists-after-anything", Fixture, NULL, fixture_set_up, test_counters,
              fixture_tear_down);

  return g_test_run ();
}
