/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/result-close.h"

#include "resource/json.h"
#include "rules/conversion.h"

#define USUAL_PERCENT    "30"
#define USUAL_COMES_BACK (72 * 3600.0)

static const struct
{
  const char *section;
  ZqReportSort sort;
} sections[] = {
  { "LAB", ZQ_REPORT_LABORATORY }, { "CH", ZQ_REPORT_LABORATORY },   { "HM", ZQ_REPORT_LABORATORY },
  { "SR", ZQ_REPORT_LABORATORY },  { "IMM", ZQ_REPORT_LABORATORY },  { "BG", ZQ_REPORT_LABORATORY },
  { "BLB", ZQ_REPORT_LABORATORY }, { "TX", ZQ_REPORT_LABORATORY },   { "MB", ZQ_REPORT_LABORATORY },
  { "RAD", ZQ_REPORT_IMAGING },    { "RX", ZQ_REPORT_IMAGING },      { "CT", ZQ_REPORT_IMAGING },
  { "NMR", ZQ_REPORT_IMAGING },    { "NMS", ZQ_REPORT_IMAGING },     { "RUS", ZQ_REPORT_IMAGING },
  { "OUS", ZQ_REPORT_IMAGING },    { "VUS", ZQ_REPORT_IMAGING },     { "CUS", ZQ_REPORT_IMAGING },
  { "XRC", ZQ_REPORT_IMAGING },    { "imaging", ZQ_REPORT_IMAGING }, { "SP", ZQ_REPORT_PATHOLOGY },
  { "VR", ZQ_REPORT_LABORATORY },  { "MCB", ZQ_REPORT_LABORATORY },  { "MYC", ZQ_REPORT_LABORATORY },
  { "PAR", ZQ_REPORT_LABORATORY }, { "UR", ZQ_REPORT_LABORATORY },   { "laboratory", ZQ_REPORT_LABORATORY },
  { "CP", ZQ_REPORT_PATHOLOGY },   { "PAT", ZQ_REPORT_PATHOLOGY },
};

ZqReportSort
zq_report_sort_of_code (const char *section)
{
  if (section == NULL)
    return ZQ_REPORT_LABORATORY;
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      if (g_str_equal (sections[i].section, section))
        return sections[i].sort;
    }

  return ZQ_REPORT_OTHER;
}

/* --- the fast key -------------------------------------------------------------------------------- */

static const char *
percent_of (ZqPolicy *policy, const ZqResultFacts *facts)
{
  JsonNode *marked = zq_json_get (zq_policy_get (policy, "lab"), "marked-change");
  JsonNode *analytes = zq_json_get (marked, "analytes");
  const char *analyte = zq_analyte_find (policy, facts->lab.system, facts->lab.code);
  const char *percent = NULL;

  if (analytes != NULL && analyte != NULL && json_object_has_member (json_node_get_object (analytes), analyte))
    percent = json_object_get_string_member (json_node_get_object (analytes), analyte);
  if (percent == NULL)
    percent = zq_json_get_string (marked, "percent");

  return percent != NULL ? percent : USUAL_PERCENT;
}

gboolean
zq_result_marked_change (ZqPolicy *policy, const ZqResultFacts *facts, ZqRangePlace now, gboolean *marked)
{
  const ZqQuantity *value = facts->lab.value, *before = facts->before;
  int order;

  if (value == NULL || before == NULL)
    return FALSE;
  if (now != ZQ_RANGE_UNKNOWN && facts->before_place != ZQ_RANGE_UNKNOWN && now != facts->before_place)
    *marked = TRUE;
  else if (zq_quantity_same (value, before))
    *marked = FALSE;
  else if (zq_quantity_changed (value, before, percent_of (policy, facts), marked))
    return TRUE;
  else if (value->kind == before->kind && zq_quantity_compare (value, before, &order))
    *marked = order != 0; /* another titre or grade; "<5" after 7 */
  else
    return FALSE;

  return TRUE;
}

static gboolean
is_in_words (const ZqResultFacts *facts)
{
  return facts->lab.value->kind == ZQ_QUANTITY_TEXT && !facts->coded;
}

/* A coded result or a grade has no range: then the laboratory's word counts. */
static gboolean
is_surely_inside (const ZqResultFacts *facts, const ZqLabVerdict *verdict)
{
  ZqQuantityKind kind = facts->lab.value->kind;

  if (verdict->place == ZQ_RANGE_INSIDE)
    return TRUE;

  return (kind == ZQ_QUANTITY_ORDINAL || (kind == ZQ_QUANTITY_TEXT && facts->coded)) &&
         verdict->said_by == ZQ_SAID_BY_LABORATORY && verdict->flag >= ZQ_LAB_FLAG_NORMAL &&
         verdict->flag <= ZQ_LAB_FLAG_NON_REACTIVE;
}

static gboolean
is_abnormal_place (ZqRangePlace place)
{
  return place == ZQ_RANGE_LOW || place == ZQ_RANGE_HIGH || place == ZQ_RANGE_OUTSIDE;
}

static ZqFastKey
check_change (ZqPolicy *policy, const ZqResultFacts *facts, ZqRangePlace place)
{
  gboolean marked = FALSE;

  if (facts->before == NULL)
    return ZQ_FAST_ALLOWED;
  /* Of coded ones only that they are the same can be said. */
  if (!zq_result_marked_change (policy, facts, place, &marked))
    return ZQ_FAST_CHANGE_UNKNOWN;

  return marked ? ZQ_FAST_CHANGED : ZQ_FAST_ALLOWED;
}

static ZqFastKey
check_result (ZqPolicy *policy, const ZqResultFacts *facts)
{
  ZqLabVerdict verdict = zq_lab_judge (policy, &facts->lab);

  if (g_strcmp0 (facts->status, "final") != 0)
    return ZQ_FAST_NOT_FINAL;
  if (verdict.critical != ZQ_CRITICAL_NO)
    return ZQ_FAST_CRITICAL;
  if (verdict.disagrees)
    return ZQ_FAST_DISAGREES;
  if (zq_lab_flag_is_abnormal (verdict.flag) || is_abnormal_place (verdict.place))
    return ZQ_FAST_ABNORMAL;
  if (facts->lab.value == NULL || facts->lab.value->kind == ZQ_QUANTITY_NONE)
    return ZQ_FAST_NO_VALUE;
  if (is_in_words (facts))
    return ZQ_FAST_TEXT;
  if (!is_surely_inside (facts, &verdict))
    return verdict.flag == ZQ_LAB_FLAG_OTHER ? ZQ_FAST_ABNORMAL : ZQ_FAST_NO_RANGE;

  return check_change (policy, facts, verdict.place);
}

static ZqFastKey
check_report (const ZqReportFacts *facts)
{
  if (g_strcmp0 (facts->status, "final") != 0)
    return ZQ_FAST_NOT_FINAL;
  if (facts->sort == ZQ_REPORT_IMAGING)
    return ZQ_FAST_IMAGING;
  if (facts->sort == ZQ_REPORT_PATHOLOGY)
    return ZQ_FAST_PATHOLOGY;
  if (facts->sort != ZQ_REPORT_LABORATORY)
    return ZQ_FAST_OTHER_SORT;
  if (facts->has_narrative)
    return ZQ_FAST_NARRATIVE;
  if (facts->n_results == 0)
    return ZQ_FAST_EMPTY;

  return facts->outstanding > 0 ? ZQ_FAST_OUTSTANDING : ZQ_FAST_ALLOWED;
}

ZqFastKey
zq_result_fast_key (ZqPolicy *policy, const ZqReportFacts *facts, guint *which)
{
  ZqFastKey answer = check_report (facts);
  guint place = G_MAXUINT;

  for (guint i = 0; answer == ZQ_FAST_ALLOWED && i < facts->n_results; i++)
    {
      answer = check_result (policy, &facts->results[i]);
      place = answer == ZQ_FAST_ALLOWED ? G_MAXUINT : i;
    }
  if (which != NULL)
    *which = place;

  return answer;
}

/* --- the state ----------------------------------------------------------------------------------- */

static gboolean
is_of_version (const ZqResultTimes *times, gint64 when)
{
  return when > 0 && when >= times->version;
}

ZqResultState
zq_result_state (const ZqResultTimes *times)
{
  if (is_of_version (times, times->handled))
    return ZQ_RESULT_HANDLED;
  if (is_of_version (times, times->told))
    return times->patient_read >= times->told ? ZQ_RESULT_READ : ZQ_RESULT_TOLD_UNREAD;

  return is_of_version (times, times->seen) ? ZQ_RESULT_SEEN_UNTOLD : ZQ_RESULT_UNSEEN;
}

gboolean
zq_result_comes_back (ZqPolicy *policy, const ZqResultTimes *times, gint64 now)
{
  const char *text = zq_json_get_string (zq_policy_get (policy, "lab"), "unread-comes-back");
  double seconds = text != NULL ? g_ascii_strtod (text, NULL) : USUAL_COMES_BACK;

  return zq_result_state (times) == ZQ_RESULT_TOLD_UNREAD &&
         (double)(now - times->told) >= seconds * (double)G_USEC_PER_SEC;
}
