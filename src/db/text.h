/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "db/db-private.h"

G_BEGIN_DECLS

/* What a statement ends with that met a text which cannot be made whole again. */
#define ZQ_DB_RC_TEXT (SQLITE_ERROR | (90 << 8))

/* The functions of src/db/db.h, "texts". */
gboolean zq_db_add_texts (ZqDb *self, GError **error);

G_END_DECLS
