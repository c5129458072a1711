/* SPDX-License-Identifier: MIT */
#include "cli/up/term.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool taken;

bool term_take(void)
{
    const char *kind = getenv("TERM");

    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !kind || strcmp(kind, "dumb") == 0 ||
        tcgetattr(STDIN_FILENO, &before) != 0)
        return false;
    struct termios raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO); /* ISIG stays: Ctrl-C is a signal */
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
        return false;
    taken = true;
    atexit(term_give_back);
    term_write(slice_str("\033[?1049h\033[?25l\033[2J"));
    return true;
}

void term_give_back(void)
{
    if (!taken)
        return;
    taken = false;
    term_write(slice_str("\033[?25h\033[?1049l"));
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

void term_size(int *width, int *height)
{
    struct winsize w = { 0 };

    *width = 80;
    *height = 24;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0) {
        *width = w.ws_col;
        *height = w.ws_row;
    }
}

void term_write(struct slice s)
{
    while (s.n > 0) {
        ssize_t n = write(STDOUT_FILENO, s.p, s.n);

        if (n <= 0)
            return;
        s.p += n;
        s.n -= (size_t)n;
    }
}

int term_key(int ms)
{
    struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
    char key = 0;

    if (poll(&p, 1, ms) > 0 && read(STDIN_FILENO, &key, 1) == 1)
        return key;
    return 0;
}
