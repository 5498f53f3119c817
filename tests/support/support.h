/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where virtual clocks of tests start: 2026-11-22T02:00:00Z, 10 in the morning in Shanghai. */
#define ZQ_TEST_START_US  (G_GINT64_CONSTANT (1795312800) * G_USEC_PER_SEC)
#define ZQ_TEST_MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)

/* Iterates the default main context until @cond holds; FALSE when it did not within @seconds of real
 * time. */
gboolean zq_test_wait_until (gboolean (*cond) (gpointer data), gpointer data, double seconds);

/* The same for the usual conditions. */
gboolean zq_test_wait_flag (const gboolean *flag, double seconds);
gboolean zq_test_wait_count (const guint *count, guint at_least, double seconds);

/* Iterates the default main context until nothing is pending. */
void zq_test_settle (void);

/* A fresh folder, mode 0700; it goes with its contents at the end of the scope:
 * g_autoptr (ZqTestDir) dir = zq_test_temp_dir (); */
typedef char ZqTestDir;
ZqTestDir *zq_test_temp_dir (void);
void zq_test_dir_free (ZqTestDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ZqTestDir, zq_test_dir_free)

/* The path of @name in @dir. (transfer full) */
char *zq_test_dir_path (const ZqTestDir *dir, const char *name);
void zq_test_write (const ZqTestDir *dir, const char *name, const char *text);

/* A virtual clock that stands at ZQ_TEST_START_US. */
ZqClock *zq_test_clock (void);

/* Moves @clock in steps no longer than @step_us and settles after each, so that alarms that set
 * further alarms run as they would in real time. */
void zq_test_advance (ZqClock *clock, gint64 by_us, gint64 step_us);

/* The folder of test data beside the project's own ("labs", "edge", "synthea"), or NULL where it is
 * not there: then skip. (transfer full) */
char *zq_test_shared_data (const char *name);

/* Drops a reference and asserts that it was the last one. */
#define zq_test_last_unref(object)                                                                                     \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    gpointer _gone = (object);                                                                                         \
    g_object_add_weak_pointer (G_OBJECT (_gone), &_gone);                                                              \
    g_object_unref (_gone);                                                                                            \
    g_assert_null (_gone);                                                                                             \
  }                                                                                                                    \
  G_STMT_END

G_END_DECLS
