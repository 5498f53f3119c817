/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/session-status.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The link to the hospital in the header: says its words, opens Diagnostics. */
#define ZQ_TYPE_STATUS_BUTTON (zq_status_button_get_type ())
G_DECLARE_FINAL_TYPE (ZqStatusButton, zq_status_button, ZQ, STATUS_BUTTON, GtkWidget)

/* @zone outlives the button. */
void zq_status_button_set_status (ZqStatusButton *self, ZqSessionStatus *status, GTimeZone *zone);
const char *zq_status_button_get_words (ZqStatusButton *self);

G_END_DECLS
