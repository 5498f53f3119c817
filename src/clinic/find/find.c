/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/find/find.h"

#include "clinic/find/hits.h"
#include "store/search.h"

#include <string.h>

#define MAX_LIMIT 200
/* Hits that are not to be shown (restricted patients) are passed over, so far. */
#define MAX_PAGES 10
#define RECENT    "find-recent"
#define N_RECENT  20

void
zq_found_free (ZqFound *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->text);
  g_clear_pointer (&self->marks, g_array_unref);
  g_free (self->detail);
  g_free (self);
}

typedef struct
{
  const ZqResourceKind *kinds[ZQ_N_FIND_KINDS];
  char *typed; /* NULL: what was looked at last */
  ZqFindKinds which;
  gint64 thread, from_us, before_us;
  gint64 after_id, after_message; /* 0: the first page */
  guint limit;
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_free (find->typed);
  g_free (find);
}

typedef struct
{
  GPtrArray *found;
  ZqFindKinds more;
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_clear_pointer (&result->found, g_ptr_array_unref);
  g_free (result);
}

/* --- what was typed --------------------------------------------------------------------------- */

static ZqFound *
make_found (ZqDb *db, const Find *find, ZqFindKind kind, const ZqHit *hit, GError **error)
{
  switch (kind)
    {
    case ZQ_FIND_PATIENT:
      return zq_hit_of_patient (db, hit->id, hit->row, find->typed, error);
    case ZQ_FIND_CONSULT:
      return zq_hit_of_consult (db, hit->id, hit->row, find->typed, error);
    case ZQ_FIND_MESSAGE:
    case ZQ_N_FIND_KINDS:
    default:
      return zq_hit_of_message (db, hit->id, hit->row, find->typed, error);
    }
}

/* To the microsecond, where the index knows quarters of a second. When a patient changed is nobody's question. */
static gboolean
is_in_time (const Find *find, const ZqFound *found)
{
  return found->kind == ZQ_FIND_PATIENT ||
         ((find->from_us == 0 || found->at >= find->from_us) && (find->before_us == 0 || found->at < find->before_us));
}

/* Adds at most @limit of @hits; FALSE on error. @more: there was another one. */
static gboolean
add_hits (ZqDb *db,
          const Find *find,
          ZqFindKind kind,
          GArray *hits,
          guint limit,
          Result *result,
          gboolean *more,
          GError **error)
{
  for (guint i = 0; i < hits->len; i++)
    {
      g_autoptr (GError) local = NULL;
      g_autoptr (ZqFound) found = make_found (db, find, kind, &g_array_index (hits, ZqHit, i), &local);

      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      if (found == NULL || !is_in_time (find, found))
        continue;
      if (result->found->len == limit)
        {
          *more = TRUE;
          return TRUE;
        }
      g_ptr_array_add (result->found, g_steal_pointer (&found));
    }

  return TRUE;
}

static gboolean
find_kind (ZqDb *db, const Find *find, ZqFindKind kind, GCancellable *cancellable, Result *result, GError **error)
{
  gboolean dated = kind != ZQ_FIND_PATIENT;
  guint limit = result->found->len + find->limit;
  gint64 before_id = find->after_id;
  gboolean more = FALSE;

  for (guint page = 0; page < MAX_PAGES && !more; page++)
    {
      guint wanted = MIN (limit - result->found->len + 1, MAX_LIMIT);
      g_autoptr (GArray) hits = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      hits = zq_search_run (db, find->kinds[kind], find->typed, dated ? find->from_us : 0, dated ? find->before_us : 0,
                            before_id, wanted, error);
      if (hits == NULL || !add_hits (db, find, kind, hits, limit, result, &more, error))
        return FALSE;
      if (hits->len < wanted)
        break;
      before_id = g_array_index (hits, ZqHit, hits->len - 1).id;
    }
  if (more)
    result->more |= 1 << kind;

  return TRUE;
}

static gboolean
find_in_thread (ZqDb *db, const Find *find, GCancellable *cancellable, Result *result, GError **error)
{
  g_autoptr (GPtrArray) hits = zq_hits_of_thread (db, find->thread, find->typed, find->from_us, find->before_us,
                                                  find->after_message, find->limit + 1, cancellable, error);

  if (hits == NULL)
    return FALSE;
  if (hits->len > find->limit)
    {
      result->more |= ZQ_FIND_MESSAGES;
      g_ptr_array_set_size (hits, (int)find->limit);
    }
  g_ptr_array_extend_and_steal (result->found, g_steal_pointer (&hits));

  return TRUE;
}

/* --- what was looked at ----------------------------------------------------------------------- */

static gboolean
has_patient (GPtrArray *found, gint64 patient)
{
  for (guint i = 0; i < found->len; i++)
    if (((ZqFound *)g_ptr_array_index (found, i))->patient == patient)
      return TRUE;

  return FALSE;
}

static gboolean
list_recent (ZqDb *db, const Find *find, Result *result, GError **error)
{
  g_autofree char *setting = zq_store_get_setting (db, RECENT);
  g_auto (GStrv) ids = g_strsplit (setting != NULL ? setting : "", ",", -1);
  g_autoptr (GPtrArray) consults = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_found_free);

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GError) local = NULL;
      gint64 id = g_ascii_strtoll (ids[i], NULL, 10);
      ZqFound *consult = id != 0 ? zq_hit_of_consult (db, 0, id, NULL, &local) : NULL;
      ZqFound *patient = NULL;

      if (consult != NULL && (find->which & ZQ_FIND_PATIENTS) && result->found->len < find->limit &&
          !has_patient (result->found, consult->patient))
        patient = zq_hit_of_patient (db, 0, consult->patient, NULL, &local);
      if (patient != NULL)
        {
          patient->consult = id;
          g_ptr_array_add (result->found, patient);
        }
      if (consult != NULL)
        g_ptr_array_add (consults, consult);
      if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  if (consults->len > find->limit)
    g_ptr_array_set_size (consults, (int)find->limit);
  if (find->which & ZQ_FIND_CONSULTS)
    g_ptr_array_extend_and_steal (result->found, g_steal_pointer (&consults));

  return TRUE;
}

static gboolean
note_opened (ZqTxn *txn, gpointer data, GError **error)
{
  gint64 consult = *(gint64 *)data;
  g_autofree char *setting = zq_store_get_setting (zq_txn_db (txn), RECENT);
  g_auto (GStrv) ids = g_strsplit (setting != NULL ? setting : "", ",", -1);
  g_autoptr (GString) fresh = g_string_new (NULL);
  guint n = 1;

  /* It is on top already. */
  if (ids[0] != NULL && g_ascii_strtoll (ids[0], NULL, 10) == consult)
    return TRUE;
  g_string_printf (fresh, "%" G_GINT64_FORMAT, consult);
  for (guint i = 0; ids[i] != NULL && n < N_RECENT; i++)
    {
      if (*ids[i] == '\0' || g_ascii_strtoll (ids[i], NULL, 10) == consult)
        continue;
      g_string_append_printf (fresh, ",%s", ids[i]);
      n++;
    }

  return zq_txn_set_setting (txn, RECENT, fresh->str, error);
}

void
zq_find_note_opened (ZqStore *store, gint64 consult)
{
  zq_store_write_async (store, ZQ_PRIORITY_SYNC, note_opened, g_memdup2 (&consult, sizeof consult), g_free, NULL, NULL);
}

/* --- the call --------------------------------------------------------------------------------- */

static gboolean
fill (ZqDb *db, const Find *find, GCancellable *cancellable, Result *result, GError **error)
{
  if (find->typed == NULL)
    return list_recent (db, find, result, error);
  if (find->thread != 0)
    return (find->which & ZQ_FIND_MESSAGES) == 0 || find_in_thread (db, find, cancellable, result, error);

  for (ZqFindKind kind = 0; kind < ZQ_N_FIND_KINDS; kind++)
    if ((find->which & (1 << kind)) && !find_kind (db, find, kind, cancellable, result, error))
      return FALSE;

  return TRUE;
}

static gpointer
run_find (ZqDb *db, gpointer data, GCancellable *cancellable, GError **error)
{
  Result *result = g_new0 (Result, 1);

  result->found = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_found_free);
  if (fill (db, data, cancellable, result, error))
    return result;
  result_free (result);

  return NULL;
}

static const ZqResourceKind *
find_searched (ZqStore *store, const char *name)
{
  const ZqResourceKind *kind = zq_store_find_kind (store, name);

  return kind != NULL && kind->search != NULL ? kind : NULL;
}

void
zq_find_async (ZqStore *store,
               const char *typed,
               ZqFindKinds kinds,
               gint64 thread,
               gint64 from_us,
               gint64 before_us,
               const ZqFound *after,
               guint limit,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer data)
{
  static const char *const names[ZQ_N_FIND_KINDS] = { "patient", "consult", "message" };
  Find *find = g_new0 (Find, 1);

  for (guint i = 0; i < ZQ_N_FIND_KINDS; i++)
    {
      find->kinds[i] = find_searched (store, names[i]);
      if (find->kinds[i] != NULL)
        find->which |= kinds & (1 << i);
    }
  if (after != NULL)
    {
      find->which &= 1 << after->kind;
      find->after_id = after->id;
      find->after_message = after->message;
    }
  find->typed = typed != NULL && *typed != '\0' ? g_strdup (typed) : NULL;
  find->thread = thread;
  find->from_us = from_us;
  find->before_us = before_us;
  find->limit = CLAMP (limit, 1, MAX_LIMIT - 1);
  zq_store_read_async (store, run_find, find, find_free, result_free, cancellable, callback, data);
}

GPtrArray *
zq_find_finish (ZqStore *store, GAsyncResult *result, ZqFindKinds *more, GError **error)
{
  Result *found = zq_store_read_finish (store, result, error);
  GPtrArray *list;

  if (more != NULL)
    *more = found != NULL ? found->more : 0;
  if (found == NULL)
    return NULL;
  list = g_steal_pointer (&found->found);
  result_free (found);

  return list;
}
