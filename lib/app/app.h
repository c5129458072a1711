/* SPDX-License-Identifier: MIT */
/* app.h -- what every program's main() shares: flags, configuration, signals,
 * exit codes.
 *
 * A program is a constant struct app and one call:
 *
 *     static struct ingest_conf conf;
 *     static const struct conf_section sections[] = {
 *         { "ingest", ingest_props, &conf },
 *         { NULL, NULL, NULL },
 *     };
 *     static const struct app app = {
 *         .name = "ingest", .summary = "raw records in, comments out",
 *         .sections = sections, .pass_prefix = "kafka.", .run = run,
 *     };
 *
 *     int main(int argc, char **argv)
 *     {
 *         return app_main(&app, argc, argv);
 *     }
 *
 * It then takes -c FILE, -X name=value, -q, -v, -n, -V, -h, --check-config and
 * --print-config as all the others do, and prints its help, a sample, a schema
 * and the tables of docs/CONFIGURATION.md from what it declared. */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/conf.h"

/* After sysexits.h; what a supervisor is to do stands behind each. */
enum app_exit {
    EXIT_OK = 0,
    EXIT_USAGE = 64,
    EXIT_DATA = 65,        /* bad input, where that ends the program          */
    EXIT_UNAVAILABLE = 69, /* a service, or a file to be read, is not there   */
    EXIT_INTERNAL = 70,    /* an invariant is broken: do not restart, look    */
    EXIT_TEMPORARY = 75,   /* restart cures it                                */
    EXIT_DENIED = 77,      /* not permitted                                   */
    EXIT_CONFIG = 78,      /* the configuration is wrong: do not restart      */
};

enum { APP_LIST_MAX = 1024, APP_OPTS_MAX = 64 };

/* Values of an option that may be given more than once, in order. */
struct app_list {
    const char *item[APP_LIST_MAX];
    size_t n;
};

enum app_opt_type {
    APP_FLAG, /* bool: set to true                  */
    APP_STR,  /* const char *                       */
    APP_INT,  /* int64_t, decimal                   */
    APP_MS,   /* int64_t milliseconds: 500, 10s, 1h */
    APP_LIST, /* struct app_list                    */
};

/* An option of one program. A letter or name that all programs have (-c FILE,
 * say) means what the program's own row says. */
struct app_opt {
    const char *name; /* without "--"; NULL ends the table     */
    int letter;       /* 0: it has none                        */
    const char *arg;  /* "FILE", for the help; NULL for a flag */
    enum app_opt_type type;
    void *into;
    const char *doc;
};

struct app_line;

struct app_run {
    int argc; /* what is left behind the options */
    char **argv;
    const struct conf *conf;    /* for conf_pass(); NULL without sections             */
    const char *conf_file;      /* -c; NULL: none                                     */
    const struct app_list *set; /* -X                                              */
    int verbosity;              /* -1 after -q, else how often -v was given           */
    bool dry_run;               /* -n                                                 */
    int exit_code;              /* for ST_OK: what to exit with unless it is 0        */
    struct app_line *line;      /* for app_reload()                                   */
};

struct app {
    const char *name;     /* of the command: "ingest"                                    */
    const char *args;     /* "FILE...", for the usage line; NULL: it takes none          */
    const char *summary;  /* one line                                                    */
    const char *examples; /* for the help, ready to print; NULL: none                   */
    const struct conf_section *sections; /* NULL: no configuration, no -c, no -X        */
    const char *pass_prefix;             /* "kafka." or NULL                            */
    const char *const *also;    /* whose headings in a file it reads too (conf.h); NULL: none */
    bool passes_on;             /* -X with a name it does not know is for programs it starts  */
    const struct app_opt *opts; /* NULL: none of its own                       */
    bool has_dry_run;           /* takes -n                                    */
    /* Ends with 75 so many seconds after the first signal, drained or not; 0: no limit. */
    unsigned drain_s;

    /* Checks what a table cannot, and says what is wrong by conf_refuse(): called after the
     * configuration was read, for a run as well as for --check-config. May be NULL. */
    void (*check)(struct conf *conf);

    /* Does the work. The status decides how the program exits: app_exit_code(). */
    enum status (*run)(struct app_run *run, struct err *err);
};

/* Does everything that main() has to; returns what main() is to return. */
int app_main(const struct app *app, int argc, char **argv);

/* True from the first SIGTERM or SIGINT on; a second one kills. Async-signal-safe. */
bool app_stopping(void);

/* The same flag, for loops below lib/app, which get it as an argument. */
const atomic_bool *app_stop_flag(void);

/* What signals ask of a program that runs for long; whoever obeys clears the flag. */
struct app_orders {
    atomic_bool reload; /* SIGHUP: read the configuration again      */
    atomic_bool report; /* SIGUSR1: say in the log where it stands   */
};

/* From now on SIGHUP and SIGUSR1 set these flags; before, and in programs that never
 * call this, they end the process. */
struct app_orders *app_take_orders(void);

/* Reads the configuration anew and takes it over, or leaves all as it was.
 *
 * All or nothing: ST_OK, the program's structs and run->conf say what the file says now,
 * and what the properties that changed (all of them CONF_LIVE); an empty list: none did.
 * ST_REJECT: it is wrong, or changes what cannot change under way; why lists each reason.
 * The lists are for a person, without secrets. Not for other threads to run beside. */
MUST_USE enum status app_reload(struct app_run *run, struct buf *what, struct buf *why,
                                struct err *err);

/* ST_OK 0, ST_REJECT 65, ST_RETRY 75, ST_FATAL 70; a message of ST_FATAL with the
 * word "usage: ", "config: ", "unavailable: " or "denied: " in front (also behind
 * what err_prefix() put there) gives 64, 78, 69 or 77. */
int app_exit_code(enum status st, const struct err *err);

/* The work is done or has failed, and only closing is left: when that takes more than 5 s
 * (librdkafka may wait for ever for one of its threads) the program ends all the same, with
 * the code of st. Meant for struct flow_args. */
void app_ending(enum status st, const struct err *err);

/* The programs with a configuration: what a heading in a file may say. Ends with NULL. */
extern const char *const app_programs[];

/* What may stand before the first heading of a file. Ends with NULL. */
extern const char *const app_shared_props[];

/* Prints b on stdout, and empties it. ST_FATAL: memory, b had failed. That it could not be written
 * is for app_main() to see, at the end: then it says so, and returns 75 in place of 0 or of a
 * finding (1..63) that nobody could read. */
MUST_USE enum status app_print(struct buf *b, struct err *err);

/* "0.1.0" */
const char *app_version(void);

#endif
