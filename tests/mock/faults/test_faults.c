/* SPDX-License-Identifier: MIT */
/* Every request of a life on Kafka fails once in every way that it can: by each
 * error that its protocol has, by an answer that comes too late, by a connection
 * that breaks. No JVM: librdkafka's mock cluster, a process a case, several at a
 * time. Of each case:
 *
 *   - it ends, as the table says: drained, or with 75, 78 or 70
 *   - what came out is 1, 2, 3, ...: nothing lost, doubled or moved; all of it when
 *     it ended well (the mock shows aborted records, and forgets positions that are
 *     sent in a transaction: what happens behind a restart is tested on Kafka)
 *   - no transaction begins after a failed answer without a new epoch (spy.h)
 *   - the fault was met
 *
 *     mock_faults [-v] [WORD]     all cases, or those with WORD in their name */
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/app.h"
#include "life.h"

enum {
    AT_ONCE = 32,
    HANG_S = 120,
    CLOSE_S = 5,
    LOG_SHOWN = 3000,
    LIVES_MAX = 3,
    CODES_MAX = 16,
    CASES_MAX = 300
};

/* Ways to end; a case may allow several, where it depends on timing. */
enum { WELL = 1, AGAIN = 2, CONFIG = 4, UNAVAILABLE = 8, INTERNAL = 16 };

struct code {
    rd_kafka_resp_err_t code;
    unsigned ends;
};

#define E(name, ends)                                                                              \
    {                                                                                              \
        RD_KAFKA_RESP_ERR_##name, ends                                                             \
    }

struct request {
    const char *name;
    int16_t api;
    enum fault_when when;
    unsigned timeout; /* how it may end after an answer that is late ... */
    unsigned broken;  /* ... and after a broken connection               */
    struct code codes[CODES_MAX];
};

/* clang-format off */
static const struct request requests[] = {
    { "Produce", 0, MIDWAY, WELL, WELL,
      { E(NOT_LEADER_FOR_PARTITION, WELL), E(REQUEST_TIMED_OUT, WELL), E(NOT_ENOUGH_REPLICAS, WELL),
        E(NOT_ENOUGH_REPLICAS_AFTER_APPEND, WELL), E(KAFKA_STORAGE_ERROR, WELL),
        E(INVALID_MSG, AGAIN), E(MSG_SIZE_TOO_LARGE, CONFIG), E(INVALID_PRODUCER_EPOCH, AGAIN),
        E(OUT_OF_ORDER_SEQUENCE_NUMBER, AGAIN), E(UNKNOWN_PRODUCER_ID, AGAIN),
        E(INVALID_TXN_STATE, AGAIN), E(TOPIC_AUTHORIZATION_FAILED, CONFIG) } },
    /* What it refuses of a topic, librdkafka hides behind "Erroneous state". */
    { "AddPartitionsToTxn", 24, MIDWAY, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(CONCURRENT_TRANSACTIONS, WELL),
        E(UNKNOWN_TOPIC_OR_PART, WELL), E(INVALID_PRODUCER_EPOCH, AGAIN),
        E(PRODUCER_FENCED, AGAIN), E(INVALID_PRODUCER_ID_MAPPING, AGAIN),
        E(INVALID_TXN_STATE, AGAIN), E(TOPIC_AUTHORIZATION_FAILED, AGAIN | CONFIG),
        E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CONFIG) } },
    { "AddOffsetsToTxn", 25, MIDWAY, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(CONCURRENT_TRANSACTIONS, WELL),
        E(INVALID_PRODUCER_EPOCH, AGAIN), E(PRODUCER_FENCED, AGAIN),
        E(INVALID_PRODUCER_ID_MAPPING, AGAIN), E(INVALID_TXN_STATE, AGAIN),
        E(GROUP_AUTHORIZATION_FAILED, CONFIG),
        E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CONFIG) } },
    { "TxnOffsetCommit", 28, MIDWAY, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(REQUEST_TIMED_OUT, WELL),
        E(UNKNOWN_TOPIC_OR_PART, WELL), E(ILLEGAL_GENERATION, AGAIN), E(UNKNOWN_MEMBER_ID, AGAIN),
        E(FENCED_INSTANCE_ID, AGAIN), E(INVALID_PRODUCER_EPOCH, AGAIN), E(PRODUCER_FENCED, AGAIN),
        E(OFFSET_METADATA_TOO_LARGE, CONFIG), E(GROUP_AUTHORIZATION_FAILED, CONFIG),
        E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CONFIG) } },
    { "EndTxn", 26, MIDWAY, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(CONCURRENT_TRANSACTIONS, WELL),
        E(INVALID_PRODUCER_EPOCH, AGAIN), E(PRODUCER_FENCED, AGAIN),
        E(INVALID_PRODUCER_ID_MAPPING, AGAIN), E(INVALID_TXN_STATE, AGAIN),
        E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CONFIG) } },
    /* The transaction that counts the start. */
    { "first AddOffsetsToTxn", 25, AT_START, WELL, WELL,
      { E(CONCURRENT_TRANSACTIONS, WELL), E(PRODUCER_FENCED, AGAIN) } },
    { "first TxnOffsetCommit", 28, AT_START, WELL, WELL,
      { E(NOT_COORDINATOR, WELL), E(UNKNOWN_MEMBER_ID, AGAIN) } },
    { "first EndTxn", 26, AT_START, WELL, WELL,
      { E(NOT_COORDINATOR, WELL), E(PRODUCER_FENCED, AGAIN) } },
    { "InitProducerId", 22, AT_START, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(CONCURRENT_TRANSACTIONS, WELL),
        E(INVALID_PRODUCER_EPOCH, AGAIN), E(PRODUCER_FENCED, AGAIN),
        E(INVALID_TRANSACTION_TIMEOUT, CONFIG), E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, CONFIG),
        E(CLUSTER_AUTHORIZATION_FAILED, CONFIG) } },
    { "FindCoordinator", 10, AT_START, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(GROUP_AUTHORIZATION_FAILED, WELL | CONFIG),
        E(TRANSACTIONAL_ID_AUTHORIZATION_FAILED, WELL | CONFIG) } },
    { "JoinGroup", 11, AT_START, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(UNKNOWN_MEMBER_ID, WELL),
        E(REBALANCE_IN_PROGRESS, WELL), E(INCONSISTENT_GROUP_PROTOCOL, WELL),
        E(INVALID_SESSION_TIMEOUT, CONFIG), E(FENCED_INSTANCE_ID, AGAIN),
        E(GROUP_MAX_SIZE_REACHED, WELL), E(GROUP_AUTHORIZATION_FAILED, CONFIG) } },
    { "SyncGroup", 14, AT_START, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL), E(UNKNOWN_MEMBER_ID, WELL),
        E(ILLEGAL_GENERATION, WELL), E(REBALANCE_IN_PROGRESS, WELL), E(FENCED_INSTANCE_ID, AGAIN),
        E(GROUP_AUTHORIZATION_FAILED, WELL | CONFIG) } },
    /* Whoever has to join again is assigned again, which the mock cannot (embedded.h). */
    { "Heartbeat", 12, MIDWAY, WELL, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, WELL), E(NOT_COORDINATOR, WELL), E(UNKNOWN_MEMBER_ID, AGAIN),
        E(ILLEGAL_GENERATION, AGAIN), E(REBALANCE_IN_PROGRESS, UNAVAILABLE),
        E(FENCED_INSTANCE_ID, AGAIN), E(GROUP_AUTHORIZATION_FAILED, WELL | CONFIG) } },
    { "Fetch", 1, MIDWAY, WELL, WELL,
      { E(NOT_LEADER_FOR_PARTITION, WELL), E(UNKNOWN_TOPIC_OR_PART, WELL),
        E(OFFSET_OUT_OF_RANGE, CONFIG), E(REPLICA_NOT_AVAILABLE, WELL),
        E(KAFKA_STORAGE_ERROR, WELL), E(OFFSET_NOT_AVAILABLE, WELL), E(FENCED_LEADER_EPOCH, WELL),
        E(UNKNOWN_LEADER_EPOCH, WELL), E(INVALID_MSG, WELL),
        E(TOPIC_AUTHORIZATION_FAILED, CONFIG) } },
    { "OffsetFetch", 9, AT_START, AGAIN, WELL,
      { E(COORDINATOR_NOT_AVAILABLE, AGAIN), E(NOT_COORDINATOR, AGAIN),
        E(COORDINATOR_LOAD_IN_PROGRESS, WELL), E(UNSTABLE_OFFSET_COMMIT, WELL),
        E(UNKNOWN_TOPIC_OR_PART, AGAIN), E(TOPIC_AUTHORIZATION_FAILED, CONFIG),
        E(GROUP_AUTHORIZATION_FAILED, CONFIG) } },
    { "ListOffsets", 2, AT_START, WELL, WELL,
      { E(NOT_LEADER_FOR_PARTITION, WELL), E(LEADER_NOT_AVAILABLE, WELL),
        E(KAFKA_STORAGE_ERROR, WELL), E(OFFSET_NOT_AVAILABLE, WELL),
        E(UNKNOWN_TOPIC_OR_PART, AGAIN), E(TOPIC_AUTHORIZATION_FAILED, CONFIG) } },
};

/* The mock gives no false answer to Metadata but an error of a topic. */
static const struct { rd_kafka_resp_err_t code; unsigned at_start, midway; } of_topic[] = {
    { RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, CONFIG, WELL | AGAIN },
    { RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, AGAIN, WELL | AGAIN },
    { RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, CONFIG, WELL | CONFIG },
};
/* clang-format on */

struct tcase {
    char name[80];
    struct fault fault;
    unsigned ends;
    pid_t pid;
    int pipe;  /* its verdict comes here      */
    FILE *log; /* and here what its host said */
    time_t began;
    int lives;
};

static struct tcase cases[CASES_MAX];
static int ncases;

static void add(const char *request, const char *what, struct fault fault, unsigned ends)
{
    struct tcase *c = &cases[ncases++];

    snprintf(c->name, sizeof(c->name), "%s: %s%s", request, what, fault.times > 1 ? " x 3" : "");
    c->fault = fault;
    c->ends = ends;
}

static void make_cases(void)
{
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        const struct request *r = &requests[i];

        add(r->name, "too late", (struct fault){ r->api, BY_TIMEOUT, 0, r->when, 1 }, r->timeout);
        add(r->name, "disconnected", (struct fault){ r->api, BY_DISCONNECT, 0, r->when, 1 },
            r->broken);
        add(r->name, "disconnected", (struct fault){ r->api, BY_DISCONNECT, 0, r->when, 3 },
            r->broken);
        for (const struct code *c = r->codes; c->code; c++)
            add(r->name, rd_kafka_err2name(c->code),
                (struct fault){ r->api, BY_ERROR, c->code, r->when, 1 }, c->ends);
    }
    for (size_t i = 0; i < sizeof(of_topic) / sizeof(of_topic[0]); i++) {
        const rd_kafka_resp_err_t code = of_topic[i].code;

        add("Metadata", rd_kafka_err2name(code), (struct fault){ 3, BY_TOPIC, code, AT_START, 1 },
            of_topic[i].at_start);
        add("Metadata later", rd_kafka_err2name(code),
            (struct fault){ 3, BY_TOPIC, code, MIDWAY, 1 }, of_topic[i].midway);
    }
    add("broker", "down at the start", (struct fault){ 3, BY_SILENCE, 0, AT_START, 1 }, WELL);
    add("broker", "down midway", (struct fault){ 3, BY_SILENCE, 0, MIDWAY, 1 }, WELL);
    add("broker", "slow", (struct fault){ 3, BY_SLOWNESS, 0, AT_START, 1 }, WELL);
}

static unsigned way_of(const struct ending *end)
{
    switch (app_exit_code(end->status, &end->err)) {
    case EXIT_OK:
        return WELL;
    case EXIT_TEMPORARY:
        return AGAIN;
    case EXIT_CONFIG:
        return CONFIG;
    case EXIT_UNAVAILABLE:
        return UNAVAILABLE;
    default:
        return INTERNAL;
    }
}

/* Of the child: which case it is, and where it says how it went. */
static const struct tcase *mine;
static int verdict;

/* "ok ..." or what is wrong. */
static void say(const struct ending *end)
{
    const unsigned way = way_of(end);
    char bad[200];
    char line[600];

    snprintf(bad, sizeof(bad), "%s", end->bad);
    if (!bad[0] && !(way & mine->ends))
        snprintf(bad, sizeof(bad), "must not end so");
    if (!bad[0] && end->left > 0)
        snprintf(bad, sizeof(bad), "%d faults were not met", end->left);
    int n = snprintf(line, sizeof(line), "%s (exit %d, %d copied, %d failed answers) %s",
                     bad[0] ? bad : "ok", app_exit_code(end->status, &end->err), end->copied,
                     end->failed, end->status == ST_OK ? "" : end->err.msg);
    if (write(verdict, line, (size_t)n) != n)
        _exit(1);
    close(verdict);
    alarm(CLOSE_S);
}

static int start(struct tcase *c)
{
    int ends[2];

    c->log = tmpfile();
    if (!c->log || pipe(ends) != 0)
        return -1;
    c->began = time(NULL);
    c->lives++;
    c->pid = fork();
    if (c->pid == 0) {
        close(ends[0]);
        if (dup2(fileno(c->log), STDERR_FILENO) < 0)
            _exit(1);
        mine = c;
        verdict = ends[1];
        alarm(HANG_S);
        life_run(&c->fault, say);
        _exit(0);
    }
    close(ends[1]);
    c->pipe = ends[0];
    return c->pid < 0 ? -1 : 0;
}

/* The last of what a case has logged. */
static void read_end(FILE *log, char *text)
{
    if (fseek(log, -LOG_SHOWN, SEEK_END) != 0)
        rewind(log);
    text[fread(text, 1, LOG_SHOWN, log)] = '\0';
}

/* The mock fails an assertion of its own when a SyncGroup that it holds back is asked again. */
static bool mock_broke(int how, const char *log)
{
    return WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT && strstr(log, "rdkafka_mock");
}

/* Waits for any case to end; whether it failed. */
static int finish(int verbose)
{
    char log[LOG_SHOWN + 1];
    int how = 0;
    char line[600] = "";
    const pid_t pid = wait(&how);

    for (int i = 0; i < ncases; i++) {
        struct tcase *c = &cases[i];

        if (c->pid != pid)
            continue;
        const ssize_t n = read(c->pipe, line, sizeof(line) - 1);
        line[n > 0 ? n : 0] = '\0';
        close(c->pipe);
        c->pid = -1;
        read_end(c->log, log);
        fclose(c->log);
        if (mock_broke(how, log) && c->lives < LIVES_MAX && start(c) == 0)
            return finish(verbose);
        const bool stopped = WIFSIGNALED(how) && WTERMSIG(how) == SIGALRM;
        if (n <= 0 && stopped)
            snprintf(line, sizeof(line), "hangs");
        else if (how != 0 && !stopped)
            snprintf(line, sizeof(line), "died: %d", how);
        const int failed = strncmp(line, "ok", 2) != 0;
        if (failed || verbose)
            printf("%s %-50s %3d s %s\n", failed ? "FAIL" : "ok  ", c->name,
                   (int)(time(NULL) - c->began), failed ? line : line + 3);
        if (failed)
            printf("%s", log);
        fflush(stdout);
        return failed;
    }
    return 1;
}

int main(int argc, char **argv)
{
    const int verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
    const char *word = argc > 1 + verbose ? argv[1 + verbose] : "";
    const time_t began = time(NULL);
    int running = 0;
    int failed = 0;
    int n = 0;

    make_cases();
    for (int i = 0; i < ncases; i++) {
        if (!strstr(cases[i].name, word))
            continue;
        while (running >= AT_ONCE) {
            failed += finish(verbose);
            running--;
        }
        if (start(&cases[i]) != 0)
            return 1;
        running++;
        n++;
    }
    for (; running > 0; running--)
        failed += finish(verbose);
    printf("%d cases, %d failed, %d s\n", n, failed, (int)(time(NULL) - began));
    return failed > 0;
}
