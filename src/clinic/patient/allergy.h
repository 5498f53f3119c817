/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ZQ_ALLERGY_OVER,   /* resolved, refuted, an error, or says nothing about drugs */
  ZQ_ALLERGY_DENIED, /* recorded that there is none */
  ZQ_ALLERGY_PRESENT,
} ZqAllergyState;

G_END_DECLS
