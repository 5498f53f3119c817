/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/kind.h"

G_BEGIN_DECLS

/* Where the hospital makes no result-review Tasks (policy file `clinic`, `result-tasks` = `workstation`), this does:
 * for each report that comes while the newest consultation of its patient is mine. Its identifier follows from report
 * and doctor, so that two workstations make one. What has to be looked at is noted by triggers and done by an alarm. */
#define ZQ_REVIEW_GIVE_SCHEMA                                                                                          \
  "CREATE TABLE IF NOT EXISTS review_due (id INTEGER PRIMARY KEY);" /* a report, or a consultation */                  \
  "CREATE TRIGGER IF NOT EXISTS review_due_new AFTER INSERT ON resource"                                               \
  " WHEN new.type = 'DiagnosticReport' AND new.last_updated IS NOT NULL"                                               \
  " BEGIN INSERT OR IGNORE INTO review_due VALUES (new.id); END;"                                                      \
  "CREATE TRIGGER IF NOT EXISTS review_due_newer AFTER UPDATE OF last_updated ON resource"                             \
  " WHEN new.type = 'DiagnosticReport' AND new.last_updated IS NOT old.last_updated"                                   \
  " BEGIN INSERT OR IGNORE INTO review_due VALUES (new.id); END;"                                                      \
  "CREATE TRIGGER IF NOT EXISTS review_due_consult AFTER INSERT ON consult WHEN new.mine"                              \
  " BEGIN INSERT OR IGNORE INTO review_due VALUES (new.id); END;"

gint64 zq_review_give_next (ZqDb *db);
gboolean zq_review_give (ZqTxn *txn, gint64 now_us, GError **error);

/* Of the intent "give". */
gboolean
zq_review_give_apply (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error);
void zq_review_give_freshen (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries);

G_END_DECLS
