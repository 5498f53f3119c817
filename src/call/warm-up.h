/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Loads what a call needs, off the main thread: elements, and the certificate that takes a while to be made. Calls that
 * are made while it is under way wait for it. */
void zq_call_warm_up (void);
