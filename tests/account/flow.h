/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/sign-in.h"
#include "account/tokens.h"
#include "fhir/client.h"
#include "smart-server.h"

G_BEGIN_DECLS

#define DEADLINE_S 30

/* Signs in at @server as a person would who agrees at once. NULL with @error as the sign-in's. */
ZqSignInResult *flow_sign_in (ZqAccount *account, ZqClock *clock, GError **error);

/* The result of one asynchronous call. */
typedef struct
{
  gboolean done;
  char *token;
  GError *error;
} Asked;

void asked_clear (Asked *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

void flow_get_token_async (ZqTokens *tokens, const char *stale, Asked *asked);
void flow_get_token (ZqTokens *tokens, const char *stale, Asked *asked);
void flow_adopt (ZqTokens *tokens, const ZqSignInResult *result, GError **error);
void flow_sign_out (ZqTokens *tokens, GError **error);

/* GET @url by a plain client; its status. */
guint flow_fetch (const char *url);

G_END_DECLS
