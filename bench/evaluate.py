"""Measures the error model: `python bench/evaluate.py [--examples] [--questions]`.

Reads the JSON lines that ERRORS_DATA names (by default ../shared/data/errors_dev.jsonl beside
the repository), or with --examples the project's own examples in tests/rules/examples; then the
questions of questions.tsv, or with --questions these alone.
"""

import json
import os
import sys
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
BENCH = str(ROOT / "bench")
sys.path = [str(ROOT), *(entry for entry in sys.path if entry != BENCH), BENCH]

from evaluate_measures import (  # noqa: E402
    CATEGORIES,
    Judged,
    Row,
    accuracy,
    compare_pairs,
    confusion,
    judge,
    macro_f1,
    rules_by_group,
    split_groups,
    wrong_merges,
)
from evaluate_perturb import perturb  # noqa: E402
from evaluate_questions import HALVES, as_rows, questions, report  # noqa: E402
from evaluate_speed import MESSAGES, grow, seconds_for, slowest_of, worst_cases  # noqa: E402

from webapp.rules.signature import explain, signature  # noqa: E402

DEFAULT_DATA = ROOT.parent / "shared" / "data" / "errors_dev.jsonl"
ROUNDS_OF_PERTURBATION = 3


def main() -> int:
    if "--questions" in sys.argv:
        report_questions()
        return 0
    rows = examples() if "--examples" in sys.argv else labelled_messages()
    judged = judge(rows)
    print(f"{len(rows)} messages in {len({row.group for row in rows})} groups\n")
    report_figures(judged)
    report_misses(judged)
    report_coverage(judged)
    report_questions()
    if "--no-speed" not in sys.argv:
        report_speed(rows)
    return 0


def report_questions() -> None:
    """The table of messages and what a founder should be asked, in its two halves."""
    asked = questions()
    print(f"\n{len(asked)} messages with the question they should lead to\n")
    report(asked)
    for half in HALVES:
        judged = judge(as_rows([one for one in asked if one.half == half]))
        print(f"\n{half}:")
        report_figures(judged)


def labelled_messages() -> list[Row]:
    path = Path(os.environ.get("ERRORS_DATA", DEFAULT_DATA))
    if not path.is_file():
        sys.exit(
            f"There is no labelled data at {path}. Set ERRORS_DATA to a file of JSON lines with "
            "group, error_type, message and category, or use --examples for the project's own."
        )
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [Row(r["group"], r["error_type"], r["message"], r["category"]) for r in rows]


def examples() -> list[Row]:
    """The project's own examples: `## group category`, then `-- error type` and its message."""
    rows: list[Row] = []
    for path in sorted((ROOT / "tests" / "rules" / "examples").glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("## ")[1:]:
            head, *messages = block.split("\n-- ")
            group, category = head.split()
            for message in messages:
                error_type, _, text = message.partition("\n")
                rows.append(Row(group, error_type, text.rstrip("\n"), category))
    return rows


def report_figures(judged: list[Judged]) -> None:
    pairs = compare_pairs(judged)
    stable, unstable = stability([one.row for one in judged])
    print(f"category accuracy    {accuracy(judged):.3f}")
    print(f"category macro-F1    {macro_f1(judged):.3f}")
    print(f"signature precision  {pairs.precision:.3f}  ({pairs.rightly_merged}/{pairs.merged})")
    print(f"signature recall     {pairs.recall:.3f}  ({pairs.rightly_merged}/{pairs.same_problem})")
    print(f"signature stability  {stable:.3f}")
    table = confusion(judged)
    print("\nlabel \\ given   " + "".join(f"{name:>13}" for name in CATEGORIES))
    for label in CATEGORIES:
        print(f"{label:<15}" + "".join(f"{table[label, given]:>13}" for given in CATEGORIES))
    for before, after in unstable[:20]:
        print(f"\nunstable: {before!r}\n      now {after!r}")


def stability(rows: list[Row]) -> tuple[float, list[tuple[str, str]]]:
    """The share of perturbed messages that keep their signature, and the subjects that did not."""
    unstable, total = [], 0
    for number, row in enumerate(rows):
        for turn in range(ROUNDS_OF_PERTURBATION):
            again = perturb(row.message, Random(number * 100 + turn))
            total += 1
            if signature("p", row.error_type, row.message) != signature("p", row.error_type, again):
                unstable.append(
                    (explain(row.message, row.error_type), explain(again, row.error_type))
                )
    return 1 - len(unstable) / total, unstable


def report_misses(judged: list[Judged]) -> None:
    print("\nwrong category:")
    for one in judged:
        if one.found.category != one.row.category:
            text = " ".join(one.row.message.split())[:150]
            print(
                f"  {one.row.group}: {one.row.category} → {one.found.category} by {one.found.rule}"
            )
            print(f"      [{one.row.error_type}] {text}")
    print("\nwrongly merged:")
    for first, second in wrong_merges(judged):
        print(f"  {first.row.group} and {second.row.group}: {first.subject}")
    print("\none problem, several signatures:")
    for name, subjects in sorted(split_groups(judged).items()):
        print(f"  {name}")
        for subject in sorted(subjects):
            print(f"      {subject[:200]}")


def report_coverage(judged: list[Judged]) -> None:
    """Leaving groups out: a rule that only one group needs says nothing about unseen groups."""
    groups = rules_by_group(judged)
    alone = {rule for rule, matched in groups.items() if len(matched) == 1}
    by_shared = [one for one in judged if one.found.rule not in alone]
    print(f"\nrules used: {len(groups)}; matching one group only: {len(alone)}")
    print(f"rows caught by a rule that serves several groups: {len(by_shared)} of {len(judged)}")
    lost = [one for one in judged if one.found.rule in alone]
    left = sum(one.row.category == "code_error" for one in lost)
    print(f"rows that would fall to the default without their group's own rule: {len(lost)},")
    print(f"    of which the default would still be right for {left}")


def report_speed(rows: list[Row]) -> None:
    messages = [
        (rows[n % len(rows)].error_type, grow(rows[n % len(rows)].message, n))
        for n in range(MESSAGES)
    ]
    print(f"\n{MESSAGES} messages of 2 kB: {seconds_for(messages):.2f} s of CPU time")
    times = [(slowest_of(message), name) for name, message in worst_cases()]
    worst, name = max(times)
    print(f"slowest malicious message: {worst * 1000:.1f} ms ({name})")


if __name__ == "__main__":
    sys.exit(main())
