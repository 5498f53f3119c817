/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>
#include <stdlib.h>

/* Each call has some thirty threads. With an arena for as many as there are processors, each keeps what it once had:
 * 31 MB more after 20 calls, 7 with two. It counts only before the first thread. */
#define ARENAS 2

int
main (int argc, char **argv)
{
  g_autoptr (ZqOptions) options = NULL;
  g_autoptr (ZqClock) clock = NULL;
  g_autoptr (ZqApplication) application = NULL;
  g_autoptr (GError) error = NULL;

  mallopt (M_ARENA_MAX, ARENAS);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, ZQ_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Zhenqiao"));

  options = zq_options_parse (&argc, &argv, &error);
  if (options != NULL && options->version)
    {
      g_print ("zhenqiao %s\n", ZQ_VERSION);
      return EXIT_SUCCESS;
    }
  if (options != NULL)
    clock = options->clock_socket != NULL ? zq_clock_new_from_socket (options->clock_socket, &error)
                                          : zq_clock_new_system ();
  if (clock == NULL)
    {
      g_printerr ("zhenqiao: %s\n", error->message);
      return 2;
    }

  application =
      zq_application_new (options, clock, zq_opening_start (options->data_dir, options->hospital, NULL, clock, FALSE));
  return g_application_run (G_APPLICATION (application), 1, argv);
}
