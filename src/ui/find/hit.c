/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/find/hit.h"

struct _ZqHitRow
{
  GObject parent_instance;

  ZqHitForm form;
  ZqFindKind kind;

  /* owned */
  ZqFound *found;
};

G_DEFINE_FINAL_TYPE (ZqHitRow, zq_hit_row, G_TYPE_OBJECT)

static void
zq_hit_row_finalize (GObject *object)
{
  g_clear_pointer (&ZQ_HIT_ROW (object)->found, zq_found_free);
  G_OBJECT_CLASS (zq_hit_row_parent_class)->finalize (object);
}

static void
zq_hit_row_class_init (ZqHitRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = zq_hit_row_finalize;
}

static void
zq_hit_row_init (ZqHitRow *self)
{
}

ZqHitRow *
zq_hit_row_new (ZqHitForm form, ZqFindKind kind, ZqFound *found)
{
  ZqHitRow *self = g_object_new (ZQ_TYPE_HIT_ROW, NULL);

  self->form = form;
  self->kind = kind;
  self->found = found;

  return self;
}

ZqHitForm
zq_hit_row_get_form (ZqHitRow *self)
{
  return self->form;
}

ZqFindKind
zq_hit_row_get_kind (ZqHitRow *self)
{
  return self->kind;
}

const ZqFound *
zq_hit_row_get_found (ZqHitRow *self)
{
  return self->found;
}
