/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqComposer:
 *
 * Where a reply is written: says to whom, keeps what is typed as the thread's draft. Signal "send"
 * (const char *text): Ctrl+Enter or the button; "leave": Escape.
 */
#define ZQ_TYPE_COMPOSER (zq_composer_get_type ())
G_DECLARE_FINAL_TYPE (ZqComposer, zq_composer, ZQ, COMPOSER, GtkWidget)

/* Keeps the draft of the consultation before, loads that of @consult. */
void zq_composer_open (ZqComposer *self, ZqStore *store, gint64 consult);
void zq_composer_set_to (ZqComposer *self, const char *to);

/* Writes what is typed to the store now, if it is not there yet. */
void zq_composer_flush (ZqComposer *self);

/* The reply was taken: empties the box without touching the draft, which goes with the reply. */
void zq_composer_taken (ZqComposer *self);
/* It could not be taken: its text comes back before what was typed since. */
void zq_composer_put_back (ZqComposer *self, const char *text);
/* The draft was changed by a command: shows what the store has. */
void zq_composer_reload (ZqComposer *self);

/* Why nothing was sent, in place of what is said of the draft, and to a screen reader. NULL: no longer. */
void zq_composer_warn (ZqComposer *self, const char *words);

char *zq_composer_dup_text (ZqComposer *self);
gint64 zq_composer_get_consult (ZqComposer *self);

G_END_DECLS
