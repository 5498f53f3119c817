/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Makes templates, style and icons known. Before the first widget. */
void zq_ui_init (void);
