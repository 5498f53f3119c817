/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/turn.h"

#include <signal.h>
#include <string.h>

#define SECRET "of-the-tests"

struct _ZqTestTurn
{
  ZqTestDir *dir;
  GSubprocess *process;
  guint port;
};

static guint
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, !=, 0);
  g_socket_listener_close (listener);

  return port;
}

static gboolean
answers (gpointer data)
{
  ZqTestTurn *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", self->port, NULL, NULL);

  return connection != NULL;
}

static gboolean
look_again (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSubprocess *
spawn (ZqTestTurn *self)
{
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *pid = zq_test_dir_path (self->dir, "pid"), *db = zq_test_dir_path (self->dir, "db");
  g_autofree char *log = zq_test_dir_path (self->dir, "log");
  const char *argv[] = { "turnserver",
                         "-n",
                         "--listening-ip",
                         "127.0.0.1",
                         "--relay-ip",
                         "127.0.0.1",
                         "--listening-port",
                         port,
                         "--no-tls",
                         "--no-dtls",
                         "--no-cli",
                         "--use-auth-secret",
                         "--static-auth-secret",
                         SECRET,
                         "--realm",
                         "tests",
                         "--allow-loopback-peers",
                         "--fingerprint",
                         "--pidfile",
                         pid,
                         "--userdb",
                         db,
                         "--log-file",
                         log,
                         "--simple-log",
                         NULL };
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
      g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);

  g_assert_no_error (error);

  return process;
}

ZqTestTurn *
zq_test_turn_start (void)
{
  g_autofree char *program = g_find_program_in_path ("turnserver");
  ZqTestTurn *self;
  guint wake;

  if (program == NULL)
    return NULL;
  self = g_new0 (ZqTestTurn, 1);
  self->dir = zq_test_temp_dir ();
  self->port = find_port ();
  self->process = spawn (self);
  wake = g_timeout_add (50, look_again, NULL); /* nothing else would wake the main loop */
  g_assert_true (zq_test_wait_until (answers, self, 20));
  g_source_remove (wake);

  return self;
}

void
zq_test_turn_stop (ZqTestTurn *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  zq_test_dir_free (self->dir);
  g_free (self);
}

guint
zq_test_turn_get_port (ZqTestTurn *self)
{
  return self->port;
}

static ZqIceList *
make_ice (guint port, const char *secret)
{
  g_autofree char *url = g_strdup_printf ("turn:127.0.0.1:%u?transport=udp", port);
  g_autofree char *tcp = g_strdup_printf ("turn:127.0.0.1:%u?transport=tcp", port);
  g_autofree char *user = g_strdup_printf ("%" G_GINT64_FORMAT ":m1", g_get_real_time () / G_USEC_PER_SEC + 3600);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA1, (const guchar *)secret, strlen (secret));
  g_autofree char *word = NULL;
  ZqIceList *ice = zq_ice_list_new ();
  guint8 digest[20];
  gsize length = sizeof digest;

  g_hmac_update (hmac, (const guchar *)user, -1);
  g_hmac_get_digest (hmac, digest, &length);
  word = g_base64_encode (digest, length);
  zq_ice_list_add (ice, url, user, word);
  zq_ice_list_add (ice, tcp, user, word);

  return ice;
}

ZqIceList *
zq_test_turn_get_ice (ZqTestTurn *self)
{
  return make_ice (self->port, SECRET);
}

ZqIceList *
zq_test_turn_get_forged (ZqTestTurn *self)
{
  return make_ice (self->port, "of-somebody-else");
}
