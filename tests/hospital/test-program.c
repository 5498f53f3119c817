/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/support.h"

#include <signal.h>
#include <string.h>

/* Runs the program to its end; what it said is in @out and @err. */
static int
run (char **out, char **err, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  const char *argument;
  va_list arguments;

  g_ptr_array_add (argv, (gpointer)g_getenv ("ZQ_HOSPITAL"));
  va_start (arguments, err);
  while ((argument = va_arg (arguments, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer)argument);
  va_end (arguments);
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_newv ((const char *const *)argv->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, out, err, &error);
  g_assert_no_error (error);

  return g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
}

static void
test_bad_arguments (void)
{
  static const char *const cases[][2] = { { "--listen", "nowhere" },      { "--listen", "127.0.0.1:99999" },
                                          { "--listen", "localhost:80" }, { "--seed", "other" },
                                          { "--colour", "red" },          { "file.json", NULL },
                                          { "--token-lifetime", "-1" } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = NULL, *err = NULL;

      g_test_message ("%s", cases[i][0]);
      g_assert_cmpint (run (&out, &err, cases[i][0], cases[i][1], NULL), ==, 2);
      g_assert_cmpstr (out, ==, "");
      g_assert_true (g_str_has_prefix (err, "zhenqiao-hospital: "));
    }
}

static void
test_missing_import (void)
{
  g_autofree char *out = NULL, *err = NULL;

  g_assert_cmpint (run (&out, &err, "--import", "/nonexistent/bundle.json", NULL), ==, 1);
  g_assert_nonnull (strstr (err, "bundle.json"));
}

static GSubprocess *
start (const char *data, char **line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) stream = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, g_getenv ("ZQ_HOSPITAL"), "--listen",
                                           "127.0.0.1:0", "--data", data, "--seed", "demo", NULL);

  g_assert_no_error (error);
  stream = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  *line = g_data_input_stream_read_line (stream, NULL, NULL, &error);
  g_assert_no_error (error);

  return process;
}

static void
test_starts_and_ends (void)
{
  g_autoptr (ZqTestDir) dir = zq_test_temp_dir ();
  g_autofree char *path = zq_test_dir_path (dir, "data");

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *line = NULL;
      g_autoptr (GSubprocess) process = start (path, &line);
      g_autoptr (GError) error = NULL;

      g_assert_true (g_regex_match_simple ("^listening http://127\\.0\\.0\\.1:[0-9]+/fhir$", line, 0, 0));
      g_subprocess_send_signal (process, i == 0 ? SIGTERM : SIGINT);
      g_subprocess_wait_check (process, NULL, &error);
      g_assert_no_error (error);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hospital/program/bad-arguments-exit-2", test_bad_arguments);
  g_test_add_func ("/hospital/program/missing-import-exits-1", test_missing_import);
  g_test_add_func ("/hospital/program/says-where-and-ends-clean", test_starts_and_ends);

  return g_test_run ();
}
