/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include <string.h>

static gboolean
count_total (ZqHospital *hospital, const ZqSession *session, ZqSearch *search, gint64 *total, ZqReply *reply)
{
  g_autofree char *key = NULL;
  g_autofree char *from = zq_search_from (search, session, &key);
  g_autofree char *sql = g_strconcat ("SELECT count (*) ", from, NULL);
  g_autofree char *values = zq_search_values (search, NULL);
  g_autoptr (GError) error = NULL;

  if (zq_db_get_int (hospital->db, total, &error, g_intern_string (sql), "ssss", search->type, values, session->who,
                     session->org))
    return TRUE;
  return zq_reply_fail_error (reply, error);
}

static ZqRows *
query_rows (ZqHospital *hospital, const ZqSession *session, ZqSearch *search, const ZqPage *start, GError **error)
{
  g_autofree char *key = NULL;
  g_autofree char *from = zq_search_from (search, session, &key);
  const char *row = g_str_has_prefix (key, "i.") ? "i.row" : "r.row";
  const char *direction = search->descending ? "DESC" : "ASC";
  g_autofree char *after = NULL, *place = NULL, *sql = NULL, *values = NULL;

  if (start->key != NULL)
    {
      after =
          g_strdup_printf (" AND (%s, %s) %c (?2->>'$.key', ?2->>'$.row')", key, row, search->descending ? '<' : '>');
      place = g_strdup_printf ("\"key\":%s,\"row\":%" G_GINT64_FORMAT, start->key, start->row);
    }
  values = zq_search_values (search, place);
  if (g_str_has_prefix (key, "i."))
    sql = g_strdup_printf ("SELECT r.row, r.id, r.text, json_quote (%s) %s%s ORDER BY %s %s, %s %s LIMIT ?5", key, from,
                           after != NULL ? after : "", key, direction, row, direction);
  else
    /* what has to be sorted is sorted without the texts */
    sql = g_strdup_printf ("SELECT t.row, t.id, t.text, json_quote (p.k) FROM (SELECT r.row AS row, %s AS k %s%s"
                           " ORDER BY 2 %s, 1 %s LIMIT ?5) p CROSS JOIN resource t WHERE t.row = p.row"
                           " ORDER BY p.k %s, p.row %s",
                           key, from, after != NULL ? after : "", direction, direction, direction, direction);

  return zq_db_query (hospital->db, error, g_intern_string (sql), "ssssi", search->type, values, session->who,
                      session->org, (gint64)search->count + 1);
}

static void
append_link (GString *out, const char *relation, const char *url)
{
  g_autofree char *quoted = zq_json_quote (url);

  g_string_append_printf (out, "%s{\"relation\":\"%s\",\"url\":%s}", out->str[out->len - 1] == '[' ? "" : ",", relation,
                          quoted);
}

static void
append_ignored (GString *entries, ZqSearch *search)
{
  g_autofree char *names = NULL, *text = NULL, *outcome = NULL;

  if (search->ignored->len == 0)
    return;
  g_ptr_array_add (search->ignored, NULL);
  names = g_strjoinv (", ", (char **)search->ignored->pdata);
  text = g_strdup_printf ("Ignored, since this hospital does not know it: %s", names);
  outcome = zq_outcome_new ("warning", "not-supported", text);
  g_string_append_printf (entries, "%s{\"resource\":%s,\"search\":{\"mode\":\"outcome\"}}", entries->len > 0 ? "," : "",
                          outcome);
}

static void
append_match (GString *entries, ZqHospital *hospital, const ZqSearch *search, const char *id, const char *text)
{
  g_autofree char *kept = search->elements != NULL ? zq_elements_keep (hospital, text, search->elements) : NULL;

  g_string_append (entries, entries->len > 0 ? ",{\"fullUrl\":\"" : "{\"fullUrl\":\"");
  g_string_append (entries, hospital->base);
  g_string_append_c (entries, '/');
  g_string_append (entries, search->type);
  g_string_append_c (entries, '/');
  g_string_append (entries, id);
  g_string_append (entries, "\",\"resource\":");
  g_string_append (entries, kept != NULL ? kept : text);
  g_string_append (entries, ",\"search\":{\"mode\":\"match\"}}");
}

/* Fills @entries with a page; @page becomes that after it, its key NULL when nothing follows. */
static gboolean
collect_page (ZqHospital *hospital,
              const ZqRequest *request,
              ZqSearch *search,
              ZqPage *page,
              GHashTable *matches,
              GString *entries,
              guint *n_found,
              ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = query_rows (hospital, request->session, search, page, &error);
  guint n = 0;
  gboolean more = FALSE;

  while (rows != NULL && zq_rows_next (rows, &error))
    {
      gint64 row = zq_rows_int (rows, 0);

      if (n++ == search->count)
        {
          more = TRUE;
          break;
        }
      append_match (entries, hospital, search, zq_rows_text (rows, 1), zq_rows_text (rows, 2));
      if (n == search->count)
        {
          g_free (page->key);
          page->key = g_strdup (zq_rows_text (rows, 3));
          page->row = row;
        }
      if (search->includes->len > 0)
        g_hash_table_insert (matches, g_memdup2 (&row, sizeof row), g_strdup (zq_rows_text (rows, 1)));
      if (request->served != NULL)
        g_array_append_val (request->served, row);
    }
  if (error != NULL)
    return zq_reply_fail_error (reply, error);
  if (!more)
    g_clear_pointer (&page->key, g_free);
  *n_found = MIN (n, search->count);

  return TRUE;
}

static void
append_head (GString *out, ZqHospital *hospital, const ZqRequest *request, const ZqPage *page, gint64 total)
{
  g_autofree char *now = zq_instant_us (zq_clock_now (hospital->clock));
  g_autofree char *self_url =
      g_strdup_printf ("%s/%s?%s", hospital->base, page->type, page->query != NULL ? page->query : "");

  g_string_append_printf (out, "{\"resourceType\":\"Bundle\",\"meta\":{\"lastUpdated\":\"%s\"},\"type\":\"searchset\",",
                          now);
  if (total >= 0)
    g_string_append_printf (out, "\"total\":%" G_GINT64_FORMAT ",", total);
  g_string_append (out, "\"link\":[");
  append_link (out, "self", self_url);
  if (page->key != NULL)
    {
      g_autofree char *token = zq_page_token (hospital, request->session, page);
      g_autofree char *next = g_strdup_printf ("%s?_page=%s", hospital->base, token);

      append_link (out, "next", next);
    }
  g_string_append_c (out, ']');
}

/* To count costs as much as to read all: a total is told where it was asked for, or where the page holds all. */
static void
run (ZqHospital *hospital, const ZqRequest *request, ZqPage *page, ZqReply *reply)
{
  g_autoptr (GString) entries = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GHashTable) matches = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  g_auto (ZqSearch) search = { 0 };
  gboolean first = page->key == NULL;
  gint64 total = -1;
  guint n = 0;

  zq_search_init (&search, page->type);
  search.strict = request->prefer != NULL && strstr (request->prefer, "handling=strict") != NULL;
  if (!zq_search_read (&search, hospital, page->query, reply))
    return;
  zq_search_add_lost (&search, hospital, request->session);
  if (search.only_total)
    g_clear_pointer (&page->key, g_free);
  else if (!collect_page (hospital, request, &search, page, matches, entries, &n, reply))
    return;
  if (first && page->key == NULL && !search.only_total)
    total = n;
  else if ((search.only_total || search.want_total) &&
           !count_total (hospital, request->session, &search, &total, reply))
    return;
  if (search.includes->len > 0 && !zq_search_include (&search, hospital, request, matches, entries, reply))
    return;
  append_ignored (entries, &search);

  append_head (out, hospital, request, page, total);
  if (entries->len > 0)
    {
      g_string_append (out, ",\"entry\":[");
      g_string_append_len (out, entries->str, (gssize)entries->len);
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
  reply->status = 200;
  reply->body = g_string_free (g_steal_pointer (&out), FALSE);
}

void
zq_search_run (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply)
{
  g_auto (ZqPage) page = { type, g_strdup (request->query), NULL, 0 };

  run (self, request, &page, reply);
}

void
zq_search_page (ZqHospital *self, const ZqRequest *request, const char *token, ZqReply *reply)
{
  g_auto (ZqPage) page = { NULL, NULL, NULL, 0 };

  if (zq_page_read (self, request->session, token, &page, reply))
    run (self, request, &page, reply);
}

gboolean
zq_search_rows (
    ZqHospital *self, const ZqSession *session, const char *type, const char *query, GArray *found, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_auto (ZqSearch) search = { 0 };
  ZqPage start = { type, NULL, NULL, 0 };

  zq_search_init (&search, type);
  search.strict = TRUE;
  /* "identifier=…", "?identifier=…", "Communication?identifier=…": all three are sent by clients */
  if (strchr (query, '?') != NULL)
    query = strchr (query, '?') + 1;
  if (!zq_search_read (&search, self, query, reply))
    return FALSE;
  if (search.where->len == 0 && search.updated->len == 0 && search.criteria->len == 0)
    return zq_reply_fail (reply, 400, "The condition of a conditional create is empty");
  search.count = 1;
  rows = query_rows (self, session, &search, &start, &error);
  while (rows != NULL && zq_rows_next (rows, &error))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (found, row);
    }

  return error == NULL || zq_reply_fail_error (reply, error);
}
