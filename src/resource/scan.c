/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "resource/scan.h"

#include <string.h>

enum
{
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* after [ */
  EXPECT_NAME,         /* after , in an object */
  EXPECT_NAME_OR_END,  /* after { */
  EXPECT_COLON,
  EXPECT_MORE, /* , or the end of what is open */
};

void
zq_scan_init (ZqScan *self, const char *text, gsize length)
{
  *self = (ZqScan){ .text = text, .at = text, .end = text + length, .expect = EXPECT_VALUE };

  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    self->at += 3;
}

static ZqTokenType
fail (ZqScan *self, const char *at, ZqJsonError code, const char *problem)
{
  self->type = ZQ_TOKEN_ERROR;
  self->code = code;
  self->problem = problem;
  self->at = at;
  self->start = self->stop = at;

  return ZQ_TOKEN_ERROR;
}

static ZqTokenType
fail_syntax (ZqScan *self, const char *at, const char *problem)
{
  return fail (self, at, ZQ_JSON_ERROR_SYNTAX, at < self->end ? problem : "the text ends too early");
}

static ZqTokenType
found (ZqScan *self, ZqTokenType type, const char *stop)
{
  self->type = type;
  self->start = self->at;
  self->stop = self->at = stop;

  return type;
}

static const char *
skip_space (const char *at, const char *end)
{
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
    at++;

  return at;
}

/* The bytes of one character above ASCII, 0 when it is no UTF-8 (RFC 3629, section 4). */
static guint
utf8_length (const guchar *at, const guchar *end)
{
  gsize left = end - at;
  guchar low = 0x80, high = 0xbf;
  guint length;

  if (*at >= 0xc2 && *at <= 0xdf)
    length = 2;
  else if (*at >= 0xe0 && *at <= 0xef)
    length = 3;
  else if (*at >= 0xf0 && *at <= 0xf4)
    length = 4;
  else
    return 0;
  if (left < length)
    return 0;

  if (*at == 0xe0)
    low = 0xa0;
  else if (*at == 0xed)
    high = 0x9f;
  else if (*at == 0xf0)
    low = 0x90;
  else if (*at == 0xf4)
    high = 0x8f;
  if (at[1] < low || at[1] > high)
    return 0;
  for (guint i = 2; i < length; i++)
    {
      if ((at[i] & 0xc0) != 0x80)
        return 0;
    }

  return length;
}

/* The value of \uXXXX's four digits at @at, or -1. */
static int
hex4 (const char *at, const char *end)
{
  int value = 0;

  if (end - at < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (at[i]);

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }

  return value;
}

/* The bytes of the escape whose backslash is at @at, a whole surrogate pair being one; 0 when it is
 * wrong. @code: its character, 0 when there is none. */
static guint
escape_length (const char *at, const char *end, gunichar *code)
{
  static const char plain[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
  const char *known;
  int high, low;

  if (end - at < 2 || at[1] == '\0')
    return 0;
  known = strchr (plain, at[1]);
  if (known != NULL)
    {
      *code = (gunichar)meaning[known - plain];
      return 2;
    }
  high = at[1] == 'u' ? hex4 (at + 2, end) : -1;
  if (high < 0)
    return 0;

  *code = (high & 0xf800) == 0xd800 ? 0 : (gunichar)high;
  if ((high & 0xfc00) != 0xd800 || end - at < 12 || at[6] != '\\' || at[7] != 'u')
    return 6;
  low = hex4 (at + 8, end);
  if (low < 0 || (low & 0xfc00) != 0xdc00)
    return 6;
  *code = 0x10000 + ((gunichar)(high & 0x3ff) << 10) + (low & 0x3ff);

  return 12;
}

/* Skips ASCII that means only itself, eight bytes at a time. */
static const char *
skip_plain (const char *at, const char *end)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101), tops = ones * 0x80;

  while (end - at >= 8)
    {
      guint64 word, quote, backslash;

      memcpy (&word, at, 8);
      quote = word ^ (ones * '"');
      backslash = word ^ (ones * '\\');
      if (((word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & tops) != 0)
        break;
      at += 8;
    }
  while (at < end && (guchar)*at >= 0x20 && (guchar)*at < 0x80 && *at != '"' && *at != '\\')
    at++;

  return at;
}

static ZqTokenType
scan_string (ZqScan *self, ZqTokenType type)
{
  const char *at = self->at + 1;

  self->odd = FALSE;
  for (;;)
    {
      gunichar code = 0;
      guint length;

      at = skip_plain (at, self->end);
      if (at >= self->end)
        return fail_syntax (self, at, NULL);
      if (*at == '"')
        return found (self, type, at + 1);

      if (*at == '\\')
        {
          length = escape_length (at, self->end, &code);
          if (length == 0)
            return fail_syntax (self, at, "unknown escape");
          self->odd |= code == 0;
        }
      else if ((guchar)*at < 0x20)
        return fail_syntax (self, at, "control character in a string");
      else
        {
          length = utf8_length ((const guchar *)at, (const guchar *)self->end);
          if (length == 0)
            return fail_syntax (self, at, "not UTF-8");
        }
      at += length;
    }
}

static const char *
skip_digits (const char *at, const char *end)
{
  while (at < end && g_ascii_isdigit (*at))
    at++;

  return at;
}

static ZqTokenType
scan_number (ZqScan *self)
{
  const char *end = self->end, *at = self->at, *digits;

  if (*at == '-')
    at++;
  digits = at;
  at = skip_digits (at, end);
  if (at == digits || (*digits == '0' && at - digits > 1))
    return fail_syntax (self, at == digits ? at : digits, "wrong number");
  if (at < end && *at == '.')
    {
      digits = ++at;
      at = skip_digits (at, end);
      if (at == digits)
        return fail_syntax (self, at, "wrong number");
    }
  if (at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (at < end && (*at == '+' || *at == '-'))
        at++;
      digits = at;
      at = skip_digits (at, end);
      if (at == digits)
        return fail_syntax (self, at, "wrong number");
    }

  return found (self, ZQ_TOKEN_NUMBER, at);
}

static ZqTokenType
scan_word (ZqScan *self)
{
  static const char *const words[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if ((gsize)(self->end - self->at) >= length && memcmp (self->at, words[i], length) == 0)
        return found (self, ZQ_TOKEN_WORD, self->at + length);
    }

  return fail_syntax (self, self->at, "unexpected character");
}

static ZqTokenType
scan_open (ZqScan *self, gboolean object)
{
  guint64 bit;

  if (self->depth == ZQ_JSON_MAX_DEPTH)
    return fail (self, self->at, ZQ_JSON_ERROR_TOO_DEEP, "nested too deeply");

  bit = G_GUINT64_CONSTANT (1) << self->depth++;
  self->objects = object ? self->objects | bit : self->objects & ~bit;
  self->expect = object ? EXPECT_NAME_OR_END : EXPECT_VALUE_OR_END;

  return found (self, object ? ZQ_TOKEN_OBJECT_BEGIN : ZQ_TOKEN_ARRAY_BEGIN, self->at + 1);
}

static gboolean
in_object (ZqScan *self)
{
  return (self->objects >> (self->depth - 1)) & 1;
}

static ZqTokenType
scan_close (ZqScan *self)
{
  gboolean object = in_object (self);

  self->depth--;
  self->expect = EXPECT_MORE;

  return found (self, object ? ZQ_TOKEN_OBJECT_END : ZQ_TOKEN_ARRAY_END, self->at + 1);
}

static ZqTokenType
scan_value (ZqScan *self)
{
  char first = *self->at;

  if (first == '{' || first == '[')
    return scan_open (self, first == '{');

  self->expect = EXPECT_MORE;
  if (first == '"')
    return scan_string (self, ZQ_TOKEN_STRING);
  if (first == '-' || g_ascii_isdigit (first))
    return scan_number (self);

  return scan_word (self);
}

/* Goes over what separates tokens. FALSE: a token must follow; TRUE: the end or an error was found. */
static gboolean
scan_separator (ZqScan *self)
{
  self->at = skip_space (self->at, self->end);

  if (self->expect == EXPECT_MORE && self->depth == 0)
    {
      if (self->at < self->end)
        fail_syntax (self, self->at, "something after the end");
      else
        found (self, ZQ_TOKEN_END, self->at);
      return TRUE;
    }

  if (self->expect == EXPECT_COLON)
    {
      if (self->at >= self->end || *self->at != ':')
        {
          fail_syntax (self, self->at, "a colon is missing");
          return TRUE;
        }
      self->expect = EXPECT_VALUE;
      self->at = skip_space (self->at + 1, self->end);
    }
  else if (self->expect == EXPECT_MORE && self->at < self->end && *self->at == ',')
    {
      self->expect = in_object (self) ? EXPECT_NAME : EXPECT_VALUE;
      self->at = skip_space (self->at + 1, self->end);
    }

  if (self->at < self->end)
    return FALSE;
  fail_syntax (self, self->at, NULL);

  return TRUE;
}

ZqTokenType
zq_scan_next (ZqScan *self)
{
  char close;

  if (self->type == ZQ_TOKEN_ERROR && self->problem != NULL)
    return ZQ_TOKEN_ERROR;
  if (scan_separator (self))
    return self->type;

  close = self->depth > 0 && in_object (self) ? '}' : ']';
  switch (self->expect)
    {
    case EXPECT_VALUE_OR_END:
      return *self->at == close ? scan_close (self) : scan_value (self);
    case EXPECT_VALUE:
      return scan_value (self);
    case EXPECT_NAME_OR_END:
    case EXPECT_NAME:
      if (*self->at == close && self->expect == EXPECT_NAME_OR_END)
        return scan_close (self);
      if (*self->at != '"')
        return fail_syntax (self, self->at, "a member's name is missing");
      self->expect = EXPECT_COLON;
      return scan_string (self, ZQ_TOKEN_NAME);
    default:
      if (*self->at != close)
        return fail_syntax (self, self->at, "a comma or the end is missing");
      return scan_close (self);
    }
}

gboolean
zq_scan_skip (ZqScan *self)
{
  guint depth;

  if (self->type != ZQ_TOKEN_OBJECT_BEGIN && self->type != ZQ_TOKEN_ARRAY_BEGIN)
    return self->type != ZQ_TOKEN_ERROR;

  depth = self->depth - 1;
  while (self->depth > depth)
    {
      if (zq_scan_next (self) == ZQ_TOKEN_ERROR)
        return FALSE;
    }

  return TRUE;
}

char *
zq_scan_dup_string (ZqScan *self)
{
  const char *at = self->start + 1, *end = self->stop - 1;
  GString *out = g_string_sized_new (end - at + 1);

  while (at < end)
    {
      const char *escape = memchr (at, '\\', end - at);
      gunichar code = 0;

      if (escape == NULL)
        escape = end;
      g_string_append_len (out, at, escape - at);
      at = escape;
      if (at < end)
        {
          at += escape_length (at, end, &code);
          g_string_append_unichar (out, code == 0 ? 0xfffd : code);
        }
    }

  return g_string_free (out, FALSE);
}

gboolean
zq_scan_string_equals (ZqScan *self, const char *text)
{
  gsize length = self->stop - self->start - 2;
  g_autofree char *unescaped = NULL;

  if (memchr (self->start, '\\', length + 1) == NULL)
    return strlen (text) == length && memcmp (self->start + 1, text, length) == 0;

  unescaped = zq_scan_dup_string (self);

  return g_str_equal (unescaped, text);
}

void
zq_scan_append_repaired (ZqScan *self, GString *out)
{
  const char *at = self->start;

  while (at < self->stop)
    {
      const char *escape = memchr (at, '\\', self->stop - at);
      gunichar code = 0;
      guint length;

      if (escape == NULL)
        escape = self->stop;
      g_string_append_len (out, at, escape - at);
      at = escape;
      if (at == self->stop)
        break;
      length = escape_length (at, self->stop, &code);
      if (code == 0)
        g_string_append (out, "\\ufffd");
      else
        g_string_append_len (out, at, length);
      at += length;
    }
}

void
zq_scan_set_error (ZqScan *self, GError **error)
{
  g_set_error (error, ZQ_JSON_ERROR, self->code, "The JSON text is wrong at byte %" G_GSIZE_FORMAT ": %s",
               (gsize)(self->at - self->text), self->problem);
}
