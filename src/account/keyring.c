/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/keyring.h"

#include <errno.h>
#include <libsecret/secret.h>
#include <string.h>
#include <sys/random.h>

#define KEY_BYTES          32
#define ITEM_STORE_KEY     "store-key"
#define ITEM_REFRESH_TOKEN "refresh-token"
#define STORE_FILE         "store.db"

static const SecretSchema *
schema (void)
{
  static const SecretSchema our_schema = {
    "org.zhenqiao.Zhenqiao",
    SECRET_SCHEMA_NONE,
    {
        { "account", SECRET_SCHEMA_ATTRIBUTE_STRING },
        { "item", SECRET_SCHEMA_ATTRIBUTE_STRING },
        { NULL, 0 },
    },
  };

  return &our_schema;
}

static GHashTable *
attributes_new (ZqAccount *account, const char *item)
{
  return item != NULL ? secret_attributes_build (schema (), "account", zq_account_get_id (account), "item", item, NULL)
                      : secret_attributes_build (schema (), "account", zq_account_get_id (account), NULL);
}

static gboolean
fail_locked (GError **error)
{
  g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEYRING_LOCKED,
                       "The keyring of this computer is locked");
  return FALSE;
}

static gboolean
fail_absent (GError **error, const GError *cause)
{
  g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEYRING_ABSENT, "This session has no working keyring: %s",
               cause != NULL ? cause->message : "no service");
  return FALSE;
}

/* libsecret's own choice, which it does not tell (in a sandbox it asks the portal for the file's key):
 * with it there is no service to ask. */
static gboolean
uses_file_backend (void)
{
  return g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0 || g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static GVariant *
ask_bus (GDBusConnection *bus, const char *method, GVariant *arguments, const char *type, GError **error)
{
  return g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                      method, arguments, G_VARIANT_TYPE (type), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                      error);
}

/* Asked before libsecret is: where the service is absent, libsecret 0.20 calls from two threads make it
 * warn that it is "out of sync". A keyring that runs need not be one that the bus can start. */
static gboolean
start_service (GError **error)
{
  static const char name[] = "org.freedesktop.secrets";
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, error);
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GVariant) started = NULL;
  gboolean runs = FALSE;

  if (bus == NULL)
    return FALSE;
  owned = ask_bus (bus, "NameHasOwner", g_variant_new ("(s)", name), "(b)", error);
  if (owned == NULL)
    return FALSE;
  g_variant_get (owned, "(b)", &runs);
  if (runs)
    return TRUE;
  started = ask_bus (bus, "StartServiceByName", g_variant_new ("(su)", name, 0), "(u)", error);
  return started != NULL;
}

/* Any call that meets a locked collection would show the desktop's prompt: look first. */
static gboolean
check_unlocked (gboolean interactive, GError **error)
{
  g_autoptr (SecretService) service = NULL;
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GError) cause = NULL;
  g_autolist (GObject) unlocked = NULL;
  GList wanted = { NULL, NULL, NULL };

  if (uses_file_backend ())
    return TRUE;
  if (!start_service (&cause))
    return fail_absent (error, cause);
  service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &cause);
  if (service == NULL)
    return fail_absent (error, cause);
  collection =
      secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &cause);
  if (cause != NULL)
    return fail_absent (error, cause);
  /* Without a collection storing makes one, by a prompt. */
  if (collection == NULL)
    return interactive ? TRUE : fail_locked (error);
  if (!secret_collection_get_locked (collection))
    return TRUE;
  if (!interactive)
    return fail_locked (error);
  wanted.data = collection;
  if (secret_service_unlock_sync (service, &wanted, NULL, &unlocked, NULL) < 1)
    return fail_locked (error);
  return TRUE;
}

/* What libsecret's failure means to the doctor: locked (also a dismissed prompt), else out of reach. */
static gboolean
fail_for (GError **error, const GError *cause)
{
  if (g_error_matches (cause, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return fail_locked (error);
  return fail_absent (error, cause);
}

/* NULL without an error: there is none. (free with secret_password_free) */
static char *
look_up (ZqAccount *account, const char *item, GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_new (account, item);
  g_autoptr (GError) cause = NULL;
  g_autoptr (SecretValue) value = NULL;
  g_autolist (GObject) found = NULL;
  const char *text;

  found = secret_password_searchv_sync (schema (), attributes, SECRET_SEARCH_LOAD_SECRETS, NULL, &cause);
  if (cause != NULL)
    {
      fail_for (error, cause);
      return NULL;
    }
  if (found == NULL)
    return NULL;
  if (SECRET_IS_ITEM (found->data) && secret_item_get_locked (SECRET_ITEM (found->data)))
    {
      fail_locked (error);
      return NULL;
    }
  value = secret_retrievable_retrieve_secret_sync (SECRET_RETRIEVABLE (found->data), NULL, &cause);
  text = value != NULL ? secret_value_get_text (value) : NULL;
  if (text == NULL)
    {
      fail_for (error, cause);
      return NULL;
    }
  return g_strdup (text);
}

static gboolean
store (ZqAccount *account, const char *item, const char *label, const char *secret, GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_new (account, item);
  g_autoptr (GError) cause = NULL;

  if (secret_password_storev_sync (schema (), attributes, SECRET_COLLECTION_DEFAULT, label, secret, NULL, &cause))
    return TRUE;
  return fail_for (error, cause);
}

static gboolean
clear (ZqAccount *account, const char *item, GError **error)
{
  g_autoptr (GHashTable) attributes = attributes_new (account, item);
  g_autoptr (GError) cause = NULL;

  secret_password_clearv_sync (schema (), attributes, NULL, &cause);
  return cause == NULL ? TRUE : fail_for (error, cause);
}

static void
wipe (gpointer data)
{
  explicit_bzero (data, KEY_BYTES);
  g_free (data);
}

static GBytes *
key_from_hex (const char *hex)
{
  guint8 *bytes;

  if (strlen (hex) != 2 * KEY_BYTES)
    return NULL;
  bytes = g_malloc0 (KEY_BYTES);
  for (gsize i = 0; i < KEY_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]);
      int low = g_ascii_xdigit_value (hex[2 * i + 1]);

      if (high < 0 || low < 0)
        {
          wipe (bytes);
          return NULL;
        }
      bytes[i] = (guint8)(high << 4 | low);
    }
  return g_bytes_new_with_free_func (bytes, KEY_BYTES, wipe, bytes);
}

static char *
new_key_hex (GError **error)
{
  guint8 bytes[KEY_BYTES];
  char *hex;

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    {
      g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FAILED, "This computer gave no random numbers: %s",
                   g_strerror (errno));
      return NULL;
    }
  hex = g_malloc (2 * KEY_BYTES + 1);
  for (gsize i = 0; i < KEY_BYTES; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", bytes[i]);
  explicit_bzero (bytes, sizeof bytes);
  return hex;
}

/* A store whose key did not last would be lost: what was kept is read back before it is used. */
static char *
make_key (ZqAccount *account, GError **error)
{
  g_autofree char *file = g_build_filename (zq_account_get_dir (account), STORE_FILE, NULL);
  char *hex;
  char *kept = NULL;
  GError *cause = NULL;

  if (g_file_test (file, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEY_LOST,
                           "The key of this account's data is not in the keyring: the data cannot be opened");
      return NULL;
    }
  hex = new_key_hex (error);
  if (hex == NULL)
    return NULL;
  if (store (account, ITEM_STORE_KEY, "Zhenqiao: key of the local data", hex, error))
    {
      kept = look_up (account, ITEM_STORE_KEY, &cause);
      if (cause != NULL)
        g_propagate_error (error, cause);
      else if (g_strcmp0 (kept, hex) != 0)
        {
          g_clear_pointer (&kept, secret_password_free);
          fail_absent (error, NULL);
        }
    }
  secret_password_free (hex);
  return kept;
}

GBytes *
zq_keyring_get_store_key (ZqAccount *account, gboolean interactive, GError **error)
{
  GError *cause = NULL;
  GBytes *key = NULL;
  char *hex;

  if (!check_unlocked (interactive, error))
    return NULL;
  hex = look_up (account, ITEM_STORE_KEY, &cause);
  if (cause != NULL)
    {
      g_propagate_error (error, cause);
      return NULL;
    }
  if (hex == NULL)
    hex = make_key (account, error);
  if (hex == NULL)
    return NULL;
  key = key_from_hex (hex);
  if (key == NULL)
    g_set_error_literal (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_KEY_LOST,
                         "The key of this account's data in the keyring is damaged: the data cannot be opened");
  secret_password_free (hex);
  return key;
}

char *
zq_keyring_get_refresh_token (ZqAccount *account, GError **error)
{
  if (!check_unlocked (FALSE, error))
    return NULL;
  return look_up (account, ITEM_REFRESH_TOKEN, error);
}

gboolean
zq_keyring_set_refresh_token (ZqAccount *account, const char *token, GError **error)
{
  if (!check_unlocked (FALSE, error))
    return FALSE;
  if (token == NULL)
    return clear (account, ITEM_REFRESH_TOKEN, error);
  return store (account, ITEM_REFRESH_TOKEN, "Zhenqiao: sign-in", token, error);
}

gboolean
zq_keyring_forget (ZqAccount *account, GError **error)
{
  return check_unlocked (FALSE, error) && clear (account, NULL, error);
}
