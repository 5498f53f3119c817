/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/call-module.h"

#include <glib/gi18n.h>
#include <gmodule.h>

#define NAME "libzhenqiao-call.so"

static ZqCallModuleMake
load (void)
{
  const char *dir = g_getenv ("ZHENQIAO_MODULE_DIR");
  g_autofree char *path = g_build_filename (dir != NULL ? dir : ZQ_MODULE_DIR, NAME, NULL);
  GModule *module = g_module_open (path, G_MODULE_BIND_LOCAL);
  gpointer symbol = NULL;

  if (module == NULL)
    {
      g_warning ("The module of calls cannot be loaded: %s", g_module_error ());
      return NULL;
    }
  g_module_make_resident (module);
  if (!g_module_symbol (module, ZQ_CALL_MODULE_MAKE, &symbol))
    g_warning ("The module of calls is of another version");

  return (ZqCallModuleMake)symbol;
}

GtkWidget *
zq_call_module_open (const ZqVisitHost *host, gpointer data, GError **error)
{
  static ZqCallModuleMake make;

  if (make == NULL)
    make = load ();
  if (make == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                           _ ("Video visits are not installed on this computer. Ask your IT for the complete program"));
      return NULL;
    }

  return make (host);
}
