/* SPDX-License-Identifier: MIT */
#include "net/sns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "net/inner.h"

enum { FORM_MAX = 1 << 20 /* every byte may take three */, URL_MAX = 300, SIGN_MAX = 200 };

void sns_subject(struct slice s, struct buf *out)
{
    size_t chars = 0;

    for (size_t i = 0; i < s.n && chars < SNS_SUBJECT_MAX;) {
        int step = utf8_step((struct slice){ s.p + i, s.n - i });
        char c = s.p[i];

        buf_byte(out, (char)(step == 1 && c >= ' ' && c <= '~' ? c : '?'));
        chars++;
        i += (size_t)(step > 0 ? step : -step);
    }
}

static bool holds(struct slice s, const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i + n <= s.n; i++) {
        if (memcmp(s.p + i, word, n) == 0)
            return true;
    }
    return false;
}

/* Signed too long ago, or in the future, whatever the code of the answer: no fault of a message. */
static bool is_of_another_time(struct slice body)
{
    return holds(body, "<Code>RequestExpired") || holds(body, "<Code>RequestTimeTooSkewed");
}

enum effect_how sns_how(long code, struct slice body)
{
    if (code >= 200 && code < 300)
        return EFFECT_SENT;
    if (code == 401 || code == 403 || is_of_another_time(body))
        return EFFECT_HOLD;
    if (code >= 400 && code < 500 && code != 429 && code != 408 && !holds(body, "<Code>Throttl"))
        return EFFECT_REFUSED;
    return EFFECT_RETRY;
}

/* name=value as forms have it: a blank is '+', which some who check signatures insist on. */
static void field(struct buf *out, const char *name, struct slice value)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    buf_fmt(out, "%s%s=", out->n > 0 ? "&" : "", name);
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] && strchr(plain, value.p[i]))
            buf_byte(out, value.p[i]);
        else if (value.p[i] == ' ')
            buf_byte(out, '+');
        else
            buf_fmt(out, "%%%02X", (unsigned)(unsigned char)value.p[i]);
    }
}

static void attribute(struct buf *out, int number, const char *name, struct slice value)
{
    static const char *const ends[] = { "Name", "Value.DataType", "Value.StringValue" };
    const struct slice values[] = { slice_str(name), slice_str("String"), value };
    char key[64];

    for (int i = 0; i < 3; i++) {
        snprintf(key, sizeof(key), "MessageAttributes.entry.%d.%s", number, ends[i]);
        field(out, key, values[i]);
    }
}

static void write_form(const struct sns *s, const struct sns_message *m, struct buf *form)
{
    struct slice text = utf8_cut(m->text, SNS_MESSAGE_MAX);
    size_t n = strlen(s->topic_arn);
    struct buf subject;

    buf_init(&subject, SNS_SUBJECT_MAX);
    sns_subject(m->subject, &subject);
    field(form, "Action", slice_str("Publish"));
    field(form, "Version", slice_str("2010-03-31"));
    field(form, "TopicArn", slice_str(s->topic_arn));
    field(form, "Subject", buf_slice(&subject));
    field(form, "Message", text);
    attribute(form, 1, "severity", slice_str(m->severity));
    attribute(form, 2, "state", slice_str(m->state));
    attribute(form, 3, "dedupe_key", m->key);
    attribute(form, 4, "truncated", slice_str(text.n < m->text.n ? "true" : "false"));
    if (n > 5 && strcmp(s->topic_arn + n - 5, ".fifo") == 0) {
        field(form, "MessageGroupId", slice_str("absa"));
        field(form, "MessageDeduplicationId", m->key);
    }
    if (buf_failed(&subject))
        form->failed = true;
    buf_release(&subject);
}

/* More than there is room for is let go: the head says what it is. */
static size_t hear(char *data, size_t size, size_t n, void *ctx)
{
    struct buf *answer = ctx;
    size_t k = size * n;
    size_t room = answer->max - answer->n;

    buf_add(answer, data, k < room ? k : room);
    return k;
}

void sns_explain(long code, struct slice body, int64_t ahead_s, char *why, size_t cap)
{
    static const char open[] = "<Code>";
    struct slice name = { "", 0 };

    for (size_t i = 0; i + sizeof(open) <= body.n; i++) {
        if (memcmp(body.p + i, open, sizeof(open) - 1) != 0)
            continue;
        name.p = body.p + i + sizeof(open) - 1;
        while (name.n < 60 && name.p + name.n < body.p + body.n && name.p[name.n] != '<')
            name.n++;
        break;
    }
    int n = snprintf(why, cap, "HTTP %ld %.*s", code, SLICE_ARG(name));
    if (code < 400 || code >= 500 || llabs(ahead_s) < SNS_CLOCK_OFF_S || n < 0 || (size_t)n >= cap)
        return;
    snprintf(why + n, cap - (size_t)n, ": the clock here is %lld s %s theirs, set it (timedatectl)",
             llabs(ahead_s), ahead_s > 0 ? "ahead of" : "behind");
}

/* So far is the clock of this machine ahead of the server's; 0 where it does not say its time. */
static int64_t ahead_of_server(CURL *h)
{
    struct curl_header *date = NULL;

    if (curl_easy_header(h, "Date", 0, CURLH_HEADER, -1, &date) != CURLHE_OK)
        return 0;
    const time_t theirs = curl_getdate(date->value, NULL);
    return theirs == -1 ? 0 : (int64_t)time(NULL) - (int64_t)theirs;
}

static struct curl_slist *headers(const struct sns *s)
{
    struct curl_slist *h =
        curl_slist_append(NULL, "Content-Type: application/x-www-form-urlencoded; charset=utf-8");
    char token[4096];

    if (h && s->session_token && s->session_token[0]) {
        struct curl_slist *longer;

        snprintf(token, sizeof(token), "X-Amz-Security-Token: %s", s->session_token);
        longer = curl_slist_append(h, token);
        h = longer ? longer : h;
    }
    return h;
}

static void post(CURL *h, const struct sns *s, struct slice form, const char *error,
                 struct effect_result *res)
{
    char url[URL_MAX];
    char sign[SIGN_MAX];
    char why[EFFECT_WHY_MAX];
    struct curl_slist *head = headers(s);
    struct buf answer;
    long code = 0;
    curl_off_t after = 0;

    buf_init(&answer, NET_ANSWER_MAX);
    snprintf(url, sizeof(url), "https://sns.%s.amazonaws.com/", s->region);
    snprintf(sign, sizeof(sign), "aws:amz:%s:sns", s->region);
    curl_easy_setopt(h, CURLOPT_URL, s->url && s->url[0] ? s->url : url);
    curl_easy_setopt(h, CURLOPT_AWS_SIGV4, sign);
    curl_easy_setopt(h, CURLOPT_USERNAME, s->access_key);
    curl_easy_setopt(h, CURLOPT_PASSWORD, s->secret_key);
    if (s->ca_file && s->ca_file[0])
        curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
    curl_easy_setopt(h, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(h, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)form.n);
    curl_easy_setopt(h, CURLOPT_POSTFIELDS, form.p);
    curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(h, CURLOPT_WRITEDATA, &answer);
    CURLcode rc = curl_easy_perform(h);

    curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(h, CURLINFO_RETRY_AFTER, &after);
    enum effect_how how = rc == CURLE_OK ? sns_how(code, buf_slice(&answer)) : net_how(rc);
    if (how == EFFECT_SENT)
        why[0] = '\0';
    else if (rc == CURLE_OK)
        sns_explain(code, buf_slice(&answer), ahead_of_server(h), why, sizeof(why));
    else
        snprintf(why, sizeof(why), "%.150s", error[0] ? error : curl_easy_strerror(rc));
    net_result(res, how, (int32_t)code, why);
    res->after_ms = after > 0 && after < 3600 ? (int64_t)after * 1000 : 0;
    buf_release(&answer);
    curl_slist_free_all(head);
}

void sns_publish(const struct sns *s, const struct sns_message *m, struct effect_result *res)
{
    char error[CURL_ERROR_SIZE];
    bool local = s->url && net_is_loopback(s->url);
    CURL *h = net_handle(local ? "http,https" : "https", error);
    struct buf form;

    buf_init(&form, FORM_MAX);
    write_form(s, m, &form);
    if (!h || buf_failed(&form))
        net_result(res, EFFECT_RETRY, 0, "out of memory");
    else
        post(h, s, buf_slice(&form), error, res);
    buf_release(&form);
    curl_easy_cleanup(h);
}
