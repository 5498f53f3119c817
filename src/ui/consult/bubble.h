/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/message.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqBubble:
 *
 * One message of a thread. Properties: "message" (ZqMessage or NULL), "now" (int64, µs), "first-new"
 * (a line "new since you last read" stands above it). Signals: "resend" and "take-back" (int64 intent)
 * of a reply that was held or refused.
 */
#define ZQ_TYPE_BUBBLE (zq_bubble_get_type ())
G_DECLARE_FINAL_TYPE (ZqBubble, zq_bubble, ZQ, BUBBLE, GtkWidget)

/* @zone: borrowed, outlives the bubble. */
ZqBubble *zq_bubble_new (GTimeZone *zone);
void zq_bubble_set_message (ZqBubble *self, ZqMessage *message);
ZqMessage *zq_bubble_get_message (ZqBubble *self);

G_END_DECLS
