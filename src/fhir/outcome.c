/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/client.h"
#include "resource/json.h"

#include <string.h>

#define MAX_REASON 300 /* characters */

static int
severity_rank (const char *severity)
{
  static const char *const ranks[] = { "information", "warning", "error", "fatal" };

  for (guint i = 0; severity != NULL && i < G_N_ELEMENTS (ranks); i++)
    if (g_str_equal (severity, ranks[i]))
      return (int)i;
  return -1;
}

/* One line of at most MAX_REASON characters: it is shown, and comes from outside. */
static char *
tidy (const char *text)
{
  g_autofree char *line = g_strdup (text);
  g_autofree char *cut = NULL;

  for (char *c = line; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (line);
  if (g_utf8_strlen (line, -1) <= MAX_REASON)
    return g_steal_pointer (&line);
  cut = g_utf8_substring (line, 0, MAX_REASON - 1);
  return g_strconcat (cut, "…", NULL);
}

/* Not `diagnostics`: a program's words, which may repeat what it was sent, that is, what a patient wrote. */
static const char *
issue_text (JsonNode *issue)
{
  static const char *const paths[] = { "details.text", "details.coding[0].display", "code" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      const char *text = zq_json_get_string (issue, paths[i]);

      if (text != NULL && *text != '\0')
        return text;
    }
  return NULL;
}

char *
zq_fhir_outcome_text (GBytes *body)
{
  g_autoptr (JsonNode) root = NULL;
  const char *best = NULL;
  int best_rank = -2;
  gsize size = 0;
  const char *data;

  if (body == NULL)
    return NULL;
  data = g_bytes_get_data (body, &size);
  if (size == 0)
    return NULL;
  root = zq_json_read (data, (gssize)size, NULL);
  if (root == NULL || g_strcmp0 (zq_json_get_string (root, "resourceType"), "OperationOutcome") != 0)
    return NULL;
  for (guint i = 0; i < zq_json_get_length (root, "issue"); i++)
    {
      JsonNode *issue = zq_json_get_at (root, "issue", i);
      const char *text = issue_text (issue);
      int rank = severity_rank (zq_json_get_string (issue, "severity"));

      if (text != NULL && rank > best_rank)
        {
          best = text;
          best_rank = rank;
        }
    }
  return best != NULL ? tidy (best) : NULL;
}
