/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "call/session.h"
#include "ui/visit/host.h"

G_BEGIN_DECLS

#define ZQ_TYPE_VISIT_PAGE (zq_visit_page_get_type ())
G_DECLARE_FINAL_TYPE (ZqVisitPage, zq_visit_page, ZQ, VISIT_PAGE, GtkWidget)

/**
 * ZqVisitPage:
 *
 * One visit: who it is about, the patient's picture large and one's own small, what can be done about it; beside it the
 * note, the record and the conversation. Signals and properties: ui/visit/host.h.
 */
ZqVisitPage *zq_visit_page_new (const ZqVisitHost *host);

/* The call is let go of, the visit goes on. */
void zq_visit_page_leave (ZqVisitPage *self);

G_END_DECLS
