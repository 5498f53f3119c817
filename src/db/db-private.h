/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "db/pack.h"

#include <sqlcipher/sqlite3.h>

G_BEGIN_DECLS

/* A prepared statement; one that is not cached belongs to the rows that use it. */
typedef struct
{
  sqlite3_stmt *stmt;
  gboolean cached;
  gboolean in_use;
  gint64 spent; /* µs in its steps, while something is slow */
} ZqDbStatement;

struct _ZqDb
{
  sqlite3 *handle;
  GHashTable *statements; /* SQL text → ZqDbStatement */
  ZqDbCounts counts;
  gint64 slow_limit; /* µs; 0: nothing is measured */
  guint64 n_slow;
  ZqPack *pack; /* of the functions over texts */
};

/* Where an error came up decides what may be told of it: a step can quote values (FTS5 and JSON
 * paths do), opening and preparing cannot. */
typedef enum
{
  ZQ_DB_STAGE_PREPARE,
  ZQ_DB_STAGE_STEP,
} ZqDbStage;

void zq_db_set_error (ZqDb *self, int rc, ZqDbStage stage, GError **error);

G_END_DECLS
