/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"
#include "store/store.h"
#include "ui/consult/inbox.h"
#include "ui/consult/page.h"
#include "ui/shell/fold.h"
#include "ui/shell/sign-in-page.h"
#include "ui/visit/host.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * ZqWindow:
 *
 * The window: starts empty, then shows sign-in, a notice, or the work. Expects of the application the
 * actions "app.try-now", "app.sign-in", "app.sign-out", "app.about". Signal "opened": the doctor has a
 * consultation on the screen.
 */
#define ZQ_TYPE_WINDOW (zq_window_get_type ())
G_DECLARE_FINAL_TYPE (ZqWindow, zq_window, ZQ, WINDOW, AdwApplicationWindow)

ZqWindow *zq_window_new (GtkApplication *application);

/* What the window works on; once. Strings are plain text. */
typedef struct
{
  ZqStore *store;
  ZqSessionStatus *status;
  const char *hospital; /* its base address */
  const char *person;   /* who is signed in */
  GPtrArray *problems;  /* (element-type utf8): lines about the hospital's settings, or NULL */
} ZqWindowSession;

void zq_window_show_work (ZqWindow *self, const ZqWindowSession *session);
gboolean zq_window_has_work (ZqWindow *self);
/* Back to the work after sign-in pages; it must have been shown once. */
void zq_window_return_to_work (ZqWindow *self);

ZqSignInPage *zq_window_show_sign_in (ZqWindow *self);

/* A page that says what is wrong, what is safe, what to do; @action of its button, or NULL. */
void zq_window_show_notice (
    ZqWindow *self, const char *icon, const char *title, const char *text, const char *button, const char *action);

/* Who makes the page of a visit, and what it is given besides store and ticker; before the work is shown. */
void zq_window_set_visits (ZqWindow *self, ZqVisitPageFunc make, GObject *client, GSettings *settings, gpointer data);
/* Shows the page of a visit; the one that is open stays open. */
void zq_window_open_visit (ZqWindow *self, gint64 visit);

void zq_window_toast (ZqWindow *self, const char *text);

/* What is typed goes to the store now. */
void zq_window_flush (ZqWindow *self);

/* Any consultation, whether the inbox shows it or not, from whatever page is on the screen. */
void zq_window_open_consult (ZqWindow *self, gint64 consult);
/* Whether @consult is on the screen. */
gboolean zq_window_shows_consult (ZqWindow *self, gint64 consult);

ZqInbox *zq_window_get_inbox (ZqWindow *self);
ZqConsultPage *zq_window_get_page (ZqWindow *self);
ZqFold *zq_window_get_fold (ZqWindow *self);

/* What is open as PDF into @file, without asking; FALSE: nothing is. */
gboolean zq_window_export (ZqWindow *self, GFile *file);

G_END_DECLS
