/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All programs of the sensor, in one object, so that they share their maps. What a plan does not need is left out when
 * the object is loaded. */
#include "connect.h"
#include "enforce.h"
#include "process.h"
#include "found.h"
#include "unix.h"
#include "call.h"
#include "ring.h"

/* The verifier lets programs of this licence call what they need. */
char licence[] SEC("license") = "Dual BSD/GPL";
