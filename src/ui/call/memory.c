/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/call/memory.h"

static const char *
get_key (ZqCallDevice kind)
{
  static const char *const keys[] = { "call-camera", "call-microphone", "call-speaker" };

  return keys[kind];
}

static char *
get_chosen (ZqCallDevice kind, gpointer settings)
{
  return g_settings_get_string (settings, get_key (kind));
}

static void
set_chosen (ZqCallDevice kind, const char *id, gpointer settings)
{
  g_settings_set_string (settings, get_key (kind), id);
}

ZqCallMemory
zq_call_memory_of_settings (GSettings *settings)
{
  return (ZqCallMemory){ get_chosen, set_chosen, settings };
}
