/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include "base/id.h"
#include "resource/bundle.h"
#include "resource/scan.h"

#include <string.h>

#define MAX_ENTRIES 1000

typedef struct
{
  guint place;
  const ZqBundleEntry *raw;
  JsonNode *node; /* the entry; borrowed */
  const char *method;
  char *path;
  const char *query; /* within path's allocation */
  char *new_id;
  ZqReply reply;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  zq_reply_clear (&entry->reply);
  g_free (entry->path);
  g_free (entry->new_id);
  g_free (entry);
}

/* Replaces the values of "reference" and "url" members that are keys of @ids; all else stays. */
char *
zq_references_resolve (const char *text, gsize length, GHashTable *ids)
{
  GString *out = g_string_new (NULL);
  const char *copied = text;
  gboolean wanted = FALSE;
  ZqScan scan;

  zq_scan_init (&scan, text, length);
  for (;;)
    {
      ZqTokenType type = zq_scan_next (&scan);

      if (type == ZQ_TOKEN_END || type == ZQ_TOKEN_ERROR)
        break;
      if (type == ZQ_TOKEN_STRING && wanted)
        {
          g_autofree char *value = zq_scan_dup_string (&scan);
          const char *id = g_hash_table_lookup (ids, value);

          if (id != NULL)
            {
              g_string_append_len (out, copied, scan.start - copied);
              g_string_append_printf (out, "\"%s\"", id);
              copied = scan.stop;
            }
        }
      wanted =
          type == ZQ_TOKEN_NAME && (zq_scan_string_equals (&scan, "reference") || zq_scan_string_equals (&scan, "url"));
    }
  g_string_append_len (out, copied, text + length - copied);

  return g_string_free (out, FALSE);
}

static void
run_entry (ZqHospital *self, const ZqRequest *outer, Entry *entry, GHashTable *ids, gboolean alone)
{
  g_autofree char *text =
      entry->raw->raw != NULL ? zq_references_resolve (entry->raw->raw, entry->raw->raw_length, ids) : NULL;
  g_autoptr (GBytes) body = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  ZqRequest request = {
    .method = entry->method,
    .path = entry->path,
    .query = entry->query,
    .if_match = zq_json_get_string (entry->node, "request.ifMatch"),
    .if_none_exist = zq_json_get_string (entry->node, "request.ifNoneExist"),
    .prefer = outer->prefer,
    .new_id = entry->new_id,
    .body = body,
    .session = outer->session,
    .served = outer->served,
  };

  if (alone)
    zq_rest_handle (self, &request, &entry->reply);
  else
    zq_rest_run (self, &request, &entry->reply);
}

static const char *
status_phrase (guint status)
{
  const char *phrase = soup_status_get_phrase (status);

  return phrase != NULL ? phrase : "";
}

static void
append_result (GString *out, Entry *entry)
{
  const ZqReply *reply = &entry->reply;
  gboolean failed = reply->status >= 400;

  g_string_append (out, "{");
  if (!failed && reply->body != NULL)
    g_string_append_printf (out, "\"resource\":%s,", reply->body);
  g_string_append_printf (out, "\"response\":{\"status\":\"%u %s\"", reply->status, status_phrase (reply->status));
  if (reply->location != NULL)
    g_string_append_printf (out, ",\"location\":\"%s\"", reply->location);
  if (reply->etag != NULL)
    {
      g_autofree char *quoted = zq_json_quote (reply->etag);

      g_string_append_printf (out, ",\"etag\":%s", quoted);
    }
  if (reply->updated != NULL)
    g_string_append_printf (out, ",\"lastModified\":\"%s\"", reply->updated);
  if (failed && reply->body != NULL)
    g_string_append_printf (out, ",\"outcome\":%s", reply->body);
  g_string_append (out, "}}");
}

static void
reply_with (ZqReply *reply, GPtrArray *entries, const char *type)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"resourceType\":\"Bundle\",\"type\":\"%s\",\"entry\":[", type);
  for (guint i = 0; i < entries->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_result (out, g_ptr_array_index (entries, i));
    }
  g_string_append (out, "]}");
  reply->status = 200;
  reply->body = g_string_free (out, FALSE);
}

/* DELETE, POST, PUT, GET (R4, http, transaction processing rules). */
static int
order_of (const char *method)
{
  static const char *const order[] = { "DELETE", "POST", "PUT", "GET" };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    if (g_str_equal (method, order[i]))
      return i;

  return -1;
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(Entry *const *)a, *second = *(Entry *const *)b;
  int by_method = order_of (first->method) - order_of (second->method);

  return by_method != 0 ? by_method : (int)first->place - (int)second->place;
}

static Entry *
entry_new (ZqHospital *self, JsonNode *node, const ZqBundleEntry *raw, guint place)
{
  const char *url = zq_json_get_string (node, "request.url");
  Entry *entry = g_new0 (Entry, 1);
  char *mark;

  entry->place = place;
  entry->raw = raw;
  entry->node = node;
  entry->method = zq_json_get_string (node, "request.method");
  if (url == NULL)
    url = "";
  if (g_str_has_prefix (url, self->base) && url[strlen (self->base)] == '/')
    url += strlen (self->base);
  entry->path = g_uri_unescape_string (*url == '/' ? url + 1 : url, NULL);
  if (entry->path == NULL)
    entry->path = g_strdup ("");
  mark = strchr (entry->path, '?');
  if (mark != NULL)
    {
      /* the query stays escaped: it is parsed where searches are */
      g_free (entry->path);
      entry->path = g_strdup (*url == '/' ? url + 1 : url);
      mark = strchr (entry->path, '?');
    }
  if (mark != NULL)
    {
      *mark = '\0';
      entry->query = mark + 1;
    }

  return entry;
}

/* Says before anything runs what each fullUrl will be, so that entries may name each other both ways. */
static gboolean
assign_ids (ZqHospital *self, const ZqSession *session, GPtrArray *entries, GHashTable *ids, ZqReply *reply)
{
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);
      const char *condition = zq_json_get_string (entry->node, "request.ifNoneExist");
      g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_autofree char *reference = NULL;

      if (g_str_equal (entry->method, "PUT"))
        reference = g_strdup (entry->path);
      else if (!g_str_equal (entry->method, "POST"))
        continue;
      else
        {
          if (condition != NULL && zq_type_is_known (entry->path) &&
              !zq_search_rows (self, session, entry->path, condition, rows, reply))
            return FALSE;
          if (rows->len > 0)
            {
              g_autoptr (ZqStored) stored = zq_records_read_row (self, g_array_index (rows, gint64, 0), NULL);

              reference = stored != NULL ? g_strconcat (stored->type, "/", stored->id, NULL) : NULL;
            }
          else
            {
              entry->new_id = zq_id_new ();
              reference = g_strconcat (entry->path, "/", entry->new_id, NULL);
            }
        }
      if (entry->raw->full_url != NULL && reference != NULL)
        g_hash_table_insert (ids, (gpointer)entry->raw->full_url, g_steal_pointer (&reference));
    }

  return TRUE;
}

static void
run_transaction (ZqHospital *self, const ZqRequest *request, GPtrArray *entries, ZqReply *reply)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (order, g_ptr_array_index (entries, i));
  g_ptr_array_sort (order, compare_entries);
  if (!zq_records_begin (self, &error))
    {
      zq_reply_fail_error (reply, error);
      return;
    }
  if (!assign_ids (self, request->session, entries, ids, reply))
    {
      zq_records_end (self, FALSE, NULL);
      return;
    }

  for (guint i = 0; i < order->len; i++)
    {
      Entry *entry = g_ptr_array_index (order, i);

      run_entry (self, request, entry, ids, FALSE);
      if (entry->reply.status >= 400)
        {
          reply->status = entry->reply.status;
          reply->body = g_steal_pointer (&entry->reply.body);
          zq_records_end (self, FALSE, NULL);
          return;
        }
    }

  if (zq_records_end (self, TRUE, &error))
    reply_with (reply, entries, "transaction-response");
  else
    zq_reply_fail_error (reply, error);
}

static gboolean
collect_entries (ZqHospital *self, JsonNode *node, ZqBundle *bundle, GPtrArray *entries, ZqReply *reply)
{
  guint n = zq_bundle_get_n_entries (bundle);

  if (n > MAX_ENTRIES)
    return zq_reply_fail (reply, 413, "The bundle has too many entries");
  if (n != zq_json_get_length (node, "entry"))
    return zq_reply_fail (reply, 400, "The bundle's entries cannot be read");
  for (guint i = 0; i < n; i++)
    {
      JsonNode *member = zq_json_get_at (node, "entry", i);
      Entry *entry;

      if (member == NULL || !JSON_NODE_HOLDS_OBJECT (member))
        return zq_reply_fail (reply, 400, "An entry of the bundle is no object");
      entry = entry_new (self, member, zq_bundle_get_entry (bundle, i), i);
      g_ptr_array_add (entries, entry);
      if (entry->method == NULL || order_of (entry->method) < 0 || *entry->path == '\0')
        return zq_reply_fail (reply, 400, "An entry of the bundle has no request that this hospital knows");
    }

  return TRUE;
}

void
zq_bundle_run (ZqHospital *self, const ZqRequest *request, JsonNode *node, ZqReply *reply)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqBundle) bundle = zq_bundle_read (request->body, &error);
  const char *type = bundle != NULL ? zq_bundle_get_type_code (bundle) : NULL;

  if (bundle == NULL)
    {
      zq_reply_fail_error (reply, error);
      return;
    }
  if (g_strcmp0 (type, "transaction") != 0 && g_strcmp0 (type, "batch") != 0)
    {
      zq_reply_fail (reply, 400, "The base address takes bundles of type transaction or batch");
      return;
    }
  if (!collect_entries (self, node, bundle, entries, reply))
    return;

  if (g_str_equal (type, "transaction"))
    {
      run_transaction (self, request, entries, reply);
      return;
    }
  for (guint i = 0; i < entries->len; i++)
    run_entry (self, request, g_ptr_array_index (entries, i), none, TRUE);
  reply_with (reply, entries, "batch-response");
}
