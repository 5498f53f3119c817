/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/narrative.h"

#include <string.h>

/* All blocks, a line each: kind, mark, text; cells between bars. */
static char *
read (const char *div, gboolean *cut)
{
  static const char kinds[] = { 'p', 'h', 'i', 'r', 'x' };
  g_autoptr (GPtrArray) blocks = zq_narrative_read (div, cut);
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const ZqNarrativeBlock *block = blocks->pdata[i];
      g_autofree char *cells = block->cells != NULL ? g_strjoinv ("|", block->cells) : NULL;

      g_string_append_printf (all, "%s%c%s %s", i > 0 ? "/" : "", kinds[block->kind], block->head ? "!" : "",
                              block->mark != NULL ? block->mark : "");
      g_string_append (all, cells != NULL ? cells : block->text);
    }

  return g_string_free (all, FALSE);
}

static void
assert_read (const char *div, const char *wanted)
{
  gboolean cut;
  g_autofree char *found = read (div, &cut);

  g_assert_cmpstr (found, ==, wanted);
}

static void
test_kept (void)
{
  assert_read ("<div xmlns='http://www.w3.org/1999/xhtml'><h2>CT</h2><p>two <b>nodules</b>,\n right</p></div>",
               "h CT/p two nodules, right");
  assert_read ("<div>a<br/>b</div>", "p a/p b");
  assert_read ("<div><ul><li>x<ol><li>y</li><li>z</li></ol></li></ul></div>", "i •x/i 1.y/i 2.z");
  assert_read ("<table><tr><th>Na</th><th>K</th></tr><tr><td>140</td><td>4.<i>1</i></td></tr></table>",
               "r! Na|K/r 140|4.1");
  assert_read ("<pre>a\n  b</pre>", "x a\n  b");
  assert_read ("5 &lt; 6 &amp;&#x6b63;&#24120; &deg;C", "p 5 < 6 &正常 °C");
  assert_read ("<![CDATA[K < 3.5]]>", "p K < 3.5");
  assert_read ("", "");
  assert_read (NULL, "");
}

/* Neither what would run or fetch something, nor what a person is not to see. */
static void
test_gone (void)
{
  assert_read ("<p>a<script>alert(1)</script>b</p>", "p ab");
  assert_read ("<p>a<SCRIPT src='x'/>b</p>", "p ab");
  assert_read ("<p>a<svg:script>x</svg:script>b</p>", "p ab");
  assert_read ("<style>p{color:red}</style><p>a</p>", "p a");
  assert_read ("<p>a <a href='javascript:x()'>see</a> <img src='http://x/y.png' alt='z'/></p>", "p a see");
  assert_read ("<object><p>x</p></object><iframe src='x'></iframe>y", "p y");
  assert_read ("<!-- x --><?php y ?>z", "p z");
  assert_read ("<p>a</p><p style='display : none'>b</p>c", "p a/p c");
  assert_read ("<div style=\"color:red; VISIBILITY:hidden\">x<div>y</div>z</div><p>a</p>", "p a");
  assert_read ("<span hidden>x</span><span hidden=''>y</span><span style='font-size:0'>v</span>a", "p a");
  assert_read ("<br style='display:none'/>a", "p a");
  /* Text that turns what follows around. */
  assert_read ("<p>a\xe2\x80\xae"
               "b</p>",
               "p ab");
}

static void
test_broken (void)
{
  gboolean cut;
  g_autofree char *unclosed = read ("<p>a<p title=\"b>c", &cut);

  g_assert_true (cut);
  g_assert_cmpstr (unclosed, ==, "p a");
  assert_read ("<p>a<ul><li>b<table><tr><td>c", "p a/i •b/r c");
  assert_read ("<tr>loose<td>x</td></tr>", "r x/p loose");
  assert_read ("</td></tr></table></li></ul>a", "p a");
  assert_read ("a < b", "p a < b");
  assert_read ("&unknown; &#0; &#x110000; &", "p &unknown; \xef\xbf\xbd \xef\xbf\xbd &");
  assert_read ("\xff\xfe", "p \xef\xbf\xbd\xef\xbf\xbd");
  assert_read ("<script>a", "");
}

/* Entities that a document declares are not its reader's. */
static void
test_entity_bomb (void)
{
  assert_read ("<!DOCTYPE d [<!ENTITY a \"xxxxxxxx\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c SYSTEM \"file:///etc/x\">]>"
               "<div>&b;&c;</div>",
               "p &b;&c;");
}

static char *
repeat (const char *text, guint n)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (all, text);

  return g_string_free (all, FALSE);
}

/* However large and deep: bounded in what is made of it, and in time; and it is told. */
static void
test_large (void)
{
  static const char *const pieces[] = { "<div>",       "<ul><li>x", "<table><tr><td>", "<p>x</p>", "<a \"",
                                        "&aaaa",       "<!--",      "<script><script", "<",        "x ",
                                        "<p style=\"", "<![CDATA[", "<p hidden>" };

  g_test_timer_start ();
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *div = repeat (pieces[i], 4 * 1024 * 1024 / (guint)strlen (pieces[i]));
      gboolean cut;
      g_autoptr (GPtrArray) blocks = zq_narrative_read (div, &cut);
      gsize length = 0;

      for (guint j = 0; j < blocks->len; j++)
        {
          const ZqNarrativeBlock *block = blocks->pdata[j];

          length += block->text != NULL ? strlen (block->text) : 0;
        }
      g_assert_cmpuint (blocks->len, <=, 500);
      g_assert_cmpuint (length, <=, 500 * 20010);
      g_assert_true (cut);
    }
  g_assert_cmpfloat (g_test_timer_elapsed (), <, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/narrative/kept", test_kept);
  g_test_add_func ("/narrative/gone", test_gone);
  g_test_add_func ("/narrative/broken", test_broken);
  g_test_add_func ("/narrative/entity-bomb", test_entity_bomb);
  g_test_add_func ("/narrative/large", test_large);

  return g_test_run ();
}
