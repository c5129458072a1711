/* SPDX-License-Identifier: MIT */
/* A file is replaced wholly or not at all: each call that writes fails once, in turn,
 * in each way. */
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/file.h"

enum { CALLS = 7 }; /* open, mode, write, flush, sync, close, rename */

static int until; /* the call that fails; 0: none */
static int with;

static bool fails(void)
{
    if (until == 0 || --until > 0)
        return false;
    errno = with;
    return true;
}

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): ld's names */
FILE *__real_fopen(const char *path, const char *mode);
int __real_fchmod(int fd, mode_t mode);
size_t __real_fwrite(const void *p, size_t size, size_t n, FILE *f);
int __real_fflush(FILE *f);
int __real_fsync(int fd);
int __real_fclose(FILE *f);
int __real_rename(const char *from, const char *to);
FILE *__wrap_fopen(const char *path, const char *mode);
int __wrap_fchmod(int fd, mode_t mode);
size_t __wrap_fwrite(const void *p, size_t size, size_t n, FILE *f);
int __wrap_fflush(FILE *f);
int __wrap_fsync(int fd);
int __wrap_fclose(FILE *f);
int __wrap_rename(const char *from, const char *to);

FILE *__wrap_fopen(const char *path, const char *mode)
{
    return fails() ? NULL : __real_fopen(path, mode);
}

int __wrap_fchmod(int fd, mode_t mode)
{
    return fails() ? -1 : __real_fchmod(fd, mode);
}

size_t __wrap_fwrite(const void *p, size_t size, size_t n, FILE *f)
{
    return __real_fwrite(p, size, fails() ? n / 2 : n, f); /* a short one */
}

int __wrap_fflush(FILE *f)
{
    return fails() ? EOF : __real_fflush(f);
}

int __wrap_fsync(int fd)
{
    return fails() ? -1 : __real_fsync(fd);
}

int __wrap_fclose(FILE *f)
{
    bool bad = fails();
    int why = errno;
    int rc = __real_fclose(f);

    errno = why;
    return bad ? EOF : rc;
}

int __wrap_rename(const char *from, const char *to)
{
    return fails() ? -1 : __real_rename(from, to);
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static char dir[] = "/tmp/absa-file-XXXXXX";
static char path[64];
static char part[72];

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(dir))
        return 1;
    snprintf(path, sizeof(path), "%s/out", dir);
    snprintf(part, sizeof(part), "%s.part", path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

static void expect(const char *want)
{
    struct buf b;
    struct err err = { 0 };

    buf_init(&b, 1000);
    assert_int_equal(file_read(path, &b, &err), ST_OK);
    if (!slice_is(buf_slice(&b), want))
        fail_msg("holds %zu bytes, not '%s'", b.n, want);
    assert_int_not_equal(access(part, F_OK), 0);
    buf_release(&b);
}

static void each_call_fails_in_turn(void **state)
{
    static const int ways[] = { ENOSPC, EINTR, EPIPE, EIO };
    struct err err = { 0 };

    (void)state;
    assert_int_equal(file_write(path, slice_str("old"), &err), ST_OK);
    for (size_t w = 0; w < sizeof(ways) / sizeof(ways[0]); w++) {
        with = ways[w];
        for (int call = 1; call <= CALLS; call++) {
            until = call;
            if (file_write(path, slice_str("the new one"), &err) != ST_FATAL || until != 0)
                fail_msg("call %d failed and nobody saw it", call);
            assert_non_null(strstr(err.msg, strerror(with)));
            expect("old");
        }
    }
    until = CALLS + 1;
    assert_int_equal(file_write(path, slice_str("the new one"), &err), ST_OK);
    assert_int_equal(until, 1); /* these are all of them */
    until = 0;
    expect("the new one");
}

static void a_file_keeps_its_mode(void **state)
{
    struct stat is;
    struct err err = { 0 };

    (void)state;
    assert_int_equal(file_write(path, slice_str("1"), &err), ST_OK);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(file_write(path, slice_str("2"), &err), ST_OK);
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 07777, 0600);
    expect("2");
}

static void what_is_no_file_is_written_as_it_stands(void **state)
{
    struct err err = { 0 };
    struct stat is;

    (void)state;
    assert_int_equal(file_write("/dev/null", slice_str("x"), &err), ST_OK);
    assert_int_equal(stat("/dev/null", &is), 0);
    assert_true(S_ISCHR(is.st_mode));
    assert_int_equal(file_write("/dev/full", slice_str("x"), &err), ST_FATAL);
    assert_non_null(strstr(err.msg, "No space left"));
}

static void asked_first_it_leaves_all_as_it_is(void **state)
{
    char nowhere[80];
    struct err err = { 0 };

    (void)state;
    assert_int_equal(file_write(path, slice_str("old"), &err), ST_OK);
    assert_int_equal(file_try(path, &err), ST_OK);
    expect("old");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(file_try(path, &err), ST_OK);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_not_equal(access(part, F_OK), 0);
    assert_int_equal(file_try("/dev/null", &err), ST_OK);
    assert_int_equal(file_try(dir, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, strerror(EISDIR)));
    snprintf(nowhere, sizeof(nowhere), "%s/nowhere/out", dir);
    assert_int_equal(file_try(nowhere, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, strerror(ENOENT)));
    with = ENOSPC;
    until = 1;
    assert_int_equal(file_try(path, &err), ST_FATAL);
    assert_non_null(strstr(err.msg, strerror(ENOSPC)));
    until = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_fails_in_turn),
        cmocka_unit_test(a_file_keeps_its_mode),
        cmocka_unit_test(what_is_no_file_is_written_as_it_stands),
        cmocka_unit_test(asked_first_it_leaves_all_as_it_is),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
