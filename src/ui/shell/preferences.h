/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * ZqPreferences:
 *
 * What this doctor wants on this computer; each change counts at once. One a program.
 */
#define ZQ_TYPE_PREFERENCES (zq_preferences_get_type ())
G_DECLARE_FINAL_TYPE (ZqPreferences, zq_preferences, ZQ, PREFERENCES, AdwPreferencesWindow)

/* Not where the program is not installed: its schema says what there is. */
gboolean zq_preferences_can_show (void);
void zq_preferences_show (GtkWindow *parent);

G_END_DECLS
