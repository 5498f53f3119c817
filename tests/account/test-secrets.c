/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the store's key does with a Secret Service that is locked or fails half-way. */
#include "account/keyring.h"
#include "secrets.h"
#include "support/support.h"

#include <libsecret/secret.h>
#include <string.h>

#define IS_LOCKED "org.freedesktop.Secret.Error.IsLocked"
#define NO_REPLY  "org.freedesktop.DBus.Error.NoReply"

typedef struct
{
  ZqTestDir *dir;
  ZqAccount *account;
} Fixture;

static Secrets *secrets;

static void
fixture_set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  self->dir = zq_test_temp_dir ();
  self->account = zq_account_new (self->dir, "https://hospital.test/fhir", &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture *self, gconstpointer unused)
{
  /* Whatever the keyring said, nothing was made in the clear. */
  g_assert_false (g_file_test (zq_account_get_dir (self->account), G_FILE_TEST_EXISTS));
  g_clear_object (&self->account);
  zq_test_dir_free (self->dir);
  /* The next one meets the service anew. */
  secret_service_disconnect ();
  zq_test_settle ();
}

static void
expect_no_key (Fixture *self, gboolean interactive, int code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = zq_keyring_get_store_key (self->account, interactive, &error);

  g_assert_null (key);
  g_assert_error (error, ZQ_ACCOUNT_ERROR, code);
}

static void
expect_nothing_made (void)
{
  g_assert_cmpuint (secrets_count (secrets, "CreateItem"), ==, 0);
  g_assert_cmpuint (secrets_count (secrets, "CreateCollection"), ==, 0);
}

static void
test_locked (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  secrets_set (secrets, SECRETS_LOCKED, NULL, NULL);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  g_assert_false (zq_keyring_set_refresh_token (self->account, "token", &error));
  g_assert_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  expect_nothing_made ();
  /* And nobody saw a prompt that was not asked for. */
  g_assert_cmpuint (secrets_count (secrets, "Unlock"), ==, 0);
  g_assert_cmpuint (secrets_count (secrets, "Prompt"), ==, 0);
  g_assert_cmpuint (secrets_count (secrets, "ReadAlias"), >=, 1);
}

static void
test_dismissed (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_LOCKED, NULL, NULL);
  expect_no_key (self, TRUE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (secrets_count (secrets, "Unlock"), ==, 1);
  g_assert_cmpuint (secrets_count (secrets, "Prompt"), ==, 1);
  expect_nothing_made ();
}

static void
test_unlock_fails (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_LOCKED, "Unlock", NO_REPLY);
  expect_no_key (self, TRUE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  expect_nothing_made ();
}

static void
test_no_collection (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_EMPTY, NULL, NULL);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  expect_nothing_made ();
  g_assert_cmpuint (secrets_count (secrets, "Prompt"), ==, 0);
}

/* Between the look at the collection and the search for the item. */
static void
test_locked_meanwhile (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_HAS | SECRETS_LATE, NULL, NULL);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (secrets_count (secrets, "SearchItems"), >=, 1);
  expect_nothing_made ();
}

/* An item that cannot be read is not one that is missing: a new key would make the store unreadable. */
static void
test_fails_half_way (Fixture *self, gconstpointer method)
{
  secrets_set (secrets, SECRETS_HAS, method, NO_REPLY);
  expect_no_key (self, TRUE, ZQ_ACCOUNT_ERROR_KEYRING_ABSENT);
  g_assert_cmpuint (secrets_count (secrets, method), >=, 1);
  expect_nothing_made ();
}

/* Whichever of the two it is called, it is none that makes a key. */
static void
test_search_says_locked (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_HAS, "SearchItems", IS_LOCKED);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  expect_nothing_made ();
}

static void
test_create_says_locked (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, 0, "CreateItem", IS_LOCKED);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED);
  g_assert_cmpuint (secrets_count (secrets, "CreateItem"), >=, 1);
}

static void
test_not_kept (Fixture *self, gconstpointer unused)
{
  secrets_set (secrets, SECRETS_FORGETS, NULL, NULL);
  expect_no_key (self, FALSE, ZQ_ACCOUNT_ERROR_KEYRING_ABSENT);
  g_assert_cmpuint (secrets_count (secrets, "CreateItem"), ==, 1);
}

static void
test_kept (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GBytes) kept = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  const guint8 *bytes;

  secrets_set (secrets, 0, NULL, NULL);
  key = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_assert_no_error (error);
  again = zq_keyring_get_store_key (self->account, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (key, again));
  g_assert_cmpuint (secrets_count (secrets, "CreateItem"), ==, 1);

  bytes = g_bytes_get_data (key, NULL);
  for (gsize i = 0; i < g_bytes_get_size (key); i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  kept = secrets_get_kept (secrets);
  g_assert_cmpmem (g_bytes_get_data (kept, NULL), g_bytes_get_size (kept), hex->str, hex->len);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  secrets = secrets_new ();

#define add(path, data, function) g_test_add (path, Fixture, data, fixture_set_up, function, fixture_tear_down)
  add ("/secrets/locked-creates-nothing-and-asks-nobody", NULL, test_locked);
  add ("/secrets/dismissed-prompt-is-locked", NULL, test_dismissed);
  add ("/secrets/unlock-that-fails-is-locked", NULL, test_unlock_fails);
  add ("/secrets/no-collection-is-made-unasked", NULL, test_no_collection);
  add ("/secrets/locked-meanwhile-makes-no-second-key", NULL, test_locked_meanwhile);
  add ("/secrets/search-that-fails-makes-no-second-key", "SearchItems", test_fails_half_way);
  add ("/secrets/session-that-fails-makes-no-second-key", "OpenSession", test_fails_half_way);
  add ("/secrets/secret-that-fails-makes-no-second-key", "GetSecret", test_fails_half_way);
  add ("/secrets/search-that-says-locked-makes-no-second-key", NULL, test_search_says_locked);
  add ("/secrets/create-that-says-locked-is-locked", NULL, test_create_says_locked);
  add ("/secrets/key-that-was-not-kept-is-not-used", NULL, test_not_kept);
  add ("/secrets/key-is-what-was-kept", NULL, test_kept);
#undef add
  return g_test_run ();
}
