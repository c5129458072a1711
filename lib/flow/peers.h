/* SPDX-License-Identifier: MIT */
/* peers.h -- where the partitions stand that other processes of the group read.
 *
 * align() (align.h) holds within a process what is far ahead; the slowest partition may be
 * another process's. What that one commits says where it stands (meta.h), and while some of
 * our own have anything to read we look once in a while.
 *
 * Only what moves is waited for: a peer that has committed nothing new for a while is at the
 * end of its log, or dead, or held by somebody else, and an old position says nothing. So
 * nobody waits for it longer than that, and two processes never wait for each other: of two
 * that believe the other behind, one is told better at its next look. */
#ifndef FLOW_PEERS_H
#define FLOW_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/align.h"
#include "flow/meta.h"

enum {
    PEERS_LOOK_MS = 500,      /* between two looks                          */
    PEERS_PATIENCE_MS = 5000, /* without a move: it is not waited for, and
                                 at least so many commits' time             */
    PEERS_PATIENCE_COMMITS = 3
};

/* A partition that was seen. */
struct peer {
    bool known;
    bool moved;       /* ever, since it was known */
    int64_t offset;   /* committed                */
    int64_t time_ms;  /* and where that is; WM_NONE: not told */
    int64_t moved_ms; /* when it was last seen to move */
};

/* Takes note of what is committed at now_ms (any clock that does not step). */
void peer_seen(struct peer *p, int64_t offset, const struct meta *m, int64_t now_ms);

/* As a lane of align(): idle unless it moved within patience_ms and tells where it stands. */
struct lane peer_lane(const struct peer *p, int64_t now_ms, int64_t patience_ms);

#endif
