/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"
#include "fhir/client.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What .well-known/smart-configuration tells (SMART App Launch 2.0, "Conformance"). */
typedef struct
{
  char *issuer; /* or NULL */
  char *authorize;
  char *token;
  char *scope; /* what to ask for */
} ZqSmart;

void zq_smart_free (ZqSmart *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqSmart, zq_smart_free)

/* ZQ_ACCOUNT_ERROR_NOT_SMART, or ZQ_FHIR_ERROR where the server was not reached. */
void zq_smart_discover_async (ZqFhirClient *client,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
ZqSmart *zq_smart_discover_finish (GAsyncResult *result, GError **error);

/* A client of the account's hospital. @tokens: nullable. */
ZqFhirClient *zq_smart_client_new (ZqAccount *account, ZqTokenProvider *tokens, ZqClock *clock);

G_END_DECLS
