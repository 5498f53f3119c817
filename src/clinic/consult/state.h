/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/id.h"
#include "db/db.h"
#include "rules/context.h"
#include "store/kind.h"

G_BEGIN_DECLS

#define ZQ_TASK_CODES     ZQ_CODE_SYSTEM ("task-code")
#define ZQ_STATUS_CODES   ZQ_CODE_SYSTEM ("consultation-status")
#define ZQ_CATEGORY_CODES ZQ_CODE_SYSTEM ("communication-category")
#define ZQ_OUTCOME_CODES  ZQ_CODE_SYSTEM ("consult-outcome")
#define ZQ_MARK_CODES     ZQ_CODE_SYSTEM ("read-mark")

/* ZqScope.again: headers of open consultations of mine or of the pool whose messages no department's
 * search brings, since the hospital (or whoever writes there) leaves the tag out. The last few of others
 * stand for all: this is asked of every open conversation in every round. */
#define ZQ_CONSULT_TAGGED(text)                                                                                        \
  "EXISTS (SELECT 1 FROM json_each (iif (json_valid (" text "), " text ", '{}'), '$.meta.tag') j"                      \
  " WHERE iif (j.type = 'object', j.value, '{}') ->> '$.system' = '" ZQ_SYSTEM_DEPARTMENT "'"                          \
  " AND iif (j.type = 'object', j.value, '{}') ->> '$.code' IN (SELECT value FROM json_each ({departments})))"
#define ZQ_CONSULT_LAST_OF_OTHERS                                                                                      \
  "SELECT m.id FROM message m WHERE m.thread = c.thread AND m.pending = 0 AND NOT m.from_me"                           \
  " ORDER BY m.sent DESC LIMIT 4"
#define ZQ_CONSULT_OPEN_UNTAGGED                                                                                       \
  "SELECT c.thread FROM consult c JOIN resource_text t ON t.id = c.thread"                                             \
  " WHERE NOT c.final AND (c.mine OR c.in_pool)"                                                                       \
  " AND (NOT " ZQ_CONSULT_TAGGED (                                                                                     \
      "zq_text_or_null (t.server_json)") " OR EXISTS (SELECT 1 FROM (" ZQ_CONSULT_LAST_OF_OTHERS ") l"                 \
                                         " JOIN resource_text x ON x.id = l.id WHERE NOT " ZQ_CONSULT_TAGGED (         \
                                             "zq_text_or_null (x.server_json)") "))"

/**
 * ZqConsultState:
 *
 * What rules and commands have to know of a consultation, read from its row.
 */
typedef struct
{
  gint64 id, patient, thread, encounter, requester, owner;
  char *code;
  char *status;
  char *department;
  gboolean urgent, mine, in_pool, final;
} ZqConsultState;

void zq_consult_state_free (ZqConsultState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqConsultState, zq_consult_state_free)

/* What the messages and notes of a consultation stand under: its header, or where it has none what stands for it and
 * holds notes only. */
gint64 zq_consult_conversation (gint64 consult, gint64 thread);

/* NULL without error: not held. */
ZqConsultState *zq_consult_state_load (ZqDb *db, gint64 id, GError **error);

/* FALSE where the Task is about one patient and the header of its conversation about another. */
gboolean zq_consult_is_of_one_patient (const ZqConsultState *self, ZqDb *db);

/* Whether the table and the ownership let my role do @action ("reply", "close", "reopen", "claim",
 * "release", "set-priority"). */
gboolean zq_consult_state_allows (const ZqConsultState *self, const ZqContext *context, const char *action);

/* "Task/12", or "urn:uuid:…" for what exists here only; NULL if @row is 0 or unknown. (transfer full) */
char *zq_consult_reference (ZqDb *db, gint64 row);

/* The status that a Task without businessStatus is in; @pooled: nobody has it. A static string. */
const char *zq_consult_status_of_task (const char *task_status, gboolean pooled);

/* Whether a Task is over: by the table, or by Task.status where the table does not know @status. */
gboolean zq_consult_is_over (const ZqContext *context, const char *status, const char *task_status);

/* The status code of a Task as it stands in JSON, derived when it has none. A string of @task's or a
 * static one. */
const char *zq_consult_read_status (JsonNode *task, const ZqContext *context);
const char *zq_consult_read_code (JsonNode *task);

/* Whether the owner is me; or (@pool) a department of mine, or nobody in one of them. */
gboolean zq_consult_is_mine (JsonNode *task, const ZqContext *context);
gboolean zq_consult_is_pooled (JsonNode *task, const ZqContext *context);

G_END_DECLS
