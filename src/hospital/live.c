/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include "base/id.h"
#include "resource/datetime.h"

#include <string.h>

#define PATH      "/fhir/ws"
#define FRAME_MAX 1024
#define MAX_BOUND 256
#define KEEP_S    60

typedef struct
{
  gint64 row;
  const char *type; /* interned */
} Change;

struct _ZqLive
{
  ZqHospital *hospital;
  GMainContext *context;
  GPtrArray *connections;
  GHashTable *bound; /* "Communication\ntag" or "Communication\n" → GPtrArray of Bound */
  GArray *noted;     /* Change: of the transaction that runs */
  GArray *changed;   /* of those since the last turn */
  GSource *turn;
  guint sweeping;
  guint dropping;
};

typedef struct
{
  ZqLive *live;
  SoupWebsocketConnection *socket;
  ZqSession *session;
  GPtrArray *bound;
} Connection;

/* A Subscription that somebody listens to; the others cost nothing. */
typedef struct
{
  Connection *connection;
  char *id;
  gint64 row;
  char *type;
  char *query;
  char *key;
} Bound;

static void
bound_free (gpointer data)
{
  Bound *self = data;

  g_free (self->id);
  g_free (self->type);
  g_free (self->query);
  g_free (self->key);
  g_free (self);
}

static void
leave_index (ZqLive *self, Bound *bound)
{
  GPtrArray *bucket = bound->key != NULL ? g_hash_table_lookup (self->bound, bound->key) : NULL;

  if (bucket == NULL)
    return;
  g_ptr_array_remove_fast (bucket, bound);
  if (bucket->len == 0)
    g_hash_table_remove (self->bound, bound->key);
  g_clear_pointer (&bound->key, g_free);
}

/* A search by one tag is looked at only when something with that tag was written. */
static char *
index_key (const char *type, const char *query)
{
  g_autoptr (GPtrArray) pairs = zq_query_parse (query);
  const char *tag = "";

  for (guint i = 0; i + 1 < pairs->len; i += 2)
    if (g_str_equal (g_ptr_array_index (pairs, i), "_tag") && strpbrk (g_ptr_array_index (pairs, i + 1), ",\\") == NULL)
      tag = g_ptr_array_index (pairs, i + 1);

  return g_strconcat (type, "\n", tag, NULL);
}

static void
enter_index (ZqLive *self, Bound *bound)
{
  GPtrArray *bucket;

  bound->key = index_key (bound->type, bound->query);
  bucket = g_hash_table_lookup (self->bound, bound->key);
  if (bucket == NULL)
    {
      bucket = g_ptr_array_new ();
      g_hash_table_insert (self->bound, g_strdup (bound->key), bucket);
    }
  g_ptr_array_add (bucket, bound);
}

static void
say (Connection *self, const char *word, const char *id, const char *rest)
{
  g_autofree char *text = g_strjoin (" ", word, id, rest, NULL);

  if (soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text (self->socket, text);
}

static void
connection_free (gpointer data)
{
  Connection *self = data;

  for (guint i = 0; i < self->bound->len; i++)
    leave_index (self->live, g_ptr_array_index (self->bound, i));
  g_ptr_array_unref (self->bound);
  g_signal_handlers_disconnect_by_data (self->socket, self);
  g_object_unref (self->socket);
  zq_session_free (self->session);
  g_free (self);
}

/* Reads what is to be listened to from the Subscription as it is now. */
static gboolean
bound_read (Bound *self, const ZqStored *stored)
{
  ZqHospital *hospital = self->connection->live->hospital;
  const ZqSession *session = self->connection->session;
  g_autoptr (JsonNode) node = stored->text != NULL ? zq_json_read (stored->text, -1, NULL) : NULL;
  const char *criteria = node != NULL ? zq_json_get_string (node, "criteria") : NULL;
  const char *mark = criteria != NULL ? strchr (criteria, '?') : NULL;
  const char *end = node != NULL ? zq_json_get_string (node, "end") : NULL;

  if (mark == NULL || !zq_access_reads_text (hospital, session, stored->type, stored->id, stored->text) ||
      g_strcmp0 (zq_json_get_string (node, "status"), "active") != 0 ||
      (end != NULL && zq_date_time_parse (end, hospital->zone).start <= zq_clock_now (hospital->clock)))
    return FALSE;

  leave_index (self->connection->live, self);
  g_free (self->type);
  g_free (self->query);
  self->row = stored->row;
  self->type = g_strndup (criteria, mark - criteria);
  self->query = g_strdup (mark + 1);
  enter_index (self->connection->live, self);
  return TRUE;
}

static Bound *
find_bound (Connection *self, const char *id)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      Bound *bound = g_ptr_array_index (self->bound, i);

      if (g_str_equal (bound->id, id))
        return bound;
    }

  return NULL;
}

static void
bind_one (Connection *self, const char *id)
{
  g_autoptr (ZqStored) stored = zq_records_read (self->live->hospital, "Subscription", id, NULL);
  Bound *bound = find_bound (self, id);

  if (bound == NULL && self->bound->len >= MAX_BOUND)
    {
      say (self, "error", id, "too many subscriptions on one connection");
      return;
    }
  if (bound == NULL)
    {
      bound = g_new0 (Bound, 1);
      bound->connection = self;
      bound->id = g_strdup (id);
      g_ptr_array_add (self->bound, bound);
    }
  if (stored != NULL && bound_read (bound, stored))
    {
      say (self, "bound", id, NULL);
      return;
    }

  /* another person's, one that has ended, and none at all: all the same from here */
  leave_index (self->live, bound);
  g_ptr_array_remove (self->bound, bound);
  say (self, "error", id, "there is no such active subscription");
}

static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *message, Connection *self)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (message, NULL), g_bytes_get_size (message));
  g_auto (GStrv) words = NULL;

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    words = g_strsplit (g_strstrip (text), " ", 3);
  if (words != NULL && g_strv_length (words) == 2 && g_str_equal (words[0], "bind") && zq_id_is_valid (words[1]))
    bind_one (self, words[1]);
  else
    say (self, "error", "-", "this address takes “bind” and the id of a Subscription");
}

static void
on_closed (SoupWebsocketConnection *socket, Connection *self)
{
  g_ptr_array_remove_fast (self->live->connections, self);
}

static void
on_connected (
    SoupServer *server, SoupServerMessage *message, const char *path, SoupWebsocketConnection *socket, gpointer data)
{
  ZqLive *live = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  ZqSession *session = zq_smart_session (live->hospital, soup_message_headers_get_one (headers, "Authorization"));
  Connection *self;

  if (session == NULL)
    {
      soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION, NULL);
      return;
    }
  self = g_new0 (Connection, 1);
  self->live = live;
  self->socket = g_object_ref (socket);
  self->session = session;
  self->bound = g_ptr_array_new_with_free_func (bound_free);
  soup_websocket_connection_set_max_incoming_payload_size (socket, FRAME_MAX);
  soup_websocket_connection_set_keepalive_interval (socket, KEEP_S);
  g_signal_connect (socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), self);
  g_ptr_array_add (live->connections, self);
}

/* Who may not connect hears it before the handshake, as of any other request. */
static void
handle_handshake (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqLive *self = data;
  g_autofree char *address = zq_live_address (self);

  zq_server_check_handshake (self->hospital, message, address != NULL && g_str_equal (path, PATH), TRUE);
}

static void
match (Bound *self, const char *rows)
{
  ZqHospital *hospital = self->connection->live->hospital;
  const ZqSession *session = self->connection->session;
  g_autofree char *from = NULL, *sql = NULL, *values = NULL;
  g_auto (ZqReply) reply = { 0 };
  g_auto (ZqSearch) search = { 0 };
  gint64 found;

  zq_search_init (&search, self->type);
  if (!zq_search_read (&search, hospital, self->query, &reply))
    return;
  zq_search_add_lost (&search, hospital, session);
  from = zq_search_from_rows (&search, session);
  sql = g_strconcat ("SELECT 1 ", from, " LIMIT 1", NULL);
  values = zq_search_values (&search, rows);
  if (zq_db_get_int (hospital->db, &found, NULL, g_intern_string (sql), "ssss", self->type, values, session->who,
                     session->org))
    say (self->connection, "ping", self->id, NULL);
}

static void
match_bucket (ZqLive *self, const char *type, const char *tag, const char *rows, GHashTable *done)
{
  g_autofree char *key = g_strconcat (type, "\n", tag, NULL);
  GPtrArray *bucket = g_hash_table_lookup (self->bound, key);

  if (bucket != NULL && g_hash_table_add (done, g_strdup (key)))
    for (guint i = 0; i < bucket->len; i++)
      match (g_ptr_array_index (bucket, i), rows);
}

/* All changes of one type at once, so that a subscription is asked about once a turn. */
static void
tell_type (ZqLive *self, const char *type, GHashTable *changed)
{
  g_autoptr (GString) rows = g_string_new ("\"rows\":[");
  g_autoptr (GHashTable) done = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = g_strconcat (type, "._tag", NULL);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      g_autoptr (ZqRows) found = zq_db_query (
          self->hospital->db, NULL, "SELECT value FROM idx WHERE row = ?1 AND name = ?2", "is", *(gint64 *)row, name);

      g_string_append_printf (rows, "%s%" G_GINT64_FORMAT, rows->str[rows->len - 1] == '[' ? "" : ",", *(gint64 *)row);
      while (found != NULL && zq_rows_next (found, NULL))
        g_ptr_array_add (tags, g_strdup (zq_rows_text (found, 0)));
    }
  g_string_append_c (rows, ']');

  match_bucket (self, type, "", rows->str, done);
  for (guint i = 0; i < tags->len; i++)
    match_bucket (self, type, g_ptr_array_index (tags, i), rows->str, done);
}

/* What somebody listens to has itself been changed, deleted or has ended. */
static void
reread (ZqLive *self, gint64 row)
{
  g_autoptr (ZqStored) stored = zq_records_read_row (self->hospital, row, NULL);

  for (guint i = 0; i < self->connections->len; i++)
    {
      Connection *connection = g_ptr_array_index (self->connections, i);

      for (guint n = connection->bound->len; n-- > 0;)
        {
          Bound *bound = g_ptr_array_index (connection->bound, n);

          if (bound->row != row || (stored != NULL && bound_read (bound, stored)))
            continue;
          say (connection, "error", bound->id, "the subscription has ended");
          leave_index (self, bound);
          g_ptr_array_remove_index (connection->bound, n);
        }
    }
}

static gboolean
on_turn (gpointer data)
{
  ZqLive *self = data;
  g_autoptr (GArray) changed = g_steal_pointer (&self->changed);
  g_autoptr (GHashTable) types =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_hash_table_unref);
  gboolean swept = FALSE;
  GHashTableIter iter;
  gpointer type, rows;

  self->changed = g_array_new (FALSE, FALSE, sizeof (Change));
  g_clear_pointer (&self->turn, g_source_unref);
  for (guint i = 0; i < changed->len; i++)
    {
      const Change *change = &g_array_index (changed, Change, i);
      GHashTable *of_type = g_hash_table_lookup (types, change->type);

      if (of_type == NULL)
        {
          of_type = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
          g_hash_table_insert (types, (gpointer)change->type, of_type);
        }
      g_hash_table_add (of_type, g_memdup2 (&change->row, sizeof change->row));
      if (g_str_equal (change->type, "Subscription"))
        {
          reread (self, change->row);
          swept = TRUE;
        }
    }
  if (swept)
    zq_live_sweep (self);

  g_hash_table_iter_init (&iter, types);
  while (g_hash_table_size (self->bound) > 0 && g_hash_table_iter_next (&iter, &type, &rows))
    tell_type (self, type, rows);

  return G_SOURCE_REMOVE;
}

void
zq_live_note (ZqLive *self, gint64 row, const char *type)
{
  Change change = { row, g_intern_string (type) };

  if (g_hash_table_size (self->bound) > 0 || g_str_equal (type, "Subscription"))
    g_array_append_val (self->noted, change);
}

void
zq_live_ended (ZqLive *self, gboolean kept)
{
  if (kept)
    g_array_append_vals (self->changed, self->noted->data, self->noted->len);
  g_array_set_size (self->noted, 0);
  if (self->changed->len == 0 || self->turn != NULL)
    return;

  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->turn, on_turn, self, NULL);
  g_source_attach (self->turn, self->context);
}

static void
on_sweep (gpointer data)
{
  ZqLive *self = data;

  self->sweeping = 0;
  zq_live_sweep (self);
}

void
zq_live_sweep (ZqLive *self)
{
  ZqHospital *hospital = self->hospital;
  g_autoptr (GError) error = NULL;
  gint64 row, next;
  gboolean ok = TRUE;

  zq_clock_clear (hospital->clock, &self->sweeping);
  while (ok && zq_db_get_int (hospital->db, &row, NULL, "SELECT row FROM subscription WHERE ends <= ?1 LIMIT 1", "i",
                              zq_clock_now (hospital->clock)))
    {
      g_autoptr (ZqStored) stored = zq_records_read_row (hospital, row, NULL);

      ok = stored != NULL && zq_records_begin (hospital, &error);
      if (ok)
        ok = zq_records_end (hospital, zq_records_delete (hospital, stored, &error), NULL) && error == NULL;
    }
  if (!ok)
    g_warning ("Subscriptions that have ended could not be removed: %s", error != NULL ? error->message : "");
  else if (zq_db_get_int (hospital->db, &next, NULL,
                          "SELECT min (ends) FROM subscription HAVING min (ends) IS NOT NULL", ""))
    self->sweeping = zq_clock_alarm (hospital->clock, next, on_sweep, self);
}

char *
zq_live_address (ZqLive *self)
{
  ZqHospital *hospital = self->hospital;

  if (hospital->faults != NULL && zq_faults_websocket_off (hospital->faults))
    return NULL;
  return g_strconcat ("ws", hospital->origin + strlen ("http"), PATH, NULL);
}

void
zq_live_drop (ZqLive *self)
{
  while (self->connections->len > 0)
    {
      Connection *connection = g_ptr_array_index (self->connections, 0);
      g_autoptr (GIOStream) stream = g_object_ref (soup_websocket_connection_get_io_stream (connection->socket));

      g_ptr_array_remove_index_fast (self->connections, 0);
      g_io_stream_close (stream, NULL, NULL);
    }
}

static void
on_drop (gpointer data)
{
  ZqLive *self = data;

  self->dropping = 0;
  zq_live_drop (self);
  zq_live_faults_changed (self);
}

void
zq_live_faults_changed (ZqLive *self)
{
  gint64 every = zq_faults_websocket_drop (self->hospital->faults);

  zq_clock_clear (self->hospital->clock, &self->dropping);
  if (zq_faults_websocket_off (self->hospital->faults))
    zq_live_drop (self);
  else if (every > 0)
    self->dropping = zq_clock_alarm_in (self->hospital->clock, every, on_drop, self);
}

ZqLive *
zq_live_new (ZqHospital *hospital)
{
  ZqLive *self = g_new0 (ZqLive, 1);

  self->hospital = hospital;
  self->context = g_main_context_ref_thread_default ();
  self->connections = g_ptr_array_new_with_free_func (connection_free);
  self->bound = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
  self->noted = g_array_new (FALSE, FALSE, sizeof (Change));
  self->changed = g_array_new (FALSE, FALSE, sizeof (Change));
  soup_server_add_handler (hospital->server, PATH, handle_handshake, self, NULL);
  soup_server_add_websocket_handler (hospital->server, PATH, NULL, NULL, on_connected, self, NULL);
  zq_live_sweep (self);

  return self;
}

void
zq_live_free (ZqLive *self)
{
  zq_clock_clear (self->hospital->clock, &self->sweeping);
  zq_clock_clear (self->hospital->clock, &self->dropping);
  if (self->turn != NULL)
    {
      g_source_destroy (self->turn);
      g_source_unref (self->turn);
    }
  zq_live_drop (self);
  g_ptr_array_unref (self->connections);
  g_hash_table_unref (self->bound);
  g_array_unref (self->noted);
  g_array_unref (self->changed);
  g_main_context_unref (self->context);
  g_free (self);
}
