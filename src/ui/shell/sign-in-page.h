/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqSignInPage:
 *
 * Which hospital, or which account; then waits for the browser. Signals: "connect" (const char
 * *address), "choose" (const char *account id), "cancel".
 */
#define ZQ_TYPE_SIGN_IN_PAGE (zq_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqSignInPage, zq_sign_in_page, ZQ, SIGN_IN_PAGE, GtkWidget)

void zq_sign_in_page_add_account (ZqSignInPage *self, const char *id, const char *person, const char *hospital);
void zq_sign_in_page_clear_accounts (ZqSignInPage *self);
void zq_sign_in_page_set_address (ZqSignInPage *self, const char *address);

/* @error: NULL or what went wrong before. */
void zq_sign_in_page_ask (ZqSignInPage *self, const char *error);
/* @url NULL: the hospital is asked for its sign-in page; else that page waits for the doctor. */
void zq_sign_in_page_wait (ZqSignInPage *self, const char *url);

G_END_DECLS
