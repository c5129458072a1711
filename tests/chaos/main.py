# SPDX-License-Identifier: MIT
"""tools/chaos: see --help."""
import argparse
import collections
import json
import pathlib
import signal
import sys
import tempfile

import mutants
import scenes

EXAMPLES = """examples
  tools/chaos                                  a few faults of most kinds: minutes
  tools/chaos --seed 7 --kills 40              40 x kill -9, as the seed 7 has them
  tools/chaos --broker-kills 5 --zombies 4     a broker that dies, processes that sleep
  tools/chaos --mutants all                    does it find builds with a defect?
  tools/chaos --long kills,backlog             two scenes in the sizes of docs/RELIABILITY.md
  tools/chaos --long --resume --json r.json    all of them, hours; what r.json has is not played again
"""

# What is played when nothing is asked for, in CI, and with --long.
SHORT = {"calm": True, "kills": 10, "broker_kills": 2, "zombies": 2, "rebalances": 4, "hangs": 1,
         "proxy": 6, "poison": True, "clock_steps": True, "matrix": True,
         "backlog": 30000, "live_rate": 300, "records": 8000}
LONG = {
    "calm": {"calm": True, "records": 200_000},
    "kills": {"kills": 200, "records": 2_000_000, "seconds": 1000},
    "broker": {"broker_kills": 30, "zombies": 30, "rebalances": 60, "records": 200_000, "seconds": 600},
    "hangs": {"hangs": 5},
    "poison": {"poison": True},
    "clocks": {"clock_steps": True},
    "network": {"proxy": 40},
    "matrix": {"matrix": True, "records": 10_000},
    "backlog": {"backlog": 5_000_000, "live_rate": 2000},
    "mutants": {"mutants": "all"},
    "nodes": {"node_kills": 10},
    "disk": {"disk_full": True},
}


def parse(argv):
    p = argparse.ArgumentParser(
        prog="tools/chaos", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=EXAMPLES,
        description="Breaks a pipeline on a real Apache Kafka in many ways and compares what it "
        "committed with an independent computation and with a backtest of the same topic, byte "
        "for byte. Exit 0: identical.")
    number = {"type": int, "default": 0, "metavar": "N"}
    p.add_argument("--seed", type=int, default=1, metavar="N", help="of the load and of what breaks when (1)")
    p.add_argument("--records", type=int, metavar="N", help="raw records (20000)")
    p.add_argument("--processes", type=int, default=2, metavar="N", help="of each stage (2)")
    p.add_argument("--commit-ms", type=int, default=100, metavar="N", help="between commits (100)")
    p.add_argument("--seconds", type=int, metavar="N", help="in which the load arrives; by default as the faults need")
    p.add_argument("--calm", action="store_true", help="a run in which nothing breaks")
    p.add_argument("--kills", help="kill -9 of consumers", **number)
    p.add_argument("--broker-kills", help="kill -9 and clean ends of the broker, in turn", **number)
    p.add_argument("--zombies", help="processes that sleep beyond their session", **number)
    p.add_argument("--rebalances", help="changes of the number of processes: 3, 6, 2, 1", **number)
    p.add_argument("--hangs", help="transactions that somebody leaves open in absa.state", **number)
    p.add_argument("--proxy", help="rounds of a network that misbehaves", **number)
    p.add_argument("--node-kills", help="kill -9 of one of three nodes", **number)
    p.add_argument("--poison", action="store_true", help="a record that kills its process")
    p.add_argument("--disk-full", action="store_true", help="no room under the broker (root: it needs a mount)")
    p.add_argument("--clock-steps", action="store_true", help="clocks that jump")
    p.add_argument("--backlog", help="start with so many records waiting", **number)
    p.add_argument("--live-rate", help="records a second, which a backlog is compared with (1000)", **number)
    p.add_argument("--matrix", action="store_true", help="commit intervals x processes x orders of arrival")
    p.add_argument("--mutants", metavar="NAMES", help="builds with a defect, which have to be found out: all, "
                   + ", ".join(mutants.CONTROLS))
    p.add_argument("--short", action="store_true", help="what is played when nothing is asked for")
    p.add_argument("--long", nargs="?", const=",".join(LONG), default="", metavar="SCENES",
                   help="in full size everything, or of it " + ", ".join(LONG))
    p.add_argument("--json", metavar="FILE", help="write the results there, scene by scene")
    p.add_argument("--resume", action="store_true",
                   help="do not play again what went well according to --json FILE, with the same seed")
    args = p.parse_args(argv)
    unknown = [name for name in args.long.split(",") if args.long and name not in LONG]
    if unknown or args.resume and not args.json:
        p.error(f"no scene is called {unknown[0]}" if unknown else "--resume needs --json FILE")
    if args.long:
        plain = p.parse_args([])
        for name in ("seed", "processes", "commit_ms", "long"):
            setattr(plain, name, getattr(args, name))
        parts = [(name, argparse.Namespace(**(vars(plain) | LONG[name]))) for name in args.long.split(",")]
    else:
        args.short = args.short or not cast_of(args)
        wanted = {k: v for k, v in SHORT.items() if args.short and not getattr(args, k)}
        parts = [("", argparse.Namespace(**(vars(args) | wanted)))]
    return args, [(name or scene.__name__, finished(part), scene)
                  for name, part in parts for scene in cast_of(part)]


def finished(args):
    args.records, args.live_rate = args.records or 20000, args.live_rate or 1000
    args.read_scores = args.records <= 500_000
    return args


def cast_of(args):
    """The scenes that were asked for, in order."""
    asked = [(args.calm, scenes.calm),
             (args.kills or args.broker_kills or args.zombies or args.rebalances or args.hangs, scenes.faults),
             (args.poison, scenes.poison), (args.clock_steps, scenes.clock),
             (args.proxy, scenes.network), (args.matrix, scenes.matrix), (args.backlog, scenes.backlog),
             (args.mutants, scenes.controls), (args.node_kills, scenes.nodes),
             (args.disk_full, scenes.disk)]
    return [scene for wanted, scene in asked if wanted]


def earlier(args):
    """The runs of each scene that went well, as the file has them."""
    path = pathlib.Path(args.json)
    was = json.loads(path.read_text()) if path.exists() else {"seed": args.seed, "runs": []}
    if was["seed"] != args.seed:
        raise SystemExit(f"{path} has another seed, {was['seed']}")
    runs = collections.defaultdict(list)
    for run in was["runs"]:
        runs[run["scene"]].append(run)
    return {name: of for name, of in runs.items() if not any("wrong" in run for run in of)}


def main(argv):
    args, cast = parse(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves nothing behind
    again = "tools/chaos " + " ".join(argv + ([] if "--seed" in argv else ["--seed", str(args.seed)]))
    print(f"seed {args.seed}; again: {again}", flush=True)
    done = earlier(args) if args.resume else {}
    results, wrong = [], 0
    with tempfile.TemporaryDirectory(prefix="absa-chaos-") as folder, scenes.Stage(folder) as stage:
        for n, (name, part, scene) in enumerate(cast, 1):
            if name in done:
                print(f"scene {n} of {len(cast)}, {name}: done before", flush=True)
                results += done[name]
                continue
            print(f"scene {n} of {len(cast)}, {name}", flush=True)
            of_scene, failed = scenes.play(scene, part, stage, again)
            results += [run | {"scene": name} for run in of_scene]
            wrong += failed
            if args.json:
                said = {"seed": args.seed, "again": again, "identical": wrong == 0, "runs": results}
                pathlib.Path(args.json).write_text(json.dumps(said, indent=1) + "\n")
    print(f"{len(results)} runs, {wrong} wrong")
    return 1 if wrong else 0 if results else 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
