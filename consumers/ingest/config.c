/* SPDX-License-Identifier: MIT */
#include "consumers/ingest/config.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "file/file.h"

enum { KEY_FILE_MAX = 128 };

/* clang-format off */
const struct conf_prop ingest_props[] = {
    { .name = "watermark.skew.ms", .type = CONF_MS, .at = offsetof(struct ingest_props, skew_ms), .dflt = "10s", .min = 0, .max = 3600000,
      .doc = "How far behind the latest arrival of its raw partition a record may arrive and still be on time." },
    { .name = "watermark.step.ms", .type = CONF_MS, .at = offsetof(struct ingest_props, step_ms), .dflt = "10s", .min = 1000, .max = 3600000,
      .doc = "A mark is written when the watermark passes a multiple of this; make pane.ms a multiple of it." },
    { .name = "watermark.idle.ms", .type = CONF_MS, .at = offsetof(struct ingest_props, idle_ms), .dflt = "60s", .min = 1000, .max = 86400000,
      .doc = "A source that is idle says so when its watermark passes a multiple of this: once in that time at most." },
    { .name = "ingest.user_key_file", .type = CONF_STR, .at = offsetof(struct ingest_props, user_key_file), .dflt = "",
      .doc = "File with the key of the users' pseudonyms: 32 bytes or 64 hex digits, mode 0600 or 0400. Required but with --pipe." },
    { .name = "raw.time", .type = CONF_CHOICE, .at = offsetof(struct ingest_props, raw_time), .dflt = "auto", .choices = "auto|live|replayed",
      .doc = "Whose time the raw topic lives in: Kafka's (live), or the header absa-arrival (replayed); auto: the first record tells. Say live where a process may own only partitions that nobody ever wrote to: with auto it cannot know, raises no floor, and windows wait." },
    { .name = NULL },
};

const struct conf_prop ingest_times_props[] = {
    { .name = "ingest.time_unit", .type = CONF_CHOICE, .at = offsetof(struct ingest_times, unit), .dflt = "none", .choices = "none|s|ms|us|ns",
      .doc = "Unit of times that are numbers in shapes that document none; with none such a comment is a dead letter." },
    { .name = NULL },
};
/* clang-format on */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_key(struct slice s, uint8_t key[HMAC_KEY_LEN])
{
    if (s.n == HMAC_KEY_LEN) {
        memcpy(key, s.p, HMAC_KEY_LEN);
        return true;
    }
    s = slice_trim(s);
    if (s.n != (size_t)2 * HMAC_KEY_LEN)
        return false;
    for (size_t i = 0; i < HMAC_KEY_LEN; i++) {
        const int hi = hex_digit(s.p[2 * i]);
        const int lo = hex_digit(s.p[2 * i + 1]);

        if (hi < 0 || lo < 0)
            return false;
        key[i] = (uint8_t)(hi << 4 | lo);
    }
    return true;
}

static enum status key_read(const char *path, uint8_t key[HMAC_KEY_LEN], struct err *err)
{
    struct stat sb;
    struct buf bytes;

    if (stat(path, &sb) != 0) {
        return err_set(err, ST_FATAL, "config: ingest.user_key_file: %s: %s", path,
                       strerror(errno));
    }
    if ((sb.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return err_set(err, ST_FATAL,
                       "config: ingest.user_key_file: others may read %s: chmod 0600 %s", path,
                       path);
    }
    buf_init(&bytes, KEY_FILE_MAX);
    enum status st = file_read(path, &bytes, err);
    if (st != ST_OK) {
        err_prefix(err, "config: ingest.user_key_file");
    } else if (!parse_key(buf_slice(&bytes), key)) {
        st = err_set(err, ST_FATAL,
                     "config: ingest.user_key_file: %s holds neither 32 bytes nor 64 hex digits",
                     path);
    }
    if (bytes.p)
        memset(bytes.p, 0, bytes.cap);
    buf_release(&bytes);
    return st;
}

enum status ingest_conf_take(const struct ingest_props *props, bool keyless,
                             struct ingest_conf *out, struct err *err)
{
    *out = (struct ingest_conf){
        .rules.time_unit = (enum time_unit)props->times.unit,
        .skew_ms = props->skew_ms,
        .step_ms = props->step_ms,
        .idle_ms = props->idle_ms,
        .kind = (enum source_kind)props->raw_time,
    };
    if (props->user_key_file[0] != '\0')
        return key_read(props->user_key_file, out->rules.user_key, err);
    if (keyless)
        return ST_OK;
    return err_set(err, ST_FATAL,
                   "config: ingest.user_key_file is not set: make one with "
                   "(umask 077; openssl rand -hex 32 > absa.key)");
}

void ingest_props_check(const struct ingest_props *props, struct conf *conf)
{
    struct ingest_conf ignored;
    struct err err = { 0 };

    if (ingest_conf_take(props, true, &ignored, &err) != ST_OK)
        conf_refuse(conf, "ingest.user_key_file", &err);
}
