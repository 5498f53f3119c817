/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/viewer/viewer.h"

#include "clinic/consult/message.h"
#include "store/attachments.h"
#include "ui/viewer/pdf.h"
#include "ui/viewer/picture-view.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* A picture or page in its scrolled window, and where the pointer and fingers are. */
typedef struct
{
  ZqPictureView *view;
  GtkScrolledWindow *scroller;
  double x, y;
  double drag_h, drag_v;
  double pinch;
} ZqViewerPane;

/* One of the two places for a picture. */
typedef struct
{
  GtkWidget *box;
  GtkLabel *words;
  GtkLabel *state; /* why there is no picture, where another one stands beside it */
  ZqViewerPane *pane;
  int place; /* in pictures; -1: none */
  GCancellable *cancellable;
} ZqViewerSide;

enum
{
  ZQ_VIEWER_FIRST,
  ZQ_VIEWER_SECOND,
  ZQ_VIEWER_N_SIDES,
  ZQ_VIEWER_PAGE = ZQ_VIEWER_N_SIDES, /* of a document */
  ZQ_VIEWER_N_PANES,
};

/* The text of a document: what was found in it, what is selected. */
typedef struct
{
  ZqPdfText *page; /* NULL: not read yet */
  guint number;    /* of that page */
  GCancellable *reading;
  GArray *found;  /* of ZqPdfSpan; NULL: nothing is sought */
  guint at;       /* in found */
  gboolean bring; /* it is to be brought into sight */
  GCancellable *finding;
  gboolean selecting;
  guint anchor, end; /* the same: nothing is selected */
} ZqViewerText;

struct _ZqViewer
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkStack *stack;
  GtkLabel *title;
  GtkWidget *previous;
  GtkWidget *next;
  GtkWidget *zooming;
  GtkToggleButton *compare;
  GtkWidget *save;
  GtkBox *pair;
  GtkWidget *first;
  GtkWidget *second;
  GtkLabel *first_words;
  GtkLabel *second_words;
  GtkLabel *first_state;
  GtkLabel *second_state;
  GtkScrolledWindow *first_scroller;
  GtkScrolledWindow *second_scroller;
  GtkScrolledWindow *pdf_scroller;
  ZqPictureView *first_view;
  ZqPictureView *second_view;
  ZqPictureView *pdf_view;
  GtkTextView *text_view;
  GtkWidget *cut;
  GtkWidget *find;
  GtkWidget *find_bar;
  GtkWidget *find_entry;
  GtkLabel *find_state;
  GtkProgressBar *progress;
  AdwStatusPage *problem;

  /* owned */
  ZqStore *store;
  GTimeZone *zone;
  gint64 now;
  GPtrArray *pictures; /* of ZqPicture */
  ZqViewerPane panes[ZQ_VIEWER_N_PANES];
  ZqViewerSide sides[ZQ_VIEWER_N_SIDES];
  ZqFile *file; /* what is shown when it is no picture */
  char *key;
  ZqPdf *pdf;
  guint page;
  ZqViewerText text;
  guint patience; /* an alarm: a page that is not drawn by then is given up */
  double drawn;   /* the scale of the page that is shown; 0: none yet */
  GCancellable *cancellable;
  gulong changed_id;
};

/* viewer.c */
void zq_viewer_show_place (ZqViewer *self, const char *place);
void zq_viewer_show_problem (ZqViewer *self, const char *why);
void zq_viewer_show_title (ZqViewer *self);
gboolean zq_viewer_is_comparing (ZqViewer *self);

/* Bytes that are on their way to @side (NULL: the file). */
typedef struct
{
  ZqViewer *viewer;
  ZqViewerSide *side;
  GCancellable *cancellable;
} ZqViewerLoad;

ZqViewerLoad *zq_viewer_load_new (ZqViewer *self, ZqViewerSide *side, GCancellable *cancellable);
void zq_viewer_load_free (ZqViewerLoad *load);
gboolean zq_viewer_load_is_stale (const ZqViewerLoad *load, const GError *error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqViewerLoad, zq_viewer_load_free)

/* TRUE when the bytes are here; else they are asked for, and what is known of them is said in place of it. */
gboolean zq_viewer_is_held (ZqViewer *self, ZqViewerSide *side, const ZqFile *file);

/* viewer-pictures.c */
ZqPicture *zq_viewer_picture_at (ZqViewer *self, int place);
void zq_viewer_load_side (ZqViewer *self, ZqViewerSide *side);
/* Why @side has no picture. */
void zq_viewer_say (ZqViewer *self, ZqViewerSide *side, const char *place, const char *words);
void zq_viewer_go_to (ZqViewer *self, int place);
gboolean zq_viewer_step_picture (ZqViewer *self, int by);

/* viewer-document.c */
void zq_viewer_load_file (ZqViewer *self);
gboolean zq_viewer_step_page (ZqViewer *self, int by);
void zq_viewer_go_to_page (ZqViewer *self, guint page);
/* Draws the page again when it is shown larger than it was drawn. */
void zq_viewer_sharpen (ZqViewer *self);

/* viewer-text.c */
void zq_viewer_install_text (GtkWidgetClass *klass);
/* What can be done with text, as there is some or not. */
void zq_viewer_allow_text (ZqViewer *self);
void zq_viewer_read_page (ZqViewer *self);
void zq_viewer_close_text (ZqViewer *self);
/* In the measure of the page's widget; FALSE: there are no letters. */
gboolean zq_viewer_begin_selection (ZqViewer *self, double x, double y);
gboolean zq_viewer_extend_selection (ZqViewer *self, double x, double y);

/* viewer-zoom.c */
void zq_viewer_install_zoom (GtkWidgetClass *klass);
void zq_viewer_add_gestures (ZqViewer *self);
void zq_viewer_reset_zoom (ZqViewer *self);

G_END_DECLS
