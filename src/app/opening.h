/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/session.h"

G_BEGIN_DECLS

#define ZQ_OPENING_ERROR (zq_opening_error_quark ())
GQuark zq_opening_error_quark (void);

typedef enum
{
  ZQ_OPENING_ERROR_NO_ACCOUNT, /* there is none: ask for a hospital */
  ZQ_OPENING_ERROR_SIGN_IN,    /* nobody has signed in to it yet */
  ZQ_OPENING_ERROR_SIGNED_OUT, /* its doctor signed out: only a sign-in opens it */
} ZqOpeningError;

/**
 * ZqOpening:
 *
 * One try to come from the disk to an open store: account, lock, key from the keyring, store; on a
 * thread of its own, so that it runs beside GTK's start.
 */
typedef struct _ZqOpening ZqOpening;

/* Main context, exactly once; @session NULL: @error says why. @account NULL: there is none. */
typedef void (*ZqOpeningFunc) (ZqAccount *account, ZqSession *session, const GError *error, gpointer data);

/* Starts the thread. @account NULL: the one of @base, else the one used last. @interactive: the
 * desktop may ask for the keyring's password. */
ZqOpening *
zq_opening_start (const char *data_dir, const char *base, ZqAccount *account, ZqClock *clock, gboolean interactive);

/* Calls @func when it is done; frees the opening. */
void zq_opening_then (ZqOpening *self, ZqOpeningFunc func, gpointer data);

G_END_DECLS
