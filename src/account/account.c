/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "account/account.h"

#include "base/id.h"
#include "fhir/address.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define GROUP             "Account"
#define FILE_NAME         "account.ini"
#define LOCK_NAME         "lock"
#define DEFAULT_CLIENT_ID "zhenqiao"
#define DEFAULT_ZONE      "Asia/Shanghai"

struct _ZqAccount
{
  GObject parent_instance;

  GKeyFile *keys; /* as loaded: what we do not know is kept */
  char *file;
  char *dir;

  char *id;
  char *base;
  char *client_id;
  char *redirect;
  char *ca;
  gboolean smart;
  char *practitioner;
  char *name;
  char *role;
  GStrv departments;
  char *zone;
  gboolean signed_out;

  int lock;
};

G_DEFINE_QUARK (zq_account_error, zq_account_error)
G_DEFINE_FINAL_TYPE (ZqAccount, zq_account, G_TYPE_OBJECT)

static void
set_string (char **place, const char *value)
{
  char *copy = g_strdup (value);

  g_free (*place);
  *place = copy;
}

static gboolean
fail_file (GError **error, const char *what)
{
  g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE, "The account file is not usable: %s", what);
  return FALSE;
}

static gboolean
check_base (const char *base, GError **error)
{
  g_autoptr (GUri) uri = zq_address_parse (base);

  if (uri != NULL && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL)
    return TRUE;
  return fail_file (error, "the hospital's address must begin with https:// and have no user name or query "
                           "(http:// on this computer only)");
}

static gboolean
check_redirect (const char *redirect, GError **error)
{
  g_autoptr (GUri) uri = redirect != NULL ? zq_address_parse (redirect) : NULL;

  if (redirect == NULL)
    return TRUE;
  if (uri != NULL && g_str_equal (g_uri_get_scheme (uri), "http") && g_uri_get_query (uri) == NULL &&
      g_uri_get_fragment (uri) == NULL)
    return TRUE;
  return fail_file (error, "redirect must be an http:// address on this computer");
}

static gboolean
is_on_loopback (const char *base)
{
  g_autoptr (GUri) uri = zq_address_parse (base);

  return uri != NULL && zq_address_is_loopback (g_uri_get_host (uri));
}

static char *
strip_slashes (const char *base)
{
  char *stripped = g_strdup (base);

  while (g_str_has_suffix (stripped, "/"))
    stripped[strlen (stripped) - 1] = '\0';
  return stripped;
}

static char *
accounts_dir (const char *data_dir)
{
  return g_build_filename (data_dir != NULL ? data_dir : g_get_user_data_dir (), "zhenqiao", "accounts", NULL);
}

ZqAccount *
zq_account_new (const char *data_dir, const char *base, GError **error)
{
  g_autoptr (ZqAccount) self = NULL;
  g_autofree char *parent = accounts_dir (data_dir);

  g_return_val_if_fail (base != NULL, NULL);
  if (!check_base (base, error))
    return NULL;
  self = g_object_new (ZQ_TYPE_ACCOUNT, NULL);
  self->id = zq_id_new ();
  self->base = strip_slashes (base);
  self->dir = g_build_filename (parent, self->id, NULL);
  self->file = g_build_filename (self->dir, FILE_NAME, NULL);
  return g_steal_pointer (&self);
}

/* An empty value is as good as none. */
static char *
read_string (GKeyFile *keys, const char *name)
{
  g_autofree char *value = g_key_file_get_string (keys, GROUP, name, NULL);

  return value != NULL && *value != '\0' ? g_steal_pointer (&value) : NULL;
}

/* A file that an administrator wrote may have no id: the keyring needs one that stays. */
static char *
id_of_place (const char *file, const char *base)
{
  g_autofree char *both = g_strconcat (base, "\n", file, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, both, -1);

  return g_strndup (digest, 32);
}

static gboolean
read_server (ZqAccount *self, GError **error)
{
  g_autofree char *base = read_string (self->keys, "base");
  g_autofree char *auth = read_string (self->keys, "auth");
  g_autofree char *client_id = read_string (self->keys, "client_id");

  if (base == NULL)
    return fail_file (error, "it has no base");
  if (!check_base (base, error))
    return FALSE;
  self->base = strip_slashes (base);
  if (auth != NULL && !g_str_equal (auth, "smart") && !g_str_equal (auth, "none"))
    return fail_file (error, "auth is neither smart nor none");
  self->smart = g_strcmp0 (auth, "none") != 0;
  if (client_id != NULL)
    set_string (&self->client_id, client_id);
  self->redirect = read_string (self->keys, "redirect");
  self->ca = read_string (self->keys, "ca");
  return check_redirect (self->redirect, error);
}

static gboolean
read_person (ZqAccount *self, GError **error)
{
  self->practitioner = read_string (self->keys, "practitioner");
  self->name = read_string (self->keys, "name");
  self->role = read_string (self->keys, "role");
  if (self->practitioner != NULL && !zq_id_is_valid (self->practitioner))
    return fail_file (error, "practitioner is not an id");
  if (!self->smart && self->practitioner == NULL)
    return fail_file (error, "auth = none needs a practitioner");
  if (!self->smart && !is_on_loopback (self->base))
    return fail_file (error, "auth = none is for a hospital on this computer only");
  return TRUE;
}

static gboolean
read_keys (ZqAccount *self, GError **error)
{
  g_autofree char *zone = read_string (self->keys, "zone");
  g_auto (GStrv) departments = g_key_file_get_string_list (self->keys, GROUP, "departments", NULL, NULL);

  if (!read_server (self, error) || !read_person (self, error))
    return FALSE;
  self->id = read_string (self->keys, "id");
  if (self->id == NULL)
    self->id = id_of_place (self->file, self->base);
  if (!zq_id_is_valid (self->id))
    return fail_file (error, "its id is not one");
  if (zone != NULL)
    set_string (&self->zone, zone);
  self->signed_out = g_key_file_get_boolean (self->keys, GROUP, "signed_out", NULL);
  if (departments != NULL)
    {
      g_strfreev (self->departments);
      self->departments = g_steal_pointer (&departments);
    }
  return TRUE;
}

ZqAccount *
zq_account_load (const char *file, GError **error)
{
  g_autoptr (ZqAccount) self = g_object_new (ZQ_TYPE_ACCOUNT, NULL);
  g_autoptr (GError) cause = NULL;

  g_return_val_if_fail (file != NULL, NULL);
  self->file = g_canonicalize_filename (file, NULL);
  self->dir = g_path_get_dirname (self->file);
  if (!g_key_file_load_from_file (self->keys, self->file, G_KEY_FILE_KEEP_COMMENTS, &cause))
    {
      fail_file (error, cause->domain == G_FILE_ERROR ? cause->message : "it is not an account file");
      return NULL;
    }
  if (!g_key_file_has_group (self->keys, GROUP))
    {
      fail_file (error, "it has no group [" GROUP "]");
      return NULL;
    }
  return read_keys (self, error) ? g_steal_pointer (&self) : NULL;
}

ZqAccount *
zq_account_open (const char *data_dir, const char *what, GError **error)
{
  g_autofree char *file = NULL;

  if (g_file_test (what, G_FILE_TEST_IS_DIR))
    file = g_build_filename (what, FILE_NAME, NULL);
  else if (!g_file_test (what, G_FILE_TEST_EXISTS) && zq_id_is_valid (what))
    {
      g_autofree char *parent = accounts_dir (data_dir);

      file = g_build_filename (parent, what, FILE_NAME, NULL);
    }
  return zq_account_load (file != NULL ? file : what, error);
}

static gint64
last_used (ZqAccount *self)
{
  const char *const names[] = { LOCK_NAME, FILE_NAME };
  gint64 newest = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->dir, names[i], NULL);
      struct stat info;

      if (stat (path, &info) == 0)
        newest = MAX (newest, info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec);
    }
  return newest;
}

static int
compare_last_used (gconstpointer a, gconstpointer b)
{
  gint64 one = last_used (*(ZqAccount *const *)a);
  gint64 other = last_used (*(ZqAccount *const *)b);

  return one > other ? -1 : one < other;
}

GPtrArray *
zq_account_list (const char *data_dir)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *parent = accounts_dir (data_dir);
  g_autoptr (GDir) dir = g_dir_open (parent, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (parent, name, FILE_NAME, NULL);
      g_autoptr (GError) error = NULL;
      ZqAccount *account;

      if (!g_file_test (file, G_FILE_TEST_EXISTS))
        continue;
      account = zq_account_load (file, &error);
      if (account != NULL)
        g_ptr_array_add (accounts, account);
      else
        g_message ("Account %s is left out: %s", name, error->message);
    }
  g_ptr_array_sort (accounts, compare_last_used);
  return accounts;
}

ZqAccount *
zq_account_find (const char *data_dir, const char *base)
{
  g_autoptr (GPtrArray) accounts = zq_account_list (data_dir);
  g_autofree char *wanted = strip_slashes (base);

  for (guint i = 0; i < accounts->len; i++)
    {
      ZqAccount *account = g_ptr_array_index (accounts, i);

      if (g_str_equal (account->base, wanted))
        return g_object_ref (account);
    }
  return NULL;
}

static gboolean
make_dir (ZqAccount *self, GError **error)
{
  if (g_mkdir_with_parents (self->dir, 0700) == 0)
    return TRUE;
  g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE, "The account's folder cannot be made: %s",
               g_strerror (errno));
  return FALSE;
}

static void
write_string (GKeyFile *keys, const char *name, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (keys, GROUP, name, value);
  else
    g_key_file_remove_key (keys, GROUP, name, NULL);
}

gboolean
zq_account_save (ZqAccount *self, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) cause = NULL;
  gsize length = 0;

  write_string (self->keys, "id", self->id);
  write_string (self->keys, "base", self->base);
  write_string (self->keys, "client_id", self->client_id);
  write_string (self->keys, "redirect", self->redirect);
  write_string (self->keys, "ca", self->ca);
  write_string (self->keys, "auth", self->smart ? "smart" : "none");
  write_string (self->keys, "practitioner", self->practitioner);
  write_string (self->keys, "name", self->name);
  write_string (self->keys, "role", self->role);
  write_string (self->keys, "zone", self->zone);
  g_key_file_set_string_list (self->keys, GROUP, "departments", (const char *const *)self->departments,
                              g_strv_length (self->departments));
  write_string (self->keys, "signed_out", self->signed_out ? "true" : NULL);
  if (!make_dir (self, error))
    return FALSE;
  text = g_key_file_to_data (self->keys, &length, NULL);
  if (g_file_set_contents_full (self->file, text, (gssize)length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &cause))
    return TRUE;
  g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE, "The account file cannot be written: %s",
               cause->message);
  return FALSE;
}

gboolean
zq_account_lock (ZqAccount *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->dir, LOCK_NAME, NULL);
  g_autofree char *pid = g_strdup_printf ("%d\n", (int)getpid ());
  int fd;
  int result;

  if (self->lock >= 0)
    return TRUE;
  if (!make_dir (self, error))
    return FALSE;
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      g_set_error (error, ZQ_ACCOUNT_ERROR, ZQ_ACCOUNT_ERROR_FILE, "The account cannot be locked: %s",
                   g_strerror (errno));
      return FALSE;
    }
  do
    result = flock (fd, LOCK_EX | LOCK_NB);
  while (result < 0 && errno == EINTR);
  if (result < 0)
    {
      int code = errno == EWOULDBLOCK ? ZQ_ACCOUNT_ERROR_LOCKED : ZQ_ACCOUNT_ERROR_FILE;

      g_set_error_literal (error, ZQ_ACCOUNT_ERROR, code,
                           code == ZQ_ACCOUNT_ERROR_LOCKED ? "Another window or program works with this account"
                                                           : g_strerror (errno));
      close (fd);
      return FALSE;
    }
  /* Only for a person who looks; it also marks when the account was used. */
  if (ftruncate (fd, 0) < 0 || write (fd, pid, strlen (pid)) < 0)
    g_debug ("The lock file of account %s was not written", self->id);
  self->lock = fd;
  return TRUE;
}

const char *
zq_account_get_id (ZqAccount *self)
{
  return self->id;
}

const char *
zq_account_get_dir (ZqAccount *self)
{
  return self->dir;
}

const char *
zq_account_get_file (ZqAccount *self)
{
  return self->file;
}

const char *
zq_account_get_base (ZqAccount *self)
{
  return self->base;
}

const char *
zq_account_get_client_id (ZqAccount *self)
{
  return self->client_id;
}

const char *
zq_account_get_redirect (ZqAccount *self)
{
  return self->redirect;
}

const char *
zq_account_get_ca (ZqAccount *self)
{
  return self->ca;
}

gboolean
zq_account_uses_smart (ZqAccount *self)
{
  return self->smart;
}

gboolean
zq_account_set_client (ZqAccount *self, const char *client_id, const char *redirect, const char *ca, GError **error)
{
  if (!check_redirect (redirect, error))
    return FALSE;
  set_string (&self->client_id, client_id != NULL ? client_id : DEFAULT_CLIENT_ID);
  set_string (&self->redirect, redirect);
  set_string (&self->ca, ca);
  return TRUE;
}

void
zq_account_set_auth_none (ZqAccount *self, const char *practitioner_id, GError **error)
{
  if (practitioner_id == NULL || !zq_id_is_valid (practitioner_id))
    fail_file (error, "practitioner is not an id");
  else if (!is_on_loopback (self->base))
    fail_file (error, "auth = none is for a hospital on this computer only");
  else
    {
      self->smart = FALSE;
      set_string (&self->practitioner, practitioner_id);
    }
}

const char *
zq_account_get_practitioner (ZqAccount *self)
{
  return self->practitioner;
}

const char *
zq_account_get_name (ZqAccount *self)
{
  return self->name;
}

const char *
zq_account_get_role (ZqAccount *self)
{
  return self->role;
}

const char *const *
zq_account_get_departments (ZqAccount *self)
{
  return (const char *const *)self->departments;
}

const char *
zq_account_get_zone (ZqAccount *self)
{
  return self->zone;
}

void
zq_account_set_person (
    ZqAccount *self, const char *practitioner, const char *name, const char *role, const char *const *departments)
{
  GStrv copy = departments != NULL ? g_strdupv ((GStrv)departments) : g_new0 (char *, 1);

  set_string (&self->practitioner, practitioner);
  set_string (&self->name, name);
  set_string (&self->role, role);
  g_strfreev (self->departments);
  self->departments = copy;
}

gboolean
zq_account_get_signed_out (ZqAccount *self)
{
  return self->signed_out;
}

void
zq_account_set_signed_out (ZqAccount *self, gboolean signed_out)
{
  self->signed_out = signed_out;
}

static void
zq_account_finalize (GObject *object)
{
  ZqAccount *self = ZQ_ACCOUNT (object);

  if (self->lock >= 0)
    close (self->lock);
  g_clear_pointer (&self->keys, g_key_file_unref);
  g_free (self->file);
  g_free (self->dir);
  g_free (self->id);
  g_free (self->base);
  g_free (self->client_id);
  g_free (self->redirect);
  g_free (self->ca);
  g_free (self->practitioner);
  g_free (self->name);
  g_free (self->role);
  g_strfreev (self->departments);
  g_free (self->zone);

  G_OBJECT_CLASS (zq_account_parent_class)->finalize (object);
}

static void
zq_account_class_init (ZqAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_account_finalize;
}

static void
zq_account_init (ZqAccount *self)
{
  self->keys = g_key_file_new ();
  self->client_id = g_strdup (DEFAULT_CLIENT_ID);
  self->zone = g_strdup (DEFAULT_ZONE);
  self->departments = g_new0 (char *, 1);
  self->smart = TRUE;
  self->lock = -1;
}
