/* gateway/intake/monitoring.h: the rows of DESIGN section 5 for monitors; private to this folder.
 *
 * Before that of automatic mail: what proven monitors send is marked so, and is heard all the same. No
 * mail of ours is ever a monitor's, and no monitor is ever answered. */
#pragma once

#include "gateway/intake/taking.h"

bool monitoring_fits(struct taking *taking, struct intake_verdict *verdict);

/* After the words that mean one thing to everybody: what a listed network sends, and no mark says that no
 * person wrote it. */
bool monitoring_fits_near(struct taking *taking, struct intake_verdict *verdict);
