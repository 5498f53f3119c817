/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/patient.h"
#include "store/list.h"

G_BEGIN_DECLS

typedef enum
{
  ZQ_VIEW_WAITING_FOR_ME,
  ZQ_VIEW_URGENT,
  ZQ_VIEW_OVERDUE,
  ZQ_VIEW_RESULTS, /* reports came with it that wait for me; later kinds add theirs */
  ZQ_VIEW_WAITING_FOR_PATIENT,
  ZQ_VIEW_POOL,
  ZQ_VIEW_CLOSED,
  ZQ_N_VIEWS,
} ZqView;

/**
 * ZqConsultRow:
 *
 * A row of the inbox. Mutable; tells its changes by notify. Properties (read-only for widgets):
 * "key" (int64: the Task's row id), "loaded", "patient-id" (int64), "name", "sex" (ZqSex as int), "age-years" (int),
 * "complaint", "kind" ("advice"…), "status" (businessStatus), "due" (int64 µs, 0 = none), "overdue", "urgent",
 * "unread" (uint: messages), "n-pictures", "n-voices", "n-results" (uint), "has-draft", "send-failed" (a held or
 * refused intent), "waiting" (something of ours not yet sent), "last-at" (int64 µs), "snippet" (last message,
 * one line, or NULL), "in-pool", "mine", "final" (over), "assigned-to" (name of the colleague who has it, or NULL). */
#define ZQ_TYPE_CONSULT_ROW (zq_consult_row_get_type ())
G_DECLARE_FINAL_TYPE (ZqConsultRow, zq_consult_row, ZQ, CONSULT_ROW, GObject)

gint64 zq_consult_row_get_key (ZqConsultRow *self);
gint64 zq_consult_row_get_patient_id (ZqConsultRow *self);

typedef struct
{
  char *code;
  char *title;
} ZqChoice;

void zq_choice_free (ZqChoice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqChoice, zq_choice_free)

/* How a consultation can end, by the policy file "clinic"; the first is the usual one. Titles are in the first of the
 * languages (this computer's; as of g_get_language_names()) that has one. (transfer full) (element-type ZqChoice) */
GPtrArray *zq_consult_list_outcomes (ZqPolicy *policy);
GPtrArray *zq_consult_list_outcomes_in (ZqPolicy *policy, const char *const *languages);

/* Colleagues of my departments that a consultation can be handed over to, by name, not me; `code` is
 * "Practitioner/<id>". Bounded; main thread. (transfer full) (element-type ZqChoice) */
GPtrArray *zq_consult_list_colleagues (ZqDb *db, const ZqContext *context);

/* The inbox as a lazy list, order: urgent first, then least time left, then age; CLOSED: newest first. */
ZqList *zq_consult_list_new (ZqStore *store, ZqView view);
void zq_consult_list_set_view (ZqList *list, ZqView view);

/* Counts of all views, from counters that are maintained with each commit. */
gboolean zq_consult_count_views (ZqDb *db, guint counts[ZQ_N_VIEWS], GError **error);

/* A question and its answer of the intake card, in order. */
typedef struct
{
  char *question;
  char *answer;
} ZqIntakeItem;

/**
 * ZqConsult:
 *
 * What the page shows beside the messages: an immutable value.
 */
typedef struct
{
  gint64 id; /* the Task */
  gint64 patient_id;
  gint64 thread_id; /* the header Communication; below 0: there is none, only notes can stand there */
  char *kind;       /* "advice" */
  char *status;     /* businessStatus; derived from Task.status when the hospital gave none */
  char *complaint;
  char *requester; /* who asked, when not the patient: "王×× (女儿)"; else NULL */
  char *owner;     /* name of who owns it, when not me; else NULL */
  gboolean mine, in_pool, urgent, overdue, final;
  gint64 due;                                                                          /* µs, 0 = none */
  gint64 authored;                                                                     /* µs */
  gboolean can_reply, can_close, can_reopen, can_claim, can_release, can_set_priority; /* by state table */
  gboolean can_assign, can_note, can_withdraw, can_correct, can_mark;
  GPtrArray *intake; /* (element-type ZqIntakeItem), may be empty, never NULL */
} ZqConsult;

void zq_consult_free (ZqConsult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqConsult, zq_consult_free)

/* NULL without error: not held. Bounded; main thread. */
ZqConsult *zq_consult_load (ZqDb *db, const ZqContext *context, gint64 id, GError **error);

G_END_DECLS
