"""The writing commands with faults in them: what is there before, and what each should add."""
import json
import os
import shutil
import subprocess

from box import Box, ulid

SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "schema/events/build/build_finished.v1.json",
    "title": "build_finished", "description": "A build ended.", "type": "object",
    "additionalProperties": False, "required": ["build"],
    "properties": {"build": {"type": "integer"}},
    "x-uetlog": {"stream": "build-{build}", "neutral": True, "reversal": "none",
                 "severity": "info"}}


class Scenario:
    """A command, the box it starts from, and what it adds: `adds` events, in order `ids` when they
    are known, in one transaction if `is_atomic`, and each time anew if it `repeats`. `follow`: its
    threads and the programs that it starts meet faults, too."""

    def __init__(self, name, home, arguments, adds=1, ids=None, is_atomic=True, stdin=b"",
                 repeats=False, follow=True):
        self.name, self.arguments, self.stdin = name, arguments, stdin
        self.adds, self.ids, self.is_atomic = adds, ids, is_atomic
        self.repeats, self.follow = repeats, follow
        self.stdout_is_receipts = arguments[0] == "append"
        self.template = home
        before = Box(home)
        self.before = before.events() if os.path.exists(before.log) else []

    def box(self, directory):
        """A copy of the beginning. Its high-water mark is not copied: it is of another file."""
        shutil.copytree(self.template, directory, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns(".local", "trace"))
        return Box(directory)


def beginning(directory):
    """A log with a worker and a task, and notes enough for some pages."""
    box = Box(directory)
    box.worker()
    box.task()
    box.lines(*[{"type": "note", "payload": {"text": "x" * (1 + 100 * (n % 9))}}
                for n in range(40)])
    box.path("build_finished.v1.json", json.dumps(SCHEMA))
    return box


def jsonl(drafts):
    return "".join(json.dumps(draft) + "\n" for draft in drafts).encode()


def notes(count, first, size):
    """Drafts with ids of their own; every fifth is long enough for pieces."""
    return [{"type": "note", "event_id": ulid(first + n),
             "payload": {"text": "y" * (size * 12 if n % 5 == 4 else size)}} for n in range(count)]


def repository(home):
    """A git repository with a few commits."""
    path = os.path.join(home, "repo")
    git = ["git", "-C", path, "-c", "user.name=n", "-c", "user.email=a@b"]
    subprocess.run(["git", "init", "-q", path], check=True)
    for number in range(3):
        with open(os.path.join(path, "file"), "a", encoding="utf-8") as file:
            file.write(f"{number}\n")
        subprocess.run([*git, "add", "file"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", f"commit {number}"], check=True)
    return home


def imported(home, scratch):
    """The ids of the events that an import of a box's repository adds."""
    shutil.copytree(home, scratch, dirs_exist_ok=True)
    box = Box(scratch)
    first = len(box.events())
    box.run("import", "git", "repo")
    return [event["event_id"] for event in box.events()[first:]]


def sealable(box):
    box.run("key", "new", "example.com/torture")
    return box.home


def all_scenarios(directory):
    """`directory()` gives a new directory each time."""
    def begun():
        return beginning(directory()).home

    made = beginning(directory())
    exported = made.run("replay", "--format", "jsonl").bytes
    drafts = notes(30, 1000, 400)
    one = ["append", "note", "text=fault", "--id", ulid(1), "--json"]
    names = [event["event_id"] for event in made.events()]
    with_commits = repository(begun())
    backed_up = beginning(directory())
    backed_up.run("backup", "copy")
    commits = imported(with_commits, directory())
    return [
        Scenario("append", begun(), one, ids=[ulid(1)]),
        Scenario("create", directory(), one, ids=[ulid(1)]),
        Scenario("bulk", begun(), ["append", "--json"], adds=len(drafts), is_atomic=False,
                 ids=[draft["event_id"] for draft in drafts], stdin=jsonl(drafts)),
        Scenario("import", directory(), ["append", "--json"], adds=len(names), ids=names,
                 is_atomic=False, stdin=exported),
        Scenario("compensate", begun(),
                 ["compensate", "--stream", "task-T1", "--to", "1", "--reason", "fault", "--json"],
                 adds=2),
        Scenario("rebuild", begun(), ["project", "--rebuild", "--json"], adds=0),
        Scenario("compact", begun(), ["compact", "--json"], adds=0),
        Scenario("restore", backed_up.home, ["restore", "copy", "--replace", "--json"], adds=0),
        Scenario("schema", begun(), ["schema", "add", "build_finished.v1.json", "--json"]),
        Scenario("seal", sealable(beginning(directory())), ["seal", "--json"], repeats=True),
        # Of git and of the thread that reads from it nothing is written.
        Scenario("git", with_commits, ["import", "git", "repo", "--json"], adds=len(commits),
                 ids=commits, is_atomic=False, follow=False),
    ]
