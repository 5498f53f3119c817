/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/seed/random.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Files as patients send them, drawn by code: no person and no place is in them. */

typedef enum
{
  ZQ_PICTURE_GLUCOSE,  /* a glucose meter on a table */
  ZQ_PICTURE_PRESSURE, /* a blood-pressure monitor */
  ZQ_PICTURE_SKIN,     /* a red patch on skin */
  ZQ_PICTURE_SHEET,    /* a laboratory sheet, photographed askew */
  ZQ_PICTURE_TONGUE,
  ZQ_PICTURE_MEAL,
  ZQ_PICTURE_CHART,  /* a screenshot of a telephone with a week's values */
  ZQ_PICTURE_PATCH,  /* a red patch as the outpatient clinic photographs it, */
  ZQ_PICTURE_HEALED, /* and the same when it has nearly gone */
  ZQ_N_PICTURES,
} ZqPicture;

/**
 * zq_seed_picture_jpeg:
 * @width, @height: as it is to be seen
 * @orientation: of EXIF (1, 3, 6 or 8): the picture is stored turned, and says so; 0: it says nothing
 *
 * (transfer full)
 */
GBytes *zq_seed_picture_jpeg (ZqRandom *random, ZqPicture what, int width, int height, int orientation, GError **error);
GBytes *zq_seed_picture_png (ZqRandom *random, ZqPicture what, int width, int height, GError **error);

/* A laboratory report as a PDF of A4 pages. @made: Unix seconds of its date. */
GBytes *zq_seed_report_pdf (ZqRandom *random, int n_pages, gint64 made, GError **error);

G_END_DECLS
