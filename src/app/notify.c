/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/notify.h"

#include "store/txn.h"

#include <glib/gi18n.h>

#define MOST    3
#define SUMMARY "consultations"
/* Rows of one commit that are looked at; more are a backlog. */
#define MANY      64
#define MOST_ROWS 256
#define WORDS     120

struct _ZqNotify
{
  ZqNotifyConfig config;
  GHashTable *shown; /* consult → number of messages that it stands for */
  GArray *arrived;   /* message rows of the commit that is told */
  gint64 newest;     /* row: whatever is higher has come since */
  gboolean in_step;
  gboolean summarized;
  gulong changed;
  gulong state;
};

typedef struct
{
  gint64 consult;
  gboolean urgent;
  char *name;
  char *words;
} Arrival;

static void
arrival_clear (Arrival *self)
{
  g_free (self->name);
  g_free (self->words);
}

static ZqDb *
db_of (ZqNotify *self)
{
  return zq_store_get_main_db (self->config.store);
}

/* --- what the doctor wants ---------------------------------------------------------------------------- */

static gboolean
wants (ZqNotify *self, const char *key, gboolean otherwise)
{
  return self->config.settings != NULL ? g_settings_get_boolean (self->config.settings, key) : otherwise;
}

static gboolean
is_quiet (ZqNotify *self)
{
  GSettings *settings = self->config.settings;
  int from = settings != NULL ? g_settings_get_int (settings, "quiet-from") : 0;
  int until = settings != NULL ? g_settings_get_int (settings, "quiet-until") : 0;
  g_autoptr (GTimeZone) local =
      self->config.zone != NULL ? g_time_zone_ref (self->config.zone) : g_time_zone_new_local ();
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) now = NULL;
  int minute;

  if (!wants (self, "quiet-hours", FALSE) || from == until)
    return FALSE;
  utc = g_date_time_new_from_unix_utc (zq_clock_now (zq_store_get_clock (self->config.store)) / G_USEC_PER_SEC);
  now = g_date_time_to_timezone (utc, local);
  minute = g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now);
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

static gboolean
is_hushed (ZqNotify *self, const Arrival *arrival)
{
  return is_quiet (self) && !(arrival->urgent && wants (self, "quiet-urgent", TRUE));
}

/* --- showing ------------------------------------------------------------------------------------------ */

static char *
id_of (gint64 consult)
{
  return g_strdup_printf ("consultation-%" G_GINT64_FORMAT, consult);
}

static void
show (ZqNotify *self, const char *id, const char *title, const char *body, gint64 consult, gboolean urgent)
{
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (body != NULL)
    g_notification_set_body (notification, body);
  g_notification_set_priority (notification, urgent ? G_NOTIFICATION_PRIORITY_URGENT : G_NOTIFICATION_PRIORITY_NORMAL);
  if (consult != 0)
    g_notification_set_default_action_and_target (notification, "app.open-consult", "x", consult);
  g_application_send_notification (self->config.application, id, notification);
}

static void
show_one (ZqNotify *self, const Arrival *arrival, guint n)
{
  g_autofree char *id = id_of (arrival->consult);
  g_autofree char *count = NULL;
  const char *title =
      arrival->urgent ? _ ("New message in an urgent consultation") : _ ("New message in a consultation");
  const char *body = NULL;

  if (wants (self, "notify-names", FALSE) && arrival->name != NULL)
    title = arrival->name;
  if (wants (self, "notify-words", FALSE) && arrival->words != NULL)
    body = arrival->words;
  else if (n > 1)
    body = count = g_strdup_printf (ngettext ("%u new message", "%u new messages", n), n);
  show (self, id, title, body, arrival->consult, arrival->urgent);
}

/* Too many to be read one by one. */
static void
show_summary (ZqNotify *self, guint n_messages)
{
  guint n = g_hash_table_size (self->shown);
  g_autofree char *title =
      n > 0 ? g_strdup_printf (ngettext ("New messages in %u consultation", "New messages in %u consultations", n), n)
            : g_strdup_printf (ngettext ("%u new message", "%u new messages", n_messages), n_messages);

  self->summarized = TRUE;
  show (self, SUMMARY, title, NULL, 0, FALSE);
}

static void
withdraw (ZqNotify *self, gint64 consult)
{
  g_autofree char *id = id_of (consult);

  g_application_withdraw_notification (self->config.application, id);
}

static void
withdraw_each (ZqNotify *self)
{
  GHashTableIter iter;
  gint64 *consult;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, (gpointer *)&consult, NULL))
    withdraw (self, *consult);
}

/* Of one commit, and so that nothing is shown that the next line would take back: a desktop that has not answered
 * yet cannot be told to close what it is about to show. */
static void
tell (ZqNotify *self, const GArray *arrivals)
{
  g_autoptr (GHashTable) newest = g_hash_table_new (g_int64_hash, g_int64_equal); /* consult → its last arrival */
  GHashTableIter iter;
  const Arrival *arrival;

  if (arrivals->len == 0)
    return;
  for (guint i = 0; i < arrivals->len; i++)
    {
      guint n;

      arrival = &g_array_index (arrivals, Arrival, i);
      n = GPOINTER_TO_UINT (g_hash_table_lookup (self->shown, &arrival->consult)) + 1;
      g_hash_table_replace (self->shown, g_memdup2 (&arrival->consult, sizeof arrival->consult), GUINT_TO_POINTER (n));
      g_hash_table_replace (newest, (gpointer)&arrival->consult, (gpointer)arrival);
    }
  if (g_hash_table_size (self->shown) > MOST || self->summarized)
    {
      if (!self->summarized)
        withdraw_each (self);
      show_summary (self, 0);
      return;
    }
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&arrival))
    show_one (self, arrival, GPOINTER_TO_UINT (g_hash_table_lookup (self->shown, &arrival->consult)));
}

/* --- what came ------------------------------------------------------------------------------------------ */

/* Some desktops take the text of a notification for markup, others do not: so there must be none in it. */
static char *
make_plain (const char *text)
{
  GString *plain = g_string_new (text);

  g_string_replace (plain, "&", "＆", 0);
  g_string_replace (plain, "<", "＜", 0);
  g_string_replace (plain, ">", "＞", 0);
  g_strdelimit (plain->str, "\r\n\t", ' ');
  return g_string_free (plain, FALSE);
}

/* Of the patient's side, not read, in a consultation that is urgent or mine, as wanted; FALSE: of no concern. */
static gboolean
read_arrival (ZqNotify *self, gint64 message, Arrival *arrival)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db_of (self), NULL,
                   "SELECT c.id, c.urgent, p.name, substr (m.text, 1, ?2) FROM message m"
                   " JOIN consult c ON c.thread = m.thread JOIN consult_summary s ON s.id = c.id"
                   " LEFT JOIN patient p ON p.id = c.patient"
                   " WHERE m.id = ?1 AND m.side = 1 AND NOT m.from_me AND NOT m.withdrawn AND s.unread > 0"
                   " AND NOT c.final AND ((?3 AND c.mine) OR (?4 AND c.urgent AND (c.mine OR c.in_pool)))"
                   " ORDER BY c.mine DESC LIMIT 1",
                   "iiii", message, (gint64)WORDS, (gint64)wants (self, "notify-own", TRUE),
                   (gint64)wants (self, "notify-urgent", TRUE));

  if (rows == NULL || !zq_rows_next (rows, NULL))
    return FALSE;
  arrival->consult = zq_rows_int (rows, 0);
  arrival->urgent = zq_rows_int (rows, 1) != 0;
  arrival->name = g_strdup (zq_rows_text (rows, 2));
  arrival->words = zq_rows_text (rows, 3) != NULL ? make_plain (zq_rows_text (rows, 3)) : NULL;
  return TRUE;
}

static gint64
newest_row (ZqNotify *self)
{
  gint64 row = 0;

  zq_db_get_int (db_of (self), &row, NULL, "SELECT coalesce (max (id), 0) FROM resource", "");
  return row;
}

static void
on_row (const char *topic, gint64 row, gint64 patient, ZqChangeFlags flags, gpointer data)
{
  ZqNotify *self = data;

  if (row > self->newest)
    g_array_append_val (self->arrived, row);
}

/* Where nobody says which: the newest of them. */
static void
list_newest (ZqNotify *self)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      db_of (self), NULL, "SELECT id FROM message WHERE id > ? ORDER BY id DESC LIMIT " G_STRINGIFY (MOST_ROWS), "i",
      self->newest);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (self->arrived, row);
    }
}

static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a, two = *(const gint64 *)b;

  return one < two ? -1 : one > two;
}

/* @changes: (nullable): all that came since it was looked last. */
static void
take_arrived (ZqNotify *self, ZqChanges *changes)
{
  gboolean known = changes != NULL && !zq_changes_is_collapsed (changes, "message");
  g_autoptr (GArray) arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  guint backlog = 0;

  g_array_set_clear_func (arrivals, (GDestroyNotify)arrival_clear);
  g_array_set_size (self->arrived, 0);
  if (known)
    zq_changes_foreach (changes, "message", on_row, self);
  else
    list_newest (self);
  g_array_sort (self->arrived, compare_rows);
  for (guint i = 0; i < self->arrived->len; i++)
    {
      Arrival arrival = { 0 };

      if (!read_arrival (self, g_array_index (self->arrived, gint64, i), &arrival))
        continue;
      if (is_hushed (self, &arrival))
        arrival_clear (&arrival);
      else if (!known || self->arrived->len > MANY)
        {
          backlog++;
          arrival_clear (&arrival);
        }
      else if (self->config.seen != NULL && self->config.seen (arrival.consult, self->config.data))
        arrival_clear (&arrival);
      else
        g_array_append_val (arrivals, arrival);
    }
  tell (self, arrivals);
  self->newest = newest_row (self);
  if (backlog > 0)
    show_summary (self, backlog);
}

/* What was read, here or at another workstation, needs no attention. */
static void
forget_read (ZqNotify *self)
{
  GHashTableIter iter;
  gint64 *consult;

  g_hash_table_iter_init (&iter, self->shown);
  while (g_hash_table_iter_next (&iter, (gpointer *)&consult, NULL))
    {
      gint64 unread = 0;

      if (zq_db_get_int (db_of (self), &unread, NULL, "SELECT unread FROM consult_summary WHERE id = ?", "i",
                         *consult) &&
          unread > 0)
        continue;
      withdraw (self, *consult);
      g_hash_table_iter_remove (&iter);
    }
  if (self->summarized && g_hash_table_size (self->shown) == 0)
    {
      self->summarized = FALSE;
      g_application_withdraw_notification (self->config.application, SUMMARY);
    }
}

static void
on_changed (ZqStore *store, ZqChanges *changes, ZqNotify *self)
{
  if (!self->in_step)
    return;
  if (zq_changes_has (changes, "consult") && (g_hash_table_size (self->shown) > 0 || self->summarized))
    forget_read (self);
  if (zq_changes_has (changes, "message"))
    take_arrived (self, changes);
}

static void
on_state (ZqSessionStatus *status, GParamSpec *pspec, ZqNotify *self)
{
  if (self->in_step || zq_session_status_get_state (status) != ZQ_SESSION_SYNCED)
    return;
  self->in_step = TRUE;
  take_arrived (self, NULL);
}

ZqNotify *
zq_notify_new (const ZqNotifyConfig *config)
{
  ZqNotify *self = g_new0 (ZqNotify, 1);

  self->config = *config;
  g_object_ref (config->store);
  g_object_ref (config->status);
  if (config->settings != NULL)
    g_object_ref (config->settings);
  if (config->zone != NULL)
    g_time_zone_ref (config->zone);
  self->shown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->arrived = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->newest = newest_row (self);
  self->changed = g_signal_connect (config->store, "changed", G_CALLBACK (on_changed), self);
  self->state = g_signal_connect (config->status, "notify::state", G_CALLBACK (on_state), self);
  on_state (config->status, NULL, self);
  return self;
}

void
zq_notify_free (ZqNotify *self)
{
  if (self == NULL)
    return;
  g_signal_handler_disconnect (self->config.store, self->changed);
  g_signal_handler_disconnect (self->config.status, self->state);
  withdraw_each (self);
  if (self->summarized)
    g_application_withdraw_notification (self->config.application, SUMMARY);
  g_hash_table_unref (self->shown);
  g_array_unref (self->arrived);
  g_object_unref (self->config.store);
  g_object_unref (self->config.status);
  g_clear_object (&self->config.settings);
  g_clear_pointer (&self->config.zone, g_time_zone_unref);
  g_free (self);
}
