# SPDX-License-Identifier: MIT
"""What can be played: each scene yields runs, (run, what to call), on brokers that it asks for.

A run's call raises AssertionError when something is wrong, with .why where there is more to
say; run.result says what happened in any case."""
import contextlib
import json
import pathlib

import cluster
import faults as breaks
import mutants
import run
import skew
import world
import harness as h

CELLS = [(interval, processes, order) for interval in (20, 200, 2000) for processes in (1, 3, 6)
         for order in (0, 1, 2)]
DIAGONAL = [(20, 1, 0), (200, 3, 1), (2000, 6, 2)]
MATRIX_RECORDS = 10000
BUFFERS_MB = 4  # queues and batches, which are full when there is a backlog, whatever its size
DEATHS_MAX = 2  # one in full flight, one of a start
MUTANT_STALL_S = 40  # a defect may lose what is waited for
SOCKET_MS = 3000  # with a network that misbehaves: how long a client waits for an answer


class Stage(contextlib.ExitStack):
    """The broker that most scenes share, and a folder."""

    def __init__(self, folder):
        super().__init__()
        self.dir = pathlib.Path(folder)
        self.plain = None

    def broker(self):
        if not self.plain:
            self.plain = self.enter_context(cluster.Proxied())
        return self.plain

    @contextlib.contextmanager
    def world(self, name, seed, records, per_window=None, **kwargs):
        w = world.World(self.dir / name, seed, records, per_window or max(1000, records // 400), **kwargs)
        try:
            yield w
        finally:
            w.close()


def calls(r, *args, **kwargs):
    return r, lambda: r.go(*args, **kwargs)


def calm(args, stage):
    """Nothing breaks."""
    with stage.world("calm", args.seed, args.records) as w:
        yield calls(run.Run(stage.broker(), "calm", w, args.processes, args.commit_ms))


def faults(args, stage):
    """Kills, sleepers, the broker's deaths, rebalances, transactions that somebody leaves open."""
    wanted = {"kill": args.kills, "zombie": args.zombies, "rebalance": args.rebalances,
              "hang": args.hangs, "broker-kill": (args.broker_kills + 1) // 2,
              "broker-bounce": args.broker_kills // 2}
    seconds = args.seconds or max(wanted["kill"] * 0.7, args.broker_kills * 15, args.zombies * 3,
                                  args.rebalances * 8, args.hangs * 8, 10)
    with stage.world("faults", args.seed, args.records) as w:
        r = run.Run(stage.broker(), "faults", w, args.processes, args.commit_ms, records=args.read_scores)
        yield calls(r, seconds, args.seed, wanted)


def network(args, stage):
    """A proxy before the broker; each answer that fails has to cost a producer its epoch."""
    with stage.world("network", args.seed, 6000, 300) as w:
        broker = stage.broker()
        r = run.Run(broker, "network", w, 1, 200, via=broker.through)
        for options in r.pipeline.options.values():
            options.append(f"kafka.socket.timeout.ms={SOCKET_MS}")
        yield r, lambda: retired(r, lambda: r.go(args.proxy * 6, args.seed, {"network": args.proxy}))


def retired(r, go):
    """Runs, and counts the producers that were replaced."""
    go()
    logs = "".join(p.read_text() for p in r.pipeline.log.iterdir())
    r.result["producers_retired"] = logs.count("producer replaced after a failed answer")


def nodes(args, stage):
    """One of three nodes dies, every other time the transaction coordinator."""
    with cluster.Cluster() as broker, stage.world("nodes", args.seed, 6000, 300) as w:
        r = run.Run(broker, "nodes", w, args.processes, 200)
        yield calls(r, args.node_kills * 20, args.seed, {"node-kill": args.node_kills})


def disk(args, stage):
    """The broker's disk is full, twice."""
    with cluster.SmallDisk() as broker, stage.world("disk", args.seed, 6000, 300) as w:
        r = run.Run(broker, "disk", w, 1, 200)
        yield calls(r, 40, args.seed, {"disk-full": 2})


def clock(args, stage):
    """Each process's clock steps by hours and a day, in both directions."""
    library = skew.build(stage.dir)
    with stage.world("clock", args.seed, 6000, 300) as w:
        r = run.Run(stage.broker(), "clock", w, args.processes, 100)
        r.pipeline.env = skew.environment(library)
        yield calls(r, 15, args.seed, {"kill": 4})


def poison(args, stage):
    """Score dies on one comment each time it reads it: it has to be set aside, and alone; then the
    same while every process is killed again and again in the moments after its first records."""
    programs = mutants.build("killer", stage.dir / "killer")
    with stage.world("poison", args.seed, 4000, 250, killer=True) as w:
        r = run.Run(stage.broker(), "poison", w, 1, 100, bin=programs)
        yield r, lambda: few_deaths(r, lambda: r.go(8, args.seed, {}))
        r = run.Run(stage.broker(), "ambush", w, 2, 100, bin=programs)
        n = 200 // (breaks.AMBUSHES + 1) if args.long else 4
        yield calls(r, n * 3, args.seed, {"ambush": n})


def few_deaths(r, go):
    go()
    r.result["deaths"] = r.pipeline.deaths
    if not 0 < r.pipeline.deaths <= DEATHS_MAX:
        raise AssertionError(f"{r.pipeline.deaths} deaths before the record was set aside")


def backlog(args, stage):
    """As much as comes in a while, live; then all of the backlog at once. Both have as many records
    in a window, so a stage has as much to remember in both."""
    broker, density = stage.broker(), max(1000, args.backlog // 1000)
    seconds = max(20, 8 * density // args.live_rate)  # all that is remembered was seen
    with stage.world("live", args.seed, args.live_rate * seconds, density) as w:
        steady = run.Run(broker, "live", w, args.processes, args.commit_ms, records=False)
        yield calls(steady, seconds, args.seed, {})
    with stage.world("backlog", args.seed, args.backlog, density) as w:
        r = run.Run(broker, "backlog", w, args.processes, args.commit_ms, records=False)
        yield r, lambda: caught_up(r, steady, args, lambda: r.go(0, args.seed, {}, backlog=True))


def caught_up(r, steady, args, go):
    go()
    rate = args.backlog / r.result["work_s"]  # not the wait for the reference
    r.result["records_per_s"], r.result["times_live"] = round(rate), round(rate / args.live_rate, 1)
    r.result["memory_of_steady"] = {s: round(mb / steady.peak[s], 2) for s, mb in r.peak.items()}
    if rate / r.result["machine"] < 3 * args.live_rate:  # by what others left to it
        raise AssertionError(f"catches up with {rate:.0f} a second on {r.result['machine']:.0%} of the machine, "
                             f"of {args.live_rate} live")
    grown = {s: mb for s, mb in r.peak.items() if mb > 1.25 * steady.peak[s] + BUFFERS_MB}
    if grown:
        raise AssertionError(f"memory grows with the backlog: {grown} MB, live {dict(steady.peak)}")


def matrix(args, stage):
    """Commit intervals, processes and orders of arrival: one output."""
    sums = set()
    with stage.world("matrix", args.seed, min(args.records, MATRIX_RECORDS), 1000) as w:
        for interval, processes, order in DIAGONAL if args.short else CELLS:
            name = f"m{interval}-{processes}-{order}"
            r = run.Run(stage.broker(), name, w, processes, interval, order=order)
            r.result["order"] = order
            yield r, lambda r=r: one_sum(r, sums)


def one_sum(r, sums):
    r.go()
    sums.add((r.result["windows_sha256"], r.result["alerts_sha256"]))
    if len(sums) > 1:
        raise AssertionError("the output is not that of the other runs")


def controls(args, stage):
    """Builds with a defect: each has to be found out, by one of a few seeds."""
    names = mutants.CONTROLS if args.mutants == "all" else args.mutants.split(",")
    with stage.world("mutants", args.seed, 5000, 250) as w:
        for name in names:
            programs = mutants.build(name, stage.dir / name)
            for seed in range(args.seed, args.seed + mutants.TRIES):
                how = dict(mutants.CONTROLS[name])
                r = run.Run(stage.broker(), f"{name}-{seed}", w, 2, how.pop("commit_ms"), bin=programs)
                r.result["defect"] = mutants.defect(name)
                r.stall_s = MUTANT_STALL_S
                last = seed == args.seed + mutants.TRIES - 1
                yield r, lambda r=r, how=how, seed=seed, last=last: found_out(
                    r, last, lambda: r.go(seed=seed, **how))
                if "found" in r.result:
                    break


def found_out(r, last, go):
    """A mutant has to be told by what it wrote, also where it wrote too little to come to an end, or by
    a stage that refuses to go on (70)."""
    why = []
    try:
        go()
    except run.Stalled:
        why = r.so_far()
        if last and not why:
            raise
    except AssertionError as e:
        why = getattr(e, "why", [str(e)])
        if not isinstance(e, run.Wrong) and "ended with 70" not in why[0]:
            raise
    if why:
        r.result["found"] = why[0][:300]
    elif last:
        raise AssertionError("the defect was not found")


def runs_of(scene, args, stage):
    """The runs of a scene, up to where it finds that it cannot be played here (and said why)."""
    try:
        yield from scene(args, stage)
    except SystemExit as e:
        if e.code != 77:
            raise


def play(scene, args, stage, again):
    """Plays a scene; (results, how many runs were wrong)."""
    results, wrong = [], 0
    for r, go in runs_of(scene, args, stage):
        results.append(r.result)
        try:
            go()
            print(f"ok {r.prefix}: {json.dumps(r.result)}", flush=True)
        except (AssertionError, h.subprocess.SubprocessError) as e:
            wrong += 1
            r.result["wrong"] = getattr(e, "why", [str(e)])
            for line in r.result["wrong"]:
                print(f"WRONG {r.prefix}: {line}", flush=True)
            print(f"logs: {r.pipeline.log}; again: {again}", flush=True)
    return results, wrong
