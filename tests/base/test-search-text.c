/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/search-text.h"

#include <locale.h>
#include <string.h>

static void
assert_index (const char *text, ZqWords how, const char *expected)
{
  g_autofree char *index = zq_search_text_index (text, how);

  g_assert_cmpstr (index, ==, expected);
}

/* What is marked of @text, with bars between; "" for nothing. */
static void
assert_found (const char *text, const char *typed, ZqWords how, const char *expected)
{
  g_autoptr (GArray) marks = zq_search_text_find (text, typed, how);
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < marks->len; i++)
    {
      ZqTextRange mark = g_array_index (marks, ZqTextRange, i);

      if (i > 0)
        g_string_append_c (found, '|');
      g_string_append_len (found, text + mark.start, mark.end - mark.start);
    }
  g_assert_cmpstr (found->str, ==, expected);
}

static void
test_words_of_plain_text (void)
{
  assert_index ("头痛", ZQ_WORDS_PLAIN, "头|头痛 痛");
  assert_index ("头，痛", ZQ_WORDS_PLAIN, "头 痛");
  assert_index ("CT 查", ZQ_WORDS_PLAIN, "ct|c_ 查");
  assert_index ("7.10", ZQ_WORDS_PLAIN, "7|71 1|10 0");
  assert_index ("", ZQ_WORDS_PLAIN, "");
  assert_index ("，。！😀", ZQ_WORDS_PLAIN, "");
}

static void
test_words_are_folded (void)
{
  assert_index ("ＣＴ３", ZQ_WORDS_PLAIN, "ct|c_ 3");
  assert_index ("É", ZQ_WORDS_PLAIN, "e|e_");
  assert_index ("e\u0301", ZQ_WORDS_PLAIN, "e|e_");
  assert_index ("頭", ZQ_WORDS_PLAIN, "頭");
  assert_index ("①", ZQ_WORDS_PLAIN, "1");
  assert_index ("٣", ZQ_WORDS_PLAIN, "3");
  /* A compatibility ideograph is the hanzi that it looks like. */
  assert_index ("\uf900", ZQ_WORDS_PLAIN, "豈");
}

static void
test_what_is_not_seen_is_nothing (void)
{
  assert_index ("头\u200b痛", ZQ_WORDS_PLAIN, "头|头痛 痛");
  assert_index ("头\u202e痛\ufe0f", ZQ_WORDS_PLAIN, "头|头痛 痛");
  assert_index ("C\u200dT\x01", ZQ_WORDS_PLAIN, "ct|c_");
  assert_index ("头\n痛", ZQ_WORDS_PLAIN, "头 痛");
  assert_index ("头😀痛", ZQ_WORDS_PLAIN, "头 痛");
}

static void
test_rare_hanzi_and_other_alphabets (void)
{
  assert_index ("𠮷\ue000", ZQ_WORDS_PLAIN, "𠮷|𠮷\ue000 \ue000");
  assert_index ("שלום", ZQ_WORDS_PLAIN, "שלום|ש_");
  assert_index ("μmol", ZQ_WORDS_PLAIN, "μmol|μ_");
  assert_index ("µmol", ZQ_WORDS_PLAIN, "μmol|μ_");
}

static void
test_readings (void)
{
  assert_index ("王", ZQ_WORDS_PINYIN, "王|wang|w");
  assert_index ("张", ZQ_WORDS_PINYIN, "张|zhang|z|zh");
  assert_index ("女", ZQ_WORDS_PINYIN, "女|nv|n|nu");
  assert_index ("𠮷", ZQ_WORDS_PINYIN, "𠮷");
}

static void
assert_reads (const char *hanzi, ZqWords how, const char *reading)
{
  g_autofree char *index = zq_search_text_index (hanzi, how);
  g_auto (GStrv) tokens = g_strsplit (index, "|", -1);

  if (!g_strv_contains ((const char *const *)tokens, reading))
    g_error ("not read as %s: %s", reading, index);
}

static void
test_surnames_and_polyphones (void)
{
  static const struct
  {
    const char *hanzi, *reading;
  } names[] = { { "单", "shan" }, { "曾", "zeng" },  { "仇", "qiu" },   { "解", "xie" }, { "查", "zha" },
                { "区", "ou" },   { "任", "ren" },   { "盖", "ge" },    { "尉", "yu" },  { "朴", "piao" },
                { "乐", "yue" },  { "长", "zhang" }, { "重", "chong" }, { "单", "dan" }, { "翟", "zhai" },
                { "覃", "qin" },  { "华", "hua" },   { "万", "mo" } };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    assert_reads (names[i].hanzi, ZQ_WORDS_NAME, names[i].reading);
  assert_reads ("血", ZQ_WORDS_PINYIN, "xie");
  assert_reads ("血", ZQ_WORDS_PINYIN, "xue");
  assert_reads ("便", ZQ_WORDS_PINYIN, "bian");
}

static void
assert_query (const char *typed, ZqWords how, const char *expected)
{
  g_autofree char *query = zq_search_text_query (typed, how);

  g_assert_cmpstr (query, ==, expected);
}

static void
test_queries (void)
{
  assert_query ("头痛", ZQ_WORDS_PLAIN, "(\"头痛\")");
  assert_query ("头痛了", ZQ_WORDS_PLAIN, "(\"头痛 痛了\")");
  assert_query ("头", ZQ_WORDS_PLAIN, "(\"头\")");
  assert_query ("头痛 三天", ZQ_WORDS_PLAIN, "(\"头痛\") AND (\"三天\")");
  assert_query ("头痛CR", ZQ_WORDS_PLAIN, "(\"头痛 痛 cr\" *)");
  assert_query ("C", ZQ_WORDS_PLAIN, "(\"c_\")");
  assert_query ("CR ", ZQ_WORDS_PLAIN, "(\"cr\")");
  assert_query ("头痛", ZQ_WORDS_PINYIN, "(\"头 痛\")");
  assert_query ("王xm", ZQ_WORDS_NAME, "(\"王 xm\" * OR \"王 x m\")");
  assert_query ("", ZQ_WORDS_PLAIN, NULL);
  assert_query ("\" * ( -", ZQ_WORDS_PLAIN, NULL);
  assert_query ("\"头\" OR NOT*", ZQ_WORDS_PLAIN, "(\"头\") AND (\"or\") AND (\"not\" *)");
}

/* Whatever is typed or pasted, the query stays of a size. */
static void
test_queries_are_bounded (void)
{
  g_autofree char *letters = g_strnfill (5000, 'a');
  g_autoptr (GString) mixed = g_string_new (NULL);
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append (mixed, i % 2 ? "xian" : "王");
  one = zq_search_text_query (letters, ZQ_WORDS_NAME);
  other = zq_search_text_query (mixed->str, ZQ_WORDS_NAME);
  g_assert_cmpuint (strlen (one), <, 100000);
  g_assert_cmpuint (strlen (other), <, 100000);
}

static void
test_places (void)
{
  assert_found ("昨天头痛，今天也头痛", "头痛", ZQ_WORDS_PLAIN, "头痛|头痛");
  assert_found ("头，痛", "头痛", ZQ_WORDS_PLAIN, "");
  assert_found ("头\u200b痛", "头痛", ZQ_WORDS_PLAIN, "头\u200b痛");
  assert_found ("做了ＣＴ检查", "ct检查", ZQ_WORDS_PLAIN, "ＣＴ检查");
  assert_found ("血糖 7.10", "71", ZQ_WORDS_PLAIN, "7.1");
  assert_found ("头痛三天", "三天 头痛", ZQ_WORDS_PLAIN, "头痛三天");
  assert_found ("头痛三天", "四天 头痛", ZQ_WORDS_PLAIN, "");
  assert_found ("痛痛痛", "痛痛", ZQ_WORDS_PLAIN, "痛痛痛");
  assert_found ("王小明", "wxm", ZQ_WORDS_NAME, "王小明");
  assert_found ("王小明", "xiaom", ZQ_WORDS_NAME, "小明");
  assert_found ("单雄信", "shan", ZQ_WORDS_NAME, "单");
  assert_found ("138 0013 8000", "1380013", ZQ_WORDS_NAME, "138 0013");
  assert_found ("TSH 3", "t3", ZQ_WORDS_PLAIN, "");
  assert_found ("", "头", ZQ_WORDS_PLAIN, "");
  assert_found ("头", "", ZQ_WORDS_PLAIN, "");
}

static gpointer
read_names (gpointer unused)
{
  for (guint i = 0; i < 2000; i++)
    assert_index ("王张", ZQ_WORDS_NAME, "王|wang|w 张|zhang|z|zh");

  return NULL;
}

static void
test_any_thread (void)
{
  GThread *one = g_thread_new ("one", read_names, NULL);
  GThread *other = g_thread_new ("other", read_names, NULL);

  g_thread_join (one);
  g_thread_join (other);
}

static void
test_long_texts_are_cut (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *index = NULL;

  for (guint i = 0; i < 200000; i++)
    g_string_append (text, "痛");
  index = zq_search_text_index (text->str, ZQ_WORDS_PLAIN);
  g_assert_cmpuint (strlen (index), <, 20000 * 12);
  g_assert_cmpuint (strlen (index), >, 10000);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/search-text/words-of-plain-text", test_words_of_plain_text);
  g_test_add_func ("/search-text/words-are-folded", test_words_are_folded);
  g_test_add_func ("/search-text/what-is-not-seen-is-nothing", test_what_is_not_seen_is_nothing);
  g_test_add_func ("/search-text/rare-hanzi-and-other-alphabets", test_rare_hanzi_and_other_alphabets);
  g_test_add_func ("/search-text/readings", test_readings);
  g_test_add_func ("/search-text/surnames-and-polyphones", test_surnames_and_polyphones);
  g_test_add_func ("/search-text/queries", test_queries);
  g_test_add_func ("/search-text/queries-are-bounded", test_queries_are_bounded);
  g_test_add_func ("/search-text/places", test_places);
  g_test_add_func ("/search-text/any-thread", test_any_thread);
  g_test_add_func ("/search-text/long-texts-are-cut", test_long_texts_are_cut);

  return g_test_run ();
}
