/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/server.h"

#include "resource/datetime.h"
#include "resource/json.h"

#include <libsoup/soup.h>
#include <string.h>

struct _ToyServer
{
  ZqClock *clock;
  SoupServer *soup;
  guint port;
  char *base;
  GPtrArray *resources; /* Resource */
  GPtrArray *log;
  GPtrArray *faults;
  GHashTable *forbidden;
  GHashTable *huge; /* ids */
  guint page_size;
  guint last_id;
  gboolean circle;
};

typedef struct
{
  char *type;
  char *id;
  char *text;
  guint version;
  gint64 updated;
} Resource;

typedef struct
{
  char *method;
  char *part;
  ToyFault fault;
  guint times;
  guint status;
  guint retry_after;
} Fault;

static void
resource_free (Resource *self)
{
  g_free (self->type);
  g_free (self->id);
  g_free (self->text);
  g_free (self);
}

static void
fault_free (Fault *self)
{
  g_free (self->method);
  g_free (self->part);
  g_free (self);
}

static Resource *
find (ToyServer *self, const char *type, const char *id)
{
  for (guint i = 0; i < self->resources->len; i++)
    {
      Resource *resource = g_ptr_array_index (self->resources, i);

      if (g_str_equal (resource->type, type) && g_str_equal (resource->id, id))
        return resource;
    }
  return NULL;
}

/* --- answers -------------------------------------------------------------------------------------- */

static void
answer (SoupServerMessage *message, guint status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  if (text != NULL)
    soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_COPY, text, strlen (text));
}

static void
outcome (SoupServerMessage *message, guint status)
{
  g_autofree char *text = g_strdup_printf ("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\","
                                           "\"code\":\"processing\",\"details\":{\"text\":\"told to answer %u\"}}]}",
                                           status);

  answer (message, status, text);
}

static void
hang_up (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

/* More than the workstation takes. */
static void
answer_huge (SoupServerMessage *message)
{
  gsize length = 65 * 1024 * 1024;

  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "application/fhir+json", SOUP_MEMORY_TAKE, g_strnfill (length, ' '),
                                    length);
}

static void
answer_resource (SoupServerMessage *message, guint status, const Resource *resource, gboolean body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autofree char *etag = g_strdup_printf ("W/\"%u\"", resource->version);
  g_autofree char *location = g_strdup_printf ("%s/%s/_history/%u", resource->type, resource->id, resource->version);

  soup_message_headers_replace (headers, "ETag", etag);
  if (status == 201)
    soup_message_headers_replace (headers, "Location", location);
  answer (message, status, body ? resource->text : NULL);
}

/* --- search --------------------------------------------------------------------------------------- */

static gboolean
in_list (const char *list, const char *id)
{
  g_auto (GStrv) parts = g_strsplit (list, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *slash = strrchr (parts[i], '/');

      if (g_str_equal (slash != NULL ? slash + 1 : parts[i], id))
        return TRUE;
    }
  return FALSE;
}

static gboolean
matches (const Resource *resource, GHashTable *query)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  const char *since = g_hash_table_lookup (query, "_lastUpdated");
  const char *ids = g_hash_table_lookup (query, "_id");
  const char *patient = g_hash_table_lookup (query, "patient");
  const char *identifier = g_hash_table_lookup (query, "identifier");

  if (since != NULL)
    {
      gint64 at = zq_date_time_parse (since + 2, utc).start;

      g_assert_cmpint (at, !=, 0);
      if (g_str_has_prefix (since, "ge") ? resource->updated < at : resource->updated > at)
        return FALSE;
    }
  if (ids != NULL && !in_list (ids, resource->id))
    return FALSE;
  if (patient != NULL)
    {
      g_autoptr (JsonNode) node = zq_json_read (resource->text, -1, NULL);
      const char *of = zq_json_get_string (node, "subject.reference");

      if (of == NULL || !in_list (patient, strrchr (of, '/') + 1))
        return FALSE;
    }
  if (identifier != NULL)
    {
      const char *bar = strchr (identifier, '|');

      return bar != NULL && strstr (resource->text, bar + 1) != NULL;
    }
  return TRUE;
}

static int
by_time (gconstpointer a, gconstpointer b)
{
  const Resource *one = *(Resource *const *)a;
  const Resource *other = *(Resource *const *)b;

  if (one->updated != other->updated)
    return one->updated < other->updated ? -1 : 1;
  return g_strcmp0 (one->id, other->id);
}

static int
by_time_down (gconstpointer a, gconstpointer b)
{
  return by_time (b, a);
}

static gboolean
names_forbidden (ToyServer *self, const char *ids)
{
  g_auto (GStrv) parts = g_strsplit (ids != NULL ? ids : "", ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (g_hash_table_contains (self->forbidden, parts[i]))
        return TRUE;
    }
  return FALSE;
}

static void
search (ToyServer *self, SoupServerMessage *message, const char *type, GHashTable *query, const char *query_text)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  const char *sort = g_hash_table_lookup (query, "_sort");
  const char *page = g_hash_table_lookup (query, "_page");
  const char *count = g_hash_table_lookup (query, "_count");
  gboolean lists = g_hash_table_contains (query, "_elements");
  guint size = count != NULL ? MIN (self->page_size, (guint)g_ascii_strtoull (count, NULL, 10)) : self->page_size;
  guint start = page != NULL ? (guint)g_ascii_strtoull (page, NULL, 10) : 0;
  g_autoptr (GString) text = g_string_new ("{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
  guint n = 0;

  if (names_forbidden (self, g_hash_table_lookup (query, "_id")) ||
      names_forbidden (self, g_hash_table_lookup (query, "patient")))
    {
      outcome (message, 403);
      return;
    }
  for (guint i = 0; i < self->resources->len; i++)
    {
      Resource *resource = g_ptr_array_index (self->resources, i);

      if (g_str_equal (resource->type, type) && matches (resource, query))
        g_ptr_array_add (found, resource);
    }
  g_ptr_array_sort (found, sort != NULL && *sort == '-' ? by_time_down : by_time);

  if (start + size < found->len || (self->circle && found->len > 0))
    {
      g_autofree char *plain = g_strndup (query_text, strcspn (query_text, "#"));
      char *old = strstr (plain, "&_page=");

      if (old != NULL)
        *old = '\0';
      g_string_append_printf (text, ",\"link\":[{\"relation\":\"next\",\"url\":\"%s/%s?%s&_page=%u\"}]", self->base,
                              type, plain, self->circle && start > 0 ? size : start + size);
    }
  g_string_append (text, ",\"entry\":[");
  for (guint i = start; i < found->len && n < size; i++, n++)
    {
      const Resource *resource = g_ptr_array_index (found, i);
      /* Of a list no more than resourceType, id and meta. */
      gsize length = lists ? strcspn (resource->text, "}") + 1 : strlen (resource->text);

      if (!lists && g_hash_table_contains (self->huge, resource->id))
        {
          answer_huge (message);
          return;
        }
      g_string_append_printf (text, "%s{\"resource\":%.*s%s}", n > 0 ? "," : "", (int)length, resource->text,
                              lists ? "}" : "");
    }
  g_string_append (text, "]}");
  answer (message, 200, text->str);
}

/* --- writing -------------------------------------------------------------------------------------- */

static Resource *
store_text (ToyServer *self, const char *type, const char *id, const char *body, gint64 updated)
{
  Resource *resource = find (self, type, id);
  g_autofree char *at = zq_instant_format (updated);
  const char *rest = strchr (body, '{');
  g_autofree char *tail = g_strdup (rest != NULL ? rest + 1 : "}");
  g_autoptr (GRegex) known = g_regex_new ("\"(resourceType|id)\":\"[^\"]*\",?|\"meta\":\\{[^{}]*\\},?", 0, 0, NULL);
  g_autofree char *members = g_regex_replace (known, tail, -1, 0, "", 0, NULL);

  if (resource == NULL)
    {
      resource = g_new0 (Resource, 1);
      resource->type = g_strdup (type);
      resource->id = g_strdup (id);
      g_ptr_array_add (self->resources, resource);
    }
  resource->version++;
  resource->updated = updated;
  g_free (resource->text);
  resource->text = g_strdup_printf ("{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":{\"versionId\":\"%u\","
                                    "\"lastUpdated\":\"%s\"}%s%s",
                                    type, id, resource->version, at, *members == '}' ? "" : ",", members);
  return resource;
}

static const char *
body_of (SoupServerMessage *message, char **copy)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);

  *copy = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return *copy;
}

static void
create (ToyServer *self, SoupServerMessage *message, const char *type, ToyFault fault)
{
  const char *condition =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Exist");
  const char *bar = condition != NULL ? strchr (condition, '|') : NULL;
  g_autofree char *copy = NULL;
  g_autofree char *id = NULL;
  Resource *resource;

  for (guint i = 0; bar != NULL && i < self->resources->len; i++)
    {
      resource = g_ptr_array_index (self->resources, i);
      if (g_str_equal (resource->type, type) && strstr (resource->text, bar + 1) != NULL)
        {
          answer_resource (message, 200, resource, TRUE);
          return;
        }
    }
  id = g_strdup_printf ("s%u", ++self->last_id);
  resource = store_text (self, type, id, body_of (message, &copy), zq_clock_now (self->clock));
  if (fault == TOY_DROP_AFTER)
    hang_up (message);
  else
    answer_resource (message, 201, resource, fault != TOY_NO_BODY);
}

static void
update (ToyServer *self, SoupServerMessage *message, const char *type, const char *id, ToyFault fault, guint status)
{
  const char *match = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-Match");
  Resource *resource = find (self, type, id);
  g_autofree char *copy = NULL;
  g_autofree char *etag = NULL;

  if (resource == NULL)
    {
      outcome (message, 404);
      return;
    }
  if (fault == TOY_CHANGE)
    {
      g_autofree char *open_end = g_strndup (resource->text, strlen (resource->text) - 1);
      g_autofree char *text = g_strdup_printf ("%s,\"other%u\":7.10}", open_end, resource->version);

      store_text (self, type, id, text, zq_clock_now (self->clock));
    }
  etag = g_strdup_printf ("W/\"%u\"", resource->version);
  if (match != NULL && !g_str_equal (match, etag))
    {
      outcome (message, 412);
      return;
    }
  store_text (self, type, id, body_of (message, &copy), zq_clock_now (self->clock));
  if (fault == TOY_DROP_AFTER)
    hang_up (message);
  else if (fault == TOY_REFUSE_AFTER)
    outcome (message, status);
  else
    answer_resource (message, 200, resource, fault != TOY_NO_BODY);
}

/* --- requests ------------------------------------------------------------------------------------- */

static Fault *
next_fault (ToyServer *self, const char *line, const char *key)
{
  for (guint i = 0; i < self->faults->len; i++)
    {
      Fault *fault = g_ptr_array_index (self->faults, i);

      if (fault->times > 0 && g_str_has_prefix (line, fault->method) &&
          (strstr (line, fault->part) != NULL || (key != NULL && strstr (key, fault->part) != NULL)))
        {
          fault->times--;
          return fault;
        }
    }
  return NULL;
}

static void
stamp (ToyServer *self, SoupServerMessage *message, const Fault *fault)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (zq_clock_now (self->clock) / G_USEC_PER_SEC);
  g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

  soup_message_headers_replace (headers, "Date", date);
  if (fault != NULL && fault->retry_after > 0)
    {
      g_autofree char *wait = g_strdup_printf ("%u", fault->retry_after);

      soup_message_headers_replace (headers, "Retry-After", wait);
    }
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  g_autoptr (GHashTable) nothing = g_hash_table_new (g_str_hash, g_str_equal);
  ToyServer *self = data;
  const char *method = soup_server_message_get_method (message);
  const char *query_text = g_uri_get_query (soup_server_message_get_uri (message));
  g_autofree char *readable = query_text != NULL ? g_uri_unescape_string (query_text, NULL) : NULL;
  g_auto (GStrv) parts = g_strsplit (path + strlen ("/fhir/"), "/", -1);
  char *line = g_strdup_printf ("%s %s%s%s", method, path + strlen ("/fhir/"), readable != NULL ? "?" : "",
                                readable != NULL ? readable : "");
  const char *key = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "If-None-Exist");
  Fault *fault = next_fault (self, line, key);
  ToyFault what = fault != NULL ? fault->fault : TOY_NONE;
  Resource *resource;

  g_ptr_array_add (self->log, line);
  stamp (self, message, fault);
  if (what == TOY_STATUS)
    outcome (message, fault->status);
  else if (what == TOY_DROP_BEFORE)
    hang_up (message);
  else if (what == TOY_EMPTY)
    answer (message, 200, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}");
  else if (what == TOY_SILENT)
    soup_server_message_pause (message);
  else if (what == TOY_LENIENT)
    search (self, message, parts[0], nothing, query_text != NULL ? query_text : "");
  else if (g_str_equal (method, "POST"))
    create (self, message, parts[0], what);
  else if (g_str_equal (method, "PUT"))
    update (self, message, parts[0], parts[1], what, fault != NULL ? fault->status : 0);
  else if (parts[1] == NULL)
    search (self, message, parts[0], query != NULL ? query : nothing, query_text != NULL ? query_text : "");
  else if ((resource = find (self, parts[0], parts[1])) != NULL && !g_hash_table_contains (self->forbidden, parts[1]))
    {
      if (g_hash_table_contains (self->huge, parts[1]))
        answer_huge (message);
      else
        answer_resource (message, 200, resource, TRUE);
    }
  else
    outcome (message, g_hash_table_contains (self->forbidden, parts[1]) ? 403 : 404);
}

void
toy_server_set_up (ToyServer *self, gboolean up)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  if (!up)
    {
      soup_server_disconnect (self->soup);
      g_clear_object (&self->soup);
      return;
    }
  self->soup = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (self->soup, "/fhir", on_request, self, NULL);
  soup_server_listen_local (self->soup, self->port, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->soup);
  self->port = (guint)g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
}

ToyServer *
toy_server_new (ZqClock *clock)
{
  ToyServer *self = g_new0 (ToyServer, 1);

  self->clock = g_object_ref (clock);
  self->resources = g_ptr_array_new_with_free_func ((GDestroyNotify)resource_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify)fault_free);
  self->forbidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->huge = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->page_size = 200;
  toy_server_set_up (self, TRUE);
  self->base = g_strdup_printf ("http://127.0.0.1:%u/fhir", self->port);
  return self;
}

void
toy_server_free (ToyServer *self)
{
  if (self->soup != NULL)
    soup_server_disconnect (self->soup);
  g_clear_object (&self->soup);
  g_clear_object (&self->clock);
  g_ptr_array_unref (self->resources);
  g_ptr_array_unref (self->log);
  g_ptr_array_unref (self->faults);
  g_hash_table_unref (self->forbidden);
  g_hash_table_unref (self->huge);
  g_free (self->base);
  g_free (self);
}

const char *
toy_server_get_base (ToyServer *self)
{
  return self->base;
}

void
toy_server_put (ToyServer *self, const char *type, const char *id, const char *json, gint64 last_updated_us)
{
  g_autofree char *text = g_strdup_printf ("{%s}", *json == ',' ? json + 1 : json);

  store_text (self, type, id, text, last_updated_us);
}

void
toy_server_remove (ToyServer *self, const char *type, const char *id)
{
  g_ptr_array_remove (self->resources, find (self, type, id));
}

const char *
toy_server_get (ToyServer *self, const char *type, const char *id)
{
  Resource *resource = find (self, type, id);

  return resource != NULL ? resource->text : NULL;
}

guint
toy_server_count (ToyServer *self, const char *type)
{
  guint n = 0;

  for (guint i = 0; i < self->resources->len; i++)
    n += g_str_equal (((Resource *)g_ptr_array_index (self->resources, i))->type, type);
  return n;
}

void
toy_server_set_page_size (ToyServer *self, guint n)
{
  self->page_size = n;
}

void
toy_server_fault (
    ToyServer *self, const char *method, const char *part, ToyFault fault, guint times, guint status, guint retry_after)
{
  Fault *new = g_new0 (Fault, 1);

  new->method = g_strdup (method);
  new->part = g_strdup (part);
  new->fault = fault;
  new->times = times;
  new->status = status;
  new->retry_after = retry_after;
  g_ptr_array_add (self->faults, new);
}

void
toy_server_set_circle (ToyServer *self, gboolean circle)
{
  self->circle = circle;
}

void
toy_server_forbid (ToyServer *self, const char *id)
{
  g_hash_table_add (self->forbidden, g_strdup (id));
}

void
toy_server_set_huge (ToyServer *self, const char *id, gboolean huge)
{
  if (huge)
    g_hash_table_add (self->huge, g_strdup (id));
  else
    g_hash_table_remove (self->huge, id);
}

guint
toy_server_seen (ToyServer *self, const char *method, const char *part)
{
  guint n = 0;

  for (guint i = 0; i < self->log->len; i++)
    {
      const char *line = g_ptr_array_index (self->log, i);

      n += g_str_has_prefix (line, method) && strstr (line, part) != NULL;
    }
  return n;
}

GPtrArray *
toy_server_log (ToyServer *self)
{
  return self->log;
}
