/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/command.h"
#include "clinic/consult/kinds.h"
#include "clinic/consult/unseen.h"
#include "clinic/fixture.h"
#include "store/draft.h"

/* What a screen reads must not grow with what is held: the work of a store of 1,000 is that of one of
 * 100,000, to the last step of SQLite's machine. */

#define SMALL  1000
#define MIDDLE 20000
#define HERE   "6f1f2a52-7f6c-4c58-9d0b-0f6a3f5c1a2e"
#define LARGE  100000
#define HEADER (G_GINT64_CONSTANT (1) << 40) /* of the long conversation; ids below are a consultation's */

typedef struct
{
  gint64 from, to;
} Span;

#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2) "

/* What is overdue is so by its due time, as an alarm would have it: one may ring. Consultation i: Task 4 i, header 4 i
 * + 1, a message 4 i + 2, patient 4 i + 3; and one more message in the long conversation of consultation 1. */
static gboolean
fill (ZqTxn *txn, gpointer data, GError **error)
{
  static const char *const statements[] = {
    "INSERT INTO resource (id, type, server_id, version, last_updated, state, kind)"
    " SELECT 4 * i, 'Task', 'k' || i, '1', ?3 + i, 'held', 'consult' FROM n",
    "INSERT INTO resource (id, type, server_id, version, last_updated, state, kind)"
    " SELECT 4 * i + 1, 'Communication', 'h' || i, '1', ?3 + i, 'held', 'thread' FROM n",
    "INSERT INTO resource (id, type, server_id, version, last_updated, state, kind)"
    " SELECT 4 * i + 2, 'Communication', 'm' || i, '1', ?3 + i, 'held', 'message' FROM n",
    "INSERT INTO resource (id, type, server_id, version, last_updated, state, kind)"
    " SELECT 4 * i + 3, 'Patient', 'p' || i, '1', ?3 + i, 'held', 'patient' FROM n",
    "INSERT INTO consult (id, patient, thread, encounter, intake, requester, owner, code, status, task_status,"
    " complaint, department, urgent, mine, in_pool, final, authored, due_server, n_results)"
    " SELECT 4 * i, 4 * i + 3, iif (i = 1, ?4, 4 * i + 1), 0, 0, 4 * i + 3, 0, 'advice', 'in-consultation',"
    " 'in-progress', 'complaint', 'endo', 0, 1, 0, 0, ?3 + i, 0, 0 FROM n",
    "INSERT INTO consult_summary (id, patient, calm, turn, first_unanswered, due, due_key, overdue, authored, last_at,"
    " last_message, unread, n_pictures, n_voices, n_results, views)"
    " SELECT 4 * i, 4 * i + 3, 1, 1, ?3 + i, ?3 - 1000000 + i, ?3 - 1000000 + i, 1, ?3 + i, ?3 + i, 4 * i + 2, 1, 0, "
    "0, 1, 127 FROM n",
    "INSERT INTO patient (id, name, sex, birth, deceased) SELECT 4 * i + 3, 'patient ' || i, 1, '1970-01-01', 0 FROM n",
    "INSERT INTO message (id, thread, sender, side, from_me, pending, sent, order_key, received, withdrawn, correction,"
    " reply_to, text, n_pictures, n_voices, n_files, n_results)"
    " SELECT 4 * i + 2, 4 * i + 1, 4 * i + 3, 1, 0, 0, ?3 + i, 'm' || i, 0, 0, 0, 0, 'question', 0, 0, 0, 0 FROM n",
    "INSERT INTO message (id, thread, sender, side, from_me, pending, sent, order_key, received, withdrawn, correction,"
    " reply_to, text, n_pictures, n_voices, n_files, n_results)"
    " SELECT ?4 + i, ?4, 7, 1 + i % 2, i % 2, 0, ?3 + i, 'l' || i, 0, 0, 0, 0, 'words', 1, 0, 0, 0 FROM n",
    "INSERT INTO message_file (message, n, key, content_type, size) SELECT ?4 + i, 0, 'Binary/' || i, 'image/png', 9"
    " FROM n",
    "INSERT INTO resource (id, type, server_id, version, last_updated, state, kind)"
    " SELECT ?4 + i, 'Communication', 'l' || i, '1', ?3 + i, 'held', 'message' FROM n",
    "INSERT INTO resource_text (id, server_json) SELECT ?4 + i, '{\"meta\":{\"tag\":[{\"system\":"
    "\"https://zhenqiao.org/fhir/department\",\"code\":\"endo\"}]}}' FROM n",
  };
  const Span *span = data;

  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++)
    {
      /* All take the same four values. */
      g_autofree char *sql = g_strconcat (NUMBERS, statements[i], " WHERE ?3 + ?4 > 0", NULL);

      if (!zq_db_exec (zq_txn_db (txn), error, sql, "iiii", span->from, span->to, (gint64)ZQ_TEST_START_US,
                       (gint64)HEADER))
        return FALSE;
    }

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO consult_count (view, n)"
                     " SELECT value, (SELECT count (*) FROM consult_summary) FROM json_each ('[0,1,2,3,4,5,6]')",
                     "");
}

static gboolean
begin (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO resource (id, type, server_id, state, kind) VALUES (?, 'Communication', 'long',"
                     " 'held', 'thread')",
                     "i", (gint64)HEADER) &&
         zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO resource_text (id, server_json) VALUES (?, '{\"meta\":{\"tag\":[{\"system\":"
                     "\"https://zhenqiao.org/fhir/department\",\"code\":\"endo\"}]}}')",
                     "i", (gint64)HEADER) &&
         zq_db_exec (zq_txn_db (txn), error,
                     "INSERT INTO read_mark (id, thread, reader, mine, by_patient, up_to, marked_unread, updated)"
                     " VALUES (1, ?1, 7, 0, 1, ?2, 0, ?2)",
                     "ii", (gint64)HEADER, (gint64)ZQ_TEST_START_US + 20);
}

static void
write_span (Fixture *fixture, gint64 from, gint64 to)
{
  Span span = { from, to };
  g_autoptr (GError) error = NULL;

  zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, fill, &span, &error);
  g_assert_no_error (error);
  zq_test_settle ();
}

/* --- what is measured ------------------------------------------------------------------------- */

static void
load_page (Fixture *fixture, ZqList *list)
{
  g_autoptr (GObject) first = NULL;

  while (!zq_list_is_complete (list))
    g_main_context_iteration (NULL, TRUE);
  first = fixture_item (fixture, list, zq_list_get_key (list, 0));
}

static void
open_inbox (Fixture *fixture)
{
  g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);

  load_page (fixture, list);
}

/* The same list, another view. */
static void
change_view (Fixture *fixture)
{
  g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, ZQ_VIEW_WAITING_FOR_ME);

  for (guint view = 1; view < ZQ_N_VIEWS; view++)
    {
      zq_consult_list_set_view (list, view);
      load_page (fixture, list);
    }
}

static void
open_thread (Fixture *fixture)
{
  g_autoptr (ZqList) list = zq_message_list_new (fixture->store, HEADER);

  load_page (fixture, list);
}

static void
load_consult (Fixture *fixture)
{
  g_autoptr (ZqConsult) consult = zq_consult_load (fixture_db (fixture), fixture->context, 4, NULL);

  g_assert_nonnull (consult);
}

static void
count_views (Fixture *fixture)
{
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    g_assert_cmpuint (fixture_count (fixture, view), >=, SMALL);
}

/* What a key press in the inbox does: the page, its band, its conversation at the first unread one. */
static void
go_to_next (Fixture *fixture)
{
  ZqDb *db = fixture_db (fixture);
  g_autoptr (ZqConsult) consult = zq_consult_load (db, fixture->context, 4, NULL);
  g_autoptr (ZqPatient) patient = zq_patient_load (db, fixture->context, consult->patient_id, NULL);
  g_autoptr (GArray) unseen = zq_unseen_of_patient (db, consult->patient_id, consult->id);
  g_autoptr (GPtrArray) outcomes = zq_consult_list_outcomes (zq_context_get_policy (fixture->context));

  g_assert_nonnull (patient);
  g_assert_null (unseen);
  g_assert_cmpint (zq_message_first_unread (db, consult->thread_id), !=, 0);
  open_thread (fixture);
}

static void
list_pictures (Fixture *fixture)
{
  g_autoptr (GPtrArray) pictures = zq_message_list_pictures (fixture_db (fixture), HEADER, 100);

  g_assert_cmpuint (pictures->len, ==, 100);
}

/* What sync asks of one conversation in every round; on the reader thread, but for every open one. */
static void
find_untagged (Fixture *fixture)
{
  const ZqScope *scope = zq_message_kind.scopes;
  GString *sql = g_string_new ("SELECT EXISTS (SELECT 1 FROM (");
  g_autofree char *text = NULL;

  while (scope->again == NULL)
    scope++;
  g_string_append_printf (sql, "%s AND c.id = 4) WHERE thread = ?)", scope->again);
  g_string_replace (sql, "{departments}", "'[\"endo\"]'", 0);
  text = g_string_free (sql, FALSE);
  g_assert_cmpint (fixture_number (fixture, text, HEADER), ==, 0);
}

/* --- what a command reads ----------------------------------------------------------------------- */

static gboolean
name_here (ZqTxn *txn, gpointer data, GError **error)
{
  return zq_db_exec (zq_txn_db (txn), error, "UPDATE resource SET local_id = '" HERE "' WHERE id = ?", "i", HEADER + 6);
}

/* Nothing of it stays. */
static gboolean
restore (ZqTxn *txn, gpointer data, GError **error)
{
  ZqDbCounts *counts = data;
  ZqDbCounts before;
  g_autofree char *chain = zq_command_mend_chain (4, HEADER + 5);
  ZqIntent intent = { .chain = chain,
                      .args = (char *)"{\"text\":\"words\",\"reason\":\"dose\",\"quote\":\"urn:uuid:" HERE "\","
                                      "\"corrects\":\"Communication/l5\"}" };
  g_autofree char *scope = zq_consult_correction_scope (HEADER + 5);
  g_autoptr (ZqDraft) draft = NULL;

  zq_db_get_counts (zq_txn_db (txn), &before);
  if (!zq_command_restore_draft (txn, &intent, NULL, error))
    return FALSE;
  zq_db_get_counts (zq_txn_db (txn), counts);
  counts->statements -= before.statements;
  counts->rows -= before.rows;
  counts->steps -= before.steps;
  draft = zq_draft_read (zq_txn_db (txn), scope);
  g_assert_cmpstr (draft->body, ==, "words");
  g_assert_cmpstr (draft->reason, ==, "dose");
  g_assert_cmpint (draft->quote, ==, HEADER + 6);
  g_set_error_literal (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE, "taken back");

  return FALSE;
}

static void
measure_restore (Fixture *fixture, ZqDbCounts *counts)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, restore, counts, &error));
      g_assert_error (error, ZQ_CONSULT_ERROR, ZQ_CONSULT_ERROR_GONE);
    }
}

/* The writer's: everything else waits for it. */
static void
test_restore (Fixture *fixture, gconstpointer data)
{
  ZqDbCounts small, large;

  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, begin, NULL, NULL));
  write_span (fixture, 1, SMALL);
  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, name_here, NULL, NULL));
  measure_restore (fixture, &small);
  write_span (fixture, SMALL + 1, MIDDLE);
  measure_restore (fixture, &large);
  g_test_message ("%" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT " steps; then %" G_GUINT64_FORMAT
                  ", %" G_GUINT64_FORMAT,
                  small.rows, small.steps, large.rows, large.steps);
  g_assert_cmpuint (large.rows, ==, small.rows);
  g_assert_cmpuint (large.steps, ==, small.steps);
}

/* --- screens ------------------------------------------------------------------------------------ */

static const struct
{
  const char *name;
  void (*run) (Fixture *fixture);
} screens[] = {
  { "inbox first page", open_inbox }, { "each view in turn", change_view }, { "view counts", count_views },
  { "consult load", load_consult },   { "next item", go_to_next },          { "conversation first page", open_thread },
  { "pictures", list_pictures },      { "untagged", find_untagged },
};

static void
measure (Fixture *fixture, ZqDbCounts *counts)
{
  for (gsize i = 0; i < G_N_ELEMENTS (screens); i++)
    {
      ZqDbCounts before;

      /* Not what is done once. */
      screens[i].run (fixture);
      zq_db_get_counts (fixture_db (fixture), &before);
      screens[i].run (fixture);
      zq_db_get_counts (fixture_db (fixture), &counts[i]);
      counts[i].statements -= before.statements;
      counts[i].rows -= before.rows;
      counts[i].steps -= before.steps;
    }
}

static void
test_work (Fixture *fixture, gconstpointer data)
{
  ZqDbCounts small[G_N_ELEMENTS (screens)];
  ZqDbCounts large[G_N_ELEMENTS (screens)];
  guint n_worse = 0;

  g_assert_true (zq_store_write (fixture->store, ZQ_PRIORITY_DOCTOR, begin, NULL, NULL));
  write_span (fixture, 1, SMALL);
  measure (fixture, small);
  write_span (fixture, SMALL + 1, LARGE);
  measure (fixture, large);

  for (gsize i = 0; i < G_N_ELEMENTS (screens); i++)
    {
      g_test_message ("%s: %" G_GUINT64_FORMAT " statements, %" G_GUINT64_FORMAT " rows, %" G_GUINT64_FORMAT
                      " steps; then %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT,
                      screens[i].name, small[i].statements, small[i].rows, small[i].steps, large[i].statements,
                      large[i].rows, large[i].steps);
      n_worse += small[i].statements != large[i].statements || small[i].rows != large[i].rows ||
                 small[i].steps != large[i].steps;
    }
  g_assert_cmpuint (n_worse, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/scale/screens-cost-the-same-at-a-hundred-times-the-store", Fixture, NULL, fixture_set_up, test_work,
              fixture_tear_down);
  g_test_add ("/scale/words-come-back-the-same-at-twenty-times-the-store", Fixture, NULL, fixture_set_up, test_restore,
              fixture_tear_down);

  return g_test_run ();
}
