/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether @host is this computer: 127.0.0.0/8, ::1, "localhost" (RFC 6761, 6.3). */
gboolean zq_address_is_loopback (const char *host);

/* Parses an absolute http(s) address; NULL for anything else, one with a user name, or, plain http
 * anywhere but on loopback (RFC 8252, 8.3). Characters that an address must not hold are escaped. */
GUri *zq_address_parse (const char *text);

/* Scheme, host and port (RFC 6454). */
gboolean zq_address_same_origin (GUri *one, GUri *other);

/* @text against @base; NULL as above. */
GUri *zq_address_resolve (GUri *base, const char *text);

G_END_DECLS
