/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/kinds.h"
#include "clinic/note/note.h"

#include "base/id.h"
#include "clinic/document/kinds.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/context.h"
#include "store/txn.h"

#define SECTION_CODES ZQ_CODE_SYSTEM ("note-section")
#define ADDITION      "addition"

typedef struct
{
  gpointer document; /* what every Composition is */
  char *encounter, *appends, *author, *status, *text;
  gint64 at;
} Parsed;

static void
parsed_free (gpointer data)
{
  Parsed *self = data;

  zq_composition_kind.parsed_free (self->document);
  g_free (self->encounter);
  g_free (self->appends);
  g_free (self->author);
  g_free (self->status);
  g_free (self->text);
  g_free (self);
}

static gboolean
note_claims (JsonNode *node)
{
  return zq_json_get (node, "encounter") != NULL &&
         zq_json_get_code (zq_json_get_at (node, "section", 0), "code", SECTION_CODES) != NULL;
}

/* Our narrative is a paragraph a line; another program's stays what it is and is read from the record. */
static void
append_plain (GString *plain, const char *div)
{
  gboolean in_tag = FALSE;

  for (const char *p = div; p != NULL && *p != '\0'; p = g_utf8_next_char (p))
    {
      if (*p == '<')
        {
          in_tag = TRUE;
          if (g_str_has_prefix (p, "</p>") || g_str_has_prefix (p, "<br"))
            g_string_append_c (plain, '\n');
        }
      else if (*p == '>' && in_tag)
        in_tag = FALSE;
      else if (!in_tag)
        g_string_append_unichar (plain, g_utf8_get_char (p));
    }
}

static char *
read_section (JsonNode *section)
{
  static const char *const entities[][2] = { { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&amp;", "&" } };
  GString *plain = g_string_new (NULL);

  append_plain (plain, zq_json_get_string (section, "text.div"));
  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    g_string_replace (plain, entities[i][0], entities[i][1], 0);

  return g_strchomp (g_string_free (plain, FALSE));
}

static char *
read_text (JsonNode *node)
{
  g_autoptr (ZqNoteText) text = zq_note_text_new ();
  guint length = zq_json_get_length (node, "section");

  for (guint i = 0; i < length; i++)
    {
      JsonNode *section = zq_json_get_at (node, "section", i);
      const char *code = zq_json_get_code (section, "code", SECTION_CODES);
      g_autofree char *words = code != NULL ? read_section (section) : NULL;

      for (guint n = 0; code != NULL && n < ZQ_NOTE_N_SECTIONS; n++)
        if (g_str_equal (code, zq_note_section_code (n)) || (n == ZQ_NOTE_PLAN && g_str_equal (code, ADDITION)))
          zq_note_text_set (text, n, words);
    }

  return zq_note_text_pack (text);
}

static gpointer
note_parse (JsonNode *node, gpointer data, GError **error)
{
  const ZqContext *context = data;
  gpointer document = zq_composition_kind.parse (node, data, error);
  Parsed *self;

  if (document == NULL)
    return NULL;
  self = g_new0 (Parsed, 1);
  self->document = document;
  self->encounter = g_strdup (zq_codec_reference (node, "encounter"));
  self->appends = g_strdup (zq_json_get_string (node, "relatesTo[0].targetReference.reference"));
  self->author = g_strdup (zq_codec_reference (node, "author"));
  self->status = g_strdup (zq_json_get_string (node, "status"));
  self->at = zq_date_time_parse (zq_json_get_string (node, "date"), context->zone).start;
  self->text = read_text (node);

  return self;
}

static gboolean
note_project (ZqTxn *txn, gint64 id, gpointer parsed, GError **error)
{
  Parsed *self = parsed;
  gint64 encounter, appends, author;

  if (!zq_composition_kind.project (txn, id, self->document, error) ||
      !zq_person_refer (txn, self->encounter, FALSE, &encounter, error) ||
      !zq_person_refer (txn, self->appends, FALSE, &appends, error) ||
      !zq_person_refer (txn, self->author, FALSE, &author, error))
    return FALSE;
  zq_txn_changed (txn, "note", id, 0, ZQ_CHANGE_CONTENT);

  return zq_db_exec (zq_txn_db (txn), error,
                     "INSERT OR REPLACE INTO note (id, encounter, appends, author, status, at, text)"
                     " VALUES (?, ?, ?, ?, ?, ?, ?)",
                     "iiiisis", id, encounter, appends, author, self->status, self->at, self->text);
}

static gboolean
note_unproject (ZqTxn *txn, gint64 id, GError **error)
{
  zq_txn_changed (txn, "note", id, 0, ZQ_CHANGE_CONTENT);

  return zq_composition_kind.unproject (txn, id, error) &&
         zq_db_exec (zq_txn_db (txn), error, "DELETE FROM note WHERE id = ?", "i", id);
}

static const ZqScope note_scopes[] = {
  { NULL, NULL }, /* come with the other Compositions */
};

const ZqResourceKind zq_note_kind = {
  .name = "note",
  .type = "Composition",
  .projection_version = 1,
  .schema = "CREATE TABLE IF NOT EXISTS note ("
            "  id INTEGER PRIMARY KEY, encounter INTEGER NOT NULL, appends INTEGER NOT NULL, author INTEGER NOT NULL,"
            "  status TEXT, at INTEGER NOT NULL, text TEXT NOT NULL);"
            "CREATE INDEX IF NOT EXISTS note_encounter ON note (encounter);",
  .claims = note_claims,
  .parse = note_parse,
  .parsed_free = parsed_free,
  .project = note_project,
  .unproject = note_unproject,
  .rules = zq_note_rules,
  .scopes = note_scopes,
};

/* --- reading ------------------------------------------------------------------------------------ */

void
zq_note_free (ZqNote *self)
{
  g_free (self->author);
  g_free (self->status);
  zq_note_text_free (self->text);
  g_free (self);
}

GPtrArray *
zq_note_list (ZqDb *db, gint64 encounter)
{
  GPtrArray *notes = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_note_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (db, NULL,
                   "SELECT n.id, n.encounter, n.appends, n.at, p.name, n.status, n.text,"
                   " EXISTS (SELECT 1 FROM intent i WHERE i.target = n.id)"
                   " FROM note n LEFT JOIN person p ON p.id = n.author"
                   " WHERE n.encounter = ? AND coalesce (n.status, '') <> 'entered-in-error' ORDER BY n.at, n.id",
                   "i", encounter);

  while (rows != NULL && zq_rows_next (rows, NULL))
    {
      ZqNote *note = g_new0 (ZqNote, 1);

      note->key = zq_rows_int (rows, 0);
      note->encounter = zq_rows_int (rows, 1);
      note->appends = zq_rows_int (rows, 2);
      note->at = zq_rows_int (rows, 3);
      note->author = g_strdup (zq_rows_text (rows, 4));
      note->status = g_strdup (zq_rows_text (rows, 5));
      note->text = zq_note_text_unpack (zq_rows_text (rows, 6));
      note->is_waiting = zq_rows_int (rows, 7) != 0;
      g_ptr_array_add (notes, note);
    }

  return notes;
}

ZqNotePlace
zq_note_find_encounter (ZqDb *db, gint64 consult, gint64 *encounter)
{
  g_autoptr (ZqRows) rows = zq_db_query (db, NULL,
                                         "SELECT c.code, e.id FROM consult c"
                                         " LEFT JOIN visit_encounter e ON e.id = c.encounter WHERE c.id = ?",
                                         "i", consult);

  *encounter = 0;
  if (rows == NULL || !zq_rows_next (rows, NULL))
    return ZQ_NOTE_NO_ENCOUNTER;
  if (g_strcmp0 (zq_rows_text (rows, 0), "revisit") != 0)
    return ZQ_NOTE_ADVICE;
  *encounter = zq_rows_int (rows, 1);

  return *encounter != 0 ? ZQ_NOTE_FOUND : ZQ_NOTE_NO_ENCOUNTER;
}
