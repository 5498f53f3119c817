/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pinyin.h"

#include <string.h>

/* Hanzi that names and complaints are full of, and that have readings which the table does not know: whoever types
 * either of them finds both. */
static const struct
{
  const char *hanzi;
  const char *readings;
} MORE[] = {
  { "万", "mo" },          { "乐", "yue le" },      { "仇", "chou qiu" },    { "便", "bian pian" },
  { "俟", "qi" },          { "区", "ou" },          { "单", "shan chan" },   { "参", "shen cen" },
  { "圈", "juan" },        { "奇", "ji" },          { "宿", "su" },          { "尉", "yu wei" },
  { "尾", "yi" },          { "屏", "bing" },        { "差", "cha chai" },    { "弹", "dan tan" },
  { "强", "jiang" },       { "得", "de dei" },      { "折", "she" },         { "数", "shu shuo" },
  { "晟", "sheng cheng" }, { "曾", "ceng zeng" },   { "朝", "zhao chao" },   { "朴", "piao pu" },
  { "柏", "bai bo" },      { "查", "cha zha" },     { "校", "jiao" },        { "核", "hu" },
  { "模", "mu" },          { "殷", "yin yan" },     { "泊", "bo po" },       { "率", "lv shuai" },
  { "疟", "nve yao" },     { "盛", "sheng cheng" }, { "着", "zhao zhe" },    { "石", "shi dan" },
  { "种", "zhong chong" }, { "秘", "mi bi" },       { "系", "ji xi" },       { "给", "gei ji" },
  { "缪", "miao mou" },    { "翟", "zhai di" },     { "胖", "pang pan" },    { "脉", "mai mo" },
  { "臂", "bi bei" },      { "茄", "qie jia" },     { "薄", "bao bo" },      { "藏", "zang cang" },
  { "血", "xue xie" },     { "行", "hang xing" },   { "覃", "qin tan" },     { "角", "jiao jue" },
  { "解", "xie jie" },     { "调", "diao tiao" },   { "贾", "jia gu" },      { "车", "che ju" },
  { "都", "dou du" },      { "重", "chong zhong" }, { "长", "zhang chang" }, { "阿", "a e" },
  { "降", "xiang" },       { "隗", "wei kui" },     { "露", "lu lou" },      { "颤", "chan zhan" },
  { "龟", "gui jun qiu" }, { "的", "de di" },       { "了", "le liao" },     { "还", "hai huan" },
  { "地", "de di" },       { "没", "mei mo" },
};

static const ZqPinyinRow *
find_row (gunichar hanzi)
{
  guint low = 0, high = zq_pinyin_n_rows;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (zq_pinyin_rows[middle].hanzi == hanzi)
        return &zq_pinyin_rows[middle];
      if (zq_pinyin_rows[middle].hanzi > hanzi)
        high = middle;
      else
        low = middle + 1;
    }

  return NULL;
}

/* The first syllable that is not before @letters. */
static guint
find_place (const char *letters, gsize length)
{
  guint low = 0, high = zq_pinyin_n_syllables;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (strncmp (zq_pinyin_syllables[middle], letters, length) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static const char *
find_syllable (const char *letters, gsize length)
{
  guint place = find_place (letters, length);

  if (place >= zq_pinyin_n_syllables || strncmp (zq_pinyin_syllables[place], letters, length) != 0 ||
      zq_pinyin_syllables[place][length] != '\0')
    return NULL;

  return zq_pinyin_syllables[place];
}

static guint
add (const char *readings[], guint n, const char *reading)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (readings[i], reading))
      return n;
  if (n < ZQ_PINYIN_MAX)
    readings[n++] = reading;

  return n;
}

static guint
add_more (gunichar hanzi, const char *readings[], guint n)
{
  for (gsize i = 0; i < G_N_ELEMENTS (MORE); i++)
    {
      const char *at = MORE[i].readings;

      if (g_utf8_get_char (MORE[i].hanzi) != hanzi)
        continue;
      while (*at != '\0')
        {
          gsize length = strcspn (at, " ");
          const char *reading = find_syllable (at, length);

          if (reading != NULL)
            n = add (readings, n, reading);
          at += length + (at[length] == ' ');
        }
    }

  return n;
}

guint
zq_pinyin_read (gunichar hanzi, gboolean name, const char *readings[ZQ_PINYIN_MAX])
{
  const ZqPinyinRow *row = find_row (hanzi);
  guint n = 0;

  if (row == NULL)
    return 0;

  if (row->plain != 0)
    n = add (readings, n, zq_pinyin_syllables[row->plain - 1]);
  if (name && row->name != 0)
    n = add (readings, n, zq_pinyin_syllables[row->name - 1]);

  return add_more (hanzi, readings, n);
}

gboolean
zq_pinyin_is_syllable (const char *letters, gsize length)
{
  /* Without the dots that nobody types: lüe, nüe. */
  if (length == 3 && (strncmp (letters, "lue", 3) == 0 || strncmp (letters, "nue", 3) == 0))
    return TRUE;

  return find_syllable (letters, length) != NULL;
}

gboolean
zq_pinyin_is_beginning (const char *letters, gsize length)
{
  guint place = find_place (letters, length);

  while (place < zq_pinyin_n_syllables && strncmp (zq_pinyin_syllables[place], letters, length) == 0)
    if (zq_pinyin_syllables[place++][length] != '\0')
      return TRUE;

  return FALSE;
}
