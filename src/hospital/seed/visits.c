/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/parts.h"

#include "base/id.h"

#define SLOT (5 * ZQ_SEED_MINUTE)

typedef struct
{
  guint patient; /* place among those of the demo doctor */
  int minutes;   /* from now to its start */
  int lasts;
  const char *status;
  const char *reason;
  const char *why; /* it was cancelled */
} Visit;

/* What a day of a doctor looks like: seen this morning, one who said no, one in a moment, the afternoon, tomorrow. */
static const Visit visits[] = {
  { 3, -150, 15, "fulfilled", "调整降糖药后复诊", NULL },
  { 4, -60, 15, "cancelled", "血压控制情况", "临时出差，改天再约" },
  { 5, -35, 15, "noshow", "甲状腺功能复查结果", NULL },
  { 0, 5, 15, "booked", "血糖波动，视频复诊", NULL },
  { 1, 30, 15, "booked", "孩子发热后随访", NULL },
  { 2, 90, 20, "booked", "糖尿病足换药情况", NULL },
  { 6, 24 * 60 + 30, 15, "booked", "胰岛素剂量调整", NULL },
  { 7, 24 * 60 + 60, 15, "proposed", "化验结果解读", NULL },
  { 8, 2 * 24 * 60, 15, "booked", "三个月复诊", NULL },
};

static gint64
start_of (ZqSeed *self, const Visit *visit)
{
  gint64 at = self->now + visit->minutes * ZQ_SEED_MINUTE;

  return (at + SLOT - 1) / SLOT * SLOT;
}

static void
put_appointment (ZqSeed *self, const char *id, const Visit *visit, const ZqSeedPatient *patient, gint64 start)
{
  zq_seed_json (self,
                "{'resourceType':'Appointment',%g,'status':%q,'description':%q,'start':%t,'end':%t,"
                "'minutesDuration':%d,'created':%t,'participant':[{'actor':{'reference':'Patient/%s'},"
                "'status':%q},{'actor':{'reference':'Practitioner/%s'},'status':'accepted'}]",
                patient->department, visit->status, visit->reason, start, start + visit->lasts * ZQ_SEED_MINUTE,
                visit->lasts, self->now - 3 * ZQ_SEED_DAY, patient->id,
                g_str_equal (visit->status, "proposed") ? "needs-action" : "accepted", patient->doctor);
  if (visit->why != NULL)
    zq_seed_json (self,
                  ",'cancelationReason':{'coding':[{'system':'" ZQ_CODE_SYSTEM ("appointment-cancel") "',"
                                                                                                      "'code':'patient'"
                                                                                                      "}],'text':%q}",
                  visit->why);
  zq_seed_json (self, "}");
  zq_seed_put (self, "Appointment", id, self->now - ZQ_SEED_DAY);
}

static void
put_task (ZqSeed *self, const char *id, const Visit *visit, const ZqSeedPatient *patient)
{
  g_autofree char *task = g_strconcat ("visit-", id, NULL);
  const char *status = g_str_equal (visit->status, "fulfilled") || g_str_equal (visit->status, "noshow") ? "completed"
                       : g_str_equal (visit->status, "cancelled")                                        ? "cancelled"
                                                                                                         : "requested";

  zq_seed_json (self,
                "{'resourceType':'Task',%g,'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID
                "','value':'visit.Appointment.%s'}],'status':%q,'intent':'order','priority':'routine','code':{'coding':"
                "[{'system':'" ZQ_CODE_SYSTEM (
                    "task-code") "','code':'visit'}]},'focus':{'reference':'Appointment/%s'},'for':{'reference':"
                                 "'Patient/%s'},'owner':{'reference':'Practitioner/%s'},'authoredOn':%t}",
                patient->department, id, status, id, patient->id, patient->doctor, self->now - 3 * ZQ_SEED_DAY);
  zq_seed_put (self, "Task", task, self->now - ZQ_SEED_DAY);
}

static void
put_encounter (ZqSeed *self, const char *id, const Visit *visit, const ZqSeedPatient *patient, gint64 start)
{
  g_autofree char *encounter = g_strconcat ("enc-", id, NULL);

  zq_seed_json (self,
                "{'resourceType':'Encounter',%g,'identifier':[{'system':'" ZQ_SYSTEM_LOCAL_ID
                "','value':'visit.Appointment.%s'}],'status':'finished','class':{'system':"
                "'http://terminology.hl7.org/CodeSystem/v3-ActCode','code':'VR'},'type':[{'coding':[{'system':"
                "'" ZQ_CODE_SYSTEM (
                    "encounter-type") "','code':'video'}],'text':'视频复诊'}],'subject':{'reference':'Patient/%s'},"
                                      "'appointment':[{'reference':'Appointment/%s'}],'participant':[{'individual':{"
                                      "'reference':'Practitioner/%s'}}],'period':{'start':%t,'end':%t},"
                                      "'reasonCode':[{'text':%q}]}",
                patient->department, id, patient->id, id, patient->doctor, start, start + 11 * ZQ_SEED_MINUTE,
                visit->reason);
  zq_seed_put (self, "Encounter", encounter, start + 11 * ZQ_SEED_MINUTE);
}

void
zq_seed_visits (ZqSeed *self, const char *doctor)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new ();

  for (guint i = 0; i < self->patients->len; i++)
    {
      ZqSeedPatient *patient = g_ptr_array_index (self->patients, i);

      if (g_strcmp0 (patient->doctor, doctor) == 0)
        g_ptr_array_add (own, patient);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (visits); i++)
    {
      const Visit *visit = &visits[i];
      g_autofree char *id = g_strdup_printf ("appt-%02u", (guint)i + 1);
      gint64 start = start_of (self, visit);
      const ZqSeedPatient *patient;

      if (visit->patient >= own->len)
        continue;
      patient = g_ptr_array_index (own, visit->patient);
      put_appointment (self, id, visit, patient, start);
      put_task (self, id, visit, patient);
      if (g_str_equal (visit->status, "fulfilled"))
        put_encounter (self, id, visit, patient, start);
    }
}
