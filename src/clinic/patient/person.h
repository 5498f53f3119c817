/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/txn.h"

G_BEGIN_DECLS

/* The table that all kinds of persons share; a row is a resource. */
#define ZQ_PERSON_SCHEMA                                                                                               \
  "CREATE TABLE IF NOT EXISTS person (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT, relation TEXT);"

/* zq_txn_reference() that says apart "nothing usable" (@row 0) and failure. */
gboolean zq_person_refer (ZqTxn *txn, const char *reference, gboolean wanted, gint64 *row, GError **error);

gboolean zq_person_put (
    ZqTxn *txn, gint64 id, const char *type, const char *name, const char *relation, gint64 patient, GError **error);
gboolean zq_person_remove (ZqTxn *txn, gint64 id, GError **error);

G_END_DECLS
