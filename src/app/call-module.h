/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/visit/host.h"

G_BEGIN_DECLS

/* Loads the module of calls, the first time, and has it make the page of a visit: a ZqVisitPageFunc. From where it is
 * installed, or ZHENQIAO_MODULE_DIR. It stays: its types are registered. */
GtkWidget *zq_call_module_open (const ZqVisitHost *host, gpointer data, GError **error);

G_END_DECLS
