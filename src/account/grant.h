/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What a token endpoint gave (RFC 6749, 5.1; SMART App Launch 2.0). */
typedef struct
{
  char *access_token;
  char *refresh_token;  /* or NULL */
  char *id_token;       /* or NULL */
  char *fhir_user;      /* or NULL */
  gint64 expires_in_us; /* 0: not told */
  gint64 date_us;       /* the server's time, 0: not told */
} ZqGrant;

void zq_grant_free (ZqGrant *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqGrant, zq_grant_free)

/* For token endpoints and pages of a sign-in: follows nothing, knows no cookies or passwords. @ca: a
 * file, nullable; @base: whether proxies apply. */
SoupSession *zq_grant_session_new (const char *base, const char *ca, GError **error);

/* Posts @form (application/x-www-form-urlencoded; taken) to @endpoint. The server's refusal is
 * ZQ_ACCOUNT_ERROR_SIGN_IN; everything else ZQ_FHIR_ERROR. */
void zq_grant_request_async (SoupSession *session,
                             const char *endpoint,
                             char *form,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/* @lost: (out) (optional): of an error: whether the server said invalid_grant. */
ZqGrant *zq_grant_request_finish (GAsyncResult *result, gboolean *lost, GError **error);

/* The error of an OAuth refusal (RFC 6749, 4.1.2.1 and 5.2). @description: nullable. */
GError *zq_grant_refusal (const char *code, const char *description);

G_END_DECLS
