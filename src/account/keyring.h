/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "account/account.h"

G_BEGIN_DECLS

/* Secrets of an account in the Secret Service (libsecret; schema org.zhenqiao.Zhenqiao, attributes
 * account and item). All block for a D-Bus round trip: call them off the main thread or headless. A
 * locked keyring is asked to unlock (the desktop shows its prompt) only where @interactive. */

/* The store's key, 32 random bytes, made and kept when there is none and no store file exists yet;
 * ZQ_ACCOUNT_ERROR_KEY_LOST when a store is there without its key. */
GBytes *zq_keyring_get_store_key (ZqAccount *account, gboolean interactive, GError **error);

char *zq_keyring_get_refresh_token (ZqAccount *account, GError **error); /* NULL without error: none */
gboolean zq_keyring_set_refresh_token (ZqAccount *account, const char *token, GError **error); /* NULL removes */

/* Removes both secrets of the account. */
gboolean zq_keyring_forget (ZqAccount *account, GError **error);

G_END_DECLS
