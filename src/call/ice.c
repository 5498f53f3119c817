/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/ice.h"

#include "webrtc/agent.h"

#include <string.h>

static void
server_free (gpointer data)
{
  ZqIceServer *self = data;

  g_free (self->url);
  g_free (self->username);
  g_free (self->credential);
  g_free (self);
}

ZqIceList *
zq_ice_list_new (void)
{
  ZqIceList *self = g_new0 (ZqIceList, 1);

  self->servers = g_ptr_array_new_with_free_func (server_free);

  return self;
}

void
zq_ice_list_free (ZqIceList *self)
{
  g_ptr_array_unref (self->servers);
  g_free (self);
}

void
zq_ice_list_add (ZqIceList *self, const char *url, const char *username, const char *credential)
{
  ZqIceServer *server = g_new0 (ZqIceServer, 1);

  server->url = g_strdup (url);
  server->username = g_strdup (username);
  server->credential = g_strdup (credential);
  g_ptr_array_add (self->servers, server);
}

ZqIceList *
zq_ice_list_copy (const ZqIceList *self)
{
  ZqIceList *copy = zq_ice_list_new ();

  for (guint i = 0; self != NULL && i < self->servers->len; i++)
    {
      const ZqIceServer *server = g_ptr_array_index (self->servers, i);

      zq_ice_list_add (copy, server->url, server->username, server->credential);
    }

  return copy;
}

gboolean
zq_ice_server_is_relay (const ZqIceServer *self)
{
  return g_str_has_prefix (self->url, "turn:") || g_str_has_prefix (self->url, "turns:");
}

char *
zq_ice_server_to_uri (const ZqIceServer *self)
{
  const char *colon = strchr (self->url, ':');
  g_autofree char *user = NULL, *password = NULL, *scheme = NULL;

  if (colon == NULL || colon[1] == '\0')
    return NULL;
  scheme = g_strndup (self->url, colon - self->url);
  if (g_str_equal (scheme, "stun"))
    return g_strconcat ("stun://", colon + 1, NULL);
  if (!zq_ice_server_is_relay (self) || self->username == NULL || self->credential == NULL)
    return NULL;
  user = g_uri_escape_string (self->username, NULL, FALSE);
  password = g_uri_escape_string (self->credential, NULL, FALSE);

  return g_strconcat (scheme, "://", user, ":", password, "@", colon + 1, NULL);
}

void
zq_ice_list_apply (const ZqIceList *list, GstElement *webrtc)
{
  gboolean added;

  zq_webrtc_prepare_agent (webrtc);
  for (guint i = 0; list != NULL && i < list->servers->len; i++)
    {
      const ZqIceServer *server = g_ptr_array_index (list->servers, i);
      g_autofree char *uri = zq_ice_server_to_uri (server);

      if (uri == NULL)
        continue;
      if (zq_ice_server_is_relay (server))
        g_signal_emit_by_name (webrtc, "add-turn-server", uri, &added);
      else
        g_object_set (webrtc, "stun-server", uri, NULL);
    }
}
