"""Patches that are taken back, and branches that don't let themselves be moved."""
import fcntl
import json
import os
import shutil
import subprocess

from box import has, same, ulid
from cases.workflow import CHANGED, IDENTITY, TEN, Repository, check

BACK = ["--reason", "breaks the build"]


def committed(box, checks=(), **files):
    """A repository with a committed patch."""
    repository = Repository(box, checks or [check()])
    patch = repository.create(repository.diff(**(files or {"a_txt": CHANGED})))
    repository.run("run", patch)
    return repository, patch


def policy(box, **constraints):
    folder = box.path("policies")
    os.makedirs(folder, exist_ok=True)
    box.path("policies/g.json", json.dumps({
        "patch_policy_id": "g", "scope": {"level": "global"},
        "constraints": {"require_issue_ref": False, "min_reviewers": 0, **constraints}}))
    return folder


def hook(repository, name, text):
    path = os.path.join(repository.path, ".git", "hooks", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + text)
    os.chmod(path, 0o755)
    return path


def case_a_patch_is_taken_back_where_it_was_committed(box):
    repository, patch = committed(box)
    repository.git("checkout", "-q", "-b", "old", "HEAD~1")
    repository.run("rollback", patch, *BACK)
    same([repository.git("show", "main:a.txt") + "\n", repository.git("log", "--format=%s", "old")],
         [TEN, "init"])
    same("rolled_back_by" in box.run("patch", "show", patch, "--json").output, True)
    repository.is_clean()


def case_what_a_branch_never_had_is_not_taken_back_there(box):
    repository, patch = committed(box)
    commit = repository.git("rev-parse", "main")
    # Another copy.
    other = box.path("other")
    subprocess.run(["git", "clone", "-q", repository.path, other], check=True)
    error = repository.refused("rollback", patch, *BACK, "--repo", other, status=65)
    has(error["message"], "another repository")
    # The branch has lost it, and another one has it.
    repository.git("branch", "keeps")
    repository.git("reset", "-q", "--hard", "HEAD~1")
    error = repository.refused("rollback", patch, *BACK, status=65)
    has(error["message"], "main does not hold", commit[:12], patch)
    has(error["actual"], "keeps")
    repository.git("checkout", "-q", "--detach")
    repository.refused("rollback", patch, *BACK, status=65)
    repository.git("checkout", "-q", "main")
    # A trailer alone is no proof that the lines ever were there.
    repository.git("commit", "-q", "--allow-empty", "-m", f"evil\n\nUetlog-Patch: {patch}")
    repository.run("rollback", patch, *BACK, status=65)
    same(sorted(entry["state"] for entry in box.run("patch", "list", "--json").json),
         ["committed", "queued"])
    same([event for event in box.events() if event["type"] == "patch_committed"][1:], [])
    repository.git("reset", "-q", "--hard", "keeps")
    repository.run("rollback", patch, *BACK)
    same(repository.read("a.txt"), TEN)


def case_a_commit_that_was_made_anew_is_taken_back(box):
    repository, patch = committed(box)
    repository.git("commit", "-q", "--amend", "--no-edit", "--author=Eve <eve@example.org>")
    repository.run("rollback", patch, *BACK)
    same(repository.read("a.txt"), TEN)
    repository.is_clean()


def case_a_commit_without_a_branch_is_taken_back_where_it_is(box):
    repository = Repository(box, [check()])
    repository.git("checkout", "-q", "--detach")
    patch = repository.create(repository.diff(a_txt=CHANGED))
    repository.run("run", patch)
    commit = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "-q", "main")
    has(repository.refused("rollback", patch, *BACK, status=65)["message"], "main does not hold")
    repository.git("checkout", "-q", "--detach", commit)
    repository.run("rollback", patch, *BACK)
    same([repository.read("a.txt"), repository.git("rev-parse", "HEAD^")], [TEN, commit])


def case_a_failed_way_back_can_be_tried_again(box):
    repository, patch = committed(box)
    green = repository.checks
    ids = []

    def attempt(status):
        done = box.run("patch", "rollback", patch, "--repo", repository.path, "--checks",
                       repository.checks, *BACK, *more, status=status, **IDENTITY)
        same("takes it back" in done.errors, status == 0, done.errors)
        created = repository.last("patch_created")
        same(created["relations"]["rollback_of_patch_id"], patch)
        ids.append(created["artifact"]["patch_id"])

    # Dropped by the policy.
    more = ["--policy", policy(box, forbid_touching_paths=["a.txt"])]
    attempt(65)
    same(repository.state(ids[-1]), "dropped")
    # Rolled back by a red check.
    more = []
    repository.checks = box.path("red.json", json.dumps({"checks": [check("red", 1)]}))
    attempt(1)
    same(repository.state(ids[-1]), "rolled_back")
    # Quarantined on its way.
    repository.checks = box.path("missing.json", json.dumps({"checks": [
        {**check("tool", required=True), "command": ["no-such-tool"]}]}))
    attempt(1)
    same(repository.state(ids[-1]), "applied")
    box.run("append", "patch_rolled_back", f"patch_id={ids[-1]}", "reason=stuck")
    attempt(1)
    box.run("append", "patch_rolled_back", f"patch_id={ids[-1]}", "reason=stuck")
    repository.checks = green
    attempt(0)
    same([len(set(ids)), repository.read("a.txt")], [5, TEN])
    repository.is_clean()
    box.run("verify")


def case_a_way_back_is_taken_back(box):
    repository, patch = committed(box)
    back = repository.run("rollback", patch, *BACK)[-1]["patch_id"]
    same(repository.read("a.txt"), TEN)
    forth = repository.run("rollback", back, *BACK)[-1]["patch_id"]
    same([repository.read("a.txt"), len({patch, back, forth})], [CHANGED, 3])
    # The first one is on its feet again, by the third: that is taken back next.
    has(repository.refused("rollback", patch, *BACK, status=65)["hint"], forth)
    repository.run("rollback", forth, *BACK)
    same(repository.read("a.txt"), TEN)
    box.run("verify")


def case_what_restores_is_not_asked_where_and_how_much(box):
    repository = Repository(box, [check()])
    box.append("execution_requested", "--data", json.dumps({"request": {
        "request_id": ulid(1), "project_id": "billing", "phase_id": "p1", "task_kind": "fix",
        "classification": {}, "resource_scope": {"create": ["tests/*"], "write": ["src/a"]},
        "routing": {"strategy": "fixed"}, "constraints": {}}}))
    os.makedirs(os.path.join(repository.path, "tests"))
    repository.write("tests/new", "x\n" * 5)
    patch = repository.create(repository.diff())
    repository.run("run", patch)
    same(repository.read("tests/new"), "x\n" * 5)
    # One that only claims it is asked.
    claim = ("--- a/tests/new\n+++ /dev/null\n@@ -1,5 +0,0 @@\n" + "-x\n" * 5)
    claim += "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+c\n"
    other = repository.create(claim, "--rollback-of", patch)
    box.run("patch", "validate", other, status=None)
    has(" ".join(repository.last("patch_validation_failed")["validation"]["validation_errors"]),
        "b.txt")
    same(repository.state(other), "dropped")
    # And the real one is not, under whatever sizes.
    folder = policy(box, max_lines_changed=2, max_files_changed=1)
    repository.run("rollback", patch, *BACK, "--policy", folder)
    same(os.path.exists(os.path.join(repository.path, "tests/new")), False)


def case_a_patch_takes_back_only_what_it_was_made_for(box):
    repository, patch = committed(box)
    other = repository.verified(repository.diff(b_txt="c\n"))
    error = box.append("patch_committed", f"patch_id={other}", "commit_sha=" + "1" * 40,
                       f"rollback_of_patch_id={patch}", status=65)
    has(error["message"], "was not made to take", patch)
    same("rolled_back_by" in box.run("patch", "show", patch, "--json").json
         and box.run("patch", "show", patch, "--json").json["rolled_back_by"] is not None, False)


def case_a_foreign_commit_with_the_trailer_is_not_the_patch(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    repository.write("b.txt", "evil\n")
    repository.git("commit", "-qam", f"evil\n\nUetlog-Patch: {patch}")
    evil = repository.git("rev-parse", "main")
    done = box.run("patch", "commit", patch, "--repo", repository.path, "--checks",
                   repository.checks, **IDENTITY)
    has(done.errors, evil, "ignored")
    same([repository.read("a.txt"), repository.git("rev-parse", "main^")], [CHANGED, evil])
    same(repository.last("patch_committed")["commit_sha"], repository.git("rev-parse", "main"))
    repository.is_clean()


def case_the_ledger_is_asked_again_before_the_branch_moves(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    program = os.path.abspath(os.environ.get("UETLOG_BINARY", ".build/release/uetlog"))
    hook(repository, "pre-commit", f"UETLOG={box.log} {program} append patch_rolled_back "
         f"patch_id={patch} 'reason=stop' >&2\n")
    tip = repository.git("rev-parse", "main")
    done = box.run("patch", "commit", patch, "--repo", repository.path, "--checks",
                   repository.checks, "--json", status=65, **IDENTITY)
    has(done.errors, "rolled_back")
    same([repository.git("rev-parse", "main"), repository.state(patch)], [tip, "rolled_back"])
    repository.is_clean()


def case_no_step_by_hand_comes_between(box):
    repository = Repository(box, [check()])
    repository.run("run", repository.create(repository.diff(b_txt="c\n")))
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    place = os.path.join(box.log, "worktrees", patch)
    repository.git("worktree", "add", "-q", "--detach", place)
    box.append("patch_apply_started", f"patch_id={patch}", f"workspace_path={place}",
               "repository=" + os.path.join(repository.path, ".git"))
    box.append("patch_apply_failed", f"patch_id={patch}", "error_code=E", "error_message=x")
    with open(place + ".lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for step, arguments in [("quarantine", BACK), ("queue", []), ("drop", BACK)]:
            done = box.run("patch", step, patch, *arguments, "--wait", "0s", "--json", status=75)
            has(done.error["message"], "another program works on", patch)
    # Settled by hand, it needs no work tree.
    box.run("patch", "quarantine", patch, *BACK)
    repository.is_clean()


def case_a_lock_that_was_left_is_named_and_nothing_changes(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    tip = repository.git("rev-parse", "main")
    for name in ("refs/heads/main.lock", "HEAD.lock", "index.lock"):
        lock = os.path.join(repository.path, ".git", name)
        with open(lock, "w"):
            pass
        error = repository.refused("commit", patch, status=75)
        has(error["message"], lock)
        has(error["hint"], "remove the lock file")
        same([repository.read("a.txt"), repository.git("rev-parse", "main")], [TEN, tip], name)
        os.unlink(lock)
        same(repository.git("status", "--porcelain"), "", name)
    repository.run("commit", patch)
    repository.is_clean()


def case_a_hook_that_protects_a_branch_is_asked(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    path = hook(repository, "reference-transaction",
                "while read old new name; do [ \"$1 $name\" = 'prepared refs/heads/main' ] && "
                "echo protected >&2 && exit 1; done; exit 0\n")
    after = hook(repository, "post-merge", f"touch {box.path('merged')}\n")
    error = repository.refused("commit", patch, status=75)
    has(error["message"], "protected")
    same([repository.read("a.txt"), repository.git("status", "--porcelain")], [TEN, ""])
    os.unlink(path)
    repository.run("commit", patch)
    same([repository.read("a.txt"), os.path.exists(box.path("merged"))], [CHANGED, False])
    os.unlink(after)
    repository.is_clean()


def case_an_ignored_file_is_the_users(box):
    repository = Repository(box, [check()])
    repository.write("s", "from the patch\n")
    diff = repository.diff()
    repository.write(".gitignore", "s\n")
    repository.commit("ignore")
    repository.write("s", "mine\n")
    patch = repository.verified(diff)
    error = repository.refused("commit", patch, status=75)
    has(error["message"], "overwritten")
    same(repository.read("s"), "mine\n")
    os.unlink(os.path.join(repository.path, "s"))
    repository.run("commit", patch)
    same(repository.read("s"), "from the patch\n")


def case_a_git_directory_elsewhere_and_a_part_of_the_files(box):
    repository = Repository(box, [check()])
    os.makedirs(os.path.join(repository.path, "out"))
    repository.write("out/y", "y\n")
    repository.commit("out")
    shutil.move(os.path.join(repository.path, ".git"), box.path("gitdir"))
    repository.write(".git", f"gitdir: {box.path('gitdir')}\n")
    repository.git("sparse-checkout", "set", "--no-cone", "/*", "!/out")
    same(os.path.exists(os.path.join(repository.path, "out")), False)
    patch = repository.create(
        "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n line 1\n-line 2\n+line two\n line 3\n"
        "--- a/out/y\n+++ b/out/y\n@@ -1 +1 @@\n-y\n+z\n")
    repository.run("run", patch)
    same([repository.read("a.txt"), repository.git("show", "main:out/y")], [CHANGED, "z"])
    same(os.path.exists(os.path.join(repository.path, "out")), False)
    repository.is_clean()


def case_the_work_tree_that_has_the_branch_must_be_clean(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    linked = box.path("linked")
    repository.git("worktree", "add", "-q", linked, "-b", "side")
    with open(os.path.join(linked, "b.txt"), "w") as file:
        file.write("by hand\n")
    # From there: the branch main is clean where it is checked out.
    repository.run("commit", patch, "--repo", linked)
    same(repository.read("a.txt"), CHANGED)
    other = repository.verified(repository.diff(b_txt="c\n"))
    repository.write("a.txt", "by hand\n")
    with open(os.path.join(linked, "b.txt"), "w") as file:
        file.write("b\n")
    error = repository.refused("commit", other, "--repo", linked, status=75)
    has(error["message"], repository.path, "a.txt")


def case_who_means_another_repository_is_told(box):
    repository = Repository(box, [check()])
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    other = box.path("z2")
    subprocess.run(["git", "clone", "-q", repository.path, other], check=True)
    done = box.run("patch", "apply", patch, "--repo", other, **IDENTITY)
    has(done.errors, repository.path, other)
    has(box.run("patch", "show", patch).output, "applied in", os.path.join(other, ".git"))
    second = repository.queued(repository.diff(b_txt="c\n"))
    done = box.run("patch", "apply", second, "--repo", repository.path, **IDENTITY)
    same("was made for" in done.errors, False)


def case_a_message_has_no_control_characters(box):
    repository = Repository(box, [check()])
    patch = repository.create(repository.diff(a_txt=CHANGED), "--summary", "plain")
    event = [event for event in box.events() if event["type"] == "patch_created"][-1]["payload"]
    event["artifact"]["patch_id"] = ulid(77)
    event["artifact"]["origin"]["execution_request_id"] = ulid(78)
    event["artifact"]["summary"] = "Fix\u0000 \u001b[31mred\u0007"
    box.append("patch_created", "--data", json.dumps(event))
    box.run("patch", "drop", patch, "--reason", "x")
    repository.run("run", ulid(77))
    same(repository.git("log", "-1", "--format=%B").splitlines()[0], "Fix [31mred")


HALF = """#!/bin/sh
# Stands in for git: it changes a part of the files as a merge would, and all is killed.
case "$*" in
*" merge "*)
  printf '%s' "$NEW" > "$REPO/a.txt"
  rm -f "$REPO/b.txt"
  : > "$REPO/.git/index.lock"
  kill -9 $PPID
  exit 1;;
esac
exec "$GIT" "$@"
"""


def case_files_that_a_killed_move_has_left_are_put_back(box):
    repository = Repository(box, [check()])
    folder = box.path("stand-in")
    os.makedirs(folder)
    box.path("stand-in/git", HALF)
    os.chmod(box.path("stand-in/git"), 0o755)
    patch = repository.verified(repository.diff(a_txt=CHANGED, b_txt="c\n"))
    killed = box.run("patch", "commit", patch, "--repo", repository.path, "--checks",
                     repository.checks, status=None, **IDENTITY,
                     PATH=folder + ":" + os.environ["PATH"], GIT=shutil.which("git"),
                     NEW=CHANGED, REPO=repository.path)
    same([killed.status, repository.read("a.txt")], [-9, CHANGED])
    lock = os.path.join(repository.path, ".git", "index.lock")
    has(repository.refused("commit", patch, status=75)["message"], lock)
    os.unlink(lock)
    repository.run("commit", patch)
    same([repository.read("a.txt"), repository.read("b.txt")], [CHANGED, "c\n"])
    repository.is_clean()
    # Who takes the patch back gets them back, too; what was changed since stays.
    patch = repository.verified(repository.diff(a_txt=TEN, b_txt="d\n"))
    box.run("patch", "commit", patch, "--repo", repository.path, "--checks", repository.checks,
            status=-9, **IDENTITY, PATH=folder + ":" + os.environ["PATH"],
            GIT=shutil.which("git"), NEW=TEN, REPO=repository.path)
    os.unlink(lock)
    repository.write("b.txt", "mine\n")
    repository.run("rollback", patch, *BACK)
    same([repository.read("a.txt"), repository.read("b.txt")], [CHANGED, "mine\n"])
