/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/consult/reasons.h"

#include "clinic/consult/commands.h"

#include <string.h>

static char *
name_of (ZqDb *db, const char *reference)
{
  g_auto (GStrv) parts = g_strsplit (reference, "/", 2);
  g_autoptr (ZqPerson) person = NULL;
  gint64 row = 0;

  if (g_strv_length (parts) == 2)
    zq_db_get_int (db, &row, NULL, "SELECT id FROM resource WHERE type = ? AND server_id = ?", "ss", parts[0],
                   parts[1]);
  person = row != 0 ? zq_person_load (db, row) : NULL;

  return person != NULL ? g_strdup (person->name) : NULL;
}

char *
zq_consult_describe_reason (ZqDb *db, const char *reason)
{
  g_autofree char *name = NULL;

  if (reason == NULL || *reason == '\0')
    return NULL;
  /* The hospital's own words are no msgid: they come back as they are. */
  if (!g_str_has_prefix (reason, ZQ_REASON_TAKEN_BY))
    return g_strdup (_ (reason));

  name = name_of (db, reason + strlen (ZQ_REASON_TAKEN_BY));

  /* Translators: %s is a colleague's name */
  return name != NULL ? g_strdup_printf (_ ("%s has taken it"), name) : g_strdup (_ ("A colleague has taken it"));
}
