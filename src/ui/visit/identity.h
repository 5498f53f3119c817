/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clinic/visit/visit.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ZqIdentityCard:
 *
 * Asked before the patient is let in: how it was made sure who this is, who else is there, and of a child the guardian.
 * Signal "confirmed".
 */
#define ZQ_TYPE_IDENTITY_CARD (zq_identity_card_get_type ())
G_DECLARE_FINAL_TYPE (ZqIdentityCard, zq_identity_card, ZQ, IDENTITY_CARD, GtkWidget)

/* @age_years: of the patient; below @of_age a guardian has to be there (ZqVisitRules); -1: not known. */
ZqIdentityCard *zq_identity_card_new (int age_years, int of_age);

/* What was said; owned by the card, until it is changed. */
const ZqVisitIdentity *zq_identity_card_get (ZqIdentityCard *self);

G_END_DECLS
