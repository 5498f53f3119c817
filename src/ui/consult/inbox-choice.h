/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqInboxChoice:
 *
 * A few things to choose one of, by its number, Enter for the first, or a click; many of them can be narrowed down by
 * typing. Signal "chosen" (const char *code). It goes away by itself.
 */
#define ZQ_TYPE_INBOX_CHOICE (zq_inbox_choice_get_type ())
G_DECLARE_FINAL_TYPE (ZqInboxChoice, zq_inbox_choice, ZQ, INBOX_CHOICE, GtkPopover)

/* @choices: (element-type ZqChoice); @empty: what is said when there are none. */
ZqInboxChoice *zq_inbox_choice_new (const char *title, GPtrArray *choices, const char *empty);

/* Above or beside @parent, and goes when it is closed; the focus returns to where it was. */
void zq_inbox_choice_ask (ZqInboxChoice *self, GtkWidget *parent);

G_END_DECLS
