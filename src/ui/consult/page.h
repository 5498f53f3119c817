/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqConsultPage:
 *
 * One consultation: patient band, intake card, thread, composer. Actions (also by
 * gtk_widget_activate_action() on the page): "consult.reply", "consult.close" (s: outcome),
 * "consult.reopen", "consult.claim", "consult.assign", "consult.urgent", "consult.unread", "consult.intake",
 * "consult.note", "consult.send-next", "consult.find"; of a message (x: its key) "consult.quote", "consult.correct",
 * "consult.withdraw". Signals: "opened" (int64 key, 0: none); "next": what was open is done with.
 */
#define ZQ_TYPE_CONSULT_PAGE (zq_consult_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqConsultPage, zq_consult_page, ZQ, CONSULT_PAGE, GtkWidget)

void zq_consult_page_set_store (ZqConsultPage *self, ZqStore *store, ZqTicker *ticker);

/* 0: none. The draft of the one before is kept. */
void zq_consult_page_open (ZqConsultPage *self, gint64 key);
gint64 zq_consult_page_get_key (ZqConsultPage *self);
/* Whose consultation is open; 0: none. */
gint64 zq_consult_page_get_patient (ZqConsultPage *self);

/* To a message (key) of the consultation that is open. */
void zq_consult_page_show_message (ZqConsultPage *self, gint64 message);

/* The composer, for a reply that tells the result of report @about, whose Task is @tells and name @title; @why it is
 * not told by one key. */
void zq_consult_page_tell (ZqConsultPage *self, gint64 about, gint64 tells, const char *title, const char *why);

void zq_consult_page_flush (ZqConsultPage *self);
/* To the messages, where single keys act. */
void zq_consult_page_focus_thread (ZqConsultPage *self);

/* A reply that was held or refused, of any consultation: send it after all, or take it back into its
 * composer. Errors are said in a toast. */
void zq_consult_page_resend (ZqConsultPage *self, gint64 intent);
void zq_consult_page_take_back (ZqConsultPage *self, gint64 intent);
GListModel *zq_consult_page_get_messages (ZqConsultPage *self);

G_END_DECLS
