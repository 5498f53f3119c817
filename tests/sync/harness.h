/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "store/txn.h"
#include "support/support.h"
#include "sync/server.h"
#include "sync/sync.h"

G_BEGIN_DECLS

/* A hospital, a store and a sync between them, on one virtual clock. */
typedef struct
{
  ZqClock *clock;
  ToyServer *server;
  ZqTestDir *dir;
  GBytes *key;
  ZqStore *store;
  ZqFhirClient *client;
  ZqSessionStatus *status;
  ZqSync *sync;
  gboolean more_kinds;
} Harness;

/* @data: not NULL: with Condition, which hangs on patients and is asked about again. */
void harness_set_up (Harness *self, gconstpointer data);
void harness_tear_down (Harness *self, gconstpointer data);

/* The program ends here (nothing is finished) and starts again. */
void harness_restart (Harness *self);

/* One round; the error, or NULL. */
GError *harness_pull (Harness *self);
GError *harness_push (Harness *self);

gint64 harness_count (Harness *self, const char *type); /* held */
ZqDb *harness_db (Harness *self);

/* Intents of the toy kinds: a new note (with the text "once": held when it is to go a second time), an
 * edit of one that is held. Returns the seq. */
gint64 harness_add_note (Harness *self, const char *text, const char *chain);
gint64 harness_add_note_about (Harness *self, const char *text, const char *chain, const char *about_local_id);
gint64 harness_edit (Harness *self, const char *id, const char *text, const char *chain);
char *harness_local_id (Harness *self, gint64 seq);
/* -1: it is gone, that is, at the hospital. */
int harness_state (Harness *self, gint64 seq);
guint harness_outbox (Harness *self);

#define harness_assert_no_error(self, call)                                                                            \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autoptr (GError) _error = call (self);                                                                           \
    g_assert_no_error (_error);                                                                                        \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
