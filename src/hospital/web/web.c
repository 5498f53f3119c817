/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/web/web.h"

#include "hospital/web/hospital-web-resources.h"

#include <string.h>

#define ROOT "/patient"

/* Nothing from elsewhere, nothing inline; pictures and sound are fetched with the token and shown
 * from memory (blob:). */
static const char policy[] = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                             "img-src 'self' blob:; media-src blob:; base-uri 'none'; form-action 'none'; "
                             "frame-ancestors 'none'";

/* A visit needs these two, of this page alone. */
static const char devices[] =
    "camera=(self), microphone=(self), geolocation=(), display-capture=(), payment=(), usb=()";

static const struct
{
  const char *suffix, *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".svg", "image/svg+xml" },
  { ".json", "application/json" },
};

static const char *
content_type (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      return types[i].type;
  return "application/octet-stream";
}

static void
set_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_replace (headers, "Content-Security-Policy", policy);
  soup_message_headers_replace (headers, "Permissions-Policy", devices);
  soup_message_headers_replace (headers, "Cross-Origin-Opener-Policy", "same-origin");
  soup_message_headers_replace (headers, "Cross-Origin-Resource-Policy", "same-origin");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Referrer-Policy", "no-referrer");
  soup_message_headers_replace (headers, "Cache-Control", "no-cache");
}

/* What the page takes of a patient is what the hospital's policy says. */
static GBytes *
find_file (const char *name, const char *resource)
{
  if (strcmp (name, "/home.json") == 0)
    return g_resources_lookup_data ("/org/zhenqiao/policy/home.json", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  return g_resource_lookup_data (zq_hospital_web_get_resource (), resource, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

static void
handle (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  const char *method = soup_server_message_get_method (message);
  const char *name = path + strlen (ROOT);
  g_autofree char *resource = NULL;
  g_autoptr (GBytes) bytes = NULL;

  set_headers (message);
  if (strcmp (method, SOUP_METHOD_GET) != 0 && strcmp (method, SOUP_METHOD_HEAD) != 0)
    {
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", "GET, HEAD");
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
      return;
    }
  if (*name == '\0')
    {
      soup_server_message_set_redirect (message, SOUP_STATUS_MOVED_PERMANENTLY, ROOT "/");
      return;
    }

  resource = g_strconcat ("/org/zhenqiao/Hospital/patient", strcmp (name, "/") == 0 ? "/index.html" : name, NULL);
  bytes = find_file (name, resource);
  if (bytes == NULL)
    {
      static const char text[] = "没有这一页。请打开 " ROOT "/\n";

      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_STATIC, text, strlen (text));
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, content_type (resource), SOUP_MEMORY_STATIC,
                                    g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
zq_hospital_web_register (ZqHospital *hospital, SoupServer *server)
{
  soup_server_add_handler (server, ROOT, handle, NULL, NULL);
}
