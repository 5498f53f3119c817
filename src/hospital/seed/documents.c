/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"
#include "hospital/seed/pictures.h"

#include <string.h>

#define KIND_DOCUMENTS 74
/* Patients by number: of them there are years of reports, and they stand high in the inbox. */
#define WITH_PICTURES  4
#define WITH_NARRATIVE 7
#define SECTIONS       "http://terminology.hl7.org/CodeSystem/v2-0074"

/* --- files -------------------------------------------------------------------------------------- */

/* (transfer full) */
static char *
encode (GBytes *bytes)
{
  gsize size;
  const guchar *data = g_bytes_get_data (bytes, &size);

  return g_base64_encode (data, size);
}

/* (transfer full) */
static char *
hash_of (GBytes *bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)g_bytes_get_size (bytes));
  g_checksum_get_digest (checksum, digest, &length);

  return g_base64_encode (digest, length);
}

/* FALSE: it could not be drawn; then the run has its error. */
static gboolean
is_made (ZqSeed *self, GBytes *bytes, GError *error)
{
  if (bytes != NULL)
    return TRUE;
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);

  return FALSE;
}

static void
put_binary (
    ZqSeed *self, const ZqSeedPatient *patient, const char *id, const char *content_type, GBytes *bytes, gint64 at)
{
  g_autofree char *data = encode (bytes);

  zq_seed_json (
      self, "{'resourceType':'Binary',%g,'contentType':%q,'securityContext':{'reference':'Patient/%s'},'data':'%s'}",
      patient->department, content_type, patient->id, data);
  zq_seed_put (self, "Binary", id, at);
}

/* --- pictures ----------------------------------------------------------------------------------- */

static void
put_picture (ZqSeed *self, const ZqSeedPatient *patient, int n, ZqPicture what, const char *words, gint64 at)
{
  g_autofree char *file = g_strdup_printf ("lesion-%d", n), *id = g_strdup_printf ("doc-lesion-%d", n);
  g_autofree char *hash = NULL;
  GError *error = NULL;
  ZqRandom random = zq_random_for (KIND_DOCUMENTS, n);
  g_autoptr (GBytes) bytes = zq_seed_picture_jpeg (&random, what, 960, 720, 0, &error);

  if (!is_made (self, bytes, error))
    return;
  put_binary (self, patient, file, "image/jpeg", bytes, at);
  hash = hash_of (bytes);
  zq_seed_json (self,
                "{'resourceType':'DocumentReference',%g,'status':'current','docStatus':'final','type':{'text':"
                "'临床照片'},'category':[{'text':'皮肤科门诊'}],'description':%q,'subject':{'reference':'Patient/%s'},"
                "'date':%t,'content':[{'attachment':{'contentType':'image/jpeg','url':'Binary/%s','size':%l,'hash':"
                "'%s','title':'左足背照片'}}]}",
                patient->department, words, patient->id, at, file, (gint64)g_bytes_get_size (bytes), hash);
  zq_seed_put (self, "DocumentReference", id, at);
}

/* --- reports ------------------------------------------------------------------------------------ */

static void
begin_report (
    ZqSeed *self, const ZqSeedPatient *patient, const char *section, const char *name, const char *by, gint64 at)
{
  zq_seed_json (self,
                "{'resourceType':'DiagnosticReport',%g,'status':'final','category':[{'coding':[{'system':'" SECTIONS
                "','code':%q}]}],'code':{'text':%q},'subject':{'reference':'Patient/%s'},'effectiveDateTime':%t,"
                "'issued':%t,'performer':[{'display':%q}]",
                patient->department, section, name, patient->id, at, at + ZQ_SEED_HOUR, by);
}

/* On paper only: the file is all that there is of it. */
static void
put_paper (ZqSeed *self, const ZqSeedPatient *patient, int number, gboolean inside, gint64 at)
{
  g_autofree char *id = g_strdup_printf ("rep-paper-%d", number), *file = g_strdup_printf ("paper-%d", number);
  GError *error = NULL;
  ZqRandom random = zq_random_for (KIND_DOCUMENTS, 100 + number);
  g_autoptr (GBytes) bytes = zq_seed_report_pdf (&random, inside ? 1 : 3, at / ZQ_SEED_SECOND, &error);
  g_autofree char *hash = NULL, *data = NULL;

  if (!is_made (self, bytes, error))
    return;
  hash = hash_of (bytes);
  data = encode (bytes);
  if (!inside)
    put_binary (self, patient, file, "application/pdf", bytes, at);
  begin_report (self, patient, "LAB", inside ? "外院检验报告（附件）" : "健康体检报告（附件）",
                "市第二人民医院体检中心", at);
  zq_seed_json (self,
                ",'presentedForm':[{'contentType':'application/pdf','title':'检验报告单.pdf','size':%l,'hash':'%s',",
                (gint64)g_bytes_get_size (bytes), hash);
  if (inside)
    zq_seed_json (self, "'data':'%s'}]}", data);
  else
    zq_seed_json (self, "'url':'Binary/%s'}]}", file);
  zq_seed_put (self, "DiagnosticReport", id, at + ZQ_SEED_HOUR);
}

/* Text that says more than its members do, as the system of another hospital writes it. */
static void
put_narrative (ZqSeed *self, const ZqSeedPatient *patient, gint64 at)
{
  begin_report (self, patient, "US", "双下肢动脉彩色多普勒超声", "市第二人民医院超声科", at);
  zq_seed_json (
      self, ",'conclusion':'双下肢动脉粥样硬化，未见明显狭窄。','text':{'status':'additional','div':%q}}",
      "<div xmlns=\"http://www.w3.org/1999/xhtml\"><h3>检查所见</h3><p>双侧股、腘、胫前、胫后及足背动脉走行正常，"
      "内膜毛糙，可见<b>散在点状强回声</b>。</p><table><tr><th>血管</th><th>内径 mm</th><th>峰值流速 cm/s</th></tr>"
      "<tr><td>右股总动脉</td><td>8.1</td><td>92</td></tr><tr><td>左股总动脉</td><td>8.0</td><td>88</td></tr>"
      "<tr><td>右足背动脉</td><td>2.1</td><td>46</td></tr><tr><td>左足背动脉</td><td>1.9</td><td>38</td></tr></table>"
      "<h3>提示</h3><ul><li>双下肢动脉粥样硬化</li><li>左足背动脉流速较右侧稍低，建议半年后复查</li></ul></div>");
  zq_seed_put (self, "DiagnosticReport", "rep-us-2", at + ZQ_SEED_HOUR);
}

/* --- ECG ---------------------------------------------------------------------------------------- */

#define ECG_PERIOD 4 /* milliseconds */
#define ECG_POINTS 2500
#define BEAT       208 /* points: 72 beats a minute */

/* A heartbeat in straight lines, in 5 µV. */
static int
beat_at (int place)
{
  static const struct
  {
    int at, value;
  } corners[] = {
    { 0, 0 },    { 20, 0 }, { 35, 22 }, { 50, 0 },   { 66, 0 },  { 70, -14 }, { 77, 220 },
    { 84, -48 }, { 90, 0 }, { 118, 2 }, { 144, 58 }, { 168, 0 }, { BEAT, 0 },
  };
  guint i = 1;

  while (corners[i].at <= place)
    i++;

  return corners[i - 1].value +
         (corners[i].value - corners[i - 1].value) * (place - corners[i - 1].at) / (corners[i].at - corners[i - 1].at);
}

static void
append_lead (ZqSeed *self, const char *name, int percent, ZqRandom *random, gboolean first)
{
  g_autoptr (GString) data = g_string_new (NULL);

  for (int i = 0; i < ECG_POINTS; i++)
    g_string_append_printf (data, "%s%d", i > 0 ? " " : "",
                            beat_at (i % BEAT) * percent / 100 + (int)zq_random_between (random, -2, 2));
  zq_seed_json (self,
                "%s{'code':{'text':%q},'valueSampledData':{'origin':{'value':0,'unit':'mV','system':"
                "'http://unitsofmeasure.org','code':'mV'},'period':%d,'factor':0.005,'lowerLimit':-5,'upperLimit':5,"
                "'dimensions':1,'data':'%s'}}",
                first ? "" : ",", name, ECG_PERIOD, data->str);
}

static void
put_ecg (ZqSeed *self, const ZqSeedPatient *patient, gint64 at)
{
  ZqRandom random = zq_random_for (KIND_DOCUMENTS, 200);

  zq_seed_json (self,
                "{'resourceType':'Observation',%g,'status':'final','category':[{'coding':[{'system':"
                "'http://terminology.hl7.org/CodeSystem/observation-category','code':'procedure'}]}],'code':{'coding':"
                "[{'system':'http://loinc.org','code':'11524-6'}],'text':'心电图波形'},'subject':{'reference':"
                "'Patient/%s'},'effectiveDateTime':%t,'issued':%t,'component':[",
                patient->department, patient->id, at, at + ZQ_SEED_HOUR);
  append_lead (self, "I 导联", 55, &random, TRUE);
  append_lead (self, "II 导联", 100, &random, FALSE);
  append_lead (self, "V5 导联", 130, &random, FALSE);
  zq_seed_json (self, "]}");
  zq_seed_put (self, "Observation", "obs-ecg-1", at + ZQ_SEED_HOUR);
  begin_report (self, patient, "EC", "常规心电图", "云桥互联网医院心电图室", at);
  zq_seed_json (self, ",'conclusion':'窦性心律，心率 72 次/分，正常心电图。','result':[{'reference':"
                      "'Observation/obs-ecg-1'}]}");
  zq_seed_put (self, "DiagnosticReport", "rep-ecg-1", at + ZQ_SEED_HOUR);
}

void
zq_seed_documents (ZqSeed *self, const ZqSeedPatient *patient, int number)
{
  gint64 now = self->now;

  if (number == WITH_PICTURES)
    {
      put_picture (self, patient, 1, ZQ_PICTURE_PATCH, "左足背皮肤红斑（首诊）", now - 41 * ZQ_SEED_DAY);
      put_picture (self, patient, 2, ZQ_PICTURE_HEALED, "左足背皮肤红斑（治疗后复诊）", now - 12 * ZQ_SEED_DAY);
      put_ecg (self, patient, now - 13 * ZQ_SEED_DAY);
      put_paper (self, patient, number, FALSE, now - 60 * ZQ_SEED_DAY);
    }
  else if (number == WITH_NARRATIVE)
    {
      put_paper (self, patient, number, TRUE, now - 33 * ZQ_SEED_DAY);
      put_narrative (self, patient, now - 34 * ZQ_SEED_DAY);
    }
}
