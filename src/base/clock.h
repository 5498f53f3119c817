/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define ZQ_TYPE_CLOCK (zq_clock_get_type ())
G_DECLARE_FINAL_TYPE (ZqClock, zq_clock, ZQ, CLOCK, GObject)

/**
 * ZqClock:
 *
 * The only source of time. Instants are microseconds since 1970 UTC, corrected by what is known of
 * the server's clock; a virtual clock moves only when told, so that tests and several processes can
 * share one. Reading is thread-safe; alarms belong to the main context in which they were set.
 */
ZqClock *zq_clock_new_system (void);

/* A clock that stands at @start_us until zq_clock_advance() moves it. */
ZqClock *zq_clock_new_virtual (gint64 start_us);

/* A clock driven from outside: a line "<microseconds>\n" read on the Unix socket @path sets it. The
 * first line is read before this returns. */
ZqClock *zq_clock_new_from_socket (const char *path, GError **error);

/* Now, in microseconds UTC. */
gint64 zq_clock_now (ZqClock *self);

/* Microseconds that never step back; only differences mean something. */
gint64 zq_clock_monotonic (ZqClock *self);

/* Real microseconds, whatever clock drives the program: to measure how long work takes, never to decide. */
gint64 zq_clock_stopwatch (void);

/* Tells what has to be added to this computer's time to have the server's. Signal "offset-changed", in the
 * caller's thread, when that is something else than before: instants that were kept may lie elsewhere now. */
void zq_clock_set_server_offset (ZqClock *self, gint64 offset_us);
gint64 zq_clock_get_server_offset (ZqClock *self);

/* Moves a virtual clock; due alarms run in the contexts that set them. */
void zq_clock_advance (ZqClock *self, gint64 by_us);

/**
 * zq_clock_alarm:
 * @at_us: instant (wall); one that is past fires at the next iteration
 *
 * Calls @func once in the caller's thread-default main context. Owned by the clock.
 *
 * Returns: an id for zq_clock_cancel(), never 0
 */
guint zq_clock_alarm (ZqClock *self, gint64 at_us, GSourceOnceFunc func, gpointer data);
guint zq_clock_alarm_in (ZqClock *self, gint64 delay_us, GSourceOnceFunc func, gpointer data);
void zq_clock_cancel (ZqClock *self, guint id);

/* Cancels the alarm that *@id names, if any, and sets it to 0. */
void zq_clock_clear (ZqClock *self, guint *id);

G_END_DECLS
