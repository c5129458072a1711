/* SPDX-License-Identifier: MIT */
#include "obs/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void gauge(struct buf *out, const char *name, const char *type, double v)
{
    buf_fmt(out, "# HELP %s Of this process\n# TYPE %s %s\n%s %.17g\n", name, name, type, name, v);
}

static int open_fds(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    if (!d)
        return -1;
    while (readdir(d))
        n++;
    closedir(d);
    return n - 3; /* ".", ".." and the folder itself */
}

/* Reads one number after word in a /proc file; -1: not there. */
static long long number_after(const char *path, const char *word)
{
    char line[256];
    long long v = -1;
    FILE *f = fopen(path, "re");

    if (!f)
        return -1;
    while (v < 0 && fgets(line, sizeof(line), f)) {
        if (strncmp(line, word, strlen(word)) == 0)
            v = strtoll(line + strlen(word), NULL, 10);
    }
    fclose(f);
    return v;
}

/* Field 22 of /proc/self/stat: clock ticks from boot to our start. */
static double start_time(void)
{
    char line[1024];
    FILE *f = fopen("/proc/self/stat", "re");
    char *p = f ? fgets(line, sizeof(line), f) : NULL;

    if (f)
        fclose(f);
    p = p ? strrchr(line, ')') : NULL;
    for (int field = 2; p && field < 22; field++)
        p = strchr(p + 1, ' ');
    if (!p)
        return -1;
    unsigned long long ticks = strtoull(p, NULL, 10);
    long long boot = number_after("/proc/stat", "btime");
    return boot < 0 ? -1 : (double)boot + (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

void process_render(struct buf *out)
{
    struct rusage use;
    struct rlimit fds;
    double started = start_time();
    long long rss_kb = number_after("/proc/self/status", "VmRSS:");

    if (getrusage(RUSAGE_SELF, &use) == 0)
        gauge(out, "process_cpu_seconds_total", "counter",
              (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
                  (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
    if (rss_kb >= 0)
        gauge(out, "process_resident_memory_bytes", "gauge", (double)rss_kb * 1024);
    if (started >= 0)
        gauge(out, "process_start_time_seconds", "gauge", started);
    if (open_fds() >= 0)
        gauge(out, "process_open_fds", "gauge", open_fds());
    if (getrlimit(RLIMIT_NOFILE, &fds) == 0)
        gauge(out, "process_max_fds", "gauge", (double)fds.rlim_cur);
}
