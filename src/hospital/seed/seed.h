/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/clock.h"
#include "hospital/hospital.h"

G_BEGIN_DECLS

/**
 * zq_hospital_seed_demo:
 *
 * Puts the demo hospital into @hospital: departments, doctors, about 300 patients and their
 * consultations in every state, and the demo accounts. All of it follows from the instant that
 * @clock shows: the same instant gives the same bytes. All persons and texts are invented.
 */
gboolean zq_hospital_seed_demo (ZqHospital *hospital, ZqClock *clock, GError **error);

G_END_DECLS
