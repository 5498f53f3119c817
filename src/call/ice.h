/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* One STUN or TURN server (RFC 7064, 7065), as the hospital hands it out: its password is for a short time. */
typedef struct
{
  char *url; /* "stun:host:port", "turn:host:port?transport=udp", "turns:…" */
  char *username;
  char *credential;
} ZqIceServer;

typedef struct
{
  GPtrArray *servers; /* of ZqIceServer */
} ZqIceList;

ZqIceList *zq_ice_list_new (void);
void zq_ice_list_free (ZqIceList *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqIceList, zq_ice_list_free)
ZqIceList *zq_ice_list_copy (const ZqIceList *self);
void zq_ice_list_add (ZqIceList *self, const char *url, const char *username, const char *credential);

gboolean zq_ice_server_is_relay (const ZqIceServer *self);

/* Gives @webrtc, a webrtcbin, these servers, and the one address of this computer that it may go from where
 * ZHENQIAO_CALL_ADDRESS names it; otherwise it tries all there are. @list may be NULL. */
void zq_ice_list_apply (const ZqIceList *list, GstElement *webrtc);

/* As webrtcbin wants it: "turn://user%3Aname:password@host:port?transport=udp", "stun://host:port"; NULL: not a server.
 * Never to be logged. (transfer full) */
char *zq_ice_server_to_uri (const ZqIceServer *self);

G_END_DECLS
