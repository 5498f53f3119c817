/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/consult/consult.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqIntakeCard:
 *
 * The complaint, and below it, unfolded, what the patient was asked and answered.
 */
#define ZQ_TYPE_INTAKE_CARD (zq_intake_card_get_type ())
G_DECLARE_FINAL_TYPE (ZqIntakeCard, zq_intake_card, ZQ, INTAKE_CARD, GtkWidget)

void zq_intake_card_set_consult (ZqIntakeCard *self, const ZqConsult *consult);
void zq_intake_card_set_open (ZqIntakeCard *self, gboolean open);
gboolean zq_intake_card_get_open (ZqIntakeCard *self);
/* How much higher it gets, or is, when it is unfolded. */
int zq_intake_card_measure_more (ZqIntakeCard *self);
/* No more than that. */
void zq_intake_card_set_most (ZqIntakeCard *self, int height);
void zq_intake_card_toggle (ZqIntakeCard *self);

G_END_DECLS
