/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* All texts of a Communication's payload, a line each, cut one character past ZQ_MESSAGE_MAX_TEXT; NULL if there is
 * none. (transfer full) */
char *zq_message_read_text (JsonNode *node);

G_END_DECLS
