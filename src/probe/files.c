/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probe/probe.h"

#include "clinic/consult/commands.h"
#include "clinic/consult/message.h"
#include "media/media.h"
#include "store/attachments.h"
#include "store/draft.h"

#define FILE_LIMIT (20 * 1024 * 1024)
#define LONGEST    (60 * G_USEC_PER_SEC)

gboolean
zq_probe_attach (ZqProbe *self, gint64 consult, GError **error)
{
  ZqStore *store = zq_session_get_store (self->session);
  ZqAttachments *attachments = zq_store_get_attachments (store);
  g_auto (ZqWait) kept = { 0 };
  g_auto (ZqWait) added = { 0 };
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *key = g_strconcat ("urn:uuid:", uuid, NULL);
  g_autofree char *scope = zq_consult_draft_scope (consult);
  g_autofree char *name = g_path_get_basename (self->file);
  g_autofree char *hash = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GInputStream) stream = NULL;
  const char *type = "application/octet-stream";
  gsize length = 0;
  gint64 size = 0;
  ZqDraftFile file;

  if (!g_file_get_contents (self->file, &text, &length, error))
    return FALSE;
  zq_media_sniff (text, length, &type);
  stream = g_memory_input_stream_new_from_data (text, (gssize)length, NULL);
  zq_attachments_keep_async (attachments, key, stream, type, FILE_LIMIT, NULL, zq_wait_ready, &kept);
  if (!zq_attachments_keep_finish (attachments, zq_wait_for (&kept), &size, &hash, error))
    return FALSE;
  file = (ZqDraftFile){ .key = key, .name = name, .content_type = (char *)type, .size = size, .hash = hash };
  zq_draft_add_file_async (store, scope, &file, zq_wait_ready, &added);

  return zq_draft_add_file_finish (store, zq_wait_for (&added), error);
}

static GPtrArray *
list_files (ZqProbe *self, gint64 thread, GError **error)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_file_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (zq_store_get_main_db (zq_session_get_store (self->session)), error,
                   "SELECT f.key, f.content_type, f.title, f.size, f.hash FROM message m JOIN message_file f"
                   " ON f.message = m.id WHERE m.thread = ? AND NOT m.withdrawn ORDER BY m.sent, f.n",
                   "i", thread);

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (files, zq_file_from_rows (rows, 0));

  return files;
}

static ZqAttachmentState
state_of (ZqProbe *self, const ZqFile *file)
{
  g_auto (ZqAttachmentInfo) info = { 0 };

  zq_attachments_peek (zq_store_get_attachments (zq_session_get_store (self->session)), file->key, &info);

  return info.state;
}

static gboolean
is_any_awaited (ZqProbe *self, GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      ZqAttachmentState state = state_of (self, g_ptr_array_index (files, i));

      if (state == ZQ_ATTACHMENT_WANTED || state == ZQ_ATTACHMENT_COMING)
        return TRUE;
    }

  return FALSE;
}

static void
give_up (gpointer data)
{
  *(gboolean *)data = TRUE;
}

static void
wait_for_files (ZqProbe *self, GPtrArray *files)
{
  ZqClock *clock = zq_session_get_clock (self->session);
  gboolean is_over = FALSE;
  guint alarm = zq_clock_alarm_in (clock, LONGEST, give_up, &is_over);

  while (!is_over && is_any_awaited (self, files))
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    zq_clock_clear (clock, &alarm);
}

static void
report_file (ZqProbe *self, const ZqFile *file, GPtrArray *items)
{
  static const char *const states[] = { "none", "wanted", "coming", "held", "refused" };
  ZqAttachments *attachments = zq_store_get_attachments (zq_session_get_store (self->session));
  ZqAttachmentState state = state_of (self, file);
  ZqReport *item = zq_report_new ();
  g_auto (ZqWait) wait = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *digest = NULL;

  if (state == ZQ_ATTACHMENT_HELD)
    {
      zq_attachments_read_async (attachments, file->key, NULL, zq_wait_ready, &wait);
      bytes = zq_attachments_read_finish (attachments, zq_wait_for (&wait), NULL);
    }
  if (bytes != NULL)
    digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);
  zq_report_string (item, "file", file->key);
  zq_report_string (item, "state", states[MIN (state, G_N_ELEMENTS (states) - 1)]);
  zq_report_int (item, "size", bytes != NULL ? (gint64)g_bytes_get_size (bytes) : 0);
  zq_report_string (item, "sha1", digest);
  g_ptr_array_add (items, item);
}

gboolean
zq_probe_files (ZqProbe *self, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_report_free);
  ZqAttachments *attachments = zq_store_get_attachments (zq_session_get_store (self->session));
  g_autoptr (GPtrArray) files = NULL;
  gint64 consult = 0, thread = 0;

  if (!zq_probe_find_consult (self, &consult, &thread, error))
    return FALSE;
  files = list_files (self, thread, error);
  for (guint i = 0; i < files->len; i++)
    {
      const ZqFile *file = g_ptr_array_index (files, i);

      if (state_of (self, file) != ZQ_ATTACHMENT_HELD)
        zq_attachments_want (attachments, file->key, file->size, file->hash, file->content_type);
    }
  if (files->len > 0)
    zq_session_go (self->session);
  wait_for_files (self, files);
  for (guint i = 0; i < files->len; i++)
    report_file (self, g_ptr_array_index (files, i), items);
  zq_report_list (self->report, "files", g_steal_pointer (&items));

  return TRUE;
}
