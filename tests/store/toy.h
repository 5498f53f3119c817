/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "store/txn.h"
#include "support/support.h"

G_BEGIN_DECLS

/* Two kinds of a toy clinic: "task" (Task) and "message" (Communication), with their rows in
 * toy_task and toy_message. */

typedef struct
{
  gint n_parsed;  /* atomic */
  guint n_pushed; /* writer thread */
} ToyContext;

extern const ZqResourceKind *const TOY_KINDS[];
extern const ZqResourceKind *const TOY_KINDS_2[]; /* the same with a newer projection of "task" */

typedef struct
{
  ZqTestDir *dir;
  GBytes *key;
  ZqClock *clock;
  ToyContext context;
  ZqStore *store;
  ZqStoreConfig config;
  guint n_changed;
  ZqChanges *last_changes;
} Toy;

void toy_set_up (Toy *toy, gconstpointer unused);
void toy_tear_down (Toy *toy, gconstpointer unused);
void toy_open (Toy *toy);
void toy_close (Toy *toy);
char *toy_db_path (Toy *toy);

/* A searchset of @resources (varargs of JSON texts, NULL-terminated). */
ZqBundle *toy_bundle (const char *first, ...) G_GNUC_NULL_TERMINATED;
ZqIngested *toy_ingest (Toy *toy, ZqBundle *page); /* takes @page */
#define toy_take(toy, ...) zq_ingested_free (toy_ingest (toy, toy_bundle (__VA_ARGS__, NULL)))

char *toy_task (const char *id, guint version, const char *members); /* members: "\"status\":…", or NULL */

gint64 toy_row (Toy *toy, const char *type, const char *server_id);
gint64 toy_int (Toy *toy, const char *sql);
char *toy_text (Toy *toy, const char *sql);
char *toy_server_text (Toy *toy, const char *id);
char *toy_local_text (Toy *toy, const char *id);

/* Commands; they must go well. */
gint64 toy_act (Toy *toy, const char *action, gint64 target, const char *args);
gint64 toy_send (Toy *toy, const char *text, const char *about, const char *chain);
gboolean toy_cancel (Toy *toy, gint64 seq, GError **error);
gboolean toy_run (Toy *toy, ZqWriteFunc func, gpointer data, GError **error);

ZqPush *toy_prepare (Toy *toy, gint64 seq, GError **error);
void
toy_settle (Toy *toy, gint64 seq, ZqPushOutcome outcome, const char *resource, gint64 not_before, gboolean unclear);
guint toy_n_pushable (Toy *toy);
char *toy_body (ZqPush *push);

G_END_DECLS
