/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of the part "diagnosis" of a record, as it was typed: nothing is guessed. */
typedef struct
{
  char *words; /* without its number in the list and without the code */
  char *code;  /* of ICD-10 where the doctor wrote one ("E11.9", "E11.900x001"), else NULL */
  gboolean provisional; /* said to be so: "？", 疑似, 考虑, 可能, 待查, 待排 (病历书写基本规范, 2010, article 10: an
                           uncertain diagnosis is written as such) */
} ZqDiagnosis;

void zq_diagnosis_free (ZqDiagnosis *self);

/* The lines of @text that say something, at most 20. (transfer full) (element-type ZqDiagnosis) */
GPtrArray *zq_diagnosis_read (const char *text);

G_END_DECLS
