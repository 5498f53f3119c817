/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/consult/composer.h"
#include "ui/consult/intake-card.h"
#include "ui/consult/page.h"
#include "ui/consult/thread.h"
#include "ui/widgets/patient-band.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _ZqConsultPage
{
  GtkWidget parent_instance;

  /* template */
  GtkStack *stack;
  ZqPatientBand *band;
  GtkWidget *urgent;
  GtkWidget *claim;
  GtkWidget *close;
  GtkLabel *due;
  GtkLabel *state;
  ZqIntakeCard *intake;
  ZqThread *thread;
  GtkStack *foot;
  ZqComposer *composer;
  GtkLabel *cannot;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqConsult *consult;
  ZqPatient *patient;
  gint64 key;
  gulong changed_id;
  guint fit_id;
  int height;
  gboolean is_warned;    /* there is something unseen: the composer says so */
  gboolean wants_intake; /* it unfolds by itself where there is room */
};

/* page.c: shows what is held, after a command that failed. */
void zq_consult_page_refresh (ZqConsultPage *self);
/* Emits "next". */
void zq_consult_page_go_on (ZqConsultPage *self);

/* page-actions.c: what the doctor does with the consultation that is shown. */
void zq_consult_page_install_actions (GtkWidgetClass *klass);
void zq_consult_page_send (ZqConsultPage *self, const char *text);
void zq_consult_page_say_unseen (ZqConsultPage *self);
void zq_consult_page_mark_read (ZqConsultPage *self, gint64 message);

G_END_DECLS
