/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/seed/bulk.h"

#include "hospital/seed/parts.h"

#include <string.h>

#define FEWEST 8
#define MOST   300

static void
put_file (ZqBulk *self, guint place)
{
  static const char *const kinds[] = { "meter", "sheet", "foot", "voice" };
  ZqRandom random = zq_random_for (ZQ_BULK_FILE, place);
  ZqBulkFile *file = &self->files[place];
  const char *kind = kinds[place % G_N_ELEMENTS (kinds)];
  g_autofree char *value =
      g_strdup_printf ("%d.%d", (int)zq_random_between (&random, 3, 19), (int)zq_random_between (&random, 0, 9));
  g_autoptr (GBytes) bytes = zq_seed_media (kind, value, &file->content_type);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *data = NULL;
  g_autofree char *hash = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;
  gint64 updated = self->seed->now - 1100 * ZQ_SEED_DAY;
  /* Whoever came once reaches the patient, and with it the file. */
  gint64 owner = 1 + place % MAX (MIN (self->spec->patients, self->spec->consultations), 1);

  file->size = g_bytes_get_size (bytes);
  file->title = strcmp (kind, "voice") == 0 ? "语音" : "照片";
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
  self->n_files = (guint)CLAMP (self->spec->messages / 2500, FEWEST, MOST);
  self->files = g_new0 (ZqBulkFile, self->n_files);
  for (guint i = 0; i < self->n_files; i++)
    put_file (self, i);
}
