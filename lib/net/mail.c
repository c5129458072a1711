/* SPDX-License-Identifier: MIT */
#include "net/mail.h"

#include <string.h>

#include "base/utf8.h"

enum { BASE64_LINE = 57 /* bytes that make 76 columns */, WORD_BYTES = 42 };

enum status mail_check_address(struct slice s, struct err *err)
{
    size_t ats = 0;

    if (s.n == 0 || s.n > MAIL_ADDRESS_MAX)
        return err_set(err, ST_REJECT, "an address has 1 to %d bytes", MAIL_ADDRESS_MAX);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (c <= ' ' || c > '~' || strchr("<>,;:\"()[]\\", c))
            return err_set(err, ST_REJECT, "byte %zu may not stand in an address", i);
        ats += c == '@';
    }
    if (ats != 1 || s.p[0] == '@' || s.p[s.n - 1] == '@')
        return err_set(err, ST_REJECT, "an address is somebody@somewhere");
    return ST_OK;
}

/* Bytes that end or break a header. */
static enum status check_header(const char *name, struct slice value, struct err *err)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];

        if (c < ' ' || c == 0x7f)
            return err_set(err, ST_REJECT, "a control character in the header %s", name);
    }
    if (!utf8_valid(value))
        return err_set(err, ST_REJECT, "the header %s is not UTF-8", name);
    return ST_OK;
}

static void base64(struct slice s, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < s.n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)s.p[i] << 16;
        size_t n = s.n - i < 3 ? s.n - i : 3;

        if (n > 1)
            v |= (uint32_t)(unsigned char)s.p[i + 1] << 8;
        if (n > 2)
            v |= (unsigned char)s.p[i + 2];
        buf_byte(out, digits[v >> 18]);
        buf_byte(out, digits[v >> 12 & 63]);
        buf_byte(out, (char)(n > 1 ? digits[v >> 6 & 63] : '='));
        buf_byte(out, (char)(n > 2 ? digits[v & 63] : '='));
    }
}

static bool is_plain(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] > '~')
            return false;
    }
    return s.n < 900 && !memchr(s.p, '=', s.n); /* "=?" would be read as encoded */
}

/* RFC 2047: words of at most 75 columns, cut between characters. */
static void encoded_words(struct slice s, struct buf *out)
{
    while (s.n > 0) {
        size_t n = 0;
        int step;

        while (n < s.n && (step = utf8_step((struct slice){ s.p + n, s.n - n })) > 0 &&
               n + (size_t)step <= WORD_BYTES)
            n += (size_t)step;
        buf_str(out, "=?UTF-8?B?");
        base64((struct slice){ s.p, n }, out);
        buf_str(out, s.n > n ? "?=\r\n " : "?=");
        s.p += n;
        s.n -= n;
    }
}

static enum status header(const char *name, struct slice value, struct buf *out, struct err *err)
{
    enum status st = check_header(name, value, err);

    if (st != ST_OK)
        return st;
    buf_fmt(out, "%s: ", name);
    if (value.n == 0 || is_plain(value))
        buf_slice_add(out, value);
    else
        encoded_words(value, out);
    buf_str(out, "\r\n");
    return ST_OK;
}

static enum status addresses(const struct mail *m, struct buf *out, struct err *err)
{
    enum status st = mail_check_address(slice_str(m->from), err);

    buf_fmt(out, "From: absa-drift <%s>\r\nTo: ", m->from);
    for (size_t i = 0; st == ST_OK && i < m->n_to; i++) {
        st = mail_check_address(slice_str(m->to[i]), err);
        buf_fmt(out, "%s<%s>", i > 0 ? ",\r\n " : "", m->to[i]);
    }
    buf_str(out, "\r\n");
    return st;
}

static void part(const struct mail *m, const char *type, struct slice body, struct buf *out)
{
    buf_fmt(out,
            "--=_%.*s\r\nContent-Type: text/%s; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n",
            SLICE_ARG(m->key), type);
    for (size_t i = 0; i < body.n; i += BASE64_LINE) {
        size_t n = body.n - i < BASE64_LINE ? body.n - i : BASE64_LINE;

        base64((struct slice){ body.p + i, n }, out);
        buf_str(out, "\r\n");
    }
}

/* It stands in the Message-ID and in the boundary. */
static enum status check_key(struct slice key, struct err *err)
{
    for (size_t i = 0; i < key.n; i++) {
        if (!key.p[i] || !strchr("0123456789abcdefghijklmnopqrstuvwxyz", key.p[i]))
            return err_set(err, ST_REJECT, "a key is of lower-case letters and digits");
    }
    return ST_OK;
}

enum status mail_write(const struct mail *m, struct buf *out, struct err *err)
{
    enum status st = addresses(m, out, err);

    if (st == ST_OK)
        st = header("Subject", m->subject, out, err);
    if (st == ST_OK)
        st = header("Date", slice_str(m->date), out, err);
    if (st == ST_OK)
        st = header("X-Absa-State", slice_str(m->state), out, err);
    if (st == ST_OK)
        st = check_key(m->key, err);
    if (st != ST_OK)
        return st;
    buf_fmt(out,
            "Message-ID: <%.*s@%s>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative; boundary=\"=_%.*s\"\r\n\r\n",
            SLICE_ARG(m->key), strchr(m->from, '@') + 1, SLICE_ARG(m->key));
    part(m, "plain", m->text, out);
    part(m, "html", m->html, out);
    buf_fmt(out, "--=_%.*s--\r\n", SLICE_ARG(m->key));
    return buf_failed(out) ? err_set(err, ST_FATAL, "a mail is too long, or out of memory") : ST_OK;
}
