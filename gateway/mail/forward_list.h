/* gateway/mail/forward_list.h: the author of a mail into whose From a mailing list wrote its own address
 * (notes on lists: what DMARC made of them). For forwarded.c. */
#pragma once

#include "gateway/mail/mail.h"

/* Of X-Original-From, X-Original-Sender, Reply-To the first that is one address and neither From's nor
 * the list's. NULL: it came through no list, or From is its author's own: neither is it the address of
 * List-Post or List-Id, nor a "Name via List", nor is there an X-Original-From. */
const struct mail_address *forward_list_author(struct arena *arena, const struct mail *mail);
