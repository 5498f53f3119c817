/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/message.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqBubble:
 *
 * One message of a thread. Properties: "message" (ZqMessage or NULL), "now" (int64, µs), "first-new" (a line "new since
 * you last read" stands above it). Signals: "resend" and "take-back" (int64 intent) of a reply that was held or
 * refused, or can still be taken back; "open-file" and "save-file" (int64 message, const char *key); "go-to" (int64
 * message): to what it answers, or what corrects it.
 */
#define ZQ_TYPE_BUBBLE (zq_bubble_get_type ())
G_DECLARE_FINAL_TYPE (ZqBubble, zq_bubble, ZQ, BUBBLE, GtkWidget)

/* @zone: borrowed, outlives the bubble. */
ZqBubble *zq_bubble_new (ZqStore *store, GTimeZone *zone);
void zq_bubble_set_message (ZqBubble *self, ZqMessage *message);
ZqMessage *zq_bubble_get_message (ZqBubble *self);

/* Words that are looked for stand out in it; NULL: none. */
void zq_bubble_set_sought (ZqBubble *self, const char *words);

void zq_bubble_set_first_new (ZqBubble *self, gboolean first_new);

/* Not an internal note, of all things. */
gboolean zq_bubble_can_quote (ZqMessage *message);

/* What can be done with it, at a place in it; -1, -1: at its text. */
void zq_bubble_popup_menu (ZqBubble *self, double x, double y);

G_END_DECLS
