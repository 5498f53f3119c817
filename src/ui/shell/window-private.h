/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/diagnostics/page.h"
#include "ui/find/page.h"
#include "ui/patient/beside.h"
#include "ui/patient/record-page.h"
#include "ui/review/review-page.h"
#include "ui/shell/status-button.h"
#include "ui/shell/window.h"
#include "ui/visit/visits-page.h"

G_BEGIN_DECLS

struct _ZqWindow
{
  AdwApplicationWindow parent_instance;

  /* template */
  AdwWindowTitle *heading;
  GtkWidget *sidebar_toggle;
  GtkWidget *back;
  GtkWidget *menu;
  GtkWidget *status;
  AdwToastOverlay *toasts;
  GtkStack *stack;
  ZqFold *fold;
  GtkListBox *pages;
  GtkWidget *inbox_page;
  GtkLabel *n_waiting;
  GtkLabel *person;
  GtkStack *list_stack;
  GtkToggleButton *find_toggle;
  ZqInbox *inbox;
  ZqBeside *beside;
  ZqConsultPage *page;
  ZqRecordPage *record;
  GtkStack *others;
  ZqDiagnostics *diagnostics;
  GtkWidget *review_page;
  GtkLabel *n_untold;
  GtkWidget *visits_page;
  GtkLabel *n_arrived;
  AdwStatusPage *notice;
  GtkWidget *notice_button;

  /* borrowed */
  ZqSignInPage *sign_in; /* made when first needed */
  ZqFindPage *find;      /* the same */
  ZqReviewPage *review;  /* the same */
  ZqVisitsPage *visits;  /* the same */

  GtkWindow *visit_window; /* that the page of the visit stands in; NULL: it is here */
  GtkWidget *visit;        /* the page of the visit that is open, in the module of calls; NULL: none */

  /* owned */
  ZqTicker *ticker;
  ZqVisitPageFunc make_visit;
  gpointer make_visit_data;
  GObject *client;
  GSettings *settings;
  ZqSessionStatus *session_status;
  ZqStore *store;
  ZqReviewModel *reviews;
  GtkWidget *written; /* the text that has the focus; weak */
  ZqPlace before_other;
  GtkWindow *record_window; /* of a consultation's record; weak */
  gint64 recorded;          /* whose: row of its Encounter */
  gint64 invited;           /* consultation whose patient is being invited */
  gint64 before_find;       /* what was selected in the inbox when the search began */
  gboolean is_composing;    /* an input method is at a word */
};

/* window.c: what is selected in the inbox is what is open. */
void zq_window_show_selected (ZqWindow *self);

/* In the place of inbox and consultation, until "win.back". */
void zq_window_show_other (ZqWindow *self, GtkWidget *other);

/* window-keys.c: actions and keys of the whole window. */
void zq_window_install_keys (GtkWidgetClass *klass);
void zq_window_add_reading_keys (ZqWindow *self);

/* window-find.c: the search in the place of the inbox. */
void zq_window_install_find (GtkWidgetClass *klass);
gboolean zq_window_is_finding (ZqWindow *self);
/* To the inbox, with the selection that it had. */
void zq_window_stop_finding (ZqWindow *self);
/* To the hits, from wherever the focus is. */
void zq_window_focus_find (ZqWindow *self);
void zq_window_on_find_toggled (ZqWindow *self);
void zq_window_note_opened (ZqWindow *self);

/* window-record.c: the record of the patient whose consultation is open, beside it or in its place. */
void zq_window_install_record (GtkWidgetClass *klass);
void zq_window_update_record (ZqWindow *self);
void zq_window_on_record_close (ZqWindow *self);
/* Where the record stands in the place of the consultation, that comes back. */
void zq_window_uncover (ZqWindow *self);

/* window-print.c: what is open, on paper or as PDF. */
void zq_window_install_print (GtkWidgetClass *klass);

/* window-review.c: results one after the other, in the place of everything else. */
void zq_window_install_review (GtkWidgetClass *klass);
void zq_window_begin_review (ZqWindow *self);
gboolean zq_window_is_reviewing (ZqWindow *self);

/* window-visit.c: a visit, in the place of everything else. */
void zq_window_install_visit (GtkWidgetClass *klass);
gboolean zq_window_is_visiting (ZqWindow *self);
gboolean zq_window_shows_visits (ZqWindow *self);
void zq_window_begin_visits (ZqWindow *self);

/* window-consult-record.c: the outpatient record of the consultation that is open, in a window beside. */
void zq_window_install_consult_record (GtkWidgetClass *klass);

/* window-invite.c: a visit for the patient of the consultation that is open. */
void zq_window_install_invite (GtkWidgetClass *klass);

/* window-triage.c: what is done with the consultation that is open, or with those that are marked. */
void zq_window_install_triage (GtkWidgetClass *klass);
gboolean zq_window_act (ZqWindow *self, ZqAction action);
void zq_window_choose_for_marked (ZqWindow *self, GtkWidget *at, ZqAction action);

G_END_DECLS
