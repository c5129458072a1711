/* SPDX-License-Identifier: MIT */
#include "net/rest.h"

#include <string.h>

#include "net/inner.h"

enum { URL_MAX = 4096, HEAD_MAX = 200, SILENCE_S = 10 };

static bool is_set(const char *s)
{
    return s && s[0] != '\0';
}

static bool has_secret(const struct rest *w)
{
    return is_set(w->token) || is_set(w->user) || is_set(w->password);
}

enum status rest_check(const struct rest *w, struct err *err)
{
    bool http = net_has_scheme(w->base, "http://");
    const char *host = strstr(w->base, "://");

    if (!http && !net_has_scheme(w->base, "https://"))
        return err_set(err, ST_FATAL, "an address starts with https:// (or http:// here)");
    if (host[3] == '\0' || host[3] == '/' || strpbrk(w->base, " ?#\r\n\t"))
        return err_set(err, ST_FATAL, "the address names no host, or has more than a path");
    if (strchr(w->base, '@'))
        return err_set(err, ST_FATAL, "a name or password does not belong into an address");
    if (!http || net_is_loopback(w->base))
        return ST_OK;
    if (!w->plain)
        return err_set(err, ST_FATAL,
                       "http:// to another machine: anyone between could change "
                       "the model; use https://, or allow it");
    if (has_secret(w))
        return err_set(err, ST_FATAL, "a secret is not sent over http:// to another machine");
    return ST_OK;
}

void rest_escape(struct slice s, struct buf *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] && strchr(plain, s.p[i]))
            buf_byte(out, s.p[i]);
        else
            buf_fmt(out, "%%%02X", (unsigned)(unsigned char)s.p[i]);
    }
}

/* A short count makes libcurl give up: an answer over the maximum is none. */
static size_t hear(char *data, size_t size, size_t n, void *ctx)
{
    struct buf *answer = ctx;

    buf_add(answer, data, size * n);
    return buf_failed(answer) ? 0 : size * n;
}

static int watch(void *ctx, curl_off_t dl_total, curl_off_t dl, curl_off_t ul_total, curl_off_t ul)
{
    const atomic_bool *stop = ctx;

    (void)dl_total, (void)dl, (void)ul_total, (void)ul;
    return atomic_load(stop) ? 1 : 0;
}

static void authenticate(CURL *h, const struct rest *w)
{
    if (is_set(w->ca_file))
        curl_easy_setopt(h, CURLOPT_CAINFO, w->ca_file);
    if (is_set(w->token)) {
        curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(h, CURLOPT_XOAUTH2_BEARER, w->token);
    } else if (is_set(w->user)) {
        curl_easy_setopt(h, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(h, CURLOPT_USERNAME, w->user);
        curl_easy_setopt(h, CURLOPT_PASSWORD, w->password ? w->password : "");
    }
}

static void set_request(CURL *h, const struct rest *w, const struct rest_request *r,
                        struct curl_slist *head)
{
    authenticate(h, w);
    curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(h, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, head);
    if (r->type) {
        curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(h, CURLOPT_POSTFIELDS, r->body.p ? r->body.p : "");
    }
    curl_easy_setopt(h, CURLOPT_CUSTOMREQUEST, r->method);
    if (w->stop) {
        union {
            const atomic_bool *in;
            void *out;
        } cast = { .in = w->stop }; /* which watch() takes as const again */
        curl_easy_setopt(h, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(h, CURLOPT_XFERINFOFUNCTION, watch);
        curl_easy_setopt(h, CURLOPT_XFERINFODATA, cast.out);
    }
}

static enum status perform(CURL *h, const char *error, struct buf *answer, long *code,
                           struct err *err)
{
    curl_easy_setopt(h, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(answer->max - answer->n));
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, answer);
    CURLcode rc = curl_easy_perform(h);

    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, code);
    if (rc == CURLE_OK)
        return ST_OK;
    if (rc == CURLE_FILESIZE_EXCEEDED || buf_failed(answer))
        return err_set(err, ST_FATAL, "the answer is larger than %zu bytes, or memory is short",
                       answer->max);
    return err_set(err, net_how(rc) == EFFECT_HOLD ? ST_FATAL : ST_RETRY, "%s",
                   error[0] ? error : curl_easy_strerror(rc));
}

/* The heads of a request: without Expect, whose answer some servers never send. */
static struct curl_slist *heads(const char *type)
{
    struct curl_slist *h = curl_slist_append(NULL, "Expect:");
    struct curl_slist *longer = NULL;
    struct buf text;

    if (!h || !type)
        return h;
    buf_init(&text, HEAD_MAX);
    buf_fmt(&text, "Content-Type: %s", type);
    buf_byte(&text, '\0');
    if (!buf_failed(&text))
        longer = curl_slist_append(h, text.p);
    buf_release(&text);
    if (!longer)
        curl_slist_free_all(h);
    return longer;
}

enum status rest_ask(const struct rest *w, const struct rest_request *r, struct buf *answer,
                     long *code, struct err *err)
{
    char error[CURL_ERROR_SIZE];
    enum status st = rest_check(w, err);
    struct curl_slist *head = NULL;
    struct buf url;
    CURL *h = NULL;

    *code = 0;
    if (st != ST_OK)
        return st;
    buf_init(&url, URL_MAX);
    buf_fmt(&url, "%s%s", w->base, r->path);
    buf_byte(&url, '\0');
    h = net_handle(w->plain || net_is_loopback(w->base) ? "http,https" : "https", error);
    head = heads(r->type);
    if (!h || !head || buf_failed(&url)) {
        st = err_set(err, ST_FATAL, "out of memory for a request");
    } else {
        set_request(h, w, r, head);
        curl_easy_setopt(h, CURLOPT_URL, url.p);
        st = perform(h, error, answer, code, err);
    }
    curl_easy_cleanup(h);
    curl_slist_free_all(head);
    buf_release(&url);
    return st;
}
