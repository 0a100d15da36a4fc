/* gateway/config/checks.h: is this string what its field wants? For the tables' `check`.
 *
 * Each is pure but for zone files. False: `error` (CONFIG) is the end of a sentence that begins with
 * the value: what is wrong, and what would be right. */
#pragma once

#include "gateway/base/error.h"

#define CHECKS_LOCAL_MOST 20 /* characters of a page's local part: a keyed address needs the rest */

bool checks_path(const char *value, GError **error); /* absolute */
bool checks_id(const char *value, GError **error);   /* of a page or a component */
bool checks_address(const char *value, GError **error);
bool checks_page_address(const char *value, GError **error);
bool checks_url(const char *value, GError **error);
bool checks_zone(const char *value, GError **error);
bool checks_language(const char *value, GError **error);
bool checks_domain(const char *value, GError **error); /* two labels or more */
bool checks_network(const char *value, GError **error);
bool checks_authserv_id(const char *value, GError **error);
bool checks_socket(const char *value, GError **error);    /* the milter's */
bool checks_host(const char *value, GError **error);      /* a relay's */
bool checks_host_name(const char *value, GError **error); /* our own, for EHLO */
bool checks_tls(const char *value, GError **error);
bool checks_reminder(const char *value, GError **error); /* "24h", at most 31 days */
bool checks_rate(const char *value, GError **error);     /* "100/s" */
