/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/consult/inbox-selection.h"
#include "ui/consult/inbox.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef struct
{
  GtkToggleButton *button;
  GtkLabel *name;
  GtkLabel *count;
} ZqInboxChip;

struct _ZqInbox
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkFlowBox *chips;
  GtkRevealer *news_revealer;
  GtkButton *news;
  GtkStack *stack;
  GtkGridView *view; /* of one column: a list view makes two hundred rows whatever is in sight, a grid thirty */
  AdwStatusPage *empty;
  GtkProgressBar *progress_bar;
  GtkRevealer *marks_revealer;
  GtkLabel *n_marked;
  GtkFlowBox *marks_actions;

  /* borrowed */
  ZqInboxChip chip[ZQ_N_VIEWS];
  GtkWidget *mark_button[ZQ_N_ACTIONS]; /* NULL: not in the bar */

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqList *list;
  ZqInboxSelection *selection;
  ZqView shown;
  guint counts[ZQ_N_VIEWS];
  double progress;
  gint64 last_synced;
  guint focus_tick;
  int row_height; /* pixels */
  gulong laid_out_id;
  GPtrArray *spare; /* rows with parts */
  gulong changed_id;
};

/* inbox-marks.c: several at once. */
void zq_inbox_install_marks (GtkWidgetClass *klass);
void zq_inbox_show_marks (ZqInbox *self);

G_END_DECLS
