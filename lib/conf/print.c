/* SPDX-License-Identifier: MIT */

#include "conf/conf.h"
#include "conf/inner.h"
#include "conf/value.h"

static void print_title(struct buf *out, const char *title)
{
    buf_fmt(out, "%s# ---- %s ----\n", out->n > 0 ? "\n" : "", title);
}

static void print_one(struct buf *out, const char *name, const char *value, const char *where,
                      bool secret)
{
    buf_fmt(out, "# %s\n", where);
    if (secret)
        buf_fmt(out, "# %s = %s\n", name, value[0] ? "***" : "");
    else
        buf_fmt(out, "%s = %s\n", name, value);
}

void conf_print(const struct conf *c, struct buf *out)
{
    for (const struct conf_section *s = c->sections; s->title; s++) {
        print_title(out, s->title);
        for (size_t i = 0; i < c->n; i++) {
            const struct conf_entry *e = &c->entry[i];

            if (e->section == s && e->value)
                print_one(out, e->prop->name, e->value, e->where, e->prop->type == CONF_SECRET);
        }
    }
    if (c->n_passed > 0)
        print_title(out, c->pass_prefix);
    for (size_t i = 0; i < c->n_passed; i++)
        print_one(out, c->passed[i].name, c->passed[i].value, c->passed[i].where,
                  conf_is_secret_name(c->passed[i].name));
}

static void sample_one(struct buf *out, const struct conf_prop *p, bool family)
{
    buf_fmt(out, "\n# %s\n# (", p->doc);
    conf_value_describe(p, out);
    if (p->type == CONF_SECRET)
        buf_fmt(out, ")\n#%s_file = \n", p->name);
    else if (p->dflt)
        buf_fmt(out, ")\n#%s = %s\n", p->name, p->dflt);
    else
        buf_fmt(out, "; required)\n%s%s = \n", family ? "#" : "", p->name);
}

void conf_print_sample(const struct conf_section *sections, struct buf *out)
{
    for (const struct conf_section *s = sections; s->title; s++) {
        print_title(out, s->title);
        for (const struct conf_prop *p = s->props; p->name; p++)
            sample_one(out, p, conf_is_family(s));
    }
}

static void json_str(struct buf *out, const char *s)
{
    buf_byte(out, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buf_fmt(out, "\\%c", *s);
        else if ((unsigned char)*s < 0x20)
            buf_fmt(out, "\\u%04x", (unsigned)*s);
        else
            buf_byte(out, *s);
    }
    buf_byte(out, '"');
}

static void json_choices(struct buf *out, const char *choices)
{
    buf_str(out, "\"enum\": [\"");
    for (; *choices; choices++) {
        if (*choices == '|')
            buf_str(out, "\", \"");
        else
            buf_byte(out, *choices);
    }
    buf_str(out, "\"]");
}

static void json_type(struct buf *out, const struct conf_prop *p)
{
    switch (p->type) {
    case CONF_CHOICE:
        json_choices(out, p->choices);
        return;
    case CONF_BOOL:
        buf_str(out, "\"type\": \"boolean\"");
        return;
    case CONF_INT:
    case CONF_DOUBLE:
        buf_fmt(out, "\"type\": \"%s\", \"minimum\": %.17g, \"maximum\": %.17g",
                p->type == CONF_INT ? "integer" : "number", p->min, p->max);
        return;
    case CONF_MS:
        buf_str(out,
                "\"type\": [\"integer\", \"string\"], \"pattern\": \"^-?[0-9]+(ms|s|m|h|d)?$\"");
        return;
    case CONF_SIZE:
        buf_str(out, "\"type\": [\"integer\", \"string\"], \"pattern\": \"^[0-9]+[kMG]?$\"");
        return;
    case CONF_STR:
    case CONF_SECRET:
        buf_str(out, "\"type\": \"string\"");
        if (p->max > 0)
            buf_fmt(out, ", \"maxLength\": %.0f", p->max);
        return;
    }
}

static void json_property(struct buf *out, const struct conf_prop *p, bool first)
{
    buf_str(out, first ? "\n    " : ",\n    ");
    if (p->type == CONF_SECRET)
        buf_fmt(out, "\"%s_file\"", p->name);
    else
        json_str(out, p->name);
    buf_str(out, ": {");
    json_type(out, p);
    buf_str(out, ", \"description\": ");
    json_str(out, p->doc);
    if (p->dflt && p->type != CONF_SECRET) {
        buf_str(out, ", \"default\": ");
        if (p->type == CONF_BOOL || p->type == CONF_INT || p->type == CONF_DOUBLE)
            buf_str(out, p->dflt);
        else
            json_str(out, p->dflt);
    }
    buf_byte(out, '}');
}

static void json_required(struct buf *out, const struct conf_section *sections)
{
    bool first = true;

    buf_str(out, "\n  },\n  \"required\": [");
    for (const struct conf_section *s = sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; p->name; p++) {
            if (p->dflt || conf_is_family(s))
                continue;
            buf_str(out, first ? "" : ", ");
            json_str(out, p->name);
            first = false;
        }
    }
    buf_str(out, "],\n");
}

/* A name as a regular expression in JSON: "kafka." is kafka\\\\. there. */
static void json_pattern(struct buf *out, const char *name)
{
    for (; *name; name++) {
        if (*name == '.')
            buf_str(out, "\\\\.");
        else if (*name == '*')
            buf_fmt(out, "[a-z0-9-]{1,%d}", CONF_MEMBER_MAX);
        else
            buf_byte(out, *name);
    }
}

static void json_family(struct buf *out, const struct conf_prop *p)
{
    buf_str(out, "\"^");
    json_pattern(out, p->name);
    buf_fmt(out, "%s$\": {", p->type == CONF_SECRET ? CONF_FILE_SUFFIX : "");
    json_type(out, p);
    buf_str(out, ", \"description\": ");
    json_str(out, p->doc);
    buf_byte(out, '}');
}

/* What is no fixed name: families, and what is passed through. */
static void json_patterns(struct buf *out, const struct conf_section *sections, const char *prefix)
{
    const char *between = "";

    buf_str(out, "  \"patternProperties\": {");
    if (prefix) {
        buf_str(out, "\"^");
        json_pattern(out, prefix);
        buf_str(out, "\": {\"type\": [\"string\", \"number\", \"boolean\"]}");
        between = ",\n    ";
    }
    for (const struct conf_section *s = sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; conf_is_family(s) && p->name; p++) {
            buf_str(out, between);
            json_family(out, p);
            between = ",\n    ";
        }
    }
    buf_str(out, "},\n");
}

void conf_print_schema(const struct conf_section *sections, const char *pass_prefix,
                       struct buf *out)
{
    bool first = true;

    buf_str(out, "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                 "  \"type\": \"object\",\n  \"properties\": {");
    for (const struct conf_section *s = sections; s->title; s++) {
        for (const struct conf_prop *p = s->props; !conf_is_family(s) && p->name; p++) {
            json_property(out, p, first);
            first = false;
        }
    }
    json_required(out, sections);
    json_patterns(out, sections, pass_prefix);
    buf_str(out, "  \"additionalProperties\": false\n}\n");
}

/* Text in a cell of a Markdown table. */
static void cell(struct buf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '|')
            buf_byte(out, '\\');
        buf_byte(out, *s);
    }
}

static const char *reload_word(enum conf_reload r)
{
    return r == CONF_LIVE ? "live" : r == CONF_RUN ? "new run" : "restart";
}

static void doc_row(struct buf *out, const struct conf_prop *p)
{
    struct buf takes;

    buf_init(&takes, 512);
    conf_value_describe(p, &takes);
    buf_byte(&takes, '\0');
    buf_fmt(out, "| `%s%s` | ", p->name, p->type == CONF_SECRET ? CONF_FILE_SUFFIX : "");
    cell(out, takes.p ? takes.p : "");
    if (!p->dflt)
        buf_str(out, " | required | ");
    else
        buf_fmt(out, p->dflt[0] ? " | `%s` | " : " | %s | ", p->dflt);
    cell(out, p->doc);
    buf_fmt(out, " | %s |\n", reload_word(p->reload));
    buf_release(&takes);
}

void conf_print_doc(const struct conf_section *sections, struct buf *out)
{
    for (const struct conf_section *s = sections; s->title; s++) {
        buf_fmt(out,
                "### %s\n\n| property | takes | default | what it does | SIGHUP |\n"
                "|---|---|---|---|---|\n",
                s->title);
        for (const struct conf_prop *p = s->props; p->name; p++)
            doc_row(out, p);
        buf_byte(out, '\n');
    }
}

void conf_print_help(const struct conf_section *sections, struct buf *out)
{
    for (const struct conf_section *s = sections; s->title; s++) {
        buf_fmt(out, "\n%s\n", s->title);
        for (const struct conf_prop *p = s->props; p->name; p++) {
            buf_fmt(out, "  %s (", p->name);
            conf_value_describe(p, out);
            if (!p->dflt)
                buf_str(out, "; required");
            else if (p->dflt[0])
                buf_fmt(out, "; %s", p->dflt);
            buf_fmt(out, ")\n      %s\n", p->doc);
        }
    }
}
