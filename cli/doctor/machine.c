/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/slice.h"
#include "base/time.h"
#include "cli/doctor/checks.h"
#include "now/now.h"

#define MIB INT64_C(1048576)

enum { FILES_WANTED = 1024, MEMORY_WANTED = 1024, DISK_WANTED = 1024 }; /* MiB */

/* A value of /proc/meminfo in MiB; -1: not there. */
static int64_t meminfo(const char *name)
{
    char line[256];
    int64_t kib = -1;
    FILE *f = fopen("/proc/meminfo", "r");

    while (f && kib < 0 && fgets(line, sizeof(line), f)) {
        const char *colon = strchr(line, ':');

        if (colon && slice_is((struct slice){ line, (size_t)(colon - line) }, name))
            kib = strtoll(colon + 1, NULL, 10);
    }
    if (f)
        (void)fclose(f);
    return kib < 0 ? -1 : kib / 1024;
}

static void memory(struct report *r)
{
    const int64_t mib = meminfo("MemAvailable");
    const bool low = mib >= 0 && mib < MEMORY_WANTED;
    struct finding *f = report_add(r, low ? FOUND_WARN : FOUND_OK, "memory",
                                   "score takes about 250 MiB, the other stages 50 each");

    finding_value(f, "%" PRId64 " of %" PRId64 " MiB are free", mib, meminfo("MemTotal"));
    if (low)
        finding_fix(f, "ps aux --sort=-rss | head   # who has it");
}

static void disk(struct report *r, const char *dir)
{
    struct statvfs fs;
    struct finding *f;

    if (statvfs(dir, &fs) != 0) {
        f = report_add(r, FOUND_FAIL, "disk", "the folder that the programs run in (--dir)");
        finding_value(f, "%s: %s", dir, strerror(errno));
        finding_fix(f, "mkdir -p %s", dir);
        return;
    }
    const int64_t mib = (int64_t)(fs.f_bavail * (uint64_t)fs.f_frsize) / MIB;
    const bool low = mib < DISK_WANTED;
    f = report_add(r, low ? FOUND_WARN : FOUND_OK, "disk",
                   "stages write nothing here but logs; Kafka has a disk of its own");
    finding_value(f, "%" PRId64 " MiB are free in %s", mib, dir);
    if (low)
        finding_fix(f, "df -h %s && du -xh %s | sort -h | tail", dir, dir);
}

static void cores(struct report *r)
{
    struct finding *f =
        report_add(r, FOUND_OK, "cores", "stages are one thread each; more cores, more slots");

    finding_value(f, "%ld", sysconf(_SC_NPROCESSORS_ONLN));
}

static void open_files(struct report *r)
{
    struct rlimit lim = { 0 };
    const bool known = getrlimit(RLIMIT_NOFILE, &lim) == 0;
    const bool low = known && lim.rlim_cur < FILES_WANTED;
    struct finding *f = report_add(r, low ? FOUND_WARN : FOUND_OK, "open files",
                                   "a process takes some for each broker of the cluster");

    finding_value(f, "%llu", (unsigned long long)lim.rlim_cur);
    if (low)
        finding_fix(f, "ulimit -n %d   # or LimitNOFILE= in the unit", FILES_WANTED);
}

/* A clock that is behind the making of this very program is wrong. */
static void clock_sane(struct report *r)
{
    struct stat sb = { 0 };
    const int64_t now_ms = now_wall_ms();
    char text[TIME_INSTANT_LEN + 1];

    time_format_instant(now_ms, text);
    (void)stat("/proc/self/exe", &sb);
    const bool wrong = now_ms / MS_SECOND < sb.st_mtime;
    struct finding *f = report_add(r, wrong ? FOUND_FAIL : FOUND_OK, "clock",
                                   "decides when a mail is due; windows go by Kafka's clock");
    finding_value(f, "%s%s", text, wrong ? ", which is before this program was made" : "");
    if (wrong)
        finding_fix(f, "timedatectl set-ntp true");
}

void check_machine(struct doctor *d)
{
    d->report.area = "machine";
    memory(&d->report);
    disk(&d->report, d->dir);
    cores(&d->report);
    open_files(&d->report);
    clock_sane(&d->report);
}
