/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/store.h"
#include "ui/widgets/ticker.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqVisitHost:
 *
 * What a visit's page is given by the program. The page itself is in the module of calls, which is loaded when the
 * first one is opened: this is all that the program knows of it. Its signals: "close": the doctor is done with the
 * page; "open" (gint64 consultation); "detach": into a window of its own, or back; its property "visit" (gint64). Taken
 * out of its window it lets go of the call: the visit goes on.
 */
typedef struct
{
  ZqStore *store;
  ZqTicker *ticker;
  GObject *client;     /* the hospital's ZqFhirClient, for the module; NULL: there is none */
  GSettings *settings; /* NULL: not installed */
  gint64 visit;
} ZqVisitHost;

/* Makes the page of a visit, or gives NULL and @error: a line for the doctor. (transfer floating) */
typedef GtkWidget *(*ZqVisitPageFunc) (const ZqVisitHost *host, gpointer data, GError **error);

/* The symbol of the module, and its type. */
#define ZQ_CALL_MODULE_MAKE "zq_call_module_make_page"
typedef GtkWidget *(*ZqCallModuleMake) (const ZqVisitHost *host);

G_END_DECLS
