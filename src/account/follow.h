/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * zq_sign_in_follow_async:
 * @url: the address of "address-ready"
 * @ca: (nullable): a certificate authority's file
 *
 * Does a browser's part where there is none and the hospital approves by itself (a sandbox with
 * --auto-approve): follows redirects by GET, without cookies, at most 10, over https or loopback only,
 * until the sign-in's own loopback address was fetched. ZQ_ACCOUNT_ERROR_SIGN_IN when a page wants a
 * person.
 */
void zq_sign_in_follow_async (
    const char *url, const char *ca, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean zq_sign_in_follow_finish (GAsyncResult *result, GError **error);

G_END_DECLS
