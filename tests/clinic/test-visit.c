/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/id.h"
#include "clinic/fixture.h"
#include "clinic/note/note.h"
#include "clinic/visit/visit.h"
#include "resource/json.h"
#include "store/draft.h"

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
take_visit (Fixture *fixture, const char *id, const char *version, const char *status, int start, const char *rest)
{
  fixture_take (fixture,
                "{'resourceType':'Appointment','id':'%s','meta':{'versionId':'%s'},'status':'%s','start':'%s',"
                "'end':'%s','description':'sugar','participant':[{'actor':{'reference':'Patient/1'},'status':"
                "'accepted'},{'actor':{'reference':'Practitioner/me'},'status':'accepted'}]%s}",
                id, version, status, at_minute (start), at_minute (start + 15), rest);
}

static void
take_task (Fixture *fixture)
{
  fixture_take (fixture,
                "{'resourceType':'Task','id':'vt','meta':{'versionId':'1'},'status':'requested','intent':'order',"
                "'code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code','code':'visit'}]},"
                "'owner':{'reference':'Practitioner/me'},'for':{'reference':'Patient/1'},"
                "'focus':{'reference':'Appointment/a'}}");
}

static ZqVisit *
load (Fixture *fixture, gint64 key)
{
  return zq_visit_load (fixture_db (fixture), fixture->context, key);
}

static gboolean
act (Fixture *fixture, const ZqVisitChange *change, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  zq_visit_act_async (fixture->store, change, on_ready, &result);
  WAIT (result);

  return zq_visit_act_finish (fixture->store, result, error);
}

static gint64
make (Fixture *fixture, gint64 consult, const char *message)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 made;

  zq_visit_make_async (fixture->store, consult, ZQ_TEST_START_US + ZQ_TEST_HOUR_US, 15, "check-up", message, on_ready,
                       &result);
  WAIT (result);
  made = zq_visit_make_finish (fixture->store, result, &error);
  g_assert_no_error (error);

  return made;
}

/* The newest intent of @target with @action. */
static gint64
seq_of (Fixture *fixture, gint64 target, const char *action)
{
  g_autofree char *sql = g_strdup_printf ("SELECT seq FROM intent WHERE target = ? AND action = '%s'", action);

  return fixture_number (fixture, sql, target);
}

static char *
sent_text (Fixture *fixture, gint64 row, const char *path)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT coalesce (local_json, zq_text (server_json)) ->> '%s' FROM resource_text WHERE id = ?", path);

  return fixture_text (fixture, sql, row);
}

static void
assert_text (Fixture *fixture, gint64 row, const char *path, const char *wanted)
{
  g_autofree char *found = sent_text (fixture, row, path);

  g_assert_cmpstr (found, ==, wanted);
}

/* --- tests -------------------------------------------------------------------------------------- */

static void
test_list_by_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GError) error = NULL;
  ZqVisitCounts counts;
  const ZqVisit *first;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_visit (fixture, "b", "1", "booked", 90, "");
  take_visit (fixture, "a", "1", "arrived", 30,
              ",'extension':[{'url':'https://zhenqiao.org/fhir/StructureDefinition/arrived-at','valueInstant':"
              "'2026-11-22T01:58:00Z'}]");
  take_visit (fixture, "c", "1", "cancelled", 10, ",'cancelationReason':{'text':'ill'}");
  fixture_take (fixture, "{'resourceType':'Appointment','id':'other','meta':{'versionId':'1'},'status':'booked',"
                         "'start':'2026-11-22T02:20:00Z','participant':[{'actor':{'reference':'Practitioner/you'}}]}");
  all = zq_visit_list (fixture_db (fixture), fixture->context, ZQ_TEST_START_US, ZQ_TEST_START_US + 3 * ZQ_TEST_HOUR_US,
                       10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (all->len, ==, 3);
  first = g_ptr_array_index (all, 0);
  g_assert_cmpint (first->state, ==, ZQ_VISIT_CANCELLED);
  g_assert_cmpstr (first->cancelled, ==, "ill");
  first = g_ptr_array_index (all, 1);
  g_assert_cmpint (first->state, ==, ZQ_VISIT_ARRIVED);
  g_assert_cmpint (first->arrived_at, ==, ZQ_TEST_START_US - 2 * ZQ_TEST_MINUTE_US);
  g_assert_cmpint (first->consult, ==, fixture_row (fixture, "Task", "1"));
  zq_visit_count (fixture_db (fixture), fixture->context, ZQ_TEST_START_US, &counts);
  g_assert_cmpuint (counts.arrived, ==, 1);
  g_assert_cmpuint (counts.today, ==, 2);
}

static void
test_made_from_a_thread (Fixture *fixture, gconstpointer data)
{
  gint64 made, consult;
  g_autoptr (ZqVisit) visit = NULL;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  consult = fixture_row (fixture, "Task", "1");
  made = make (fixture, consult, "see you at eleven");
  visit = load (fixture, made);
  g_assert_nonnull (visit);
  g_assert_cmpint (visit->state, ==, ZQ_VISIT_BOOKED);
  g_assert_null (visit->server_id);
  g_assert_true (visit->is_mine && visit->is_waiting);
  g_assert_cmpint (visit->consult, ==, consult);
  assert_text (fixture, made, "$.supportingInformation[0].reference", "Communication/t1");
  assert_text (fixture, made, "$.minutesDuration", "15");
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM message WHERE pending AND ? = 0", 0), ==, 1);
  /* Nobody can be let in before the hospital has it. */
  {
    g_autoptr (GError) error = NULL;
    const ZqVisitChange begin = { .act = ZQ_VISIT_ACT_BEGIN, .visit = made };

    g_assert_false (act (fixture, &begin, &error));
    g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_NOT_ALLOWED);
  }
}

static void
test_begun_and_finished (Fixture *fixture, gconstpointer data)
{
  static const char *const relations[] = { "patient", "child", NULL };
  static const char *const who[] = { "", "the son", NULL };
  const ZqVisitIdentity identity = { "document", FALSE, relations, who };
  g_autoptr (GError) error = NULL;
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_BEGIN, .words = "Video visit", .identity = &identity };
  g_autoptr (ZqVisit) visit = NULL, after = NULL;
  g_autofree char *key = NULL;
  gint64 encounter;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_visit (fixture, "a", "1", "booked", 5, "");
  take_task (fixture);
  change.visit = fixture_row (fixture, "Appointment", "a");
  g_assert_false (zq_visit_is_identified (fixture_db (fixture), change.visit));
  g_assert_true (act (fixture, &change, &error));
  g_assert_no_error (error);
  visit = load (fixture, change.visit);
  g_assert_cmpint (visit->state, ==, ZQ_VISIT_IN_PROGRESS);
  g_assert_cmpint (visit->encounter, !=, 0);
  g_assert_true (zq_visit_is_identified (fixture_db (fixture), change.visit));
  encounter = visit->encounter;
  key = zq_id_from_name ("visit.Appointment.a");
  assert_text (fixture, encounter, "$.identifier[0].value", key);
  assert_text (fixture, encounter, "$.extension[1].extension[0].valueString", "the son");
  assert_text (fixture, encounter, "$.type[0].coding[0].code", "video");
  assert_text (fixture, visit->task, "$.status", "in-progress");
  /* After a restart, or at another workstation, it is the same one. */
  change.identity = NULL;
  g_assert_true (act (fixture, &change, &error));
  g_assert_cmpint (
      fixture_number (fixture, "SELECT count (*) FROM visit_encounter WHERE appointment = ?", change.visit), ==, 1);
  fixture_deliver (fixture, seq_of (fixture, encounter, "begin"), "e");

  change.act = ZQ_VISIT_ACT_FINISH;
  g_assert_true (act (fixture, &change, &error));
  g_assert_no_error (error);
  after = load (fixture, change.visit);
  g_assert_cmpint (after->state, ==, ZQ_VISIT_FULFILLED);
  assert_text (fixture, encounter, "$.status", "finished");
  assert_text (fixture, after->task, "$.status", "completed");
  g_assert_false (act (fixture, &change, &error));
}

static ZqVerdict
prepare (Fixture *fixture, gint64 target, const char *action)
{
  g_autoptr (ZqPush) push = fixture_prepare (fixture, seq_of (fixture, target, action));

  return push->verdict;
}

static void
test_cancelled_meanwhile (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_MOVE, .start = ZQ_TEST_START_US + 2 * ZQ_TEST_HOUR_US, .minutes = 20 };

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_visit (fixture, "a", "1", "booked", 30, "");
  change.visit = fixture_row (fixture, "Appointment", "a");
  g_assert_true (act (fixture, &change, &error));
  assert_text (fixture, change.visit, "$.start", "2026-11-22T04:00:00.000Z");
  take_visit (fixture, "a", "2", "cancelled", 30, "");
  g_assert_cmpint (prepare (fixture, change.visit, "move"), ==, ZQ_VERDICT_REFUSED);
}

static void
test_note_is_kept_and_signed (Fixture *fixture, gconstpointer data)
{
  static const char *const titles[] = { "A", "B", "C", "D", "E", "F", NULL };
  g_autoptr (ZqNoteText) text = zq_note_text_new (), back = NULL;
  g_autoptr (GAsyncResult) result = NULL, second = NULL;
  g_autoptr (GPtrArray) notes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *scope = NULL, *body = NULL, *packed = NULL, *left = NULL;
  const ZqVisitIdentity identity = { .how = "known" };
  ZqVisitChange change = { .act = ZQ_VISIT_ACT_BEGIN, .identity = &identity };
  g_autoptr (ZqVisit) visit = NULL;
  const ZqNote *note;

  fixture_consult (fixture, 1, "Practitioner/me", "in-consultation", "1");
  take_visit (fixture, "a", "1", "booked", 5, "");
  change.visit = fixture_row (fixture, "Appointment", "a");
  g_assert_true (act (fixture, &change, &error));
  visit = load (fixture, change.visit);
  scope = zq_note_scope (visit->encounter);
  zq_note_text_set (text, ZQ_NOTE_COMPLAINT, "thirst & <tired>\nfor a week");
  zq_note_text_set (text, ZQ_NOTE_PLAN, "more water");
  packed = zq_note_text_pack (text);
  fixture_draft (fixture, scope, packed);
  fixture_reopen (fixture);
  body = zq_draft_load (fixture_db (fixture), scope);
  back = zq_note_text_unpack (body);
  g_assert_cmpstr (back->sections[ZQ_NOTE_COMPLAINT], ==, "thirst & <tired>\nfor a week");

  zq_note_sign_async (fixture->store, visit->encounter, back, "Record", titles, on_ready, &result);
  WAIT (result);
  g_assert_true (zq_note_finish (fixture->store, result, &error));
  g_assert_no_error (error);
  left = zq_draft_load (fixture_db (fixture), scope);
  g_assert_null (left);
  notes = zq_note_list (fixture_db (fixture), visit->encounter);
  g_assert_cmpuint (notes->len, ==, 1);
  note = g_ptr_array_index (notes, 0);
  g_assert_cmpstr (note->status, ==, "final");
  g_assert_cmpstr (note->text->sections[ZQ_NOTE_COMPLAINT], ==, "thirst & <tired>\nfor a week");
  g_assert_cmpstr (note->text->sections[ZQ_NOTE_PLAN], ==, "more water");
  g_assert_true (note->is_waiting);
  assert_text (fixture, note->key, "$.attester[0].mode", "professional");
  g_assert_cmpint (fixture_number (fixture, "SELECT count (*) FROM record_item WHERE id = ?", note->key), ==, 1);

  zq_note_append_async (fixture->store, note->key, "and salt", "Addition", on_ready, &second);
  WAIT (second);
  g_assert_true (zq_note_finish (fixture->store, second, &error));
  g_clear_pointer (&notes, g_ptr_array_unref);
  notes = zq_note_list (fixture_db (fixture), visit->encounter);
  g_assert_cmpuint (notes->len, ==, 2);
  note = g_ptr_array_index (notes, 1);
  g_assert_cmpint (note->appends, ==, ((ZqNote *)g_ptr_array_index (notes, 0))->key);
  g_assert_cmpstr (note->text->sections[ZQ_NOTE_PLAN], ==, "and salt");
}

static void
test_nothing_written_is_not_signed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ZqNoteText) text = zq_note_text_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  zq_note_text_set (text, ZQ_NOTE_PLAN, " \n ");
  zq_note_sign_async (fixture->store, 1, text, "Record", NULL, on_ready, &result);
  WAIT (result);
  g_assert_false (zq_note_finish (fixture->store, result, &error));
  g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_EMPTY);
}

/* --- at scale ------------------------------------------------------------------------------------ */

#define DAY_OF_VISITS 40

/* Years of visits that are over, forty today, three that nobody has ended. */
static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  const gint64 *n = data;

  return zq_db_exec (
      zq_txn_db (txn), error,
      "WITH RECURSIVE i (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM i WHERE i < ?2)"
      " INSERT OR REPLACE INTO visit (id, patient, thread, status, reason, cancelled, start, end, arrived_at, mine)"
      " SELECT 100000 + i, 1, 0, iif (i < 40 OR i % 9000 = 0, 'booked', 'fulfilled'), 'sugar', NULL,"
      "  iif (i < 40, ?3 + i * 900000000, ?3 - (i + 100) * 900000000),"
      "  iif (i < 40, ?3 + (i + 1) * 900000000, ?3 - (i + 99) * 900000000), 0, 1 FROM i",
      "iii", n[0], n[1], (gint64)ZQ_TEST_START_US);
}

static void
look (Fixture *fixture, ZqDbCounts *work)
{
  ZqDb *db = fixture_db (fixture);
  gint64 now = ZQ_TEST_START_US;
  g_autoptr (GPtrArray) today = NULL, left = NULL;
  ZqVisitCounts counts;
  ZqDbCounts before;

  zq_db_get_counts (db, &before);
  today = zq_visit_list (db, fixture->context, now, now + 30 * 24 * ZQ_TEST_HOUR_US, 400, NULL);
  left = zq_visit_list_left_open (db, fixture->context, now, 400, NULL);
  zq_visit_count (db, fixture->context, now, &counts);
  zq_db_get_counts (db, work);
  work->rows -= before.rows;
  work->statements -= before.statements;
  work->steps -= before.steps;
  g_assert_cmpuint (today->len, ==, DAY_OF_VISITS);
  g_assert_cmpuint (left->len, <=, 3);
  g_assert_cmpuint (counts.today, >, 0);
}

/* What the schedule reads does not grow with the years. */
static void
test_scale (Fixture *fixture, gconstpointer data)
{
  gint64 small[] = { 0, 200 }, large[] = { 201, 20000 };
  g_autoptr (GError) error = NULL;
  ZqDbCounts few, many;

  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, small, &error));
  look (fixture, &few);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_BULK, fill, large, &error));
  look (fixture, &many);
  g_assert_cmpuint (many.statements, ==, few.statements);
  g_assert_cmpuint (many.rows, <=, few.rows + 2 * 3);
  /* Two more that nobody has ended, each some hundred steps. */
  g_assert_cmpuint (many.steps, <=, few.steps * 3 / 2);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/visit/listed-by-time", test_list_by_time);
  ADD ("/visit/scale", test_scale);
  ADD ("/visit/made-from-a-thread", test_made_from_a_thread);
  ADD ("/visit/begun-and-finished", test_begun_and_finished);
  ADD ("/visit/cancelled-meanwhile-is-refused", test_cancelled_meanwhile);
  ADD ("/note/kept-and-signed", test_note_is_kept_and_signed);
  ADD ("/note/nothing-written-is-not-signed", test_nothing_written_is_not_signed);

  return g_test_run ();
}
