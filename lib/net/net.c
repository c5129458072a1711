/* SPDX-License-Identifier: MIT */
#include "net/net.h"

#include <string.h>

#include "net/inner.h"

enum status net_start(struct err *err)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(err, ST_FATAL, "libcurl does not start");
    return ST_OK;
}

void net_stop(void)
{
    curl_global_cleanup();
}

bool net_has_scheme(const char *url, const char *scheme)
{
    return strncmp(url, scheme, strlen(scheme)) == 0;
}

bool net_is_loopback(const char *url)
{
    static const char *const ours[] = { "127.0.0.1", "localhost", "[::1]" };
    const char *host = strstr(url, "://");

    if (!host || strchr(url, '@')) /* localhost:x@elsewhere */
        return false;
    host += 3;
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        size_t n = strlen(ours[i]);

        if (strncmp(host, ours[i], n) == 0 && strchr(":/", host[n]))
            return true; /* strchr() finds the NUL too */
    }
    return false;
}

void net_result(struct effect_result *res, enum effect_how how, int32_t code, const char *why)
{
    size_t n = 0;

    res->how = how;
    res->code = code;
    for (; *why && n + 1 < sizeof(res->why); why++) {
        if (*why == '\r' || *why == '\n')
            break;
        const bool plain = *why >= ' ' && *why <= '~';

        res->why[n++] = '?';
        if (plain)
            res->why[n - 1] = *why;
    }
    res->why[n] = '\0';
}

CURL *net_handle(const char *protocols, char *error)
{
    CURL *h = curl_easy_init();

    if (!h)
        return NULL;
    error[0] = '\0';
    curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(h, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(h, CURLOPT_PROXY, "");
    curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)NET_CONNECT_MS);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)NET_TOTAL_MS);
    curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    return h;
}

enum effect_how net_how(CURLcode rc)
{
    switch (rc) {
    case CURLE_OK:
        return EFFECT_SENT;
    case CURLE_PEER_FAILED_VERIFICATION: /* an unknown CA, another name */
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED: /* no STARTTLS there */
    case CURLE_LOGIN_DENIED:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return EFFECT_HOLD;
    default:
        return EFFECT_RETRY;
    }
}
