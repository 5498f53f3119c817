/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/kinds.h"
#include "clinic/note/note.h"

#include "base/id.h"
#include "clinic/document/kinds.h"
#include "clinic/document/narrative.h"
#include "clinic/patient/codec.h"
#include "clinic/patient/person.h"
#include "resource/datetime.h"
#include "resource/json.h"
#include "rules/context.h"
#include "store/txn.h"

#include <string.h>

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

/* Our narrative is a paragraph a line and nothing else: it is read to the letter. */
typedef struct
{
  GString *plain;
  guint depth;
} Own;

static void
on_start (GMarkupParseContext *markup,
          const char *name,
          const char **names,
          const char **values,
          gpointer data,
          GError **error)
{
  Own *own = data;
  static const char *const wanted[] = { "div", "p" };

  if (own->depth >= G_N_ELEMENTS (wanted) || !g_str_equal (name, wanted[own->depth]))
    g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_UNKNOWN_ELEMENT, "It is another program's");
  own->depth++;
}

static void
on_end (GMarkupParseContext *markup, const char *name, gpointer data, GError **error)
{
  Own *own = data;

  if (--own->depth == 1)
    g_string_append_c (own->plain, '\n');
}

static void
on_text (GMarkupParseContext *markup, const char *text, gsize length, gpointer data, GError **error)
{
  Own *own = data;

  if (own->depth == 2)
    g_string_append_len (own->plain, text, (gssize)length);
  else if (strspn (text, " \t\r\n") < length)
    g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "It is another program's");
}

static char *
read_own (const char *div)
{
  static const GMarkupParser parser = { .start_element = on_start, .end_element = on_end, .text = on_text };
  g_autoptr (GString) plain = g_string_new (NULL);
  Own own = { plain, 0 };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &own, NULL);

  if (!g_markup_parse_context_parse (context, div, -1, NULL) || !g_markup_parse_context_end_parse (context, NULL))
    return NULL;

  return g_strdup (plain->str);
}

/* Of another program's the words are kept. */
static char *
read_section (JsonNode *section)
{
  const char *div = zq_json_get_string (section, "text.div");
  char *words = div != NULL ? read_own (div) : g_strdup ("");

  if (words == NULL)
    {
      g_autoptr (GPtrArray) blocks = zq_narrative_read (div, NULL);

      words = zq_narrative_to_text (blocks, "  ");
    }

  return g_strchomp (words);
}

static void
add_words (ZqNoteText *text, guint section, const char *words)
{
  const char *before = text->sections[section];
  g_autofree char *both = before != NULL ? g_strconcat (before, "\n", words, NULL) : g_strdup (words);

  if (*words != '\0')
    zq_note_text_set (text, section, both);
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
          add_words (text, n, words);
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
  .projection_version = 2,
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
