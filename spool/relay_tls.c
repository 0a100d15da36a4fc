#include "gateway/base/error.h"
#include "spool/relay_kinds.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

static struct relay *relay_of(const SSL *ssl)
{
    return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* Only keeps the reason: the library tells none when a handshake fails. */
static int note_verification(int is_good, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());

    if (is_good == 0 && ssl != NULL) {
        struct relay *relay = relay_of(ssl);
        g_snprintf(relay->tls_fault, sizeof relay->tls_fault, "certificate of %s: %s",
                   relay->settings->host,
                   X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)));
    }
    return is_good;
}

/* libesmtp sends no name in its handshake: a relay with several names needs it. */
static void name_host(const SSL *ssl, int where, int value)
{
    (void)value;
    if ((where & SSL_CB_HANDSHAKE_START) == 0)
        return;

    SSL *writable = (SSL *)(uintptr_t)ssl; /* OpenSSL's callback is const, its setter is not */
    g_autofree char *host = g_strdup(relay_of(ssl)->settings->host); /* nor its argument */
    (void)SSL_set_tlsext_host_name(writable, host);
}

static bool load_authorities(const struct relay *relay, GError **error)
{
    const char *file = relay->settings->ca_file;

    if (file[0] == '\0')
        return SSL_CTX_set_default_verify_paths(relay->tls) == 1 ||
               error_set(error, TOCSIN_ERROR_CONFIG, "the system's certificate authorities");
    return SSL_CTX_load_verify_locations(relay->tls, file, NULL) == 1 ||
           error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", file,
                     ERR_reason_error_string(ERR_peek_last_error()));
}

bool relay_tls_open(struct relay *relay, GError **error)
{
    relay->tls = SSL_CTX_new(TLS_client_method());
    if (relay->tls == NULL)
        return error_set(error, TOCSIN_ERROR_BUG, "no TLS context");

    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(relay->tls);
    const bool is_set = SSL_CTX_set_min_proto_version(relay->tls, TLS1_2_VERSION) == 1 &&
                        SSL_CTX_set_max_proto_version(relay->tls, TLS1_2_VERSION) == 1 &&
                        X509_VERIFY_PARAM_set1_host(parameters, relay->settings->host, 0) == 1;

    if (!is_set)
        return error_set(error, TOCSIN_ERROR_BUG, "TLS context: %s",
                         ERR_reason_error_string(ERR_peek_last_error()));
    SSL_CTX_set_verify(relay->tls, SSL_VERIFY_PEER, note_verification);
    SSL_CTX_set_info_callback(relay->tls, name_host);
    SSL_CTX_set_app_data(relay->tls, relay);
    return load_authorities(relay, error);
}

void relay_tls_close(struct relay *relay)
{
    SSL_CTX_free(relay->tls);
    relay->tls = NULL;
}
