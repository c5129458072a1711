/* SPDX-License-Identifier: MIT */
/* account.h -- why a feature was, or was not, an alert at a time.
 *
 *     windows.jsonl ──> why_take_window() ─┐  the window of the segment that holds the time
 *     alerts.jsonl  ──> why_take_alert()  ─┴──> why_answer() ──> the first condition that failed
 *
 * or absa.windows and absa.alerts (topics.h), and then absa.state too, which holds where the scan
 * stands now: drift.for's count, of which no alert was written yet.
 *
 * The conditions are asked in the judge's order, each with what it compared. The window says
 * what was measured, alerts what followed; what the policy asks for is in the configuration
 * (drift.*), which neither holds. With policies that scan, alerts are decided at each pane
 * boundary over the best of many runs of panes: an alert holds what was seen there, and where
 * none was written the window's own evidence stands for it. Such an alert fires on through windows
 * that show nothing, until runs of what came since do not either. */
#ifndef CLI_WHY_ACCOUNT_H
#define CLI_WHY_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "drift/policy.h"
#include "record/alert.h"
#include "record/window.h"

enum why_reason {
    WHY_ALERT,        /* an alert of this window names the feature               */
    WHY_GOES_ON,      /* the alert that fires names it, and nothing here ends it  */
    WHY_OTHER,        /* over a threshold, while the alert names other features   */
    WHY_NO_DATA,      /* no comment                                              */
    WHY_STATE,        /* the window is not judged: its state says why            */
    WHY_FEW_COMMENTS, /* fixed: below window.min_samples                         */
    WHY_FEW_VIDEOS,   /* below window.min_videos                                 */
    WHY_FEW_VALUES,   /* fixed: enough comments, too few of them with a value    */
    WHY_UNDEFINED,    /* no PSI: the baseline or the window cannot say           */
    WHY_SMALL,        /* fixed: PSI is not above the threshold                   */
    WHY_NO_EVIDENCE,  /* the window alone could be chance: q above its level     */
    WHY_SMALL_EFFECT, /* evidence of a change that is too small                  */
    WHY_SHORT,        /* evidence here, but not yet of any run the scan looked at, or
                         not for drift.for boundaries                            */
    WHY_MISSING,      /* fixed: over the threshold, yet alerts.jsonl has none     */
    WHY_REASONS,
};

/* What is asked; all borrowed. */
struct why_question {
    struct slice feature;
    struct slice segment;
    int64_t at_ms;
};

/* What the configuration asks for. */
struct why_rules {
    int64_t min_samples;
    int64_t min_videos;
    double false_alarms; /* a month                                                */
    double effect_min;
    int64_t streak_min;
    int64_t keep_firing_for;
    int64_t warming_comments; /* of a segment that learns                          */
};

/* What the last alert of the segment said by the end of the window. */
struct why_alert {
    struct alert last; /* strings and evidence live in the account's arena; no arrays */
    bool any;
    bool in_window; /* written in this window, and names the feature */
    bool named;     /* the one that fires names the feature          */
};

/* The first alert behind the window that names the feature, by a run that reaches into it. */
struct why_later {
    bool known;
    int64_t start_ms;
    int64_t end_ms;
};

/* Where the scan of the segment stands: only absa.state says it, and only as of now. */
struct why_scan {
    bool known;
    int64_t closed_ms; /* the last boundary that was judged              */
    int32_t streak;    /* successive boundaries with evidence of an effect */
    int32_t calm;      /* successive boundaries without, while an alert fires */
};

struct why {
    struct why_question asked;
    struct why_rules rules;
    struct arena *keep; /* borrowed */
    bool segment_seen;
    bool feature_seen;
    bool features_seen; /* any */
    bool found;
    struct window window; /* without features and other strings than policy, segment and
                             stale_by */
    struct window_feature feature;
    const struct policy *policy;
    double level; /* largest q that is evidence in a window; 0 where none is weighed */
    struct why_alert alert;
    struct why_later later;
    struct why_scan scan;
};

/* Looks whether the window is the one. ST_REJECT: a policy that there is none of; ST_FATAL:
 * memory. */
MUST_USE enum status why_take_window(struct why *y, const struct window *w, struct err *err);

/* Looks whether the alert matters; after all windows, in the order of the log. ST_FATAL: memory. */
MUST_USE enum status why_take_alert(struct why *y, const struct alert *al, struct err *err);

/* What absa.state holds: the last boundary, and what the scan remembers at it. The last of each
 * counts. */
void why_take_closed(struct why *y, int64_t closed_ms);
void why_take_streak(struct why *y, int32_t streak, int32_t calm);

/* Whether the scan's memory is of the window that was asked for: no other has ended since. */
bool why_scan_is_of_it(const struct why *y);

/* The answer, when a window was found. */
enum why_reason why_answer(const struct why *y);

/* What the window shows, whatever fires; WHY_REASONS: enough for an alert. */
enum why_reason why_alone(const struct why *y);

/* Whether an alert fires at the end of the window. */
bool why_fires(const struct why *y);

/* Its name: "alert", "few_comments", ... */
const char *why_name(enum why_reason r);

/* Whether the feature is in an alert: the first three reasons. */
bool why_is_alert(enum why_reason r);

/* say.c: appends the answer for a person, some lines. */
void why_say(const struct why *y, struct buf *out);

/* json.c: the same for programs, one JSON object and a newline. ST_FATAL: memory. */
MUST_USE enum status why_json(const struct why *y, struct buf *out, struct err *err);

/* because.c: appends what was compared, and what would have been needed instead. */
void why_because(const struct why *y, struct buf *out);
void why_needed(const struct why *y, struct buf *out);

#endif
