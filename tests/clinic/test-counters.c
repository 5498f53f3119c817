/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counters and lists after thousands of things that can happen, in any order. */
#include "clinic/fixture.h"

#define ME   "Practitioner/me"
#define POOL "Organization/endo"

#define N_CONSULTS   8
#define N_OPERATIONS 5000
#define CHECK_EVERY  10

static gint64
task (Fixture *fixture, int n)
{
  g_autofree char *id = g_strdup_printf ("%d", n);

  return fixture_row (fixture, "Task", id);
}

/* --- what can happen ---------------------------------------------------------------------------- */

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

/* What may be taken back later: that it still can be is no matter here. */
typedef struct
{
  Fixture *fixture;
  GPtrArray *undos;
  int place;
} Run;

static void
keep (Run *run, ZqUndo *undo)
{
  if (undo == NULL)
    return;
  if (g_test_rand_bit ())
    g_ptr_array_add (run->undos, undo);
  else
    {
      fixture_undo (run->fixture, undo, NULL);
      zq_undo_free (undo);
    }
}

static void
undo_some (Run *run)
{
  g_autoptr (ZqUndo) undo = NULL;

  if (run->undos->len == 0)
    return;
  undo = g_ptr_array_steal_index (run->undos, (guint)g_test_rand_int_range (0, (int)run->undos->len));
  fixture_undo (run->fixture, undo, NULL);
}

static gint64
random_row (Fixture *fixture, const char *sql)
{
  g_autofree char *whole = g_strconcat ("SELECT coalesce ((", sql, " LIMIT 1 OFFSET ? % 7), 0)", NULL);

  return fixture_number (fixture, whole, g_test_rand_int_range (0, 7));
}

static void
send_words (Run *run, gint64 consult)
{
  ZqUndo *undo = NULL;
  ZqReply reply = { .text = "r",
                    .seen_message = g_test_rand_bit () ? -1 : 0,
                    .outcome = g_test_rand_bit () ? "advised" : NULL,
                    .delay_us = g_test_rand_bit () ? 5 * G_USEC_PER_SEC : 0 };
  g_autofree char *scope = zq_consult_draft_scope (consult);
  g_autofree char *file = g_strdup_printf ("f%d", run->place);

  if (g_test_rand_int_range (0, 4) == 0)
    fixture_draft_file (run->fixture, scope, file);
  if (g_test_rand_int_range (0, 4) == 0)
    {
      reply.corrects = random_row (
          run->fixture, "SELECT id FROM message WHERE from_me AND NOT pending AND NOT withdrawn ORDER BY id DESC");
      reply.reason = "wrong";
    }
  fixture_reply (run->fixture, consult, &reply, &undo, NULL);
  keep (run, undo);
}

static void
withdraw_one (Fixture *fixture)
{
  fixture_withdraw (fixture,
                    random_row (fixture, "SELECT id FROM message WHERE from_me AND NOT pending AND NOT withdrawn"
                                         " ORDER BY id DESC"),
                    NULL);
}

/* One action with a handful of them at once. */
static void
act (Run *run)
{
  Fixture *fixture = run->fixture;
  ZqAction action = g_test_rand_int_range (0, ZQ_N_ACTIONS);
  gint64 consults[3];
  guint n = (guint)g_test_rand_int_range (1, 4);
  const char *arg = action == ZQ_ACTION_ASSIGN ? "Practitioner/other" : action == ZQ_ACTION_CLOSE ? "advised" : NULL;

  for (guint i = 0; i < n; i++)
    consults[i] = task (fixture, g_test_rand_int_range (1, N_CONSULTS + 1));
  keep (run, fixture_act_all (fixture, action, consults, n, arg, NULL, NULL));
}

#define HEADS "SELECT seq FROM intent i WHERE seq = (SELECT min (seq) FROM intent h WHERE h.chain = i.chain)"

/* What stands first in its chain goes out, and the hospital says something to it. */
static void
push_one (Run *run)
{
  gint64 seq = random_row (run->fixture, HEADS " AND state < 2 ORDER BY seq");
  g_autofree char *id = g_strdup_printf ("p%d", run->place);

  if (seq == 0)
    return;
  switch (g_test_rand_int_range (0, 5))
    {
    case 0:
      fixture_settle (run->fixture, seq, ZQ_PUSH_REFUSED, NULL);
      break;
    case 1:
      fixture_settle (run->fixture, seq, ZQ_PUSH_HELD, NULL);
      break;
    default:
      fixture_deliver (run->fixture, seq, id);
    }
}

static void
decide_one (Fixture *fixture)
{
  gint64 stopped = random_row (fixture, "SELECT seq FROM intent WHERE state >= 2 ORDER BY seq");
  gint64 any = random_row (fixture, "SELECT seq FROM intent ORDER BY seq");

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      fixture_resend (fixture, stopped, NULL);
      break;
    case 1:
      fixture_take_back (fixture, any, NULL);
      break;
    default:
      fixture_discard (fixture, any, NULL);
    }
}

/* My mark of another workstation, or the patient's. */
static void
mark_elsewhere (Fixture *fixture, int n, int place)
{
  const char *reader = g_test_rand_bit () ? ME : "Patient/1";

  fixture_take (fixture,
                "{'resourceType':'Basic','id':'e%d%s','meta':{'versionId':'%d','lastUpdated':'%s'},'code':{'coding':[{"
                "'system':'https://zhenqiao.org/fhir/CodeSystem/read-mark','code':'read-mark'}]},'subject':{'reference'"
                ":'Communication/t%d'},'author':{'reference':'%s'},'extension':[{'url':"
                "'https://zhenqiao.org/fhir/StructureDefinition/read-up-to','valueInstant':'%s'},{'url':"
                "'https://zhenqiao.org/fhir/StructureDefinition/marked-unread','valueBoolean':%s}]}",
                n, *reader == 'P' && reader[1] == 'r' ? "m" : "p", place + 1, at_minute (place), n, reader,
                at_minute (g_test_rand_int_range (-1000, 60)), g_test_rand_bit () ? "true" : "false");
}

static void
patient_writes (Fixture *fixture, int n, const char *name)
{
  fixture_message (fixture, n, name, "Patient/1", g_test_rand_int_range (-2000, 60), "q");
}

static void
random_step (Run *run)
{
  Fixture *fixture = run->fixture;
  int n = g_test_rand_int_range (1, N_CONSULTS + 1);
  g_autofree char *name = g_strdup_printf ("x%d", run->place);
  g_autofree char *old = g_strdup_printf ("x%d", run->place > 0 ? g_test_rand_int_range (0, run->place) : 0);
  g_autofree char *version = g_strdup_printf ("%d", run->place + 1);

  switch (g_test_rand_int_range (0, 18))
    {
    case 0:
    case 1:
      hospital_says (fixture, n, name, version);
      break;
    case 2:
    case 3:
      patient_writes (fixture, n, name);
      break;
    case 4:
      fixture_message (fixture, n, name, g_test_rand_bit () ? ME : "Practitioner/other",
                       g_test_rand_int_range (-2000, 60), "a");
      break;
    case 5:
    case 6:
      send_words (run, task (fixture, n));
      break;
    case 7:
      withdrawn_by_patient (fixture, n, old);
      break;
    case 8:
      colleagues_note (fixture, n, name);
      break;
    case 9:
      fixture_note (fixture, task (fixture, n), "n", NULL);
      break;
    case 10:
      withdraw_one (fixture);
      break;
    case 11:
    case 12:
      push_one (run);
      break;
    case 13:
      decide_one (fixture);
      break;
    case 14:
      undo_some (run);
      break;
    case 15:
      mark_elsewhere (fixture, n, run->place);
      break;
    case 16:
      zq_clock_advance (fixture->clock, g_test_rand_int_range (1, 300) * ZQ_TEST_MINUTE_US);
      zq_test_settle ();
      break;
    default:
      act (run);
    }
}

static gboolean
is_right_in_time (gpointer data)
{
  Fixture *fixture = data;

  return fixture_number (fixture, "SELECT count (*) FROM consult_summary WHERE overdue <> (due > 0 AND due <= ?)",
                         zq_clock_now (fixture->clock)) == 0;
}

/* The alarm has its own transaction. */
static void
check (Fixture *fixture)
{
  g_assert_true (zq_test_wait_until (is_right_in_time, fixture, 10));
  fixture_check_texts (fixture);
  fixture_check_counts (fixture);
}

static void
test_counters (Fixture *fixture, gconstpointer data)
{
  Run run = { fixture, g_ptr_array_new_with_free_func ((GDestroyNotify)zq_undo_free), 0 };

  for (int n = 1; n <= N_CONSULTS; n++)
    fixture_consult (fixture, n, n % 2 ? ME : POOL, n % 2 ? "in-consultation" : "awaiting-acceptance", "0");
  for (; run.place < N_OPERATIONS; run.place++)
    {
      random_step (&run);
      if (run.place % CHECK_EVERY == 0)
        check (fixture);
    }
  check (fixture);
  fixture_reopen (fixture);
  check (fixture);
  g_ptr_array_unref (run.undos);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/counters/equal-their-lists-after-anything", Fixture, NULL, fixture_set_up, test_counters,
              fixture_tear_down);

  return g_test_run ();
}
