/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <gio/gunixsocketaddress.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define FIRST_LINE_TIMEOUT_S 5
#define LINE_MAX_LENGTH      64

typedef struct _AlarmSource AlarmSource;

struct _ZqClock
{
  GObject parent_instance;

  /* constant */
  gboolean real; /* the system's clock; else it stands until it is told */

  /* owned; all below under the lock */
  GMutex lock;
  GHashTable *alarms; /* id → AlarmSource */
  guint last_id;
  gint64 offset;
  gint64 wall;      /* without the offset; when not real */
  gint64 monotonic; /* when not real */

  /* owned: the socket's; the context that made the clock */
  GSocket *socket;
  GSource *socket_source;
  GString *line;
};

enum
{
  SIGNAL_OFFSET_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ZqClock, zq_clock, G_TYPE_OBJECT)

/* The source of one alarm. Its weak reference lets a clock go while a dispatch is on its way in
 * another thread. */
struct _AlarmSource
{
  GSource source;

  GWeakRef clock;
  guint id;
  gboolean wall;
  gint64 due; /* wall: corrected instant; else monotonic */
  int timer;  /* timerfd of a wall alarm of the system's clock, or -1 */
  gpointer timer_tag;

  GSourceOnceFunc func;
  gpointer data;
};

static gint64
wall_locked (ZqClock *self)
{
  return (self->real ? g_get_real_time () : self->wall) + self->offset;
}

static gint64
monotonic_locked (ZqClock *self)
{
  return self->real ? g_get_monotonic_time () : self->monotonic;
}

static gboolean
is_due_locked (ZqClock *self, AlarmSource *alarm)
{
  return alarm->due <= (alarm->wall ? wall_locked (self) : monotonic_locked (self));
}

/* CLOCK_REALTIME with CANCEL_ON_SET: the alarm is right after a suspend and when somebody sets the
 * computer's clock, which a monotonic timeout would sleep through. */
static gboolean
arm_timer (AlarmSource *alarm, gint64 at_us)
{
  struct itimerspec when = { 0 };

  at_us = MAX (at_us, 1);
  when.it_value.tv_sec = at_us / G_USEC_PER_SEC;
  when.it_value.tv_nsec = (at_us % G_USEC_PER_SEC) * 1000;

  return timerfd_settime (alarm->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0;
}

static void
arm_locked (ZqClock *self, AlarmSource *alarm)
{
  GSource *source = (GSource *)alarm;

  if (is_due_locked (self, alarm))
    g_source_set_ready_time (source, 0);
  else if (!self->real)
    g_source_set_ready_time (source, -1);
  else if (!alarm->wall)
    g_source_set_ready_time (source, alarm->due);
  else if (alarm->timer >= 0 && arm_timer (alarm, alarm->due - self->offset))
    g_source_set_ready_time (source, -1);
  else
    g_source_set_ready_time (source, g_get_monotonic_time () + alarm->due - wall_locked (self));
}

static void
arm_all (ZqClock *self)
{
  GHashTableIter iter;
  gpointer alarm;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->alarms);
  while (g_hash_table_iter_next (&iter, NULL, &alarm))
    arm_locked (self, alarm);
  g_mutex_unlock (&self->lock);
}

/* Whether the alarm has to be called; then it is no longer the clock's. */
static gboolean
take_due (ZqClock *self, AlarmSource *alarm)
{
  gboolean take = FALSE;

  g_mutex_lock (&self->lock);
  if (g_hash_table_lookup (self->alarms, GUINT_TO_POINTER (alarm->id)) == alarm)
    {
      take = is_due_locked (self, alarm);
      if (take)
        g_hash_table_remove (self->alarms, GUINT_TO_POINTER (alarm->id));
      else
        arm_locked (self, alarm);
    }
  g_mutex_unlock (&self->lock);

  return take;
}

static gboolean
alarm_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  AlarmSource *alarm = (AlarmSource *)source;
  g_autoptr (ZqClock) self = g_weak_ref_get (&alarm->clock);
  guint64 expirations;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  /* ECANCELED (the computer's clock was set) is one more reason to look again, no failure. */
  if (alarm->timer >= 0 && read (alarm->timer, &expirations, sizeof expirations) < 0)
    expirations = 0;
  if (!take_due (self, alarm))
    return G_SOURCE_CONTINUE;

  alarm->func (alarm->data);

  return G_SOURCE_REMOVE;
}

static void
alarm_finalize (GSource *source)
{
  AlarmSource *alarm = (AlarmSource *)source;

  g_weak_ref_clear (&alarm->clock);
  if (alarm->timer >= 0)
    close (alarm->timer);
}

static GSourceFuncs alarm_funcs = { .dispatch = alarm_dispatch, .finalize = alarm_finalize };

static void
alarm_destroy (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

static AlarmSource *
alarm_new (ZqClock *self, gboolean wall, gint64 due, GSourceOnceFunc func, gpointer data)
{
  GSource *source = g_source_new (&alarm_funcs, sizeof (AlarmSource));
  AlarmSource *alarm = (AlarmSource *)source;

  g_source_set_static_name (source, "ZqClock alarm");
  g_weak_ref_init (&alarm->clock, self);
  alarm->wall = wall;
  alarm->due = due;
  alarm->func = func;
  alarm->data = data;
  alarm->timer = -1;
  if (self->real && wall)
    alarm->timer = timerfd_create (CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (alarm->timer >= 0)
    alarm->timer_tag = g_source_add_unix_fd (source, alarm->timer, G_IO_IN);

  return alarm;
}

static guint
add_alarm (ZqClock *self, gboolean wall, gint64 due, GSourceOnceFunc func, gpointer data)
{
  AlarmSource *alarm = alarm_new (self, wall, due, func, data);
  guint id;

  g_mutex_lock (&self->lock);
  do
    id = ++self->last_id;
  while (id == 0 || g_hash_table_contains (self->alarms, GUINT_TO_POINTER (id)));
  alarm->id = id;
  g_hash_table_insert (self->alarms, GUINT_TO_POINTER (id), alarm);
  arm_locked (self, alarm);
  g_source_attach ((GSource *)alarm, g_main_context_get_thread_default ());
  g_mutex_unlock (&self->lock);

  return id;
}

static void
zq_clock_finalize (GObject *object)
{
  ZqClock *self = ZQ_CLOCK (object);

  if (self->socket_source != NULL)
    g_source_destroy (self->socket_source);
  g_clear_pointer (&self->socket_source, g_source_unref);
  g_clear_object (&self->socket);
  if (self->line != NULL)
    g_string_free (self->line, TRUE);
  g_hash_table_unref (self->alarms);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (zq_clock_parent_class)->finalize (object);
}

static void
zq_clock_class_init (ZqClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_clock_finalize;

  signals[SIGNAL_OFFSET_CHANGED] =
      g_signal_new ("offset-changed", ZQ_TYPE_CLOCK, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_clock_init (ZqClock *self)
{
  g_mutex_init (&self->lock);
  self->alarms = g_hash_table_new_full (NULL, NULL, NULL, alarm_destroy);
}

ZqClock *
zq_clock_new_system (void)
{
  ZqClock *self = g_object_new (ZQ_TYPE_CLOCK, NULL);

  self->real = TRUE;

  return self;
}

ZqClock *
zq_clock_new_virtual (gint64 start_us)
{
  ZqClock *self = g_object_new (ZQ_TYPE_CLOCK, NULL);

  self->wall = start_us;

  return self;
}

static void
set_wall (ZqClock *self, gint64 wall_us)
{
  g_mutex_lock (&self->lock);
  self->monotonic += MAX (wall_us - self->wall, 0);
  self->wall = wall_us;
  g_mutex_unlock (&self->lock);
  arm_all (self);
}

/* Takes the whole lines that have come; FALSE when one of them is no number. */
static gboolean
take_lines (ZqClock *self, gint64 *wall_us, gboolean *any)
{
  char *end;

  while ((end = memchr (self->line->str, '\n', self->line->len)) != NULL)
    {
      *end = '\0';
      if (!g_ascii_string_to_signed (self->line->str, 10, G_MININT64, G_MAXINT64, wall_us, NULL))
        return FALSE;
      *any = TRUE;
      g_string_erase (self->line, 0, end - self->line->str + 1);
    }

  return self->line->len <= LINE_MAX_LENGTH;
}

/* Reads once; FALSE with @error when the other side has gone or talks nonsense. */
static gboolean
read_socket (ZqClock *self, gint64 *wall_us, gboolean *any, GError **error)
{
  char buffer[256];
  gssize got = g_socket_receive (self->socket, buffer, sizeof buffer, NULL, error);

  if (got < 0)
    return FALSE;
  if (got > 0)
    {
      g_string_append_len (self->line, buffer, got);
      if (take_lines (self, wall_us, any))
        return TRUE;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "The clock's socket ended or sent something that is no time");
  return FALSE;
}

static gboolean
on_socket (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (ZqClock) self = g_weak_ref_get (user_data);
  g_autoptr (GError) error = NULL;
  gboolean any = FALSE;
  gint64 wall_us = 0;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  if (!read_socket (self, &wall_us, &any, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return G_SOURCE_CONTINUE;
      g_info ("The clock stands still: %s", error->message);
      return G_SOURCE_REMOVE;
    }
  if (any)
    set_wall (self, wall_us);

  return G_SOURCE_CONTINUE;
}

static void
weak_ref_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
watch_socket (ZqClock *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  g_socket_set_blocking (self->socket, FALSE);
  self->socket_source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->socket_source, G_SOURCE_FUNC (on_socket), weak, weak_ref_free);
  g_source_attach (self->socket_source, g_main_context_get_thread_default ());
}

ZqClock *
zq_clock_new_from_socket (const char *path, GError **error)
{
  g_autoptr (ZqClock) self = g_object_new (ZQ_TYPE_CLOCK, NULL);
  g_autoptr (GSocketAddress) address = NULL;
  gboolean any = FALSE;

  g_return_val_if_fail (path != NULL, NULL);

  self->line = g_string_new (NULL);
  self->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  if (self->socket == NULL)
    return NULL;

  address = g_unix_socket_address_new (path);
  g_socket_set_timeout (self->socket, FIRST_LINE_TIMEOUT_S);
  if (!g_socket_connect (self->socket, address, NULL, error))
    return NULL;
  while (!any)
    {
      if (!read_socket (self, &self->wall, &any, error))
        return NULL;
    }
  g_socket_set_timeout (self->socket, 0);
  watch_socket (self);

  return g_steal_pointer (&self);
}

gint64
zq_clock_now (ZqClock *self)
{
  gint64 now;

  g_return_val_if_fail (ZQ_IS_CLOCK (self), 0);

  g_mutex_lock (&self->lock);
  now = wall_locked (self);
  g_mutex_unlock (&self->lock);

  return now;
}

gint64
zq_clock_monotonic (ZqClock *self)
{
  gint64 now;

  g_return_val_if_fail (ZQ_IS_CLOCK (self), 0);

  g_mutex_lock (&self->lock);
  now = monotonic_locked (self);
  g_mutex_unlock (&self->lock);

  return now;
}

gint64
zq_clock_stopwatch (void)
{
  return g_get_monotonic_time ();
}

void
zq_clock_set_server_offset (ZqClock *self, gint64 offset_us)
{
  gint64 before;

  g_return_if_fail (ZQ_IS_CLOCK (self));

  g_mutex_lock (&self->lock);
  before = self->offset;
  self->offset = offset_us;
  g_mutex_unlock (&self->lock);
  arm_all (self);
  if (before != offset_us)
    g_signal_emit (self, signals[SIGNAL_OFFSET_CHANGED], 0);
}

gint64
zq_clock_get_server_offset (ZqClock *self)
{
  gint64 offset;

  g_return_val_if_fail (ZQ_IS_CLOCK (self), 0);

  g_mutex_lock (&self->lock);
  offset = self->offset;
  g_mutex_unlock (&self->lock);

  return offset;
}

void
zq_clock_advance (ZqClock *self, gint64 by_us)
{
  g_return_if_fail (ZQ_IS_CLOCK (self));
  g_return_if_fail (!self->real);
  g_return_if_fail (by_us >= 0);

  g_mutex_lock (&self->lock);
  self->wall += by_us;
  self->monotonic += by_us;
  g_mutex_unlock (&self->lock);
  arm_all (self);
}

guint
zq_clock_alarm (ZqClock *self, gint64 at_us, GSourceOnceFunc func, gpointer data)
{
  g_return_val_if_fail (ZQ_IS_CLOCK (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  return add_alarm (self, TRUE, at_us, func, data);
}

/* A delay is measured by the monotonic clock: setting the computer's time back must not keep a draft
 * from being saved. */
guint
zq_clock_alarm_in (ZqClock *self, gint64 delay_us, GSourceOnceFunc func, gpointer data)
{
  g_return_val_if_fail (ZQ_IS_CLOCK (self), 0);
  g_return_val_if_fail (func != NULL, 0);

  return add_alarm (self, FALSE, zq_clock_monotonic (self) + MAX (delay_us, 0), func, data);
}

void
zq_clock_cancel (ZqClock *self, guint id)
{
  g_return_if_fail (ZQ_IS_CLOCK (self));

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->alarms, GUINT_TO_POINTER (id));
  g_mutex_unlock (&self->lock);
}

void
zq_clock_clear (ZqClock *self, guint *id)
{
  g_return_if_fail (id != NULL);

  if (*id != 0)
    zq_clock_cancel (self, *id);
  *id = 0;
}
