/* SPDX-License-Identifier: MIT */
/* file.c -- a configuration file, line by line, and whose each line is. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "conf/conf.h"
#include "conf/inner.h"

enum { WHERE_MAX = 512 };

enum whose {
    EVERYBODY, /* a file without headings   */
    SHARED,    /* before the first heading  */
    OURS,
    RELATED, /* under one of scope->also  */
    OTHERS,
};

void conf_scope(struct conf *c, const struct conf_scope *scope)
{
    c->scope = scope;
}

static bool is_in(struct slice word, const char *const *list)
{
    for (; list && *list; list++) {
        if (slice_is(word, *list))
            return true;
    }
    return false;
}

/* The nearest of a list, when a person may have meant it. */
static const char *nearest(struct slice word, const char *const *list)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (; *list; list++) {
        size_t d = near_distance(word, slice_str(*list));

        if (d < least) {
            least = d;
            best = *list;
        }
    }
    return best && near_enough(word, slice_str(best), least) ? best : NULL;
}

/* [drift]: the word inside; n == 0: the line is no heading. */
static struct slice heading(struct slice line)
{
    line = slice_trim(line);
    if (line.n < 2 || line.p[0] != '[' || line.p[line.n - 1] != ']')
        return (struct slice){ line.p, 0 };
    return slice_trim((struct slice){ line.p + 1, line.n - 2 });
}

static enum whose begin_part(struct conf *c, const char *where, struct slice word)
{
    if (slice_is(word, c->scope->program))
        return OURS;
    if (is_in(word, c->scope->also))
        return RELATED;
    if (!is_in(word, c->scope->programs)) {
        const char *near = nearest(word, c->scope->programs);

        conf_fail(c, where, "no program is called \"%.*s\"%s%s%s", SLICE_ARG(word),
                  near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    return OTHERS;
}

/* Whether name, or what name_file is the file of, is a property here. */
static bool takes(const struct conf *c, struct slice name)
{
    struct slice base = name;

    if (conf_has_suffix(name, CONF_FILE_SUFFIX))
        base.n -= strlen(CONF_FILE_SUFFIX);
    return conf_knows(c, name) || conf_knows(c, base);
}

/* A line before the first heading. */
static void read_shared(struct conf *c, const struct conf_source *src, struct slice line)
{
    struct slice name;
    struct slice value;

    if (!conf_split(c, src, line, &name, &value))
        return;
    if (conf_is_passed(c, name) || is_in(name, c->scope->shared)) {
        if (takes(c, name))
            conf_set(c, src, name, value);
        return;
    }
    const char *near = nearest(name, c->scope->shared);
    if (near)
        conf_fail(c, src->where, "no property is called \"%.*s\"; did you mean %s?",
                  SLICE_ARG(name), near);
    else
        conf_fail(c, src->where,
                  "%.*s stands before the first heading and is not for all programs: put it under "
                  "a heading, as [%s]",
                  SLICE_ARG(name), c->scope->program);
}

/* A line for a related program: what we know of it counts for us too. */
static void read_related(struct conf *c, const struct conf_source *src, struct slice line)
{
    struct slice name;
    struct slice value;

    if (conf_split(c, src, line, &name, &value) && takes(c, name))
        conf_set(c, src, name, value);
}

static void read_line(struct conf *c, const char *where, enum whose whose, struct slice line)
{
    const struct conf_source src = { whose == SHARED    ? CONF_SHARED
                                     : whose == RELATED ? CONF_RELATED
                                                        : CONF_FILE,
                                     where };

    switch (whose) {
    case EVERYBODY:
    case OURS:
        conf_set_line(c, &src, line);
        return;
    case SHARED:
        read_shared(c, &src, line);
        return;
    case RELATED:
        read_related(c, &src, line);
        return;
    case OTHERS:
        return;
    }
}

/* Cuts the first line off text. */
static struct slice next_line(struct slice *text)
{
    return slice_trim(slice_cut(text, '\n'));
}

static bool has_headings(struct slice text)
{
    while (text.n > 0) {
        if (heading(next_line(&text)).n > 0)
            return true;
    }
    return false;
}

void conf_read(struct conf *c, struct slice text, const char *filename)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of UTF-8: some editors begin with it */
    enum whose whose = EVERYBODY;

    if (text.n >= sizeof(mark) - 1 && memcmp(text.p, mark, sizeof(mark) - 1) == 0)
        text = (struct slice){ text.p + sizeof(mark) - 1, text.n - (sizeof(mark) - 1) };
    if (text.n > CONF_TEXT_MAX) {
        conf_fail(c, filename, "is longer than %d bytes", CONF_TEXT_MAX);
        return;
    }
    if (c->scope && has_headings(text))
        whose = SHARED;
    for (int lineno = 1; text.n > 0; lineno++) {
        struct slice line = next_line(&text);
        struct slice word = heading(line);
        char where[WHERE_MAX];

        if (line.n == 0 || line.p[0] == '#')
            continue;
        snprintf(where, sizeof(where), "%s:%d", filename, lineno);
        const char *kept = conf_keep(c, slice_str(where));
        if (whose != EVERYBODY && word.n > 0)
            whose = begin_part(c, kept, word);
        else
            read_line(c, kept, whose, line);
    }
}
