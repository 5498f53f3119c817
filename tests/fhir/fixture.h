/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fhir/client.h"
#include "support/support.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* What became of one request. */
typedef struct
{
  gboolean done;
  ZqFhirResponse *response;
  GError *error;
  gint64 retry_after_us;
  gboolean unclear;
} Answer;

void answer_clear (Answer *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Takes @request; returns at once. */
void ask_async (ZqFhirClient *client, ZqFhirRequest *request, GCancellable *cancellable, Answer *answer);
/* Takes @request; returns with the answer. */
void ask (ZqFhirClient *client, ZqFhirRequest *request, Answer *answer);
ZqFhirRequest *post_request (const char *path);

/* A client of http://127.0.0.1:@port/fhir with a real clock. */
ZqFhirClient *client_new (const char *base, ZqTokenProvider *tokens);

/* An in-process server on a free loopback port. */
SoupServer *server_new (SoupServerCallback callback, gpointer data);
char *server_base (SoupServer *server);

/* A provider that renews "token-1" to "token-2" and so on, counting. */
#define TYPE_COUNTING_TOKENS (counting_tokens_get_type ())
G_DECLARE_FINAL_TYPE (CountingTokens, counting_tokens, COUNTING, TOKENS, GObject)
CountingTokens *counting_tokens_new (void);
guint counting_tokens_get_n_refreshes (CountingTokens *self);

G_END_DECLS
