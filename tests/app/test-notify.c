/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/notify.h"
#include "clinic/fixture.h"

#include <libglib-testing/dbus-queue.h>

#define NAME   "org.freedesktop.Notifications"
#define OBJECT "/org/freedesktop/Notifications"
#define ME     "Practitioner/me"

/* What GApplication calls of a desktop. */
static const char INTERFACE[] = "<node><interface name='" NAME "'>"
                                "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
                                "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
                                "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
                                "<arg type='u' direction='out'/></method>"
                                "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
                                "<signal name='ActionInvoked'><arg type='u'/><arg type='s'/></signal>"
                                "<signal name='NotificationClosed'><arg type='u'/><arg type='u'/></signal>"
                                "</interface></node>";

typedef struct _Desk Desk;

/* One a program: the bus outlives the cases. */
typedef struct
{
  GtDBusQueue *queue;
  Desk *desk; /* of the case */
} Bus;

struct _Desk
{
  Fixture clinic;
  GDBusConnection *server; /* the desktop's */
  GApplication *application;
  ZqSessionStatus *status;
  ZqNotify *notify;

  GMutex lock; /* of what the desktop was asked for */
  GPtrArray *titles;
  GPtrArray *bodies;
  GHashTable *open; /* the desktop's ids that are shown */
  guint last;
  char *action;

  ZqClock *real;
  guint beat; /* the queue fills in a thread of its own */

  gint64 seen; /* what the person looks at */
  gint64 opened;
};

static gboolean
is_seen (gint64 consult, gpointer data)
{
  return ((Desk *)data)->seen == consult;
}

static void
on_open (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ((Desk *)data)->opened = g_variant_get_int64 (parameter);
}

static void
take_notify (Desk *self, GDBusMethodInvocation *invocation)
{
  const char *title, *body;
  g_autofree const char **actions = NULL;
  guint replaces;

  g_set_object (&self->server, g_dbus_method_invocation_get_connection (invocation));
  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(&su&s&s&s^a&s@a{sv}i)", NULL, &replaces, NULL,
                 &title, &body, &actions, NULL, NULL);
  g_ptr_array_add (self->titles, g_strdup (title));
  g_ptr_array_add (self->bodies, g_strdup (body));
  self->last = replaces != 0 ? replaces : self->titles->len + 100;
  g_free (self->action);
  self->action = g_strdup (actions[0]);
  g_hash_table_add (self->open, GUINT_TO_POINTER (self->last));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", self->last));
}

static void
take_close (Desk *self, GDBusMethodInvocation *invocation)
{
  guint id;

  g_variant_get (g_dbus_method_invocation_get_parameters (invocation), "(u)", &id);
  g_hash_table_remove (self->open, GUINT_TO_POINTER (id));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* The desktop's thread. */
static void
serve (GtDBusQueue *queue, gpointer data)
{
  Bus *bus = data;
  GDBusMethodInvocation *invocation = NULL;

  while (gt_dbus_queue_pop_message (queue, &invocation))
    {
      Desk *self = g_atomic_pointer_get (&bus->desk);

      g_mutex_lock (&self->lock);
      if (g_str_equal (g_dbus_method_invocation_get_method_name (invocation), "Notify"))
        take_notify (self, g_steal_pointer (&invocation));
      else
        take_close (self, g_steal_pointer (&invocation));
      g_mutex_unlock (&self->lock);
    }
}

static void
on_beat (gpointer data)
{
  Desk *self = data;

  self->beat = zq_clock_alarm_in (self->real, 10000, on_beat, self);
}

typedef struct
{
  Desk *desk;
  guint titles, open;
} Wanted;

static gboolean
is_as_wanted (gpointer data)
{
  Wanted *wanted = data;

  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&wanted->desk->lock);

  return wanted->desk->titles->len == wanted->titles && g_hash_table_size (wanted->desk->open) == wanted->open;
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* In all so many were asked for, and so many are there. */
static void
expect (Desk *self, guint titles, guint open)
{
  Wanted wanted = { self, titles, open };

  if (!zq_test_wait_until (is_as_wanted, &wanted, 10))
    g_error ("%u asked for, %u there, instead of %u, %u", self->titles->len, g_hash_table_size (self->open), titles,
             open);
  /* The program has to get the answers, too. */
  zq_test_wait_until (never, self, 0.1);
}

static void
expect_no_more (Desk *self)
{
  guint n = self->titles->len;

  zq_test_wait_until (never, self, 0.2);
  g_assert_cmpuint (self->titles->len, ==, n);
}

static const char *
last_of (GPtrArray *texts)
{
  return g_ptr_array_index (texts, texts->len - 1);
}

static void
synced (Desk *self)
{
  zq_session_status_set_state (self->status, ZQ_SESSION_SYNCED, zq_clock_now (self->clinic.clock));
}

static void
set_up (Desk *self, gconstpointer data)
{
  const GActionEntry actions[] = { { "open-consult", on_open, "x" } };
  g_autoptr (GError) error = NULL;
  ZqNotifyConfig config = { 0 };

  fixture_set_up (&self->clinic, NULL);
  g_mutex_init (&self->lock);
  self->titles = g_ptr_array_new_with_free_func (g_free);
  self->bodies = g_ptr_array_new_with_free_func (g_free);
  self->open = g_hash_table_new (NULL, NULL);
  g_atomic_pointer_set (&((Bus *)data)->desk, self);
  self->application = g_application_new ("org.zhenqiao.Test", G_APPLICATION_NON_UNIQUE);
  g_action_map_add_action_entries (G_ACTION_MAP (self->application), actions, G_N_ELEMENTS (actions), self);
  g_assert_true (g_application_register (self->application, NULL, &error));
  self->status = zq_session_status_new ();
  for (int n = 1; n <= 6; n++)
    fixture_consult (&self->clinic, n, n == 6 ? "Practitioner/other" : ME, "in-consultation", "1");

  config.application = self->application;
  config.store = self->clinic.store;
  config.status = self->status;
  config.seen = is_seen;
  config.data = self;
  self->notify = zq_notify_new (&config);
  self->real = zq_clock_new_system ();
  on_beat (self);
}

static void
tear_down (Desk *self, gconstpointer data)
{
  zq_notify_free (self->notify);
  zq_test_wait_until (never, self, 0.05);
  zq_clock_clear (self->real, &self->beat);
  g_object_unref (self->real);
  g_object_unref (self->application);
  g_clear_object (&self->server);
  g_mutex_clear (&self->lock);
  g_object_unref (self->status);
  g_ptr_array_unref (self->titles);
  g_ptr_array_unref (self->bodies);
  g_hash_table_unref (self->open);
  g_free (self->action);
  fixture_tear_down (&self->clinic, NULL);
}

static void
says (Desk *self, int n, const char *id)
{
  g_autofree char *patient = g_strdup_printf ("Patient/%d", n);

  fixture_message (&self->clinic, n, id, patient, -1, "头还是痛");
  zq_test_settle ();
}

static gint64
consult_of (Desk *self, const char *id)
{
  return fixture_row (&self->clinic, "Task", id);
}

/* --- cases ---------------------------------------------------------------------------------------------- */

static void
test_no_words (Desk *self, gconstpointer data)
{
  synced (self);
  says (self, 1, "m1");
  expect (self, 1, 1);
  for (guint i = 0; i < self->titles->len; i++)
    {
      g_assert_null (strstr (g_ptr_array_index (self->titles, i), "病"));
      g_assert_cmpstr (g_ptr_array_index (self->bodies, i), ==, "");
    }
  says (self, 1, "m2");
  expect (self, 2, 1);
  g_assert_nonnull (strstr (last_of (self->bodies), "2"));
  g_assert_null (strstr (last_of (self->bodies), "痛"));
}

static void
test_of_no_concern (Desk *self, gconstpointer data)
{
  synced (self);
  self->seen = consult_of (self, "1");
  says (self, 1, "m1");
  says (self, 6, "m2");
  fixture_message (&self->clinic, 2, "m3", ME, 1, "我说的");
  expect_no_more (self);
  g_assert_cmpuint (self->titles->len, ==, 0);
}

static void
test_no_flood (Desk *self, gconstpointer data)
{
  synced (self);
  says (self, 1, "m1");
  says (self, 2, "m2");
  says (self, 3, "m3");
  expect (self, 3, 3);
  says (self, 4, "m4");
  expect (self, 4, 1);
  g_assert_nonnull (strstr (last_of (self->titles), "4"));
  says (self, 5, "m5");
  expect (self, 5, 1);
}

static void
test_backlog (Desk *self, gconstpointer data)
{
  says (self, 1, "m1");
  says (self, 2, "m2");
  says (self, 3, "m3");
  expect_no_more (self);
  g_assert_cmpuint (self->titles->len, ==, 0);
  synced (self);
  expect (self, 1, 1);
  g_assert_nonnull (strstr (last_of (self->titles), "3"));
}

static void
test_read_goes (Desk *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  synced (self);
  says (self, 1, "m1");
  expect (self, 1, 1);
  fixture_mark_read (&self->clinic, consult_of (self, "1"), fixture_row (&self->clinic, "Communication", "m1"), &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      fixture_number (&self->clinic, "SELECT unread FROM consult_summary WHERE id = ?", consult_of (self, "1")), ==, 0);
  expect (self, 1, 0);
}

static gboolean
is_opened (gpointer data)
{
  return ((Desk *)data)->opened != 0;
}

static void
test_click (Desk *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  synced (self);
  says (self, 2, "m1");
  expect (self, 1, 1);
  g_dbus_connection_emit_signal (self->server, NULL, OBJECT, NAME, "ActionInvoked",
                                 g_variant_new ("(us)", self->last, self->action), &error);
  g_assert_no_error (error);
  g_assert_true (zq_test_wait_until (is_opened, self, 10));
  g_assert_cmpint (self->opened, ==, consult_of (self, "2"));
}

static GtDBusQueue *
start_desktop (Bus *bus)
{
  GtDBusQueue *queue = gt_dbus_queue_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (INTERFACE, &error);

  g_assert_no_error (error);
  g_assert_true (gt_dbus_queue_connect (queue, &error));
  gt_dbus_queue_export_object (queue, OBJECT, node->interfaces[0], &error);
  g_assert_no_error (error);
  gt_dbus_queue_set_server_func (queue, serve, bus);
  gt_dbus_queue_own_name (queue, NAME);
  return queue;
}

int
main (int argc, char **argv)
{
  Bus bus = { NULL };

  g_test_init (&argc, &argv, NULL);
  bus.queue = start_desktop (&bus);
#define ADD(name, func) g_test_add ("/notify/" name, Desk, &bus, set_up, func, tear_down)
  ADD ("says-nothing-of-the-patient", test_no_words);
  ADD ("not-for-what-is-seen-or-of-others", test_of_no_concern);
  ADD ("more-than-three-are-one", test_no_flood);
  ADD ("what-came-before-the-first-sync-is-one", test_backlog);
  ADD ("goes-when-it-was-read", test_read_goes);
  ADD ("a-click-opens-the-thread", test_click);
  /* GLib's own connection to the session bus stays to the end, and the bus goes with the program. */
  return g_test_run ();
}
