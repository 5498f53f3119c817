/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include <string.h>

#define DEFAULT_COUNT 50
#define MAX_COUNT     1000
#define MAX_VALUES    1000

void
zq_search_init (ZqSearch *self, const char *type)
{
  memset (self, 0, sizeof *self);
  self->type = type;
  self->where = g_string_new (NULL);
  self->updated = g_string_new (NULL);
  self->criteria = g_array_new (FALSE, FALSE, sizeof (ZqCriterion));
  self->values = g_string_new (NULL);
  self->ignored = g_ptr_array_new_with_free_func (g_free);
  self->includes = g_ptr_array_new_with_free_func (g_free);
  self->count = DEFAULT_COUNT;
}

void
zq_search_clear (ZqSearch *self)
{
  if (self->where == NULL)
    return;
  g_string_free (self->where, TRUE);
  g_string_free (self->updated, TRUE);
  g_array_unref (self->criteria);
  g_string_free (self->values, TRUE);
  g_ptr_array_unref (self->ignored);
  g_ptr_array_unref (self->includes);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
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

GPtrArray *
zq_search_split (const char *text)
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

guint
zq_search_add_values (ZqSearch *self, GPtrArray *values)
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
add_number (ZqSearch *self, gint64 value)
{
  guint place = self->n_values++;

  g_string_append_printf (self->values, "%s\"v%u\":%" G_GINT64_FORMAT, self->values->len > 0 ? "," : "", place, value);
  return place;
}

/* "(low < X AND high > Y)" for one date with its prefix; FALSE when it is none. */
static gboolean
add_date (
    ZqSearch *self, ZqHospital *hospital, const char *value, const char *low_name, const char *high_name, GString *out)
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

/* The same for @ alone, so that the index on it serves. */
static gboolean
add_updated (ZqSearch *self, ZqHospital *hospital, const char *value, GString *out)
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
    g_string_append_printf (out, "@ >= ?2->>'$.v%u'", add_number (self, low));
  if (g_str_equal (prefix, "eq"))
    g_string_append (out, " AND ");
  if (g_str_equal (prefix, "eq") || g_str_equal (prefix, "le"))
    g_string_append_printf (out, "@ < ?2->>'$.v%u'", add_number (self, high));
  if (g_str_equal (prefix, "gt"))
    g_string_append_printf (out, "@ >= ?2->>'$.v%u'", add_number (self, high));
  if (g_str_equal (prefix, "lt"))
    g_string_append_printf (out, "@ < ?2->>'$.v%u'", add_number (self, low));

  return out->len > 0;
}

static gboolean
criterion_dates (ZqSearch *self, ZqHospital *hospital, const ZqParam *param, GPtrArray *values, ZqReply *reply)
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
    g_string_append_printf (self->updated, " AND (%s)", any->str);
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

static guint
rank_of (const ZqParam *param, guint n_values)
{
  if (param->kind == ZQ_PARAM_REFERENCE || g_str_equal (param->name, "identifier"))
    return 3;
  if (n_values > 1)
    return 0;
  return param->type == NULL ? 2 : 1; /* a department's tag; a status or category */
}

static void
criterion_text (ZqSearch *self, const ZqParam *param, GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      char *value = g_ptr_array_index (values, i);

      g_ptr_array_index (values, i) = g_utf8_casefold (value, -1);
      g_free (value);
    }
  g_string_append_printf (self->where,
                          " AND r.row IN (SELECT i.row FROM idx i, json_each (?2, '$.v%u') j WHERE i.name = '%s.%s'"
                          " AND substr (i.value, 1, length (j.value)) = j.value)",
                          zq_search_add_values (self, values), self->type, param->name);
}

static gboolean
criterion (
    ZqSearch *self, ZqHospital *hospital, const ZqParam *param, const char *modifier, const char *text, ZqReply *reply)
{
  g_autoptr (GPtrArray) values = zq_search_split (text);
  g_autofree char *name = NULL;
  ZqCriterion found;

  if (values->len > MAX_VALUES)
    return zq_reply_fail (reply, 400, "Too many values in one parameter");
  if (modifier != NULL && !(param->kind == ZQ_PARAM_REFERENCE && zq_type_is_known (modifier)))
    return zq_reply_fail (reply, 400, "This hospital does not know that search modifier");
  if (param->kind == ZQ_PARAM_DATE)
    return criterion_dates (self, hospital, param, values, reply);
  if (param->kind == ZQ_PARAM_STRING)
    {
      criterion_text (self, param, values);
      return TRUE;
    }

  if (param->kind == ZQ_PARAM_REFERENCE)
    normalize_references (hospital, modifier, values);
  name = g_strconcat (self->type, ".", param->name, NULL);
  found.name = g_intern_string (name);
  found.n_values = values->len;
  found.rank = rank_of (param, values->len);
  found.place = zq_search_add_values (self, values);
  g_array_append_val (self->criteria, found);
  return TRUE;
}

static gboolean
read_sort (ZqSearch *self, const char *text, ZqReply *reply)
{
  g_autofree char *first = g_strndup (text, strcspn (text, ","));
  const char *name = *first == '-' ? first + 1 : first;
  const ZqParam *param = zq_params_find (self->type, name);

  self->descending = *first == '-';
  if (g_str_equal (name, "_lastUpdated"))
    self->sort = ZQ_SORT_UPDATED;
  else if (g_str_equal (name, "_id"))
    self->sort = ZQ_SORT_ID;
  else if (param != NULL && param->kind == ZQ_PARAM_DATE)
    {
      self->sort = ZQ_SORT_DATE;
      self->sort_name = param->name;
    }
  else
    {
      g_ptr_array_add (self->ignored, g_strdup ("_sort"));
      self->descending = FALSE;
      return !self->strict || zq_reply_fail (reply, 400, "This hospital does not sort by that parameter");
    }

  return TRUE;
}

static gboolean
read_count (ZqSearch *self, const char *value, ZqReply *reply)
{
  guint64 count;

  if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &count, NULL))
    return zq_reply_fail (reply, 400, "_count is not a number");
  self->count = MIN (count, MAX_COUNT);
  self->only_total |= count == 0;
  return TRUE;
}

static gboolean
read_ids (ZqSearch *self, const char *value, ZqReply *reply)
{
  g_autoptr (GPtrArray) values = zq_search_split (value);

  if (values->len > MAX_VALUES)
    return zq_reply_fail (reply, 400, "Too many values in one parameter");
  self->by_id = TRUE;
  self->id_place = zq_search_add_values (self, values);
  g_string_append_printf (self->where, " AND r.id IN (SELECT value FROM json_each (?2, '$.v%u'))", self->id_place);
  return TRUE;
}

/* What the answer looks like; FALSE: @name is nothing of that kind, or @reply is filled. */
static gboolean
read_result (ZqSearch *self, const char *name, const char *modifier, const char *value, ZqReply *reply)
{
  static const char *const silent[] = { "_format", "_pretty", "_page", NULL };

  if (g_strv_contains (silent, name) || *value == '\0')
    return TRUE;
  if (g_str_equal (name, "_count"))
    return read_count (self, value, reply);
  if (g_str_equal (name, "_sort"))
    return read_sort (self, value, reply);
  if (g_str_equal (name, "_total"))
    self->want_total = g_str_equal (value, "accurate");
  else if (g_str_equal (name, "_summary") && (g_str_equal (value, "count") || g_str_equal (value, "false")))
    self->only_total |= g_str_equal (value, "count");
  else if (g_str_equal (name, "_elements"))
    {
      g_clear_pointer (&self->elements, g_ptr_array_unref);
      self->elements = zq_search_split (value);
    }
  else if (g_str_equal (name, "_include") || g_str_equal (name, "_revinclude"))
    {
      if (modifier != NULL)
        return zq_reply_fail (reply, 400, "This hospital includes one step far only");
      g_ptr_array_add (self->includes, g_strconcat (name[1] == 'i' ? "+" : "-", value, NULL));
    }
  else
    return FALSE;

  return TRUE;
}

static gboolean
read_param (ZqSearch *self, ZqHospital *hospital, const char *full, const char *value, ZqReply *reply)
{
  const char *colon = strchr (full, ':');
  g_autofree char *name = colon != NULL ? g_strndup (full, colon - full) : g_strdup (full);
  const ZqParam *param = zq_params_find (self->type, name);

  if (read_result (self, name, colon != NULL ? colon + 1 : NULL, value, reply))
    return TRUE;
  if (reply->status != 0)
    return FALSE;
  if (g_str_equal (name, "_lastUpdated"))
    {
      g_autoptr (GPtrArray) values = zq_search_split (value);

      return criterion_dates (self, hospital, NULL, values, reply);
    }
  if (g_str_equal (name, "_id"))
    return read_ids (self, value, reply);
  if (param != NULL)
    return criterion (self, hospital, param, colon != NULL ? colon + 1 : NULL, value, reply);

  if (self->strict)
    return zq_reply_fail (reply, 400, "The search has a parameter that this hospital does not know");
  g_ptr_array_add (self->ignored, g_steal_pointer (&name));
  return TRUE;
}

gboolean
zq_search_read (ZqSearch *self, ZqHospital *hospital, const char *query, ZqReply *reply)
{
  g_autoptr (GPtrArray) pairs = zq_query_parse (query);

  if (pairs->len > 64)
    return zq_reply_fail (reply, 400, "The search has too many parameters");
  for (guint i = 0; i + 1 < pairs->len; i += 2)
    if (!read_param (self, hospital, g_ptr_array_index (pairs, i), g_ptr_array_index (pairs, i + 1), reply))
      return FALSE;

  return TRUE;
}

void
zq_search_add_lost (ZqSearch *self, ZqHospital *hospital, const ZqSession *session)
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
  zq_search_add_values (self, values);
  zq_faults_count_lost (hospital->faults);
}

char *
zq_search_values (const ZqSearch *self, const char *more)
{
  return g_strdup_printf ("{%s%s%s}", self->values->str, more != NULL && self->values->len > 0 ? "," : "",
                          more != NULL ? more : "");
}

/* The criterion whose rows are gone through; the others are checked row by row. */
static const ZqCriterion *
pick_driver (const ZqSearch *self)
{
  const ZqCriterion *best = NULL;

  for (guint i = 0; i < self->criteria->len; i++)
    {
      const ZqCriterion *one = &g_array_index (self->criteria, ZqCriterion, i);

      if (one->rank > (best != NULL ? best->rank : 0))
        best = one;
    }

  return self->by_id && (best == NULL || best->rank < 3) ? NULL : best;
}

static void
append_conditions (GString *out, const ZqSearch *self, const ZqSession *session, const ZqCriterion *driver)
{
  gboolean by_driver = driver != NULL && driver->n_values == 1;
  g_autoptr (GString) updated = g_string_new (self->updated->str);

  g_string_replace (updated, "@", by_driver ? "i.updated" : "r.updated", 0);
  g_string_append_printf (out, " AND r.type = ?1 AND r.deleted = 0 AND ?2 IS ?2%s%s AND %s", updated->str,
                          self->where->str, zq_access_sql (session));
  for (guint i = 0; i < self->criteria->len; i++)
    {
      const ZqCriterion *one = &g_array_index (self->criteria, ZqCriterion, i);

      if (one != driver)
        g_string_append_printf (out,
                                " AND EXISTS (SELECT 1 FROM idx c WHERE c.row = r.row AND c.name = '%s'"
                                " AND c.value IN (SELECT value FROM json_each (?2, '$.v%u')))",
                                one->name, one->place);
    }
}

static char *
sort_key (const ZqSearch *self, gboolean by_driver)
{
  if (self->sort == ZQ_SORT_ID)
    return g_strdup ("r.id");
  if (self->sort == ZQ_SORT_DATE)
    return g_strdup_printf (
        "coalesce ((SELECT min (s.low) FROM idx_date s WHERE s.row = r.row AND s.name = '%s.%s'), 0)", self->type,
        self->sort_name);

  return g_strdup (by_driver ? "i.updated" : "r.updated");
}

char *
zq_search_from (const ZqSearch *self, const ZqSession *session, char **key)
{
  const ZqCriterion *driver = pick_driver (self);
  gboolean own = session->role == ZQ_ROLE_PATIENT && !self->by_id && !zq_access_is_open (self->type) &&
                 (driver == NULL || driver->rank < 3);
  GString *out = g_string_new (NULL);

  if (own)
    {
      /* the little that a patient reaches */
      driver = NULL;
      g_string_append (out, "FROM (SELECT DISTINCT o.row FROM idx o WHERE o.name = '-own' AND o.value IN"
                            " (SELECT ?3 UNION ALL SELECT x.ref FROM access x WHERE x.who = ?3)) m"
                            " CROSS JOIN resource r WHERE r.row = m.row");
    }
  else if (driver == NULL && self->by_id)
    g_string_append_printf (out,
                            "FROM (SELECT DISTINCT value FROM json_each (?2, '$.v%u')) m CROSS JOIN resource r"
                            " WHERE r.id = m.value",
                            self->id_place);
  else if (driver == NULL)
    g_string_append_printf (out, "FROM resource r%s WHERE TRUE",
                            self->sort == ZQ_SORT_UPDATED ? " INDEXED BY resource_updated" : "");
  else if (driver->n_values == 1)
    g_string_append_printf (out,
                            "FROM idx i INDEXED BY idx_value CROSS JOIN resource r"
                            " WHERE i.name = '%s' AND i.value = ?2->>'$.v%u[0]' AND r.row = i.row",
                            driver->name, driver->place);
  else
    g_string_append_printf (out,
                            "FROM (SELECT DISTINCT d.row FROM idx d WHERE d.name = '%s' AND d.value IN"
                            " (SELECT value FROM json_each (?2, '$.v%u'))) m CROSS JOIN resource r WHERE r.row = m.row",
                            driver->name, driver->place);
  append_conditions (out, self, session, driver);
  *key = sort_key (self, driver != NULL && driver->n_values == 1);

  return g_string_free (out, FALSE);
}

char *
zq_search_from_rows (const ZqSearch *self, const ZqSession *session)
{
  GString *out = g_string_new ("FROM json_each (?2, '$.rows') m CROSS JOIN resource r WHERE r.row = m.value");

  append_conditions (out, self, session, NULL);
  return g_string_free (out, FALSE);
}
