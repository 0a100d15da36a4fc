/* gateway/cli/verbs.h: the verbs of the command line, a row each (DESIGN section 10). */
#pragma once

/* Runs the verb that the words name; the exit status is sysexits.h's. */
int verbs_run(int argc, char **argv);
