/* gateway/intake/admission.h: who joins and who leaves by mail; private to this folder.
 *
 * All in the open transaction. What a request does for others to see is the same whatever the store
 * holds. */
#pragma once

#include "gateway/intake/visitor.h"

/* Would a new subscription take these wishes? NULL: yes; else the sentence that says what is wrong. */
const char *admission_check(const struct taking *taking, const struct wishes *wishes);

/* One confirmation letter, within limits; *event says what became of it. */
bool admission_ask(struct taking *taking, const struct visitor *visitor, const char **event,
                   GError **error);
bool admission_ask_to_leave(struct taking *taking, const struct visitor *visitor,
                            const char **event, GError **error);

/* Her word is given: subscribed with these wishes, and welcomed. *problem: what is wrong with them by
 * now; NULL: nothing. */
bool admission_confirm(struct taking *taking, const struct visitor *visitor,
                       const struct wishes *wishes, const char **problem, GError **error);

/* Unsubscribed, on record, and bidden farewell. */
bool admission_leave(struct taking *taking, const struct visitor *visitor, GError **error);

/* By the address of a notification's List-Unsubscribe; nobody of that id: nothing. Automatic mail is not
 * answered, and a pager beeps for news alone. A transaction of its own. */
bool admission_leave_by_key(struct taking *taking, GError **error);
