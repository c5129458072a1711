/* SPDX-License-Identifier: MIT */
#include "net/smtp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "net/inner.h"

/* What libcurl is given and what it hears. */
struct talk {
    struct slice left;           /* of the mail            */
    char answer[EFFECT_WHY_MAX]; /* last that was no 2yz, 3yz */
    int code;
};

static size_t give(char *to, size_t size, size_t n, void *ctx)
{
    struct talk *t = ctx;
    size_t k = size * n < t->left.n ? size * n : t->left.n;

    if (k > 0)
        memcpy(to, t->left.p, k);
    t->left.p += k;
    t->left.n -= k;
    return k;
}

/* Hears what the server says, and nothing that we say: that may be a password. */
static int hear(CURL *h, curl_infotype type, char *data, size_t n, void *ctx)
{
    struct talk *t = ctx;

    (void)h;
    if (type != CURLINFO_HEADER_IN || n < 3 || (data[0] != '4' && data[0] != '5'))
        return 0;
    t->code = (data[0] - '0') * 100 + (data[1] - '0') * 10 + (data[2] - '0');
    snprintf(t->answer, sizeof(t->answer), "%.*s", (int)(n < 120 ? n : 120), data);
    return 0;
}

enum effect_how smtp_how(int code)
{
    if (code == 530 || code == 534 || code == 535 || code == 538)
        return EFFECT_HOLD;
    return code >= 500 ? EFFECT_REFUSED : EFFECT_RETRY;
}

static void set_server(CURL *h, const struct smtp *s)
{
    static const long tls[] = { [SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
                                [SMTP_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
                                [SMTP_TLS_NONE] = CURLUSESSL_NONE };

    curl_easy_setopt(h, CURLOPT_URL, s->url);
    curl_easy_setopt(h, CURLOPT_USE_SSL, tls[s->tls]);
    if (s->ca_file && s->ca_file[0])
        curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
    if (s->user && s->user[0]) {
        curl_easy_setopt(h, CURLOPT_USERNAME, s->user);
        curl_easy_setopt(h, CURLOPT_PASSWORD, s->password);
    }
}

static void talk_to(CURL *h, struct talk *t, const char *error, struct effect_result *res)
{
    curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(h, CURLOPT_READDATA, t);
    curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, hear);
    curl_easy_setopt(h, CURLOPT_DEBUGDATA, t);
    curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
    CURLcode rc = curl_easy_perform(h);
    enum effect_how how = net_how(rc);

    if (how == EFFECT_SENT)
        net_result(res, how, 250, "");
    else if (t->code != 0 && rc != CURLE_PEER_FAILED_VERIFICATION && rc != CURLE_USE_SSL_FAILED)
        net_result(res, smtp_how(t->code), t->code, t->answer);
    else
        net_result(res, how, 0, error[0] ? error : curl_easy_strerror(rc));
}

static void send_bytes(const struct smtp *s, const struct mail *m, struct slice bytes,
                       struct effect_result *res)
{
    char error[CURL_ERROR_SIZE];
    struct talk talk = { .left = bytes };
    struct curl_slist *to = NULL;
    CURL *h = net_handle("smtp,smtps", error);
    bool ok = h != NULL;

    for (size_t i = 0; ok && i < m->n_to; i++) {
        struct curl_slist *longer = curl_slist_append(to, m->to[i]);

        ok = longer != NULL;
        to = longer ? longer : to;
    }
    if (ok) {
        set_server(h, s);
        curl_easy_setopt(h, CURLOPT_MAIL_FROM, m->from);
        curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
        talk_to(h, &talk, error, res);
    } else {
        net_result(res, EFFECT_RETRY, 0, "out of memory");
    }
    curl_easy_cleanup(h);
    curl_slist_free_all(to);
}

void smtp_try(const struct smtp *s, struct effect_result *res)
{
    char error[CURL_ERROR_SIZE];
    struct talk talk = { .code = 0 };
    CURL *h = net_handle("smtp,smtps", error);

    if (h) {
        set_server(h, s);
        curl_easy_setopt(h, CURLOPT_CONNECT_ONLY, 1L);
        talk_to(h, &talk, error, res);
    } else {
        net_result(res, EFFECT_RETRY, 0, "out of memory");
    }
    curl_easy_cleanup(h);
}

void smtp_send(const struct smtp *s, const struct mail *m, struct effect_result *res)
{
    struct mail dated = *m;
    struct err err = { 0 };
    struct buf bytes;
    char date[64];
    time_t now = time(NULL);
    struct tm tm;

    if (!m->date) {
        gmtime_r(&now, &tm);
        strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S +0000", &tm);
        dated.date = date;
    }
    buf_init(&bytes, MAIL_BYTES_MAX);
    enum status st = mail_write(&dated, &bytes, &err);
    if (st == ST_OK)
        send_bytes(s, &dated, buf_slice(&bytes), res);
    else
        net_result(res, st == ST_REJECT ? EFFECT_REFUSED : EFFECT_RETRY, 0, err.msg);
    buf_release(&bytes);
}
