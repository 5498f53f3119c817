/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "call/probe-private.h"

G_DEFINE_FINAL_TYPE (ZqCallProbe, zq_call_probe, G_TYPE_OBJECT)

enum
{
  CHANGED,
  LEVEL,
  DONE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- from GStreamer's threads to ours ----------------------------------------------------------- */

typedef struct
{
  GWeakRef probe;
  ZqProbeItem item;
  int generation;
  ZqProbeFunc func;
  double number;
  char *text;
} Hop;

static void
hop_free (gpointer data)
{
  Hop *self = data;

  g_weak_ref_clear (&self->probe);
  g_free (self->text);
  g_free (self);
}

static gboolean
hop_run (gpointer data)
{
  Hop *self = data;
  g_autoptr (ZqCallProbe) probe = g_weak_ref_get (&self->probe);

  if (probe != NULL && g_atomic_int_get (&probe->generations[self->item]) == self->generation)
    self->func (probe, self->number, self->text);

  return G_SOURCE_REMOVE;
}

void
zq_call_probe_hop (ZqCallProbe *self, ZqProbeItem item, ZqProbeFunc func, double number, const char *text)
{
  Hop *hop = g_new0 (Hop, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_weak_ref_init (&hop->probe, self);
  hop->item = item;
  hop->generation = g_atomic_int_get (&self->generations[item]);
  hop->func = func;
  hop->number = number;
  hop->text = g_strdup (text);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, hop_run, hop, hop_free);
  g_source_attach (source, self->context);
}

/* --- waiting ------------------------------------------------------------------------------------ */

typedef struct
{
  ZqCallProbe *probe; /* borrowed: the alarm goes before it */
  ZqProbeItem item;
  void (*func) (ZqCallProbe *self);
} Wait;

static void
on_waited (gpointer data)
{
  g_autofree Wait *wait = data;
  g_autoptr (ZqCallProbe) self = g_object_ref (wait->probe);

  self->alarms[wait->item] = 0;
  self->waits[wait->item] = NULL;
  wait->func (self);
}

static void
forget (ZqCallProbe *self, ZqProbeItem item)
{
  zq_clock_clear (self->clock, &self->alarms[item]);
  g_clear_pointer (&self->waits[item], g_free);
}

void
zq_call_probe_wait (ZqCallProbe *self, ZqProbeItem item, gint64 delay, void (*func) (ZqCallProbe *self))
{
  Wait *wait = g_new (Wait, 1);

  forget (self, item);
  *wait = (Wait){ self, item, func };
  self->waits[item] = wait;
  self->alarms[item] = zq_clock_alarm_in (self->clock, delay, on_waited, wait);
}

/* --- pipelines ---------------------------------------------------------------------------------- */

double
zq_call_probe_read_level (GstMessage *message, const char *field)
{
  const GValue *list = gst_structure_get_value (gst_message_get_structure (message), field);
  double level = -100;
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS
  GValueArray *values = list != NULL && G_VALUE_HOLDS (list, G_TYPE_VALUE_ARRAY) ? g_value_get_boxed (list) : NULL;
  G_GNUC_END_IGNORE_DEPRECATIONS

  for (guint i = 0; values != NULL && i < values->n_values; i++)
    level = MAX (level, g_value_get_double (values->values + i));

  return MIN (level, 0);
}

static void
on_error (ZqCallProbe *self, double number, const char *code)
{
  ZqProbeItem item = (ZqProbeItem)number;

  zq_call_probe_close (&self->pipelines[item]);
  if (item == ZQ_PROBE_SPEAKER)
    zq_call_probe_close (&self->monitor);
  zq_call_probe_conclude (self, item, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, g_intern_string (code));
}

static const char *
read_error (GstMessage *message)
{
  g_autoptr (GError) error = NULL;

  gst_message_parse_error (message, &error, NULL);
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY))
    return "busy";
  if (g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_AUTHORIZED) ||
      g_error_matches (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE))
    return "denied";

  return "dead";
}

static GstBusSyncReply
on_bus (GstBus *bus, GstMessage *message, gpointer data)
{
  ZqCallProbe *self = data;
  ZqProbeItem item = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (bus), "zq-item"));

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    zq_call_probe_hop (self, item, on_error, item, read_error (message));
  else
    zq_call_probe_take_message (self, item, message);
  gst_message_unref (message);

  return GST_BUS_DROP;
}

static GstElement *
build (GstElement *first, const char *middle, GstElement *last)
{
  GstElement *pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  GstElement *bin = gst_parse_bin_from_description (middle, TRUE, NULL);
  gboolean is_built;

  gst_bin_add (GST_BIN (pipeline), first);
  if (last != NULL)
    gst_bin_add (GST_BIN (pipeline), last);
  if (bin != NULL)
    gst_bin_add (GST_BIN (pipeline), bin);
  is_built = bin != NULL && gst_element_link (first, bin) && (last == NULL || gst_element_link (bin, last));
  if (!is_built)
    g_clear_pointer (&pipeline, gst_object_unref);

  return pipeline;
}

gboolean
zq_call_probe_run (ZqCallProbe *self, ZqProbeItem item, GstElement *first, const char *middle, GstElement *last)
{
  g_autoptr (GstBus) bus = NULL;

  self->pipelines[item] = build (first, middle, last);
  if (self->pipelines[item] == NULL)
    {
      zq_call_probe_conclude (self, item, ZQ_PROBE_FAIL, ZQ_PROBE_COMPUTER, "dead");
      return FALSE;
    }
  bus = gst_element_get_bus (self->pipelines[item]);
  g_object_set_data (G_OBJECT (bus), "zq-item", GUINT_TO_POINTER (item));
  gst_bus_set_sync_handler (bus, on_bus, self, NULL);

  return TRUE;
}

void
zq_call_probe_close (GstElement **pipeline)
{
  g_autoptr (GstElement) own = g_steal_pointer (pipeline);
  g_autoptr (GstBus) bus = NULL;

  if (own == NULL)
    return;
  gst_element_set_state (own, GST_STATE_NULL);
  bus = gst_element_get_bus (own);
  gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
}

/* --- results ------------------------------------------------------------------------------------ */

gboolean
zq_call_probe_is_running (ZqCallProbe *self)
{
  for (guint i = 0; i < ZQ_PROBE_N_ITEMS; i++)
    if (self->results[i].verdict == ZQ_PROBE_RUNNING)
      return TRUE;

  return FALSE;
}

void
zq_call_probe_conclude (ZqCallProbe *self, ZqProbeItem item, ZqProbeVerdict verdict, ZqProbeSide side, const char *code)
{
  g_autoptr (ZqCallProbe) alive = g_object_ref (self);
  gboolean was_running = zq_call_probe_is_running (self);

  forget (self, item);
  self->results[item].verdict = verdict;
  self->results[item].side = side;
  self->results[item].code = code;
  g_signal_emit (self, signals[CHANGED], 0, (guint)item);
  if (was_running && !zq_call_probe_is_running (self))
    g_signal_emit (self, signals[DONE], 0);
}

void
zq_call_probe_tell_level (ZqCallProbe *self, double level)
{
  g_signal_emit (self, signals[LEVEL], 0, level);
}

const ZqProbeResult *
zq_call_probe_get (ZqCallProbe *self, ZqProbeItem item)
{
  return &self->results[item];
}

/* --- beginning and ending ----------------------------------------------------------------------- */

static void
end (ZqCallProbe *self, ZqProbeItem item)
{
  g_atomic_int_inc (&self->generations[item]);
  forget (self, item);
  if (item == ZQ_PROBE_SPEAKER)
    zq_call_probe_close (&self->monitor);
  if (item == ZQ_PROBE_RELAY)
    zq_call_probe_end_relay (self);
  zq_call_probe_close (&self->pipelines[item]);
  if (self->results[item].verdict == ZQ_PROBE_RUNNING)
    self->results[item] = (ZqProbeResult){ .verdict = ZQ_PROBE_NONE };
}

static void
begin (ZqCallProbe *self, ZqProbeItem item)
{
  void (*const begins[]) (ZqCallProbe *) = {
    zq_call_probe_begin_camera,   zq_call_probe_begin_microphone, zq_call_probe_begin_speaker,
    zq_call_probe_begin_hospital, zq_call_probe_begin_speed,      zq_call_probe_begin_relay,
  };

  end (self, item);
  self->results[item] = (ZqProbeResult){ .verdict = ZQ_PROBE_RUNNING };
  self->begun[item] = zq_clock_monotonic (self->clock);
  g_signal_emit (self, signals[CHANGED], 0, (guint)item);
  begins[item](self);
}

void
zq_call_probe_again (ZqCallProbe *self, ZqProbeItem item)
{
  g_autoptr (ZqCallProbe) alive = g_object_ref (self);

  /* What is known of the line comes first, the rest after it. */
  if (item == ZQ_PROBE_SPEED || item == ZQ_PROBE_RELAY)
    item = ZQ_PROBE_HOSPITAL;
  if (item != ZQ_PROBE_HOSPITAL)
    {
      begin (self, item);
      return;
    }
  if (self->signalling == NULL)
    return;
  for (ZqProbeItem later = ZQ_PROBE_SPEED; later <= ZQ_PROBE_RELAY; later++)
    {
      end (self, later);
      self->results[later] = (ZqProbeResult){ .verdict = ZQ_PROBE_RUNNING };
      g_signal_emit (self, signals[CHANGED], 0, (guint)later);
    }
  begin (self, item);
}

void
zq_call_probe_go_on (ZqCallProbe *self)
{
  g_autoptr (ZqCallProbe) alive = g_object_ref (self);
  ZqProbeVerdict verdict = self->results[ZQ_PROBE_HOSPITAL].verdict;

  for (ZqProbeItem later = ZQ_PROBE_SPEED; later <= ZQ_PROBE_RELAY; later++)
    if (verdict == ZQ_PROBE_FAIL)
      zq_call_probe_conclude (self, later, ZQ_PROBE_NONE, ZQ_PROBE_NOBODY, NULL);
    else
      begin (self, later);
}

void
zq_call_probe_start (ZqCallProbe *self)
{
  g_autoptr (ZqCallProbe) alive = g_object_ref (self);

  zq_call_probe_stop (self);
  zq_call_probe_again (self, ZQ_PROBE_HOSPITAL);
  zq_call_probe_again (self, ZQ_PROBE_CAMERA);
  zq_call_probe_again (self, ZQ_PROBE_MICROPHONE);
}

void
zq_call_probe_heard (ZqCallProbe *self, gboolean heard)
{
  zq_call_probe_conclude (self, ZQ_PROBE_SPEAKER, heard ? ZQ_PROBE_PASS : ZQ_PROBE_FAIL,
                          heard ? ZQ_PROBE_NOBODY : ZQ_PROBE_COMPUTER, heard ? "heard" : "not-heard");
}

void
zq_call_probe_stop (ZqCallProbe *self)
{
  for (guint i = 0; i < ZQ_PROBE_N_ITEMS; i++)
    end (self, i);
}

void
zq_call_probe_set_preview (ZqCallProbe *self, ZqCallSampleFunc func, gpointer data)
{
  self->preview = func;
  self->preview_data = data;
}

/* --- object ------------------------------------------------------------------------------------- */

static void
zq_call_probe_dispose (GObject *object)
{
  ZqCallProbe *self = ZQ_CALL_PROBE (object);

  if (self->clock != NULL)
    zq_call_probe_stop (self);
  if (self->signalling != NULL)
    g_signal_handlers_disconnect_by_data (self->signalling, self);
  g_clear_object (&self->signalling);
  g_clear_object (&self->devices);
  g_clear_object (&self->clock);
  G_OBJECT_CLASS (zq_call_probe_parent_class)->dispose (object);
}

static void
zq_call_probe_finalize (GObject *object)
{
  ZqCallProbe *self = ZQ_CALL_PROBE (object);

  g_main_context_unref (self->context);
  G_OBJECT_CLASS (zq_call_probe_parent_class)->finalize (object);
}

static void
zq_call_probe_class_init (ZqCallProbeClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_call_probe_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_call_probe_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[LEVEL] = g_signal_new ("level", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_call_probe_init (ZqCallProbe *self)
{
  self->context = g_main_context_ref_thread_default ();
}

ZqCallProbe *
zq_call_probe_new (const ZqCallProbeConfig *config)
{
  ZqCallProbe *self = g_object_new (ZQ_TYPE_CALL_PROBE, NULL);

  self->devices = g_object_ref (config->devices);
  self->clock = g_object_ref (config->clock);
  if (config->signalling != NULL)
    {
      self->signalling = g_object_ref (config->signalling);
      zq_call_probe_listen (self);
    }

  return self;
}
