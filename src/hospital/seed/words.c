/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/words.h"

#include "hospital/hospital.h"
#include "resource/json.h"

#include <string.h>

#define MOST_CHARACTERS 200

typedef struct _List List;

/* A piece of a phrase: a text, a draw from a list, or a number. */
typedef struct
{
  const char *text;
  gsize length;
  const List *slot;
  char number; /* 'b' glucose, 'p' pressure, 'k' weight, 'f' few, 'm' many, 'c' o'clock */
} Piece;

typedef GArray Phrase; /* of Piece */

struct _List
{
  GPtrArray *phrases; /* of Phrase */
};

struct _ZqSeedWords
{
  GHashTable *lists; /* "patient.say", "slots.drug" → List */
};

static const char *const names[] = { "patient.first", "patient.say", "patient.ask",  "patient.short", "doctor.first",
                                     "doctor.say",    "doctor.ask",  "doctor.short", "assistant",     "notes",
                                     "complaints",    "outcomes",    "declines" };

static void
list_free (gpointer data)
{
  List *self = data;

  g_ptr_array_unref (self->phrases);
  g_free (self);
}

/* Made empty first, since phrases of one list name others. */
static List *
list_of (ZqSeedWords *self, const char *name)
{
  List *list = g_hash_table_lookup (self->lists, name);

  if (list == NULL)
    {
      list = g_new0 (List, 1);
      list->phrases = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
      g_hash_table_insert (self->lists, g_strdup (name), list);
    }
  return list;
}

static Piece
read_slot (ZqSeedWords *self, const char *name)
{
  static const struct
  {
    const char *name;
    char number;
  } numbers[] = { { "bg", 'b' }, { "bp", 'p' }, { "kg", 'k' }, { "few", 'f' }, { "many", 'm' }, { "clock", 'c' } };
  g_autofree char *path = g_strconcat ("slots.", name, NULL);
  Piece piece = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].name, name))
      piece.number = numbers[i].number;
  if (piece.number == 0)
    piece.slot = list_of (self, path);
  return piece;
}

static Phrase *
read_phrase (ZqSeedWords *self, const char *text)
{
  Phrase *phrase = g_array_new (FALSE, TRUE, sizeof (Piece));

  while (*text != '\0')
    {
      Piece piece = { 0 };

      if (*text == '{')
        {
          gsize length = strcspn (text, "}");
          g_autofree char *name = g_strndup (text + 1, length - 1);

          piece = read_slot (self, name);
          text += length + 1;
        }
      else
        {
          piece.text = text;
          piece.length = strcspn (text, "{");
          text += piece.length;
        }
      g_array_append_val (phrase, piece);
    }
  return phrase;
}

static gboolean
read_list (ZqSeedWords *self, JsonNode *phrases, const char *name, GError **error)
{
  List *list = list_of (self, name);

  for (guint i = 0; i < zq_json_get_length (phrases, name); i++)
    {
      const char *text = json_node_get_string (zq_json_get_at (phrases, name, i));

      if (strpbrk (text, "\"\\") == NULL)
        g_ptr_array_add (list->phrases, read_phrase (self, text));
    }
  if (list->phrases->len == zq_json_get_length (phrases, name) && list->phrases->len > 0)
    return TRUE;
  g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_FAILED, "phrases.json: %s is empty or not plain", name);
  return FALSE;
}

ZqSeedWords *
zq_seed_words_new (JsonNode *phrases, GError **error)
{
  g_autoptr (ZqSeedWords) self = g_new0 (ZqSeedWords, 1);
  JsonNode *slots = zq_json_get (phrases, "slots");
  JsonObjectIter iter;
  const char *name;

  self->lists = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, list_free);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (!read_list (self, phrases, names[i], error))
      return NULL;
  json_object_iter_init (&iter, json_node_get_object (slots));
  while (json_object_iter_next (&iter, &name, NULL))
    {
      g_autofree char *path = g_strconcat ("slots.", name, NULL);

      if (!read_list (self, phrases, path, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

void
zq_seed_words_free (ZqSeedWords *self)
{
  g_hash_table_unref (self->lists);
  g_free (self);
}

static void
append_number (ZqRandom *random, char kind, GString *out)
{
  gint64 value;

  switch (kind)
    {
    case 'b': /* mostly a little too high, now and then far off */
      value = zq_random_chance (random, 60) ? zq_random_between (random, 25, 280) : zq_random_between (random, 52, 145);
      g_string_append_printf (out, "%d.%d", (int)(value / 10), (int)(value % 10));
      break;
    case 'p':
      value = zq_random_between (random, 108, 182);
      g_string_append_printf (out, "%d/%d", (int)value, (int)(value - zq_random_between (random, 42, 66)));
      break;
    case 'k':
      value = zq_random_between (random, 410, 1080);
      g_string_append_printf (out, "%d.%d", (int)(value / 10), (int)(value % 10));
      break;
    case 'f':
      g_string_append_printf (out, "%d", 2 + (int)zq_random_rank (random, 6));
      break;
    case 'm':
      g_string_append_printf (out, "%d", 5 + (int)zq_random_between (random, 0, 33));
      break;
    default:
      value = zq_random_between (random, 11, 47);
      g_string_append_printf (out, "%d:%02d", (int)(value / 2), (int)(value % 2) * 30);
      break;
    }
}

static void
append_drawn (const List *list, ZqRandom *random, GString *out)
{
  Phrase *phrase = g_ptr_array_index (list->phrases, zq_random_rank (random, list->phrases->len));

  for (guint i = 0; i < phrase->len; i++)
    {
      const Piece *piece = &g_array_index (phrase, Piece, i);

      if (piece->slot != NULL)
        append_drawn (piece->slot, random, out);
      else if (piece->number != 0)
        append_number (random, piece->number, out);
      else
        g_string_append_len (out, piece->text, (gssize)piece->length);
    }
}

void
zq_seed_words_line (ZqSeedWords *self, ZqRandom *random, const char *list, GString *out)
{
  append_drawn (g_hash_table_lookup (self->lists, list), random, out);
}

void
zq_seed_words_say (ZqSeedWords *self, ZqRandom *random, ZqSpeaker speaker, gboolean first, GString *out)
{
  const char *who = speaker == ZQ_SPEAKER_PATIENT ? "patient" : "doctor";
  gsize start = out->len;
  glong wanted, length = 0;

  if (speaker == ZQ_SPEAKER_ASSISTANT)
    {
      zq_seed_words_line (self, random, "assistant", out);
      return;
    }
  if (!first && zq_random_chance (random, 230))
    {
      append_drawn (g_hash_table_lookup (self->lists, speaker == ZQ_SPEAKER_PATIENT ? "patient.short" : "doctor.short"),
                    random, out);
      return;
    }

  /* Log-normal, by the sum of three draws: half of them below 42, a few near the most. */
  wanted =
      (glong)(40 * exp (1.1 * (zq_random_unit (random) + zq_random_unit (random) + zq_random_unit (random) - 1.5)));
  do
    {
      const char *part = first && length == 0 ? "first" : zq_random_chance (random, 220) ? "ask" : "say";
      char name[16];
      gsize before = out->len;
      glong added;

      g_snprintf (name, sizeof name, "%s.%s", who, part);
      append_drawn (g_hash_table_lookup (self->lists, name), random, out);
      added = g_utf8_strlen (out->str + before, (gssize)(out->len - before));
      if (length + added > MOST_CHARACTERS)
        {
          g_string_truncate (out, before);
          break;
        }
      length += added;
    }
  while (length < wanted);
  g_assert (out->len > start);
}
