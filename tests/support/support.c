/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"

#include <glib/gstdio.h>

static void
set_flag (gpointer data)
{
  *(gboolean *)data = TRUE;
}

gboolean
zq_test_wait_until (gboolean (*cond) (gpointer data), gpointer data, double seconds)
{
  g_autoptr (ZqClock) clock = zq_clock_new_system ();
  gboolean late = FALSE;
  guint alarm = zq_clock_alarm_in (clock, (gint64)(seconds * G_USEC_PER_SEC), set_flag, &late);

  while (!cond (data) && !late)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    zq_clock_cancel (clock, alarm);

  return cond (data);
}

static gboolean
flag_is_set (gpointer data)
{
  return *(const gboolean *)data;
}

gboolean
zq_test_wait_flag (const gboolean *flag, double seconds)
{
  return zq_test_wait_until (flag_is_set, (gpointer)flag, seconds);
}

typedef struct
{
  const guint *count;
  guint at_least;
} Count;

static gboolean
count_is_reached (gpointer data)
{
  const Count *wanted = data;

  return *wanted->count >= wanted->at_least;
}

gboolean
zq_test_wait_count (const guint *count, guint at_least, double seconds)
{
  Count wanted = { count, at_least };

  return zq_test_wait_until (count_is_reached, &wanted, seconds);
}

void
zq_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

ZqTestDir *
zq_test_temp_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("zq-test-XXXXXX", &error);

  g_assert_no_error (error);

  return path;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);
      remove_tree (below);
    }
  g_remove (path);
}

void
zq_test_dir_free (ZqTestDir *dir)
{
  if (dir == NULL)
    return;

  remove_tree (dir);
  g_free (dir);
}

char *
zq_test_dir_path (const ZqTestDir *dir, const char *name)
{
  return g_build_filename (dir, name, NULL);
}

void
zq_test_write (const ZqTestDir *dir, const char *name, const char *text)
{
  g_autofree char *path = zq_test_dir_path (dir, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

ZqClock *
zq_test_clock (void)
{
  return zq_clock_new_virtual (ZQ_TEST_START_US);
}

void
zq_test_advance (ZqClock *clock, gint64 by_us, gint64 step_us)
{
  while (by_us > 0)
    {
      gint64 step = MIN (by_us, step_us);

      zq_clock_advance (clock, step);
      zq_test_settle ();
      by_us -= step;
    }
}

char *
zq_test_shared_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "data", name, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&path) : NULL;
}
