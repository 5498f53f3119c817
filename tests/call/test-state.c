/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/ice.h"
#include "call/state.h"

/* Every event in every state, as the table of docs/signalling.md has it; "-": it cannot be there. */
static const char *const wanted[ZQ_CALL_N_EVENTS] = {
  [ZQ_CALL_EVENT_OPEN] = "joining - - - - - - joining joining -",
  [ZQ_CALL_EVENT_JOINED_ALONE] = "- alone alone alone lost live lost - - -",
  [ZQ_CALL_EVENT_JOINED_WAITING] = "- waiting waiting waiting connecting live lost - - -",
  [ZQ_CALL_EVENT_JOINED_ADMITTED] = "- connecting connecting connecting connecting live lost - - -",
  [ZQ_CALL_EVENT_AWAY] = "- joining alone waiting connecting live lost - - -",
  [ZQ_CALL_EVENT_CAME] = "- - waiting waiting connecting live lost - - -",
  [ZQ_CALL_EVENT_BACK] = "- - connecting connecting connecting live lost - - -",
  [ZQ_CALL_EVENT_WENT] = "- - alone alone lost live lost - - -",
  [ZQ_CALL_EVENT_ADMIT] = "- - - connecting - - - - - -",
  [ZQ_CALL_EVENT_HOLD] = "- - - - waiting waiting alone - - -",
  [ZQ_CALL_EVENT_CONNECTED] = "- - - - live live live - - -",
  [ZQ_CALL_EVENT_FAILED] = "- - - - lost lost lost - - -",
  [ZQ_CALL_EVENT_TAKEN] = "- taken taken taken taken taken taken - - -",
  [ZQ_CALL_EVENT_REFUSED] = "- refused refused refused refused refused refused - - -",
  [ZQ_CALL_EVENT_ENDED] = "- over over over over over over - - -",
  [ZQ_CALL_EVENT_CLOSE] = "off off off off off off off off off off",
};

static void
test_every_event_in_every_state (void)
{
  for (guint event = 0; event < ZQ_CALL_N_EVENTS; event++)
    {
      g_auto (GStrv) words = g_strsplit (wanted[event], " ", -1);

      g_assert_cmpuint (g_strv_length (words), ==, ZQ_CALL_N_STATES);
      for (guint state = 0; state < ZQ_CALL_N_STATES; state++)
        {
          ZqCallState next = ZQ_CALL_N_STATES;
          gboolean legal = zq_call_state_next (state, event, &next);

          if (g_str_equal (words[state], "-"))
            {
              g_assert_false (legal);
              g_assert_cmpint (next, ==, ZQ_CALL_N_STATES);
              continue;
            }
          g_test_message ("%s in %s", zq_call_event_name (event), zq_call_state_name (state));
          g_assert_true (legal);
          g_assert_cmpstr (zq_call_state_name (next), ==, words[state]);
        }
    }
}

/* A call that goes is ended by nothing but a doctor, another workstation, or the hospital's refusal. */
static void
test_nothing_else_ends_a_call (void)
{
  static const ZqCallState going[] = { ZQ_CALL_CONNECTING, ZQ_CALL_LIVE, ZQ_CALL_LOST };

  for (guint i = 0; i < G_N_ELEMENTS (going); i++)
    for (guint event = 0; event < ZQ_CALL_N_EVENTS; event++)
      {
        ZqCallState next;

        if (!zq_call_state_next (going[i], event, &next))
          continue;
        if (next != ZQ_CALL_OVER && next != ZQ_CALL_TAKEN && next != ZQ_CALL_REFUSED && next != ZQ_CALL_OFF)
          continue;
        g_assert_true (event == ZQ_CALL_EVENT_ENDED || event == ZQ_CALL_EVENT_TAKEN || event == ZQ_CALL_EVENT_REFUSED ||
                       event == ZQ_CALL_EVENT_CLOSE);
      }
}

static void
assert_uri (const char *url, const char *username, const char *credential, const char *uri)
{
  g_autoptr (ZqIceList) list = zq_ice_list_new ();
  g_autofree char *found = NULL;

  zq_ice_list_add (list, url, username, credential);
  found = zq_ice_server_to_uri (g_ptr_array_index (list->servers, 0));
  g_assert_cmpstr (found, ==, uri);
}

static void
test_servers_for_webrtcbin (void)
{
  assert_uri ("stun:192.0.2.1:3478", NULL, NULL, "stun://192.0.2.1:3478");
  assert_uri ("turn:192.0.2.1:3478?transport=tcp", "1795312800:m1",
              "a+b/c=", "turn://1795312800%3Am1:a%2Bb%2Fc%3D@192.0.2.1:3478?transport=tcp");
  assert_uri ("turns:relay.example:443", "u", "p", "turns://u:p@relay.example:443");
  assert_uri ("turn:192.0.2.1", NULL, NULL, NULL);
  assert_uri ("http://192.0.2.1", "u", "p", NULL);
  assert_uri ("nonsense", NULL, NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/call/state/every-event-in-every-state", test_every_event_in_every_state);
  g_test_add_func ("/call/state/nothing-else-ends-a-call", test_nothing_else_ends_a_call);
  g_test_add_func ("/call/ice/servers-for-webrtcbin", test_servers_for_webrtcbin);

  return g_test_run ();
}
