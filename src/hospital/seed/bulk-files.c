/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "hospital/seed/parts.h"
#include "hospital/seed/pictures.h"

#include <string.h>

#define FEWEST 8
#define MOST   150

/* What telephones and their messengers make, by how usual it is. */
static const struct
{
  int width, height;
} sizes[] = { { 960, 1280 },  { 1080, 1440 }, { 720, 960 },   { 1280, 960 },  { 1080, 1920 },
              { 1440, 1080 }, { 600, 800 },   { 1440, 1920 }, { 1000, 1000 }, { 3024, 4032 } };

static GBytes *
make_photo (ZqRandom *random, guint place, ZqBulkFile *file, GError **error)
{
  static const int orientations[] = { 0, 6, 1, 6, 0, 3, 8 };
  /* The last one takes as long as the others together. */
  gsize size = zq_random_rank (random, G_N_ELEMENTS (sizes) - (place < FEWEST ? 1 : 0));

  file->content_type = "image/jpeg";
  g_snprintf (file->title, sizeof file->title, "IMG_%08d.jpg", (int)zq_random_between (random, 20240101, 20261231));
  return zq_seed_picture_jpeg (random, place % ZQ_PICTURE_CHART, sizes[size].width, sizes[size].height,
                               orientations[place % G_N_ELEMENTS (orientations)], error);
}

static GBytes *
make_file (ZqBulk *self, ZqRandom *random, guint place, ZqBulkFile *file, GError **error)
{
  switch (place % 16)
    {
    case 5:
      file->content_type = "application/pdf";
      g_strlcpy (file->title, "检验报告单.pdf", sizeof file->title);
      return zq_seed_report_pdf (random, 1 + (int)(place / 16 % 3),
                                 self->seed->now / ZQ_SEED_SECOND - zq_random_between (random, 1, 900) * 86400, error);
    case 7:
      file->content_type = "image/png";
      g_strlcpy (file->title, "Screenshot.png", sizeof file->title);
      return zq_seed_picture_png (random, ZQ_PICTURE_CHART, 720, 1560, error);
    case 14:
      g_strlcpy (file->title, "语音", sizeof file->title);
      return zq_seed_media ("voice", "", &file->content_type);
    default:
      return make_photo (random, place, file, error);
    }
}

static void
put_file (ZqBulk *self, guint place)
{
  ZqRandom random = zq_random_for (ZQ_BULK_FILE, place);
  ZqBulkFile *file = &self->files[place];
  g_autoptr (GBytes) bytes = make_file (self, &random, place, file, &self->seed->error);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *data = NULL;
  g_autofree char *hash = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;
  gint64 updated = self->seed->now - 1100 * ZQ_SEED_DAY;
  /* Whoever came once reaches the patient, and with it the file. */
  gint64 owner = 1 + place % MAX (MIN (self->spec->patients, self->spec->consultations), 1);

  if (bytes == NULL)
    return;
  file->size = g_bytes_get_size (bytes);
  g_checksum_update (checksum, g_bytes_get_data (bytes, NULL), (gssize)file->size);
  g_checksum_get_digest (checksum, digest, &length);
  hash = g_base64_encode (digest, length);
  g_strlcpy (file->hash, hash, sizeof file->hash);
  g_snprintf (file->id, sizeof file->id, "bf-%u", place + 1);

  data = g_base64_encode (g_bytes_get_data (bytes, NULL), file->size);
  zq_seed_json (self->seed,
                "{'resourceType':'Binary','id':'%s',%h,'contentType':'%s',"
                "'securityContext':{'reference':'Patient/bp-%l'},'data':'%s'}",
                file->id, updated, ZQ_SEED_ENDO, file->content_type, owner, data);
  zq_seed_put_whole (self->seed, "Binary", file->id, updated);
}

void
zq_bulk_put_files (ZqBulk *self)
{
  if (self->spec->messages == 0)
    return;
  self->n_files = (guint)CLAMP (self->spec->messages / 5000, FEWEST, MOST);
  self->files = g_new0 (ZqBulkFile, self->n_files);
  for (guint i = 0; i < self->n_files && self->seed->error == NULL; i++)
    put_file (self, i);
}
