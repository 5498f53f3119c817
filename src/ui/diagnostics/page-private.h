/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/diagnostics/page.h"

#include "clinic/consult/ours.h"

#include <adwaita.h>

G_BEGIN_DECLS

enum
{
  GROUP_HELD,
  GROUP_REFUSED,
  GROUP_WAITING,
  GROUP_UNREADABLE,
  GROUP_POLICY,
  N_GROUPS,
};

struct _ZqDiagnostics
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *page;
  AdwActionRow *state;
  AdwActionRow *live;
  AdwActionRow *synced;
  GtkWidget *first_fetch;
  GtkProgressBar *first_progress;
  AdwActionRow *index;
  AdwActionRow *files;
  AdwActionRow *hospital;
  AdwActionRow *person;
  GtkWidget *sign_in;
  AdwPreferencesGroup *group[N_GROUPS];

  /* borrowed */
  GTimeZone *zone;

  /* owned */
  ZqStore *store;
  ZqSessionStatus *status;
  GPtrArray *rows[N_GROUPS];  /* of the groups, borrowed from them */
  GPtrArray *lines[N_GROUPS]; /* the same as plain text, without a patient */
  char *shown;                /* which of ours stand there, and how they are */
  GCancellable *cancellable;  /* of the reading that is under way */
  gboolean outdated;          /* something has changed since it began */
  gulong changed_id;
  guint files_alarm; /* files move: they are counted again now and then */
};

/* page-waiting.c: what of ours is not at the hospital. */
void zq_diagnostics_install_waiting (GtkWidgetClass *klass);
void zq_diagnostics_show_ours (ZqDiagnostics *self, GPtrArray *ours, guint total);

/* page-files.c: what of files moves. */
void zq_diagnostics_show_files (ZqDiagnostics *self);
void zq_diagnostics_watch_files (ZqDiagnostics *self);
void zq_diagnostics_leave_files (ZqDiagnostics *self);

/* page.c */
AdwActionRow *zq_diagnostics_add_row (ZqDiagnostics *self, guint group, const char *title, const char *subtitle);
void zq_diagnostics_clear_group (ZqDiagnostics *self, guint group);

G_END_DECLS
