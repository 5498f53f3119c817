/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/visit/identity.h"

#include <glib/gi18n.h>

struct _ZqIdentityCard
{
  GtkWidget parent_instance;

  /* borrowed */
  GtkWidget *box;
  GtkCheckButton *how[3];
  GtkCheckButton *relative;
  GtkDropDown *relation;
  GtkEntry *who;
  GtkCheckButton *guardian; /* NULL: of age */
  GtkWidget *admit;

  /* owned */
  GPtrArray *relations, *words;
  ZqVisitIdentity identity;
};

G_DEFINE_FINAL_TYPE (ZqIdentityCard, zq_identity_card, GTK_TYPE_WIDGET)

static guint confirmed;

static const char *const ways[] = { "name-and-birthdate", "document", "known" };
static const char *const relations[] = {
  "spouse", "child", "parent", "other-relative", "guardian", "interpreter", NULL
};

static void
update (ZqIdentityCard *self)
{
  gboolean is_complete;

  if (self->admit == NULL)
    return;
  is_complete = self->guardian == NULL || gtk_check_button_get_active (self->guardian);
  gtk_widget_set_sensitive (self->admit, is_complete);
  gtk_widget_set_visible (GTK_WIDGET (self->relation), gtk_check_button_get_active (self->relative));
  gtk_widget_set_visible (GTK_WIDGET (self->who), gtk_check_button_get_active (self->relative));
}

const ZqVisitIdentity *
zq_identity_card_get (ZqIdentityCard *self)
{
  g_ptr_array_set_size (self->relations, 0);
  g_ptr_array_set_size (self->words, 0);
  g_ptr_array_add (self->relations, g_strdup ("patient"));
  g_ptr_array_add (self->words, g_strdup (""));
  if (gtk_check_button_get_active (self->relative))
    {
      g_ptr_array_add (self->relations, g_strdup (relations[gtk_drop_down_get_selected (self->relation)]));
      g_ptr_array_add (self->words, g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->who))));
    }
  g_ptr_array_add (self->relations, NULL);
  g_ptr_array_add (self->words, NULL);
  self->identity.how = ways[0];
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (gtk_check_button_get_active (self->how[i]))
      self->identity.how = ways[i];
  self->identity.guardian = self->guardian != NULL && gtk_check_button_get_active (self->guardian);
  self->identity.relations = (const char *const *)self->relations->pdata;
  self->identity.who = (const char *const *)self->words->pdata;

  return &self->identity;
}

static void
confirm (ZqIdentityCard *self)
{
  if (gtk_widget_get_sensitive (self->admit))
    g_signal_emit (self, confirmed, 0);
}

static GtkCheckButton *
add_check (ZqIdentityCard *self, const char *label, GtkCheckButton *group)
{
  GtkWidget *check = gtk_check_button_new_with_mnemonic (label);

  if (group != NULL)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), group);
  gtk_box_append (GTK_BOX (self->box), check);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (update), self);

  return GTK_CHECK_BUTTON (check);
}

static void
fill (ZqIdentityCard *self, int age_years, int of_age)
{
  const char *names[] = { _ ("Husband or wife"),
                          _ ("Son or daughter"),
                          _ ("Father or mother"),
                          _ ("Another relative"),
                          _ ("Guardian"),
                          _ ("Interpreter"),
                          NULL };

  self->how[0] = add_check (self, _ ("_Name and date of birth were said"), NULL);
  self->how[1] = add_check (self, _ ("An identity _document was shown"), self->how[0]);
  self->how[2] = add_check (self, _ ("I _know this patient"), self->how[0]);
  gtk_check_button_set_active (self->how[0], TRUE);
  self->relative = add_check (self, _ ("_Somebody else is there too"), NULL);
  self->relation = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (names));
  self->who = GTK_ENTRY (gtk_entry_new ());
  gtk_entry_set_placeholder_text (self->who, _ ("Name"));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->relation));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->who));
  g_signal_connect_swapped (self->who, "activate", G_CALLBACK (confirm), self);
  if (age_years >= 0 && age_years < of_age)
    self->guardian = add_check (self, _ ("The child’s _guardian is there"), NULL);
  self->admit = gtk_button_new_with_mnemonic (_ ("Let the Patient _In"));
  gtk_widget_add_css_class (self->admit, "suggested-action");
  gtk_widget_add_css_class (self->admit, "pill");
  gtk_widget_set_halign (self->admit, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (self->admit, 8);
  gtk_box_append (GTK_BOX (self->box), self->admit);
  g_signal_connect_swapped (self->admit, "clicked", G_CALLBACK (confirm), self);
  update (self);
}

ZqIdentityCard *
zq_identity_card_new (int age_years, int of_age)
{
  ZqIdentityCard *self = g_object_new (ZQ_TYPE_IDENTITY_CARD, NULL);

  fill (self, age_years, of_age);

  return self;
}

/* One key when nothing is missing. */
static gboolean
zq_identity_card_grab_focus (GtkWidget *widget)
{
  ZqIdentityCard *self = ZQ_IDENTITY_CARD (widget);

  return gtk_widget_grab_focus (self->guardian != NULL ? GTK_WIDGET (self->guardian) : self->admit);
}

static void
zq_identity_card_dispose (GObject *object)
{
  ZqIdentityCard *self = ZQ_IDENTITY_CARD (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (zq_identity_card_parent_class)->dispose (object);
}

static void
zq_identity_card_finalize (GObject *object)
{
  ZqIdentityCard *self = ZQ_IDENTITY_CARD (object);

  g_ptr_array_unref (self->relations);
  g_ptr_array_unref (self->words);
  G_OBJECT_CLASS (zq_identity_card_parent_class)->finalize (object);
}

static void
zq_identity_card_class_init (ZqIdentityCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = zq_identity_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = zq_identity_card_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = zq_identity_card_grab_focus;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  confirmed = g_signal_new ("confirmed", ZQ_TYPE_IDENTITY_CARD, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
zq_identity_card_init (ZqIdentityCard *self)
{
  self->relations = g_ptr_array_new_with_free_func (g_free);
  self->words = g_ptr_array_new_with_free_func (g_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}
