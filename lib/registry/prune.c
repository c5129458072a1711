/* SPDX-License-Identifier: MIT */
/* prune.c -- what the cache forgets.
 *
 * Kept are the models that a name means (its note, of the last NOTES_MAX names used), those of
 * the last hour, and the r->keep used last of all. The time of a folder is that of its last use,
 * the time of a note that of its last look. Another process may load what is
 * forgotten here at that moment: it then fetches it again. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "obs/log.h"
#include "registry/inner.h"

enum { NOTES_MAX = 64, ENTRIES_MAX = 4096, GRACE_S = 3600, TEMPORARY = sizeof(".XXXXXX") - 1 };

/* A model, what was left of a fetch that was killed, or a note. */
struct entry {
    char name[SHA256_HEX_LEN + TEMPORARY + 1];
    time_t used;
};

struct entries {
    struct entry *v;
    size_t n;
};

static int latest_first(const void *a, const void *b)
{
    const struct entry *p = a;
    const struct entry *q = b;

    if (p->used != q->used)
        return p->used > q->used ? -1 : 1;
    return strcmp(p->name, q->name);
}

/* What of a folder has a name of hex digits, at least so many, the one used last first. */
static void list(const char *dir, size_t digits, struct entries *out)
{
    DIR *d = opendir(dir);
    const struct dirent *e;

    *out = (struct entries){ .v = calloc(ENTRIES_MAX, sizeof(*out->v)) };
    while (d && out->v && out->n < ENTRIES_MAX && (e = readdir(d)) != NULL) {
        struct entry *entry = &out->v[out->n];
        const size_t n = strlen(e->d_name);
        struct stat about;

        if (n >= sizeof(entry->name) || strspn(e->d_name, "0123456789abcdef") < digits ||
            fstatat(dirfd(d), e->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        memcpy(entry->name, e->d_name, n + 1);
        entry->used = about.st_mtime;
        out->n++;
    }
    if (d)
        closedir(d);
    if (out->n > 0)
        qsort(out->v, out->n, sizeof(*out->v), latest_first);
}

static bool join(const char *dir, const char *name, char out[FILE_PATH_MAX])
{
    struct err ignored = { 0 };

    return file_path(dir, slice_str(name), out, &ignored) == ST_OK;
}

/* The models that are meant, as far as notes are kept; those beyond are removed. */
static void read_notes(const char *dir, struct entries *notes)
{
    list(dir, HASH_ID_HEX_LEN, notes);
    for (size_t i = 0; i < notes->n; i++) {
        struct entry *note = &notes->v[i];
        struct err ignored = { 0 };
        char path[FILE_PATH_MAX];
        struct buf text;

        if (!join(dir, note->name, path))
            continue;
        if (i >= NOTES_MAX)
            (void)unlink(path);
        buf_init(&text, REGISTRY_NOTE_MAX);
        note->name[0] = '\0';
        if (i < NOTES_MAX && file_read(path, &text, &ignored) == ST_OK && text.n > SHA256_HEX_LEN)
            snprintf(note->name, sizeof(note->name), "%.*s", SHA256_HEX_LEN, text.p);
        buf_release(&text);
    }
}

static bool is_meant(const struct entries *notes, const char *sha256)
{
    for (size_t i = 0; i < notes->n; i++) {
        if (strcmp(notes->v[i].name, sha256) == 0)
            return true;
    }
    return false;
}

void registry_used(const char *path)
{
    (void)utimensat(AT_FDCWD, path, NULL, 0);
}

void registry_prune(const struct registry *r)
{
    const time_t now = time(NULL);
    char path[FILE_PATH_MAX];
    struct entries notes = { NULL, 0 };
    struct entries models = { NULL, 0 };
    int64_t kept = 0;

    if (r->keep < 1 || !join(r->cache, "at", path))
        return;
    read_notes(path, &notes);
    list(r->cache, SHA256_HEX_LEN, &models);
    for (size_t i = 0; notes.v && i < models.n; i++) {
        const struct entry *e = &models.v[i];
        const bool whole = strlen(e->name) == SHA256_HEX_LEN;

        kept += whole;
        if (now - e->used < GRACE_S || (whole && (kept <= r->keep || is_meant(&notes, e->name))) ||
            !join(r->cache, e->name, path))
            continue;
        registry_remove(path);
        log_info("a model that was not used is forgotten", LOG_STR("bundle", e->name));
    }
    free(notes.v);
    free(models.v);
}
