/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a command says at its end: members in order, as one JSON object or as lines. Ids, counts and
 * states only; never what patients wrote. */
typedef struct _ZqReport ZqReport;

ZqReport *zq_report_new (void);
void zq_report_free (ZqReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqReport, zq_report_free)

void zq_report_string (ZqReport *self, const char *name, const char *value); /* NULL: null */
void zq_report_int (ZqReport *self, const char *name, gint64 value);
void zq_report_boolean (ZqReport *self, const char *name, gboolean value);
/* @member: taken; printed as an object below @name. */
void zq_report_object (ZqReport *self, const char *name, ZqReport *member);
/* @items: taken (element-type ZqReport). */
void zq_report_list (ZqReport *self, const char *name, GPtrArray *items);

char *zq_report_to_json (ZqReport *self);
char *zq_report_to_text (ZqReport *self);

G_END_DECLS
