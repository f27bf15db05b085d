"""What people see: help, tables and the timeline, at the width of their terminal."""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata

import program
from box import RUN, has, same

def commands(box, words=()):
    """All commands, as the help of each names those below it."""
    yield list(words)
    name = None
    for line in box.run("help", *words).output.splitlines():
        if line.endswith("SUBCOMMANDS:"):
            name = line
        elif name and (found := re.match(r"  ([a-z][a-z-]*)(  |$)", line)):
            yield from commands(box, (*words, found[1]))


def on_terminal(box, columns, *words):
    """The lines that a command prints on a terminal of that many columns."""
    reader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(
        [program.binary(), *words], stdout=terminal, stderr=subprocess.PIPE, cwd=box.home,
        env=program.surroundings(box.home, UETLOG=box.log, NO_COLOR="1"))
    os.close(terminal)
    text = b""
    try:
        while block := os.read(reader, 1 << 16):
            text += block
    except OSError:
        pass
    _, errors = process.communicate(timeout=20)
    os.close(reader)
    same((process.returncode, errors), (0, b""), "end")
    return text.decode().replace("\r\n", "\n").splitlines()


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def discussion(text):
    """The paragraphs between a help's first line and its usage."""
    return text.split("\nUSAGE:")[0].split("\n\n")[1:]


def case_help_is_wrapped_once(box):
    """No line is longer than the screen, and none ends before it has to."""
    all_commands = list(commands(box))
    same(len(all_commands) >= 25 and ["key", "show"] in all_commands, True, all_commands)
    for words in all_commands:
        text = box.run("help", *words, COLUMNS="80").output
        for line in text.split("\n"):
            limit = 100 if line.startswith("  uetlog ") else 80
            same(len(line) <= limit, True, f"help {words}: {line}")
        for paragraph in discussion(text):
            lines = paragraph.strip("\n").split("\n")
            for line in lines:
                same(len(line) <= 80, True, f"help {words}: {line}")
            if lines[0] in ("EXAMPLES", "EXIT CODES"):
                for line in lines[1:]:
                    same(line.startswith("  "), True, f"help {words}: broken line {line!r}")
                continue
            for line, following in zip(lines, lines[1:]):
                same(len(line) + 1 + len(following.split(" ")[0]) >= 80, True,
                     f"help {words}: {line!r} ends too early")


def story(box):
    box.worker("w1")
    box.append("task_created", "task_id=T0", "name=Do it", "kind=implementation")
    box.append("task_created", "task_id=T1", "name=Do it", "kind=implementation",
               "depends_on[]=T0")
    box.append("task_assigned", "task_id=T0", "worker_id=w1")
    box.append("task_started", "task_id=T0")
    box.append("task_failed", "task_id=T0", "failure_kind=crash", "error_message=" +
               "the assembler could not find a register for the accumulator " * 4)
    box.append("budget_set", "scope=total", "limit_micro_usd=123456789", "mode=warn")
    box.patch("patch_committed")
    box.append("note", "text=" + "日本語のとても長い文章です" * 9)


def case_tables_keep_to_the_terminal(box):
    story(box)
    for columns in (80, 100):
        for view in ("tasks", "workers", "budget"):
            lines = on_terminal(box, columns, "project", view)
            for line in lines:
                same(width(line) <= columns, True, f"{view} at {columns}: {line!r}")
            full = box.run("project", view).output.splitlines()
            same(lines[-1].split()[0], full[-1].split()[0], f"the last line of {view}")
    has("".join(on_terminal(box, 100, "project", "tasks")), "…")
    for word in "spent", "micro", "remaining":
        has("\n".join(on_terminal(box, 80, "project", "budget")), word)
    same("…" in box.run("project", "tasks").output, False, "cut where there is no terminal")
    has(on_terminal(box, 400, "project", "tasks")[1], "register for the accumulator")


def case_lists_are_shown_as_their_elements(box):
    story(box)
    first, second = box.run("project", "tasks").output.splitlines()[1:]
    same("[" in first + second, False, "brackets")
    has(second, " T0")
    same(len(box.run("project", "tasks", "--where", "waiting_for=T0", "--json").json), 1, "rows")
    same(len(box.run("project", "tasks", "--where", "waiting_for=", "--json").json), 1, "rows")


def case_the_timeline_keeps_to_the_terminal(box):
    story(box)
    for columns in (40, 80, 120):
        for line in on_terminal(box, columns, "replay"):
            same(width(line) <= columns, True, f"at {columns}: {line!r}")
    long = max(len(line) for line in box.run("replay").output.splitlines())
    same(long > 120, True, "a timeline without a terminal is not cut")


def case_the_timeline_names_its_clock(box):
    box.append("note", "text=now")
    box.append("note", "text=then", "--ts", "2024-05-01T12:00:03Z")
    day, now, then = box.run("replay").output.splitlines()
    same(bool(re.fullmatch(r"\d{4}-\d\d-\d\d UTC", day)), True, day)
    has(then, "[ts 2024-05-01T12:00:03Z]")
    same("ts 20" in now, False, "a time that is that of the line")
    lines = box.run("replay", "--by", "ts").output.splitlines()
    has(lines[2], "2024-05-01 UTC")
    has(lines[3], "12:00:03.000", "[recorded 20", "text=then")


def case_an_import_shows_when_it_happened(box):
    repository = box.path("repository")
    subprocess.run(["git", "init", "-q", repository], check=True)
    with open(os.path.join(repository, "file"), "w", encoding="ascii") as file:
        file.write("1\n")
    for words in (["add", "."], ["-c", "user.name=A", "-c", "user.email=a@b.example", "commit",
                                 "-q", "-m", "First", "--date", "2020-02-03T04:05:06Z"]):
        subprocess.run(["git", "-C", repository, *words], check=True, env={
            **program.surroundings(box.home), "GIT_COMMITTER_DATE": "2020-02-03T04:05:06Z"})
    box.run("import", "git", repository)
    has(box.run("replay", "--type", "patch_created").output, "[imported ts 2020-02-03T04:05:06Z]")
    output = box.run("replay", "--type", "patch_created", "--by", "ts").output
    has(output, "2020-02-03 UTC", "04:05:06.000")


def case_the_timeline_shows_money(box):
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=7", "output_tokens=2",
               "task_id=T1", "worker_id=w1", "provider=p", "amount_micro_usd=900", "--run", RUN)
    has(box.run("replay", "--type", "cost_charged").output, "amount_micro_usd=900")


def case_ids_of_patches_stay_whole(box):
    box.run("patch", "create", "-", "--tool", "aider", "--request", RUN, "--project", "billing",
            "--summary", "Round amounts only where a customer sees them, never before that",
            "--repo", git_repository(box), stdin=DIFF)
    patch = box.run("patch", "list", "--json").json[0]["patch_id"]
    box.run("patch", "validate", patch)
    box.run("patch", "quarantine", patch, "--reason", "the same lines changed to and fro, " * 3)
    lines = on_terminal(box, 80, "patch", "list")
    same([width(line) <= 80 for line in lines], [True] * 2)
    has(lines[1], patch, "quarantined", "…")
    lines = on_terminal(box, 80, "patch", "history", patch)
    same([width(line) <= 80 for line in lines], [True] * 4)
    has(lines[3], "patch_quarantined", "the same", "…")
    has(box.run("patch", "show", patch).output, "why         the same lines changed to and fro, the")


def case_a_diff_that_was_cut_off_is_shown_whole(box):
    create = ["patch", "create", "-", "--tool", "aider", "--request", RUN, "--project", "billing",
              "--repo", git_repository(box)]
    has(box.run(*create, stdin=DIFF.rstrip("\n"), status=65).errors, "cut off")
    box.run(*create, stdin=DIFF)
    # Another program takes it as it comes.
    payload = box.events()[0]["payload"]
    payload["artifact"] |= {"patch_id": RUN, "diff_text": DIFF.rstrip("\n")}
    box.append("patch_created", "--data", json.dumps(payload))
    same(on_terminal(box, 80, "patch", "diff", RUN), DIFF.splitlines())
    has(box.run("patch", "diff", RUN, "--color", "always").output, "+new")


DIFF = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new\n"


def git_repository(box):
    path = box.path("repo")
    subprocess.run(["git", "init", "-q", path], check=True, env=program.surroundings(box.home))
    return path
