/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "probe/report.h"
#include "probe/self-sign-in.h"
#include "session/session.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_EXIT_OK = 0,
  ZQ_EXIT_FAILED = 1,
  ZQ_EXIT_USAGE = 2,
  ZQ_EXIT_NETWORK = 3,
  ZQ_EXIT_SIGNED_OUT = 4,
  ZQ_EXIT_WAITS = 5,
} ZqExit;

#define ZQ_PROBE_ERROR (zq_probe_error_quark ())
GQuark zq_probe_error_quark (void);

typedef enum
{
  ZQ_PROBE_ERROR_USAGE,
  ZQ_PROBE_ERROR_NOT_HELD, /* what was named is not in the store */
  ZQ_PROBE_ERROR_WAITS,    /* kept here, but not all of it has reached the hospital */
} ZqProbeError;

typedef struct
{
  /* options */
  char *account;
  char *base;
  char *token_file;
  char *login_hint;
  char *practitioner;
  char *store;
  char *key_file;
  char *clock_socket;
  char *ca;
  char *thread;
  char *task;
  char *text;
  char *file;
  char *seen;
  char *outcome;
  char *about;
  char *step;
  gboolean auth_none;
  gboolean keyring;
  gboolean json;
  gboolean offline;

  /* owned */
  ZqClock *clock;
  ZqAccount *zq_account;
  ZqTokens *tokens;
  ZqSelfSignIn *self_sign_in;
  ZqTokenProvider *fixed;
  ZqSession *session;
  ZqReport *report;
} ZqProbe;

/* setup.c */

/* The account that the options name; made when it is new. */
gboolean zq_probe_open_account (ZqProbe *self, GError **error);
/* Who works with it, asked from the hospital where nobody knows yet; then store and session. */
gboolean zq_probe_open_session (ZqProbe *self, GError **error);
/* The sign-in command. */
gboolean zq_probe_sign_in (ZqProbe *self, GError **error);

/* commands.c: each fills the report. */
typedef gboolean (*ZqProbeCommand) (ZqProbe *self, GError **error);
gboolean zq_probe_pull (ZqProbe *self, GError **error);
gboolean zq_probe_push (ZqProbe *self, GError **error);
gboolean zq_probe_send (ZqProbe *self, GError **error);
gboolean zq_probe_comment (ZqProbe *self, GError **error);
gboolean zq_probe_files (ZqProbe *self, GError **error);
/* Puts --file into the draft of the consultation. */
gboolean zq_probe_attach (ZqProbe *self, gint64 consult, GError **error);
gboolean zq_probe_draft (ZqProbe *self, GError **error);
gboolean zq_probe_close (ZqProbe *self, GError **error);
gboolean zq_probe_claim (ZqProbe *self, GError **error);
gboolean zq_probe_set_urgent (ZqProbe *self, GError **error);
gboolean zq_probe_read (ZqProbe *self, GError **error);
gboolean zq_probe_watch (ZqProbe *self, GError **error);

/* reviews.c: results closed to the patient */
gboolean zq_probe_reviews (ZqProbe *self, GError **error);
gboolean zq_probe_review (ZqProbe *self, GError **error);

/* look.c: from the store alone. */
gboolean zq_probe_counts (ZqProbe *self, GError **error);
gboolean zq_probe_inbox (ZqProbe *self, GError **error);
gboolean zq_probe_thread (ZqProbe *self, GError **error);
gboolean zq_probe_diagnose (ZqProbe *self, GError **error);
gboolean zq_probe_report_outbox (ZqProbe *self, ZqSessionCounts *counts, GError **error);
/* The consultation that --task or --thread names. */
gboolean zq_probe_find_consult (ZqProbe *self, gint64 *consult, gint64 *thread, GError **error);
/* "Type/id" → row. */
gboolean zq_probe_find_row (ZqProbe *self, const char *reference, const char *type, gint64 *row, GError **error);

/* Runs the main loop until an asynchronous call has come back. */
typedef struct
{
  GAsyncResult *result;
} ZqWait;

void zq_wait_ready (GObject *source, GAsyncResult *result, gpointer wait);
GAsyncResult *zq_wait_for (ZqWait *wait); /* borrowed */
void zq_wait_clear (ZqWait *wait);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ZqWait, zq_wait_clear)

G_END_DECLS
