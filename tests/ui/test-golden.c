/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chart, the flowsheet and the report show, and where: in light and dark and with letters twice as large. The
 * golden files are texts, "x y words" a line, so that a font's half pixel is no change and a label that moved or is
 * gone is one. A label that nobody can tell from its ground is gone too. ZQ_GOLDEN_UPDATE=1 writes them anew. */
#include "clinic/lab/flowsheet.h"
#include "ui/fixture.h"
#include "ui/lab/flowsheet-grid.h"
#include "ui/lab/report-view.h"
#include "ui/widgets/chart.h"

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH    900
#define HEIGHT   560
#define NEAR     26   /* pixels: fonts, and with them columns, differ by so much between releases */
#define CONTRAST 0.25 /* of luminance, between letters and their ground */
#define DAY_US   (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

typedef struct
{
  gboolean dark;
  double type; /* 1, or 2 */
  const char *name;
} Look;

typedef struct
{
  double x, y;
  char *words;
} Label;

static void
label_free (gpointer data)
{
  Label *self = data;

  g_free (self->words);
  g_free (self);
}

/* "12 30 potassium" a line. */
static GPtrArray *
read_labels (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *all = g_ptr_array_new_with_free_func (label_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      Label *label;
      char *end;

      if (*lines[i] == '\0')
        continue;
      label = g_new0 (Label, 1);
      label->x = g_ascii_strtod (lines[i], &end);
      label->y = g_ascii_strtod (end, &end);
      label->words = g_strdup (*end == ' ' ? end + 1 : end);
      g_ptr_array_add (all, label);
    }

  return all;
}

/* --- what is drawn ------------------------------------------------------------------------------ */

static GtkWidget *
show (GtkWidget *content)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), content);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  int *left = data;

  gtk_widget_queue_draw (gtk_window_get_child (GTK_WINDOW (widget)));

  return --*left > 0;
}

static gboolean
is_over (gpointer data)
{
  return *(const int *)data <= 0;
}

static gboolean
has_text (gpointer data)
{
  return ((const GString *)data)->len > 0;
}

/* Frames of its own: the fixture counts those of the main window. */
static void
settle (GtkWidget *window)
{
  int left = 4;

  gtk_widget_add_tick_callback (window, on_frame, &left, NULL);
  g_assert_true (zq_test_wait_until (is_over, &left, 10));
  zq_test_settle ();
}

/* One frame more, of which all that is drawn is written down. */
static void
settle_once (GtkWidget *window, GString *drawn)
{
  int left = 1;

  zq_test_settle ();
  g_string_truncate (drawn, 0);
  gtk_widget_queue_draw (gtk_window_get_child (GTK_WINDOW (window)));
  gtk_widget_add_tick_callback (window, on_frame, &left, NULL);
  g_assert_true (zq_test_wait_until (has_text, drawn, 10));
}

/* What the window's child draws; its ground is the window's. */
static GdkTexture *
render (GtkWidget *window)
{
  GtkWidget *child = gtk_window_get_child (GTK_WINDOW (window));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  GdkTexture *texture;
  GdkRGBA ground;

  g_assert_true (gtk_style_context_lookup_color (gtk_widget_get_style_context (window), "window_bg_color", &ground));
  gtk_snapshot_append_color (snapshot, &ground, &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
  gtk_widget_snapshot_child (window, child, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, WIDTH, HEIGHT));
  gsk_render_node_unref (node);

  return texture;
}

static double
luminance (const guchar *pixel)
{
  return (0.114 * pixel[0] + 0.587 * pixel[1] + 0.299 * pixel[2]) / 255.0;
}

/* How far apart the lightest and the darkest are where the label begins; @y may be its top or its middle. */
static double
contrast_at (const guchar *pixels, int width, int height, const Label *label, double type)
{
  double low = 1, high = 0;

  for (int y = (int)(label->y - 8 * type); y < (int)(label->y + 22 * type); y++)
    for (int x = (int)label->x; x < (int)(label->x + 20 * type); x++)
      if (x >= 0 && x < width && y >= 0 && y < height)
        {
          double one = luminance (pixels + ((gsize)y * (gsize)width + (gsize)x) * 4);

          low = MIN (low, one);
          high = MAX (high, one);
        }

  return high - low;
}

static void
assert_seen (GtkWidget *window, GPtrArray *labels, const char *what, const Look *look)
{
  g_autoptr (GdkTexture) texture = render (window);
  int width = gdk_texture_get_width (texture), height = gdk_texture_get_height (texture);
  g_autofree guchar *pixels = g_malloc ((gsize)width * (gsize)height * 4);

  gdk_texture_download (texture, pixels, (gsize)width * 4);
  if (g_getenv ("ZQ_UI_SHOTS") != NULL)
    {
      g_autofree char *file = g_strdup_printf ("%s/golden-%s-%s.png", g_getenv ("ZQ_UI_SHOTS"), what, look->name);

      gdk_texture_save_to_png (texture, file);
    }
  for (guint i = 0; i < labels->len; i++)
    {
      const Label *label = labels->pdata[i];

      if (label->x < 0 || label->y < 0 || label->x > width - 20 || label->y > height - 22)
        continue;
      if (contrast_at (pixels, width, height, label, look->type) < CONTRAST)
        g_error ("“%s” at %.0f, %.0f cannot be read: contrast %.2f", label->words, label->x, label->y,
                 contrast_at (pixels, width, height, label, look->type));
    }
}

/* --- golden files ------------------------------------------------------------------------------- */

static void
assert_golden (const char *what, const Look *look, const char *drawn)
{
  g_autofree char *name = g_strdup_printf ("%s-%s.txt", what, look->type > 1 ? "large" : "usual");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "ui", "golden", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) found = read_labels (drawn), wanted = NULL;
  g_autoptr (GError) error = NULL;

  if (g_getenv ("ZQ_GOLDEN_UPDATE") != NULL)
    {
      g_file_set_contents (path, drawn, -1, &error);
      g_assert_no_error (error);
    }
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  wanted = read_labels (text);
  for (guint i = 0; i < MIN (found->len, wanted->len); i++)
    {
      const Label *is = found->pdata[i], *was = wanted->pdata[i];

      if (!g_str_equal (is->words, was->words))
        g_error ("%s, %s: “%s” instead of “%s”", what, look->name, is->words, was->words);
      if (fabs (is->x - was->x) > NEAR * look->type || fabs (is->y - was->y) > NEAR * look->type)
        g_error ("%s, %s: “%s” has moved from %.0f, %.0f to %.0f, %.0f", what, look->name, is->words, was->x, was->y,
                 is->x, is->y);
    }
  g_assert_cmpuint (found->len, ==, wanted->len);
  g_assert_cmpuint (found->len, >, 3);
}

static void
put_on (const Look *look)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      look->dark ? ADW_COLOR_SCHEME_FORCE_DARK : ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", (int)(look->type * 96 * 1024), NULL);
  zq_test_settle ();
}

static const Look looks[] = { { FALSE, 1, "light" }, { TRUE, 1, "dark" }, { FALSE, 2, "200 % type" } };

static void
take_off (void)
{
  put_on (&looks[0]);
}

/* --- the three ---------------------------------------------------------------------------------- */

static void
test_chart (Ui *ui, gconstpointer data)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  ZqChartPoint points[12];
  ZqChartBar bars[] = {
    { "metformin 0.5 g", ZQ_TEST_START_US - 300 * DAY_US, G_MAXINT64, 0 },
    { "glargine", ZQ_TEST_START_US - 100 * DAY_US, ZQ_TEST_START_US - 20 * DAY_US, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    points[i] = (ZqChartPoint){ .at = ZQ_TEST_START_US - (gint64)(360 - 30 * i) * DAY_US,
                                .value = 6 + 2 * sin (i),
                                .low = 3.9,
                                .high = 6.1,
                                .abnormal = 6 + 2 * sin (i) > 6.1,
                                .converted = i == 3 };
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (GString) drawn = g_string_new (NULL);
      g_autoptr (GPtrArray) labels = NULL;
      GtkWidget *chart = g_object_new (ZQ_TYPE_CHART, NULL), *window;

      put_on (&looks[i]);
      zq_chart_set_points (ZQ_CHART (chart), points, G_N_ELEMENTS (points), zone);
      zq_chart_set_bars (ZQ_CHART (chart), bars, G_N_ELEMENTS (bars), "2 more");
      zq_chart_set_target (ZQ_CHART (chart), 4.4, 7.0, "target");
      window = show (chart);
      settle (window);
      zq_chart_set_record (ZQ_CHART (chart), drawn);
      settle_once (window, drawn);
      zq_chart_set_record (ZQ_CHART (chart), NULL);
      labels = read_labels (drawn->str);
      assert_golden ("chart", &looks[i], drawn->str);
      assert_seen (window, labels, "chart", &looks[i]);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  take_off ();
}

static double
find_y (GPtrArray *labels, const char *words)
{
  for (guint i = 0; i < labels->len; i++)
    if (g_str_equal (((const Label *)labels->pdata[i])->words, words))
      return ((const Label *)labels->pdata[i])->y;

  g_error ("There is no label “%s”", words);
}

/* How much of a row is in colour: grids and letters are grey, lines of values are not. */
static guint
count_coloured (GtkWidget *window, int y)
{
  g_autoptr (GdkTexture) texture = render (window);
  g_autofree guchar *pixels = g_malloc ((gsize)WIDTH * HEIGHT * 4);
  guint n = 0;

  gdk_texture_download (texture, pixels, (gsize)WIDTH * 4);
  for (int x = 0; x < WIDTH; x++)
    {
      const guchar *one = pixels + ((gsize)y * WIDTH + (gsize)x) * 4;

      n += MAX (one[0], MAX (one[1], one[2])) - MIN (one[0], MIN (one[1], one[2])) > 60;
    }

  return n;
}

/* The line begins at the first value, and nowhere else. */
static void
test_line (Ui *ui, gconstpointer data)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier ("Asia/Shanghai");
  ZqChartPoint points[] = {
    { .at = ZQ_TEST_START_US - 300 * DAY_US, .value = 5, .low = NAN, .high = NAN },
    { .at = ZQ_TEST_START_US, .value = 5, .low = NAN, .high = NAN },
  };
  g_autoptr (GString) drawn = g_string_new (NULL);
  g_autoptr (GPtrArray) labels = NULL;
  GtkWidget *chart = g_object_new (ZQ_TYPE_CHART, NULL), *window;

  put_on (&looks[0]);
  zq_chart_set_points (ZQ_CHART (chart), points, G_N_ELEMENTS (points), zone);
  zq_chart_set_target (ZQ_CHART (chart), 4, 8, "target");
  window = show (chart);
  settle (window);
  zq_chart_set_record (ZQ_CHART (chart), drawn);
  settle_once (window, drawn);
  labels = read_labels (drawn->str);
  g_assert_cmpuint (count_coloured (window, (int)find_y (labels, "5")), >, WIDTH / 2);
  g_assert_cmpuint (count_coloured (window, (int)((find_y (labels, "6") + find_y (labels, "7")) / 2)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
take (Ui *ui, const char *id, const char *status, const char *code, const char *name, const char *value, int day)
{
  fixture_take (&ui->clinic,
                "{'resourceType':'Observation','id':'%s','meta':{'versionId':'1'},'status':'%s','subject':{'reference':"
                "'Patient/1'},'effectiveDateTime':'2025-03-%02dT08:00:00+08:00','code':{'coding':[{'system':"
                "'http://loinc.org','code':'%s'}],'text':'%s'},%s,'referenceRange':[{'low':{'value':3.5},'high':"
                "{'value':5.3}}],'performer':[{'display':'%s'}]}",
                id, status, day, code, name, value, day % 2 == 0 ? "First Hospital" : "Second Hospital");
}

static void
take_all (Ui *ui)
{
  take (ui, "k1", "final", "2823-3", "potassium", "'valueQuantity':{'value':4.10,'unit':'mmol/L'}", 1);
  take (ui, "k2", "final", "2823-3", "potassium", "'valueQuantity':{'value':7.9,'unit':'mmol/L'}", 2);
  take (ui, "k3", "preliminary", "2823-3", "potassium", "'valueQuantity':{'value':5.60,'unit':'mmol/L'}", 3);
  take (ui, "c3", "final", "1988-5", "C-reactive protein", "'valueQuantity':{'value':5,'comparator':'<','unit':'mg/L'}",
        3);
  take (ui, "t3", "final", "600-7", "blood culture, aerobic and anaerobic, two bottles",
        "'valueString':'no growth after 48 hours'", 3);
  take (ui, "n3", "cancelled", "2345-7", "glucose", "'dataAbsentReason':{'coding':[{'code':'not-performed'}]}", 3);
  fixture_take (&ui->clinic,
                "{'resourceType':'DiagnosticReport','id':'r','status':'partial','subject':{'reference':'Patient/1'},"
                "'category':[{'coding':[{'code':'LAB'}]}],'code':{'text':'electrolytes and more'},'effectiveDateTime':"
                "'2025-03-03T08:00:00+08:00','conclusion':'the sample was haemolysed','result':[{'reference':"
                "'Observation/k3'},{'reference':'Observation/c3'},{'reference':'Observation/t3'},{'reference':"
                "'Observation/n3'},{'reference':'Observation/missing'}]}");
}

static void
test_flowsheet (Ui *ui, gconstpointer data)
{
  ZqContext *context = ui->clinic.context;
  g_autoptr (ZqFlowsheet) sheet = NULL;

  take_all (ui);
  sheet = zq_flowsheet_new (fixture_db (&ui->clinic), zq_context_get_policy (context),
                            fixture_row (&ui->clinic, "Patient", "1"), ZQ_FLOW_FREQUENT);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      g_autoptr (GString) drawn = g_string_new (NULL);
      g_autoptr (GPtrArray) labels = NULL;
      GtkWidget *scroller = gtk_scrolled_window_new (), *grid = g_object_new (ZQ_TYPE_FLOW_GRID, NULL), *window;

      put_on (&looks[i]);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), grid);
      zq_flow_grid_set_sheet (ZQ_FLOW_GRID (grid), sheet, context->zone);
      window = show (scroller);
      settle (window);
      zq_flow_grid_set_record (ZQ_FLOW_GRID (grid), drawn);
      settle_once (window, drawn);
      zq_flow_grid_set_record (ZQ_FLOW_GRID (grid), NULL);
      labels = read_labels (drawn->str);
      assert_golden ("flowsheet", &looks[i], drawn->str);
      assert_seen (window, labels, "flowsheet", &looks[i]);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  take_off ();
}

static void
list_labels (GtkWidget *widget, GtkWidget *root, GString *out)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0' &&
      gtk_widget_compute_bounds (widget, root, &bounds))
    {
      PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));
      int x, y;

      gtk_label_get_layout_offsets (GTK_LABEL (widget), &x, &y);
      g_string_append_printf (out, "%.0f %.0f %s%s\n", (double)bounds.origin.x + x, (double)bounds.origin.y + y,
                              gtk_label_get_text (GTK_LABEL (widget)),
                              pango_layout_is_ellipsized (layout) ? " (cut)" : "");
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    list_labels (child, root, out);
}

static void
test_report (Ui *ui, gconstpointer data)
{
  ZqContext *context = ui->clinic.context;

  take_all (ui);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      ZqReportView *view = zq_report_view_new (context->zone, ZQ_TEST_START_US);
      g_autoptr (GString) drawn = g_string_new (NULL);
      g_autoptr (GPtrArray) labels = NULL;
      GtkWidget *window, *scroller;

      put_on (&looks[i]);
      zq_report_view_set_report (view, zq_report_load (fixture_db (&ui->clinic), zq_context_get_policy (context),
                                                       fixture_row (&ui->clinic, "DiagnosticReport", "r")));
      gtk_widget_set_valign (GTK_WIDGET (view), GTK_ALIGN_START);
      scroller = gtk_scrolled_window_new ();
      gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (view));
      window = show (scroller);
      settle (window);
      list_labels (GTK_WIDGET (view), window, drawn);
      labels = read_labels (drawn->str);
      assert_golden ("report", &looks[i], drawn->str);
      assert_seen (window, labels, "report", &looks[i]);
      gtk_window_destroy (GTK_WINDOW (window));
    }
  take_off ();
}

#define ADD(path, func) g_test_add (path, Ui, NULL, ui_set_up, func, ui_tear_down)

int
main (int argc, char **argv)
{
  ui_init (&argc, &argv);
  ADD ("/golden/chart", test_chart);
  ADD ("/golden/a-line-begins-at-its-first-value", test_line);
  ADD ("/golden/flowsheet", test_flowsheet);
  ADD ("/golden/report", test_report);
  return g_test_run ();
}
