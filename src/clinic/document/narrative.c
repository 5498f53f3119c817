/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clinic/document/narrative.h"

#include <string.h>

#define MOST_BYTES  (1024 * 1024)
#define MOST_BLOCKS 500
#define MOST_TEXT   20000 /* bytes of a block */
#define MOST_CELLS  20
#define MOST_DEPTH  8 /* of lists */
#define MOST_NAME   32
#define CDATA       "<![CDATA["
/* Bytes of a tag that are looked at. */
#define MOST_ATTRIBUTES 2000

typedef enum
{
  ELEMENT_OTHER, /* nothing is done, its text is kept */
  ELEMENT_BLOCK, /* begins and ends a paragraph */
  ELEMENT_HEADING,
  ELEMENT_LIST,
  ELEMENT_ORDERED,
  ELEMENT_ITEM,
  ELEMENT_ROW,
  ELEMENT_HEAD_CELL,
  ELEMENT_CELL,
  ELEMENT_PREFORMATTED,
  ELEMENT_BREAK,
  ELEMENT_GONE, /* with all that it holds */
} Element;

typedef struct
{
  GPtrArray *blocks;
  GString *text;   /* of the block that is being read */
  GString *ground; /* text goes here: text, or a cell */
  GString *cell;
  GPtrArray *cells; /* of the row that is being read; NULL: none */
  guint n_heads;
  guint heading; /* 0: none */
  gboolean is_item, is_preformatted;
  guint depth;
  guint numbers[MOST_DEPTH + 1]; /* of ordered lists: the last one's; 0 for others */
  gboolean ordered[MOST_DEPTH + 1];
  gboolean cut;
} Reader;

void
zq_narrative_block_free (ZqNarrativeBlock *self)
{
  g_free (self->mark);
  g_free (self->text);
  g_strfreev (self->cells);
  g_free (self);
}

static Element
find_element (const char *name)
{
  static const struct
  {
    const char *name;
    Element element;
  } table[] = {
    { "p", ELEMENT_BLOCK },       { "div", ELEMENT_BLOCK },        { "h1", ELEMENT_HEADING },
    { "h2", ELEMENT_HEADING },    { "h3", ELEMENT_HEADING },       { "h4", ELEMENT_HEADING },
    { "h5", ELEMENT_HEADING },    { "h6", ELEMENT_HEADING },       { "ul", ELEMENT_LIST },
    { "ol", ELEMENT_ORDERED },    { "li", ELEMENT_ITEM },          { "tr", ELEMENT_ROW },
    { "th", ELEMENT_HEAD_CELL },  { "td", ELEMENT_CELL },          { "pre", ELEMENT_PREFORMATTED },
    { "br", ELEMENT_BREAK },      { "hr", ELEMENT_BLOCK },         { "table", ELEMENT_BLOCK },
    { "caption", ELEMENT_BLOCK }, { "dl", ELEMENT_BLOCK },         { "dt", ELEMENT_BLOCK },
    { "dd", ELEMENT_BLOCK },      { "blockquote", ELEMENT_BLOCK }, { "script", ELEMENT_GONE },
    { "style", ELEMENT_GONE },    { "head", ELEMENT_GONE },        { "title", ELEMENT_GONE },
    { "object", ELEMENT_GONE },   { "iframe", ELEMENT_GONE },      { "svg", ELEMENT_GONE },
    { "math", ELEMENT_GONE },     { "template", ELEMENT_GONE },    { "noscript", ELEMENT_GONE },
    { "audio", ELEMENT_GONE },    { "video", ELEMENT_GONE },       { "canvas", ELEMENT_GONE },
    { "textarea", ELEMENT_GONE }, { "select", ELEMENT_GONE },      { "embed", ELEMENT_GONE },
    { "applet", ELEMENT_GONE },   { "frameset", ELEMENT_GONE },    { "form", ELEMENT_OTHER },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].name, name))
      return table[i].element;

  return ELEMENT_OTHER;
}

/* --- text --------------------------------------------------------------------------------------- */

/* Not a control character, nor one that turns the order of what follows around. */
static gboolean
is_harmless (gunichar one)
{
  return !g_unichar_iscntrl (one) && !(one >= 0x202a && one <= 0x202e) && !(one >= 0x2066 && one <= 0x2069) &&
         one != 0x200e && one != 0x200f && one != 0x061c;
}

static void
add_character (Reader *self, gunichar one)
{
  GString *ground = self->ground;

  if (ground->len >= MOST_TEXT)
    {
      self->cut = TRUE;
      return;
    }
  if (self->is_preformatted && (one == '\n' || one == '\t'))
    g_string_append_c (ground, (char)one);
  else if (g_unichar_isspace (one))
    {
      if (self->is_preformatted || (ground->len > 0 && !g_ascii_isspace (ground->str[ground->len - 1])))
        g_string_append_c (ground, ' ');
    }
  else if (is_harmless (one))
    g_string_append_unichar (ground, one);
}

static gunichar
decode_number (const char *digits)
{
  gboolean is_hex = *digits == 'x' || *digits == 'X';
  char *end;
  guint64 number = g_ascii_strtoull (is_hex ? digits + 1 : digits, &end, is_hex ? 16 : 10);

  return *end == '\0' && number > 0 && number <= 0x10ffff && g_unichar_validate ((gunichar)number) ? (gunichar)number
                                                                                                   : 0xfffd;
}

/* The names that clinical systems write; 0: none of them. */
static gunichar
decode_name (const char *name)
{
  static const struct
  {
    const char *name;
    gunichar character;
  } table[] = {
    { "amp", '&' },     { "lt", '<' },       { "gt", '>' },        { "quot", '"' },     { "apos", '\'' },
    { "nbsp", ' ' },    { "deg", 0xb0 },     { "micro", 0xb5 },    { "mu", 0x3bc },     { "plusmn", 0xb1 },
    { "times", 0xd7 },  { "le", 0x2264 },    { "ge", 0x2265 },     { "ndash", 0x2013 }, { "mdash", 0x2014 },
    { "middot", 0xb7 }, { "bull", 0x2022 },  { "hellip", 0x2026 }, { "uarr", 0x2191 },  { "darr", 0x2193 },
    { "alpha", 0x3b1 }, { "beta", 0x3b2 },   { "gamma", 0x3b3 },   { "sup2", 0xb2 },    { "sup3", 0xb3 },
    { "frac12", 0xbd }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 },  { "ldquo", 0x201c }, { "rdquo", 0x201d },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].name, name))
      return table[i].character;

  return 0;
}

/* After "&"; what is no entity stands as it is. */
static const char *
read_entity (Reader *self, const char *at)
{
  gsize length = strcspn (at, ";<& \n\t");
  g_autofree char *name = length > 0 && length <= 10 && at[length] == ';' ? g_strndup (at, length) : NULL;
  gunichar one = name == NULL ? 0 : *name == '#' ? decode_number (name + 1) : decode_name (name);

  add_character (self, one != 0 ? one : '&');

  return one != 0 ? at + length + 1 : at;
}

/* --- blocks ------------------------------------------------------------------------------------- */

static void
add_block (Reader *self, ZqNarrativeBlock *block)
{
  if (self->blocks->len < MOST_BLOCKS)
    {
      g_ptr_array_add (self->blocks, block);
      return;
    }
  self->cut = TRUE;
  zq_narrative_block_free (block);
}

static char *
make_mark (Reader *self)
{
  return self->ordered[self->depth] ? g_strdup_printf ("%u.", ++self->numbers[self->depth]) : g_strdup ("•");
}

/* What has been read so far stands by itself. */
static void
end_block (Reader *self)
{
  gboolean is_preformatted = self->is_preformatted;
  ZqNarrativeBlock *block;

  if (self->cells != NULL)
    return; /* paragraphs of a cell are one text */
  if (!is_preformatted)
    g_strstrip (self->text->str);
  if (*self->text->str != '\0')
    {
      block = g_new0 (ZqNarrativeBlock, 1);
      block->kind = is_preformatted     ? ZQ_NARRATIVE_PREFORMATTED
                    : self->heading > 0 ? ZQ_NARRATIVE_HEADING
                    : self->is_item     ? ZQ_NARRATIVE_ITEM
                                        : ZQ_NARRATIVE_PARAGRAPH;
      block->level = self->heading > 0 ? self->heading : self->depth > 0 ? self->depth - 1 : 0;
      block->mark = block->kind == ZQ_NARRATIVE_ITEM ? make_mark (self) : NULL;
      block->text = g_strdup (self->text->str);
      add_block (self, block);
      self->is_item = FALSE;
    }
  g_string_truncate (self->text, 0);
}

static void
end_cell (Reader *self)
{
  if (self->ground == self->text)
    return;
  g_strstrip (self->cell->str);
  if (self->cells->len < MOST_CELLS)
    g_ptr_array_add (self->cells, g_strdup (self->cell->str));
  else
    self->cut = TRUE;
  g_string_truncate (self->cell, 0);
  self->ground = self->text;
}

static void
end_row (Reader *self)
{
  ZqNarrativeBlock *block;

  if (self->cells == NULL)
    return;
  end_cell (self);
  if (self->cells->len > 0)
    {
      block = g_new0 (ZqNarrativeBlock, 1);
      block->kind = ZQ_NARRATIVE_ROW;
      block->head = self->n_heads == self->cells->len;
      g_ptr_array_add (self->cells, NULL);
      block->cells = (GStrv)g_ptr_array_free (g_steal_pointer (&self->cells), FALSE);
      add_block (self, block);
    }
  g_clear_pointer (&self->cells, g_ptr_array_unref);
  end_block (self); /* what stood in the row and in no cell */
}

static void
begin_row (Reader *self)
{
  end_row (self);
  end_block (self);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->n_heads = 0;
}

/* A cell without a row has one of its own. */
static void
begin_cell (Reader *self, gboolean is_head)
{
  if (self->cells == NULL)
    begin_row (self);
  end_cell (self);
  self->n_heads += is_head;
  self->ground = self->cell;
}

static void
begin_list (Reader *self, gboolean ordered)
{
  end_block (self);
  self->depth = MIN (self->depth + 1, MOST_DEPTH);
  self->ordered[self->depth] = ordered;
  self->numbers[self->depth] = 0;
}

/* --- elements ----------------------------------------------------------------------------------- */

static void
begin_element (Reader *self, Element element, const char *name)
{
  if (element == ELEMENT_OTHER)
    return;
  if (self->cells != NULL && element != ELEMENT_CELL && element != ELEMENT_HEAD_CELL && element != ELEMENT_ROW)
    {
      add_character (self, ' ');
      return;
    }
  if (element == ELEMENT_LIST || element == ELEMENT_ORDERED)
    begin_list (self, element == ELEMENT_ORDERED);
  else if (element == ELEMENT_ROW)
    begin_row (self);
  else if (element == ELEMENT_CELL || element == ELEMENT_HEAD_CELL)
    begin_cell (self, element == ELEMENT_HEAD_CELL);
  else if (element == ELEMENT_BREAK && self->is_preformatted)
    add_character (self, '\n');
  else
    {
      end_block (self);
      self->heading = element == ELEMENT_HEADING ? (guint)(name[1] - '0') : 0;
      self->is_item = self->is_item || element == ELEMENT_ITEM;
      self->is_preformatted = element == ELEMENT_PREFORMATTED;
    }
}

static void
end_element (Reader *self, Element element)
{
  if (element == ELEMENT_ROW || (self->cells != NULL && element == ELEMENT_BLOCK && self->ground == self->text))
    end_row (self);
  else if (element == ELEMENT_CELL || element == ELEMENT_HEAD_CELL)
    {
      if (self->cells != NULL)
        end_cell (self);
    }
  else if (element != ELEMENT_OTHER && self->cells == NULL)
    {
      end_block (self);
      self->heading = 0;
      self->is_preformatted = FALSE;
      self->is_item = FALSE;
      if ((element == ELEMENT_LIST || element == ELEMENT_ORDERED) && self->depth > 0)
        self->depth--;
    }
}

/* The end of a tag: quotes may hold ">". */
static const char *
skip_tag (const char *at)
{
  char quote = '\0';

  for (; *at != '\0'; at++)
    {
      if (quote != '\0')
        quote = *at == quote ? '\0' : quote;
      else if (*at == '"' || *at == '\'')
        quote = *at;
      else if (*at == '>')
        return at + 1;
    }

  return at;
}

/* Of elements that hold nothing. */
static gboolean
is_void (const char *name)
{
  static const char *const names[] = {
    "br", "hr", "img", "input", "meta", "link", "col", "area", "base", "embed", NULL
  };

  return g_strv_contains (names, name);
}

/* The length of the name at @at with its prefix ("svg:" in "svg:script"), and where the name itself begins. */
static gsize
measure_name (const char *at, gsize *start)
{
  gsize length = 0;

  *start = 0;
  while (length < MOST_NAME && (g_ascii_isalnum (at[length]) || at[length] == ':'))
    {
      if (at[length] == ':')
        *start = length + 1;
      length++;
    }

  return length;
}

/* All up to the end of such an element, others of its name inside it included; to the end of everything where it has
 * none. */
static const char *
skip_element (const char *at, const char *name)
{
  guint depth = 1;

  while ((at = strchr (at, '<')) != NULL)
    {
      gboolean is_end = at[1] == '/';
      const char *tag = at + 1 + is_end;
      gsize start, length = measure_name (tag, &start);

      if (length - start != strlen (name) || g_ascii_strncasecmp (tag + start, name, length - start) != 0)
        {
          at++;
          continue;
        }
      at = skip_tag (at);
      if (is_end)
        depth--;
      else
        depth += at[-2] != '/';
      if (depth == 0)
        return at;
    }

  return "";
}

/* Whether the attributes up to @end say that a person would not see it. */
static gboolean
is_hidden (const char *at, const char *end)
{
  static const char *const ways[] = { "display:none", "visibility:hidden", "visibility:collapse",
                                      "font-size:0;", "font-size:0p",      "opacity:0;",
                                      " hidden ",     " hidden=" };
  g_autoptr (GString) words = g_string_new (NULL);

  for (; at < end && words->len < MOST_ATTRIBUTES; at++)
    {
      char one = *at;

      /* As it would be read: no matter how it is spaced or closed. */
      if (g_ascii_isspace (one) && words->len > 0 && strchr (": ;", words->str[words->len - 1]) != NULL)
        continue;
      if (one == ':')
        while (words->len > 0 && words->str[words->len - 1] == ' ')
          g_string_truncate (words, words->len - 1);
      g_string_append_c (words, g_ascii_isspace (one) || one == '>' ? ' ' : (char)g_ascii_tolower (one));
      if (one == '0' && (at[1] == '"' || at[1] == '\''))
        g_string_append_c (words, ';');
    }
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strstr (words->str, ways[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* A declaration with all that it declares; an instruction; a comment. What stands in a CDATA section is text. */
static const char *
read_special (Reader *self, const char *at)
{
  const char *end, *inner;

  if (g_str_has_prefix (at, "<!--"))
    return (end = strstr (at + 4, "-->")) != NULL ? end + 3 : "";
  if (g_str_has_prefix (at, CDATA))
    {
      for (at += strlen (CDATA); *at != '\0' && !g_str_has_prefix (at, "]]>"); at = g_utf8_next_char (at))
        add_character (self, g_utf8_get_char (at));
      return *at != '\0' ? at + 3 : at;
    }
  end = skip_tag (at);
  inner = memchr (at, '[', (gsize)(end - at));
  if (at[1] == '!' && inner != NULL)
    return (end = strstr (inner, "]>")) != NULL ? end + 2 : "";

  return end;
}

static const char *
read_tag (Reader *self, const char *at)
{
  gboolean is_end = at[1] == '/', is_closed;
  const char *tag = at + 1 + is_end, *end;
  gsize start, length = measure_name (tag, &start);
  g_autofree char *name = NULL;
  Element element;

  if (at[1] == '!' || at[1] == '?')
    return read_special (self, at);
  if (length == 0)
    {
      add_character (self, '<');
      return at + 1;
    }
  name = g_ascii_strdown (tag + start, (gssize)(length - start));
  element = find_element (name);
  end = skip_tag (at);
  self->cut = self->cut || end[-1] != '>';
  is_closed = is_end || is_void (name) || end[-1] != '>' || end[-2] == '/';
  if (element == ELEMENT_GONE || (!is_end && is_hidden (tag + length, end)))
    return is_closed ? end : skip_element (end, name);
  if (is_end)
    end_element (self, element);
  else
    begin_element (self, element, name);

  return end;
}

/* The most that is looked at, never half a character. */
static char *
take_text (const char *div, gboolean *cut)
{
  gsize length = strnlen (div, MOST_BYTES + 1);

  *cut = length > MOST_BYTES;

  return g_utf8_make_valid (div, (gssize)MIN (length, MOST_BYTES));
}

GPtrArray *
zq_narrative_read (const char *div, gboolean *cut)
{
  Reader self = { .text = g_string_new (NULL), .cell = g_string_new (NULL) };
  g_autofree char *text = take_text (div != NULL ? div : "", &self.cut);
  const char *at = text;

  self.blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)zq_narrative_block_free);
  self.ground = self.text;
  while (*at != '\0' && self.blocks->len < MOST_BLOCKS)
    {
      if (*at == '<')
        at = read_tag (&self, at);
      else if (*at == '&')
        at = read_entity (&self, at + 1);
      else
        {
          add_character (&self, g_utf8_get_char (at));
          at = g_utf8_next_char (at);
        }
    }
  self.cut = self.cut || *at != '\0';
  end_row (&self);
  end_block (&self);
  g_string_free (self.text, TRUE);
  g_string_free (self.cell, TRUE);
  if (cut != NULL)
    *cut = self.cut;

  return self.blocks;
}

char *
zq_narrative_to_text (GPtrArray *blocks, const char *between)
{
  GString *words = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const ZqNarrativeBlock *block = blocks->pdata[i];
      g_autofree char *cells = block->cells != NULL ? g_strjoinv (between, block->cells) : NULL;

      for (guint j = 0; block->kind == ZQ_NARRATIVE_ITEM && j < block->level; j++)
        g_string_append (words, "    ");
      if (block->mark != NULL)
        g_string_append_printf (words, "%s ", block->mark);
      g_string_append (words, cells != NULL ? cells : block->text);
      g_string_append_c (words, '\n');
    }

  return g_string_free (words, FALSE);
}
