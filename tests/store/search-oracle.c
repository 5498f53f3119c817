/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search-oracle.h"

#include <string.h>

/* --- texts, and what they say by a rule of our own ---------------------------------------------- */

/* Hanzi with all their readings, few of them, so that they meet often; 的 and 药 never stand side by side. */
static const struct
{
  const char *hanzi, *readings;
} HANZI[] = {
  { "药", "yao" },     { "的", "de di" }, { "头", "tou" },  { "痛", "tong" },  { "糖", "tang" },
  { "血", "xue xie" }, { "压", "ya" },    { "高", "gao" },  { "低", "di" },    { "长", "chang zhang" },
  { "张", "zhang" },   { "吃", "chi" },   { "睡", "shui" }, { "绿", "lv lu" }, { "𠮷", "" },
  { "疼", "teng" },    { "后", "hou" },   { "天", "tian" }, { "餐", "can" },
};

static const char *const OTHERS[] = { "，", "。", " ",  "\n", "CT",     "ＣＲＰ", "MRI", "hba",
                                      "7",  "３", "12", "😀",  "\u200b", "\u202e", "é" };

char *
oracle_make_text (GRand *rand)
{
  GString *text = g_string_new (NULL);
  guint length = (guint)g_rand_int_range (rand, 3, 40);

  for (guint i = 0; i < length; i++)
    {
      /* Skewed: the first ones are in most texts. */
      double place = g_rand_double (rand) * g_rand_double (rand);
      const char *hanzi = HANZI[(gsize)(place * G_N_ELEMENTS (HANZI))].hanzi;

      if (g_rand_int_range (rand, 0, 6) == 0)
        g_string_append (text, OTHERS[g_rand_int_range (rand, 0, G_N_ELEMENTS (OTHERS))]);
      else if (!(g_str_equal (hanzi, "药") && g_str_has_suffix (text->str, "的")))
        g_string_append (text, hanzi);
    }

  return g_string_free (text, FALSE);
}

static gboolean
is_wide (const char *at)
{
  gunichar c = g_utf8_get_char (at);

  return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x20000 && c < 0x30000);
}

/* "/头/痛/|/ct/12": words with a slash between, and a bar where two hanzi are apart; from a text in which everything
 * that is folded is one of OTHERS. */
char *
oracle_words (const char *text)
{
  g_autofree char *folded = g_utf8_normalize (text, -1, G_NORMALIZE_ALL);
  GString *out = g_string_new ("/");
  gboolean wide = FALSE, apart = FALSE, letters = FALSE;

  for (const char *at = folded; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == 0x200b || c == 0x202e || c == 0x301)
        continue;
      if (!is_wide (at) && !(c < 0x80 && g_ascii_isalnum (c)))
        {
          apart = TRUE;
          letters = FALSE;
          continue;
        }
      if (letters && c < 0x80 && g_ascii_isalpha (c))
        g_string_truncate (out, out->len - 1);
      else if (wide && is_wide (at) && apart)
        g_string_append (out, "|/");
      g_string_append_unichar (out, g_unichar_tolower (c));
      g_string_append_c (out, '/');
      wide = is_wide (at);
      letters = c < 0x80 && g_ascii_isalpha (c);
      apart = FALSE;
    }

  return g_string_free (out, FALSE);
}

static gboolean reads (const char *at, const char *typed, gboolean last);

/* The hanzi at @at, read as what @typed begins with. */
static gboolean
reads_hanzi (const char *at, gsize hanzi, const char *typed, gboolean last)
{
  g_auto (GStrv) readings = g_strsplit (HANZI[hanzi].readings, " ", -1);
  const char *next = at + strlen (HANZI[hanzi].hanzi) + 1;

  for (guint r = 0; readings[r] != NULL && *readings[r] != '\0'; r++)
    {
      const char *reading = readings[r];

      if (last && g_str_has_prefix (reading, typed))
        return TRUE;
      if (g_str_has_prefix (typed, reading) && reads (next, typed + strlen (reading), last))
        return TRUE;
      if (typed[0] == reading[0] && reads (next, typed + 1, last))
        return TRUE;
      if (reading[1] == 'h' && typed[0] == reading[0] && typed[1] == 'h' && reads (next, typed + 2, last))
        return TRUE;
    }

  return FALSE;
}

/* Whether the words from @at on, of which bars are nothing, can be read as @typed: hanzi and digits as they are,
 * letters as readings, initials or a word; @last: they may go on. */
static gboolean
reads (const char *at, const char *typed, gboolean last)
{
  gsize run = 0, word;

  if (*typed == '\0')
    return TRUE;
  while (g_str_has_prefix (at, "|/"))
    at += 2;
  word = strcspn (at, "/");
  while (g_ascii_isalpha (typed[run]))
    run++;
  if (run == 0)
    {
      gsize length = (gsize)(g_utf8_next_char (typed) - typed);

      return word == length && strncmp (at, typed, length) == 0 && reads (at + word + 1, typed + length, last);
    }

  if (strncmp (at, typed, run) == 0 &&
      (word == run ? reads (at + word + 1, typed + run, last) : last && typed[run] == '\0'))
    return TRUE;
  if (word == 1 && at[0] == typed[0] && reads (at + 2, typed + 1, last))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (HANZI); i++)
    if (word == strlen (HANZI[i].hanzi) && strncmp (at, HANZI[i].hanzi, word) == 0)
      return reads_hanzi (at, i, typed, last);

  return FALSE;
}

static gboolean
says_readings (const char *words, const char *term, gboolean last)
{
  g_autofree char *lower = g_ascii_strdown (term, -1);

  for (const char *at = strchr (words, '/'); at != NULL; at = strchr (at + 1, '/'))
    if (reads (at + 1, lower, last))
      return TRUE;

  return FALSE;
}

/* One term that was typed together. */
static gboolean
says_term (const char *words, const char *term, ZqWords how, gboolean last)
{
  g_autofree char *wanted = oracle_words (term);

  if (how != ZQ_WORDS_PLAIN)
    return says_readings (words, term, last);
  /* Letters at the end may go on. */
  if (last && g_ascii_isalpha (wanted[strlen (wanted) - 2]))
    wanted[strlen (wanted) - 1] = '\0';

  return strstr (words, wanted) != NULL;
}

gboolean
oracle_says (const char *words, const char *typed, ZqWords how)
{
  g_auto (GStrv) terms = g_strsplit (typed, " ", -1);

  for (guint i = 0; terms[i] != NULL; i++)
    if (!says_term (words, terms[i], how, terms[i + 1] == NULL))
      return FALSE;

  return TRUE;
}

/* --- queries ---------------------------------------------------------------------------------- */

static const char *
random_hanzi (GRand *rand)
{
  return HANZI[g_rand_int_range (rand, 0, G_N_ELEMENTS (HANZI))].hanzi;
}

static void
add_letters (GRand *rand, GString *typed)
{
  guint n = (guint)g_rand_int_range (rand, 1, 4);
  gboolean full = g_rand_boolean (rand);

  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) readings = g_strsplit (HANZI[g_rand_int_range (rand, 0, 14)].readings, " ", -1);

      g_string_append_len (typed, readings[0], full ? (gssize)strlen (readings[0]) : 1);
    }
}

/* Hanzi by 1 to 4, digits, letters, several terms; of readings also syllables and initials. */
char *
oracle_make_query (GRand *rand, ZqWords how)
{
  GString *typed = g_string_new (NULL);
  static const char *const latin[] = { "CT", "crp", "M", "h", "ct1" };
  guint n_terms = g_rand_int_range (rand, 0, 4) == 0 ? 2 : 1;

  for (guint t = 0; t < n_terms; t++)
    {
      guint n = (guint)g_rand_int_range (rand, 1, 5);

      if (t > 0)
        g_string_append_c (typed, ' ');
      switch (g_rand_int_range (rand, 0, 6))
        {
        case 0:
          g_string_append_printf (typed, "%d", g_rand_int_range (rand, 1, 400));
          break;
        case 1:
          g_string_append (typed, latin[g_rand_int_range (rand, 0, G_N_ELEMENTS (latin))]);
          break;
        case 2:
          g_string_append_printf (typed, "%s%s", random_hanzi (rand),
                                  (const char *const[]){ "CT", "7", "mr" }[g_rand_int_range (rand, 0, 3)]);
          break;
        case 3:
          if (how != ZQ_WORDS_PLAIN)
            {
              add_letters (rand, typed);
              break;
            }
          G_GNUC_FALLTHROUGH;
        default:
          for (guint i = 0; i < n; i++)
            g_string_append (typed, random_hanzi (rand));
          break;
        }
    }

  return g_string_free (typed, FALSE);
}
