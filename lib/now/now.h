/* SPDX-License-Identifier: MIT */
/* now.h -- what time it is. What is pure gets its times as arguments; whoever may ask, asks here.
 */
#ifndef NOW_NOW_H
#define NOW_NOW_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* The wall clock, in ms since 1970: for what people and other machines read. It may be set back. */
int64_t now_wall_ms(void);

/* In ms since any one moment, and never set: for how long something takes. */
int64_t now_mono_ms(void);

/* A condition that is waited for by the clock that is never set: by the wall clock, set back by an
 * hour, a wait of a moment would last one. */
void now_cond_init(pthread_cond_t *c);

/* So many ms from now, 0 or more: until when pthread_cond_timedwait() waits for such a one. */
struct timespec now_plus(int64_t ms);

/* Lets so many ms go by, 0 or more; a signal ends it early. */
void now_nap(int64_t ms);

#endif
