/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "store/txn.h"

G_BEGIN_DECLS

/**
 * ZqAuditAct:
 *
 * What was done with a patient's data and has to be known at the hospital: an AuditEvent (R4). Never words or values.
 */
typedef struct
{
  const char *act;  /* "print", "export", "received", "contacted", "not-reached": code of system audit-act */
  gint64 patient;   /* row, 0: none */
  gint64 what;      /* row of the report, conversation or Task, 0: none */
  const char *kind; /* what of: "report", "transcript", "trend", "flowsheet"; or NULL */
} ZqAuditAct;

/* In a command's own transaction. */
gboolean zq_audit_put (ZqTxn *txn, const ZqAuditAct *act, GError **error);

/* By itself; @callback (nullable) after the commit. */
void zq_audit_record_async (ZqStore *store, const ZqAuditAct *act, GAsyncReadyCallback callback, gpointer data);
gboolean zq_audit_record_finish (ZqStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
