/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/fixture.h"

/* --- counters --------------------------------------------------------------------------------- */

/* Nobody of mine has taken it up yet. */
#define NEW                                                                                                            \
  "(c.status = 'awaiting-acceptance' AND NOT EXISTS (SELECT 1 FROM message m WHERE m.thread = c.thread AND m.from_me"  \
  " AND NOT m.note AND NOT m.withdrawn AND m.sent > c.authored))"

static const char *const by_hand[ZQ_N_VIEWS] = {
  "SELECT count (*) FROM consult c JOIN consult_summary s USING (id) WHERE c.mine AND NOT c.final"
  " AND (s.turn = 1 OR " NEW ") AND ? = 0",
  "SELECT count (*) FROM consult c WHERE c.mine AND NOT c.final AND c.urgent AND ? = 0",
  "SELECT count (*) FROM consult c JOIN consult_summary s USING (id) WHERE c.mine AND s.overdue AND ? = 0",
  "SELECT count (*) FROM consult c JOIN consult_summary s USING (id) WHERE c.mine AND NOT c.final"
  " AND (s.turn = 1 OR " NEW ") AND (c.n_results > 0 OR EXISTS (SELECT 1 FROM message m WHERE m.thread = c.thread"
  " AND m.n_results > 0 AND NOT m.withdrawn)) AND ? = 0",
  "SELECT count (*) FROM consult c JOIN consult_summary s USING (id) WHERE c.mine AND NOT c.final"
  " AND s.turn = 2 AND NOT " NEW " AND ? = 0",
  "SELECT count (*) FROM consult c WHERE c.in_pool AND NOT c.final AND c.status = 'awaiting-acceptance' AND ? = 0",
  "SELECT count (*) FROM consult c WHERE c.final AND (c.mine OR EXISTS (SELECT 1 FROM message m"
  " WHERE m.thread = c.thread AND m.from_me AND NOT m.note AND NOT m.withdrawn AND c.thread > 0)) AND ? = 0",
};

/* Whose turn it is, from the messages alone: somebody waits when the newest word of patient and
 * hospital is the patient's, or when the hospital has not said one. */
static const char *const wrong_turns =
    "WITH last AS (SELECT c.id, c.final, coalesce ((SELECT max (sent) FROM message m WHERE m.thread = c.thread"
    "   AND m.side = 2 AND NOT m.correction AND NOT m.withdrawn), 0) AS staff,"
    "   coalesce ((SELECT max (sent) FROM message m WHERE m.thread = c.thread"
    "   AND m.side = 1 AND NOT m.withdrawn), 0) AS patient FROM consult c"
    "   WHERE c.thread NOT IN (SELECT thread FROM thread_here WHERE reply > 0))"
    " SELECT count (*) FROM last JOIN consult_summary s USING (id) WHERE NOT final AND ? = 0"
    " AND (s.turn = 1) <> (last.staff = 0 OR last.patient > last.staff)";

void
fixture_check_counts (Fixture *fixture)
{
  g_assert_cmpint (fixture_number (fixture, wrong_turns, 0), ==, 0);
  for (guint view = 0; view < ZQ_N_VIEWS; view++)
    {
      g_autoptr (ZqList) list = zq_consult_list_new (fixture->store, view);
      guint listed;

      while (!zq_list_is_complete (list))
        g_main_context_iteration (NULL, TRUE);
      listed = g_list_model_get_n_items (G_LIST_MODEL (list));
      g_assert_cmpint (fixture_number (fixture, by_hand[view], 0), ==, fixture_count (fixture, view));
      g_assert_cmpuint (listed, ==, fixture_count (fixture, view));
    }
}
