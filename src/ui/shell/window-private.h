/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/diagnostics/page.h"
#include "ui/shell/status-button.h"
#include "ui/shell/window.h"

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
  ZqInbox *inbox;
  ZqConsultPage *page;
  ZqDiagnostics *diagnostics;
  AdwStatusPage *notice;
  GtkWidget *notice_button;

  /* borrowed */
  ZqSignInPage *sign_in; /* made when first needed */

  /* owned */
  ZqTicker *ticker;
  ZqSessionStatus *session_status;
  ZqPlace before_other;
};

/* window-keys.c: actions and keys of the whole window. */
void zq_window_install_keys (GtkWidgetClass *klass);
void zq_window_add_reading_keys (ZqWindow *self);

G_END_DECLS
