/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/application.h"
#include "app/notify.h"
#include "ui/shell/window.h"

G_BEGIN_DECLS

struct _ZqApplication
{
  AdwApplication parent_instance;

  /* borrowed */
  const ZqOptions *options;
  ZqClock *clock;
  ZqWindow *window;
  ZqSignInPage *page; /* set up; part of the window */

  /* owned */
  ZqOpening *opening;
  ZqAccount *account;
  ZqSession *session;
  ZqNotify *notify; /* of the session */
  ZqSignIn *sign_in;
  ZqSignInResult *signed_in; /* waits for the store to be open */
  GCancellable *cancellable; /* of the sign-in */
  GSettings *settings;       /* NULL where the schema is not installed */
  guint alarm;               /* of the screenshot */
  gboolean followed;         /* a sign-in was begun without being asked for */
};

/* application.c */
void zq_application_open (ZqApplication *self, gboolean interactive);

/* signing-in.c: hospital or account → browser → who it is. */
void zq_application_ask_sign_in (ZqApplication *self, const char *error);
void zq_application_begin_sign_in (ZqApplication *self);
void zq_application_sign_out (ZqApplication *self);
/* The store is open: the tokens of the sign-in before it go to the keyring, then sync begins. */
void zq_application_adopt (ZqApplication *self);

/* picture.c: --screenshot. */
void zq_application_plan_picture (ZqApplication *self);

G_END_DECLS
