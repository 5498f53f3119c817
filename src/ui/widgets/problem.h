/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An error's message as the doctor reads it: the libraries' own words through gettext, up to the colon
 * where a server's or the system's begin. (transfer full) */
char *zq_words_problem (const char *text);

G_END_DECLS
