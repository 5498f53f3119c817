/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/call-back-private.h"
#include "hospital/private.h"

#include "base/id.h"

#include <string.h>

static void
reply_set_version (ZqHospital *self, ZqReply *reply, const ZqStored *stored)
{
  g_autoptr (GDateTime) updated = g_date_time_new_from_unix_utc (stored->updated / G_USEC_PER_SEC);

  reply->etag = g_strdup_printf ("W/\"%" G_GINT64_FORMAT "\"", stored->version);
  reply->last_modified = soup_date_time_to_string (updated, SOUP_DATE_HTTP);
  reply->updated = zq_instant_us (stored->updated);
  reply->resource_ref = g_strconcat (stored->type, "/", stored->id, NULL);
  reply->location =
      g_strdup_printf ("%s/%s/%s/_history/%" G_GINT64_FORMAT, self->base, stored->type, stored->id, stored->version);
}

static void
reply_set_stored (ZqHospital *self, const ZqRequest *request, ZqReply *reply, guint status, ZqStored *stored)
{
  reply->status = status;
  reply_set_version (self, reply, stored);
  if (request->prefer == NULL || strstr (request->prefer, "return=minimal") == NULL)
    reply->body = g_steal_pointer (&stored->text);
}

static gboolean
parse_version (const char *text, gint64 *version)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, &value, NULL))
    return FALSE;
  *version = value;
  return TRUE;
}

/* W/"3" or "3" (R4, http, concurrency). */
static gboolean
matches (const char *if_match, const ZqStored *stored)
{
  g_autofree char *tag = g_strstrip (g_strdup (if_match));
  g_autofree char *weak = g_strdup_printf ("W/\"%" G_GINT64_FORMAT "\"", stored->version);

  return g_str_equal (tag, weak) || g_str_equal (tag, weak + 2);
}

static void
reply_not_found (const ZqRequest *request, ZqReply *reply, gboolean exists)
{
  /* a patient does not learn what exists */
  if (exists && request->session->role != ZQ_ROLE_PATIENT)
    zq_reply_fail (reply, 403, "This account does not reach this resource");
  else
    zq_reply_fail (reply, 404, "There is no such resource");
}

/* Whether the session could read what @stored was before it was deleted. */
static gboolean
reads_before (ZqHospital *self, const ZqSession *session, const ZqStored *stored)
{
  g_autoptr (GPtrArray) versions = zq_records_history (self, stored->row, NULL);

  for (guint i = 0; versions != NULL && i < versions->len; i++)
    {
      const ZqStored *version = g_ptr_array_index (versions, i);

      if (!version->deleted)
        return zq_access_reads_text (self, session, stored->type, stored->id, version->text);
    }

  return FALSE;
}

/* A file may be large: what is known about it is asked, not its text. */
static gboolean
reads_stored (ZqHospital *self, const ZqSession *session, const ZqStored *stored)
{
  return g_str_equal (stored->type, "Binary")
             ? zq_access_reads_file (self, session, stored->row)
             : zq_access_reads_text (self, session, stored->type, stored->id, stored->text);
}

static gboolean
is_withdrawn (const ZqStored *stored)
{
  g_autoptr (JsonNode) node = g_str_equal (stored->type, "Communication") && stored->text != NULL
                                  ? zq_json_read (stored->text, -1, NULL)
                                  : NULL;

  return node != NULL && g_strcmp0 (zq_json_get_string (node, "status"), "entered-in-error") == 0;
}

/* Reads what the session may see, or fills @reply. */
static ZqStored *
read_allowed (
    ZqHospital *self, const ZqRequest *request, const char *type, const char *id, gboolean deleted_too, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStored) stored = zq_records_read (self, type, id, &error);

  if (error != NULL)
    zq_reply_fail_error (reply, error);
  else if (stored == NULL)
    reply_not_found (request, reply, FALSE);
  else if (stored->deleted)
    {
      if (deleted_too)
        return g_steal_pointer (&stored);
      /* a patient does not learn what has existed */
      if (request->session->role == ZQ_ROLE_PATIENT && !reads_before (self, request->session, stored))
        reply_not_found (request, reply, FALSE);
      else
        zq_reply_fail (reply, 410, "This resource was deleted");
    }
  else if (!reads_stored (self, request->session, stored))
    reply_not_found (request, reply, TRUE);
  else
    return g_steal_pointer (&stored);

  return NULL;
}

static void
run_read (ZqHospital *self, const ZqRequest *request, const char *type, const char *id, ZqReply *reply)
{
  g_autoptr (ZqStored) stored = read_allowed (self, request, type, id, FALSE, reply);

  if (stored == NULL)
    return;
  if (request->served != NULL)
    g_array_append_val (request->served, stored->row);
  reply->status = 200;
  reply_set_version (self, reply, stored);
  if (!g_str_equal (type, "Binary") || !zq_binary_to_raw (request, stored->text, reply))
    reply->body = g_steal_pointer (&stored->text);
}

static GPtrArray *
allowed_versions (ZqHospital *self, const ZqRequest *request, const char *type, const char *id, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStored) newest = read_allowed (self, request, type, id, TRUE, reply);
  g_autoptr (GPtrArray) versions = newest != NULL ? zq_records_history (self, newest->row, &error) : NULL;
  gboolean hidden;

  if (error != NULL)
    zq_reply_fail_error (reply, error);
  if (versions == NULL)
    return NULL;
  /* each version by itself: a note or a draft stays hidden even where a later version is not; what was withdrawn is
   * gone for the patient */
  hidden = request->session->role == ZQ_ROLE_PATIENT && is_withdrawn (newest);
  for (guint i = versions->len; i-- > 0;)
    {
      const ZqStored *version = g_ptr_array_index (versions, i);

      if (hidden && version->version != newest->version)
        g_ptr_array_remove_index (versions, i);
      else if (!version->deleted && !zq_access_reads_text (self, request->session, type, id, version->text))
        g_ptr_array_remove_index (versions, i);
    }
  if (versions->len > 0 && (!newest->deleted || versions->len > 1 || request->session->role != ZQ_ROLE_PATIENT))
    return g_steal_pointer (&versions);

  reply_not_found (request, reply, FALSE);
  return NULL;
}

static void
run_vread (ZqHospital *self,
           const ZqRequest *request,
           const char *type,
           const char *id,
           const char *version_text,
           ZqReply *reply)
{
  g_autoptr (GPtrArray) versions = allowed_versions (self, request, type, id, reply);
  gint64 wanted = 0;

  if (versions == NULL)
    return;
  if (parse_version (version_text, &wanted))
    for (guint i = 0; i < versions->len; i++)
      {
        ZqStored *version = g_ptr_array_index (versions, i);

        if (version->version != wanted)
          continue;
        if (version->deleted)
          {
            zq_reply_fail (reply, 410, "This version is a deletion");
            return;
          }
        reply->status = 200;
        reply_set_version (self, reply, version);
        reply->body = g_steal_pointer (&version->text);
        return;
      }

  reply_not_found (request, reply, FALSE);
}

static void
run_history (ZqHospital *self, const ZqRequest *request, const char *type, const char *id, ZqReply *reply)
{
  g_autoptr (GPtrArray) versions = allowed_versions (self, request, type, id, reply);
  g_autoptr (GString) out = NULL;

  if (versions == NULL)
    return;
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"resourceType\":\"Bundle\",\"type\":\"history\",\"total\":%u,\"entry\":[",
                          versions->len);
  for (guint i = 0; i < versions->len; i++)
    {
      const ZqStored *version = g_ptr_array_index (versions, i);
      const char *method = version->deleted ? "DELETE" : version->version == 1 ? "POST" : "PUT";
      g_autofree char *updated = zq_instant_us (version->updated);

      g_string_append_printf (out, "%s{\"fullUrl\":\"%s/%s/%s\",", i > 0 ? "," : "", self->base, type, id);
      if (!version->deleted)
        g_string_append_printf (out, "\"resource\":%s,", version->text);
      g_string_append_printf (out,
                              "\"request\":{\"method\":\"%s\",\"url\":\"%s/%s\"},\"response\":{\"status\":\"%s\","
                              "\"etag\":\"W/\\\"%" G_GINT64_FORMAT "\\\"\",\"lastModified\":\"%s\"}}",
                              method, type, id,
                              version->deleted        ? "204 No Content"
                              : version->version == 1 ? "201 Created"
                                                      : "200 OK",
                              version->version, updated);
    }
  g_string_append (out, "]}");
  reply->status = 200;
  reply->body = g_string_free (g_steal_pointer (&out), FALSE);
}

/* The body as a resource of @type: its text and what was read of it. @id: what a raw body gets, or NULL. */
static char *
read_body (
    ZqHospital *self, const ZqRequest *request, const char *type, const char *id, JsonNode **node, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gboolean json = request->content_type == NULL || strstr (request->content_type, "json") != NULL;

  if (request->body == NULL || g_bytes_get_size (request->body) == 0)
    {
      zq_reply_fail (reply, 400, "The request has no body");
      return NULL;
    }
  if (!json && !g_str_equal (type, "Binary"))
    {
      zq_reply_fail (reply, 415, "This hospital takes JSON only");
      return NULL;
    }
  text = json ? g_strndup (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body))
              : zq_binary_from_raw (request, id);
  *node = zq_json_read (text, json ? (gssize)g_bytes_get_size (request->body) : -1, &error);
  if (*node == NULL)
    {
      zq_reply_fail_error (reply, error);
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (*node) || g_strcmp0 (zq_json_get_string (*node, "resourceType"), type) != 0)
    {
      g_clear_pointer (node, json_node_unref);
      zq_reply_fail (reply, 400, "The body is no resource of the type that the address names");
      return NULL;
    }
  if (g_str_equal (type, "Subscription"))
    return zq_subscription_take (self, request->session, text, node, reply);

  return g_steal_pointer (&text);
}

/* Checks, writes and runs what follows; NULL when @reply is filled. */
static ZqStored *
write_checked (ZqHospital *self,
               const ZqRequest *request,
               const char *type,
               const char *id,
               const ZqStored *before,
               const char *text,
               JsonNode *node,
               ZqReply *reply)
{
  gboolean existed = before != NULL && !before->deleted;
  g_autoptr (JsonNode) old = existed ? zq_json_read (before->text, -1, NULL) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqStored) stored = NULL;
  g_autofree char *kept = NULL;

  if (!zq_access_writes (self, request->session, type, id, old, node, reply) ||
      (g_str_equal (type, "Binary") && !zq_binary_check (request->session, node, reply)) ||
      !zq_workflow_before (self, request->session, type, old, node, reply))
    return NULL;
  kept = zq_workflow_prepare (self, request->session, type, text, old, node, &error);
  stored = kept != NULL ? zq_records_write (self, type, id, kept, 0, &error) : NULL;
  if (stored == NULL || !zq_workflow_after (self, request->session, stored, !existed, &error))
    {
      zq_reply_fail_error (reply, error);
      return NULL;
    }

  /* the hospital may have written on at once, a department's tag for one */
  g_clear_pointer (&stored, zq_stored_free);
  return zq_records_read (self, type, id, NULL);
}

/* FALSE when @reply is filled: with what exists already, or with a failure. */
static gboolean
conditional_create (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (ZqStored) stored = NULL;
  const char *query = request->if_none_exist;

  if (query == NULL)
    return TRUE;
  if (!zq_search_rows (self, request->session, type, query, rows, reply))
    return FALSE;
  if (rows->len == 0)
    return TRUE;
  if (rows->len > 1)
    return zq_reply_fail (reply, 412, "More than one resource matches If-None-Exist");

  stored = zq_records_read_row (self, g_array_index (rows, gint64, 0), NULL);
  if (stored == NULL)
    return zq_reply_fail (reply, 500, "The hospital's database failed");
  reply_set_stored (self, request, reply, 200, stored);
  return FALSE;
}

static void
run_create (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (ZqStored) stored = NULL;
  g_autofree char *id = request->new_id != NULL ? g_strdup (request->new_id) : zq_id_new ();
  g_autofree char *text = read_body (self, request, type, NULL, &node, reply);

  if (text == NULL || !conditional_create (self, request, type, reply))
    return;
  stored = write_checked (self, request, type, id, NULL, text, node, reply);
  if (stored != NULL)
    reply_set_stored (self, request, reply, 201, stored);
}

/* A patient gives no resource its id, so that what cannot be read is like what is not there. */
static gboolean
hides (ZqHospital *self, const ZqRequest *request, const ZqStored *stored)
{
  return request->session->role == ZQ_ROLE_PATIENT &&
         (stored == NULL || stored->deleted ||
          !zq_access_reads_text (self, request->session, stored->type, stored->id, stored->text));
}

static void
run_update (ZqHospital *self, const ZqRequest *request, const char *type, const char *id, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (ZqStored) before = NULL, stored = NULL;
  g_autofree char *text = read_body (self, request, type, id, &node, reply);
  gboolean existed;

  if (text == NULL)
    return;
  if (g_strcmp0 (zq_json_get_string (node, "id"), id) != 0)
    {
      zq_reply_fail (reply, 400, "The id in the body is not that of the address");
      return;
    }
  before = zq_records_read (self, type, id, &error);
  existed = before != NULL && !before->deleted;
  if (error != NULL)
    zq_reply_fail_error (reply, error);
  else if (hides (self, request, before))
    reply_not_found (request, reply, FALSE);
  else if (request->if_match != NULL && (!existed || !matches (request->if_match, before)))
    zq_reply_fail (reply, 412, "The resource has changed since that version");
  else
    stored = write_checked (self, request, type, id, before, text, node, reply);

  if (stored != NULL)
    reply_set_stored (self, request, reply, existed ? 200 : 201, stored);
}

static void
run_delete (ZqHospital *self, const ZqRequest *request, const char *type, const char *id, ZqReply *reply)
{
  static const char *const kept[] = { "Task", "Communication", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (ZqStored) stored = zq_records_read (self, type, id, &error);
  gboolean system = request->session->role == ZQ_ROLE_SYSTEM;

  if (error != NULL)
    zq_reply_fail_error (reply, error);
  else if (stored == NULL || hides (self, request, stored))
    reply_not_found (request, reply, FALSE);
  else if (stored->deleted)
    reply->status = 204;
  else if (request->if_match != NULL && !matches (request->if_match, stored))
    zq_reply_fail (reply, 412, "The resource has changed since that version");
  else if (!system && !g_str_equal (type, "Subscription") &&
           (request->session->role == ZQ_ROLE_PATIENT || g_strv_contains (kept, type)))
    zq_reply_fail (reply, 403, "This account may not delete this resource");
  else
    {
      node = zq_json_read (stored->text, -1, &error);
      if (node == NULL || !zq_access_writes (self, request->session, type, id, node, node, reply))
        return;
      if (!zq_records_delete (self, stored, &error))
        {
          zq_reply_fail_error (reply, error);
          return;
        }
      if (g_str_equal (type, "Library"))
        zq_hospital_read_policy (self);
      reply_set_version (self, reply, stored);
      reply->status = 204;
    }
}

static void
run_call_back (ZqHospital *self, const ZqRequest *request, const char *id, ZqReply *reply)
{
  g_autoptr (ZqStored) call = zq_call_back_run (self, request->session, id, reply);

  if (call != NULL)
    reply_set_stored (self, request, reply, 201, call);
}

static void
run_post_search (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply)
{
  g_autofree char *form = NULL;
  g_autofree char *query = NULL;
  ZqRequest search = *request;

  if (request->body != NULL)
    form = g_strndup (g_bytes_get_data (request->body, NULL), g_bytes_get_size (request->body));
  query = g_strjoin ("&", request->query != NULL ? request->query : "", form, NULL);
  search.query = *query == '&' ? query + 1 : query;
  zq_search_run (self, &search, type, reply);
}

static const char *
query_value (GPtrArray *pairs, const char *name)
{
  for (guint i = 0; i + 1 < pairs->len; i += 2)
    if (g_str_equal (g_ptr_array_index (pairs, i), name))
      return g_ptr_array_index (pairs, i + 1);

  return NULL;
}

static void
run_base (ZqHospital *self, const ZqRequest *request, ZqReply *reply)
{
  g_autoptr (GPtrArray) pairs = zq_query_parse (request->query);
  const char *page = query_value (pairs, "_page");

  if (g_str_equal (request->method, "GET") && page != NULL)
    zq_search_page (self, request, page, reply);
  else
    zq_reply_fail (reply, 405, "The base address takes bundles by POST, and pages by GET");
}

void
zq_rest_run (ZqHospital *self, const ZqRequest *request, ZqReply *reply)
{
  g_auto (GStrv) parts = g_strsplit (request->path, "/", 6);
  guint n = g_strv_length (parts);
  const char *method = request->method;

  while (n > 0 && *parts[n - 1] == '\0')
    n--;
  if (n == 0)
    run_base (self, request, reply);
  else if (!zq_type_is_known (parts[0]))
    zq_reply_fail (reply, 404, "There is no such resource type in R4");
  else if (n == 1 && g_str_equal (method, "GET"))
    zq_search_run (self, request, parts[0], reply);
  else if (n == 1 && g_str_equal (method, "POST"))
    run_create (self, request, parts[0], reply);
  else if (n == 2 && g_str_equal (parts[1], "_search") && g_str_equal (method, "POST"))
    run_post_search (self, request, parts[0], reply);
  else if (n >= 2 && !zq_id_is_valid (parts[1]))
    zq_reply_fail (reply, g_str_equal (method, "GET") ? 404 : 400, "That is no id of a resource");
  else if (n == 2 && g_str_equal (method, "GET"))
    run_read (self, request, parts[0], parts[1], reply);
  else if (n == 2 && g_str_equal (method, "PUT"))
    run_update (self, request, parts[0], parts[1], reply);
  else if (n == 2 && g_str_equal (method, "DELETE"))
    run_delete (self, request, parts[0], parts[1], reply);
  else if (n == 3 && g_str_equal (parts[2], "$call-back") && g_str_equal (parts[0], "Encounter") &&
           g_str_equal (method, "POST"))
    run_call_back (self, request, parts[1], reply);
  else if (n == 3 && g_str_equal (parts[2], "_history") && g_str_equal (method, "GET"))
    run_history (self, request, parts[0], parts[1], reply);
  else if (n == 4 && g_str_equal (parts[2], "_history") && g_str_equal (method, "GET"))
    run_vread (self, request, parts[0], parts[1], parts[3], reply);
  else
    zq_reply_fail (reply, 405, "This hospital does not do that at this address");
}

static gboolean
is_write (const ZqRequest *request)
{
  return !g_str_equal (request->method, "GET") && !g_str_has_suffix (request->path, "/_search");
}

void
zq_rest_handle (ZqHospital *self, const ZqRequest *request, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (g_str_equal (request->method, "POST") && *request->path == '\0')
    {
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *text = read_body (self, request, "Bundle", NULL, &node, reply);

      if (text != NULL)
        zq_bundle_run (self, request, node, reply);
      return;
    }
  if (!is_write (request))
    {
      zq_rest_run (self, request, reply);
      return;
    }

  if (!zq_records_begin (self, &error))
    {
      zq_reply_fail_error (reply, error);
      return;
    }
  zq_rest_run (self, request, reply);
  if (!zq_records_end (self, reply->status < 400, &error))
    zq_reply_fail_error (reply, error);
}
