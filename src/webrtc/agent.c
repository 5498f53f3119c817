/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "webrtc/agent.h"

void
zq_webrtc_prepare_agent (GstElement *webrtc)
{
  const char *own = g_getenv ("ZHENQIAO_CALL_ADDRESS");
  g_autoptr (GstObject) agent = NULL;
  g_autoptr (GObject) nice = NULL;
  gboolean added;

  g_object_get (webrtc, "ice-agent", &agent, NULL);
  if (agent != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (agent), "agent") != NULL)
    g_object_get (agent, "agent", &nice, NULL);
  if (nice != NULL && g_object_class_find_property (G_OBJECT_GET_CLASS (nice), "upnp") != NULL)
    g_object_set (nice, "upnp", FALSE, NULL);
  if (own == NULL || agent == NULL)
    return;
  g_signal_emit_by_name (agent, "add-local-ip-address", own, &added);
  if (!added)
    g_warning ("ZHENQIAO_CALL_ADDRESS is no address of a network");
}
