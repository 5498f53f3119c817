/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/search-private.h"

#include "resource/scan.h"

#include <string.h>

#define SUBSETTED "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}"

static gboolean
is_kept (const char *name, GPtrArray *elements)
{
  static const char *const always[] = { "resourceType", "id", "meta", NULL };

  if (g_strv_contains (always, name))
    return TRUE;
  for (guint i = 0; i < elements->len; i++)
    {
      const char *element = g_ptr_array_index (elements, i);

      /* "_birthDate" is what is said about "birthDate" */
      if (g_str_equal (name, element) || (*name == '_' && g_str_equal (name + 1, element)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
copy_members (GString *out, const char *text, GPtrArray *elements)
{
  ZqScan scan;

  zq_scan_init (&scan, text, strlen (text));
  if (zq_scan_next (&scan) != ZQ_TOKEN_OBJECT_BEGIN)
    return FALSE;
  while (zq_scan_next (&scan) == ZQ_TOKEN_NAME)
    {
      const char *start = scan.start;
      g_autofree char *name = zq_scan_dup_string (&scan);

      if (zq_scan_next (&scan) == ZQ_TOKEN_ERROR || !zq_scan_skip (&scan))
        return FALSE;
      if (!is_kept (name, elements))
        continue;
      if (out->str[out->len - 1] != '{')
        g_string_append_c (out, ',');
      g_string_append_len (out, start, scan.stop - start);
    }

  return scan.type == ZQ_TOKEN_OBJECT_END;
}

char *
zq_elements_keep (ZqHospital *hospital, const char *text, GPtrArray *elements)
{
  g_autoptr (GString) out = g_string_new ("{");

  if (!copy_members (out, text, elements))
    return NULL;
  g_string_append_c (out, '}');

  return zq_db_get_text (hospital->db, NULL,
                         "SELECT CASE json_type (?1, '$.meta.tag') WHEN 'array'"
                         " THEN json_set (?1, '$.meta.tag[#]', json (?2))"
                         " ELSE json_set (?1, '$.meta.tag', json_array (json (?2))) END",
                         "ss", out->str, SUBSETTED);
}
