/* SPDX-License-Identifier: MIT */
/* term.h -- the terminal as a picture: its own screen, keys without Enter, and back. */
#ifndef CLI_UP_TERM_H
#define CLI_UP_TERM_H

#include <stdbool.h>

#include "base/slice.h"

/* Takes the terminal when stdin and stdout are one; false: they are not. It is given
 * back at exit, too. */
bool term_take(void);
void term_give_back(void);

void term_size(int *width, int *height);

/* Writes all of it. */
void term_write(struct slice s);

/* The next key; 0: none within ms. Ends early on a signal. */
int term_key(int ms);

#endif
