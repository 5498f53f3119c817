/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/consult/message.h"
#include "rules/context.h"
#include "store/txn.h"
#include "support/support.h"

#define ZQ_TEST_HOUR_US (60 * ZQ_TEST_MINUTE_US)

/* An encrypted store with the clinic's kinds, seen by Practitioner/me of department endo, on a
 * virtual clock. */
typedef struct
{
  ZqTestDir *dir;
  ZqClock *clock;
  ZqContext *context;
  ZqStore *store;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
void fixture_reopen (Fixture *fixture);

ZqDb *fixture_db (Fixture *fixture);

/* Takes a resource as the hospital sends it; ' stands for ". */
void fixture_take (Fixture *fixture, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* The bytes as they are; returns whether it could be read. */
gboolean fixture_take_raw (Fixture *fixture, const char *text);

/* "2026-11-22T02:00:00.000Z" of the test's start and so many minutes; static until the next 8 calls. */
const char *at_minute (int minutes);

gint64 fixture_row (Fixture *fixture, const char *type, const char *server_id);
gint64 fixture_number (Fixture *fixture, const char *sql, gint64 value);
/* (transfer full) */
char *fixture_text (Fixture *fixture, const char *sql, gint64 value);

/* Task/<n> of Patient/<n>, thread Communication/t<n>; @owner: a reference. */
void fixture_consult (Fixture *fixture, int n, const char *owner, const char *status, const char *version);
/* Message @id in thread t<n> from @sender. */
void fixture_message (Fixture *fixture, int n, const char *id, const char *sender, int minute, const char *text);

guint fixture_count (Fixture *fixture, ZqView view);
/* Counters equal their lists. */
void fixture_check_counts (Fixture *fixture);
/* And what all rows say is what the texts say: of consultations as fixture_consult() makes them. */
void fixture_check_texts (Fixture *fixture);
gboolean fixture_in_view (Fixture *fixture, ZqView view, gint64 consult);

/* Commands, waited for. */
gint64 fixture_send (Fixture *fixture, gint64 consult, const char *text, gint64 seen, GError **error);
ZqUndo *fixture_act (Fixture *fixture, ZqAction action, gint64 consult, const char *arg, GError **error);
ZqUndo *fixture_act_all (
    Fixture *fixture, ZqAction action, const gint64 *consults, guint n, const char *arg, guint *n_not, GError **error);
ZqUndo *fixture_close (Fixture *fixture, gint64 consult, GError **error);
ZqUndo *fixture_claim (Fixture *fixture, gint64 consult, GError **error);
ZqUndo *fixture_set_urgent (Fixture *fixture, gint64 consult, gboolean urgent, GError **error);
gboolean fixture_undo (Fixture *fixture, const ZqUndo *undo, GError **error);
gboolean fixture_mark_read (Fixture *fixture, gint64 consult, gint64 message, GError **error);
gboolean fixture_resend (Fixture *fixture, gint64 intent, GError **error);
gboolean fixture_take_back (Fixture *fixture, gint64 intent, GError **error);
void fixture_draft (Fixture *fixture, const char *scope, const char *body);

gint64 fixture_reply (Fixture *fixture, gint64 consult, const ZqReply *reply, ZqUndo **undo, GError **error);
gboolean fixture_note (Fixture *fixture, gint64 consult, const char *text, GError **error);
gboolean fixture_withdraw (Fixture *fixture, gint64 message, GError **error);
gboolean fixture_discard (Fixture *fixture, gint64 intent, GError **error);
/* A file of a draft: "urn:uuid:<local_id>". */
void fixture_draft_file (Fixture *fixture, const char *scope, const char *local_id);

/* A video visit of Patient/1 that has begun: row of its Encounter. */
gint64 fixture_begin_visit (Fixture *fixture);
/* What the @n-th local resource of @type says at @path; both quoted for SQL. */
void fixture_assert_local (Fixture *fixture, const char *type, int n, const char *path, const char *wanted);

/* The push of an intent, as sync does it. */
ZqPush *fixture_prepare (Fixture *fixture, gint64 seq);
void fixture_settle (Fixture *fixture, gint64 seq, ZqPushOutcome outcome, const char *resource);
/* It goes out, and the hospital keeps what was sent: as @id, if it was made. Returns its row. */
gint64 fixture_deliver (Fixture *fixture, gint64 seq, const char *id);

/* A list's row by key, loaded. (transfer full) */
GObject *fixture_item (Fixture *fixture, ZqList *list, gint64 key);
gint64 int_of (gpointer object, const char *property);
/* (transfer full) */
char *text_of (gpointer object, const char *property);

/* Waits for what reaches widgets by way of the main loop and the reader. */
void expect_int (gpointer object, const char *property, gint64 value);
void expect_text (gpointer object, const char *property, const char *value);
void expect_items (ZqList *list, guint n);
