/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"

/* --- what should stand there -------------------------------------------------------------------- */

/* From the texts of the Tasks and the messages, all of it made anew. A closing that waits behind a reply that is held
 * (2) or was refused (3) has not happened, and such a reply has answered nobody. */
#define STOPPED(target)                                                                                                \
  "EXISTS (SELECT 1 FROM intent i JOIN intent s ON s.chain = i.chain AND s.seq <= i.seq AND s.state >= 2"              \
  " WHERE i.target = " target ")"

#define STOPPED_CLOSING                                                                                                \
  "EXISTS (SELECT 1 FROM intent i JOIN intent s ON s.chain = i.chain AND s.seq < i.seq AND s.state >= 2"               \
  " WHERE i.target = c.id AND i.action = 'close')"

#define FINAL "('completed', 'declined', 'expired-refunded', 'sent-offline', 'transferred')"

#define TRUTH                                                                                                          \
  "WITH text AS (SELECT c.id, c.thread, c.authored, c.n_results AS came, zq_text (coalesce (t.local_json, "            \
  "t.server_json)) AS "                                                                                                \
  "now,"                                                                                                               \
  "   iif (" STOPPED_CLOSING ", zq_text (t.server_json), zq_text (coalesce (t.local_json, t.server_json))) AS stands"  \
  "   FROM consult c JOIN resource_text t ON t.id = c.id),"                                                            \
  " task AS (SELECT id, thread, authored, came, now ->> '$.owner.reference' = 'Practitioner/me' AS mine,"              \
  "   now ->> '$.owner.reference' = 'Organization/endo' AS pool, now ->> '$.priority' = 'urgent' AS urgent,"           \
  "   coalesce (stands ->> '$.businessStatus.coding[0].code', iif (stands ->> '$.owner.reference' = "                  \
  "'Organization/endo',"                                                                                               \
  "     'awaiting-acceptance', 'in-consultation')) AS status FROM text),"                                              \
  " said AS (SELECT task.*, status IN " FINAL " AS final,"                                                             \
  "   coalesce ((SELECT max (sent) FROM message m WHERE m.thread = task.thread AND side = 2 AND NOT correction"        \
  "     AND NOT withdrawn AND NOT (m.pending AND " STOPPED (                                                           \
      "m.id") ")), 0) AS staff,"                                                                                       \
              "   coalesce ((SELECT max (sent) FROM message m WHERE m.thread = task.thread AND from_me AND NOT note"   \
              "     AND NOT withdrawn), 0) AS me,"                                                                     \
              "   came + coalesce ((SELECT sum (n_results) FROM message m WHERE m.thread = task.thread AND NOT "       \
              "withdrawn"                                                                                              \
              "     AND NOT note), 0) AS results FROM task),"                                                          \
              " here AS (SELECT said.*, coalesce ((SELECT m.id FROM thread_here h JOIN message m ON m.id = h.reply"    \
              "     WHERE h.thread = said.thread AND m.sent = said.staff), 0) AS reply FROM said),"                    \
              " turned AS (SELECT here.*, staff = 0 OR EXISTS (SELECT 1 FROM message m WHERE m.thread = here.thread "  \
              "AND side = 1"                                                                                           \
              "     AND NOT withdrawn AND iif (reply > 0, m.id > reply AND sent > staff - 86400000000, sent > "        \
              "staff)) AS doctors"                                                                                     \
              "   FROM here),"                                                                                         \
              " mark AS (SELECT t.*, coalesce ((SELECT max (up_to) FROM read_mark r WHERE r.thread = t.thread AND "    \
              "r.mine), 0)"                                                                                            \
              "     AS up_to, coalesce ((SELECT marked_unread FROM read_mark r WHERE r.thread = t.thread AND r.mine"   \
              "     ORDER BY up_to DESC LIMIT 1), 0) AS marked, coalesce ((SELECT seen FROM thread_here h WHERE "      \
              "h.thread ="                                                                                             \
              "     t.thread AND EXISTS (SELECT 1 FROM read_mark r WHERE r.thread = t.thread AND r.mine)), 0) AS top"  \
              "   FROM turned t),"                                                                                     \
              " counted AS (SELECT mark.*, (SELECT count (*) FROM message m WHERE m.thread = mark.thread AND side > 0" \
              "     AND NOT from_me AND NOT withdrawn AND (sent / 1000 > iif (up_to = 0, me, up_to) / 1000"            \
              "       OR (top > 0 AND m.id > top AND side = 1 AND sent > iif (up_to = 0, me, up_to) - 86400000000))) " \
              "AS n"                                                                                                   \
              "   FROM mark),"                                                                                         \
              " truth AS (SELECT id, mine, pool, urgent, final, status, results, NOT final AND doctors AS waits,"      \
              "   max (n, marked) AS unread, NOT final AND mine AND (doctors OR (status = 'awaiting-acceptance'"       \
              "     AND NOT me > authored)) AS for_me, me > 0 AS took_part FROM counted)"

/* Each: how many consultations say something else. */
static const struct
{
  const char *what;
  const char *where;
} facts[] = {
  { "owner", "c.mine <> truth.mine OR c.in_pool <> truth.pool" },
  { "priority", "c.urgent <> truth.urgent OR s.calm = truth.urgent" },
  { "status", "c.status <> truth.status OR c.final <> truth.final" },
  { "turn", "(s.turn = 1) <> truth.waits OR (s.turn = 0) <> truth.final" },
  { "unread", "s.unread <> truth.unread" },
  { "due", "(s.due > 0) <> (truth.waits AND (truth.mine OR truth.pool)) OR s.overdue <> (s.due > 0 AND s.due <= ?1)" },
  { "results", "s.n_results <> truth.results" },
};

static const char *const views[ZQ_N_VIEWS] = {
  [ZQ_VIEW_WAITING_FOR_ME] = "truth.for_me",
  [ZQ_VIEW_URGENT] = "truth.mine AND NOT truth.final AND truth.urgent",
  [ZQ_VIEW_OVERDUE] = "truth.mine AND s.due > 0 AND s.due <= ?1",
  [ZQ_VIEW_RESULTS] = "truth.for_me AND truth.results > 0",
  [ZQ_VIEW_WAITING_FOR_PATIENT] = "truth.mine AND NOT truth.final AND NOT truth.for_me",
  [ZQ_VIEW_POOL] = "truth.pool AND NOT truth.final AND truth.status = 'awaiting-acceptance'",
  [ZQ_VIEW_CLOSED] = "truth.final AND (truth.mine OR truth.took_part)",
};

#define N_FACTS G_N_ELEMENTS (facts)

/* All of them at once: it is all made anew for that. */
static void
count_all (Fixture *fixture, gint64 counts[N_FACTS + ZQ_N_VIEWS])
{
  g_autoptr (GString) sql = g_string_new (TRUTH " SELECT ?1 > 0");
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = NULL;

  for (gsize i = 0; i < N_FACTS + ZQ_N_VIEWS; i++)
    g_string_append_printf (sql, ", total (%s)", i < N_FACTS ? facts[i].where : views[i - N_FACTS]);
  g_string_append (sql, " FROM truth JOIN consult c USING (id) JOIN consult_summary s USING (id)");
  rows = zq_db_query (fixture_db (fixture), &error, sql->str, "i", zq_clock_now (fixture->clock));
  g_assert_no_error (error);
  g_assert_true (zq_rows_next (rows, &error));
  for (gsize i = 0; i < N_FACTS + ZQ_N_VIEWS; i++)
    counts[i] = zq_rows_int (rows, (int)i + 1);
}

/* What was withdrawn has no words; what is shown has those of its text. */
static void
check_messages (Fixture *fixture)
{
  g_assert_cmpint (
      fixture_number (
          fixture,
          "SELECT count (*) FROM message m JOIN resource_text t ON t.id = m.id WHERE ? = 0 AND (m.withdrawn"
          " <> (zq_text (coalesce (t.local_json, t.server_json)) ->> '$.status' = 'entered-in-error') OR m.text IS NOT"
          " iif (m.withdrawn, NULL, zq_text (coalesce (t.local_json, t.server_json))"
          " ->> '$.payload[0].contentString'))",
          0),
      ==, 0);
}

void
fixture_check_texts (Fixture *fixture)
{
  gint64 counts[N_FACTS + ZQ_N_VIEWS];

  count_all (fixture, counts);
  for (gsize i = 0; i < N_FACTS; i++)
    if (counts[i] != 0)
      g_error ("%s: %" G_GINT64_FORMAT " differ", facts[i].what, counts[i]);
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    g_assert_cmpint (counts[N_FACTS + view], ==, fixture_count (fixture, view));
  check_messages (fixture);
}

/* --- counters and lists ------------------------------------------------------------------------- */

typedef struct
{
  Fixture *fixture;
  ZqList *list;
  ZqView view;
} Counted;

static gboolean
is_counted (gpointer data)
{
  const Counted *counted = data;

  return zq_list_is_complete (counted->list) &&
         g_list_model_get_n_items (G_LIST_MODEL (counted->list)) == fixture_count (counted->fixture, counted->view);
}

/* What changes by the time alone may be on its way into a list that has just been made. */
void
fixture_check_counts (Fixture *fixture)
{
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    {
      g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, view);
      Counted counted = { fixture, list, view };
      g_autofree char *sql =
          g_strdup_printf ("SELECT count (*) FROM consult_summary WHERE views & %u AND ? = 0", 1u << view);

      g_assert_true (zq_test_wait_until (is_counted, &counted, 10));
      g_assert_cmpint (fixture_number (fixture, sql, 0), ==, fixture_count (fixture, view));
    }
}
