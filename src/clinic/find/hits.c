/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/find/hits.h"

#include "base/search-text.h"
#include "clinic/consult/search-rules.h"
#include "clinic/patient/patient.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define EXCERPT_CHARS 80
#define LEAD_CHARS    20 /* of what stands before the first place */

static gboolean
next_row (ZqRows *rows, GError **error)
{
  return rows != NULL && zq_rows_next (rows, error);
}

static GArray *
marks_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (ZqTextRange));
}

/* --- excerpts --------------------------------------------------------------------------------- */

/* On one line, with the same words in it: what is nothing stays nothing. */
static char *
one_line (const char *text)
{
  GString *line = g_string_sized_new (strlen (text));

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (!g_unichar_isspace (c) && !g_unichar_iscntrl (c))
        g_string_append_unichar (line, c);
      else if (g_unichar_isspace (c) && line->len > 0 && line->str[line->len - 1] != ' ')
        g_string_append_c (line, ' ');
    }

  return g_string_free (line, FALSE);
}

/* @from and @to: bytes of @line that are kept. */
static void
cut (const char *line, GArray *marks, guint *from, guint *to)
{
  guint first = marks->len > 0 ? g_array_index (marks, ZqTextRange, 0).start : 0;
  const char *start = line + first;
  const char *end;

  *from = 0;
  *to = (guint)strlen (line);
  if (g_utf8_strlen (line, -1) <= EXCERPT_CHARS)
    return;

  for (guint i = 0; i < LEAD_CHARS && start > line; i++)
    start = g_utf8_prev_char (start);
  end = start;
  for (guint i = 0; i < EXCERPT_CHARS && *end != '\0'; i++)
    end = g_utf8_next_char (end);
  *from = (guint)(start - line);
  *to = (guint)(end - line);
}

/* FALSE: it does not say what was typed (any more). */
static gboolean
set_text (ZqFound *self, const char *text, const char *typed, ZqWords how)
{
  g_autofree char *line = one_line (text);
  g_autoptr (GArray) marks = zq_search_text_find (line, typed, how);
  const char *ellipsis = "…";
  guint from, to, shift;

  if (marks->len == 0)
    return FALSE;

  cut (line, marks, &from, &to);
  shift = from > 0 ? (guint)strlen (ellipsis) : 0;
  for (guint i = 0; i < marks->len; i++)
    {
      ZqTextRange mark = g_array_index (marks, ZqTextRange, i);

      if (mark.start >= to)
        break;
      mark.start = mark.start - from + shift;
      mark.end = MIN (mark.end, to) - from + shift;
      g_array_append_val (self->marks, mark);
    }
  self->text = g_strdup_printf ("%s%.*s%s", from > 0 ? ellipsis : "", (int)(to - from), line + from,
                                line[to] != '\0' ? ellipsis : "");

  return TRUE;
}

static ZqFound *
found_new (ZqFindKind kind, gint64 id)
{
  ZqFound *self = g_new0 (ZqFound, 1);

  self->kind = kind;
  self->id = id;
  self->marks = marks_new ();

  return self;
}

/* --- patients --------------------------------------------------------------------------------- */

/* The marks of @all that lie between, as places of that part. */
static GArray *
marks_between (GArray *all, gsize start, gsize length)
{
  GArray *marks = marks_new ();

  for (guint i = 0; i < all->len; i++)
    {
      ZqTextRange mark = g_array_index (all, ZqTextRange, i);

      if (mark.start < start || mark.end > start + length)
        continue;
      mark.start -= (guint)start;
      mark.end -= (guint)start;
      g_array_append_val (marks, mark);
    }

  return marks;
}

static gsize
length_of (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

/* The one telephone of several in which the first mark lies. */
static void
take_phone (ZqFound *self, const char *phones)
{
  guint place = g_array_index (self->marks, ZqTextRange, 0).start;
  g_auto (GStrv) parts = g_strsplit (phones, ZQ_PATIENT_FENCE, -1);
  gsize start = 0;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize length = strlen (parts[i]);

      if (place < start + length)
        {
          g_autoptr (GArray) all = g_steal_pointer (&self->marks);

          self->marks = marks_between (all, start, length);
          self->text = g_strdup (parts[i]);
          self->detail = g_strdup (parts[i]);
          return;
        }
      start += length + strlen (ZQ_PATIENT_FENCE);
    }
}

static gboolean
mark_patient (ZqFound *self, const char *record_number, const char *phones, const char *typed)
{
  g_autofree char *words = zq_patient_words (self->name, record_number, phones);
  g_autoptr (GArray) all = words != NULL ? zq_search_text_find (words, typed, ZQ_WORDS_NAME) : marks_new ();
  gsize fence = strlen (ZQ_PATIENT_FENCE);
  gsize record = length_of (self->name) + fence;
  gsize phone = record + length_of (record_number) + fence;

  g_array_unref (self->marks);
  self->marks = marks_between (all, 0, length_of (self->name));
  self->in_name = self->marks->len > 0;
  if (record_number != NULL)
    self->detail = g_strdup_printf (_ ("No. %s"), record_number);
  if (self->in_name || all->len == 0)
    return self->in_name;

  g_array_unref (self->marks);
  self->marks = marks_between (all, record, length_of (record_number));
  if (self->marks->len > 0)
    {
      self->text = g_strdup (record_number);
      return TRUE;
    }
  g_array_unref (self->marks);
  self->marks = marks_between (all, phone, length_of (phones));
  if (self->marks->len == 0)
    return FALSE;
  g_clear_pointer (&self->detail, g_free);
  take_phone (self, phones);

  return self->text != NULL;
}

ZqFound *
zq_hit_of_patient (ZqDb *db, gint64 id, gint64 patient, const char *typed, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error,
      "SELECT p.name, p.record_number, f.phones, coalesce (r.last_updated, 0),"
      " coalesce ((SELECT c.id FROM consult c LEFT JOIN consult_summary s ON s.id = c.id WHERE c.patient = p.id"
      "   ORDER BY coalesce (s.views, 0) <> 0 DESC, c.authored DESC LIMIT 1), 0)"
      " FROM patient p JOIN resource r ON r.id = p.id"
      " JOIN patient_find f ON f.id = p.id AND NOT f.restricted WHERE p.id = ?",
      "i", patient);
  g_autoptr (ZqFound) self = NULL;

  if (!next_row (rows, error))
    return NULL;

  self = found_new (ZQ_FIND_PATIENT, id);
  self->patient = patient;
  self->name = g_strdup (zq_rows_text (rows, 0));
  self->at = zq_rows_int (rows, 3);
  self->consult = zq_rows_int (rows, 4);
  if (typed != NULL && !mark_patient (self, zq_rows_text (rows, 1), zq_rows_text (rows, 2), typed))
    return NULL;
  if (typed == NULL && !zq_rows_is_null (rows, 1))
    self->detail = g_strdup_printf (_ ("No. %s"), zq_rows_text (rows, 1));

  return g_steal_pointer (&self);
}

/* --- consultations and messages ----------------------------------------------------------------- */

/* Of a patient who is restricted nothing is found, whatever it says. */
#define OPEN_PATIENT                                                                                                   \
  " LEFT JOIN patient p ON p.id = c.patient"                                                                           \
  " LEFT JOIN patient_find f ON f.id = c.patient"                                                                      \
  " WHERE NOT coalesce (f.restricted, 0)"

ZqFound *
zq_hit_of_consult (ZqDb *db, gint64 id, gint64 consult, const char *typed, GError **error)
{
  g_autoptr (ZqRows) rows = zq_db_query (
      db, error, "SELECT c.patient, p.name, c.complaint, c.authored FROM consult c" OPEN_PATIENT " AND c.id = ?", "i",
      consult);
  g_autoptr (ZqFound) self = NULL;
  const char *complaint;

  if (!next_row (rows, error))
    return NULL;

  self = found_new (ZQ_FIND_CONSULT, id);
  self->consult = consult;
  self->patient = zq_rows_int (rows, 0);
  self->name = g_strdup (zq_rows_text (rows, 1));
  complaint = zq_rows_text (rows, 2);
  self->title = g_strdup (complaint);
  self->at = zq_rows_int (rows, 3);
  if (typed != NULL && (complaint == NULL || !set_text (self, complaint, typed, ZQ_WORDS_PINYIN)))
    return NULL;

  return g_steal_pointer (&self);
}

ZqFound *
zq_hit_of_message (ZqDb *db, gint64 id, gint64 message, const char *typed, GError **error)
{
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT c.id, c.patient, p.name, c.complaint, m.sent, m.text, w.name"
                   " FROM message m JOIN consult c ON c.thread = m.thread AND m.thread > 0"
                   " LEFT JOIN person w ON w.id = m.sender" OPEN_PATIENT
                   " AND m.id = ? AND m.text IS NOT NULL AND NOT m.withdrawn ORDER BY c.authored DESC LIMIT 1",
                   "i", message);
  g_autoptr (ZqFound) self = NULL;

  if (!next_row (rows, error))
    return NULL;

  self = found_new (ZQ_FIND_MESSAGE, id);
  self->message = message;
  self->consult = zq_rows_int (rows, 0);
  self->patient = zq_rows_int (rows, 1);
  self->name = g_strdup (zq_rows_text (rows, 2));
  self->title = g_strdup (zq_rows_text (rows, 3));
  self->at = zq_rows_int (rows, 4);
  self->detail = g_strdup (zq_rows_text (rows, 6));
  if (!set_text (self, zq_rows_text (rows, 5), typed, ZQ_WORDS_PLAIN))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- one thread ------------------------------------------------------------------------------- */

static gboolean
add_if_it_says (ZqDb *db, ZqRows *row, const char *typed, GPtrArray *hits, GError **error)
{
  g_autoptr (GArray) marks = zq_search_text_find (zq_rows_text (row, 1), typed, ZQ_WORDS_PLAIN);
  gint64 message = zq_rows_int (row, 0);
  g_autoptr (GError) local = NULL;
  gboolean open = FALSE;
  ZqFound *found;

  if (marks->len == 0)
    return TRUE;
  if (!zq_message_may_be_found (db, message, &open, error))
    return FALSE;
  found = open ? zq_hit_of_message (db, message, message, typed, &local) : NULL;
  if (found != NULL)
    g_ptr_array_add (hits, found);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

GPtrArray *
zq_hits_of_thread (ZqDb *db,
                   gint64 thread,
                   const char *typed,
                   gint64 from_us,
                   gint64 before_us,
                   gint64 after,
                   guint limit,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GPtrArray) hits = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_found_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (ZqRows) rows =
      zq_db_query (db, error,
                   "SELECT id, text FROM message WHERE thread = ?1 AND text IS NOT NULL AND NOT withdrawn"
                   " AND sent >= ?2 AND sent < ?3"
                   " AND (?4 = 0 OR (pending, sent, order_key) <"
                   "   (SELECT pending, sent, order_key FROM message WHERE id = ?4))"
                   " ORDER BY pending DESC, sent DESC, order_key DESC",
                   "iiii", thread, from_us != 0 ? from_us : G_MININT64, before_us != 0 ? before_us : G_MAXINT64, after);

  if (rows == NULL)
    return NULL;
  while (hits->len < limit && zq_rows_next (rows, &local))
    if (g_cancellable_set_error_if_cancelled (cancellable, error) || !add_if_it_says (db, rows, typed, hits, error))
      return NULL;
  if (local == NULL)
    return g_steal_pointer (&hits);
  g_propagate_error (error, g_steal_pointer (&local));

  return NULL;
}
