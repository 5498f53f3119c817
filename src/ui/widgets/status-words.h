/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"

G_BEGIN_DECLS

/* The link to the hospital in one line: "synced 10:42", "sending 2", "offline since 10:30 — everything
 * is kept", "signed out". (transfer full) */
char *zq_status_words (ZqSessionStatus *status, GTimeZone *zone);

/* The icon that goes with it, and a CSS class or NULL. */
const char *zq_status_icon (ZqSessionStatus *status);
const char *zq_status_class (ZqSessionStatus *status);

G_END_DECLS
