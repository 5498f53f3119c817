/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/lab/flowsheet-sets.h"

#include "rules/conversion.h"

#include <string.h>

#define MOST 28

/* An analyte of policy file "conversion" stands for all of its codes; what has no row there is named by LOINC. */
static const char *const sets[ZQ_FLOW_N_SETS][MOST] = {
  [ZQ_FLOW_GLUCOSE] = { "hba1c", "glucose", "1521-4", "20448-7", "1986-9", "1557-8", "20436-2" },
  [ZQ_FLOW_LIPIDS] = { "cholesterol", "triglyceride", "cholesterol-ldl", "cholesterol-hdl", "cholesterol-non-hdl",
                       "1869-7", "1884-6", "10835-7" },
  [ZQ_FLOW_KIDNEY] = { "creatinine", "33914-3", "62238-1", "48642-3", "48643-1", "77147-7", "98979-8", "urea",
                       "urea-nitrogen", "uric-acid", "33863-2", "9318-7", "14959-1", "14957-5", "2888-6" },
  [ZQ_FLOW_ELECTROLYTES] = { "potassium", "sodium", "chloride", "calcium", "magnesium", "2777-1", "14879-1", "2028-9",
                             "1963-8" },
  [ZQ_FLOW_LIVER] = { "1742-6", "1920-8", "6768-6", "2324-2", "bilirubin-total", "bilirubin-direct",
                      "bilirubin-indirect", "1751-7", "2885-2", "10834-0" },
  [ZQ_FLOW_BLOOD] = { "6690-2", "26464-8", "hemoglobin", "777-3", "26515-7", "789-8", "26453-1", "4544-3", "20570-8",
                      "787-2", "785-6", "786-4", "770-8", "751-8", "736-9", "731-0", "713-8", "5905-5", "788-0" },
  [ZQ_FLOW_VITAL] = { "8480-6", "8462-4", "8867-4", "9279-1", "8310-5", "2708-6", "59408-5", "29463-7", "3141-9",
                      "39156-5", "8302-2" },
};

guint
zq_flow_set_place (ZqPolicy *policy, ZqFlowSet set, const char *code)
{
  const char *bar = strrchr (code, '|');
  g_autofree char *system = bar != NULL ? g_strndup (code, (gsize)(bar - code)) : NULL;
  gboolean loinc = g_strcmp0 (system, ZQ_LOINC_SYSTEM) == 0;
  const char *analyte = bar != NULL ? zq_analyte_find (policy, system, bar + 1) : NULL;

  for (guint i = 0; bar != NULL && i < MOST && sets[set][i] != NULL; i++)
    if (g_strcmp0 (analyte, sets[set][i]) == 0 || (loinc && g_str_equal (bar + 1, sets[set][i])))
      return i + 1;

  return 0;
}
