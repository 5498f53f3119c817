/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db.h"
#include "store/edits.h"
#include "store/intent.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _ZqTxn ZqTxn;
typedef struct _ZqResourceKind ZqResourceKind;
typedef struct _ZqSearchRule ZqSearchRule; /* store/search.h */

/* What became of looking at an intent against the newest copy. */
typedef enum
{
  ZQ_VERDICT_GO,      /* apply and send it */
  ZQ_VERDICT_DONE,    /* the hospital's copy already says so: drop the intent */
  ZQ_VERDICT_HELD,    /* the doctor has to look again; @reason says why */
  ZQ_VERDICT_REFUSED, /* it can never go; @reason says why ("taken by …") */
  ZQ_VERDICT_LATER,   /* not yet: it stays as it is (what it refers to has not been sent) */
} ZqVerdict;

/**
 * ZqIntentRule:
 *
 * One action that a doctor can take on a resource of a kind ("send-message", "close").
 */
typedef struct
{
  const char *action;

  /* Adds what the action changes to @edits. @current: the copy to change, or NULL when the resource
   * is new (then @edits build it from `{}`, resourceType first). Pure; any thread. */
  gboolean (*apply) (const ZqIntent *intent, JsonNode *current, gpointer context, ZqEdits *edits, GError **error);

  /* NULL: always GO. @fresh: the hospital's newest copy of the target, NULL when it has none. @db:
   * the projections, which hold what `freshen` brought. @reason: (transfer full) (out). An intent that
   * was to make something which the hospital turns out to have (an answer was lost, or another
   * workstation made it) is DONE without a `check`; with one it is asked, and GO is an update. */
  ZqVerdict (*check) (ZqDb *db, const ZqIntent *intent, JsonNode *fresh, gpointer context, char **reason);

  /* NULL: nothing. Adds relative FHIR queries (char *, transfer full) that have to be pulled before
   * `check`, "Task/12", "Communication?part-of=Communication/7&_sort=-_lastUpdated&_count=20". */
  void (*freshen) (ZqDb *db, const ZqIntent *intent, gpointer context, GPtrArray *queries);

  /* Called in the transaction of a successful push (NULL: nothing). */
  gboolean (*pushed) (ZqTxn *txn, const ZqIntent *intent, GError **error);

  /* NULL: the resource's JSON is the body. Else the key of an attachment (store/attachments.h, transfer full) whose
   * bytes are the body of a create, @content_type theirs: a Binary. @security_context: (transfer full):
   * X-Security-Context. */
  char *(*content) (ZqDb *db, const ZqIntent *intent, char **content_type, char **security_context);

  /* What it makes has no identifier in FHIR (an AuditEvent): the hospital's answer is taken at its word, and after an
   * unclear end it is made once more. */
  gboolean unidentified;
} ZqIntentRule;

/* What sync pulls for a kind: docs/fhir.md's scope table, one line each. */
typedef struct
{
  const char *name;  /* cursor's scope, stable: "department" */
  const char *query; /* "Task?_tag={system-department}|{department}", "Task?owner=Practitioner/{me}": run once a
                        department where it says {department} */
  /* Of a query with {patient} or {thread}: NULL: asked once each; else SQL for the row ids of those that are
   * asked again in every round for what changed, since no other search brings it. {departments} in it is a
   * JSON array of those whose search does; empty now and then, so that nothing is missed for long. */
  const char *again;
  gboolean optional; /* a hospital that does not know the query or does not show the answer is as good */
} ZqScope;

/**
 * ZqResourceKind:
 *
 * The whole contract of a capability with store and sync. One static table of them is given to the
 * store when it opens; the first whose `type` matches and whose `claims` agrees takes a resource.
 * A resource that no kind claims is kept raw all the same.
 */
struct _ZqResourceKind
{
  const char *name;         /* stable: "consult", "message"; also the topic of its changes */
  const char *type;         /* FHIR type */
  guint projection_version; /* raise it when `project` changes: rows are then made anew, in chunks */
  const char *schema;       /* SQL: CREATE TABLE/INDEX IF NOT EXISTS of its projections, or NULL */

  gboolean (*claims) (JsonNode *node); /* NULL: all of the type */

  /* Any thread; never fails for odd contents that can be shown with a gap, fails (with a reason
   * without contents) when the resource cannot be used: then it is kept raw and counted unreadable. */
  gpointer (*parse) (JsonNode *node, gpointer context, GError **error);
  GDestroyNotify parsed_free;

  /* Writer thread. Makes the rows of resource @id anew, whatever was there (also: removes them). */
  gboolean (*project) (ZqTxn *txn, gint64 id, gpointer parsed, GError **error);
  gboolean (*unproject) (ZqTxn *txn, gint64 id, GError **error);

  /* Time: when the next row changes by itself (an overdue flag), 0 = never; and the change, which goes both
   * ways: it is called too when the store opens and when the clock was put right, maybe backwards. */
  gint64 (*next_alarm) (ZqDb *db);
  gboolean (*alarm) (ZqTxn *txn, gint64 now_us, GError **error);

  /* Earlier versions, where what a resource was says something: SQL for the row ids of those that the hospital is to be
   * asked about; and what it answers, the newest first, each with when the next one took its place (µs, 0: not said).
   * Writer thread. At last @parsed is NULL: nothing more comes, nor is to be asked for. NULL: none are wanted. */
  const char *earlier;
  gboolean (*take_earlier) (ZqTxn *txn, gint64 id, gpointer parsed, gint64 until, GError **error);

  const ZqIntentRule *rules;  /* terminated by action == NULL; or NULL */
  const ZqScope *scopes;      /* terminated by name == NULL; or NULL: comes only by reference */
  const ZqSearchRule *search; /* NULL: its rows are not found by words */
};

G_END_DECLS
