/* gateway/intake/act.h: what a proven operator's mail does; private to this folder. */
#pragma once

#include "gateway/intake/taking.h"

/* The proven mail of taking->operator, whole: held, published, understood or asked about. Commits. */
struct intake_verdict act_on_proven(struct taking *taking);
