/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/patient-band.h"

#include "ui/widgets/words.h"

struct _ZqPatientBand
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box;
  GtkLabel *name;
  GtkLabel *person;
  GtkLabel *record_number;
  GtkWidget *same_name;
  GtkWidget *deceased;
  GtkWidget *allergies;
  GtkLabel *allergy_words;

  /* owned */
  char *all_allergies;
};

G_DEFINE_FINAL_TYPE (ZqPatientBand, zq_patient_band, GTK_TYPE_WIDGET)

static gboolean
on_query_allergies (ZqPatientBand *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, self->all_allergies);
  return TRUE;
}

static void
zq_patient_band_dispose (GObject *object)
{
  ZqPatientBand *self = ZQ_PATIENT_BAND (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->all_allergies, g_free);
  G_OBJECT_CLASS (zq_patient_band_parent_class)->dispose (object);
}

static void
zq_patient_band_class_init (ZqPatientBandClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = zq_patient_band_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/zhenqiao/Zhenqiao/ui/widgets/patient-band.ui");
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, box);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, name);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, person);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, record_number);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, same_name);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, deceased);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, allergies);
  gtk_widget_class_bind_template_child (widget_class, ZqPatientBand, allergy_words);
  gtk_widget_class_bind_template_callback (widget_class, on_query_allergies);
}

static void
zq_patient_band_init (ZqPatientBand *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_allergies (ZqPatientBand *self, const ZqPatient *patient)
{
  static const char *const classes[] = {
    [ZQ_ALLERGIES_NOT_ASKED] = "not-asked",
    [ZQ_ALLERGIES_NONE] = "none",
    [ZQ_ALLERGIES_LISTED] = "allergic",
  };
  g_autofree char *words = zq_words_allergies (patient);
  g_autofree char *shown =
      patient->allergies == ZQ_ALLERGIES_LISTED ? g_strconcat ("⚠ ", words, NULL) : g_strdup (words);

  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (self->allergies, classes[i]);
  gtk_widget_add_css_class (self->allergies, classes[patient->allergies]);
  gtk_label_set_label (self->allergy_words, shown);
  g_free (self->all_allergies);
  self->all_allergies = g_steal_pointer (&words);
}

void
zq_patient_band_set_patient (ZqPatientBand *self, const ZqPatient *patient)
{
  g_autofree char *person = NULL, *number = NULL, *all = NULL;

  gtk_widget_set_visible (self->allergies, patient != NULL);
  gtk_widget_set_visible (self->same_name, patient != NULL && patient->same_name);
  gtk_widget_set_visible (self->deceased, patient != NULL && patient->deceased);
  if (patient == NULL)
    {
      gtk_label_set_label (self->name, _ ("Patient not loaded yet"));
      gtk_label_set_label (self->person, "");
      gtk_label_set_label (self->record_number, "");
      return;
    }
  person = zq_words_sex_age (patient->sex, patient->age_years, patient->age_months);
  if (patient->record_number != NULL)
    /* Translators: the hospital's number of the patient's record */
    number = g_strdup_printf (_ ("No. %s"), patient->record_number);
  gtk_label_set_label (self->name, patient->name != NULL ? patient->name : _ ("name not known"));
  gtk_label_set_label (self->person, person);
  gtk_label_set_label (self->record_number, number != NULL ? number : "");
  set_allergies (self, patient);
  all = g_strdup_printf ("%s, %s, %s", gtk_label_get_label (self->name), person,
                         gtk_label_get_label (self->allergy_words));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, all, -1);
}
