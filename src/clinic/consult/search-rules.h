/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/search.h"

G_BEGIN_DECLS

/* How consultations are found by their complaint, messages and internal notes by what they say. */
extern const ZqSearchRule zq_consult_search;
extern const ZqSearchRule zq_message_search;

/* For who reads through the messages of a thread. FALSE: error. */
gboolean zq_message_may_be_found (ZqDb *db, gint64 message, gboolean *may, GError **error);

G_END_DECLS
