/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "base/clock.h"

G_BEGIN_DECLS

/**
 * ZqSignIn:
 *
 * One SMART App Launch (standalone, public client, authorization code with PKCE S256; SMART App
 * Launch 2.0, RFC 7636, RFC 8252 loopback redirect). Signal "address-ready" (const char *url): the
 * page to show the doctor; whoever handles it opens a browser, shows it to copy, or follows it. Times
 * out never; cancel it. The loopback listener answers exactly one request with our state.
 */
#define ZQ_TYPE_SIGN_IN (zq_sign_in_get_type ())
G_DECLARE_FINAL_TYPE (ZqSignIn, zq_sign_in, ZQ, SIGN_IN, GObject)

typedef struct
{
  char *access_token;
  char *refresh_token; /* or NULL */
  gint64 expires_us;   /* instant, 0 = not told */
  char *fhir_user;     /* "Practitioner/12", relative to the base */
  char *name;          /* from the Practitioner */
  char *role;          /* "doctor" or "assistant", from PractitionerRole */
  GStrv departments;   /* Organization ids */
} ZqSignInResult;

void zq_sign_in_result_free (ZqSignInResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSignInResult, zq_sign_in_result_free)

/* Writes who signed in into @account (zq_account_set_person(); not saved yet). */
void zq_sign_in_result_apply (const ZqSignInResult *self, ZqAccount *account);

ZqSignIn *zq_sign_in_new (ZqAccount *account, ZqClock *clock);
void zq_sign_in_set_login_hint (ZqSignIn *self, const char *login_hint);

/* Discovery → authorize → token → who am I (Practitioner, PractitionerRole). Fails with ZQ_ACCOUNT_ERROR
 * (SIGN_IN also when another person than the account's signed in), ZQ_FHIR_ERROR when the hospital was not
 * reached, G_IO_ERROR_CANCELLED. Once an object. With auth = none: as zq_sign_in_look_up_async(). */
void zq_sign_in_run_async (ZqSignIn *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
ZqSignInResult *zq_sign_in_run_finish (ZqSignIn *self, GAsyncResult *result, GError **error);

/* For auth = none: reads name, role and departments of the account's practitioner without a token; ends
 * with zq_sign_in_run_finish(). */
void
zq_sign_in_look_up_async (ZqSignIn *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

G_END_DECLS
