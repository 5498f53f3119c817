/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hospital/hospital.h"
#include "resource/json.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>

#define EXIT_USAGE 2

typedef struct
{
  char *listen;
  char *data;
  char *seed;
  char **imports;
  char **rest;
  char *clock_socket;
  char *turn, *turn_secret;
  char *recording, *recorded_by;
  int token_lifetime;
  gboolean auto_approve;
  gboolean faults;
  gboolean verbose;
  int arrival; /* seconds; 0: none */
} Arguments;

static void
arguments_clear (Arguments *self)
{
  g_free (self->listen);
  g_free (self->data);
  g_free (self->seed);
  g_strfreev (self->imports);
  g_strfreev (self->rest);
  g_free (self->clock_socket);
  g_free (self->turn);
  g_free (self->turn_secret);
  g_free (self->recording);
  g_free (self->recorded_by);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static gboolean
arguments_read (Arguments *self, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &self->listen, "Address to listen at (127.0.0.1:0: a free port)",
      "ADDRESS:PORT" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &self->data, "Folder to keep the hospital in (none: in memory)", "DIR" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &self->seed,
      "Fill an empty hospital: demo, or demo:patients=N,consultations=N,messages=N,observations=N", "NAME" },
    { "import", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->imports, "Take a FHIR bundle (.json, .json.gz)", "FILE…" },
    { "auto-approve", 0, 0, G_OPTION_ARG_NONE, &self->auto_approve, "Sign in at once with a login_hint", NULL },
    { "faults", 0, 0, G_OPTION_ARG_NONE, &self->faults, "Serve /_sandbox/faults and /_sandbox/clock, for tests", NULL },
    { "clock-socket", 0, 0, G_OPTION_ARG_FILENAME, &self->clock_socket, "Take the time from this socket", "PATH" },
    { "token-lifetime", 0, 0, G_OPTION_ARG_INT, &self->token_lifetime, "Of an access token (3600)", "SECONDS" },
    { "arrival", 0, 0, G_OPTION_ARG_INT, &self->arrival, "Let a critical value come in once, so long after the start",
      "SECONDS" },
    { "turn", 0, 0, G_OPTION_ARG_STRING, &self->turn, "A STUN and TURN server for visits", "HOST:PORT" },
    { "turn-secret-file", 0, 0, G_OPTION_ARG_FILENAME, &self->turn_secret, "The secret that it shares", "FILE" },
    { "recording", 0, 0, G_OPTION_ARG_STRING, &self->recording, "Whether visits are recorded: required, optional, off",
      "WORD" },
    { "recorded-by", 0, 0, G_OPTION_ARG_STRING, &self->recorded_by, "By whom: hospital, workstation", "WORD" },
    { "verbose", 0, 0, G_OPTION_ARG_NONE, &self->verbose, "Write a line a request on standard error", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->rest, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("— the sandbox hospital of Zhenqiao");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (self->rest != NULL && self->imports == NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is no option; see --help", self->rest[0]);
  else if (self->seed != NULL && !g_str_equal (self->seed, "demo") && !g_str_has_prefix (self->seed, "demo:"))
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "There is no seed “%s”; “demo” is", self->seed);
  else if (self->token_lifetime < 0)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--token-lifetime is less than nothing");
  else
    return TRUE;

  return FALSE;
}

static gboolean
import_all (ZqHospital *hospital, char **files, GError **error)
{
  for (guint i = 0; files != NULL && files[i] != NULL; i++)
    {
      g_autoptr (GError) local = NULL;
      guint taken = 0, skipped = 0;

      if (!zq_hospital_import (hospital, files[i], &taken, &skipped, &local))
        {
          /* one broken file among many is said and left out; one that is not there is a mistake */
          if (local->domain != ZQ_JSON_ERROR)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          g_printerr ("%s: skipped: %s\n", files[i], local->message);
          continue;
        }
      g_printerr ("%s: %u resources taken, %u skipped\n", files[i], taken, skipped);
    }

  return TRUE;
}

static gboolean
on_signal (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
set_calls (ZqHospital *hospital, const Arguments *arguments, GError **error)
{
  g_autofree char *secret = NULL;

  zq_hospital_set_recording (hospital, arguments->recording, arguments->recorded_by);
  if (arguments->turn == NULL)
    return TRUE;
  if (arguments->turn_secret == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--turn takes --turn-secret-file");
      return FALSE;
    }
  if (!g_file_get_contents (arguments->turn_secret, &secret, NULL, error))
    return FALSE;
  zq_hospital_set_turn (hospital, arguments->turn, g_strstrip (secret));

  return TRUE;
}

static gboolean
run (const Arguments *arguments, GError **error)
{
  g_autoptr (ZqClock) clock = NULL;
  g_autoptr (ZqHospital) hospital = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  ZqHospitalOptions options = {
    .data_dir = arguments->data,
    .auto_approve = arguments->auto_approve,
    .faults = arguments->faults,
    .verbose = arguments->verbose,
    .token_lifetime_us = arguments->token_lifetime * (gint64)G_USEC_PER_SEC,
  };
  guint term, interrupt;

  if (arguments->clock_socket != NULL)
    {
      clock = zq_clock_new_from_socket (arguments->clock_socket, error);
      if (clock == NULL)
        return FALSE;
      options.clock = clock;
    }
  hospital = zq_hospital_new (&options, error);
  if (hospital == NULL || (arguments->seed != NULL && !zq_hospital_seed_spec (hospital, arguments->seed, error)) ||
      !import_all (hospital, arguments->imports, error) || !import_all (hospital, arguments->rest, error) ||
      !zq_hospital_listen (hospital, arguments->listen != NULL ? arguments->listen : "127.0.0.1:0", error))
    return FALSE;

  if (!set_calls (hospital, arguments, error))
    return FALSE;

  term = g_unix_signal_add (SIGTERM, on_signal, loop);
  interrupt = g_unix_signal_add (SIGINT, on_signal, loop);
  if (arguments->arrival > 0)
    zq_hospital_expect_arrival (hospital, (guint)arguments->arrival);
  g_print ("listening %s\n", zq_hospital_get_base (hospital));
  fflush (stdout);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);

  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_auto (Arguments) arguments = { 0 };

  setlocale (LC_ALL, "");
  if (!arguments_read (&arguments, &argc, &argv, &error))
    {
      g_printerr ("zhenqiao-hospital: %s\n", error->message);
      return EXIT_USAGE;
    }
  if (!run (&arguments, &error))
    {
      g_printerr ("zhenqiao-hospital: %s\n", error->message);
      return g_error_matches (error, ZQ_HOSPITAL_ERROR, ZQ_HOSPITAL_ERROR_INVALID) ? EXIT_USAGE : EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
