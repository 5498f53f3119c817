/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/note.h"

#include "resource/json.h"

#include <string.h>

static const char *const codes[ZQ_NOTE_N_SECTIONS] = {
  "chief-complaint", "present-illness", "past-history", "examinations", "diagnosis", "plan",
};

const char *
zq_note_section_code (ZqNoteSection section)
{
  return codes[section];
}

ZqNoteText *
zq_note_text_new (void)
{
  return g_new0 (ZqNoteText, 1);
}

void
zq_note_text_free (ZqNoteText *self)
{
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    g_free (self->sections[i]);
  g_free (self);
}

void
zq_note_text_set (ZqNoteText *self, ZqNoteSection section, const char *text)
{
  g_free (self->sections[section]);
  self->sections[section] = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

gboolean
zq_note_text_is_empty (const ZqNoteText *self)
{
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    if (self->sections[i] != NULL && self->sections[i][strspn (self->sections[i], " \t\r\n")] != '\0')
      return FALSE;

  return TRUE;
}

char *
zq_note_text_pack (const ZqNoteText *self)
{
  GString *json = g_string_new ("{");

  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    {
      g_autofree char *quoted = self->sections[i] != NULL ? zq_json_quote (self->sections[i]) : NULL;

      if (quoted != NULL)
        g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", codes[i], quoted);
    }
  g_string_append_c (json, '}');

  return g_string_free (json, FALSE);
}

ZqNoteText *
zq_note_text_unpack (const char *body)
{
  ZqNoteText *text = zq_note_text_new ();
  g_autoptr (JsonNode) node = body != NULL && *body == '{' ? zq_json_read (body, -1, NULL) : NULL;

  if (body == NULL || *body == '\0')
    return text;
  if (node == NULL)
    {
      zq_note_text_set (text, ZQ_NOTE_PLAN, body);
      return text;
    }
  for (guint i = 0; i < ZQ_NOTE_N_SECTIONS; i++)
    zq_note_text_set (text, i, zq_json_get_string (node, codes[i]));

  return text;
}

char *
zq_note_scope (gint64 encounter)
{
  return g_strdup_printf ("record/%" G_GINT64_FORMAT, encounter);
}

char *
zq_note_addition_scope (gint64 encounter)
{
  return g_strdup_printf ("addition/%" G_GINT64_FORMAT, encounter);
}
