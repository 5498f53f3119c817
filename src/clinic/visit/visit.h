/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/commands.h"
#include "clinic/patient/patient.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_VISIT_PROPOSED,    /* the patient has not said yes */
  ZQ_VISIT_BOOKED,      /* also: pending, waitlist */
  ZQ_VISIT_ARRIVED,     /* in the waiting room: `arrived_at` */
  ZQ_VISIT_IN_PROGRESS, /* an Encounter of it is under way */
  ZQ_VISIT_FULFILLED,
  ZQ_VISIT_CANCELLED,
  ZQ_VISIT_NO_SHOW,
  ZQ_VISIT_MISTAKEN, /* entered in error */
} ZqVisitState;

/**
 * ZqVisit:
 *
 * One appointment for a visit by video or phone, with the Encounter that became of it. Immutable.
 */
typedef struct
{
  gint64 key;       /* row of the Appointment */
  gint64 patient;   /* row */
  gint64 task;      /* row of its Task `visit`; 0: none */
  gint64 encounter; /* row; 0: has not begun */
  gint64
      consult; /* row of the consultation (Task) of the thread that it was made from, else of the patient's newest; 0 */
  char *name;  /* of the patient, never NULL */
  ZqSex sex;
  int age_years;      /* at its start; -1 unknown */
  char *server_id;    /* of the Appointment; NULL: the hospital does not have it yet, so nobody can join */
  char *encounter_id; /* of the Encounter at the hospital; NULL: not there (yet) */
  char *reason;       /* why, or NULL */
  char *cancelled;    /* why it was cancelled: words, or NULL */
  gint64 start;       /* µs UTC */
  gint64 end;
  gint64 arrived_at; /* since when the patient waits; 0: does not */
  gint64 begun_at;   /* of the Encounter; 0 */
  gint64 ended_at;
  ZqVisitState state;
  gboolean is_mine;    /* I am its practitioner */
  gboolean is_waiting; /* an intent of mine of it is on its way */
} ZqVisit;

ZqVisit *zq_visit_copy (const ZqVisit *self);
void zq_visit_free (ZqVisit *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqVisit, zq_visit_free)

/* Mine that start in [@from, @until) µs UTC, by time; at most @limit. One index. (transfer full) (element-type ZqVisit)
 */
GPtrArray *zq_visit_list (ZqDb *db, const ZqContext *context, gint64 from, gint64 until, guint limit, GError **error);
/* Those that began before @before and that nobody has ended, the oldest first: they stay in sight until somebody does.
 */
GPtrArray *zq_visit_list_left_open (ZqDb *db, const ZqContext *context, gint64 before, guint limit, GError **error);
/* NULL: there is none. (transfer full) */
ZqVisit *zq_visit_load (ZqDb *db, const ZqContext *context, gint64 key);
/* The open one of this patient that is next or under way; NULL. (transfer full) */
ZqVisit *zq_visit_load_next (ZqDb *db, const ZqContext *context, gint64 patient);

typedef struct
{
  guint arrived;     /* wait now */
  guint today;       /* of this day in the hospital's zone, not over, not cancelled */
  gint64 next_start; /* of the next one that is booked; 0 */
} ZqVisitCounts;

void zq_visit_count (ZqDb *db, const ZqContext *context, gint64 now, ZqVisitCounts *counts);

/* --- commands: one transaction each; topic "visit" (row = the Appointment) ------------------------- */

/* Makes an Appointment for the patient of @consult, and tells the patient so in the thread by @message (NULL: nothing
 * is said). Finish gives the row. */
void zq_visit_make_async (ZqStore *store,
                          gint64 consult,
                          gint64 start,
                          guint minutes,
                          const char *reason,
                          const char *message,
                          GAsyncReadyCallback callback,
                          gpointer data);
gint64 zq_visit_make_finish (ZqStore *store, GAsyncResult *result, GError **error);

typedef enum
{
  ZQ_VISIT_ACT_MOVE,    /* start, minutes; words: told to the patient in the thread, if there is one */
  ZQ_VISIT_ACT_CANCEL,  /* code: patient, doctor, technical; words */
  ZQ_VISIT_ACT_NO_SHOW, /* the Task is completed, an Encounter that was begun is cancelled */
  ZQ_VISIT_ACT_BEGIN,   /* makes the Encounter, in-progress, unless there is one; Task in-progress; identity as below */
  ZQ_VISIT_ACT_FINISH,  /* Encounter finished, Appointment fulfilled, Task completed */
} ZqVisitAct;

/* Who was asked before the patient was let in; kept on the Encounter. */
typedef struct
{
  const char *how;              /* name-and-birthdate, document, known */
  gboolean guardian;            /* a child's guardian is there */
  const char *const *relations; /* codes of system attendance, as many as `who`, NULL-terminated; or NULL */
  const char *const *who;       /* words */
} ZqVisitIdentity;

typedef struct
{
  ZqVisitAct act;
  gint64 visit;
  gint64 start;
  guint minutes;
  const char *code;
  const char
      *words; /* of CANCEL: why; of MOVE: the message, or NULL; of BEGIN: what the record calls it ("Video visit") */
  const ZqVisitIdentity *identity; /* of BEGIN; NULL: not asked again (it was, for the same Encounter) */
  gboolean by_phone;               /* of BEGIN */
} ZqVisitChange;

void zq_visit_act_async (ZqStore *store, const ZqVisitChange *change, GAsyncReadyCallback callback, gpointer data);
gboolean zq_visit_act_finish (ZqStore *store, GAsyncResult *result, GError **error);

/* Whether who is there was confirmed for its Encounter already (also by another workstation, or before a restart). */
gboolean zq_visit_is_identified (ZqDb *db, gint64 visit);

G_END_DECLS
