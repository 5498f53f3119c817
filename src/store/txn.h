/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/changes.h"
#include "store/store.h"

G_BEGIN_DECLS

/* ZqTxn: the writer's hand inside one transaction; valid only during the function it is given to. */

ZqDb *zq_txn_db (ZqTxn *txn);
ZqStore *zq_txn_store (ZqTxn *txn);
gpointer zq_txn_context (ZqTxn *txn);
gint64 zq_txn_now (ZqTxn *txn);

/* Announces a change with the commit. */
void zq_txn_changed (ZqTxn *txn, const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags);

/**
 * zq_txn_later:
 *
 * Runs @func once for each distinct (@func, @key) at the end of the transaction, before its commit:
 * summaries that depend on several rows ("consult_summary") are made again there. It may call
 * zq_txn_later() again.
 */
typedef gboolean (*ZqTxnLaterFunc) (ZqTxn *txn, gint64 key, GError **error);
void zq_txn_later (ZqTxn *txn, ZqTxnLaterFunc func, gint64 key);

/**
 * zq_txn_reference:
 * @text: a reference as in FHIR; "urn:uuid:<local-id>" finds a local resource
 * @wanted: whether sync shall fetch it when it is not held
 *
 * Returns: the row id of what it points at; a stub row is made for what is not held; 0 for nothing
 *   usable (contained, foreign, NULL)
 */
gint64 zq_txn_reference (ZqTxn *txn, const char *text, gboolean wanted, GError **error);

/* --- intents ---------------------------------------------------------------------------------- */

/* A resource that exists here only, until an intent creates it. @local_id NULL: a new UUID. When
 * @local_id is held already its row is given. Returns its row id, 0 on error. */
gint64 zq_txn_create_local (ZqTxn *txn, const char *type, const char *local_id, GError **error);

/* Puts an intent into the outbox, applies it to the local text and projects that. Returns its seq, 0
 * on error. @args and @basis: JSON objects, @basis and @chain nullable. */
gint64 zq_txn_add_intent (ZqTxn *txn,
                          const char *kind,
                          const char *action,
                          gint64 target,
                          const char *args,
                          const char *basis,
                          const char *chain,
                          gint64 not_before,
                          GError **error);

/**
 * zq_txn_cancel_intent:
 *
 * Takes an intent back that is WAITING, HELD or REFUSED: its effect leaves the local text, a resource
 * that only it would have created goes. ZQ_STORE_ERROR_STATE when it is SENDING or what it makes has come from
 * the hospital meanwhile, _GONE when it went out.
 */
gboolean zq_txn_cancel_intent (ZqTxn *txn, gint64 seq, GError **error);

/* To go out again after HELD or REFUSED; @basis (nullable) replaces what its writer had seen. */
gboolean zq_txn_release_intent (ZqTxn *txn, gint64 seq, const char *basis, GError **error);

/* The newest intent of @target with @action that is not SENDING, else 0. */
gint64 zq_txn_find_intent (ZqTxn *txn, gint64 target, const char *action, GError **error);

/* What the rows of @kind depend on has changed: they are made anew after this transaction, in chunks; old
 * ones serve until their turn, a kill goes on where it was. */
gboolean zq_txn_rebuild (ZqTxn *txn, const char *kind, GError **error);

/* A row of the audit, chained by hash; @what is an action, never contents. */
gboolean zq_txn_audit (ZqTxn *txn, const char *what, gint64 target, gint64 patient, GError **error);

/* --- drafts ----------------------------------------------------------------------------------- */

/* "" removes the text, NULL all of it (store/draft.h; the bytes of its files stay: intents refer to them). */
gboolean zq_txn_set_draft (ZqTxn *txn, const char *scope, const char *body, GError **error);
gboolean zq_txn_set_setting (ZqTxn *txn, const char *name, const char *value, GError **error);

G_END_DECLS
