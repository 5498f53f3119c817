/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/fixture.h"

#include "ui/consult/bubble.h"
#include "ui/widgets/resources.h"

#include <string.h>

void
ui_init (int *argc, char ***argv)
{
  g_autoptr (GtkCssProvider) style = NULL;

  g_test_init (argc, argv, NULL);
  adw_init ();
  zq_ui_init ();
  /* What the application object does in the program. */
  style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/org/zhenqiao/Zhenqiao/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/org/zhenqiao/Zhenqiao/icons");
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, "gtk-cursor-blink", FALSE, NULL);
}

/* --- what is in the store --------------------------------------------------------------------- */

static void
take_people (Ui *ui)
{
  Fixture *clinic = &ui->clinic;

  fixture_take (clinic,
                "{'resourceType':'Patient','id':'1','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'name':[{'text':'Wang Fang'}],'gender':'female','birthDate':'1959-03-01'}",
                at_minute (-90));
  fixture_take (clinic,
                "{'resourceType':'Patient','id':'2','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'name':[{'text':'Li Lei'}],'gender':'male','birthDate':'1980-03-01'}",
                at_minute (-90));
  fixture_take (clinic,
                "{'resourceType':'Patient','id':'3','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'name':[{'text':'Wang Fang'}],'gender':'male','birthDate':'1999-03-01'}",
                at_minute (-90));
  fixture_take (clinic,
                "{'resourceType':'AllergyIntolerance','id':'a1','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'clinicalStatus':{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
                "allergyintolerance-clinical','code':'active'}]},'code':{'text':'penicillin'},"
                "'patient':{'reference':'Patient/1'}}",
                at_minute (-90));
  fixture_take (clinic,
                "{'resourceType':'AllergyIntolerance','id':'a2','meta':{'versionId':'1','lastUpdated':'%s'},"
                "'code':{'coding':[{'system':'http://snomed.info/sct','code':'716186003'}]},"
                "'patient':{'reference':'Patient/2'}}",
                at_minute (-90));
}

static void
take_threads (Ui *ui)
{
  for (int n = 1; n <= 3; n++)
    {
      fixture_take (&ui->clinic,
                    "{'resourceType':'Communication','id':'t%d','meta':{'versionId':'1','lastUpdated':'%s'},"
                    "'status':'in-progress','category':[{'coding':[{'system':"
                    "'https://zhenqiao.org/fhir/CodeSystem/communication-category','code':'thread'}]}],"
                    "'subject':{'reference':'Patient/%d'}}",
                    n, at_minute (-60), n);
      fixture_consult (&ui->clinic, n, n == 3 ? "Organization/endo" : "Practitioner/me",
                       n == 3 ? "awaiting-acceptance" : "in-consultation", "1");
    }
  fixture_message (&ui->clinic, 1, "m1", "Patient/1", -30, "my sugar is <b>high</b> & rising");
  fixture_message (&ui->clinic, 2, "m2", "Patient/2", -20, "I cough");
  fixture_message (&ui->clinic, 3, "m3", "Patient/3", -10, "may I ask");
}

/* --- window ----------------------------------------------------------------------------------- */

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_window_is_active (data);
}

static gboolean
has_rows (gpointer data)
{
  return zq_inbox_has_rows (zq_window_get_inbox (data));
}

static void
open_window (Ui *ui)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new ();
  ZqWindowSession session;

  g_ptr_array_add (problems, (gpointer) "strange.ini: no such setting");
  ui->status = zq_session_status_new ();
  ui->window = zq_window_new (NULL);
  session = (ZqWindowSession){ ui->clinic.store, ui->status, "https://hospital.test/fhir", "Doctor Me", problems };
  zq_window_show_work (ui->window, &session);
  gtk_window_present (GTK_WINDOW (ui->window));
  g_assert_true (zq_test_wait_until (is_mapped, ui->window, 10));
  g_assert_true (zq_test_wait_until (has_rows, ui->window, 10));
  ui_frames (ui, 3);
}

static void
close_window (Ui *ui)
{
  zq_window_flush (ui->window);
  gtk_window_destroy (GTK_WINDOW (ui->window));
  g_clear_object (&ui->status);
  zq_test_settle ();
}

void
ui_set_up (Ui *ui, gconstpointer data)
{
  fixture_set_up (&ui->clinic, NULL);
  take_people (ui);
  take_threads (ui);
  open_window (ui);
}

void
ui_tear_down (Ui *ui, gconstpointer data)
{
  close_window (ui);
  fixture_tear_down (&ui->clinic, NULL);
}

void
ui_reopen (Ui *ui)
{
  close_window (ui);
  fixture_reopen (&ui->clinic);
  open_window (ui);
}

gint64
ui_task (Ui *ui, const char *server_id)
{
  gint64 row = fixture_row (&ui->clinic, "Task", server_id);

  g_assert_cmpint (row, !=, 0);
  return row;
}

gint64
ui_message (Ui *ui, const char *server_id)
{
  return fixture_row (&ui->clinic, "Communication", server_id);
}

gint64
ui_count (Ui *ui, const char *sql)
{
  return fixture_number (&ui->clinic, sql, 1);
}

void
ui_open (Ui *ui, const char *server_id)
{
  ZqInbox *inbox = zq_window_get_inbox (ui->window);
  gint64 wanted = ui_task (ui, server_id);

  while (zq_inbox_step (inbox, -1))
    ;
  while (zq_inbox_get_selected (inbox) != wanted)
    g_assert_true (zq_inbox_step (inbox, 1));
  gtk_widget_activate_action (GTK_WIDGET (inbox), "inbox.open", NULL);
  g_assert_cmpint (zq_consult_page_get_key (zq_window_get_page (ui->window)), ==, wanted);
  ui_frames (ui, 12);
}

void
ui_read_all (Ui *ui)
{
  GtkWidget *more;

  for (guint i = 0; i < 30 && (more = ui_button (ui, "Go to what you have not seen")) != NULL; i++)
    {
      g_signal_emit_by_name (more, "clicked");
      ui_frames (ui, 12);
    }
  g_assert_null (ui_button (ui, "Go to what you have not seen"));
}

/* --- time ------------------------------------------------------------------------------------- */

typedef struct
{
  guint left;
} Frames;

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Frames *frames = data;

  if (frames->left == 0)
    return G_SOURCE_REMOVE;
  frames->left--;
  gtk_widget_queue_draw (widget);
  return frames->left > 0;
}

static gboolean
is_drawn (gpointer data)
{
  return ((Frames *)data)->left == 0;
}

void
ui_frames (Ui *ui, guint n)
{
  Frames frames = { n };

  gtk_widget_add_tick_callback (GTK_WIDGET (ui->window), on_frame, &frames, NULL);
  g_assert_true (zq_test_wait_until (is_drawn, &frames, 10));
  zq_test_settle ();
}

void
ui_pass (Ui *ui, gint64 us)
{
  zq_test_advance (ui->clinic.clock, us, us);
  ui_frames (ui, 2);
}

void
ui_keep_picture (Ui *ui, const char *name)
{
  const char *folder = g_getenv ("ZQ_UI_SHOTS");
  g_autoptr (GdkTexture) screen = NULL;
  g_autofree char *file = NULL;

  if (folder == NULL)
    return;
  screen = ui_screen (ui);
  file = g_strdup_printf ("%s/%s.png", folder, name);
  gdk_texture_save_to_png (screen, file);
}

/* --- looking ---------------------------------------------------------------------------------- */

GtkWidget *
ui_find (GtkWidget *root, GType type, UiMatch matches, gconstpointer data)
{
  GtkWidget *child;

  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (matches == NULL || matches (root, data)))
    return root;
  for (child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = ui_find (child, type, matches, data);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
label_has (GtkWidget *label, gconstpointer text)
{
  return strstr (gtk_label_get_text (GTK_LABEL (label)), text) != NULL;
}

gboolean
ui_shows (Ui *ui, const char *text)
{
  return ui_find (GTK_WIDGET (ui->window), GTK_TYPE_LABEL, label_has, text) != NULL;
}

typedef struct
{
  Ui *ui;
  const char *text;
  gboolean shown;
} Look;

static gboolean
looks_so (gpointer data)
{
  Look *look = data;

  return ui_shows (look->ui, look->text) == look->shown;
}

static void
expect (Ui *ui, const char *text, gboolean shown)
{
  Look look = { ui, text, shown };

  if (zq_test_wait_until (looks_so, &look, 10))
    return;
  ui_keep_picture (ui, "failed");
  g_error ("“%s” is %s", text, shown ? "not on the screen" : "still on the screen");
}

void
ui_expect (Ui *ui, const char *text)
{
  expect (ui, text, TRUE);
}

void
ui_expect_gone (Ui *ui, const char *text)
{
  expect (ui, text, FALSE);
}

static gboolean
is_button (GtkWidget *widget, gconstpointer wanted)
{
  const char *label = gtk_button_get_label (GTK_BUTTON (widget));
  const char *tooltip = gtk_widget_get_tooltip_text (widget);
  g_auto (GStrv) parts = label != NULL ? g_strsplit (label, "_", -1) : NULL;
  g_autofree char *plain = parts != NULL ? g_strjoinv ("", parts) : NULL;

  return g_strcmp0 (plain, wanted) == 0 || (tooltip != NULL && g_str_has_prefix (tooltip, wanted));
}

GtkWidget *
ui_button (Ui *ui, const char *label)
{
  return ui_find (GTK_WIDGET (ui->window), GTK_TYPE_BUTTON, is_button, label);
}

void
ui_press (Ui *ui, const char *label)
{
  GtkWidget *button = ui_button (ui, label);

  if (button == NULL)
    {
      ui_keep_picture (ui, "failed");
      g_error ("there is no button “%s”", label);
    }
  g_signal_emit_by_name (button, "clicked");
}

void
ui_click (Ui *ui, const char *label)
{
  ui_press (ui, label);
  ui_frames (ui, 4);
}

void
ui_act (Ui *ui, const char *action, gint64 key)
{
  GtkWidget *page = GTK_WIDGET (zq_window_get_page (ui->window));

  if (key != 0)
    g_assert_true (gtk_widget_activate_action (page, action, "x", key));
  else
    g_assert_true (gtk_widget_activate_action (page, action, NULL));
  ui_frames (ui, 4);
}

ZqComposer *
ui_composer (Ui *ui)
{
  GtkWidget *found = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_COMPOSER, NULL, NULL);

  g_assert_nonnull (found);
  return ZQ_COMPOSER (found);
}

GtkTextView *
ui_text_view (Ui *ui)
{
  return GTK_TEXT_VIEW (ui_find (GTK_WIDGET (ui->window), GTK_TYPE_TEXT_VIEW, NULL, NULL));
}

void
ui_type (Ui *ui, const char *text)
{
  GtkTextView *view = ui_text_view (ui);

  g_assert_nonnull (view);
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (view), text, -1);
}

char *
ui_typed (Ui *ui)
{
  GtkTextView *view = ui_text_view (ui);
  GtkTextIter start, end;

  g_assert_nonnull (view);
  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (view), &start, &end);
  return gtk_text_buffer_get_text (gtk_text_view_get_buffer (view), &start, &end, FALSE);
}

static gboolean
typed_so (gpointer data)
{
  Look *look = data;
  g_autofree char *typed = ui_text_view (look->ui) != NULL ? ui_typed (look->ui) : NULL;

  return g_strcmp0 (typed, look->text) == 0;
}

void
ui_expect_typed (Ui *ui, const char *text)
{
  Look look = { ui, text, TRUE };
  g_autofree char *typed = NULL;

  if (zq_test_wait_until (typed_so, &look, 10))
    return;
  ui_keep_picture (ui, "failed");
  typed = ui_typed (ui);
  g_assert_cmpstr (typed, ==, text);
}

/* --- from outside ----------------------------------------------------------------------------- */

static void
on_ended (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *)data = TRUE;
}

static void
run (const char *command)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, &error));
  process = g_subprocess_newv ((const char *const *)argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, on_ended, &ended);
  g_assert_true (zq_test_wait_flag (&ended, 20));
}

void
ui_xdotool (Ui *ui, const char *arguments)
{
  g_autofree char *command = g_strconcat ("xdotool ", arguments, NULL);

  run (command);
  ui_frames (ui, 4);
}

GdkTexture *
ui_screen (Ui *ui)
{
  g_autofree char *file = zq_test_dir_path (ui->clinic.dir, "screen.png");
  g_autofree char *command = g_strdup_printf ("import -window root %s", file);
  g_autoptr (GError) error = NULL;
  GdkTexture *texture;

  run (command);
  texture = gdk_texture_new_from_filename (file, &error);
  g_assert_no_error (error);
  return texture;
}
