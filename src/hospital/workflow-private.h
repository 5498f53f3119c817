/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/private.h"

G_BEGIN_DECLS

/* workflow.c */
const char *zq_task_status (JsonNode *task); /* businessStatus */
const char *zq_task_code (JsonNode *task);
/* Whether the state table speaks of this kind of task at all. */
gboolean zq_workflow_has_table (ZqHospital *self, const char *code);
/* The newest task whose focus is @thread; the one that is not over first. */
ZqStored *zq_workflow_task_of (ZqHospital *self, const char *thread, JsonNode **node);
/* Whether the table lets @session do @action with @task; also when it says nothing of such tasks. */
gboolean zq_workflow_allows (ZqHospital *self, const ZqSession *session, JsonNode *task, const char *action);
/* @text with one more coding in meta.tag or meta.security (@where). (transfer full) */
char *zq_workflow_add_coding (
    ZqHospital *self, const char *text, const char *where, const char *system, const char *code, GError **error);

/* handover.c: who may have a task next; keeps who gave it to whom. */
gboolean zq_handover_check (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply);

/* results.c: a report came in, or a newer version of one. */
gboolean zq_results_after_report (ZqHospital *self, const ZqStored *stored, JsonNode *report, GError **error);
/* Looks now, and whenever the next one is due, for critical values that nobody has received. */
void zq_results_watch (ZqHospital *self);

/* visits.c: an Appointment was made or changed: its doctor has a Task of it. */
gboolean zq_visits_after_appointment (ZqHospital *self, const ZqStored *stored, JsonNode *appointment, GError **error);

/* messages.c */
gboolean zq_message_has_category (JsonNode *node, const char *code);
/* Messages, corrections and notes that come, and what of those that were sent may change. */
gboolean zq_message_check (ZqHospital *self, const ZqSession *session, JsonNode *old, JsonNode *fresh, ZqReply *reply);

G_END_DECLS
