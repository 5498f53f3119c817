/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/recording.h"

#include "clinic/document/keep.h"
#include "resource/json.h"
#include "store/attachments.h"
#include "store/txn.h"

#include <glib/gi18n-lib.h>

#define SCOPE   "recording/"
#define CUT_OFF N_ ("Cut off: the program ended while it was being recorded")

typedef struct
{
  ZqDraftFile *file;
  guint number;
  GPtrArray *waiting; /* GBytes: until the draft names it */
  gboolean is_named;
} File;

struct _ZqRecording
{
  GObject parent_instance;

  /* owned */
  ZqStore *store;
  char *consent; /* a reference, or NULL */
  char *scope;   /* of its draft */
  GPtrArray *files;
  GPtrArray *whole; /* ZqDraftFile: those whose growth has ended */

  gint64 encounter, from, to;
  guint n_running; /* what is being written */
  gboolean is_finishing, is_ending, was_cut_off, has_failed;
};

G_DEFINE_FINAL_TYPE (ZqRecording, zq_recording, G_TYPE_OBJECT)

enum
{
  FAILED,
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void look_whether_over (ZqRecording *self);

static void
file_free (gpointer data)
{
  File *self = data;

  zq_draft_file_free (self->file);
  g_ptr_array_unref (self->waiting);
  g_free (self);
}

static File *
file_new (ZqRecording *self, guint number, ZqDraftFile *draft)
{
  File *file = g_new0 (File, 1);

  file->file = draft;
  file->number = number;
  file->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_ptr_array_add (self->files, file);

  return file;
}

/* --- bytes -------------------------------------------------------------------------------------- */

static void
fail (ZqRecording *self, const GError *error)
{
  g_warning ("A recording could not be written: %s", error->message);
  if (self->has_failed)
    return;
  self->has_failed = TRUE;
  g_signal_emit (self, signals[FAILED], 0);
}

static void
on_grown (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRecording) self = data;
  g_autoptr (GError) error = NULL;

  if (!zq_attachments_grow_finish (ZQ_ATTACHMENTS (object), result, &error))
    fail (self, error);
  self->n_running--;
  look_whether_over (self);
}

static void
grow (ZqRecording *self, File *file, GBytes *bytes)
{
  self->n_running++;
  zq_attachments_grow_async (zq_store_get_attachments (self->store), file->file->key, file->file->content_type, bytes,
                             on_grown, g_object_ref (self));
}

/* --- the draft that names the files -------------------------------------------------------------- */

typedef struct
{
  char *scope, *body;
  ZqDraftFile *file;
} Naming;

static void
naming_free (gpointer data)
{
  Naming *self = data;

  g_free (self->scope);
  g_free (self->body);
  zq_draft_file_free (self->file);
  g_free (self);
}

static gboolean
do_name (ZqTxn *txn, gpointer data, GError **error)
{
  Naming *naming = data;

  return zq_txn_set_draft (txn, naming->scope, naming->body, error) &&
         zq_txn_add_draft_file (txn, naming->scope, naming->file, error);
}

static File *
find_file (ZqRecording *self, guint number)
{
  for (guint i = 0; i < self->files->len; i++)
    if (((File *)g_ptr_array_index (self->files, i))->number == number)
      return g_ptr_array_index (self->files, i);

  return NULL;
}

typedef struct
{
  ZqRecording *recording;
  guint number;
} Named;

static void
on_named (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Named *named = data;
  g_autoptr (ZqRecording) self = named->recording;
  g_autoptr (GError) error = NULL;
  File *file = find_file (self, named->number);

  self->n_running--;
  if (!zq_store_write_finish (ZQ_STORE (object), result, &error))
    fail (self, error);
  else
    {
      file->is_named = TRUE;
      for (guint i = 0; i < file->waiting->len; i++)
        grow (self, file, g_ptr_array_index (file->waiting, i));
    }
  g_ptr_array_set_size (file->waiting, 0);
  look_whether_over (self);
}

static void
name (ZqRecording *self, const File *file)
{
  Naming *naming = g_new0 (Naming, 1);
  Named *named = g_new0 (Named, 1);
  g_autofree char *quoted = self->consent != NULL ? zq_json_quote (self->consent) : g_strdup ("null");

  naming->scope = g_strdup (self->scope);
  naming->body =
      g_strdup_printf ("{\"encounter\":\"%" G_GINT64_FORMAT "\",\"from\":\"%" G_GINT64_FORMAT "\",\"consent\":%s}",
                       self->encounter, self->from, quoted);
  naming->file = zq_draft_file_copy (file->file);
  named->recording = g_object_ref (self);
  named->number = file->number;
  self->n_running++;
  zq_store_write_async (self->store, ZQ_PRIORITY_DOCTOR, do_name, naming, naming_free, on_named, named);
}

void
zq_recording_add (ZqRecording *self, guint number, const char *title, const char *content_type, GBytes *bytes)
{
  File *file = find_file (self, number);

  g_return_if_fail (!self->is_finishing);

  if (self->has_failed)
    return;
  if (file == NULL)
    {
      file = file_new (self, number, zq_kept_file_new (title, content_type));
      name (self, file);
    }
  if (file->is_named)
    grow (self, file, bytes);
  else
    g_ptr_array_add (file->waiting, g_bytes_ref (bytes));
}

/* --- the end ------------------------------------------------------------------------------------ */

static void
finished (ZqRecording *self, gboolean entered)
{
  g_signal_emit (self, signals[FINISHED], 0, entered);
}

static void
on_entered (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRecording) self = data;
  g_autoptr (GError) error = NULL;
  gboolean entered = zq_document_keep_finish (self->store, result, &error);

  if (!entered)
    g_warning ("A recording could not be entered: %s", error->message);
  finished (self, entered);
}

static void
on_forgotten (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (ZqRecording) self = data;

  zq_draft_save_finish (self->store, result, NULL);
  finished (self, FALSE);
}

static void
enter (ZqRecording *self)
{
  const ZqKeptDocument document = { .kind = ZQ_KEPT_RECORDING,
                                    .encounter = self->encounter,
                                    .title = _ ("Recording of a video visit"),
                                    .description = self->was_cut_off ? _ (CUT_OFF) : NULL,
                                    .from = self->from,
                                    .to = self->to,
                                    .related = self->consent,
                                    .files = self->whole,
                                    .draft = self->scope };

  if (self->whole->len > 0)
    zq_document_keep_async (self->store, &document, on_entered, g_object_ref (self));
  else
    zq_draft_save_async (self->store, self->scope, NULL, on_forgotten, g_object_ref (self));
}

typedef struct
{
  ZqRecording *recording;
  File *file;
} Ending;

static void
on_ended (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Ending *ending = data;
  g_autoptr (ZqRecording) self = ending->recording;
  ZqDraftFile *file = ending->file->file;
  g_autoptr (GError) error = NULL;

  if (zq_attachments_end_growth_finish (ZQ_ATTACHMENTS (object), result, &file->size, &file->hash, &error))
    g_ptr_array_add (self->whole, zq_draft_file_copy (file));
  else if (!g_error_matches (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_GONE))
    fail (self, error);
  if (--self->n_running == 0)
    enter (self);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  const File *one = *(const File *const *)a, *other = *(const File *const *)b;

  return one->number < other->number ? -1 : one->number > other->number;
}

/* All that was written is there: the files are ended, in their order, and then entered. */
static void
look_whether_over (ZqRecording *self)
{
  if (!self->is_finishing || self->is_ending || self->n_running > 0)
    return;
  self->is_ending = TRUE;
  g_ptr_array_sort (self->files, by_number);
  for (guint i = 0; i < self->files->len; i++)
    {
      Ending *ending = g_new0 (Ending, 1);
      File *file = g_ptr_array_index (self->files, i);

      ending->recording = g_object_ref (self);
      ending->file = file;
      self->n_running++;
      zq_attachments_end_growth_async (zq_store_get_attachments (self->store), file->file->key, on_ended, ending);
    }
  if (self->files->len == 0)
    finished (self, FALSE);
}

void
zq_recording_finish (ZqRecording *self)
{
  g_autoptr (ZqRecording) alive = g_object_ref (self);

  if (self->is_finishing)
    return;
  self->is_finishing = TRUE;
  if (!self->was_cut_off)
    self->to = zq_clock_now (zq_store_get_clock (self->store));
  look_whether_over (self);
}

/* --- what a dead process left -------------------------------------------------------------------- */

static void
recover_one (ZqStore *store, const char *scope)
{
  ZqDb *db = zq_store_get_main_db (store);
  g_autofree char *body = zq_draft_load (db, scope);
  g_autoptr (JsonNode) node = body != NULL ? zq_json_read (body, -1, NULL) : NULL;
  const char *encounter = node != NULL ? zq_json_get_string (node, "encounter") : NULL;
  const char *from = node != NULL ? zq_json_get_string (node, "from") : NULL;
  g_autoptr (GPtrArray) files = zq_draft_list_files (db, scope);
  g_autoptr (ZqRecording) self = NULL;

  if (encounter == NULL || from == NULL)
    return;
  self = zq_recording_new (store, g_ascii_strtoll (encounter, NULL, 10), zq_json_get_string (node, "consent"));
  g_free (self->scope);
  self->scope = g_strdup (scope);
  self->from = g_ascii_strtoll (from, NULL, 10);
  self->was_cut_off = TRUE;
  for (guint i = 0; i < files->len; i++)
    file_new (self, i, zq_draft_file_copy (g_ptr_array_index (files, i)))->is_named = TRUE;
  zq_recording_finish (self);
}

void
zq_recordings_recover (ZqStore *store)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ZqRows) rows =
      zq_db_query (zq_store_get_main_db (store), NULL,
                   "SELECT scope FROM draft WHERE scope >= '" SCOPE "' AND scope < 'recording0'", "");

  while (rows != NULL && zq_rows_next (rows, NULL))
    g_ptr_array_add (scopes, g_strdup (zq_rows_text (rows, 0)));
  g_clear_pointer (&rows, zq_rows_free);
  for (guint i = 0; i < scopes->len; i++)
    recover_one (store, g_ptr_array_index (scopes, i));
}

/* --- life --------------------------------------------------------------------------------------- */

ZqRecording *
zq_recording_new (ZqStore *store, gint64 encounter, const char *consent)
{
  ZqRecording *self = g_object_new (ZQ_TYPE_RECORDING, NULL);

  self->store = g_object_ref (store);
  self->encounter = encounter;
  self->consent = g_strdup (consent);
  self->from = zq_clock_now (zq_store_get_clock (store));
  self->scope = g_strdup_printf (SCOPE "%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, self->from, encounter);

  return self;
}

static void
zq_recording_finalize (GObject *object)
{
  ZqRecording *self = ZQ_RECORDING (object);

  g_clear_object (&self->store);
  g_free (self->consent);
  g_free (self->scope);
  g_ptr_array_unref (self->files);
  g_ptr_array_unref (self->whole);
  G_OBJECT_CLASS (zq_recording_parent_class)->finalize (object);
}

static void
zq_recording_class_init (ZqRecordingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_recording_finalize;
  signals[FAILED] = g_signal_new ("failed", ZQ_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", ZQ_TYPE_RECORDING, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                    1, G_TYPE_BOOLEAN);
}

static void
zq_recording_init (ZqRecording *self)
{
  self->files = g_ptr_array_new_with_free_func (file_free);
  self->whole = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_draft_file_free);
}
