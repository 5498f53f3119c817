/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flow.h"

#include "account/follow.h"
#include "support/support.h"

typedef struct
{
  gboolean done;
  ZqSignInResult *result;
  GError *error;
} Signing;

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  zq_sign_in_follow_finish (result, &error);
  g_assert_no_error (error);
}

static void
on_address_ready (ZqSignIn *sign_in, const char *url, gpointer user_data)
{
  zq_sign_in_follow_async (url, NULL, NULL, on_followed, NULL);
}

static void
on_signed_in (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Signing *signing = user_data;

  signing->result = zq_sign_in_run_finish (ZQ_SIGN_IN (source), result, &signing->error);
  signing->done = TRUE;
}

ZqSignInResult *
flow_sign_in (ZqAccount *account, ZqClock *clock, GError **error)
{
  g_autoptr (ZqSignIn) sign_in = zq_sign_in_new (account, clock);
  Signing signing = { 0 };

  zq_sign_in_set_login_hint (sign_in, "doctor");
  g_signal_connect (sign_in, "address-ready", G_CALLBACK (on_address_ready), NULL);
  zq_sign_in_run_async (sign_in, NULL, on_signed_in, &signing);
  g_assert_true (zq_test_wait_flag (&signing.done, DEADLINE_S));
  zq_test_settle ();
  if (signing.error != NULL)
    g_propagate_error (error, signing.error);
  return signing.result;
}

void
asked_clear (Asked *self)
{
  g_clear_pointer (&self->token, g_free);
  g_clear_error (&self->error);
  self->done = FALSE;
}

static void
on_token (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;

  asked->token = zq_token_provider_get_finish (ZQ_TOKEN_PROVIDER (source), result, &asked->error);
  asked->done = TRUE;
}

void
flow_get_token_async (ZqTokens *tokens, const char *stale, Asked *asked)
{
  asked_clear (asked);
  zq_token_provider_get_async (ZQ_TOKEN_PROVIDER (tokens), stale, NULL, on_token, asked);
}

void
flow_get_token (ZqTokens *tokens, const char *stale, Asked *asked)
{
  g_autofree char *copy = g_strdup (stale);

  flow_get_token_async (tokens, copy, asked);
  g_assert_true (zq_test_wait_flag (&asked->done, DEADLINE_S));
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;

  zq_tokens_adopt_finish (ZQ_TOKENS (source), result, &asked->error);
  asked->done = TRUE;
}

void
flow_adopt (ZqTokens *tokens, const ZqSignInResult *result, GError **error)
{
  Asked asked = { 0 };

  zq_tokens_adopt_async (tokens, result, on_adopted, &asked);
  g_assert_true (zq_test_wait_flag (&asked.done, DEADLINE_S));
  if (asked.error != NULL)
    g_propagate_error (error, asked.error);
}

static void
on_signed_out (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;

  zq_tokens_sign_out_finish (ZQ_TOKENS (source), result, &asked->error);
  asked->done = TRUE;
}

void
flow_sign_out (ZqTokens *tokens, GError **error)
{
  Asked asked = { 0 };

  zq_tokens_sign_out_async (tokens, on_signed_out, &asked);
  g_assert_true (zq_test_wait_flag (&asked.done, DEADLINE_S));
  if (asked.error != NULL)
    g_propagate_error (error, asked.error);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  gboolean *done = user_data;

  *done = TRUE;
}

guint
flow_fetch (const char *url)
{
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  gboolean done = FALSE;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_session_send_and_read_async (session, message, G_PRIORITY_DEFAULT, NULL, on_fetched, &done);
  g_assert_true (zq_test_wait_flag (&done, DEADLINE_S));
  return soup_message_get_status (message);
}
