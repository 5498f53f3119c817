/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/notify.h"
#include "clinic/fixture.h"

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>
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
  GSettings *settings; /* of the case */
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
start_notify (Desk *self, const char *zone)
{
  g_autoptr (GTimeZone) of_the_case = g_time_zone_new_identifier (zone);
  const ZqNotifyConfig config = {
    .application = self->application,
    .store = self->clinic.store,
    .status = self->status,
    .settings = self->settings,
    .zone = of_the_case,
    .seen = is_seen,
    .data = self,
  };

  g_assert_nonnull (of_the_case);
  g_clear_pointer (&self->notify, zq_notify_free);
  self->notify = zq_notify_new (&config);
}

static void
set_up (Desk *self, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  const GActionEntry actions[] = { { "open-consult", on_open, "x" } };
  g_autoptr (GError) error = NULL;

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

  self->settings = g_settings_new_with_backend ("org.zhenqiao.Zhenqiao", backend);
  start_notify (self, "Asia/Shanghai");
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
  g_object_unref (self->settings);
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

/* --- what the doctor wants ------------------------------------------------------------------------------ */

#define WORDS "头还是痛\\n体温<b>39</b> & 咳嗽"

static void
name_patient (Desk *self, int n, const char *name)
{
  fixture_take (&self->clinic,
                "{'resourceType':'Patient','id':'%d','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'name':[{'text':'%s'}],'gender':'female','birthDate':'1959-03-01'}",
                n, at_minute (-90), name);
}

/* Consultation @n becomes an urgent one, for good: of Practitioner/me or in the pool of my department. */
static void
make_urgent (Desk *self, int n, const char *owner)
{
  fixture_take (&self->clinic,
                "{'resourceType':'Task','id':'%d','meta':{'versionId':'2','lastUpdated':'%s','tag':[{'system':"
                "'https://zhenqiao.org/fhir/department','code':'endo'}]},'status':'in-progress','intent':'order',"
                "'priority':'urgent','code':{'coding':[{'system':'https://zhenqiao.org/fhir/CodeSystem/task-code',"
                "'code':'advice'}]},'focus':{'reference':'Communication/t%d'},'for':{'reference':'Patient/%d'},"
                "'requester':{'reference':'Patient/%d'},'owner':{'reference':'%s'},'authoredOn':'%s'}",
                n, at_minute (2), n, n, n, owner, at_minute (-50));
}

static void
says_something (Desk *self, int n)
{
  g_autofree char *id = g_uuid_string_random ();

  says (self, n, id);
}

static void
expect_silence (Desk *self, int n)
{
  says_something (self, n);
  expect_no_more (self);
}

static gboolean
is_one_more (gpointer data)
{
  Wanted *wanted = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&wanted->desk->lock);

  return wanted->desk->titles->len == wanted->titles + 1;
}

static void
expect_told (Desk *self, int n)
{
  Wanted before = { self, self->titles->len, 0 };

  says_something (self, n);
  g_assert_true (zq_test_wait_until (is_one_more, &before, 10));
  zq_test_wait_until (never, self, 0.1);
}

static void
set_quiet (Desk *self, int from, int until)
{
  g_settings_set_boolean (self->settings, "quiet-hours", TRUE);
  g_settings_set_int (self->settings, "quiet-from", from);
  g_settings_set_int (self->settings, "quiet-until", until);
}

static void
until_hour (Desk *self, int *now, int hour, int minute)
{
  int wanted = hour * 60 + minute;
  int by = (wanted - *now + 24 * 60) % (24 * 60);

  zq_test_advance (self->clinic.clock, by * ZQ_TEST_MINUTE_US, ZQ_TEST_HOUR_US);
  *now = wanted;
}

static void
test_quiet_day (Desk *self, gconstpointer data)
{
  int now = 10 * 60;

  synced (self);
  expect_told (self, 1);
  set_quiet (self, 9 * 60, 12 * 60);
  expect_silence (self, 1);
  until_hour (self, &now, 11, 59);
  expect_silence (self, 2);
  until_hour (self, &now, 12, 0);
  expect_told (self, 1);
  g_settings_set_int (self->settings, "quiet-until", 13 * 60);
  expect_silence (self, 2);
  g_settings_set_boolean (self->settings, "quiet-hours", FALSE);
  expect_told (self, 2);
  set_quiet (self, 12 * 60, 12 * 60);
  expect_told (self, 2);
}

static void
test_quiet_night (Desk *self, gconstpointer data)
{
  int now = 10 * 60;

  synced (self);
  set_quiet (self, 22 * 60, 7 * 60);
  expect_told (self, 1);
  until_hour (self, &now, 21, 59);
  expect_told (self, 1);
  until_hour (self, &now, 22, 0);
  expect_silence (self, 1);
  until_hour (self, &now, 0, 0);
  expect_silence (self, 2);
  until_hour (self, &now, 6, 59);
  expect_silence (self, 2);
  until_hour (self, &now, 7, 0);
  expect_told (self, 2);
}

/* The same instant is ten in the morning in Shanghai, nine in the evening of the day before in New York. */
static void
test_quiet_zone (Desk *self, gconstpointer data)
{
  int now = 21 * 60;

  start_notify (self, "America/New_York");
  synced (self);
  set_quiet (self, 22 * 60, 7 * 60);
  expect_told (self, 1);
  until_hour (self, &now, 22, 0);
  expect_silence (self, 1);
  start_notify (self, "Asia/Shanghai");
  expect_told (self, 2);
}

static void
test_quiet_urgent (Desk *self, gconstpointer data)
{
  make_urgent (self, 1, ME);
  synced (self);
  set_quiet (self, 9 * 60, 12 * 60);
  expect_told (self, 1);
  expect_silence (self, 2);
  g_settings_set_boolean (self->settings, "quiet-urgent", FALSE);
  expect_silence (self, 1);
}

/* What came while the computer was off is no reason to wake anybody, unless it is urgent. */
static void
test_quiet_backlog (Desk *self, gconstpointer data)
{
  make_urgent (self, 1, ME);
  set_quiet (self, 9 * 60, 12 * 60);
  says (self, 1, "m1");
  says (self, 2, "m2");
  says (self, 3, "m3");
  synced (self);
  expect (self, 1, 1);
  g_assert_nonnull (strstr (last_of (self->titles), "1"));
}

static void
test_which (Desk *self, gconstpointer data)
{
  make_urgent (self, 1, ME);
  make_urgent (self, 2, "Organization/endo");
  make_urgent (self, 6, "Practitioner/other");
  fixture_consult (&self->clinic, 5, "Organization/endo", "awaiting-acceptance", "2");
  synced (self);
  expect_told (self, 1);
  expect_told (self, 2);
  expect_told (self, 3);
  expect_silence (self, 5);
  expect_silence (self, 6);

  g_settings_set_boolean (self->settings, "notify-own", FALSE);
  expect_silence (self, 3);
  expect_told (self, 1);
  expect_told (self, 2);

  g_settings_set_boolean (self->settings, "notify-own", TRUE);
  g_settings_set_boolean (self->settings, "notify-urgent", FALSE);
  expect_told (self, 1);
  expect_silence (self, 2);
  expect_told (self, 3);

  g_settings_set_boolean (self->settings, "notify-own", FALSE);
  expect_silence (self, 1);
}

static void
expect_nothing_of (Desk *self, const char *words)
{
  for (guint i = 0; i < self->titles->len; i++)
    {
      g_assert_null (strstr (g_ptr_array_index (self->titles, i), words));
      g_assert_null (strstr (g_ptr_array_index (self->bodies, i), words));
    }
}

static void
test_words (Desk *self, gconstpointer data)
{
  name_patient (self, 1, "王芳");
  make_urgent (self, 1, ME);
  synced (self);
  fixture_message (&self->clinic, 1, "m1", "Patient/1", -1, WORDS);
  zq_test_settle ();
  expect (self, 1, 1);
  expect_nothing_of (self, "王");
  expect_nothing_of (self, "痛");
  expect_nothing_of (self, "39");

  g_settings_set_boolean (self->settings, "notify-words", TRUE);
  fixture_message (&self->clinic, 1, "m2", "Patient/1", -1, WORDS);
  zq_test_settle ();
  expect (self, 2, 1);
  expect_nothing_of (self, "王");
  /* One line, and nothing that a desktop could take for markup. */
  g_assert_cmpstr (last_of (self->bodies), ==, "头还是痛 体温＜b＞39＜/b＞ ＆ 咳嗽");

  g_settings_set_boolean (self->settings, "notify-words", FALSE);
  g_settings_set_boolean (self->settings, "notify-names", TRUE);
  fixture_message (&self->clinic, 1, "m3", "Patient/1", -1, WORDS);
  zq_test_settle ();
  expect (self, 3, 1);
  g_assert_cmpstr (last_of (self->titles), ==, "王芳");
  g_assert_null (strstr (last_of (self->bodies), "痛"));
}

/* Of many at once nobody is named, whatever is wanted. */
static void
test_words_of_many (Desk *self, gconstpointer data)
{
  for (int n = 1; n <= 4; n++)
    name_patient (self, n, "王芳");
  g_settings_set_boolean (self->settings, "notify-words", TRUE);
  g_settings_set_boolean (self->settings, "notify-names", TRUE);
  synced (self);
  for (int n = 1; n <= 3; n++)
    expect_told (self, n);
  says_something (self, 4);
  expect (self, 4, 1);
  g_assert_null (strstr (last_of (self->titles), "王"));
  g_assert_cmpstr (last_of (self->bodies), ==, "");
}

static void
on_ready (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **)data = g_object_ref (result);
}

static gboolean
is_ready (gpointer data)
{
  return *(GAsyncResult **)data != NULL;
}

/* As a pull brings them: nothing is shown that would be taken back at once. */
static void
test_one_commit (Desk *self, gconstpointer data)
{
  GString *text = g_string_new ("{'resourceType':'Bundle','type':'searchset','entry':[");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ZqBundle) bundle = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ZqIngested) ingested = NULL;
  g_autoptr (GError) error = NULL;

  for (int n = 1; n <= 5; n++)
    g_string_append_printf (
        text,
        "%s{'search':{'mode':'match'},'resource':{'resourceType':'Communication','id':'m%d','meta':{'versionId':'1',"
        "'lastUpdated':'%s'},'status':'completed','category':[{'coding':[{'system':"
        "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'message'}]}],"
        "'partOf':[{'reference':'Communication/t%d'}],'subject':{'reference':'Patient/%d'},"
        "'sender':{'reference':'Patient/%d'},'sent':'%s','payload':[{'contentString':'x'}]}}",
        n > 1 ? "," : "", n, at_minute (-1), n, n, n, at_minute (-1));
  g_string_append (text, "]}");
  g_strdelimit (text->str, "'", '"');
  bytes = g_string_free_to_bytes (text);
  bundle = zq_bundle_read (bytes, &error);
  g_assert_no_error (error);
  synced (self);
  zq_store_ingest_async (self->clinic.store, bundle, ZQ_PRIORITY_SYNC, NULL, NULL, NULL, on_ready, &result);
  g_assert_true (zq_test_wait_until (is_ready, &result, 10));
  ingested = zq_store_ingest_finish (self->clinic.store, result, &error);
  g_assert_no_error (error);
  zq_test_settle ();
  expect (self, 1, 1);
  g_assert_nonnull (strstr (last_of (self->titles), "5"));
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
  ADD ("quiet-from-an-hour-until-another", test_quiet_day);
  ADD ("quiet-over-midnight", test_quiet_night);
  ADD ("quiet-by-the-clock-on-the-wall", test_quiet_zone);
  ADD ("urgent-ones-get-through-if-wanted", test_quiet_urgent);
  ADD ("a-backlog-of-the-night-tells-the-urgent-only", test_quiet_backlog);
  ADD ("urgent-and-own-as-wanted-nothing-else", test_which);
  ADD ("no-word-and-no-name-unless-wanted", test_words);
  ADD ("many-in-one-commit-are-one", test_one_commit);
  ADD ("many-at-once-name-nobody", test_words_of_many);
  /* GLib's own connection to the session bus stays to the end, and the bus goes with the program. */
  return g_test_run ();
}
