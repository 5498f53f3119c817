/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/devices-private.h"

typedef struct
{
  ZqCallDeviceInfo info;
  GstDevice *device; /* NULL: a test device */
} Device;

struct _ZqCallDevices
{
  GObject parent_instance;

  /* owned */
  GCancellable *cancellable; /* of the looking */
  GstDeviceMonitor *monitor; /* NULL: still looking, or test devices */
  GSource *watch;
  GPtrArray *lists[ZQ_CALL_N_DEVICES]; /* of Device */
  char *current[ZQ_CALL_N_DEVICES];    /* id */
  char *words[ZQ_CALL_N_DEVICES];      /* of the current one, for when it is gone */

  ZqCallMemory memory;
  gboolean is_ready;
};

G_DEFINE_FINAL_TYPE (ZqCallDevices, zq_call_devices, G_TYPE_OBJECT)

enum
{
  READY,
  CHANGED,
  SWITCHED,
  LOST,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- lists -------------------------------------------------------------------------------------- */

static void
device_free (gpointer data)
{
  Device *self = data;

  g_free (self->info.id);
  g_free (self->info.words);
  g_clear_object (&self->device);
  g_free (self);
}

static Device *
find (GPtrArray *list, const char *id)
{
  for (guint i = 0; id != NULL && i < list->len; i++)
    {
      Device *device = g_ptr_array_index (list, i);

      if (g_str_equal (device->info.id, id))
        return device;
    }

  return NULL;
}

/* Two of one name, as two nodes of one camera: the second has to be called something else. */
static void
add_device (GPtrArray *list, GstDevice *gst, char *id, char *words, gboolean is_default)
{
  g_autofree char *own = id;
  Device *device = g_new0 (Device, 1);

  device->info.id = g_strdup (own);
  for (guint number = 2; find (list, device->info.id) != NULL; number++)
    {
      g_free (device->info.id);
      device->info.id = g_strdup_printf ("%s#%u", own, number);
    }
  device->info.words = words;
  device->info.is_default = is_default;
  device->device = gst != NULL ? g_object_ref (gst) : NULL;
  g_ptr_array_add (list, device);
}

static void
sort_in (GPtrArray **lists, GstDevice *device)
{
  static const char *const CLASSES[] = { "Video/Source", "Audio/Source", "Audio/Sink" };

  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    if (gst_device_has_classes (device, CLASSES[kind]) &&
        !(kind == ZQ_CALL_MICROPHONE && zq_call_device_is_monitor (device)))
      add_device (lists[kind], device, zq_call_device_make_id (device), gst_device_get_display_name (device),
                  zq_call_device_is_default (device));
}

static void
read_lists (ZqCallDevices *self, GPtrArray **lists)
{
  guint n = 0;
  const ZqCallTestDevice *tests = self->monitor == NULL ? zq_call_test_devices (&n) : NULL;
  GList *devices = self->monitor != NULL ? gst_device_monitor_get_devices (self->monitor) : NULL;

  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    lists[kind] = g_ptr_array_new_with_free_func (device_free);
  for (guint i = 0; i < n; i++)
    add_device (lists[tests[i].kind], NULL, g_strdup (tests[i].id), g_strdup (tests[i].words), FALSE);
  for (GList *l = devices; l != NULL; l = l->next)
    sort_in (lists, l->data);
  g_list_free_full (devices, g_object_unref);
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      Device *one = g_ptr_array_index (a, i), *other = g_ptr_array_index (b, i);

      if (!g_str_equal (one->info.id, other->info.id) || !g_str_equal (one->info.words, other->info.words) ||
          one->info.is_default != other->info.is_default)
        return FALSE;
    }

  return TRUE;
}

/* --- which one ---------------------------------------------------------------------------------- */

/* The doctor's choice; then what is in use, for nothing changes under a call without need; then the system's. */
static Device *
decide (ZqCallDevices *self, ZqCallDevice kind)
{
  GPtrArray *list = self->lists[kind];
  g_autofree char *chosen = self->memory.get != NULL ? self->memory.get (kind, self->memory.data) : NULL;
  Device *device = find (list, chosen);

  if (device == NULL)
    device = find (list, self->current[kind]);
  for (guint i = 0; device == NULL && i < list->len; i++)
    if (((Device *)g_ptr_array_index (list, i))->info.is_default)
      device = g_ptr_array_index (list, i);
  if (device == NULL && list->len > 0)
    device = g_ptr_array_index (list, 0);

  return device;
}

static gboolean
settle (ZqCallDevices *self, ZqCallDevice kind)
{
  g_autofree char *before = g_strdup (self->current[kind]), *gone = g_strdup (self->words[kind]);
  Device *device = decide (self, kind);

  if (g_strcmp0 (before, device != NULL ? device->info.id : NULL) == 0)
    return FALSE;
  g_free (self->current[kind]);
  self->current[kind] = device != NULL ? g_strdup (device->info.id) : NULL;
  g_free (self->words[kind]);
  self->words[kind] = device != NULL ? g_strdup (device->info.words) : NULL;
  g_signal_emit (self, signals[SWITCHED], 0, (guint)kind);
  if (before != NULL && find (self->lists[kind], before) == NULL)
    g_signal_emit (self, signals[LOST], 0, (guint)kind, gone, self->words[kind]);

  return TRUE;
}

static void
look_again (ZqCallDevices *self)
{
  g_autoptr (ZqCallDevices) alive = g_object_ref (self);
  GPtrArray *lists[ZQ_CALL_N_DEVICES], *old[ZQ_CALL_N_DEVICES];
  gboolean has_changed = FALSE;

  read_lists (self, lists);
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    {
      has_changed |= !is_same (self->lists[kind], lists[kind]);
      old[kind] = self->lists[kind];
      self->lists[kind] = lists[kind];
    }
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    has_changed |= settle (self, kind);
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    g_ptr_array_unref (old[kind]);
  if (has_changed)
    g_signal_emit (self, signals[CHANGED], 0);
}

/* --- looking ------------------------------------------------------------------------------------ */

static gboolean
on_message (GstBus *bus, GstMessage *message, gpointer data)
{
  ZqCallDevices *self = data;
  GstMessageType type = GST_MESSAGE_TYPE (message);

  if (type == GST_MESSAGE_DEVICE_ADDED || type == GST_MESSAGE_DEVICE_REMOVED || type == GST_MESSAGE_DEVICE_CHANGED)
    look_again (self);

  return G_SOURCE_CONTINUE;
}

static void
monitor_free (gpointer data)
{
  gst_device_monitor_stop (data);
  gst_object_unref (data);
}

static void
look_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GstDeviceMonitor *monitor;

  gst_init (NULL, NULL);
  monitor = gst_device_monitor_new ();
  gst_device_monitor_add_filter (monitor, "Video/Source", NULL);
  gst_device_monitor_add_filter (monitor, "Audio/Source", NULL);
  gst_device_monitor_add_filter (monitor, "Audio/Sink", NULL);
  gst_device_monitor_start (monitor);
  g_task_return_pointer (task, monitor, monitor_free);
}

static void
become_ready (ZqCallDevices *self)
{
  g_autoptr (ZqCallDevices) alive = g_object_ref (self);

  self->is_ready = TRUE;
  look_again (self);
  g_signal_emit (self, signals[READY], 0);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GstBus) bus = NULL;
  GstDeviceMonitor *monitor = g_task_propagate_pointer (G_TASK (result), NULL);
  ZqCallDevices *self = data;

  if (monitor == NULL) /* cancelled: @self is gone */
    return;
  self->monitor = monitor;
  bus = gst_device_monitor_get_bus (monitor);
  self->watch = gst_bus_create_watch (bus);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (on_message), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
  become_ready (self);
}

static gboolean
on_tests (gpointer data)
{
  become_ready (data);

  return G_SOURCE_REMOVE;
}

static void
begin (ZqCallDevices *self)
{
  if (g_strcmp0 (g_getenv ("ZHENQIAO_CALL_TEST"), "1") == 0)
    {
      gst_init (NULL, NULL);
      self->watch = g_idle_source_new ();
      g_source_set_callback (self->watch, on_tests, self, NULL);
      g_source_attach (self->watch, g_main_context_get_thread_default ());
    }
  else
    {
      g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_looked, self);

      g_task_run_in_thread (task, look_thread);
    }
}

/* --- asked -------------------------------------------------------------------------------------- */

gboolean
zq_call_devices_is_ready (ZqCallDevices *self)
{
  return self->is_ready;
}

GPtrArray *
zq_call_devices_list (ZqCallDevices *self, ZqCallDevice kind)
{
  return self->lists[kind];
}

const ZqCallDeviceInfo *
zq_call_devices_get_current (ZqCallDevices *self, ZqCallDevice kind)
{
  Device *device = find (self->lists[kind], self->current[kind]);

  return device != NULL ? &device->info : NULL;
}

gboolean
zq_call_devices_choose (ZqCallDevices *self, ZqCallDevice kind, const char *id)
{
  g_autoptr (ZqCallDevices) alive = g_object_ref (self);
  Device *device = find (self->lists[kind], id);

  if (device == NULL)
    return FALSE;
  if (self->memory.set != NULL)
    self->memory.set (kind, id, self->memory.data);
  if (g_strcmp0 (self->current[kind], id) == 0)
    return TRUE;
  g_free (self->current[kind]);
  self->current[kind] = g_strdup (device->info.id);
  g_free (self->words[kind]);
  self->words[kind] = g_strdup (device->info.words);
  g_signal_emit (self, signals[SWITCHED], 0, (guint)kind);
  g_signal_emit (self, signals[CHANGED], 0);

  return TRUE;
}

GstElement *
zq_call_devices_make (ZqCallDevices *self, ZqCallDevice kind)
{
  Device *device = find (self->lists[kind], self->current[kind]);

  if (device == NULL)
    return NULL;
  if (device->device == NULL)
    return zq_call_test_device_make (device->info.id);

  return zq_call_device_make_element (device->device, kind);
}

GstElement *
zq_call_devices_make_monitor (ZqCallDevices *self)
{
  Device *device = find (self->lists[ZQ_CALL_SPEAKER], self->current[ZQ_CALL_SPEAKER]);

  return device != NULL && device->device != NULL ? zq_call_device_make_monitor (device->device) : NULL;
}

static GstElement *
make_camera (gpointer data)
{
  return zq_call_devices_make (data, ZQ_CALL_CAMERA);
}

static GstElement *
make_microphone (gpointer data)
{
  return zq_call_devices_make (data, ZQ_CALL_MICROPHONE);
}

static GstElement *
make_speaker (gpointer data)
{
  return zq_call_devices_make (data, ZQ_CALL_SPEAKER);
}

ZqCallSources
zq_call_devices_get_sources (ZqCallDevices *self)
{
  return (ZqCallSources){ make_camera, make_microphone, make_speaker, self };
}

/* --- object ------------------------------------------------------------------------------------- */

static void
zq_call_devices_dispose (GObject *object)
{
  ZqCallDevices *self = ZQ_CALL_DEVICES (object);

  g_cancellable_cancel (self->cancellable);
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
  g_clear_pointer (&self->monitor, monitor_free);
  G_OBJECT_CLASS (zq_call_devices_parent_class)->dispose (object);
}

static void
zq_call_devices_finalize (GObject *object)
{
  ZqCallDevices *self = ZQ_CALL_DEVICES (object);

  g_clear_object (&self->cancellable);
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    {
      g_ptr_array_unref (self->lists[kind]);
      g_free (self->current[kind]);
      g_free (self->words[kind]);
    }
  G_OBJECT_CLASS (zq_call_devices_parent_class)->finalize (object);
}

static void
zq_call_devices_class_init (ZqCallDevicesClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_call_devices_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_call_devices_finalize;
  signals[READY] = g_signal_new ("ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SWITCHED] =
      g_signal_new ("switched", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LOST] = g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT,
                                G_TYPE_STRING, G_TYPE_STRING);
}

static void
zq_call_devices_init (ZqCallDevices *self)
{
  self->cancellable = g_cancellable_new ();
  for (guint kind = 0; kind < ZQ_CALL_N_DEVICES; kind++)
    self->lists[kind] = g_ptr_array_new_with_free_func (device_free);
}

ZqCallDevices *
zq_call_devices_new (const ZqCallMemory *memory)
{
  ZqCallDevices *self = g_object_new (ZQ_TYPE_CALL_DEVICES, NULL);

  if (memory != NULL)
    self->memory = *memory;
  begin (self);

  return self;
}
