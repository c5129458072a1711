/* SPDX-License-Identifier: MIT */
#include "obs/ready.h"

#include <stdio.h>

static const char *const names[READY_N] = { "assigned", "restored", "commit", "circuit" };

const char *ready_check_name(enum ready_check c)
{
    return names[c];
}

static void judge_assigned(const struct ready_facts *f, struct ready_verdict *v)
{
    v->ok = f->parts != PARTS_WAITING;
    snprintf(v->why, sizeof(v->why), "%s",
             f->parts == PARTS_WAITING   ? "waiting for partitions"
             : f->parts == PARTS_STANDBY ? "standby: no partition is left for us"
                                         : "");
}

/* Without partitions there is nothing to restore. */
static void judge_restored(const struct ready_facts *f, struct ready_verdict *v)
{
    v->ok = f->parts != PARTS_OWNED || f->restored;
    snprintf(v->why, sizeof(v->why), "%s", v->ok ? "" : "state is being restored");
}

/* Who restores cannot commit yet: that is the other check's to say. */
static void judge_commit(const struct ready_facts *f, struct ready_verdict *v)
{
    v->ok = f->parts != PARTS_OWNED || !f->restored || !f->input || f->commit_age < READY_COMMIT_MS;
    if (!v->ok)
        snprintf(v->why, sizeof(v->why), "there is input, and no commit for %lld s",
                 (long long)(f->commit_age / 1000));
}

static void judge_circuit(const struct ready_facts *f, struct ready_verdict *v)
{
    v->ok = f->circuits_open == 0;
    if (!v->ok)
        snprintf(v->why, sizeof(v->why), "%d receivers are held until somebody helps",
                 f->circuits_open);
}

bool ready_judge(const struct ready_facts *f, struct ready_verdict out[READY_N])
{
    static void (*const judges[READY_N])(const struct ready_facts *,
                                         struct ready_verdict *) = { judge_assigned, judge_restored,
                                                                     judge_commit, judge_circuit };
    bool ready = true;

    for (int i = 0; i < READY_N; i++) {
        out[i].why[0] = '\0';
        judges[i](f, &out[i]);
        ready = ready && out[i].ok;
    }
    return ready;
}

void ready_show(const struct ready_facts *f, struct health *h)
{
    struct ready_verdict v[READY_N];

    (void)ready_judge(f, v);
    for (int i = 0; i < READY_N; i++)
        health_set(h, ready_check_name((enum ready_check)i), v[i].ok, v[i].why);
}

/* A state of one check: the facts that make it, in words and as they are. */
struct state {
    enum ready_check check;
    const char *when;
    struct ready_facts facts;
};

static const struct state states[] = {
    { READY_ASSIGNED,
      "before the first assignment, and between two of them",
      { PARTS_WAITING, false, false, 0, 0 } },
    { READY_ASSIGNED,
      "more processes than partitions: idle, and ready to take over",
      { PARTS_STANDBY, false, false, 0, 0 } },
    { READY_ASSIGNED, "it has partitions", { PARTS_OWNED, true, false, 0, 0 } },
    { READY_RESTORED,
      "it has partitions and reads back what it remembers of them",
      { PARTS_OWNED, false, true, 0, 0 } },
    { READY_RESTORED, "that is done, or there is no partition", { PARTS_OWNED, true, true, 0, 0 } },
    { READY_COMMIT, "no input, however long", { PARTS_OWNED, true, false, 3600000, 0 } },
    { READY_COMMIT, "input, and a commit within 30 s", { PARTS_OWNED, true, true, 1000, 0 } },
    { READY_COMMIT,
      "input, and none for 30 s or more",
      { PARTS_OWNED, true, true, READY_COMMIT_MS, 0 } },
    { READY_CIRCUIT,
      "every receiver is told, or tried again after a failure that passes",
      { PARTS_OWNED, true, false, 0, 0 } },
    { READY_CIRCUIT,
      "notify: a receiver refuses for ever (login, permission): held",
      { PARTS_OWNED, true, false, 0, 1 } },
};

void ready_print_doc(struct buf *out)
{
    buf_str(out, "| check | when | met | why, as it says it |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        const struct state *s = &states[i];
        struct ready_verdict v[READY_N];

        (void)ready_judge(&s->facts, v);
        buf_fmt(out, "| `%s` | %s | %s | %s |\n", names[s->check], s->when,
                v[s->check].ok ? "yes" : "**no**", v[s->check].why);
    }
}
