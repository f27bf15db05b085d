"""A directory with a log in it, and short ways to say what should happen there."""
import json
import os
import subprocess

import program

RUN = "01KAPB3XNT4N8J207R1DBFRF6D"
PATCH = "01KAPB3XN9BTT4NZ1KDZPBQ9Q5"
VALIDATION = {"format_ok": True, "scope_ok": True, "constraints_ok": True, "validation_errors": []}


class Skip(Exception):
    """The machine lacks what a case needs; the text says what."""


class Wrong(AssertionError):
    """Something is not as it should be."""


def same(found, expected, what="value"):
    if found != expected:
        raise Wrong(f"{what}: expected {expected!r}, found {found!r}")


def has(text, *parts):
    """All parts occur in the text."""
    for part in parts:
        if part not in text:
            raise Wrong(f"expected {part!r} in {text!r}")


def ulid(number):
    """A valid id that depends on nothing but a number."""
    return f"01KAPB3XN0{number:016d}"


class Done:
    """What a command returned."""

    def __init__(self, status, output, errors):
        self.status = status
        self.bytes = output
        self.output = output.decode(errors="replace")
        self.errors = errors.decode(errors="replace")

    @property
    def lines(self):
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def json(self):
        return json.loads(self.output)

    @property
    def error(self):
        """The error object that `--json` prints on stderr."""
        return json.loads(self.errors.splitlines()[-1])["error"]


class Box:
    """Runs the program in a directory of its own."""

    def __init__(self, home):
        self.home = home
        self.log = os.path.join(home, "log")

    def path(self, name, content=None):
        path = os.path.join(self.home, name)
        if content is not None:
            mode = "wb" if isinstance(content, bytes) else "w"
            with open(path, mode) as file:
                file.write(content)
        return path

    def run(self, *arguments, stdin=b"", status=0, **extra):
        """Runs a command on this box's log; fails unless it ends with `status`; None is any."""
        extra.setdefault("UETLOG", self.log)
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = Done(*program.run(list(arguments), self.home, stdin, **extra))
        if status is not None and done.status != status:
            raise Wrong(f"`uetlog {' '.join(arguments)}`: expected exit {status}, found "
                        f"{done.status}\n{done.output[-800:]}\n{done.errors[-800:]}")
        return done

    def append(self, kind, *arguments, status=0, **options):
        """Appends one event and returns its receipt, or the error."""
        done = self.run("append", kind, *arguments, "--json", status=status, **options)
        return done.json if status == 0 else done.error

    def lines(self, *drafts, arguments=(), status=0):
        """Appends drafts as JSONL."""
        text = "".join(json.dumps(draft) + "\n" for draft in drafts)
        return self.run("append", *arguments, "--json", stdin=text, status=status)

    def events(self, *selection):
        return program.events(self.log, self.home, *selection)

    def start(self, *arguments):
        """Starts a command whose stdin and stdout are pipes."""
        return subprocess.Popen(
            [program.binary(), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, cwd=self.home,
            env=program.surroundings(self.home, UETLOG=self.log))

    def check_schema(self, schema, value):
        """`value` keeps to one of the shipped schemas."""
        path = self.path("value.json", json.dumps(value))
        self.run("schema", "check", "--schema", f"schema/uetlog/{schema}.v1.json", path)

    # What several cases begin with.

    def worker(self, name="w1"):
        self.append("worker_spawned", f"worker_id={name}", "adapter_type=aider")
        self.append("worker_idle", f"worker_id={name}")

    def task(self, name="T1", worker="w1"):
        """A running task."""
        self.append("task_created", f"task_id={name}", "name=Do it", "kind=implementation")
        self.append("task_assigned", f"task_id={name}", f"worker_id={worker}")
        self.append("task_started", f"task_id={name}")

    def policy(self, project="billing"):
        """What a `patch_validated` records of the policy that is in force for a project."""
        found = self.run("policy", "explain", "--project", project, "--json").json
        record = {"digest": found["digest"],
                  "policy_ids": [policy["patch_policy_id"] for policy in found["policies"]]}
        recorded = ("max_lines_changed", "max_files_changed", "min_reviewers", "oscillation_window",
                    "oscillation_threshold", "require_issue_ref", "patch_required",
                    "forbid_binary_patches")
        for constraint in found["constraints"]:
            if constraint["name"] in recorded and constraint["value"] is not None:
                record[constraint["name"]] = constraint["value"]
        return record | {"tests_required": False}

    def patch(self, until="patch_created", patch=PATCH):
        """A patch that has come as far as `until`."""
        artifact = {
            "patch_id": patch, "format": "unified_diff", "target_repo": "repos/billing",
            "origin": {"execution_request_id": ulid(1), "tool_id": "aider",
                       "created_at": "2025-11-22T09:15:08Z"},
            "diff_text": "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n"}
        # Nobody is believed that a patch passed its checks, so the record must be the true one.
        policy = self.policy() if until != "patch_created" else None
        steps = [
            ("patch_created", {"project_id": "billing", "artifact": artifact}),
            ("patch_validated", {"patch_id": patch, "validation": VALIDATION, "policy": policy}),
            ("patch_queued", {"patch_id": patch}),
            ("patch_apply_started", {"patch_id": patch}),
            ("patch_apply_succeeded", {"patch_id": patch, "applied_files": ["a"]}),
            ("patch_verified", {"patch_id": patch, "tests_ran": True, "tests_passed": True}),
            ("patch_committed", {"patch_id": patch, "commit_sha": "0" * 40}),
        ]
        for kind, payload in steps:
            self.append(kind, "--data", json.dumps(payload), "--run", RUN)
            if kind == until:
                return
        raise Wrong(f"there is no step {until}")
