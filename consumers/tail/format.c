/* SPDX-License-Identifier: MIT */
#include "consumers/tail/format.h"

#include <inttypes.h>
#include <string.h>

#include "text/visible.h"

static const char fields[] = "tpoTksKS%";
static const char escapes[] = "nrt\\";
static const char escaped[] = "\n\r\t\\";

static int hex(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c);

    return at ? (int)(at - digits) : -1;
}

/* The byte that \... at p stands for; *n: how long it is written, 0 when it is
 * none. */
static char unescape(const char *p, size_t *n)
{
    const char *at = p[1] == '\0' ? NULL : strchr(escapes, p[1]);

    *n = 0;
    if (at) {
        *n = 2;
        return escaped[at - escapes];
    }
    if (p[1] != 'x' || hex(p[2]) < 0 || hex(p[3]) < 0)
        return 0;
    *n = 4;
    return (char)(hex(p[2]) * 16 + hex(p[3]));
}

enum status format_check(const char *format, struct err *err)
{
    size_t n;

    for (const char *p = format; *p; p += n) {
        n = 1;
        if (*p == '\\')
            unescape(p, &n);
        else if (*p == '%')
            n = p[1] != '\0' && strchr(fields, p[1]) ? 2 : 0;
        if (n == 0)
            return err_set(err, ST_FATAL,
                           "usage: --format: '%.2s' is none of %%t %%p %%o %%T %%k %%s %%K %%S "
                           "%%%% \\n \\r \\t \\\\ \\xHH",
                           p);
    }
    return ST_OK;
}

static void add_text(struct slice s, bool harmless, struct buf *out)
{
    if (harmless)
        visible_add(s, out);
    else
        buf_slice_add(out, s);
}

static void add_field(char field, const struct entry *e, bool harmless, struct buf *out)
{
    switch (field) {
    case 't':
        buf_str(out, e->topic);
        break;
    case 'p':
        buf_fmt(out, "%" PRId32, e->rec->part);
        break;
    case 'o':
        buf_fmt(out, "%" PRId64, e->rec->offset);
        break;
    case 'T':
        buf_fmt(out, "%" PRId64, e->rec->arrival_ms);
        break;
    case 'k':
        add_text(e->rec->key, harmless, out);
        break;
    case 's':
        add_text(e->json, harmless, out);
        break;
    case 'K':
        buf_fmt(out, "%zu", e->rec->key.n);
        break;
    case 'S':
        buf_fmt(out, "%zu", e->json.n);
        break;
    default:
        buf_byte(out, '%');
    }
}

void format_add(const char *format, const struct entry *e, bool harmless, struct buf *out)
{
    size_t n;

    for (const char *p = format; *p; p += n) {
        n = 1;
        if (*p == '%') {
            add_field(p[1], e, harmless, out);
            n = 2;
        } else if (*p == '\\') {
            buf_byte(out, unescape(p, &n));
        } else {
            buf_byte(out, *p);
        }
    }
}
