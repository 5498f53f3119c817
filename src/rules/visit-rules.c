/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/visit-rules.h"

#include "resource/json.h"

static gint64
duration (JsonNode *root, const char *name, gint64 fallback_s)
{
  const char *text = zq_json_get_string (root, name);

  return text != NULL ? (gint64)(g_ascii_strtod (text, NULL) * G_USEC_PER_SEC + 0.5) : fallback_s * G_USEC_PER_SEC;
}

static guint
count (JsonNode *root, const char *name, guint fallback)
{
  const char *text = zq_json_get_string (root, name);

  return text != NULL ? (guint)g_ascii_strtoull (text, NULL, 10) : fallback;
}

static gpointer
make_rules (JsonNode *root)
{
  ZqVisitRules *self = g_new0 (ZqVisitRules, 1);
  const char *recording = zq_json_get_string (root, "recording");

  self->opens_before = duration (root, "opens-before", 30 * 60);
  self->closes_after = duration (root, "closes-after", 4 * 3600);
  self->call_back_after = duration (root, "call-back-after", 60);
  self->length = (guint)MAX (duration (root, "length", 15 * 60) / (60 * G_USEC_PER_SEC), 5);
  self->days_ahead = MAX (count (root, "days-ahead", 30), 1);
  self->of_age = count (root, "of-age", 18);
  self->must_be_recorded = g_strcmp0 (recording, "required") == 0;
  self->may_be_recorded = self->must_be_recorded || g_strcmp0 (recording, "optional") == 0;
  self->is_recorded_here = g_strcmp0 (zq_json_get_string (root, "recorded-by"), "workstation") == 0;

  return self;
}

const ZqVisitRules *
zq_visit_rules_get (ZqPolicy *policy)
{
  return zq_policy_get_made (policy, "visit", make_rules, g_free);
}
