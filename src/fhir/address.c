/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/address.h"

#include <libsoup/soup.h>

#define URI_CHARACTERS G_URI_RESERVED_CHARS_GENERIC_DELIMITERS G_URI_RESERVED_CHARS_SUBCOMPONENT_DELIMITERS "%"

static int
effective_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (port > 0)
    return port;
  return g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
}

static gboolean
is_acceptable (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  if (g_str_equal (scheme, "https"))
    return TRUE;
  return g_str_equal (scheme, "http") && zq_address_is_loopback (host);
}

gboolean
zq_address_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (host == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

GUri *
zq_address_parse (const char *text)
{
  g_autofree char *escaped = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  escaped = g_uri_escape_string (text, URI_CHARACTERS, FALSE);
  uri = g_uri_parse (escaped, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || !is_acceptable (uri))
    return NULL;
  return g_steal_pointer (&uri);
}

gboolean
zq_address_same_origin (GUri *one, GUri *other)
{
  return g_str_equal (g_uri_get_scheme (one), g_uri_get_scheme (other)) &&
         g_ascii_strcasecmp (g_uri_get_host (one), g_uri_get_host (other)) == 0 &&
         effective_port (one) == effective_port (other);
}

GUri *
zq_address_resolve (GUri *base, const char *text)
{
  g_autofree char *escaped = g_uri_escape_string (text, URI_CHARACTERS, FALSE);
  g_autoptr (GUri) uri = g_uri_parse_relative (base, escaped, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || !is_acceptable (uri))
    return NULL;
  return g_steal_pointer (&uri);
}
