/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/lab/result.h"

G_BEGIN_DECLS

/* Panels of panels, deeper ones and circles are left out. */
#define ZQ_RESULT_MAX_LEVEL 3

/* Of one report or panel: panels that name each other would multiply without end. */
#define ZQ_RESULT_MOST 2000

/* Each comparison reads what was before; nobody reads changes in so long a table. */
#define ZQ_RESULT_MOST_COMPARED 300

/* Of one resource; how many more it has is said. */
#define ZQ_RESULT_MOST_COMPONENTS 200
#define ZQ_RESULT_MOST_LINKS      5000

/* NULL: not held; compared with nothing. (transfer full) */
ZqResult *zq_result_load_one (ZqDb *db, gint64 key, guint level);

/* Values of one test before @at that are final, the newest first. (transfer full) (element-type ZqResultValue) */
GPtrArray *zq_result_list_before (ZqDb *db, gint64 patient, const char *code, gint64 at, guint limit);

/* How long the array at @path (JSON) of a resource is, as it came. */
guint zq_result_count_parts (ZqDb *db, gint64 key, const char *path);

/* What is read of a report or a panel. */
typedef struct
{
  ZqDb *db;
  ZqPolicy *policy; /* (nullable) */
  GPtrArray *all;   /* of ZqResult */
  gint64 patient;   /* 0: whoever it is */
  guint n_missing;  /* not held, or another patient's */
  guint n_more;     /* held, and not shown: too many */
} ZqResultTree;

/* Adds a result and what its panel holds, depth first. */
void zq_result_add_tree (ZqResultTree *self, gint64 key, guint level);

G_END_DECLS
