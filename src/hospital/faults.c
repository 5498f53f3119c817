/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "resource/datetime.h"

#include <string.h>

/* One request to be met by a fault. */
typedef struct
{
  gboolean set;
  gint64 at;    /* the n-th that matches */
  char *method; /* NULL: any that writes */
  char *type;   /* NULL: any */
  gint64 seen;
  gint64 fired;
} Drop;

struct _ZqFaults
{
  gint64 delay_ms;
  gint64 delayed;
  Drop before;
  Drop after;
  Drop status; /* `at` counts down how often it is still to fire */
  guint status_code;
  guint retry_after;
  char *lost;
  gint64 lost_fired;
  gboolean no_history;
  gboolean no_result_tasks;
  gint64 no_history_fired;
  gboolean socket_off;
  gint64 socket_drop; /* µs */
  char *gzip;
  char *call_back;
};

static void
drop_clear (Drop *self)
{
  g_free (self->method);
  g_free (self->type);
  memset (self, 0, sizeof *self);
}

static void
faults_clear (ZqFaults *self)
{
  drop_clear (&self->before);
  drop_clear (&self->after);
  drop_clear (&self->status);
  g_free (self->lost);
  g_free (self->gzip);
  g_free (self->call_back);
  memset (self, 0, sizeof *self);
}

ZqFaults *
zq_faults_new (void)
{
  return g_new0 (ZqFaults, 1);
}

void
zq_faults_free (ZqFaults *self)
{
  faults_clear (self);
  g_free (self);
}

gint64
zq_faults_delay (ZqFaults *self)
{
  if (self->delay_ms > 0)
    self->delayed++;
  return self->delay_ms;
}

gboolean
zq_faults_no_result_tasks (ZqFaults *self)
{
  return self->no_result_tasks;
}

const char *
zq_faults_lost (ZqFaults *self)
{
  return self->lost;
}

void
zq_faults_count_lost (ZqFaults *self)
{
  self->lost_fired++;
}

gboolean
zq_faults_websocket_off (ZqFaults *self)
{
  return self->socket_off;
}

gint64
zq_faults_websocket_drop (ZqFaults *self)
{
  return self->socket_drop;
}

const char *
zq_faults_call_back (ZqFaults *self)
{
  return self->call_back;
}

const char *
zq_faults_gzip (ZqFaults *self)
{
  return self->gzip;
}

static gboolean
drop_matches (const Drop *self, const char *method, const char *path, gboolean writes_only)
{
  g_autofree char *type = g_strndup (path, strcspn (path, "/"));
  gboolean writes = !g_str_equal (method, "GET") && !g_str_has_suffix (path, "/_search");

  if (!self->set || (self->type != NULL && !g_str_equal (self->type, *type != '\0' ? type : "Bundle")))
    return FALSE;
  if (self->method != NULL)
    return g_str_equal (self->method, method);

  return writes || !writes_only;
}

static gboolean
drop_fires (Drop *self, const char *method, const char *path)
{
  if (!drop_matches (self, method, path, TRUE) || ++self->seen != self->at)
    return FALSE;
  self->fired++;
  return TRUE;
}

ZqFault
zq_faults_next (ZqFaults *self, const char *method, const char *path, ZqReply *reply)
{
  if (drop_matches (&self->status, method, path, FALSE))
    {
      self->status.seen++;
      if (self->status.at > 0)
        {
          self->status.at--;
          self->status.fired++;
          zq_reply_fail (reply, self->status_code, "The sandbox was told to refuse this request");
          reply->retry_after = self->retry_after;
          return ZQ_FAULT_STATUS;
        }
    }
  if (self->no_history && strstr (path, "/_history") != NULL)
    {
      self->no_history_fired++;
      zq_reply_fail (reply, 405, "The sandbox was told to keep no versions");
      return ZQ_FAULT_STATUS;
    }
  if (drop_fires (&self->before, method, path))
    return ZQ_FAULT_DROP_BEFORE;

  return drop_fires (&self->after, method, path) ? ZQ_FAULT_DROP_AFTER : ZQ_FAULT_NONE;
}

static gint64
number_at (JsonNode *node, const char *path, gint64 fallback)
{
  const char *text = zq_json_get_string (node, path);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

static void
drop_read (Drop *self, JsonNode *node, const char *times)
{
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  self->set = TRUE;
  self->at = number_at (node, times, 1);
  self->method = g_strdup (zq_json_get_string (node, "method"));
  self->type = g_strdup (zq_json_get_string (node, "type"));
}

static gboolean
is_known (const char *name)
{
  static const char *const names[] = {
    "delay-ms", "drop-before-commit", "drop-after-commit", "status",    "access-lost", "websocket",
    "gzip",     "no-history",         "no-result-tasks",   "call-back", NULL
  };

  return g_strv_contains (names, name);
}

static gboolean
faults_set (ZqFaults *self, JsonNode *node, ZqReply *reply)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  g_autoptr (GList) members = object != NULL ? json_object_get_members (object) : NULL;

  if (object == NULL)
    return zq_reply_fail (reply, 400, "Faults are a JSON object");
  for (GList *l = members; l != NULL; l = l->next)
    if (!is_known (l->data))
      return zq_reply_fail (reply, 400, "This sandbox does not know that fault");

  faults_clear (self);
  self->delay_ms = number_at (node, "delay-ms", 0);
  drop_read (&self->before, zq_json_get (node, "drop-before-commit"), "at");
  drop_read (&self->after, zq_json_get (node, "drop-after-commit"), "at");
  drop_read (&self->status, zq_json_get (node, "status"), "times");
  self->status_code = number_at (node, "status.code", 503);
  self->retry_after = number_at (node, "status.retry-after", 0);
  self->lost = g_strdup (zq_json_get_string (node, "access-lost.reference"));
  self->socket_off = g_strcmp0 (zq_json_get_string (node, "websocket"), "off") == 0;
  self->socket_drop = number_at (node, "websocket.drop-every-s", 0) * G_USEC_PER_SEC;
  self->gzip = g_strdup (zq_json_get_string (node, "gzip"));
  self->no_history = zq_json_get_boolean (node, "no-history", FALSE);
  self->no_result_tasks = zq_json_get_boolean (node, "no-result-tasks", FALSE);
  self->call_back = g_strdup (zq_json_get_string (node, "call-back"));
  if (self->call_back != NULL && !zq_call_back_is_outcome (self->call_back))
    {
      faults_clear (self);
      return zq_reply_fail (reply, 400, "That is no outcome of a call");
    }
  if (self->status.set && (self->status_code < 400 || self->status_code > 599))
    {
      faults_clear (self);
      return zq_reply_fail (reply, 400, "A status to answer with is one from 400 to 599");
    }

  return TRUE;
}

static void
drop_append (GString *out, const char *name, const Drop *self, const char *times)
{
  if (!self->set)
    return;
  g_string_append_printf (out, ",\"%s\":{\"%s\":%" G_GINT64_FORMAT, name, times, self->at);
  if (self->method != NULL)
    {
      g_autofree char *quoted = zq_json_quote (self->method);

      g_string_append_printf (out, ",\"method\":%s", quoted);
    }
  if (self->type != NULL)
    {
      g_autofree char *quoted = zq_json_quote (self->type);

      g_string_append_printf (out, ",\"type\":%s", quoted);
    }
  g_string_append_printf (out, ",\"seen\":%" G_GINT64_FORMAT ",\"fired\":%" G_GINT64_FORMAT "}", self->seen,
                          self->fired);
}

static char *
faults_text (ZqFaults *self)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"delay-ms\":{\"value\":%" G_GINT64_FORMAT ",\"fired\":%" G_GINT64_FORMAT "}",
                          self->delay_ms, self->delayed);
  drop_append (out, "drop-before-commit", &self->before, "at");
  drop_append (out, "drop-after-commit", &self->after, "at");
  drop_append (out, "status", &self->status, "times");
  if (self->lost != NULL)
    {
      g_autofree char *quoted = zq_json_quote (self->lost);

      g_string_append_printf (out, ",\"access-lost\":{\"reference\":%s,\"fired\":%" G_GINT64_FORMAT "}", quoted,
                              self->lost_fired);
    }
  if (self->no_result_tasks)
    g_string_append (out, ",\"no-result-tasks\":true");
  if (self->call_back != NULL)
    g_string_append_printf (out, ",\"call-back\":\"%s\"", self->call_back);
  if (self->no_history)
    g_string_append_printf (out, ",\"no-history\":{\"fired\":%" G_GINT64_FORMAT "}", self->no_history_fired);
  g_string_append_printf (out, ",\"websocket\":{\"off\":%s,\"drop-every-s\":%" G_GINT64_FORMAT "}",
                          self->socket_off ? "true" : "false", self->socket_drop / G_USEC_PER_SEC);
  g_string_append_c (out, '}');

  return g_string_free (out, FALSE);
}

static JsonNode *
read_put (SoupServerMessage *message, ZqReply *reply)
{
  g_autoptr (GBytes) body = zq_server_body (message);
  g_autoptr (GError) error = NULL;
  JsonNode *node = zq_json_read (g_bytes_get_data (body, NULL), g_bytes_get_size (body), &error);

  if (node == NULL)
    zq_reply_fail_error (reply, error);
  return node;
}

static void
handle_faults (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  const char *method = soup_server_message_get_method (message);
  g_auto (ZqReply) reply = { 0 };

  if (!zq_server_body_ok (self, message))
    return;
  if (g_str_equal (method, "PUT"))
    {
      g_autoptr (JsonNode) node = read_put (message, &reply);

      if (node == NULL || !faults_set (self->faults, node, &reply))
        {
          zq_server_send (self, message, &reply);
          return;
        }
    }
  else if (g_str_equal (method, "DELETE"))
    faults_clear (self->faults);
  zq_live_faults_changed (self->live);
  reply.status = 200;
  reply.body = faults_text (self->faults);
  reply.content_type = g_strdup ("application/json");
  zq_server_send (self, message, &reply);
}

static gboolean
clock_set (ZqHospital *self, JsonNode *node, ZqReply *reply)
{
  const char *now = zq_json_get_string (node, "now");
  gint64 by = number_at (node, "advance-s", 0) * G_USEC_PER_SEC;

  if (now != NULL)
    {
      ZqDateTime wanted = zq_date_time_parse (now, self->zone);

      if (wanted.precision != ZQ_PRECISION_INSTANT)
        return zq_reply_fail (reply, 400, "\"now\" is no instant");
      by = wanted.start - zq_clock_now (self->clock);
    }
  zq_clock_set_server_offset (self->clock, zq_clock_get_server_offset (self->clock) + by);

  return TRUE;
}

static void
handle_clock (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  ZqHospital *self = data;
  g_auto (ZqReply) reply = { 0 };
  g_autofree char *now = NULL;

  if (!zq_server_body_ok (self, message))
    return;
  if (g_str_equal (soup_server_message_get_method (message), "PUT"))
    {
      g_autoptr (JsonNode) node = read_put (message, &reply);

      if (node == NULL || !clock_set (self, node, &reply))
        {
          zq_server_send (self, message, &reply);
          return;
        }
    }
  now = zq_instant_us (zq_clock_now (self->clock));
  reply.status = 200;
  reply.body = g_strdup_printf ("{\"now\":\"%s\"}", now);
  reply.content_type = g_strdup ("application/json");
  zq_server_send (self, message, &reply);
}

void
zq_faults_register (ZqHospital *self)
{
  soup_server_add_handler (self->server, "/_sandbox/faults", handle_faults, self, NULL);
  soup_server_add_handler (self->server, "/_sandbox/clock", handle_clock, self, NULL);
}
