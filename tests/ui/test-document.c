/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "media/media.h"
#include "ui/fixture.h"
#include "ui/lab/report-row.h"
#include "ui/lab/wave.h"
#include "ui/patient/record-content.h"
#include "ui/viewer/viewer.h"

#include <string.h>

#define REPEAT_10(keys) keys keys keys keys keys keys keys keys keys keys
#define REPEAT_60(keys)                                                                                                \
  REPEAT_10 (keys) REPEAT_10 (keys) REPEAT_10 (keys) REPEAT_10 (keys) REPEAT_10 (keys) REPEAT_10 (keys)

static void
show_record (Ui *ui)
{
  ui_open (ui, "1");
  gtk_widget_activate_action (GTK_WIDGET (ui->window), "win.timeline", NULL);
  ui_frames (ui, 5);
}

static gboolean
is_complete (gpointer data)
{
  Ui *ui = data;
  GtkWidget *content = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_RECORD_CONTENT, NULL, NULL);

  return content != NULL && zq_record_content_is_complete (ZQ_RECORD_CONTENT (content));
}

/* Opens the item in this place by keys, waits until all of it has been read. */
static void
open_item (Ui *ui, const char *title, guint place)
{
  ui_expect (ui, title);
  ui_xdotool (ui, "key Home");
  for (guint i = 0; i < place; i++)
    ui_xdotool (ui, "key Down");
  ui_xdotool (ui, "key Return");
  g_assert_true (zq_test_wait_until (is_complete, ui, 10));
  ui_frames (ui, 3);
}

static ZqViewer *
get_viewer (Ui *ui)
{
  return ZQ_VIEWER (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_VIEWER, NULL, NULL));
}

typedef struct
{
  Ui *ui;
  const char *place;
} Wanted;

static gboolean
is_in_place (gpointer data)
{
  const Wanted *wanted = data;
  ZqViewer *viewer = get_viewer (wanted->ui);

  return viewer != NULL && g_strcmp0 (zq_viewer_get_place (viewer), wanted->place) == 0;
}

static void
expect_place (Ui *ui, const char *place)
{
  Wanted wanted = { ui, place };

  g_assert_true (zq_test_wait_until (is_in_place, &wanted, 10));
}

static void
take_document (Ui *ui, const char *title, const char *day, const char *attachment)
{
  g_autofree char *id = g_strdelimit (g_strdup (title), " ", '-');

  fixture_take (&ui->clinic,
                "{'resourceType':'DocumentReference','id':'%s','status':'current','subject':{'reference':'Patient/1'},"
                "'description':'%s','date':'%sT08:00:00+08:00','content':[{'attachment':%s}]}",
                id, title, day, attachment);
}

/* What lies inside the resource is looked at without the hospital; Escape leads back. */
static void
test_inside (Ui *ui, gconstpointer data)
{
  take_document (ui, "letter", "2025-03-01", "{'contentType':'text/plain','title':'letter.txt','data':'aGVsbG8='}");
  show_record (ui);
  open_item (ui, "letter", 0);
  ui_xdotool (ui, "key Right Return");
  expect_place (ui, "text");
  ui_xdotool (ui, "key Escape");
  ui_expect (ui, "letter.txt");
  /* Once more: it is held by now. */
  ui_click (ui, "letter.txt");
  expect_place (ui, "text");
}

/* Of a page of the web the words, and nothing that it hides or would do. */
static void
test_hypertext (Ui *ui, gconstpointer data)
{
  static const char page[] = "<html><head><title>t</title><style>p{}</style></head><body><h1>letter</h1><ul><li>one"
                             "</ul><script>run()</script><p hidden>secret</p></body></html>";
  g_autofree char *base64 = g_base64_encode ((const guchar *)page, strlen (page));
  g_autofree char *attachment =
      g_strdup_printf ("{'contentType':'text/html;charset=utf-8','title':'letter.html','data':'%s'}", base64);
  g_autofree char *text = NULL;
  GtkTextBuffer *buffer;
  GtkTextIter start, end;

  take_document (ui, "letter", "2025-03-01", attachment);
  show_record (ui);
  open_item (ui, "letter", 0);
  ui_click (ui, "letter.html");
  expect_place (ui, "text");
  buffer =
      gtk_text_view_get_buffer (GTK_TEXT_VIEW (ui_find (GTK_WIDGET (get_viewer (ui)), GTK_TYPE_TEXT_VIEW, NULL, NULL)));
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  g_assert_cmpstr (text, ==, "letter\n\u2022 one\n");
}

static void
test_lie (Ui *ui, gconstpointer data)
{
  take_document (ui, "letter", "2025-03-01",
                 "{'contentType':'text/plain','title':'letter.txt','size':99,'data':'aGVsbG8='}");
  show_record (ui);
  open_item (ui, "letter", 0);
  ui_click (ui, "letter.txt");
  expect_place (ui, "problem");
  ui_expect (ui, "size or checksum differ");
}

static void
take_picture (Ui *ui, const char *id, const char *day, guint32 colour)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 40, 30);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *base64 = NULL, *attachment = NULL;
  const char *type;

  gdk_pixbuf_fill (pixbuf, colour);
  bytes = zq_media_encode (pixbuf, &type, NULL);
  base64 = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  attachment = g_strdup_printf ("{'contentType':'%s','title':'%s picture','data':'%s'}", type, id, base64);
  take_document (ui, id, day, attachment);
}

/* A lesion then and now, the older on the left. */
static void
test_two_dates (Ui *ui, gconstpointer data)
{
  take_picture (ui, "lesion then", "2025-01-05", 0xa03020ff);
  take_picture (ui, "lesion now", "2025-03-09", 0xc08070ff);
  show_record (ui);
  open_item (ui, "lesion now", 0);
  ui_click (ui, "lesion now picture");
  expect_place (ui, "picture");
  ui_expect (ui, "Picture 2 of 2");
  ui_xdotool (ui, "key c");
  expect_place (ui, "compare");
  ui_expect (ui, "Pictures 1 and 2 of 2");
  ui_expect (ui, "lesion then · 5 Jan 2025");
  ui_expect (ui, "lesion now · 9 Mar 2025");
}

/* Text of its own is told, what hides in it and what would run is not. */
static void
test_narrative (Ui *ui, gconstpointer data)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'scan'},'effectiveDateTime':'2025-03-01','conclusion':'clear','text':{'status':"
                "'additional','div':'<div><p>nodule <b>4 mm</b></p><table><tr><td>lobe</td><td>upper</td></tr></table>"
                "<p style=\\'display:none\\'>secret</p><script>run</script></div>'}}");
  show_record (ui);
  open_item (ui, "scan", 0);
  ui_expect (ui, "Text from the hospital");
  ui_expect (ui, "nodule 4 mm");
  ui_expect (ui, "upper");
  g_assert_false (ui_shows (ui, "secret"));
  g_assert_false (ui_shows (ui, "run"));
}

static gboolean
has_words (GtkWidget *widget, gconstpointer words)
{
  return g_str_equal (zq_report_row_get_words (ZQ_REPORT_ROW (widget)), words);
}

/* By keys to what is far below the window's end. */
static void
test_long_text (Ui *ui, gconstpointer data)
{
  g_autoptr (GString) div = g_string_new (NULL);
  graphene_rect_t place;
  GtkWidget *last;

  for (int i = 1; i <= 60; i++)
    g_string_append_printf (div, "<p>line %d</p>", i);
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'scan'},'effectiveDateTime':'2025-03-01','text':{'status':'additional','div':'%s'}}",
                div->str);
  show_record (ui);
  open_item (ui, "scan", 0);
  last = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_REPORT_ROW, has_words, "line 60");
  g_assert_nonnull (last);
  g_assert_true (gtk_widget_compute_bounds (last, GTK_WIDGET (ui->window), &place));
  g_assert_cmpfloat (place.origin.y, >, gtk_widget_get_height (GTK_WIDGET (ui->window)));
  ui_xdotool (ui, "key --delay 20 Right" REPEAT_60 (" Tab"));
  ui_frames (ui, 30);
  g_assert_true (gtk_widget_compute_bounds (last, GTK_WIDGET (ui->window), &place));
  g_assert_cmpfloat (place.origin.y, <, gtk_widget_get_height (GTK_WIDGET (ui->window)));
}

/* A mere rendering of what stands there anyway is not told twice. */
static void
test_generated (Ui *ui, gconstpointer data)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'final','subject':{'reference':'Patient/1'},"
                "'code':{'text':'scan'},'effectiveDateTime':'2025-03-01','conclusion':'clear','text':{'status':"
                "'generated','div':'<div>rendered</div>'}}");
  show_record (ui);
  open_item (ui, "scan", 0);
  ui_expect (ui, "clear");
  g_assert_false (ui_shows (ui, "rendered"));
}

static void
take_ecg (Ui *ui, const char *values)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'e','status':'final','subject':{'reference':'Patient/1'},'code':"
                "{'text':'ECG'},'effectiveDateTime':'2025-03-01','component':[{'code':{'text':'lead II'},"
                "'valueSampledData':{'origin':{'value':0,'unit':'mV'},'period':10,'factor':0.5,'lowerLimit':-5,"
                "'upperLimit':5,'dimensions':1,'data':'%s'}}]}",
                values);
}

static void
test_wave (Ui *ui, gconstpointer data)
{
  GtkWidget *wave;
  g_autoptr (GString) record = g_string_new (NULL);

  take_ecg (ui, "0 1 4 -2 E 0 1 U 2 0");
  show_record (ui);
  open_item (ui, "ECG", 0);
  ui_expect (ui, "lead II: -1 to 2 mV · 10 points · 0.1 s · measurable from -5 to 5 · "
                 "1 point above what can be measured · 1 point without a value");
  wave = ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_WAVE, NULL, NULL);
  zq_wave_set_record (ZQ_WAVE (wave), record);
  ui_frames (ui, 3);
  g_assert_nonnull (strstr (record->str, "mV\n"));
  g_assert_nonnull (strstr (record->str, " -1\n"));
  g_assert_nonnull (strstr (record->str, " 2\n"));
  g_assert_nonnull (strstr (record->str, "0.00 s\n"));
  zq_wave_set_record (ZQ_WAVE (wave), NULL);
}

/* A curve of which nothing can be drawn says so. */
static void
test_wave_broken (Ui *ui, gconstpointer data)
{
  take_ecg (ui, "");
  show_record (ui);
  open_item (ui, "ECG", 0);
  ui_expect (ui, "1 curve is broken and cannot be drawn");
}

/* However many points: each column of pixels is one line. */
static void
test_wave_large (Ui *ui, gconstpointer data)
{
  g_autoptr (GString) values = g_string_new (NULL);

  for (int i = 0; i < 50000; i++)
    g_string_append_printf (values, "%d ", i % 97);
  take_ecg (ui, values->str);
  show_record (ui);
  open_item (ui, "ECG", 0);
  ui_expect (ui, "lead II: 0 to 48 mV · 50000 points · 500 s");
  g_assert_cmpint (gtk_widget_get_width (ui_find (GTK_WIDGET (ui->window), ZQ_TYPE_WAVE, NULL, NULL)), <=, 4000);
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/document/a-file-inside-a-document-is-looked-at", test_inside);
  ADD ("/document/of-a-web-page-the-words", test_hypertext);
  ADD ("/document/a-file-that-is-not-what-it-says-is-refused", test_lie);
  ADD ("/document/pictures-of-two-dates-side-by-side", test_two_dates);
  ADD ("/document/text-of-its-own-without-what-hides-in-it", test_narrative);
  ADD ("/document/a-long-text-is-gone-through-by-keys", test_long_text);
  ADD ("/document/a-mere-rendering-is-not-told-twice", test_generated);
  ADD ("/document/a-waveform-with-its-scale-and-in-words", test_wave);
  ADD ("/document/a-broken-waveform-says-so", test_wave_broken);
  ADD ("/document/a-long-waveform-is-bounded", test_wave_large);

  return g_test_run ();
}
