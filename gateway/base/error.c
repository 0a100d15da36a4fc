#include "gateway/base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <sysexits.h>

static const struct error_reply replies[] = {
    [TOCSIN_ERROR_INPUT] = {"554", "5.6.0", EX_DATAERR, 400},
    [TOCSIN_ERROR_DENIED] = {"550", "5.7.1", EX_NOPERM, 403},
    [TOCSIN_ERROR_MISSING] = {"550", "5.1.1", EX_NOUSER, 404},
    [TOCSIN_ERROR_LIMIT] = {"552", "5.3.4", EX_DATAERR, 413},
    [TOCSIN_ERROR_BUSY] = {"451", "4.3.0", EX_TEMPFAIL, 503},
    [TOCSIN_ERROR_CONFIG] = {"451", "4.3.5", EX_CONFIG, 500},
    [TOCSIN_ERROR_BUG] = {"451", "4.3.0", EX_TEMPFAIL, 500},
};
static_assert(G_N_ELEMENTS(replies) == TOCSIN_ERROR_BUG + 1, "each code has its reply");

GQuark tocsin_error_quark(void)
{
    return g_quark_from_static_string("tocsin-error");
}

const struct error_reply *error_reply(enum tocsin_error code)
{
    return &replies[code];
}

const struct error_reply *error_reply_of(const GError *error)
{
    if (error->domain != TOCSIN_ERROR || error->code < 0 || error->code > TOCSIN_ERROR_BUG)
        return error_reply(TOCSIN_ERROR_BUG);
    return error_reply((enum tocsin_error)error->code);
}

bool error_set(GError **error, enum tocsin_error code, const char *format, ...)
{
    va_list arguments;

    if (error == NULL)
        return false;
    va_start(arguments, format);
    *error = g_error_new_valist(TOCSIN_ERROR, (int)code, format, arguments);
    va_end(arguments);
    return false;
}
