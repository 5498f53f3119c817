/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/sign-in.h"

#include "account/grant.h"
#include "account/id-token.h"
#include "account/loopback.h"
#include "account/person.h"
#include "account/pkce.h"
#include "account/smart.h"
#include "base/id.h"
#include "resource/reference.h"

#include <libsoup/soup.h>
#include <string.h>

#define SECRET_BYTES 24

struct _ZqSignIn
{
  GObject parent_instance;

  ZqAccount *account;
  ZqClock *clock;
  char *login_hint;
};

typedef struct
{
  /* in progress */
  ZqFhirClient *client; /* without a token until there is one */
  SoupSession *session;
  ZqSmart *smart;
  ZqLoopback *loopback;
  char *state;
  char *nonce;
  char *verifier;
  ZqGrant *grant;
  char *practitioner;
} Run;

enum
{
  ADDRESS_READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqSignIn, zq_sign_in, G_TYPE_OBJECT)

void
zq_sign_in_result_free (ZqSignInResult *self)
{
  if (self == NULL)
    return;
  g_free (self->access_token);
  g_free (self->refresh_token);
  g_free (self->fhir_user);
  g_free (self->name);
  g_free (self->role);
  g_strfreev (self->departments);
  g_free (self);
}

void
zq_sign_in_result_apply (const ZqSignInResult *self, ZqAccount *account)
{
  g_autoptr (ZqReference) user = zq_reference_parse (self->fhir_user, zq_account_get_base (account));

  g_return_if_fail (user != NULL && user->id != NULL);
  zq_account_set_person (account, user->id, self->name, self->role, (const char *const *)self->departments);
  zq_account_set_signed_out (account, FALSE);
}

static void
run_free (Run *self)
{
  g_clear_object (&self->client);
  g_clear_object (&self->session);
  g_clear_pointer (&self->smart, zq_smart_free);
  g_clear_pointer (&self->loopback, zq_loopback_free);
  g_clear_pointer (&self->grant, zq_grant_free);
  g_free (self->state);
  g_free (self->nonce);
  g_free (self->verifier);
  g_free (self->practitioner);
  g_free (self);
}

static void
refuse (GTask *task, const char *message)
{
  g_task_return_new_error (task, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_SIGN_IN, "%s", message);
}

static void
on_person (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ZqSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqSignedInPerson) person = zq_signed_in_person_look_up_finish (result, &error);
  ZqSignInResult *outcome;

  if (person == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  outcome = g_new0 (ZqSignInResult, 1);
  outcome->fhir_user = g_strconcat ("Practitioner/", run->practitioner, NULL);
  outcome->name = g_steal_pointer (&person->name);
  outcome->role = g_steal_pointer (&person->role);
  outcome->departments = g_steal_pointer (&person->departments);
  if (run->grant != NULL)
    {
      outcome->access_token = g_steal_pointer (&run->grant->access_token);
      outcome->refresh_token = g_steal_pointer (&run->grant->refresh_token);
      if (run->grant->expires_in_us > 0)
        outcome->expires_us = zq_clock_now (self->clock) + run->grant->expires_in_us;
    }
  g_task_return_pointer (task, outcome, (GDestroyNotify)zq_sign_in_result_free);
}

static void
look_up_person (GTask *task)
{
  Run *run = g_task_get_task_data (task);

  zq_signed_in_person_look_up_async (run->client, run->practitioner, g_task_get_cancellable (task), on_person,
                                     g_object_ref (task));
}

/* The fhirUser of the id_token, else of the token response; NULL when an error was returned. */
static char *
identify (GTask *task)
{
  ZqSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;
  gint64 now_us = zq_clock_now (self->clock);
  ZqIdTokenExpected expected = { run->smart->issuer, zq_account_get_client_id (self->account), run->nonce, now_us };

  /* A computer whose clock is ahead need not lock its doctor out: the nonce already proves freshness. */
  if (run->grant->date_us != 0)
    expected.now_us = MIN (now_us, run->grant->date_us);
  if (run->grant->id_token != NULL)
    {
      user = zq_id_token_check (run->grant->id_token, &expected, &error);
      if (user == NULL)
        {
          g_task_return_error (task, g_steal_pointer (&error));
          return NULL;
        }
    }
  if (user != NULL && *user != '\0')
    return g_steal_pointer (&user);
  if (run->grant->fhir_user != NULL)
    return g_strdup (run->grant->fhir_user);
  refuse (task, "The hospital did not tell who signed in");
  return NULL;
}

static void
on_grant (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ZqSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (ZqReference) user = NULL;
  g_autoptr (ZqTokenProvider) tokens = NULL;
  const char *known = zq_account_get_practitioner (self->account);

  run->grant = zq_grant_request_finish (result, NULL, &error);
  if (run->grant == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  text = identify (task);
  if (text == NULL)
    return;
  user = zq_reference_parse (text, zq_account_get_base (self->account));
  if (user == NULL || !zq_reference_is (user, "Practitioner") || !zq_id_is_valid (user->id))
    refuse (task, "Who signed in is not a doctor or an assistant of this hospital");
  else if (known != NULL && !g_str_equal (known, user->id))
    refuse (task, "Another person signed in than the one whose data this account holds");
  else
    {
      run->practitioner = g_strdup (user->id);
      tokens = zq_token_provider_new_fixed (run->grant->access_token);
      g_clear_object (&run->client);
      run->client = zq_smart_client_new (self->account, tokens, self->clock);
      look_up_person (task);
    }
}

static void
on_code (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ZqSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *code = zq_loopback_wait_finish (result, &error);
  g_autofree char *redirect = g_strdup (zq_loopback_get_redirect (run->loopback));

  if (code == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  zq_grant_request_async (run->session, run->smart->token,
                          soup_form_encode ("grant_type", "authorization_code", "code", code, "redirect_uri", redirect,
                                            "client_id", zq_account_get_client_id (self->account), "code_verifier",
                                            run->verifier, NULL),
                          g_task_get_cancellable (task), on_grant, g_object_ref (task));
}

static char *
authorize_address (ZqSignIn *self, Run *run)
{
  g_autofree char *challenge = zq_pkce_challenge (run->verifier);
  g_autofree char *form = NULL;
  g_autofree char *hint = NULL;

  form = soup_form_encode ("response_type", "code", "client_id", zq_account_get_client_id (self->account),
                           "redirect_uri", zq_loopback_get_redirect (run->loopback), "scope", run->smart->scope,
                           "state", run->state, "nonce", run->nonce, "aud", zq_account_get_base (self->account),
                           "code_challenge", challenge, "code_challenge_method", "S256", NULL);
  if (self->login_hint != NULL)
    {
      g_autofree char *pair = soup_form_encode ("login_hint", self->login_hint, NULL);

      hint = g_strconcat ("&", pair, NULL);
    }
  return g_strconcat (run->smart->authorize, strchr (run->smart->authorize, '?') != NULL ? "&" : "?", form,
                      hint != NULL ? hint : "", NULL);
}

static void
on_discovered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  ZqSignIn *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  run->smart = zq_smart_discover_finish (result, &error);
  if (run->smart != NULL)
    run->loopback = zq_loopback_new (zq_account_get_redirect (self->account), run->state, run->smart->issuer, &error);
  if (run->loopback == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  address = authorize_address (self, run);
  zq_loopback_wait_async (run->loopback, g_task_get_cancellable (task), on_code, g_object_ref (task));
  g_signal_emit (self, signals[ADDRESS_READY], 0, address);
}

void
zq_sign_in_look_up_async (ZqSignIn *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, zq_sign_in_look_up_async);
  g_task_set_task_data (task, run, (GDestroyNotify)run_free);
  run->practitioner = g_strdup (zq_account_get_practitioner (self->account));
  run->client = zq_smart_client_new (self->account, NULL, self->clock);
  if (run->practitioner == NULL)
    refuse (task, "The account does not say whose it is");
  else
    look_up_person (task);
}

void
zq_sign_in_run_async (ZqSignIn *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  Run *run;

  if (!zq_account_uses_smart (self->account))
    {
      zq_sign_in_look_up_async (self, cancellable, callback, user_data);
      return;
    }
  task = g_task_new (self, cancellable, callback, user_data);
  run = g_new0 (Run, 1);
  g_task_set_source_tag (task, zq_sign_in_run_async);
  g_task_set_task_data (task, run, (GDestroyNotify)run_free);
  run->state = zq_id_random_token (SECRET_BYTES);
  run->nonce = zq_id_random_token (SECRET_BYTES);
  run->verifier = zq_pkce_verifier_new ();
  run->client = zq_smart_client_new (self->account, NULL, self->clock);
  run->session = zq_grant_session_new (zq_account_get_base (self->account), zq_account_get_ca (self->account), &error);
  if (run->session == NULL)
    g_task_return_new_error (task, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE,
                             "The file of the hospital's certificate authority cannot be used: %s", error->message);
  else
    zq_smart_discover_async (run->client, cancellable, on_discovered, g_object_ref (task));
}

ZqSignInResult *
zq_sign_in_run_finish (ZqSignIn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
zq_sign_in_set_login_hint (ZqSignIn *self, const char *login_hint)
{
  g_autofree char *old = self->login_hint;

  self->login_hint = g_strdup (login_hint);
}

static void
zq_sign_in_finalize (GObject *object)
{
  ZqSignIn *self = ZQ_SIGN_IN (object);

  g_clear_object (&self->account);
  g_clear_object (&self->clock);
  g_free (self->login_hint);

  G_OBJECT_CLASS (zq_sign_in_parent_class)->finalize (object);
}

static void
zq_sign_in_class_init (ZqSignInClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_sign_in_finalize;

  signals[ADDRESS_READY] = g_signal_new ("address-ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
zq_sign_in_init (ZqSignIn *self)
{
}

ZqSignIn *
zq_sign_in_new (ZqAccount *account, ZqClock *clock)
{
  ZqSignIn *self = g_object_new (ZQ_TYPE_SIGN_IN, NULL);

  self->account = g_object_ref (account);
  self->clock = g_object_ref (clock);
  return self;
}
