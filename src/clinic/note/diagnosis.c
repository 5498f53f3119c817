/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/note/diagnosis.h"

#include <string.h>

#define MOST 20

void
zq_diagnosis_free (ZqDiagnosis *self)
{
  g_free (self->words);
  g_free (self->code);
  g_free (self);
}

static gboolean
is_provisional (const char *words)
{
  static const char *const said[] = { "?", "？", "疑似", "考虑", "可能", "待查", "待排", "待除外", NULL };

  for (guint i = 0; said[i] != NULL; i++)
    if (strstr (words, said[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* ICD-10 as WHO has it, and as the national clinical edition extends it; dagger and asterisk with it. Three places
 * alone are a code in brackets only: vitamin B12 is none. */
#define EXTENDED "[A-Z][0-9]{2}\\.[0-9x][0-9]{0,2}(?:x[0-9]{3})?[+*†]?"

static GRegex *
get_code_regex (void)
{
  static GRegex *regex = NULL;

  if (g_once_init_enter (&regex))
    g_once_init_leave (&regex, g_regex_new ("(?|(?:^|\\s)(" EXTENDED ")|\\s*[(（\\[](" EXTENDED
                                            "|[A-Z][0-9]{2}[+*†]?)[)）\\]])$",
                                            G_REGEX_OPTIMIZE, 0, NULL));

  return regex;
}

/* "1." "2、" "(3)" before it. */
static const char *
skip_number (const char *line)
{
  const char *at = line;

  if (*at == '(' || g_str_has_prefix (at, "（"))
    at = g_utf8_next_char (at);
  if (!g_ascii_isdigit (*at))
    return line;
  while (g_ascii_isdigit (*at))
    at++;
  if ((*at == '.' && !g_ascii_isdigit (at[1])) || *at == ')')
    return at + 1;
  if (g_str_has_prefix (at, "、") || g_str_has_prefix (at, "．") || g_str_has_prefix (at, "）"))
    return g_utf8_next_char (at);

  return line; /* "2型糖尿病" has no number before it */
}

static ZqDiagnosis *
read_line (const char *line)
{
  g_autofree char *words = g_strstrip (g_strdup (skip_number (line)));
  g_autoptr (GMatchInfo) match = NULL;
  ZqDiagnosis *self;

  if (*words == '\0')
    return NULL;
  self = g_new0 (ZqDiagnosis, 1);
  if (g_regex_match (get_code_regex (), words, 0, &match))
    {
      int start = 0;

      self->code = g_match_info_fetch (match, 1);
      g_match_info_fetch_pos (match, 0, &start, NULL);
      words[start] = '\0';
      g_strchomp (words);
    }
  self->words = *words != '\0' ? g_steal_pointer (&words) : g_strdup (self->code);
  self->provisional = is_provisional (self->words);

  return self;
}

GPtrArray *
zq_diagnosis_read (const char *text)
{
  GPtrArray *read = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_diagnosis_free);
  g_auto (GStrv) lines = g_strsplit_set (text != NULL ? text : "", "\n;", -1);

  for (guint i = 0; lines[i] != NULL && read->len < MOST; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], "；", -1);

      for (guint n = 0; parts[n] != NULL && read->len < MOST; n++)
        {
          g_autofree char *line = g_strstrip (g_strdup (parts[n]));
          ZqDiagnosis *one = read_line (line);

          if (one != NULL)
            g_ptr_array_add (read, one);
        }
    }

  return read;
}
