/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Runs while building: asks ICU once how each hanzi is read, as it is and as a surname, and writes that as a table,
 * since the transliterators cost a tenth of a second and some megabytes in every process that opens them. */

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

typedef struct
{
  guint first, last;
} Block;

/* Of compatibility ideographs what they decompose to is asked for. */
static const Block BLOCKS[] = { { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0x20000, 0x3134f } };

static UTransliterator *
open_one (const char *name)
{
  UErrorCode status = U_ZERO_ERROR;
  UChar id[64];
  UTransliterator *opened;

  u_uastrcpy (id, name);
  opened = utrans_openU (id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
  if (U_FAILURE (status))
    g_error ("ICU has no %s: %s", name, u_errorName (status));

  return opened;
}

/* The syllable in plain letters, ü as v; NULL when there is none. */
static char *
read_one (UTransliterator *transliterator, gunichar c)
{
  UErrorCode status = U_ZERO_ERROR;
  UChar text[64];
  char utf8[128];
  int32_t length = 0, limit;
  g_autofree char *apart = NULL;
  g_autoptr (GString) plain = g_string_new (NULL);

  U16_APPEND_UNSAFE (text, length, c);
  text[length] = 0;
  limit = length;
  utrans_transUChars (transliterator, text, &length, G_N_ELEMENTS (text), 0, &limit, &status);
  u_strToUTF8 (utf8, sizeof utf8, NULL, text, length, &status);
  if (U_FAILURE (status))
    return NULL;

  apart = g_utf8_normalize (utf8, -1, G_NORMALIZE_NFD);
  for (const char *at = apart; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar letter = g_utf8_get_char (at);

      if (letter == 0x308 && plain->len > 0 && plain->str[plain->len - 1] == 'u')
        plain->str[plain->len - 1] = 'v';
      else if (letter < 0x80 && g_ascii_isalpha (letter))
        g_string_append_c (plain, g_ascii_tolower (letter));
      else if (letter >= 0x3000)
        return NULL;
    }

  return plain->len > 0 ? g_strdup (plain->str) : NULL;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static guint
place_of (GHashTable *places, const char *syllable)
{
  return syllable != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (places, syllable)) : 0;
}

/* In order of the hanzi: 21 bits hanzi and 11 bits each for its readings, 0 = none. */
static void
write_table (UTransliterator *plain, UTransliterator *names, GHashTable *places)
{
  printf ("const ZqPinyinRow zq_pinyin_rows[] = {\n");
  for (gsize b = 0; b < G_N_ELEMENTS (BLOCKS); b++)
    for (gunichar c = BLOCKS[b].first; c <= BLOCKS[b].last; c++)
      {
        g_autofree char *one = read_one (plain, c);
        g_autofree char *other = read_one (names, c);

        if (one == NULL && other == NULL)
          continue;
        printf ("{0x%x,%u,%u},\n", c, place_of (places, one),
                g_strcmp0 (one, other) == 0 ? 0 : place_of (places, other));
      }
  printf ("};\nconst guint zq_pinyin_n_rows = G_N_ELEMENTS (zq_pinyin_rows);\n");
}

int
main (void)
{
  UTransliterator *plain = open_one ("Han-Latin");
  UTransliterator *names = open_one ("Han-Latin/Names");
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char **sorted = NULL;
  guint n;

  for (gsize b = 0; b < G_N_ELEMENTS (BLOCKS); b++)
    for (gunichar c = BLOCKS[b].first; c <= BLOCKS[b].last; c++)
      {
        char *one = read_one (plain, c);
        char *other = read_one (names, c);

        if (one != NULL)
          g_hash_table_add (places, one);
        if (other != NULL)
          g_hash_table_add (places, other);
      }

  sorted = (char **)g_hash_table_get_keys_as_array (places, &n);
  qsort (sorted, n, sizeof *sorted, compare);
  printf ("/* Made by make-pinyin. */\n#include \"base/pinyin.h\"\n\nconst char *const zq_pinyin_syllables[] = {\n");
  for (guint i = 0; i < n; i++)
    {
      g_hash_table_insert (places, g_strdup (sorted[i]), GUINT_TO_POINTER (i + 1));
      printf ("\"%s\",\n", sorted[i]);
    }
  printf ("};\nconst guint zq_pinyin_n_syllables = %u;\n\n", n);
  write_table (plain, names, places);
  utrans_close (plain);
  utrans_close (names);

  return 0;
}
