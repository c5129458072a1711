/* SPDX-License-Identifier: MIT */
#include "flow/peers.h"

#include "record/types.h"

void peer_seen(struct peer *p, int64_t offset, const struct meta *m, int64_t now_ms)
{
    if (p->known && offset != p->offset) {
        p->moved = true;
        p->moved_ms = now_ms;
    }
    p->known = true;
    p->offset = offset;
    p->time_ms = m->timed ? m->time_ms : WM_NONE;
}

struct lane peer_lane(const struct peer *p, int64_t now_ms, int64_t patience_ms)
{
    const bool moves = p->moved && now_ms - p->moved_ms <= patience_ms;

    return (struct lane){ .time_ms = p->time_ms, .idle = !moves || p->time_ms == WM_NONE };
}
