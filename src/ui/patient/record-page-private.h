/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/home/home-page.h"
#include "ui/lab/flowsheet-view.h"
#include "ui/lab/trend.h"
#include "ui/patient/record-page.h"
#include "ui/viewer/viewer.h"
#include "ui/widgets/arrivals.h"
#include "ui/widgets/patient-band.h"

#include <adwaita.h>

G_BEGIN_DECLS

struct _ZqRecordPage
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  ZqPatientBand *band;
  GtkStack *stack;
  GtkLabel *summary;
  GtkDropDown *kinds;
  GtkSearchEntry *entry;
  GtkDropDown *years;
  GtkToggleButton *abnormal;
  GtkStack *places;
  GtkGridView *view;
  GtkButton *arrivals_button;
  AdwStatusPage *nothing;
  ZqTrend *trend;
  ZqViewer *viewer; /* made when first needed */
  ZqFlowView *flow;
  ZqHomePage *home;

  /* owned */
  ZqStore *store;
  ZqTicker *ticker;
  ZqList *list;
  ZqArrivals *arrivals;
  GHashTable *shown; /* ZqRecordItemWidget that have an item */
  GArray *offered;   /* ZqRecordKind of each line of `kinds` */
  int first_year;    /* of `years`, which go down from here */

  gint64 patient;
  gint64 opened; /* key of the item that is open, 0 */
  ZqRecordKind kind;
  int focus_frames; /* until the rows are there to be given the focus */
  gboolean filling; /* the drop-downs are being filled */
  gboolean by_flow; /* the test over time was asked for by the flowsheet */
};

ZqDb *zq_record_page_get_db (ZqRecordPage *self);
GTimeZone *zq_record_page_get_zone (ZqRecordPage *self);

/* record-filter.c: the kinds and years that there are to choose from. */
void zq_record_page_show_kinds (ZqRecordPage *self);
void zq_record_page_show_years (ZqRecordPage *self);
/* To the newest item of the year that was chosen. */
void zq_record_page_go_to_year (ZqRecordPage *self);

G_END_DECLS
