/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/private.h"

#include <string.h>

#define DEFAULT_COUNT 50
#define MAX_COUNT     1000
#define MAX_VALUES    1000

typedef enum
{
  SORT_ROW,
  SORT_UPDATED,
  SORT_ID,
  SORT_DATE,
} SortKind;

/* A query on its way to SQL: conditions are made of literals and places in the JSON `values`. */
typedef struct
{
  const char *type;
  GString *where;
  GString *values; /* members of a JSON object, "v0": [...] */
  guint n_values;
  GPtrArray *ignored; /* names that this hospital does not know */
  SortKind sort;
  const char *sort_name; /* of a date: "Task.authored-on" */
  gboolean descending;
  guint count;
  gboolean only_total;
} Search;

static void
search_clear (Search *self)
{
  g_string_free (self->where, TRUE);
  g_string_free (self->values, TRUE);
  g_ptr_array_unref (self->ignored);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static void
search_init (Search *self, const char *type)
{
  memset (self, 0, sizeof *self);
  self->type = type;
  self->where = g_string_new (NULL);
  self->values = g_string_new (NULL);
  self->ignored = g_ptr_array_new_with_free_func (g_free);
  self->count = DEFAULT_COUNT;
}

static char *
unescape_form (const char *start, gsize length)
{
  g_autofree char *raw = g_strndup (start, length);

  g_strdelimit (raw, "+", ' ');
  return g_uri_unescape_string (raw, NULL);
}

GPtrArray *
zq_query_parse (const char *raw)
{
  GPtrArray *pairs = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) parts = g_strsplit (raw != NULL ? raw : "", "&", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *equals = strchr (parts[i], '=');
      g_autofree char *name = NULL, *value = NULL;

      if (*parts[i] == '\0')
        continue;
      name = unescape_form (parts[i], equals != NULL ? (gsize)(equals - parts[i]) : strlen (parts[i]));
      value = equals != NULL ? unescape_form (equals + 1, strlen (equals + 1)) : g_strdup ("");
      if (name == NULL || value == NULL || !g_utf8_validate (name, -1, NULL) || !g_utf8_validate (value, -1, NULL))
        continue;
      g_ptr_array_add (pairs, g_steal_pointer (&name));
      g_ptr_array_add (pairs, g_steal_pointer (&value));
    }

  return pairs;
}

/* Splits at commas that no backslash stands before (R4, search, escaping). */
static GPtrArray *
split_values (const char *text)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);
  GString *value = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        g_string_append_c (value, *++p);
      else if (*p == ',')
        {
          g_ptr_array_add (values, g_string_free (value, FALSE));
          value = g_string_new (NULL);
        }
      else
        g_string_append_c (value, *p);
    }
  g_ptr_array_add (values, g_string_free (value, FALSE));

  return values;
}

static guint
add_values (Search *self, GPtrArray *values)
{
  guint place = self->n_values++;

  g_string_append_printf (self->values, "%s\"v%u\":[", self->values->len > 0 ? "," : "", place);
  for (guint i = 0; i < values->len; i++)
    {
      g_autofree char *quoted = zq_json_quote (g_ptr_array_index (values, i));

      g_string_append_printf (self->values, "%s%s", i > 0 ? "," : "", quoted);
    }
  g_string_append_c (self->values, ']');

  return place;
}

static guint
add_number (Search *self, gint64 value)
{
  guint place = self->n_values++;

  g_string_append_printf (self->values, "%s\"v%u\":%" G_GINT64_FORMAT, self->values->len > 0 ? "," : "", place, value);
  return place;
}

/* "(low < X AND high > Y)" for one date with its prefix; FALSE when it is none. */
static gboolean
add_date (
    Search *self, ZqHospital *hospital, const char *value, const char *low_name, const char *high_name, GString *out)
{
  char prefix[3] = "eq";
  gint64 low, high;
  guint low_place, high_place;

  if (g_ascii_isalpha (value[0]) && g_ascii_isalpha (value[1]))
    {
      memcpy (prefix, value, 2);
      value += 2;
    }
  if (!zq_date_range (value, hospital->zone, &low, &high))
    return FALSE;

  if (g_str_equal (prefix, "eq"))
    {
      low_place = add_number (self, low);
      high_place = add_number (self, high);
      g_string_append_printf (out, "(%s >= ?2->>'$.v%u' AND %s <= ?2->>'$.v%u')", low_name, low_place, high_name,
                              high_place);
    }
  else if (g_str_equal (prefix, "ge"))
    g_string_append_printf (out, "%s > ?2->>'$.v%u'", high_name, add_number (self, low));
  else if (g_str_equal (prefix, "gt"))
    g_string_append_printf (out, "%s > ?2->>'$.v%u'", high_name, add_number (self, high));
  else if (g_str_equal (prefix, "le"))
    g_string_append_printf (out, "%s < ?2->>'$.v%u'", low_name, add_number (self, high));
  else if (g_str_equal (prefix, "lt"))
    g_string_append_printf (out, "%s < ?2->>'$.v%u'", low_name, add_number (self, low));
  else
    return FALSE;

  return TRUE;
}

/* The same for r.updated alone, so that the index on it serves. */
static gboolean
add_updated (Search *self, ZqHospital *hospital, const char *value, GString *out)
{
  char prefix[3] = "eq";
  gint64 low, high;

  if (g_ascii_isalpha (value[0]) && g_ascii_isalpha (value[1]))
    {
      memcpy (prefix, value, 2);
      value += 2;
    }
  if (!zq_date_range (value, hospital->zone, &low, &high))
    return FALSE;

  if (g_str_equal (prefix, "eq") || g_str_equal (prefix, "ge"))
    g_string_append_printf (out, "r.updated >= ?2->>'$.v%u'", add_number (self, low));
  if (g_str_equal (prefix, "eq"))
    g_string_append (out, " AND ");
  if (g_str_equal (prefix, "eq") || g_str_equal (prefix, "le"))
    g_string_append_printf (out, "r.updated < ?2->>'$.v%u'", add_number (self, high));
  if (g_str_equal (prefix, "gt"))
    g_string_append_printf (out, "r.updated >= ?2->>'$.v%u'", add_number (self, high));
  if (g_str_equal (prefix, "lt"))
    g_string_append_printf (out, "r.updated < ?2->>'$.v%u'", add_number (self, low));

  return out->len > 0;
}

static gboolean
criterion_dates (Search *self, ZqHospital *hospital, const ZqParam *param, GPtrArray *values, ZqReply *reply)
{
  g_autoptr (GString) any = g_string_new (NULL);

  if (values->len > 8)
    return zq_reply_fail (reply, 400, "Too many dates in one parameter");
  for (guint i = 0; i < values->len; i++)
    {
      g_autoptr (GString) one = g_string_new (NULL);
      const char *value = g_ptr_array_index (values, i);
      gboolean ok = param == NULL ? add_updated (self, hospital, value, one)
                                  : add_date (self, hospital, value, "d.low", "d.high", one);

      if (!ok)
        return zq_reply_fail (reply, 400, "A date parameter has a value that is no date, or an unknown prefix");
      g_string_append_printf (any, "%s(%s)", i > 0 ? " OR " : "", one->str);
    }

  if (param == NULL)
    g_string_append_printf (self->where, " AND (%s)", any->str);
  else
    g_string_append_printf (self->where,
                            " AND EXISTS (SELECT 1 FROM idx_date d WHERE d.row = r.row AND d.name = '%s.%s' AND (%s))",
                            self->type, param->name, any->str);
  return TRUE;
}

/* Our own address and a type modifier are taken off, so that values look like those in the index. */
static void
normalize_references (ZqHospital *hospital, const char *modifier, GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      char *value = g_ptr_array_index (values, i);
      gsize length = hospital->base != NULL ? strlen (hospital->base) : 0;

      if (length > 0 && g_str_has_prefix (value, hospital->base) && value[length] == '/')
        g_ptr_array_index (values, i) = g_strdup (value + length + 1);
      else if (modifier != NULL && strchr (value, '/') == NULL)
        g_ptr_array_index (values, i) = g_strconcat (modifier, "/", value, NULL);
      else
        continue;
      g_free (value);
    }
}

static gboolean
criterion (
    Search *self, ZqHospital *hospital, const ZqParam *param, const char *modifier, const char *text, ZqReply *reply)
{
  g_autoptr (GPtrArray) values = split_values (text);
  guint place;

  if (values->len > MAX_VALUES)
    return zq_reply_fail (reply, 400, "Too many values in one parameter");
  if (modifier != NULL && !(param->kind == ZQ_PARAM_REFERENCE && zq_type_is_known (modifier)))
    return zq_reply_fail (reply, 400, "This hospital does not know that search modifier");
  if (param->kind == ZQ_PARAM_DATE)
    return criterion_dates (self, hospital, param, values, reply);
  if (param->kind == ZQ_PARAM_REFERENCE)
    normalize_references (hospital, modifier, values);

  if (param->kind == ZQ_PARAM_STRING)
    {
      for (guint i = 0; i < values->len; i++)
        {
          char *value = g_ptr_array_index (values, i);

          g_ptr_array_index (values, i) = g_utf8_casefold (value, -1);
          g_free (value);
        }
      place = add_values (self, values);
      g_string_append_printf (self->where,
                              " AND r.row IN (SELECT i.row FROM idx i, json_each (?2, '$.v%u') j WHERE i.name = '%s.%s'"
                              " AND substr (i.value, 1, length (j.value)) = j.value)",
                              place, self->type, param->name);
      return TRUE;
    }

  place = add_values (self, values);
  /* nearly all of a type carries the tag: look it up by row; what else there is, by value */
  if (param->type == NULL && g_str_equal (param->name, "_tag"))
    g_string_append_printf (self->where,
                            " AND EXISTS (SELECT 1 FROM idx i WHERE i.row = r.row AND i.name = '%s.%s'"
                            " AND i.value IN (SELECT value FROM json_each (?2, '$.v%u')))",
                            self->type, param->name, place);
  else
    g_string_append_printf (self->where,
                            " AND r.row IN (SELECT i.row FROM idx i WHERE i.name = '%s.%s'"
                            " AND i.value IN (SELECT value FROM json_each (?2, '$.v%u')))",
                            self->type, param->name, place);
  return TRUE;
}

static gboolean
read_sort (Search *self, const char *text, gboolean strict, ZqReply *reply)
{
  g_autofree char *first = g_strndup (text, strcspn (text, ","));
  const char *name = first;
  const ZqParam *param;

  self->descending = *name == '-';
  if (self->descending)
    name++;
  if (g_str_equal (name, "_lastUpdated"))
    self->sort = SORT_UPDATED;
  else if (g_str_equal (name, "_id"))
    self->sort = SORT_ID;
  else
    {
      param = zq_params_find (self->type, name);
      if (param == NULL || param->kind != ZQ_PARAM_DATE)
        {
          g_ptr_array_add (self->ignored, g_strdup ("_sort"));
          self->descending = FALSE;
          return !strict || zq_reply_fail (reply, 400, "This hospital does not sort by that parameter");
        }
      self->sort = SORT_DATE;
      self->sort_name = param->name;
    }

  return TRUE;
}

static gboolean
read_param (Search *self, ZqHospital *hospital, const char *full, const char *value, gboolean strict, ZqReply *reply)
{
  static const char *const silent[] = { "_format", "_pretty", "_total", "_page", NULL };
  const char *colon = strchr (full, ':');
  g_autofree char *name = colon != NULL ? g_strndup (full, colon - full) : g_strdup (full);
  const ZqParam *param = zq_params_find (self->type, name);

  if (g_strv_contains (silent, name) || *value == '\0')
    return TRUE;
  if (g_str_equal (name, "_count"))
    {
      guint64 count;

      if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &count, NULL))
        return zq_reply_fail (reply, 400, "_count is not a number");
      self->count = MIN (count, MAX_COUNT);
      self->only_total |= count == 0;
      return TRUE;
    }
  if (g_str_equal (name, "_sort"))
    return read_sort (self, value, strict, reply);
  if (g_str_equal (name, "_summary") && (g_str_equal (value, "count") || g_str_equal (value, "false")))
    {
      self->only_total |= g_str_equal (value, "count");
      return TRUE;
    }
  if (g_str_equal (name, "_lastUpdated"))
    {
      g_autoptr (GPtrArray) values = split_values (value);

      return criterion_dates (self, hospital, NULL, values, reply);
    }
  if (g_str_equal (name, "_id"))
    {
      g_autoptr (GPtrArray) values = split_values (value);

      g_string_append_printf (self->where, " AND r.id IN (SELECT value FROM json_each (?2, '$.v%u'))",
                              add_values (self, values));
      return TRUE;
    }
  if (param != NULL)
    return criterion (self, hospital, param, colon != NULL ? colon + 1 : NULL, value, reply);

  if (strict)
    return zq_reply_fail (reply, 400, "The search has a parameter that this hospital does not know");
  g_ptr_array_add (self->ignored, g_steal_pointer (&name));
  return TRUE;
}

static gboolean
read_query (Search *self, ZqHospital *hospital, const char *query, gboolean strict, ZqReply *reply)
{
  g_autoptr (GPtrArray) pairs = zq_query_parse (query);

  if (pairs->len > 64)
    return zq_reply_fail (reply, 400, "The search has too many parameters");
  for (guint i = 0; i + 1 < pairs->len; i += 2)
    if (!read_param (self, hospital, g_ptr_array_index (pairs, i), g_ptr_array_index (pairs, i + 1), strict, reply))
      return FALSE;

  return TRUE;
}

static char *
key_sql (Search *self)
{
  switch (self->sort)
    {
    case SORT_UPDATED:
      return g_strdup ("r.updated");
    case SORT_ID:
      return g_strdup ("r.id");
    case SORT_DATE:
      return g_strdup_printf ("coalesce ((SELECT min (s.low) FROM idx_date s WHERE s.row = r.row"
                              " AND s.name = '%s.%s'), 0)",
                              self->type, self->sort_name);
    case SORT_ROW:
    default:
      return g_strdup ("r.row");
    }
}

/* What the account-lost fault withholds. */
static void
add_lost (Search *self, ZqHospital *hospital, const ZqSession *session)
{
  const char *lost = hospital->faults != NULL ? zq_faults_lost (hospital->faults) : NULL;
  g_autoptr (GPtrArray) values = NULL;

  if (lost == NULL || session->role == ZQ_ROLE_SYSTEM)
    return;
  values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (values, g_strdup (lost));
  g_string_append_printf (self->where,
                          " AND r.type || '/' || r.id <> ?2->>'$.v%u[0]' AND NOT EXISTS (SELECT 1 FROM idx l"
                          " WHERE l.row = r.row AND l.value = ?2->>'$.v%u[0]')",
                          self->n_values, self->n_values);
  add_values (self, values);
  zq_faults_count_lost (hospital->faults);
}

static gboolean
count_total (ZqHospital *hospital, const ZqSession *session, Search *search, gint64 *total, ZqReply *reply)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM resource r WHERE r.type = ?1 AND r.deleted = 0"
                                          " AND ?2 IS ?2 AND %s%s",
                                          zq_access_sql (session), search->where->str);
  g_autofree char *values = g_strdup_printf ("{%s}", search->values->str);
  g_autoptr (GError) error = NULL;

  if (zq_db_get_int (hospital->db, total, &error, g_intern_string (sql), "ssss", search->type, values, session->who,
                     session->org))
    return TRUE;
  return zq_reply_fail_error (reply, error);
}

typedef struct
{
  char *key; /* of the last row, as JSON; NULL: from the start */
  gint64 row;
  gint64 total;
} Place;

static ZqRows *
query_rows (ZqHospital *hospital, const ZqSession *session, Search *search, const Place *from, GError **error)
{
  g_autofree char *key = key_sql (search);
  g_autofree char *after = NULL;
  g_autofree char *sql = NULL;
  g_autofree char *values = NULL;
  const char *direction = search->descending ? "DESC" : "ASC";

  if (from->key != NULL)
    {
      after = g_strdup_printf (" AND (%s, r.row) %c (?2->>'$.key', ?2->>'$.row')", key, search->descending ? '<' : '>');
      values = g_strdup_printf ("{\"key\":%s,\"row\":%" G_GINT64_FORMAT "%s%s}", from->key, from->row,
                                search->values->len > 0 ? "," : "", search->values->str);
    }
  else
    values = g_strdup_printf ("{%s}", search->values->str);

  sql = g_strdup_printf ("SELECT r.row, r.id, r.text, json_quote (%s) FROM resource r WHERE r.type = ?1"
                         " AND r.deleted = 0 AND ?2 IS ?2 AND %s%s%s ORDER BY %s %s, r.row %s LIMIT ?5",
                         key, zq_access_sql (session), search->where->str, after != NULL ? after : "", key, direction,
                         direction);

  return zq_db_query (hospital->db, error, g_intern_string (sql), "ssssi", search->type, values, session->who,
                      session->org, (gint64)search->count + 1);
}

static char *
page_token (const char *type, const char *query, const Place *place)
{
  g_autofree char *quoted = zq_json_quote (query != NULL ? query : "");
  g_autofree char *key = zq_json_quote (place->key);
  g_autofree char *text =
      g_strdup_printf ("{\"t\":\"%s\",\"q\":%s,\"k\":%s,\"r\":%" G_GINT64_FORMAT ",\"n\":%" G_GINT64_FORMAT "}", type,
                       quoted, key, place->row, place->total);
  char *token = g_base64_encode ((const guchar *)text, strlen (text));

  g_strdelimit (token, "+", '-');
  g_strdelimit (token, "/", '_');
  token[strcspn (token, "=")] = '\0';
  return token;
}

static void
append_link (GString *out, const char *relation, const char *url)
{
  g_autofree char *quoted = zq_json_quote (url);

  g_string_append_printf (out, "%s{\"relation\":\"%s\",\"url\":%s}", out->str[out->len - 1] == '[' ? "" : ",", relation,
                          quoted);
}

static void
append_ignored (GString *entries, Search *search)
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

/* Fills @entries with a page; @place becomes that of its last row, its key NULL when nothing follows. */
static gboolean
collect_page (
    ZqHospital *hospital, const ZqRequest *request, Search *search, Place *place, GString *entries, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = query_rows (hospital, request->session, search, place, &error);
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
      g_string_append_printf (entries, "%s{\"fullUrl\":\"%s/%s/%s\",\"resource\":", n > 1 ? "," : "", hospital->base,
                              search->type, zq_rows_text (rows, 1));
      g_string_append (entries, zq_rows_text (rows, 2));
      g_string_append (entries, ",\"search\":{\"mode\":\"match\"}}");
      g_free (place->key);
      place->key = g_strdup (zq_rows_text (rows, 3));
      place->row = row;
      if (request->served != NULL)
        g_array_append_val (request->served, row);
    }
  if (error != NULL)
    return zq_reply_fail_error (reply, error);
  if (!more)
    g_clear_pointer (&place->key, g_free);

  return TRUE;
}

static void
run (ZqHospital *hospital, const ZqRequest *request, const char *type, const char *query, Place *place, ZqReply *reply)
{
  gboolean strict = request->prefer != NULL && strstr (request->prefer, "handling=strict") != NULL;
  g_autoptr (GString) entries = g_string_new (NULL);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *self_url = g_strdup_printf ("%s/%s?%s", hospital->base, type, query != NULL ? query : "");
  g_autofree char *now = zq_instant_us (zq_clock_now (hospital->clock));
  g_auto (Search) search;

  search_init (&search, type);
  if (!read_query (&search, hospital, query, strict, reply))
    return;
  add_lost (&search, hospital, request->session);
  if (place->key == NULL && !count_total (hospital, request->session, &search, &place->total, reply))
    return;
  if (search.only_total)
    g_clear_pointer (&place->key, g_free);
  else if (!collect_page (hospital, request, &search, place, entries, reply))
    return;
  append_ignored (entries, &search);

  g_string_append_printf (out,
                          "{\"resourceType\":\"Bundle\",\"meta\":{\"lastUpdated\":\"%s\"},\"type\":\"searchset\","
                          "\"total\":%" G_GINT64_FORMAT ",\"link\":[",
                          now, place->total);
  append_link (out, "self", self_url);
  if (place->key != NULL)
    {
      g_autofree char *token = page_token (type, query, place);
      g_autofree char *next = g_strdup_printf ("%s?_page=%s", hospital->base, token);

      append_link (out, "next", next);
    }
  g_string_append_c (out, ']');
  if (entries->len > 0)
    g_string_append_printf (out, ",\"entry\":[%s]", entries->str);
  g_string_append_c (out, '}');
  reply->status = 200;
  reply->body = g_string_free (g_steal_pointer (&out), FALSE);
}

void
zq_search_run (ZqHospital *self, const ZqRequest *request, const char *type, ZqReply *reply)
{
  Place place = { NULL, 0, 0 };

  run (self, request, type, request->query, &place, reply);
  g_free (place.key);
}

void
zq_search_page (ZqHospital *self, const ZqRequest *request, const char *token, ZqReply *reply)
{
  g_autofree char *padded = g_strconcat (token, &"==="[(strlen (token) + 3) % 4], NULL);
  g_autofree guchar *decoded = NULL;
  g_autoptr (JsonNode) node = NULL, key_node = NULL;
  Place place = { NULL, 0, 0 };
  const char *type, *key;
  gsize length;

  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  decoded = g_base64_decode (padded, &length);
  node = length > 0 ? zq_json_read ((const char *)decoded, length, NULL) : NULL;
  type = node != NULL ? zq_json_get_string (node, "t") : NULL;
  key = node != NULL ? zq_json_get_string (node, "k") : NULL;
  key_node = key != NULL ? zq_json_read (key, -1, NULL) : NULL;
  if (!zq_type_is_known (type) || key_node == NULL || !JSON_NODE_HOLDS_VALUE (key_node) ||
      zq_json_get_string (node, "r") == NULL || zq_json_get_string (node, "n") == NULL)
    {
      zq_reply_fail (reply, 410, "This page is gone; search again");
      return;
    }

  place.key = g_strdup (key);
  place.row = g_ascii_strtoll (zq_json_get_string (node, "r"), NULL, 10);
  place.total = g_ascii_strtoll (zq_json_get_string (node, "n"), NULL, 10);
  run (self, request, type, zq_json_get_string (node, "q"), &place, reply);
  g_free (place.key);
}

gboolean
zq_search_rows (
    ZqHospital *self, const ZqSession *session, const char *type, const char *query, GArray *found, ZqReply *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ZqRows) rows = NULL;
  g_auto (Search) search;
  Place place = { NULL, 0, 0 };

  search_init (&search, type);
  /* "identifier=…", "?identifier=…", "Communication?identifier=…": all three are sent by clients */
  if (strchr (query, '?') != NULL)
    query = strchr (query, '?') + 1;
  if (!read_query (&search, self, query, TRUE, reply))
    return FALSE;
  if (search.where->len == 0)
    return zq_reply_fail (reply, 400, "The condition of a conditional create is empty");
  search.count = 1;
  rows = query_rows (self, session, &search, &place, &error);
  while (rows != NULL && zq_rows_next (rows, &error))
    {
      gint64 row = zq_rows_int (rows, 0);

      g_array_append_val (found, row);
    }

  return error == NULL || zq_reply_fail_error (reply, error);
}
