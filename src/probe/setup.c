/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include "account/keyring.h"
#include "account/person.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/random.h>
#include <unistd.h>

#define KEY_BYTES 32

void
zq_wait_ready (GObject *source, GAsyncResult *result, gpointer wait)
{
  ((ZqWait *)wait)->result = g_object_ref (result);
}

GAsyncResult *
zq_wait_for (ZqWait *wait)
{
  while (wait->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return wait->result;
}

void
zq_wait_clear (ZqWait *wait)
{
  g_clear_object (&wait->result);
}

/* --- account ---------------------------------------------------------------------------------- */

static ZqAccount *
account_of_base (ZqProbe *self, GError **error)
{
  g_autoptr (ZqAccount) account = zq_account_find (self->store, self->base);
  g_autoptr (GError) failure = NULL;

  if (account == NULL)
    account = zq_account_new (self->store, self->base, error);
  if (account == NULL || (self->ca != NULL && !zq_account_set_client (account, NULL, NULL, self->ca, error)))
    return NULL;
  if (self->auth_none)
    {
      const char *known = zq_account_get_practitioner (account);

      if (known != NULL && !g_str_equal (known, self->practitioner))
        {
          g_set_error_literal (error, ZQ_SESSION_ERROR, ZQ_SESSION_ERROR_OTHER_PERSON,
                               "The store of this hospital belongs to another practitioner. Use another --store.");
          return NULL;
        }
      zq_account_set_auth_none (account, self->practitioner, &failure);
      if (failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
    }
  return g_steal_pointer (&account);
}

static gboolean
read_token (ZqProbe *self, GError **error)
{
  g_autofree char *token = NULL;

  if (!g_file_get_contents (self->token_file, &token, NULL, error))
    return FALSE;
  self->fixed = zq_token_provider_new_fixed (g_strstrip (token));
  return TRUE;
}

gboolean
zq_probe_open_account (ZqProbe *self, GError **error)
{
  self->zq_account =
      self->account != NULL ? zq_account_open (self->store, self->account, error) : account_of_base (self, error);
  if (self->zq_account == NULL || !zq_account_lock (self->zq_account, error))
    return FALSE;
  if (!zq_account_uses_smart (self->zq_account))
    return TRUE;
  if (self->token_file != NULL)
    return read_token (self, error);

  self->tokens = self->keyring ? zq_tokens_new (self->zq_account, self->clock)
                               : zq_tokens_new_in_memory (self->zq_account, self->clock);
  /* What is only in memory is worth nothing at the next start, so it signs in whenever it has to. */
  if (self->login_hint != NULL || !self->keyring)
    self->self_sign_in = zq_self_sign_in_new (self->zq_account, self->clock, self->tokens, self->login_hint);
  return TRUE;
}

/* --- who -------------------------------------------------------------------------------------- */

static gboolean
run_sign_in (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  g_autoptr (ZqSelfSignIn) signing = self->self_sign_in != NULL
                                         ? g_object_ref (self->self_sign_in)
                                         : zq_self_sign_in_new (self->zq_account, self->clock, self->tokens, NULL);
  g_autoptr (ZqSignInResult) result = NULL;

  zq_self_sign_in_run_async (signing, zq_wait_ready, &wait);
  result = zq_self_sign_in_run_finish (signing, zq_wait_for (&wait), error);
  return result != NULL && zq_session_remember_person (self->zq_account, result, error);
}

/* With a token from elsewhere, or without any, --practitioner says who. */
static gboolean
look_up (ZqProbe *self, GError **error)
{
  g_auto (ZqWait) wait = { 0 };
  g_autoptr (ZqFhirClient) client = NULL;
  g_autoptr (ZqSignedInPerson) person = NULL;
  const char *id = self->practitioner != NULL ? self->practitioner : zq_account_get_practitioner (self->zq_account);

  if (id == NULL)
    {
      g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE,
                           "Nobody has signed in to this hospital yet: --practitioner ID has to say who works here.");
      return FALSE;
    }
  client = zq_fhir_client_new (zq_account_get_base (self->zq_account), self->fixed, self->clock);
  if (zq_account_get_ca (self->zq_account) != NULL)
    zq_fhir_client_set_ca_file (client, zq_account_get_ca (self->zq_account));
  zq_signed_in_person_look_up_async (client, id, NULL, zq_wait_ready, &wait);
  person = zq_signed_in_person_look_up_finish (zq_wait_for (&wait), error);
  if (person == NULL)
    return FALSE;
  zq_account_set_person (self->zq_account, id, person->name, person->role, (const char *const *)person->departments);
  return zq_account_save (self->zq_account, error);
}

static gboolean
find_out_who (ZqProbe *self, GError **error)
{
  return self->tokens != NULL ? run_sign_in (self, error) : look_up (self, error);
}

/* An account of a bare server names its practitioner before anybody has looked that one up. */
static gboolean
is_known (ZqProbe *self)
{
  return zq_account_get_practitioner (self->zq_account) != NULL && zq_account_get_role (self->zq_account) != NULL;
}

gboolean
zq_probe_sign_in (ZqProbe *self, GError **error)
{
  const char *const *departments;
  g_autofree char *joined = NULL;

  if (!find_out_who (self, error))
    return FALSE;
  departments = zq_account_get_departments (self->zq_account);
  joined = departments != NULL ? g_strjoinv (",", (GStrv)departments) : g_strdup ("");
  zq_report_string (self->report, "account", zq_account_get_file (self->zq_account));
  zq_report_string (self->report, "practitioner", zq_account_get_practitioner (self->zq_account));
  zq_report_string (self->report, "role", zq_account_get_role (self->zq_account));
  zq_report_string (self->report, "departments", joined);
  return TRUE;
}

/* --- key and store ------------------------------------------------------------------------------- */

static GBytes *
parse_key (const char *text, gsize length, GError **error)
{
  guint8 key[KEY_BYTES];

  if (length == KEY_BYTES)
    return g_bytes_new (text, length);
  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  for (gsize i = 0; length == 2 * KEY_BYTES && i < KEY_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        break;
      key[i] = (guint8)(high * 16 + low);
      if (i == KEY_BYTES - 1)
        return g_bytes_new (key, sizeof key);
    }
  g_set_error_literal (error, ZQ_PROBE_ERROR, ZQ_PROBE_ERROR_USAGE,
                       "The key file must hold 32 bytes, or 64 hexadecimal digits.");
  return NULL;
}

static gboolean
make_key (const char *path, GError **error)
{
  guint8 key[KEY_BYTES];
  int fd = g_open (path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  gboolean good = fd >= 0 && getrandom (key, sizeof key, 0) == sizeof key &&
                  write (fd, key, sizeof key) == sizeof key && fsync (fd) == 0;

  if (fd >= 0)
    close (fd);
  if (!good)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "This computer could not write the key file.");
  return good;
}

static GBytes *
get_key (ZqProbe *self, GError **error)
{
  const char *dir = self->account != NULL && self->store != NULL ? self->store : zq_account_get_dir (self->zq_account);
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  g_autofree char *text = NULL;
  gsize length;

  if (self->keyring)
    return zq_keyring_get_store_key (self->zq_account, FALSE, error);
  if (!g_file_test (self->key_file, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_EXISTS) &&
      !make_key (self->key_file, error))
    return NULL;
  if (!g_file_get_contents (self->key_file, &text, &length, error))
    return NULL;
  return parse_key (text, length, error);
}

gboolean
zq_probe_open_session (ZqProbe *self, GError **error)
{
  g_autoptr (GBytes) key = NULL;
  ZqTokenProvider *provider = self->fixed;

  if (!is_known (self) && !find_out_who (self, error))
    return FALSE;
  key = get_key (self, error);
  if (key == NULL)
    return FALSE;

  self->session = zq_session_new (self->zq_account, self->clock);
  if (self->account != NULL && self->store != NULL)
    zq_session_set_store_dir (self->session, self->store);
  if (!zq_session_open_store (self->session, key, error))
    return FALSE;
  if (self->self_sign_in != NULL)
    provider = ZQ_TOKEN_PROVIDER (self->self_sign_in);
  else if (self->tokens != NULL)
    provider = ZQ_TOKEN_PROVIDER (self->tokens);
  zq_session_start (self->session, provider);
  return TRUE;
}
