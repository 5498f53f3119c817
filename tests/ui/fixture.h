/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/fixture.h"
#include "ui/consult/composer.h"
#include "ui/shell/window.h"

/* The whole window on a real store (see clinic/fixture.h), with three patients:
 *   1 Wang Fang, female, 67, allergic to penicillin; 2 Li Lei, male, no allergies; 3 Wang Fang, male, not asked.
 * Task/1 and Task/2 are mine, Task/3 lies in the pool. */
typedef struct
{
  Fixture clinic;
  ZqSessionStatus *status;
  ZqWindow *window;
} Ui;

void ui_init (int *argc, char ***argv);

void ui_set_up (Ui *ui, gconstpointer data);
void ui_tear_down (Ui *ui, gconstpointer data);

/* Destroys the window, opens store and window again. */
void ui_reopen (Ui *ui);

gint64 ui_task (Ui *ui, const char *server_id);
gint64 ui_message (Ui *ui, const char *server_id);
/* A number of the store; its statement holds one "?", which is 1. */
gint64 ui_count (Ui *ui, const char *sql);
/* Opens Task/@server_id as a click on its row would. */
void ui_open (Ui *ui, const char *server_id);

/* Goes through the messages that were not on the screen yet. */
void ui_read_all (Ui *ui);

/* Frames are drawn, the clock moves on. */
void ui_frames (Ui *ui, guint n);
void ui_pass (Ui *ui, gint64 us);

/* Waits until a label, mapped, contains @text, or none does. */
void ui_expect (Ui *ui, const char *text);
void ui_expect_gone (Ui *ui, const char *text);
gboolean ui_shows (Ui *ui, const char *text);

/* The first mapped widget of @type for which @matches (nullable) holds. */
typedef gboolean (*UiMatch) (GtkWidget *widget, gconstpointer data);
GtkWidget *ui_find (GtkWidget *root, GType type, UiMatch matches, gconstpointer data);
/* A mapped button by its label, without the underscore, or by its tooltip's beginning. */
GtkWidget *ui_button (Ui *ui, const char *label);
/* Presses it: nothing else happens before what the test does next; or a few frames do. */
void ui_press (Ui *ui, const char *label);
void ui_click (Ui *ui, const char *label);
/* An action of the consultation's page, "consult.reply"; of a message by @key, else 0. */
void ui_act (Ui *ui, const char *action, gint64 key);
ZqComposer *ui_composer (Ui *ui);
GtkTextView *ui_text_view (Ui *ui);
void ui_type (Ui *ui, const char *text);
char *ui_typed (Ui *ui);
/* Waits until the composer holds @text: drafts are read from the store. */
void ui_expect_typed (Ui *ui, const char *text);

/* Keys by xdotool, as from a keyboard: "key j", "type --delay 10 abc". */
void ui_xdotool (Ui *ui, const char *arguments);

/* A picture of the whole display as RGB. */
GdkTexture *ui_screen (Ui *ui);
/* The same into the folder of ZQ_UI_SHOTS, where that is set: for a person to look at. */
void ui_keep_picture (Ui *ui, const char *name);
