/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "secrets.h"

#include "support/support.h"

#include <libglib-testing/dbus-queue.h>

#define NAME       "org.freedesktop.secrets"
#define SERVICE    "/org/freedesktop/secrets"
#define ALIAS      SERVICE "/aliases/default"
#define COLLECTION SERVICE "/collection/login"
#define ITEM       COLLECTION "/1"
#define SESSION    SERVICE "/session/1"
#define PROMPT     SERVICE "/prompt/1"

/* What libsecret calls of it. */
static const char INTERFACES[] =
    "<node>"
    "<interface name='org.freedesktop.Secret.Service'>"
    "<method name='OpenSession'><arg type='s' direction='in'/><arg type='v' direction='in'/>"
    "<arg type='v' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='CreateCollection'><arg type='a{sv}' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='o' direction='out'/><arg type='o' direction='out'/></method>"
    "<method name='SearchItems'><arg type='a{ss}' direction='in'/><arg type='ao' direction='out'/>"
    "<arg type='ao' direction='out'/></method>"
    "<method name='Unlock'><arg type='ao' direction='in'/><arg type='ao' direction='out'/>"
    "<arg type='o' direction='out'/></method>"
    "<method name='GetSecrets'><arg type='ao' direction='in'/><arg type='o' direction='in'/>"
    "<arg type='a{o(oayays)}' direction='out'/></method>"
    "<method name='ReadAlias'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    "<property name='Collections' type='ao' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Collection'>"
    "<method name='CreateItem'><arg type='a{sv}' direction='in'/><arg type='(oayays)' direction='in'/>"
    "<arg type='b' direction='in'/><arg type='o' direction='out'/><arg type='o' direction='out'/></method>"
    "<property name='Items' type='ao' access='read'/><property name='Label' type='s' access='read'/>"
    "<property name='Locked' type='b' access='read'/><property name='Created' type='t' access='read'/>"
    "<property name='Modified' type='t' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Item'>"
    "<method name='GetSecret'><arg type='o' direction='in'/><arg type='(oayays)' direction='out'/></method>"
    "<property name='Locked' type='b' access='read'/><property name='Attributes' type='a{ss}' access='read'/>"
    "<property name='Label' type='s' access='read'/><property name='Created' type='t' access='read'/>"
    "<property name='Modified' type='t' access='read'/>"
    "</interface>"
    "<interface name='org.freedesktop.Secret.Prompt'>"
    "<method name='Prompt'><arg type='s' direction='in'/></method><method name='Dismiss'/>"
    "<signal name='Completed'><arg type='b'/><arg type='v'/></signal>"
    "</interface>"
    "</node>";

struct _Secrets
{
  GDBusNodeInfo *interfaces;
  GtDBusQueue *queue;
  GDBusConnection *session; /* libsecret's, too */

  GMutex lock; /* of what follows */
  SecretsFlags flags;
  char *fails;
  char *error;
  GPtrArray *calls;
  GBytes *kept;
};

/* --- answers, in the queue's thread ----------------------------------------------------------- */

static GVariant *
properties_of (Secrets *self, const char *interface)
{
  gboolean locked = (self->flags & SECRETS_LOCKED) != 0;

  if (g_str_equal (interface, "org.freedesktop.Secret.Service"))
    return self->flags & SECRETS_EMPTY ? g_variant_new_parsed ("({'Collections': <@ao []>},)")
                                       : g_variant_new_parsed ("({'Collections': <[%o]>},)", COLLECTION);
  if (g_str_equal (interface, "org.freedesktop.Secret.Item"))
    return g_variant_new_parsed ("({'Locked': <%b>, 'Attributes': <@a{ss} {}>, 'Label': <''>, 'Created': <@t 1>,"
                                 " 'Modified': <@t 1>},)",
                                 locked || (self->flags & SECRETS_LATE) != 0);
  return g_variant_new_parsed ("({'Items': <@ao []>, 'Label': <'login'>, 'Locked': <%b>, 'Created': <@t 1>,"
                               " 'Modified': <@t 1>},)",
                               locked);
}

static GVariant *
search (Secrets *self)
{
  if (!(self->flags & SECRETS_HAS))
    return g_variant_new_parsed ("(@ao [], @ao [])");
  return self->flags & (SECRETS_LOCKED | SECRETS_LATE) ? g_variant_new_parsed ("(@ao [], [%o])", ITEM)
                                                       : g_variant_new_parsed ("([%o], @ao [])", ITEM);
}

static GVariant *
create (Secrets *self, GVariant *parameters)
{
  g_autoptr (GVariant) value = NULL;

  g_variant_get (parameters, "(@a{sv}(@o@ay@ays)b)", NULL, NULL, NULL, &value, NULL, NULL);
  g_clear_pointer (&self->kept, g_bytes_unref);
  self->kept = g_variant_get_data_as_bytes (value);
  if (!(self->flags & SECRETS_FORGETS))
    self->flags |= SECRETS_HAS;
  return g_variant_new ("(oo)", ITEM, "/");
}

static GVariant *
secret_of (Secrets *self)
{
  GBytes *kept = self->kept;
  GVariant *value =
      kept != NULL ? g_variant_new_from_bytes (G_VARIANT_TYPE ("ay"), kept, TRUE) : g_variant_new_parsed ("@ay []");

  return g_variant_new ("(o@ay@ays)", SESSION, g_variant_new_parsed ("@ay []"), value, "text/plain");
}

/* NULL: none of these. */
static GVariant *
answer_of (Secrets *self, const char *method, GVariant *parameters)
{
  const char *interface;

  if (g_str_equal (method, "GetAll"))
    {
      g_variant_get (parameters, "(&s)", &interface);
      return properties_of (self, interface);
    }
  if (g_str_equal (method, "ReadAlias"))
    return g_variant_new ("(o)", self->flags & SECRETS_EMPTY ? "/" : COLLECTION);
  if (g_str_equal (method, "OpenSession"))
    return g_variant_new ("(vo)", g_variant_new_string (""), SESSION);
  if (g_str_equal (method, "SearchItems"))
    return search (self);
  if (g_str_equal (method, "Unlock"))
    return g_variant_new ("(@aoo)", g_variant_new_parsed ("@ao []"), PROMPT);
  if (g_str_equal (method, "Prompt"))
    return g_variant_new ("()");
  if (g_str_equal (method, "CreateItem"))
    return create (self, parameters);
  if (g_str_equal (method, "GetSecrets"))
    return g_variant_new_parsed ("({%o: %*},)", ITEM, secret_of (self));
  if (g_str_equal (method, "GetSecret"))
    return g_variant_new ("(@(oayays))", secret_of (self));
  return NULL;
}

/* The keys that sessions may agree on are libsecret's matter. */
static gboolean
wants_cipher (const char *method, GVariant *parameters)
{
  const char *algorithm;

  if (!g_str_equal (method, "OpenSession"))
    return FALSE;
  g_variant_get_child (parameters, 0, "&s", &algorithm);
  return !g_str_equal (algorithm, "plain");
}

static void
answer (Secrets *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  const char *method = g_dbus_method_invocation_get_method_name (invocation);
  GVariant *parameters = g_dbus_method_invocation_get_parameters (invocation);
  GDBusConnection *connection = g_dbus_method_invocation_get_connection (invocation);
  GVariant *reply;

  g_ptr_array_add (self->calls, g_strdup (method));
  if (self->fails != NULL && g_str_has_prefix (method, self->fails))
    {
      g_dbus_method_invocation_return_dbus_error (invocation, self->error, "told to fail");
      return;
    }
  if (wants_cipher (method, parameters))
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.NotSupported", "plain only");
      return;
    }
  reply = answer_of (self, method, parameters);
  if (reply == NULL)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.NotSupported", method);
      return;
    }
  g_dbus_method_invocation_return_value (invocation, reply);
  if (g_str_equal (method, "Prompt"))
    g_dbus_connection_emit_signal (connection, NULL, PROMPT, "org.freedesktop.Secret.Prompt", "Completed",
                                   g_variant_new_parsed ("(true, <@ao []>)"), NULL);
}

static void
serve (GtDBusQueue *queue, gpointer data)
{
  GDBusMethodInvocation *invocation;

  while (gt_dbus_queue_pop_message (queue, &invocation))
    answer (data, invocation);
}

/* --- public ----------------------------------------------------------------------------------- */

static void
export_at (Secrets *self, const char *path, const char *interface)
{
  g_autoptr (GError) error = NULL;
  GDBusInterfaceInfo *info = g_dbus_node_info_lookup_interface (self->interfaces, interface);

  gt_dbus_queue_export_object (self->queue, path, info, &error);
  g_assert_no_error (error);
}

static void
on_name (GDBusConnection *connection, const char *name, const char *owner, gpointer data)
{
  *(gboolean *)data = TRUE;
}

/* The queue asks for the name and does not wait for it. */
static void
wait_for_name (Secrets *self)
{
  gboolean there = FALSE;
  guint watch = g_bus_watch_name_on_connection (gt_dbus_queue_get_client_connection (self->queue), NAME,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE, on_name, NULL, &there, NULL);

  g_assert_true (zq_test_wait_flag (&there, 10));
  g_bus_unwatch_name (watch);
  zq_test_settle ();
}

Secrets *
secrets_new (void)
{
  Secrets *self = g_new0 (Secrets, 1);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->lock);
  self->calls = g_ptr_array_new_with_free_func (g_free);
  self->interfaces = g_dbus_node_info_new_for_xml (INTERFACES, &error);
  g_assert_no_error (error);
  self->queue = gt_dbus_queue_new ();
  g_assert_true (gt_dbus_queue_connect (self->queue, &error));
  export_at (self, SERVICE, "org.freedesktop.Secret.Service");
  export_at (self, ALIAS, "org.freedesktop.Secret.Collection");
  export_at (self, COLLECTION, "org.freedesktop.Secret.Collection");
  export_at (self, ITEM, "org.freedesktop.Secret.Item");
  export_at (self, PROMPT, "org.freedesktop.Secret.Prompt");
  gt_dbus_queue_own_name (self->queue, NAME);
  wait_for_name (self);
  self->session = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  gt_dbus_queue_set_server_func (self->queue, serve, self);
  return self;
}

void
secrets_set (Secrets *self, SecretsFlags flags, const char *fails, const char *error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->flags = flags;
  g_free (self->fails);
  self->fails = g_strdup (fails);
  g_free (self->error);
  self->error = g_strdup (error);
  g_ptr_array_set_size (self->calls, 0);
  g_clear_pointer (&self->kept, g_bytes_unref);
}

guint
secrets_count (Secrets *self, const char *method)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint n = 0;

  for (guint i = 0; i < self->calls->len; i++)
    n += g_str_equal (self->calls->pdata[i], method);
  return n;
}

GBytes *
secrets_get_kept (Secrets *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->kept != NULL ? g_bytes_ref (self->kept) : NULL;
}
