/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/spec.h"

#include "hospital/hospital.h"

#include <string.h>

#define MOST 10000000

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID,
               "“%s” is no seed; write demo, or demo:patients=N,consultations=N,messages=N,observations=N,at=SECONDS",
               what);
  return FALSE;
}

static gboolean
read_number (const char *text, ZqSeedSpec *spec, GError **error)
{
  const struct
  {
    const char *name;
    gint64 *place;
    gint64 unit, most;
  } names[] = {
    { "patients=", &spec->patients, 1, MOST },         { "consultations=", &spec->consultations, 1, MOST },
    { "messages=", &spec->messages, 1, MOST },         { "observations=", &spec->observations, 1, MOST },
    { "at=", &spec->at, G_USEC_PER_SEC, G_MAXUINT32 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint64 value;

      if (!g_str_has_prefix (text, names[i].name))
        continue;
      if (!g_ascii_string_to_unsigned (text + strlen (names[i].name), 10, 0, (guint64)names[i].most, &value, NULL))
        return fail (error, text);
      *names[i].place = (gint64)value * names[i].unit;
      return TRUE;
    }
  return fail (error, text);
}

gboolean
zq_seed_spec_parse (const char *text, ZqSeedSpec *spec, GError **error)
{
  const char *rest = g_str_has_prefix (text, "demo:") ? text + strlen ("demo:") : text;
  g_auto (GStrv) parts = NULL;

  *spec = (ZqSeedSpec){ 0 };
  if (g_str_equal (text, "demo"))
    return TRUE;

  spec->patients = spec->consultations = spec->messages = -1;
  parts = g_strsplit (rest, ",", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (!read_number (parts[i], spec, error))
      return FALSE;
  if (parts[0] == NULL)
    return fail (error, text);
  if (spec->consultations < 0)
    spec->consultations = MAX (spec->messages, 0) / 10;
  if (spec->messages < 0)
    spec->messages = spec->consultations * 10;
  if (spec->patients < 0)
    spec->patients = (spec->consultations + 4) / 5;

  if (spec->consultations > spec->messages || (spec->consultations == 0 && spec->messages > 0) ||
      (spec->patients == 0 && (spec->consultations > 0 || spec->observations > 0)))
    {
      g_set_error_literal (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID,
                           "A consultation has a patient and at least one message: give more of them");
      return FALSE;
    }
  return TRUE;
}
