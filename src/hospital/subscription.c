/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include "resource/datetime.h"

#include <string.h>

#define OWNER        "https://zhenqiao.org/fhir/StructureDefinition/subscription-owner"
#define LONGEST_DAYS 30

/* The owner, and how many are given. */
static char *
read_owner (ZqHospital *self, JsonNode *node, guint *n)
{
  guint length = zq_json_get_length (node, "extension");
  char *owner = NULL;

  *n = 0;
  for (guint i = 0; i < length; i++)
    {
      JsonNode *extension = zq_json_get_at (node, "extension", i);

      if (g_strcmp0 (zq_json_get_string (extension, "url"), OWNER) != 0)
        continue;
      g_free (owner);
      owner = zq_reference_at (self, extension, "valueReference");
      (*n)++;
    }

  return owner;
}

char *
zq_subscription_owner (ZqHospital *self, JsonNode *node)
{
  guint n;

  return read_owner (self, node, &n);
}

static gboolean
check_criteria (ZqHospital *self, const char *criteria, ZqReply *reply)
{
  const char *mark = criteria != NULL ? strchr (criteria, '?') : NULL;
  g_autofree char *type = mark != NULL ? g_strndup (criteria, mark - criteria) : NULL;
  g_auto (ZqReply) inner = { 0 };
  g_auto (ZqSearch) search = { 0 };

  if (!zq_type_is_known (type))
    return zq_reply_fail (reply, 422, "Subscription.criteria is no search, as in Communication?_tag=…");
  zq_search_init (&search, type);
  search.strict = TRUE;
  return zq_search_read (&search, self, mark + 1, &inner) ||
         zq_reply_fail (reply, 422, "Subscription.criteria has a parameter that this hospital does not know");
}

static gboolean
check (ZqHospital *self, JsonNode *node, ZqReply *reply)
{
  static const char *const known[] = { "requested", "active", "error", "off", NULL };
  const char *status = zq_json_get_string (node, "status");
  const char *end = zq_json_get_string (node, "end");
  ZqDateTime ends = zq_date_time_parse (end, self->zone);

  if (status == NULL || !g_strv_contains (known, status))
    return zq_reply_fail (reply, 422, "Subscription.status is missing or unknown");
  if (g_strcmp0 (zq_json_get_string (node, "channel.type"), "websocket") != 0)
    return zq_reply_fail (reply, 422, "This hospital has subscriptions by WebSocket only");
  if (end != NULL && ends.precision != ZQ_PRECISION_INSTANT)
    return zq_reply_fail (reply, 422, "Subscription.end is no instant");
  if (end != NULL && ends.start <= zq_clock_now (self->clock))
    return zq_reply_fail (reply, 422, "Subscription.end is past");

  return check_criteria (self, zq_json_get_string (node, "criteria"), reply);
}

static char *
with_owner (ZqHospital *self, const ZqSession *session, const char *text, JsonNode *node)
{
  guint n;
  g_autofree char *before = read_owner (self, node, &n);
  g_autofree char *extension = NULL;

  if (session->role == ZQ_ROLE_SYSTEM || n > 0)
    return g_strdup (text);
  extension = g_strdup_printf ("{\"url\":\"" OWNER "\",\"valueReference\":{\"reference\":\"%s\"}}", session->who);
  return zq_db_get_text (self->db, NULL,
                         "SELECT json_set (?1, CASE json_type (?1, '$.extension') WHEN 'array' THEN '$.extension[#]'"
                         " ELSE '$.extension' END, CASE json_type (?1, '$.extension') WHEN 'array' THEN json (?2)"
                         " ELSE json_array (json (?2)) END)",
                         "ss", text, extension);
}

char *
zq_subscription_take (ZqHospital *self, const ZqSession *session, const char *text, JsonNode **node, ZqReply *reply)
{
  g_autofree char *latest = NULL, *changed = NULL, *owned = NULL, *owner = NULL;
  const char *status = zq_json_get_string (*node, "status");
  guint n = 0;

  if (!check (self, *node, reply))
    return NULL;
  latest = zq_instant_us (zq_clock_now (self->clock) + LONGEST_DAYS * G_TIME_SPAN_DAY);
  changed =
      zq_db_get_text (self->db, NULL, "SELECT json_set (?1, '$.status', ?2, '$.end', coalesce (?1->>'$.end', ?3))",
                      "sss", text, g_str_equal (status, "off") ? "off" : "active", latest);
  owned = changed != NULL ? with_owner (self, session, changed, *node) : NULL;
  g_clear_pointer (node, json_node_unref);
  *node = owned != NULL ? zq_json_read (owned, -1, NULL) : NULL;
  owner = *node != NULL ? read_owner (self, *node, &n) : NULL;

  /* members given twice would hide what was set */
  if (*node == NULL || !check (self, *node, reply) ||
      (session->role != ZQ_ROLE_SYSTEM && (n != 1 || g_strcmp0 (owner, session->who) != 0)))
    {
      zq_reply_fail (reply, 422, "This Subscription names somebody else, or has a member twice");
      return NULL;
    }

  return g_steal_pointer (&owned);
}

gboolean
zq_subscription_stored (ZqHospital *self, gint64 row, JsonNode *node, GError **error)
{
  const char *end = zq_json_get_string (node, "end");
  ZqDateTime ends = zq_date_time_parse (end, self->zone);

  if (ends.precision == ZQ_PRECISION_NONE)
    return zq_db_exec (self->db, error, "DELETE FROM subscription WHERE row = ?1", "i", row);
  return zq_db_exec (self->db, error, "INSERT OR REPLACE INTO subscription (row, ends) VALUES (?1, ?2)", "ii", row,
                     ends.start);
}
