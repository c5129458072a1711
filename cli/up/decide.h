/* SPDX-License-Identifier: MIT */
/* decide.h -- what to do about a child that ended: restart it, or end the run. */
#ifndef CLI_UP_DECIDE_H
#define CLI_UP_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

struct death {
    bool embedded; /* the broker keeps no positions: nobody can go on       */
    int status;    /* as waitpid() gives it                                 */
    int64_t lived_ms;
    int in_row; /* deaths before this one without DECIDE_STEADY_MS of life  */
};

struct decision {
    bool restart;
    int64_t wait_ms; /* before the restart                                  */
    int in_row;      /* for the next death                                  */
    int exit_code;   /* of the run, when it is not restarted                */
};

enum { DECIDE_STEADY_MS = 60000, DECIDE_WAIT_MAX_MS = 30000 };

/* A kill and 75 are cured by a restart: at once, then after 0.5 s, 1 s, 2 s ... 30 s;
 * so are 0, which nobody asked for, and 69: Kafka answered before, and is away. What is
 * for a person (64, 65, 70, 77, 78) ends the run with that code. On the embedded broker every death
 * ends it (75). */
struct decision decide(const struct death *d);

/* "signal 9", "exit 78": into a buffer of n bytes. */
void decide_describe(int status, char *out, int n);

#endif
