/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/audit/audit.h"
#include "ui/print/document.h"

G_BEGIN_DECLS

/* Through the print dialog, or into a file that is asked for; what came of it is an AuditEvent. @document (transfer
 * full); @act: its `act` is left to these. What went wrong is said in a toast above @parent. */
void zq_print_job_print (ZqPrintDocument *document, GtkWindow *parent, ZqStore *store, const ZqAuditAct *act);
void zq_print_job_export (
    ZqPrintDocument *document, gboolean landscape, GtkWindow *parent, ZqStore *store, const ZqAuditAct *act);

/* The same into @file, without asking; NULL ends it. For tests. */
void zq_print_job_write (ZqPrintDocument *document,
                         gboolean landscape,
                         GFile *file,
                         GtkWidget *widget,
                         ZqStore *store,
                         const ZqAuditAct *act);

G_END_DECLS
