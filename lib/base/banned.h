/* SPDX-License-Identifier: MIT */
/* banned.h -- functions that do not compile here. Every file is built with
 * -include base/banned.h; using one of these is then an error (the deprecation
 * warning, as an error). After git's banned.h.
 *
 *     instead of                  use
 *     strcpy, strcat, sprintf     buf_str(), buf_fmt(), snprintf()
 *     strncpy, strncat            snprintf(), arena_copy()
 *     atoi, atof, ...             strtoll(), strtod() with their end checked
 *     strtok                      a slice and memchr()
 *     rand, tmpnam, mktemp        a seeded generator, mkstemp() */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#define BANNED __attribute__((deprecated("banned: see lib/base/banned.h")))

char *strcpy(char *, const char *) BANNED;
char *stpcpy(char *, const char *) BANNED;
char *strcat(char *, const char *) BANNED;
char *strncpy(char *, const char *, __SIZE_TYPE__) BANNED;
char *strncat(char *, const char *, __SIZE_TYPE__) BANNED;
int sprintf(char *, const char *, ...) BANNED;
int vsprintf(char *, const char *, __builtin_va_list) BANNED;
int atoi(const char *) BANNED;
long atol(const char *) BANNED;
long long atoll(const char *) BANNED;
double atof(const char *) BANNED;
char *strtok(char *, const char *) BANNED;
int rand(void) BANNED;
void srand(unsigned) BANNED;
char *tmpnam(char *) BANNED;
char *mktemp(char *) BANNED;

#undef BANNED

#endif
