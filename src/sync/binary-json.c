/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/binary-json.h"

#include <string.h>

#define MAX_DEPTH 64
#define MAX_NAME  16

typedef enum
{
  PLACE_BETWEEN, /* outside of strings */
  PLACE_NAME,    /* in a string of the outermost object that may be a member's name */
  PLACE_STRING,
  PLACE_DATA,
} Place;

struct _ZqBinaryJson
{
  Place place;
  guint depth;
  gboolean escaped;
  guint n_hex; /* still to come of "\u002B" */
  guint hex;
  gboolean value;     /* after a colon of the outermost object */
  gboolean data_next; /* the name before it was "data" */
  gboolean has_data;
  gboolean whole;
  GString *name;

  /* g_base64_decode_step() */
  int state;
  guint save;
};

ZqBinaryJson *
zq_binary_json_new (void)
{
  ZqBinaryJson *self = g_new0 (ZqBinaryJson, 1);

  self->name = g_string_new (NULL);
  return self;
}

void
zq_binary_json_free (ZqBinaryJson *self)
{
  if (self == NULL)
    return;
  g_string_free (self->name, TRUE);
  g_free (self);
}

static gboolean
begin_string (ZqBinaryJson *self)
{
  if (self->depth == 0)
    return FALSE;
  self->escaped = FALSE;
  if (self->depth == 1 && self->value && self->data_next)
    {
      if (self->has_data)
        return FALSE;
      self->has_data = TRUE;
      self->place = PLACE_DATA;
    }
  else if (self->depth == 1 && !self->value)
    {
      g_string_truncate (self->name, 0);
      self->place = PLACE_NAME;
    }
  else
    self->place = PLACE_STRING;
  return TRUE;
}

static gboolean
step_between (ZqBinaryJson *self, char c)
{
  if (self->whole)
    return g_ascii_isspace (c);
  if (self->depth == 0)
    {
      self->depth = c == '{' ? 1 : 0;
      return c == '{' || g_ascii_isspace (c);
    }
  switch (c)
    {
    case '{':
    case '[':
      return ++self->depth <= MAX_DEPTH;
    case '}':
    case ']':
      self->whole = --self->depth == 0;
      return TRUE;
    case '"':
      return begin_string (self);
    case ':':
      if (self->depth == 1)
        {
          self->value = TRUE;
          self->data_next = g_str_equal (self->name->str, "data");
        }
      return TRUE;
    case ',':
      if (self->depth == 1)
        self->value = self->data_next = FALSE;
      return TRUE;
    default:
      return TRUE;
    }
}

static void
step_string (ZqBinaryJson *self, char c)
{
  if (self->escaped)
    self->escaped = FALSE;
  else if (c == '\\')
    self->escaped = TRUE;
  else if (c == '"')
    self->place = PLACE_BETWEEN;
  else if (self->place == PLACE_NAME && self->name->len < MAX_NAME)
    g_string_append_c (self->name, c);
}

static gboolean
is_base64 (char c)
{
  return g_ascii_isalnum (c) || c == '+' || c == '/' || c == '=' || g_ascii_isspace (c);
}

static void
decode (ZqBinaryJson *self, const char *text, gsize n, GByteArray *out)
{
  gsize before = out->len, got;

  g_byte_array_set_size (out, (guint)(before + n / 4 * 3 + 6));
  got = g_base64_decode_step (text, n, out->data + before, &self->state, &self->save);
  g_byte_array_set_size (out, (guint)(before + got));
}

/* "\/" is a slash, and some write "+" as "\u002B" (RFC 8259, 7). */
static gboolean
step_escape (ZqBinaryJson *self, char c, GByteArray *out)
{
  char plain = c;

  if (self->n_hex == 0 && c == 'u')
    {
      self->n_hex = 4;
      self->hex = 0;
      return TRUE;
    }
  if (self->n_hex > 0)
    {
      if (!g_ascii_isxdigit (c))
        return FALSE;
      self->hex = self->hex * 16 + (guint)g_ascii_xdigit_value (c);
      if (--self->n_hex > 0)
        return TRUE;
      plain = self->hex < 0x80 ? (char)self->hex : '\0';
    }
  else if (strchr ("nrtf", c) != NULL)
    plain = '\n';
  self->escaped = FALSE;
  if (!is_base64 (plain))
    return FALSE;
  decode (self, &plain, 1, out);
  return TRUE;
}

/* A run without escapes is taken at once. Returns how much of @text was used; 0: it is no base64. */
static gsize
take_data (ZqBinaryJson *self, const char *text, gsize length, GByteArray *out)
{
  gsize n = 0;

  if (self->escaped)
    return step_escape (self, *text, out) ? 1 : 0;
  while (n < length && is_base64 (text[n]))
    n++;
  if (n > 0)
    {
      decode (self, text, n, out);
      return n;
    }
  if (*text == '"')
    self->place = PLACE_BETWEEN;
  self->escaped = *text == '\\';
  return *text == '"' || self->escaped ? 1 : 0;
}

gboolean
zq_binary_json_feed (ZqBinaryJson *self, const char *text, gsize length, GByteArray *out)
{
  for (gsize i = 0; i < length;)
    {
      gsize used = 1;

      if (self->place == PLACE_DATA)
        used = take_data (self, text + i, length - i, out);
      else if (self->place != PLACE_BETWEEN)
        step_string (self, text[i]);
      else if (!step_between (self, text[i]))
        return FALSE;
      if (used == 0)
        return FALSE;
      i += used;
    }
  return TRUE;
}

gboolean
zq_binary_json_is_whole (ZqBinaryJson *self)
{
  return self->whole;
}

gboolean
zq_binary_json_has_data (ZqBinaryJson *self)
{
  return self->has_data;
}
