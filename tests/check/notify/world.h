/* SPDX-License-Identifier: MIT */
/* world.h -- receivers that fail at random, and a memory of what reached them. */
#ifndef CHECK_NOTIFY_WORLD_H
#define CHECK_NOTIFY_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/render.h"
#include "stage/effect.h"

enum { LETTERS_MAX = 20000 };

/* One message that reached its receiver. */
struct letter {
    size_t receiver;
    char key[40];
    uint64_t hash; /* of subject, text and HTML */
    char *text;
};

struct world {
    uint64_t rng;
    bool fails;   /* at random: later, held, told but not said so            */
    int refuses;  /* number of the receiver that refuses all; -1: none       */
    int tries[4]; /* by how they ended */
    struct letter *v;
    size_t n;
};

void world_init(struct world *w, uint64_t seed);
void world_release(struct world *w);

/* The performer. */
void world_perform(void *ctx, const struct effect *e, struct effect_result *res);

/* Did a letter with this record of an alert reach the receiver? */
bool world_knows(const struct world *w, size_t receiver, const char *alert_id, int seq);

/* Letters that came more than once, byte for byte. Fails the test when one key
 * has two contents, or one content two keys. */
size_t world_duplicates(const struct world *w);

#endif
