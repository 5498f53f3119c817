/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "store/store-private.h"

#include <errno.h>

/* A frame is 16 ms: on the main thread a read may take a quarter of it. */
#define SLOW_US 4000

/* Ten years: a computer that has lost its clock begins somewhere in its past. */
#define LONGEST_OFFSET_US (10 * 365 * G_TIME_SPAN_DAY)

G_DEFINE_QUARK (zq - store - error - quark, zq_store_error)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (ZqStore, zq_store, G_TYPE_OBJECT)

/* Not later: until its threads have ended they hold on to the store while they tell what they did. */
static void
zq_store_dispose (GObject *object)
{
  zq_store_close (ZQ_STORE (object));

  G_OBJECT_CLASS (zq_store_parent_class)->dispose (object);
}

static void
zq_store_finalize (GObject *object)
{
  ZqStore *self = ZQ_STORE (object);

  g_clear_pointer (&self->parser, zq_parser_free);
  g_clear_object (&self->attachments);
  g_clear_pointer (&self->reader, zq_reader_free);
  g_clear_pointer (&self->behind, zq_reader_free);
  g_clear_pointer (&self->writer, zq_writer_free);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->main_context, g_main_context_unref);
  g_free (self->base);
  g_free (self->who);

  G_OBJECT_CLASS (zq_store_parent_class)->finalize (object);
}

static void
zq_store_class_init (ZqStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = zq_store_dispose;
  object_class->finalize = zq_store_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", ZQ_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                          1, ZQ_TYPE_CHANGES | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
zq_store_init (ZqStore *self)
{
}

static ZqDb *
open_writer_db (const ZqStoreConfig *config, const char *path, GError **error)
{
  g_autoptr (ZqDb) db = NULL;

  if (!zq_store_check_version (path, config->key, error))
    return NULL;

  db = zq_db_open (path, config->key, ZQ_DB_CREATE, error);
  if (db == NULL || !zq_store_migrate (db, error) || !zq_store_open_projections (db, config->kinds, error))
    return NULL;

  return g_steal_pointer (&db);
}

/* A computer whose clock was wrong when it was last asked is taken to be wrong still, until a server's
 * answer says how much: else what was written then seems to come from another time. */
static void
restore_offset (ZqStore *self)
{
  g_autofree char *text = zq_store_get_setting (self->main_db, CLOCK_OFFSET);
  gint64 offset = 0;

  if (text != NULL && zq_clock_get_server_offset (self->clock) == 0 &&
      g_ascii_string_to_signed (text, 10, -LONGEST_OFFSET_US, LONGEST_OFFSET_US, &offset, NULL))
    zq_clock_set_server_offset (self->clock, offset);
}

static void
on_offset (ZqClock *clock, ZqStore *self)
{
  if (!zq_store_is_closing (self))
    zq_writer_push_offset (self->writer);
}

ZqStore *
zq_store_open (const ZqStoreConfig *config, GError **error)
{
  g_autofree char *path = g_build_filename (config->dir, "store.db", NULL);
  g_autoptr (ZqStore) self = NULL;
  g_autoptr (ZqDb) writer = NULL;
  g_autoptr (ZqDb) reader = NULL, behind = NULL;

  if (g_mkdir_with_parents (config->dir, 0700) != 0)
    {
      int saved = errno;

      g_set_error (error, ZQ_STORE_ERROR, ZQ_STORE_ERROR_FAILED,
                   "This computer could not make the folder of the local store: %s", g_strerror (saved));
      return NULL;
    }

  writer = open_writer_db (config, path, error);
  if (writer == NULL)
    return NULL;
  reader = zq_db_open (path, config->key, ZQ_DB_READ_ONLY, error);
  if (reader == NULL)
    return NULL;
  behind = zq_db_open (path, config->key, ZQ_DB_READ_ONLY, error);
  if (behind == NULL)
    return NULL;

  self = g_object_new (ZQ_TYPE_STORE, NULL);
  self->main_db = zq_db_open (path, config->key, ZQ_DB_READ_ONLY, error);
  if (self->main_db == NULL)
    return NULL;
  zq_db_set_slow_limit (self->main_db, SLOW_US);

  self->kinds = config->kinds;
  self->context = config->context;
  self->clock = g_object_ref (config->clock);
  self->base = g_strdup (config->base);
  self->who = g_strdup (config->who);
  self->policy_version = config->policy_version;
  self->main_context =
      g_main_context_ref (config->main_context != NULL ? config->main_context : g_main_context_default ());
  self->attachments = zq_attachments_new (config->dir, config->key, self->clock, self->main_context, error);
  if (self->attachments == NULL)
    return NULL;
  restore_offset (self);
  if (config->prepare != NULL)
    config->prepare (self->main_db, config->prepare_data);
  self->writer = zq_writer_new (self, g_steal_pointer (&writer));
  self->reader = zq_reader_new (g_steal_pointer (&reader));
  self->behind = zq_reader_new (g_steal_pointer (&behind));
  self->parser = zq_parser_new ();
  self->on_offset = g_signal_connect (self->clock, "offset-changed", G_CALLBACK (on_offset), self);
  zq_store_start_rebuild (self);
  zq_search_start (self);
  zq_writer_push_alarm (self->writer);
  zq_attachments_sweep (self->attachments, self->main_db);

  return g_steal_pointer (&self);
}

void
zq_store_close (ZqStore *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->closing, FALSE, TRUE))
    return;

  if (self->clock != NULL)
    {
      g_clear_signal_handler (&self->on_offset, self->clock);
      zq_clock_clear (self->clock, &self->alarm);
    }
  if (self->parser != NULL)
    zq_parser_stop (self->parser);
  if (self->attachments != NULL)
    zq_attachments_close (self->attachments);
  if (self->reader != NULL)
    zq_reader_stop (self->reader);
  if (self->behind != NULL)
    zq_reader_stop (self->behind);
  g_clear_pointer (&self->main_db, zq_db_close);
  /* The last one to close folds the log back into the file, which a reader cannot. */
  if (self->writer != NULL)
    zq_writer_stop (self->writer);
}

gboolean
zq_store_is_closing (ZqStore *self)
{
  return g_atomic_int_get (&self->closing);
}

gpointer
zq_store_get_context (ZqStore *self)
{
  return self->context;
}

ZqClock *
zq_store_get_clock (ZqStore *self)
{
  return self->clock;
}

const char *
zq_store_get_base (ZqStore *self)
{
  return self->base;
}

const ZqResourceKind *const *
zq_store_get_kinds (ZqStore *self)
{
  return self->kinds;
}

const ZqResourceKind *
zq_store_find_kind (ZqStore *self, const char *name)
{
  for (guint i = 0; name != NULL && self->kinds != NULL && self->kinds[i] != NULL; i++)
    if (g_str_equal (self->kinds[i]->name, name))
      return self->kinds[i];

  return NULL;
}

ZqAttachments *
zq_store_get_attachments (ZqStore *self)
{
  return self->attachments;
}

ZqDb *
zq_store_get_main_db (ZqStore *self)
{
  return self->main_db;
}
