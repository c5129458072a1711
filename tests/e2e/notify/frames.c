/* SPDX-License-Identifier: MIT */
/* alert_frames DIR: writes the alerts of an episode as they stand in absa.alerts:
 * DIR/0 begins, DIR/1 is worse, DIR/2 is over. */
#include <stdio.h>

#include "support/check.h"
#include "support/notify/alerts.h"
#include "wire/wire.h"

static int write_one(struct wire *w, struct arena *a, const char *dir, int seq)
{
    struct alert al = sample_alert(a, "all", 0, seq);
    struct err err = { 0 };
    struct buf frame;
    char path[4096];
    int bad = 1;

    buf_init(&frame, 1 << 20);
    snprintf(path, sizeof(path), "%s/%d", dir, seq);
    FILE *f = fopen(path, "wb");
    if (f && wire_encode(w, RECORD_ALERT, &al, &frame, &err) == ST_OK)
        bad = fwrite(frame.p, 1, frame.n, f) != frame.n;
    if (f && fclose(f) != 0)
        bad = 1;
    buf_release(&frame);
    return bad;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_new(1 << 20);
    struct err err = { 0 };
    struct wire *w = NULL;
    int bad = argc != 2 || !a || wire_new(NULL, &w, &err) != ST_OK;

    for (int seq = 0; !bad && seq < 3; seq++)
        bad = write_one(w, a, argv[1], seq);
    wire_free(w);
    arena_free(a);
    return bad;
}
