/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/patient/patient.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqPatientBand:
 *
 * Who this is about, the same on every page: name, sex, age, allergies in one of their three forms,
 * and whether another patient has the same name.
 */
#define ZQ_TYPE_PATIENT_BAND (zq_patient_band_get_type ())
G_DECLARE_FINAL_TYPE (ZqPatientBand, zq_patient_band, ZQ, PATIENT_BAND, GtkWidget)

/* NULL: the patient is not held yet, and the band says so. */
void zq_patient_band_set_patient (ZqPatientBand *self, const ZqPatient *patient);

G_END_DECLS
