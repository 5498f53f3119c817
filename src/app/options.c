/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/options.h"

#include <glib/gi18n.h>

void
zq_options_free (ZqOptions *options)
{
  g_free (options->hospital);
  g_free (options->login_hint);
  g_free (options->data_dir);
  g_free (options->clock_socket);
  g_free (options->screenshot);
  g_free (options);
}

ZqOptions *
zq_options_parse (int *argc, char ***argv, GError **error)
{
  g_autoptr (ZqOptions) options = g_new0 (ZqOptions, 1);
  const GOptionEntry entries[] = {
    { "hospital", 0, 0, G_OPTION_ARG_STRING, &options->hospital, N_ ("Address of the hospital’s FHIR service"),
      N_ ("URL") },
    { "login-hint", 0, 0, G_OPTION_ARG_STRING, &options->login_hint, N_ ("Whom to propose on the sign-in page"),
      N_ ("NAME") },
    { "auto-follow", 0, 0, G_OPTION_ARG_NONE, &options->auto_follow,
      N_ ("Sign in without a browser, where the hospital approves by itself (a sandbox)"), NULL },
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir, N_ ("Where accounts are kept"), N_ ("DIR") },
    { "clock-socket", 0, 0, G_OPTION_ARG_FILENAME, &options->clock_socket, N_ ("Take the time from a socket (tests)"),
      N_ ("PATH") },
    { "screenshot", 0, 0, G_OPTION_ARG_FILENAME, &options->screenshot,
      N_ ("Save a picture of the window after the first sync, and end"), N_ ("FILE") },
    { "trace-start", 0, 0, G_OPTION_ARG_NONE, &options->trace_start,
      N_ ("Print when the first rows were on the screen"), NULL },
    { "trace-live", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &options->trace_live, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_ ("Print the version and end"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _ ("Zhenqiao, a workstation for doctors of internet hospitals"));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _ ("“%s” is not an option"), (*argv)[1]);
      return NULL;
    }
  return g_steal_pointer (&options);
}
