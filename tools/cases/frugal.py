"""What one append costs, counted and not timed."""
import os
import re
import shutil
import subprocess

import program
from box import Skip, Wrong

# A run takes 1.4 million; one search of the program's conformances, or fifteen more generic types,
# bring it above this. benchmarks/README.md says what is dear.
INSTRUCTIONS_MAX = 1_600_000


def instructions(box, *words):
    """How many instructions a command runs, by valgrind."""
    stripped = box.path("uetlog")
    if not os.path.exists(stripped):
        # valgrind reads debug information for minutes.
        subprocess.run(["strip", "--strip-debug", "-o", stripped, program.binary()], check=True)
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", stripped, *words],
        cwd=box.home, env=program.surroundings(box.home, UETLOG=box.log), check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return int(re.search(rb"refs:\s+([\d,]+)", done.stderr).group(1).replace(b",", b""))


def case_one_append_runs_few_instructions(box):
    """With the program that ships: the debug build has other figures."""
    for tool in ("valgrind", "strip"):
        if shutil.which(tool) is None:
            raise Skip(f"there is no {tool}")
    if not program.is_static():
        raise Skip("this build is not optimised")
    box.append("worker_heartbeat", "worker_id=w1")
    for words in (["worker_id=w1", "progress=42"], ["worker_id=w1", "--json"],
                  ["--data", '{"worker_id":"w1","progress":"half"}', "--source", "a/b"]):
        count = instructions(box, "append", "worker_heartbeat", *words)
        if count > INSTRUCTIONS_MAX:
            raise Wrong(f"append {' '.join(words)}: {count} instructions")
    # The control: a command that the argument parser reads is above.
    if instructions(box, "stats") <= INSTRUCTIONS_MAX:
        raise Wrong("a parsed command seems to cost no more than an append")
