/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ZQ_ACCOUNT_ERROR (zq_account_error_quark ())
GQuark zq_account_error_quark (void);

typedef enum
{
  ZQ_ACCOUNT_ERROR_FAILED,
  ZQ_ACCOUNT_ERROR_FILE,           /* the account file cannot be read or is not one */
  ZQ_ACCOUNT_ERROR_LOCKED,         /* another process works with this account */
  ZQ_ACCOUNT_ERROR_KEYRING_ABSENT, /* no Secret Service on this session */
  ZQ_ACCOUNT_ERROR_KEYRING_LOCKED,
  ZQ_ACCOUNT_ERROR_KEY_LOST,  /* a store is there, its key is not */
  ZQ_ACCOUNT_ERROR_SIGN_IN,   /* the hospital refused; its words are the message */
  ZQ_ACCOUNT_ERROR_NOT_SMART, /* no usable .well-known/smart-configuration */
} ZqAccountError;

/**
 * ZqAccount:
 *
 * One doctor at one hospital: an account file (GKeyFile, group "Account", no secrets: id, base,
 * client_id, redirect, ca, auth = smart|none, practitioner, name, role, departments, zone) and the
 * folder of its store. Files live in `<data dir>/zhenqiao/accounts/<id>/{account.ini,store.db}`.
 */
#define ZQ_TYPE_ACCOUNT (zq_account_get_type ())
G_DECLARE_FINAL_TYPE (ZqAccount, zq_account, ZQ, ACCOUNT, GObject)

/* @data_dir: NULL: the user's data directory. Makes no file yet. @base: https, or http on loopback. */
ZqAccount *zq_account_new (const char *data_dir, const char *base, GError **error);
ZqAccount *zq_account_load (const char *file, GError **error);
/* What a person gave to --account: an account file, its folder, or an account's id under @data_dir. */
ZqAccount *zq_account_open (const char *data_dir, const char *what, GError **error);
/* The account of @base that was used last, or NULL. */
ZqAccount *zq_account_find (const char *data_dir, const char *base);
/* The accounts under @data_dir, the one used last first: (element-type ZqAccount). */
GPtrArray *zq_account_list (const char *data_dir);
/* Written whole or not at all (0600). */
gboolean zq_account_save (ZqAccount *self, GError **error);

const char *zq_account_get_id (ZqAccount *self);
const char *zq_account_get_dir (ZqAccount *self);
const char *zq_account_get_file (ZqAccount *self);
const char *zq_account_get_base (ZqAccount *self);
const char *zq_account_get_client_id (ZqAccount *self); /* default "zhenqiao" */
const char *zq_account_get_redirect (ZqAccount *self);  /* NULL: any loopback port */
const char *zq_account_get_ca (ZqAccount *self);
gboolean zq_account_uses_smart (ZqAccount *self);
/* How the hospital knows this program, each NULL for the default; @redirect: http on loopback. */
gboolean
zq_account_set_client (ZqAccount *self, const char *client_id, const char *redirect, const char *ca, GError **error);
void zq_account_set_auth_none (ZqAccount *self, const char *practitioner_id, GError **error); /* loopback only */

/* Who signed in; NULL/empty before the first sign-in. */
const char *zq_account_get_practitioner (ZqAccount *self); /* id only */
const char *zq_account_get_name (ZqAccount *self);
const char *zq_account_get_role (ZqAccount *self);
const char *const *zq_account_get_departments (ZqAccount *self);
const char *zq_account_get_zone (ZqAccount *self); /* "Asia/Shanghai" unless told */
void zq_account_set_person (
    ZqAccount *self, const char *practitioner, const char *name, const char *role, const char *const *departments);

/* Signed out by hand: nothing that is kept is shown before the next sign-in, which takes this back
 * (zq_sign_in_result_apply()). Saved by zq_account_save(). */
gboolean zq_account_get_signed_out (ZqAccount *self);
void zq_account_set_signed_out (ZqAccount *self, gboolean signed_out);

/* Only one process works with an account: takes `<dir>/lock`; ZQ_ACCOUNT_ERROR_LOCKED otherwise. Kept
 * until the object is finalised or the process dies. */
gboolean zq_account_lock (ZqAccount *self, GError **error);

G_END_DECLS
