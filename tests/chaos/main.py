# SPDX-License-Identifier: MIT
"""tools/chaos: see --help."""
import argparse
import json
import pathlib
import sys
import tempfile

import mutants
import scenes

EXAMPLES = """examples
  tools/chaos                                  a few faults of most kinds: minutes
  tools/chaos --seed 7 --kills 40              40 x kill -9, as the seed 7 has them
  tools/chaos --broker-kills 5 --zombies 4     a broker that dies, processes that sleep
  tools/chaos --mutants all                    does it find builds with a defect?
  tools/chaos --long --json result.json        the sizes of docs/RELIABILITY.md: hours
"""

# What is played when nothing is asked for, in CI, and with --long.
SHORT = {"calm": True, "kills": 10, "broker_kills": 2, "zombies": 2, "rebalances": 4, "hangs": 1,
         "proxy": 6, "poison": True, "clock_steps": True, "matrix": True,
         "backlog": 30000, "live_rate": 50, "records": 8000}
LONG = {"calm": True, "kills": 200, "broker_kills": 30, "zombies": 30, "rebalances": 60, "hangs": 5,
        "proxy": 40, "node_kills": 10, "poison": True, "clock_steps": True, "disk_full": True,
        "backlog": 5_000_000, "matrix": True, "mutants": "all", "records": 2_000_000}


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
    p.add_argument("--long", action="store_true", help="everything, in its full size")
    p.add_argument("--json", metavar="FILE", help="write the results there")
    args = p.parse_args(argv)
    cast = cast_of(args)
    if args.long or not cast:
        args.short = not args.long
        for name, value in (LONG if args.long else SHORT).items():
            if not getattr(args, name):
                setattr(args, name, value)
        cast = cast_of(args)
    args.records, args.live_rate = args.records or 20000, args.live_rate or 1000
    args.read_scores = args.records <= 500_000
    return args, cast


def cast_of(args):
    """The scenes that were asked for, in order."""
    asked = [(args.calm, scenes.calm),
             (args.kills or args.broker_kills or args.zombies or args.rebalances or args.hangs, scenes.faults),
             (args.poison, scenes.poison), (args.clock_steps, scenes.clock),
             (args.proxy, scenes.network), (args.matrix, scenes.matrix), (args.backlog, scenes.backlog),
             (args.mutants, scenes.controls), (args.node_kills, scenes.nodes),
             (args.disk_full, scenes.disk)]
    return [scene for wanted, scene in asked if wanted]


def main(argv):
    args, cast = parse(argv)
    again = "tools/chaos " + " ".join(argv + ([] if "--seed" in argv else ["--seed", str(args.seed)]))
    print(f"seed {args.seed}; again: {again}", flush=True)
    results, wrong = [], 0
    with tempfile.TemporaryDirectory(prefix="absa-chaos-") as folder, scenes.Stage(folder) as stage:
        for scene in cast:
            of_scene, failed = scenes.play(scene, args, stage, again)
            results += of_scene
            wrong += failed
    if args.json:
        done = {"seed": args.seed, "again": again, "identical": wrong == 0, "runs": results}
        pathlib.Path(args.json).write_text(json.dumps(done, indent=1) + "\n")
    print(f"{len(results)} runs, {wrong} wrong")
    return 1 if wrong else 0 if results else 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
