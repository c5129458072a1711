# SPDX-License-Identifier: MIT
"""absa topics on a real Kafka: what plan says, what apply makes and leaves alone, what grow grows."""
import pathlib
import re
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness as h  # noqa: E402

CONTRACT = h.TOP / "schemas/README.md"


def topics(b, verb, prefix, *more, ok=(0,)):
    """{topic: (what it says, its settings)}, and stderr."""
    got = h.run(h.BIN / "absa-topics", verb, "-b", b.address, "-X", f"topic.prefix={prefix}", *more,
                ok=ok)
    rows = [line.split() for line in got.stdout.splitlines() if f" {prefix}" in line]
    return {r[1].removeprefix(prefix): (r[0], dict(x.split("=") for x in r[2:])) for r in rows}, got


def contract():
    """The table of schemas/README.md, as absa topics says it."""
    want = {}
    for line in CONTRACT.read_text().splitlines():
        cell = [c.strip() for c in line.strip("|").split("|")]
        if not re.match(r"\| absa\.[\w.]+ \|", line) or len(cell) != 8:
            continue
        days = re.match(r"(\d+) d", cell[7])
        want[cell[0].removeprefix("absa.")] = {
            "cleanup": cell[6], "time": "LogAppendTime",
            **({"retention.ms": str(int(days[1]) * 86_400_000)} if days else {})}
    return want


def exists(b):
    out = subprocess.run(["kcat", "-L", "-b", b.address], capture_output=True, text=True,
                         check=True).stdout
    return set(re.findall(r'topic "([^"_][^"]*)"', out))


def create(b, topic, *settings):
    """As somebody does who has not heard of the plan."""
    libs = subprocess.run([h.TOP / "tools/kafka", "path"], capture_output=True, text=True,
                          check=True).stdout.strip()
    args = [x for s in settings for x in ("--config", s)]
    h.run("java", "-XX:TieredStopAtLevel=1", "-cp", libs + "/*",
          "org.apache.kafka.tools.TopicCommand", "--bootstrap-server", b.address, "--create",
          "--topic", topic, "--partitions", "1", *args)


def test_plan_makes_nothing(b):
    for args in (("plan", "p."), ("apply", "p.", "-n")):
        said, _ = topics(b, *args)
        assert {what for what, _ in said.values()} == {"create"} and len(said) == 12, said
        assert not exists(b)


def test_apply_makes_what_the_contract_says(b):
    said, _ = topics(b, "apply", "a.", "-X", "raw.partitions=2", "-X", "comments.partitions=3")
    assert {what for what, _ in said.values()} == {"created"}, said
    for verb in ("apply", "plan"):
        said, _ = topics(b, verb, "a.", "-X", "raw.partitions=2", "-X", "comments.partitions=3")
        assert {what for what, _ in said.values()} == {"ok"}, said
    parts = {name: int(is_["partitions"]) for name, (_, is_) in said.items()}
    cut = [parts.pop(t) for t in ("raw", "comments", "scores", "scores.shadow")]
    assert cut == [2, 3, 3, 3], cut
    assert set(parts.values()) == {1}, parts
    want = contract()
    assert len(want) == 12, want
    for name, (_, is_) in said.items():
        is_.pop("partitions")
        assert is_ == want[name], (name, is_, want[name])


def test_what_is_there_is_never_changed(b):
    create(b, "w.raw", "message.timestamp.type=CreateTime", "retention.ms=3600000",
           f"message.timestamp.after.max.ms={2**63 - 1}")  # as Kafka 3.6 has it, and 4 has not
    create(b, "w.labels", "message.timestamp.type=CreateTime")
    create(b, "w.windows", "cleanup.policy=compact", "message.timestamp.type=LogAppendTime")
    for _ in range(2):
        said, got = topics(b, "apply", "w.", ok=(78,))
        assert said["raw"] == ("wrong", {"partitions": "1", "cleanup": "delete", "time": "CreateTime",
                                         "retention.ms": "3600000"}), said["raw"]
        assert said["windows"][0] == "wrong" and said["windows"][1]["cleanup"] == "compact"
        for words in ("w.raw has message.timestamp.type CreateTime, not LogAppendTime, and lets producers claim any time",
                      "w.labels has message.timestamp.type CreateTime, not LogAppendTime\n",
                      "w.raw keeps records 3600000 ms", "w.windows has cleanup.policy compact", "3 differences"):
            assert words in got.stderr, (words, got.stderr)
    assert said["scores"][0] == "ok"  # what was not there was made all the same
    _, got = topics(b, "plan", "w.", "-X", "comments.partitions=5", ok=(78,))
    assert "w.comments has 4 partitions, the configuration says 5" in got.stderr, got.stderr


def test_grow(b):
    _, got = topics(b, "grow", "nothing.", ok=(78,))
    assert "absa topics apply" in got.stderr
    topics(b, "apply", "g.", "-X", "raw.partitions=2")
    _, got = topics(b, "grow", "g.", "-n", "-X", "raw.partitions=4", ok=(78,))
    assert "raw.epoch = 2 with raw.partitions = 4" in got.stderr, got.stderr
    _, got = topics(b, "grow", "g.", "-n", "-X", "raw.partitions=4", "-X", "raw.epoch=2",
                    "-X", "comments.partitions=5", ok=(78,))
    assert "mend these first" in got.stderr, got.stderr
    _, got = topics(b, "grow", "g.", "-n", "-X", "raw.partitions=1000", "-X", "raw.epoch=2",
                    "-X", "comments.partitions=1000", ok=(78,))
    assert "is over 16384" in got.stderr, got.stderr
    said, _ = topics(b, "grow", "g.", "-n", "-X", "raw.partitions=4", "-X", "raw.epoch=2")
    assert said["raw"] == ("grow", {"partitions": "4", "was": "2"}), said
    said, got = topics(b, "grow", "g.", "-X", "raw.partitions=4", "-X", "raw.epoch=2")
    assert said["raw"][0] == "grown" and "raw.epoch = 2 for every program" in got.stdout
    h.wait_for("the new partitions", lambda: topics(
        b, "plan", "g.", "-X", "raw.partitions=4", ok=(0, 78))[0]["raw"][0] == "ok")
    _, got = topics(b, "grow", "g.", "-X", "raw.partitions=3", ok=(78,))
    assert "cannot shrink" in got.stderr


def main():
    with h.Broker() as b:
        return h.run_tests((test_plan_makes_nothing, test_apply_makes_what_the_contract_says,
                            test_what_is_there_is_never_changed, test_grow), b)


if __name__ == "__main__":
    sys.exit(main())
