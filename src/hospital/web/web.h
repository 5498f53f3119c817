/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hospital/hospital.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Serves the patient's page at /patient/. */
void zq_hospital_web_register (ZqHospital *hospital, SoupServer *server);

G_END_DECLS
