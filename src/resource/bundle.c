/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/bundle.h"

#include "resource/scan.h"

#include <string.h>

struct _ZqBundle
{
  gatomicrefcount refs;

  /* owned */
  GBytes *text;
  GArray *entries; /* ZqBundleEntry; its strings belong to `strings` */
  GStringChunk *strings;
  char *type_code;
  char *next;

  gint64 total;
};

typedef gboolean (*MemberFunc) (ZqBundle *self, ZqScan *scan, gpointer data);

static gboolean
fail_type (GError **error, const char *what)
{
  g_set_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TYPE, "This is no Bundle: %s", what);

  return FALSE;
}

static ZqBundle *
bundle_new (GBytes *text)
{
  ZqBundle *self = g_new0 (ZqBundle, 1);

  g_atomic_ref_count_init (&self->refs);
  self->text = g_bytes_ref (text);
  self->entries = g_array_new (FALSE, TRUE, sizeof (ZqBundleEntry));
  self->strings = g_string_chunk_new (4096);
  self->total = -1;

  return self;
}

/* Calls @func with the first token of each member's value; @func leaves the scan at its last one, or
 * at its first, then it is skipped. The scan has just found an object's begin. */
static gboolean
each_member (ZqBundle *self, ZqScan *scan, const char *const *names, const MemberFunc *funcs, gpointer data)
{
  while (zq_scan_next (scan) == ZQ_TOKEN_NAME)
    {
      MemberFunc func = NULL;

      for (guint i = 0; func == NULL && names[i] != NULL; i++)
        {
          if (zq_scan_string_equals (scan, names[i]))
            func = funcs[i];
        }
      if (zq_scan_next (scan) == ZQ_TOKEN_ERROR)
        return FALSE;
      if (!(func != NULL ? func (self, scan, data) : zq_scan_skip (scan)))
        return FALSE;
    }

  return scan->type == ZQ_TOKEN_OBJECT_END;
}

/* Calls @func with the first token of each element, which it has to go over. What is no array is
 * skipped. */
static gboolean
each_element (ZqBundle *self, ZqScan *scan, MemberFunc func, gpointer data)
{
  if (scan->type != ZQ_TOKEN_ARRAY_BEGIN)
    return zq_scan_skip (scan);

  while (zq_scan_next (scan) != ZQ_TOKEN_ARRAY_END)
    {
      if (scan->type == ZQ_TOKEN_ERROR || !func (self, scan, data))
        return FALSE;
    }

  return TRUE;
}

/* The string that was found, kept with the bundle; NULL when the value is none. */
static gboolean
take_string (ZqBundle *self, ZqScan *scan, const char **value)
{
  g_autofree char *text = NULL;

  *value = NULL;
  if (scan->type != ZQ_TOKEN_STRING)
    return zq_scan_skip (scan);

  text = zq_scan_dup_string (scan);
  *value = g_string_chunk_insert (self->strings, text);

  return TRUE;
}

static gboolean
entry_full_url (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((ZqBundleEntry *)data)->full_url);
}

static gboolean
entry_resource (ZqBundle *self, ZqScan *scan, gpointer data)
{
  ZqBundleEntry *entry = data;
  gboolean none = scan->type == ZQ_TOKEN_WORD && *scan->start == 'n';
  const char *start = scan->start;

  if (!zq_scan_skip (scan))
    return FALSE;

  entry->raw = none ? NULL : start;
  entry->raw_length = none ? 0 : scan->stop - start;

  return TRUE;
}

static gboolean
search_mode (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((ZqBundleEntry *)data)->search_mode);
}

static gboolean
response_status (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((ZqBundleEntry *)data)->status);
}

static gboolean
response_location (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((ZqBundleEntry *)data)->location);
}

static gboolean
response_etag (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((ZqBundleEntry *)data)->etag);
}

static gboolean
entry_search (ZqBundle *self, ZqScan *scan, gpointer data)
{
  static const char *const names[] = { "mode", NULL };
  static const MemberFunc funcs[] = { search_mode };

  if (scan->type != ZQ_TOKEN_OBJECT_BEGIN)
    return zq_scan_skip (scan);

  return each_member (self, scan, names, funcs, data);
}

static gboolean
entry_response (ZqBundle *self, ZqScan *scan, gpointer data)
{
  static const char *const names[] = { "status", "location", "etag", NULL };
  static const MemberFunc funcs[] = { response_status, response_location, response_etag };

  if (scan->type != ZQ_TOKEN_OBJECT_BEGIN)
    return zq_scan_skip (scan);

  return each_member (self, scan, names, funcs, data);
}

static gboolean
bundle_entry_element (ZqBundle *self, ZqScan *scan, gpointer data)
{
  static const char *const names[] = { "resource", "fullUrl", "search", "response", NULL };
  static const MemberFunc funcs[] = { entry_resource, entry_full_url, entry_search, entry_response };
  ZqBundleEntry entry = { 0 };

  /* One wrong entry is an empty one: the others of the page count. */
  if (scan->type != ZQ_TOKEN_OBJECT_BEGIN ? !zq_scan_skip (scan) : !each_member (self, scan, names, funcs, &entry))
    return FALSE;
  g_array_append_val (self->entries, entry);

  return TRUE;
}

static gboolean
bundle_entry (ZqBundle *self, ZqScan *scan, gpointer data)
{
  g_array_set_size (self->entries, 0);

  return each_element (self, scan, bundle_entry_element, NULL);
}

typedef struct
{
  const char *relation;
  const char *url;
} Link;

static gboolean
link_relation (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((Link *)data)->relation);
}

static gboolean
link_url (ZqBundle *self, ZqScan *scan, gpointer data)
{
  return take_string (self, scan, &((Link *)data)->url);
}

static gboolean
bundle_link_element (ZqBundle *self, ZqScan *scan, gpointer data)
{
  static const char *const names[] = { "relation", "url", NULL };
  static const MemberFunc funcs[] = { link_relation, link_url };
  Link link = { 0 };

  if (scan->type != ZQ_TOKEN_OBJECT_BEGIN)
    return zq_scan_skip (scan);
  if (!each_member (self, scan, names, funcs, &link))
    return FALSE;

  if (g_strcmp0 (link.relation, "next") == 0 && self->next == NULL)
    self->next = g_strdup (link.url);

  return TRUE;
}

static gboolean
bundle_link (ZqBundle *self, ZqScan *scan, gpointer data)
{
  g_clear_pointer (&self->next, g_free);

  return each_element (self, scan, bundle_link_element, NULL);
}

static gboolean
bundle_type (ZqBundle *self, ZqScan *scan, gpointer data)
{
  g_clear_pointer (&self->type_code, g_free);
  if (scan->type == ZQ_TOKEN_STRING)
    self->type_code = zq_scan_dup_string (scan);

  return zq_scan_skip (scan);
}

static gboolean
bundle_total (ZqBundle *self, ZqScan *scan, gpointer data)
{
  g_autofree char *text = g_strndup (scan->start, scan->stop - scan->start);

  if (scan->type != ZQ_TOKEN_NUMBER || !g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, &self->total, NULL))
    self->total = -1;

  return zq_scan_skip (scan);
}

static gboolean
bundle_resource_type (ZqBundle *self, ZqScan *scan, gpointer data)
{
  gboolean *is_bundle = data;

  *is_bundle = scan->type == ZQ_TOKEN_STRING && zq_scan_string_equals (scan, "Bundle");

  return zq_scan_skip (scan);
}

static gboolean
read_members (ZqBundle *self, ZqScan *scan, GError **error)
{
  static const char *const names[] = { "resourceType", "type", "total", "link", "entry", NULL };
  static const MemberFunc funcs[] = { bundle_resource_type, bundle_type, bundle_total, bundle_link, bundle_entry };
  gboolean is_bundle = FALSE, whole;

  zq_scan_next (scan);
  if (scan->type > ZQ_TOKEN_END && scan->type != ZQ_TOKEN_OBJECT_BEGIN)
    return fail_type (error, "it is no object");

  whole = scan->type != ZQ_TOKEN_ERROR && each_member (self, scan, names, funcs, &is_bundle) &&
          zq_scan_next (scan) == ZQ_TOKEN_END;
  if (!whole)
    {
      zq_scan_set_error (scan, error);
      return FALSE;
    }

  return is_bundle ? TRUE : fail_type (error, "its resourceType is another");
}

ZqBundle *
zq_bundle_read (GBytes *text, GError **error)
{
  g_autoptr (ZqBundle) self = NULL;
  gsize length;
  const char *bytes;
  ZqScan scan;

  g_return_val_if_fail (text != NULL, NULL);

  bytes = g_bytes_get_data (text, &length);
  if (length > ZQ_JSON_MAX_SIZE)
    {
      g_set_error (error, ZQ_JSON_ERROR, ZQ_JSON_ERROR_TOO_LARGE, "The Bundle has %" G_GSIZE_FORMAT " bytes", length);
      return NULL;
    }

  self = bundle_new (text);
  zq_scan_init (&scan, bytes == NULL ? "" : bytes, length);
  if (!read_members (self, &scan, error))
    return NULL;

  return g_steal_pointer (&self);
}

ZqBundle *
zq_bundle_new_single (GBytes *resource)
{
  ZqBundle *self;
  ZqBundleEntry entry = { 0 };

  g_return_val_if_fail (resource != NULL, NULL);

  self = bundle_new (resource);
  entry.raw = g_bytes_get_data (resource, &entry.raw_length);
  g_array_append_val (self->entries, entry);

  return self;
}

ZqBundle *
zq_bundle_ref (ZqBundle *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
zq_bundle_unref (ZqBundle *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->refs))
    return;

  g_array_unref (self->entries);
  g_string_chunk_free (self->strings);
  g_bytes_unref (self->text);
  g_free (self->type_code);
  g_free (self->next);
  g_free (self);
}

const char *
zq_bundle_get_type_code (ZqBundle *self)
{
  return self->type_code;
}

const char *
zq_bundle_get_next (ZqBundle *self)
{
  return self->next;
}

gint64
zq_bundle_get_total (ZqBundle *self)
{
  return self->total;
}

guint
zq_bundle_get_n_entries (ZqBundle *self)
{
  return self->entries->len;
}

const ZqBundleEntry *
zq_bundle_get_entry (ZqBundle *self, guint index)
{
  g_return_val_if_fail (index < self->entries->len, NULL);

  return &g_array_index (self->entries, ZqBundleEntry, index);
}
