/* SPDX-License-Identifier: MIT */
/* judge_inner.h -- what the files of the judge share.
 *
 *   judge.c    takes panes: chain, matrix, open panes; the stage itself
 *   close.c    boundary by boundary: closes panes, then has segments judged
 *   emit.c     what one segment has to say at a boundary, all of it or nothing
 *   episode.c  alerts: what a judged window means for them; episode_scan.c: a scan
 *   against.c  what a segment is compared with
 *   store.c    writes absa.state; restore.c: reads it
 *   farewell.c the end of alerts that nobody judges any more
 *   obey.c     what an operator said in absa.panes (order.h) */
#ifndef CONSUMERS_DRIFT_JUDGE_INNER_H
#define CONSUMERS_DRIFT_JUDGE_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "consumers/drift/drift.h"
#include "consumers/drift/order.h"
#include "consumers/drift/promise.h"
#include "drift/alert.h"
#include "drift/baseline.h"
#include "drift/chain.h"
#include "drift/history.h"
#include "drift/matrix.h"
#include "drift/open.h"
#include "drift/scan.h"
#include "drift/scan_weigh.h"
#include "drift/season.h"
#include "drift/segment.h"
#include "drift/tally.h"
#include "drift/window.h"
#include "record/state.h"
#include "stage/stage.h"
#include "wire/wire.h"

/* Of records of absa.state; a lesson is of the newest, which a program that knows none refuses. */
enum { STATE_FORMAT = 1, STATE_FORMAT_NEWEST = 2, STATE_KEY_MAX = SEGMENT_NAME_MAX + 64 };

/* Panes that wait for a slow source may take so much memory, and no more. */
#define JUDGE_OPEN_BYTES_MAX ((size_t)1 << 30)

/* The alert of one segment. */
struct episode {
    bool firing;
    int32_t feature; /* named last */
    int32_t seq;
    int64_t start_ms;
    enum severity worst; /* of the episode   */
    enum severity now;   /* as last written  */
};

/* What the scan said of a segment at the boundary that is closing, when nothing follows from it
 * but what it remembers: kept from the first phase for the second, so that one scan does for both.
 * Not in absa.state: the second phase looks again where it is not known. */
struct glance {
    bool known;
    bool over; /* the alert that fires ends */
    struct scan_memory memory;
};

/* One segment. */
struct seat {
    struct history past; /* closed panes that absa.state holds: of the open window, and
                            what the scan may look back to */
    int64_t overtaken;   /* of the open window */
    struct episode episode;
    struct scan_memory memory;
    struct pane_delta *lesson; /* what a segment without a baseline of its own has learnt so far:
                                  one block, NULL: nothing                                      */
    struct baseline *learned;  /* of it, when it is enough (drift/reference.h); else NULL */
    struct glance glance;
    bool memory_stored;   /* absa.state holds a record of it        */
    bool overtaken_dirty; /* overtaken is not in absa.state yet     */
};

/* Keys of absa.state that are to be forgotten. */
struct leftovers {
    char **key;
    size_t n;
};

/* An alert that fires. */
struct farewell {
    char *key; /* in absa.state: alert|rule|segment */
    char id[HASH_ID_HEX_LEN + 1];
    enum severity severity; /* of the episode                           */
    struct buf alert;       /* its last record; empty: it is not known  */
};

struct farewells {
    struct farewell *v;
    size_t n;
};

struct judge {
    struct drift_conf conf;
    struct window_rules rules;
    struct scan_rules scan_rules;
    struct promise promise;
    struct scan *scan;                   /* NULL: the policy does not scan, and shown is too */
    struct tally *shown;                 /* what an alert of the scan shows               */
    char config_id[BASELINE_ID_LEN + 1]; /* sha256:... of the effective configuration */
    struct wire *wire;
    const struct baseline *base;
    struct baseline **own; /* references, one a segment that base lists; NULL: not needed */
    struct season season;  /* drift.season */
    struct segments segments;
    struct arena *arena;    /* for one record or one step of a close */
    struct arena *unpacked; /* for a closed pane that is summed      */
    struct tally *scratch;  /* empty between uses                    */
    struct tally *window;   /* of the segment whose window is judged */
    int32_t parts;          /* of absa.scores                        */

    /* As in struct judge_state. */
    int32_t run;
    int64_t begin_ms;
    int64_t incomplete_until_ms;
    int64_t next_offset;
    int64_t replay_from;
    int64_t closed_ms;
    int64_t last_data_ms;
    int64_t window_start_ms;
    int64_t overtaken;
    int64_t chain_duplicates;
    struct chain chain;
    struct matrix matrix;

    struct open_panes open;
    struct seat *seats; /* one a segment */
    bool closing;       /* a boundary is being written: close says how far */
    struct close_state close;
    struct moved_segment moved[ALERT_ALSO_MAX + 1]; /* what close.moved borrows */

    struct orders orders;       /* that absa.panes held when it was assigned              */
    int64_t skip_to;            /* what is before does not matter: a rewind stands there  */
    struct farewells farewells; /* alerts that fire: those that this process wrote, and all of the
                                   log when one has to end for another reason than its judgement */
    bool foreign;               /* absa.state has alerts of another rule than the policy's        */
    struct leftovers leftover;  /* of a state that could not be taken over               */

    bool untold;        /* the run has written nothing yet: emit.c, judge_introduce() */
    bool rebuilding;    /* panes before next_offset are read again */
    int64_t *want_next; /* where the chain must stand when that is done */
    bool dirty;         /* the state says something new             */
    bool close_dirty;
    bool close_stored; /* absa.state holds a close record */
};

/* What a segment is compared with at a time, and whether it is judged at all. */
struct against {
    const struct baseline *base;
    enum window_state state; /* evaluated; else why not: warming, no_baseline, baseline_stale */
    int64_t since_ms;        /* runs of the scan start here or later; WM_NONE: anywhere       */
};

/* against.c: builds the references. ST_FATAL: memory, "config: drift.season ...". */
MUST_USE enum status against_init(struct judge *j, struct err *err);
void against_release(struct judge *j);

struct against judge_against(const struct judge *j, size_t segment, int64_t at_ms);

/* Whether the window of a segment that closes, in j->window, is one to learn from. */
bool against_learns(const struct judge *j, size_t segment);

/* What is known with that window: what absa.state holds next. Lives in the judge's arena. */
MUST_USE enum status against_lesson(struct judge *j, size_t segment, struct pane_delta *out,
                                    struct err *err);

/* It is written: takes it. ST_FATAL: memory. */
MUST_USE enum status against_learn(struct judge *j, size_t segment, const struct pane_delta *lesson,
                                   struct err *err);
void against_forget(struct seat *seat);

/* close.c: passes boundaries as far as the watermarks allow and the output has
 * room; *more: it was full, there is more. */
MUST_USE enum status judge_advance(struct judge *j, struct out *out, bool *more, struct err *err);

/* Moves the first of from's panes to the closed ones of its segment. */
MUST_USE enum status judge_remember(struct judge *j, struct open_panes *from, struct err *err);

/* Whether the window ends at the boundary that is closing. */
bool judge_window_ends(const struct judge *j);

/* Whether the scan judges a segment at a boundary: a pane of it ends there. */
bool judge_is_due(const struct judge *j, size_t segment, int64_t at_ms);

/* emit.c: writes what a segment has to say at the boundary that is closing; *full:
 * there was no room, and nothing changed. */
MUST_USE enum status judge_emit(struct judge *j, size_t segment, struct out *out, bool *full,
                                struct err *err);

/* emit.c: what a run says before all else, whatever the limits: that its baseline is of another
 * stream than the training data, where it is. */
MUST_USE enum status judge_introduce(struct judge *j, struct out *out, struct err *err);

/* What a boundary means for the alert of a segment. */
struct verdict {
    struct episode next;       /* the episode after it                  */
    struct scan_memory memory; /* of the scan, the same                 */
    bool writes;               /* something is to be written:           */
    struct alert alert;        /* this; its arrays in the judge's arena */
};

/* episode.c: change nothing of the judge but its working space. */
MUST_USE enum status episode_judge_window(const struct judge *j, size_t segment,
                                          const struct window *w, const struct tally *t,
                                          struct verdict *v, struct err *err);
MUST_USE enum status episode_judge_scan(struct judge *j, size_t segment, struct verdict *v,
                                        struct err *err);

/* The first phase: looks at each segment that is due at the boundary that is closing, keeps what
 * it can (seat.glance), and lists in close.moved those that moved: the highest severity, then the
 * least p, then the first by name. */
MUST_USE enum status episode_look(struct judge *j, struct err *err);
/* farewell.c: remembers what was written of an alert, by its key in absa.state. ST_FATAL: memory.
 */
MUST_USE enum status farewell_note(struct judge *j, struct slice key, const struct alert *alert,
                                   struct err *err);

/* Reads from absa.state and absa.alerts what fires. */
MUST_USE enum status farewells_read(struct judge *j, struct log_reader *log, struct err *err);

/* Whether the last record of every alert that fires has been looked for. */
bool farewells_complete(const struct judge *j);

/* Ends them, whatever the limits: those of another rule, in absa.state too; or all, in absa.alerts
 * alone, for the state is forgotten as a whole. */
MUST_USE enum status farewells_say(struct judge *j, bool all, struct out *out, struct err *err);
void farewells_release(struct farewells *f);

/* restore.c: puts state, whatever the limits: before a commit. */
MUST_USE enum status judge_store(struct judge *j, struct out *out, struct err *err);

/* Reads absa.state, and sets resume->offset to where panes must be read from. */
MUST_USE enum status judge_restore(struct judge *j, struct stage_resume *resume, struct err *err);

/* judge.c: as it is before the first record. */
MUST_USE enum status judge_begin(struct judge *j, struct err *err);

/* obey.c: chain_step(), where a gap that an operator accepted is none. */
MUST_USE enum status judge_chain(struct judge *j, int64_t offset, const struct pane *p,
                                 bool *duplicate, struct err *err);

/* obey.c: takes an order; in front of next_offset only the chain. */
MUST_USE enum status judge_obey(struct judge *j, const struct stage_rec *rec, struct out *out,
                                struct err *err);

/* obey.c: after a failure at offset: ST_OK when a rewind ahead makes it no matter (skip_to is
 * set), else st. */
enum status judge_or_rewind(struct judge *j, int64_t offset, enum status st);

/* obey.c: begins at a rewind ahead of committed, whatever absa.state holds; *found: there is one.
 */
MUST_USE enum status judge_abandon(struct judge *j, struct stage_resume *resume, bool *found,
                                   struct err *err);
void judge_release_leftovers(struct judge *j);

/* state_key.c: the keys of absa.state; out holds STATE_KEY_MAX bytes. */
struct slice state_key_pane(char *out, int64_t start_ms, struct slice segment);
struct slice state_key_overtaken(char *out, struct slice segment);
struct slice state_key_scan(char *out, struct slice segment);
struct slice state_key_lesson(char *out, struct slice segment);
struct slice state_key_alert(char *out, const char *rule, struct slice segment);

/* Puts a record of absa.state, or a tombstone when state is NULL, within the
 * limits. */
enum out_rc judge_put_state(struct out *out, struct slice key, const struct state *state);

/* The rule of the policy: window or scan. */
const char *judge_rule(const struct judge *j);

/* The episode as absa.state and alerts have it; strings borrowed from j and id. */
struct alert_state_of episode_state(const struct judge *j, size_t segment, const struct episode *e,
                                    struct slice id);

#endif
