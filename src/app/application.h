/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/opening.h"
#include "app/options.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ZQ_APPLICATION_ID "org.zhenqiao.Zhenqiao"

#define ZQ_TYPE_APPLICATION (zq_application_get_type ())
G_DECLARE_FINAL_TYPE (ZqApplication, zq_application, ZQ, APPLICATION, AdwApplication)

/* @opening: (transfer full): already under way. @options and @clock outlive it. */
ZqApplication *zq_application_new (const ZqOptions *options, ZqClock *clock, ZqOpening *opening);

G_END_DECLS
