/* gateway/mail/newtext.h: a reply's text -> what its author wrote anew.
 *
 * Left out are quoted lines ('>'); the line that introduces a quotation ("On … wrote:", in the common
 * languages, over up to four lines); all behind a separator ("-----Original Message-----"), a header
 * block ("From: … Sent: … Subject: …") or an introduction that no '>' follows; the signature ("-- ",
 * a dash and a name, a closing and a name), mobile footers ("Sent from my iPhone"), mailing list
 * footers. Answers written between quoted lines stay. Nothing inside a ``` fence is touched. Doubt
 * keeps the line: a footer too many is seen by the author in the answer, a sentence lost is not. */
#pragma once

#include "gateway/base/arena.h"

/* Spaces at line ends are left out, and empty lines at both ends. "" where nothing new is left. */
char *newtext_cut(struct arena *arena, const char *text);
