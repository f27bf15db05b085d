"""Patches taken through a real repository."""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess

from box import has, same, ulid

IDENTITY = {"GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@example.org",
            "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@example.org",
            "GIT_CONFIG_NOSYSTEM": "1"}
TEN = "".join(f"line {number}\n" for number in range(1, 11))


class Repository:
    """A repository in a box, with two files and checks that need nothing installed."""

    def __init__(self, box, checks=()):
        self.box = box
        self.path = box.path("repo")
        os.makedirs(self.path)
        self.git("init", "-q", "-b", "main")
        self.write("a.txt", TEN)
        self.write("b.txt", "b\n")
        self.commit("init")
        self.checks = box.path("checks.json", json.dumps({"checks": list(checks)}))

    def git(self, *arguments, status=0):
        done = subprocess.run(["git", "-C", self.path, *arguments], capture_output=True,
                              env={"PATH": os.environ["PATH"], "HOME": self.box.home, **IDENTITY},
                              check=False)
        if status is not None:
            same(done.returncode, status, f"git {arguments}: {done.stderr}")
        return done.stdout.decode().rstrip("\n")

    def write(self, name, text):
        with open(os.path.join(self.path, name), "w") as file:
            file.write(text)

    def read(self, name):
        with open(os.path.join(self.path, name)) as file:
            return file.read()

    def commit(self, subject):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def diff(self, **files):
        """The diff that a change of files makes; the files are as before then."""
        for name, text in files.items():
            self.write(name.replace("_", "."), text)
        self.git("add", "-A", "-N")
        text = self.git("diff", "--binary") + "\n\n"
        self.git("reset", "-q", "--hard")
        return text

    def run(self, step, patch, *arguments, status=0, **extra):
        """A step of a patch; its lines of JSON."""
        done = self.box.run("patch", step, patch, "--repo", self.path, "--checks", self.checks,
                            *arguments, "--json", status=status, **{**IDENTITY, **extra})
        return [json.loads(line) for line in done.output.splitlines()]

    def refused(self, step, patch, *arguments, status, **extra):
        """The error of a step that is refused; nothing is written then."""
        before = self.box.events()
        done = self.box.run("patch", step, patch, "--repo", self.path, "--checks", self.checks,
                            *arguments, "--json", status=status, **{**IDENTITY, **extra})
        same(self.box.events(), before, "events")
        return done.error

    def create(self, diff, *arguments, request=1):
        receipt = self.box.run(
            "patch", "create", "-", "--tool", "aider", "--request", ulid(request), "--project",
            "billing", "--repo", self.path, "--json", *arguments, stdin=diff, **IDENTITY).json
        return receipt["stream"][len("patch-"):]

    def queued(self, diff, *arguments, request=1):
        """A patch that is ready to be applied."""
        patch = self.create(diff, *arguments, request=request)
        self.box.run("patch", "validate", patch)
        self.box.run("patch", "queue", patch)
        return patch

    def applied(self, diff, *arguments, request=1):
        patch = self.queued(diff, *arguments, request=request)
        self.run("apply", patch)
        return patch

    def verified(self, diff, *arguments):
        patch = self.applied(diff, *arguments)
        self.run("verify", patch)
        return patch

    def state(self, patch):
        return self.box.run("patch", "show", patch, "--json").json["state"]

    def last(self, kind):
        return [event for event in self.box.events() if event["type"] == kind][-1]["payload"]

    def commits_of(self, patch):
        return self.git("log", "--format=%H", f"--grep=Uetlog-Patch: {patch}").split()

    def is_clean(self):
        """No change, no work tree beside this one, nothing left behind."""
        same(self.git("status", "--porcelain"), "", "status")
        same(len(self.git("worktree", "list").splitlines()), 1, "work trees")
        folder = os.path.join(self.box.log, "worktrees")
        same(os.listdir(folder) if os.path.isdir(folder) else [], [], "left behind")


def check(name="true", code=0, kind="lint", says="", **more):
    return {"name": name, "kind": kind, "paths": ["glob:**"], "timeout_seconds": 60,
            "command": ["sh", "-c", f"printf '%s' '{says}'; exit {code}"], **more}


CHANGED = TEN.replace("line 2\n", "line two\n")


def case_a_patch_goes_from_a_tools_output_to_a_commit(box):
    repository = Repository(box, [check(says="fine")])
    said = "Sure, here it is:\n\n```diff\n" + repository.diff(a_txt=CHANGED) + "```\nDone.\n"
    patch = repository.create(said, "--from-output", "--summary", "Spell two", "--issue", "B-7")
    steps = repository.run("run", patch)
    same([step["step"] for step in steps], ["validate", "queue", "apply", "verify", "commit"])
    same([step["ok"] for step in steps], [True] * 5)
    same(steps[3]["checks"][0]["output_head"], "fine")
    same(repository.read("a.txt"), CHANGED)
    same(steps[4]["commit_sha"], repository.git("rev-parse", "main"))
    message = repository.git("log", "-1", "--format=%B")
    same(message.splitlines(), ["Spell two", "", f"Uetlog-Patch: {patch}",
                                f"Uetlog-Request: {ulid(1)}", "Issue: B-7"])
    repository.is_clean()
    same(repository.last("patch_committed")["branch"], "main")
    same(repository.last("patch_apply_succeeded")["applied_files"], ["a.txt"])
    outcome = repository.last("patch_apply_succeeded")["outcome"]
    same([outcome["exit_code"], "git apply" in outcome["command"]], [0, True])
    # Once more: there is nothing left to do.
    before = box.events()
    has(repository.run("run", patch)[-1]["message"], "committed already")
    same(box.events(), before)
    box.run("verify")


def case_nobodys_files_change_before_the_commit(box):
    repository = Repository(box, [check()])
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    for step in ("apply", "verify"):
        repository.run(step, patch)
        same([repository.read("a.txt"), repository.git("status", "--porcelain")], [TEN, ""])
    repository.run("commit", patch)
    same(repository.read("a.txt"), CHANGED)


def case_a_patch_that_does_not_apply_says_why_and_is_tried_three_times(box):
    repository = Repository(box)
    diff = repository.diff(a_txt=CHANGED)
    repository.write("a.txt", TEN.replace("line 2", "other").replace("line 3", "words"))
    repository.commit("moved on")
    patch = repository.queued(diff)
    for attempt in range(3):
        if attempt:
            box.run("patch", "queue", patch)
        step = repository.run("apply", patch, status=65)[0]
        has(step["message"], "a.txt")
    same(repository.state(patch), "apply_failed")
    failed = repository.last("patch_apply_failed")
    same([failed["error_code"], failed["outcome"]["exit_code"]], ["E_DOES_NOT_APPLY", 1])
    has(box.run("patch", "queue", patch, "--json", status=65).error["message"], "3 times")
    same(repository.git("status", "--porcelain"), "")
    # Nothing says that it was made from anything else than what is checked out.
    other = diff.replace("line two", "line 2a").replace("-line 2", "-line 22")
    other = repository.queued(re.sub("index .*\n", "", other))
    has(" ".join(repository.run("apply", other, status=65)[0]["details"]), "this very commit")


def case_what_the_branch_has_already_is_not_applied_twice(box):
    repository = Repository(box, [check()])
    diff = repository.diff(a_txt=CHANGED)
    repository.write("a.txt", CHANGED)
    head = repository.commit("the same by hand")
    patch = repository.queued(diff)
    has(repository.run("apply", patch)[0]["message"], "already")
    same(repository.last("patch_apply_succeeded")["applied_files"], [])
    repository.run("run", patch)
    same([repository.state(patch), repository.git("rev-parse", "main")], ["committed", head])
    same(repository.last("patch_committed")["commit_sha"], head)
    repository.is_clean()


def case_a_dirty_work_tree_is_refused_where_patches_are_required(box):
    repository = Repository(box, [check()])
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    repository.write("b.txt", "by hand\n")
    error = repository.refused("apply", patch, status=75)
    has(error["message"], "b.txt", "no patch carries")
    has(error["hint"], "stash")
    repository.git("checkout", "-q", "b.txt")
    repository.run("apply", patch)
    repository.run("verify", patch)
    repository.write("b.txt", "by hand\n")
    repository.refused("commit", patch, status=75)
    same([repository.read("b.txt"), repository.read("a.txt")], ["by hand\n", TEN])
    repository.git("checkout", "-q", "b.txt")
    repository.run("commit", patch)
    repository.is_clean()


def case_changes_in_the_way_of_a_commit_are_never_overwritten(box):
    repository = Repository(box, [check()])
    folder = box.path("policies")
    os.makedirs(folder)
    box.path("policies/g.json", json.dumps({
        "patch_policy_id": "g", "scope": {"level": "global"},
        "constraints": {"patch_required": False, "require_issue_ref": False, "min_reviewers": 0}}))
    patch = repository.create(repository.diff(a_txt=CHANGED))
    box.run("patch", "validate", patch, "--policy", folder)
    box.run("patch", "queue", patch)
    repository.write("a.txt", "mine\n")
    repository.run("apply", patch)
    repository.run("verify", patch)
    head = repository.git("rev-parse", "main")
    error = repository.refused("commit", patch, status=75)
    has(error["message"], "a.txt", "overwritten")
    same([repository.read("a.txt"), repository.git("rev-parse", "main")], ["mine\n", head])
    # Another file of mine is not in the way.
    repository.git("checkout", "-q", "a.txt")
    repository.write("b.txt", "mine\n")
    repository.run("commit", patch)
    same([repository.read("a.txt"), repository.read("b.txt")], [CHANGED, "mine\n"])
    same(len(repository.commits_of(patch)), 1)


def case_what_is_no_repository_is_told(box):
    repository = Repository(box)
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    empty = box.path("empty")
    os.makedirs(empty)
    error = box.run("patch", "apply", patch, "--repo", empty, "--json", status=65).error
    has(error["message"], "no work tree of git")
    has(error["hint"], "--repo")
    subprocess.run(["git", "init", "-q", empty], check=True)
    error = box.run("patch", "apply", patch, "--repo", empty, "--json", status=65).error
    has(error["message"], "no commit yet")
    nowhere = box.path("bin")
    os.makedirs(nowhere)
    error = repository.refused("apply", patch, status=66, PATH=nowhere)
    has(error["message"], "no git here")
    has(error["hint"], "Install git")
    has(box.run("patch", "apply", ulid(99), "--repo", empty, status=66).errors, "no patch")
    has(box.run("patch", "apply", "x", status=64).errors, "ULID")
    same(repository.state(patch), "queued")


def case_binary_patches_are_never_applied(box):
    repository = Repository(box)
    with open(os.path.join(repository.path, "image"), "wb") as file:
        file.write(bytes(range(256)))
    diff = repository.diff()
    has(diff, "GIT binary patch")
    folder = box.path("policies")
    os.makedirs(folder)
    box.path("policies/g.json", json.dumps({
        "patch_policy_id": "g", "scope": {"level": "global"},
        "constraints": {"forbid_binary_patches": False, "require_issue_ref": False,
                        "min_reviewers": 0}}))
    patch = repository.create(diff)
    box.run("patch", "validate", patch, "--policy", folder)
    box.run("patch", "queue", patch)
    has(repository.run("apply", patch, status=65)[0]["message"], "image is binary")
    same(repository.last("patch_apply_failed")["error_code"], "E_BINARY")


def case_a_link_in_the_repository_leads_nobody_outside(box):
    repository = Repository(box)
    outside = box.path("outside")
    os.makedirs(outside)
    os.symlink(outside, os.path.join(repository.path, "link"))
    repository.commit("a link")
    patch = repository.queued("--- /dev/null\n+++ b/link/x\n@@ -0,0 +1 @@\n+evil\n")
    has(repository.run("apply", patch, status=65)[0]["message"], "link")
    same(os.listdir(outside), [])


def case_a_diff_that_git_reads_otherwise_is_not_applied(box):
    repository = Repository(box)
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    folder = box.path("stand-in")
    os.makedirs(folder)
    box.path("stand-in/git", "#!/bin/sh\n\"$GIT\" \"$@\" | sed s/a.txt/b.txt/\n")
    os.chmod(box.path("stand-in/git"), 0o755)
    extra = {"PATH": folder + ":" + os.environ["PATH"], "GIT": shutil.which("git")}
    repository.run("apply", patch, status=65, **extra)
    same(repository.last("patch_apply_failed")["error_code"], "E_DISAGREEMENT")
    box.run("patch", "queue", patch)
    repository.run("apply", patch)


def case_paths_without_prefixes_are_taken_as_they_are(box):
    repository = Repository(box, [check()])
    patch = repository.create("--- b.txt\n+++ b.txt\n@@ -1 +1 @@\n-b\n+c\n")
    repository.run("run", patch)
    same(repository.read("b.txt"), "c\n")


def case_red_checks_roll_an_applied_patch_back(box):
    repository = Repository(box, [check("green"), check("red", 3, says="two failed\nsee above")])
    head = repository.git("rev-parse", "main")
    patch = repository.create(repository.diff(a_txt=CHANGED))
    last = repository.run("run", patch, status=1)[-1]
    same([last["step"], last["ok"], last["state"]], ["verify", False, "rolled_back"])
    has(last["message"], "red")
    rolled = repository.last("patch_rolled_back")
    same([(found["name"], found["passed"], found["ran"], found["exit_code"])
          for found in rolled["checks"]], [("green", True, True, 0), ("red", False, True, 3)])
    has(rolled["checks"][1]["output_head"], "two failed")
    same([repository.git("rev-parse", "main"), repository.read("a.txt")], [head, TEN])
    repository.is_clean()
    shown = box.run("patch", "history", patch).output
    has(shown, "rolled_back", "red")


def case_a_check_that_is_not_installed_fails_a_patch_only_if_it_is_required(box):
    tool = {"name": "tool", "kind": "lint", "paths": ["glob:**"], "timeout_seconds": 60,
            "command": ["no-such-tool"]}
    repository = Repository(box, [tool, check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    found = repository.last("patch_verified")["checks"][0]
    same([found["passed"], found["ran"], found["required"]], [False, False, False])
    repository.run("commit", patch)
    repository.checks = box.path("strict.json", json.dumps({"checks": [{**tool, "required": True}]}))
    other = repository.applied(repository.diff(b_txt="c\n"))
    before = box.events()
    step = repository.run("verify", other, status=1)[0]
    same([step["ok"], step["state"], box.events() == before], [False, "applied", True])
    has(step["message"], "tool", "not installed")


def case_tests_that_the_policy_asks_for_must_run(box):
    repository = Repository(box, [check()])
    os.makedirs(os.path.join(repository.path, "core"))
    repository.write("core/x.py", "x = 1\n")
    repository.commit("core")
    repository.write("core/x.py", "x = 2\n")
    diff = repository.diff()
    patch = repository.applied(diff)
    has(repository.run("verify", patch, status=1)[0]["message"], "tests")
    same(repository.state(patch), "applied")
    repository.checks = box.path(
        "tests.json", json.dumps({"checks": [check("tests", kind="test", says="1 passed")]}))
    repository.run("verify", patch)
    same([repository.last("patch_verified")[name] for name in ("tests_ran", "tests_passed")],
         [True, True])


def case_a_branch_that_moved_on_is_checked_again(box):
    seen = box.path("seen")
    counting = check("counting")
    counting["command"] = ["sh", "-c", f"git rev-parse HEAD >> {seen}"]
    repository = Repository(box, [counting])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    repository.write("b.txt", "moved\n")
    tip = repository.commit("moved on")
    repository.run("commit", patch)
    same(repository.git("rev-parse", "main^"), tip)
    with open(seen) as file:
        same(file.read().split()[-1], tip, "checked on top of")
    same([repository.read("a.txt"), repository.read("b.txt")], [CHANGED, "moved\n"])
    # What does not fit there is taken back.
    other = repository.verified(repository.diff(b_txt="c\n"))
    repository.write("b.txt", "quite another\n")
    tip = repository.commit("in the way")
    last = repository.run("commit", other, status=1)[0]
    has(last["message"], "moved on")
    same([repository.state(other), repository.git("rev-parse", "main")], ["rolled_back", tip])
    repository.is_clean()


def case_a_merge_where_the_context_does_not_fit(box):
    repository = Repository(box, [check()])
    plain = repository.queued(repository.diff(a_txt=CHANGED))
    repository.write("a.txt", TEN.replace("line 4\n", "line four\n"))
    repository.commit("nearby")
    has(" ".join(repository.run("apply", plain, status=65)[0]["details"]), "--3way")
    box.run("patch", "queue", plain)
    repository.run("apply", plain, "--3way")
    repository.run("verify", plain)
    repository.run("commit", plain)
    same(repository.read("a.txt"), CHANGED.replace("line 4\n", "line four\n"))
    repository.is_clean()


def case_a_commit_goes_to_the_branch_that_it_was_applied_for(box):
    repository = Repository(box, [check()])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    repository.git("checkout", "-q", "-b", "other")
    repository.run("verify", patch)
    repository.run("commit", patch)
    same([repository.read("a.txt"), repository.git("show", "main:a.txt") + "\n"], [TEN, CHANGED])
    same(repository.git("log", "--format=%s", "other"), "init")
    # Without a branch what is checked out moves.
    repository.git("checkout", "-q", "--detach")
    other = repository.create(repository.diff(b_txt="c\n"))
    repository.run("run", other)
    same([repository.read("b.txt"), "branch" in repository.last("patch_committed")],
         ["c\n", False])


def case_a_commit_that_git_refuses_is_an_event_and_can_be_tried_again(box):
    repository = Repository(box, [check()])
    hook = os.path.join(repository.path, ".git", "hooks", "commit-msg")
    os.makedirs(os.path.dirname(hook), exist_ok=True)
    with open(hook, "w") as file:
        file.write("#!/bin/sh\necho 'no ticket' >&2\nexit 1\n")
    os.chmod(hook, 0o755)
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    has(repository.run("commit", patch, status=73)[0]["message"], "no ticket")
    failed = repository.last("patch_commit_failed")
    same([failed["error_code"], failed["outcome"]["exit_code"]], ["E_COMMIT_FAILED", 1])
    same([repository.state(patch), repository.read("a.txt")], ["verified", TEN])
    # One that changes what was checked.
    with open(hook.replace("commit-msg", "pre-commit"), "w") as file:
        file.write("#!/bin/sh\necho more >> b.txt\ngit add b.txt\n")
    os.chmod(hook.replace("commit-msg", "pre-commit"), 0o755)
    os.unlink(hook)
    repository.run("commit", patch, status=73)
    same(repository.last("patch_commit_failed")["error_code"], "E_HOOK_CHANGED_FILES")
    same(repository.git("log", "--format=%s"), "init")
    os.unlink(hook.replace("commit-msg", "pre-commit"))
    repository.run("commit", patch)
    same(repository.read("a.txt"), CHANGED)
    repository.is_clean()


def case_a_check_can_not_slip_anything_into_the_commit(box):
    repository = Repository(box)
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    trailer = f"x\n\nUetlog-Patch: {patch}\n"
    evil = {**check("evil"), "command": ["sh", "-c", "echo s > .env && git add .env && "
                                         f"git -c user.name=e -c user.email=e commit -qm '{trailer}' "
                                         "&& git reset -q --soft HEAD^ && git rm -q --cached .env"]}
    kept = {**evil, "command": [*evil["command"][:2], evil["command"][2].split(" && git reset")[0]]}
    mends = {**check("mends"), "command": ["sh", "-c", "echo more >> a.txt"]}
    for bad in (kept, mends):
        repository.checks = box.path("evil.json", json.dumps({"checks": [bad]}))
        error = repository.refused("verify", patch, status=75)
        has(error["message"], "changed files of the patch")
        same(repository.state(patch), "applied")
    # What is left of a run that came to nothing must not turn the next one green.
    marks = {**check("marks"),
             "command": ["sh", "-c", "test -e marker && exit 0; touch marker; echo x >> a.txt"]}
    repository.checks = box.path("marks.json", json.dumps({"checks": [marks]}))
    for _ in range(2):
        repository.refused("verify", patch, status=75)
    repository.checks = box.path("good.json", json.dumps({"checks": [evil]}))
    repository.run("verify", patch, status=None)
    repository.run("run", patch, status=None)
    same(".env" in repository.git("ls-tree", "--name-only", "main"), False, ".env")


def case_a_commit_that_another_made_in_the_work_tree_is_not_taken(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    place = os.path.join(box.log, "worktrees", patch)
    with open(os.path.join(place, "extra"), "w") as file:
        file.write("unchecked\n")
    repository.git("-C", place, "add", "-A")
    repository.git("-C", place, "commit", "-qm", f"x\n\nUetlog-Patch: {patch}\n")
    repository.run("commit", patch)
    same(repository.git("ls-tree", "--name-only", "main").split(), ["a.txt", "b.txt"])
    same(repository.read("a.txt"), CHANGED)
    repository.is_clean()


def case_settings_of_merges_change_nothing(box):
    for name, value in [("merge.autostash", "true"), ("branch.main.mergeOptions", "--squash"),
                        ("branch.main.mergeOptions", "--no-commit"), ("merge.ff", "false"),
                        ("core.sparseCheckout", "true")]:
        home = box.path(f"{name}{value}")
        os.makedirs(home)
        inner = type(box)(home)
        repository = Repository(inner, [check()])
        repository.git("config", name, value)
        repository.git("tag", "main")
        patch = repository.create(repository.diff(a_txt=CHANGED))
        repository.run("run", patch)
        same([repository.git("log", "-1", "--format=%B", "refs/heads/main").splitlines()[2],
              repository.read("a.txt")], [f"Uetlog-Patch: {patch}", CHANGED], name)
        repository.is_clean()


def case_a_step_knows_its_repository_and_its_branch(box):
    repository = Repository(box, [check()])
    other = box.path("other")
    subprocess.run(["git", "clone", "-q", repository.path, other], check=True)
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    for step in ("commit", "run"):
        error = repository.refused(step, patch, "--repo", other, status=65)
        has(error["message"], "another repository")
    # A branch that is being rebased stays where it is.
    repository.write("b.txt", "c\n")
    repository.commit("second")
    with open(box.path("editor"), "w") as file:
        file.write("#!/bin/sh\nsed -i s/^pick/edit/ $1\n")
    os.chmod(box.path("editor"), 0o755)
    repository.git("-c", f"sequence.editor={box.path('editor')}", "rebase", "-q", "-i", "HEAD~1",
                   status=None)
    tip = repository.git("rev-parse", "refs/heads/main")
    repository.run("commit", patch, status=None)
    same(repository.git("rev-parse", "refs/heads/main"), tip, "while it is rebased")
    repository.git("rebase", "--continue", status=None)
    repository.run("commit", patch)
    same(repository.read("a.txt"), CHANGED)
    # What was applied without a branch is not committed to one that is checked out later.
    repository.git("checkout", "-q", "--detach")
    patch = repository.verified(repository.diff(b_txt="d\n"))
    repository.git("checkout", "-q", "main")
    has(repository.refused("commit", patch, status=75)["message"], "main")


def case_a_repository_has_its_own_checks_and_policies(box):
    repository = Repository(box)
    os.makedirs(os.path.join(repository.path, "config/patch_policies"))
    repository.write("config/checks.json", json.dumps({"checks": [check("own", code=1)]}))
    repository.write("config/patch_policies/g.json", json.dumps({
        "patch_policy_id": "g", "scope": {"level": "global"},
        "constraints": {"forbid_touching_paths": ["b.txt"], "require_issue_ref": False,
                        "min_reviewers": 0}}))
    repository.commit("config")
    good, bad = repository.diff(a_txt=CHANGED), repository.diff(b_txt="c\n")
    for diff, step in [(bad, "validate"), (good, "verify")]:
        patch = repository.create(diff)
        done = box.run("patch", "run", patch, "--repo", repository.path, "--json", status=None,
                       **IDENTITY)
        last = json.loads(done.output.splitlines()[-1])
        same([last["step"], last["ok"]], [step, False])


def case_a_touched_file_is_no_change(box):
    repository = Repository(box, [check()])
    patch = repository.create(repository.diff(a_txt=CHANGED))
    os.utime(os.path.join(repository.path, "b.txt"), (1, 1))
    repository.run("run", patch)


def case_the_same_lines_elsewhere_are_not_the_patch(box):
    repository = Repository(box)
    block = "[x]\na\nb\nval {}\nc\nd\n"
    repository.write("c.ini", block.format(1) + "\n" * 9 + block.format(1))
    repository.commit("blocks")
    diff = repository.diff(c_ini=block.format(2) + "\n" * 9 + block.format(1))
    repository.write("c.ini", block.format(3) + "\n" * 9 + block.format(2))
    repository.commit("others")
    repository.run("apply", repository.queued(diff), status=65)


def case_a_hook_that_leaves_something_running_holds_nothing(box):
    repository = Repository(box, [check()])
    hook = os.path.join(repository.path, ".git", "hooks", "post-commit")
    os.makedirs(os.path.dirname(hook), exist_ok=True)
    with open(hook, "w") as file:
        file.write(f"#!/bin/sh\nenv > {box.path('seen')}\nsleep 300 &\n")
    os.chmod(hook, 0o755)
    patch = repository.create(repository.diff(a_txt=CHANGED))
    repository.run("run", patch, OPENAI_API_KEY="sk-secret")
    with open(box.path("seen")) as file:
        same("OPENAI_API_KEY" in file.read(), False, "a secret in a hook")
    repository.is_clean()


def case_a_patch_is_taken_back_before_and_after_its_commit(box):
    repository = Repository(box, [check()])
    tree = repository.git("rev-parse", "main^{tree}")
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    step = repository.run("rollback", patch, "--reason", "not now")[0]
    same([step["ok"], step["state"]], [True, "rolled_back"])
    repository.is_clean()
    other = repository.create(repository.diff(a_txt=CHANGED), "--summary", "Again", request=2)
    repository.run("run", other)
    steps = repository.run("rollback", other, "--reason", "breaks the build")
    same(steps[-1]["step"], "commit")
    same(repository.git("rev-parse", "main^{tree}"), tree, "tree")
    same(repository.git("log", "-1", "--format=%s"), "Take back: Again")
    same(repository.state(other), "committed")
    back = box.run("patch", "show", steps[-1]["patch_id"], "--json").json
    same(back["relations"]["rollback_of_patch_id"], other)
    same(box.run("patch", "show", other, "--json").json["rolled_back_by"], back["patch_id"])
    has(box.run("patch", "show", other).output, "by " + back["patch_id"])
    listed = box.run("patch", "list", "--state", "committed", "--json").json
    same({entry["patch_id"]: entry["rolled_back_by"] for entry in listed},
         {other: back["patch_id"], back["patch_id"]: None})
    same(box.run("patch", "list").output.count("committed, taken back"), 1)
    # Again: it is done.
    before = box.events()
    repository.run("rollback", other, "--reason", "breaks the build")
    same(box.events(), before)
    repository.is_clean()


def case_work_trees_of_settled_patches_do_not_stay(box):
    repository = Repository(box, [check()])
    # Other programs, who append events, know of no work tree.
    dropped = repository.applied(repository.diff(a_txt=CHANGED))
    box.run("append", "patch_rolled_back", "--data",
            json.dumps({"patch_id": dropped, "reason": "not now"}))
    kept = repository.applied(repository.diff(a_txt=TEN + "11\n"), request=2)
    folder = os.path.join(box.log, "worktrees")
    same(sorted(os.listdir(folder)), [kept, f"{kept}.lock"])
    same(repository.state(kept), "applied")
    repository.run("verify", kept)
    repository.run("commit", kept)
    repository.is_clean()


def case_a_rehearsed_step_changes_nothing(box):
    repository = Repository(box, [check()])
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    before = box.events()
    for step, real in [("apply", True), ("verify", True), ("commit", True)]:
        repository.run(step, patch, "--dry-run")
        same([box.events(), repository.read("a.txt")], [before, TEN])
        if real and step != "commit":
            repository.run(step, patch)
            before = box.events()
    repository.run("rollback", patch, "--reason", "x", "--dry-run")
    same(box.events(), before)
    repository.run("commit", patch)
    repository.is_clean()


def case_a_secret_that_a_check_prints_is_not_stored(box):
    token = "ghp_" + "a1B2c3D4e5F6" * 3
    repository = Repository(box, [check(says=f"token {token}", code=1)])
    repository.run("run", repository.create(repository.diff(a_txt=CHANGED)), status=1)
    same(token in json.dumps(box.events()), False, "in the log")
    has(repository.last("patch_rolled_back")["checks"][0]["output_head"], "token ")


def case_checks_do_not_see_what_is_secret(box):
    seen = check()
    seen["command"] = ["sh", "-c", f"env > {box.path('seen')}"]
    repository = Repository(box, [seen])
    repository.run("run", repository.create(repository.diff(a_txt=CHANGED)),
                   OPENAI_API_KEY="sk-secret", GIT_DIR="/nowhere")
    with open(box.path("seen")) as file:
        environment = file.read()
    same([name in environment for name in ("OPENAI_API_KEY", "GIT_DIR", "PATH=")],
         [False, False, True])


def case_two_programs_at_one_patch_commit_it_once(box):
    repository = Repository(box, [check()])
    for number in range(4):
        text = TEN.replace("line 9\n", f"line nine {number}\n")
        patch = repository.create(repository.diff(a_txt=text), request=number + 1)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            codes = list(pool.map(lambda _: box.run(
                "patch", "run", patch, "--repo", repository.path, "--checks", repository.checks,
                status=None, **IDENTITY).status, range(4)))
        same(set(codes) <= {0, 65, 75} and 0 in codes, True, codes)
        same([repository.state(patch), len(repository.commits_of(patch))], ["committed", 1])
        same(repository.read("a.txt"), text)
        repository.is_clean()
    box.run("verify")


def case_many_programs_commit_many_patches(box):
    repository = Repository(box, [check()])
    names = [f"f{number}.txt" for number in range(6)]
    for name in names:
        repository.write(name, "old\n")
    repository.commit("files")
    patches = [repository.verified(repository.diff(**{name.replace(".", "_"): "new\n"}),
                                   "--wait", "60s") for name in names]
    with concurrent.futures.ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda patch: repository.run("commit", patch, "--wait", "60s"), patches))
    same([repository.read(name) for name in names], ["new\n"] * len(names))
    same([len(repository.commits_of(patch)) for patch in patches], [1] * len(names))
    repository.is_clean()


KILLER = """#!/bin/sh
# Stands in for git: at one of its calls it ends the program that called it, before or after.
read -r count < "$COUNTER"
count=$((count + 1))
echo $count > "$COUNTER"
[ "$count" = "$KILL_BEFORE" ] && kill -9 $PPID && exit 1
"$GIT" "$@"
code=$?
[ "$count" = "$KILL_AFTER" ] && kill -9 $PPID
exit $code
"""


def case_a_step_that_was_killed_leaves_no_trace_and_is_finished(box):
    repository = Repository(box, [check()])
    folder = box.path("stand-in")
    os.makedirs(folder)
    box.path("stand-in/git", KILLER)
    os.chmod(box.path("stand-in/git"), 0o755)
    counter = box.path("counter", "0\n")
    extra = {"PATH": folder + ":" + os.environ["PATH"], "GIT": shutil.which("git"),
             "COUNTER": counter}
    call, killed = 0, 0
    while True:
        call += 1
        done = set()
        for when in ("KILL_BEFORE", "KILL_AFTER"):
            text = TEN.replace("line 5\n", f"line five {call} {when}\n")
            patch = repository.create(repository.diff(a_txt=text), request=call)
            tip = repository.git("rev-parse", "main")
            box.path("counter", "0\n")
            status = box.run(
                "patch", "run", patch, "--repo", repository.path, "--checks", repository.checks,
                status=None, **IDENTITY, **extra, **{when: str(call)}).status
            done.add(status)
            killed += status == -9
            # Either it is not in the branch, and the files are as before, or it is.
            is_in = repository.git("rev-parse", "main") != tip
            same(repository.read("a.txt") == text, is_in, f"{when} {call}")
            same(repository.git("status", "--porcelain"), "", f"{when} {call}")
            repository.run("run", patch)
            same([repository.state(patch), len(repository.commits_of(patch)),
                  repository.git("rev-parse", "main^"), repository.read("a.txt")],
                 ["committed", 1, tip, text], f"{when} {call}")
            repository.is_clean()
        if done == {0}:
            break
    # That the program is ended at each of its calls is what makes this a test.
    same(killed >= 2 * (call - 1) - 2 and call > 20, True, f"{killed} kills in {call} calls")
    box.run("verify")


MEDDLER = """#!/bin/sh
# Stands in for git: where it applies a patch to the files, something else happens, too.
case " $* " in
  *"$WHERE"*) [ -z "$BEFORE" ] || eval "$BEFORE";;
esac
"$GIT" "$@"
code=$?
case " $* " in
  *"$WHERE"*) cd "$2" && eval "$AFTER";;
esac
exit $code
"""
APPLY = " apply --index --whitespace"


def meddler(box, after="", before="", where=APPLY):
    """What a step is run with so that more happens when git applies the patch."""
    folder = box.path("meddler")
    os.makedirs(folder, exist_ok=True)
    box.path("meddler/git", MEDDLER)
    os.chmod(box.path("meddler/git"), 0o755)
    return {"PATH": folder + ":" + os.environ["PATH"], "GIT": shutil.which("git"),
            "WHERE": where, "AFTER": after, "BEFORE": before}


def case_what_git_makes_of_a_diff_is_what_was_judged(box):
    repository = Repository(box, [check()])
    repository.write(".env", "secret\n")
    repository.commit("a file that no patch touches")
    diff = repository.diff(a_txt=CHANGED)
    for number, (after, word) in enumerate([
            ("git rm -q .env", ".env"), ("git mv .env x", ".env"),
            ("echo y > y; git add y", "y changes"), ("chmod +x a.txt; git add a.txt", "100755"),
            ("rm a.txt; ln -s b.txt a.txt; git add a.txt", "120000"),
            ("git rm -qf a.txt", "deleted"), ("echo 11 >> a.txt; git add a.txt", "other lines"),
            ("sed -i s/two/2/ a.txt; git add a.txt", "other lines")]):
        patch = repository.queued(diff, request=number + 1)
        step = repository.run("apply", patch, status=65, **meddler(box, after))[0]
        has(step["message"], word)
        same(repository.last("patch_apply_failed")["error_code"], "E_DISAGREEMENT", after)
        box.run("patch", "queue", patch)
        repository.run("apply", patch)
        # Also where it is put on another commit.
        repository.run("verify", patch)
        repository.write("b.txt", after + "\n")
        repository.commit("moved on")
        repository.run("commit", patch, status=1, **meddler(box, after))
        same([repository.state(patch), repository.read("a.txt")], ["rolled_back", TEN])
        repository.is_clean()


def case_git_takes_nothing_else_out_of_a_header(box):
    repository = Repository(box, [check()])
    repository.write(".env", "secret\n")
    repository.write("x", "x\n")
    repository.commit("more files")
    head = repository.git("rev-parse", "main")
    for diff in [
            "diff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n"
            "rename from .env\nrename to x\n",
            "diff --git a/e b/e\nnew file mode 100644\n--- /dev/null\n+++ b/e\n"
            f"index {'0' * 40}..8d04de37f30b30ba903f31f9ca4cc56344033f4b\nGIT binary patch\n"
            "literal 12\nTcmc~u&B@7UU`#E`%;5q68nXk?\n\nliteral 0\nHcmV?d00001\n\n"]:
        # Whether it is refused when it is made, when it is judged or when it is applied.
        done = box.run("patch", "create", "-", "--tool", "aider", "--request", ulid(1), "--project",
                       "billing", "--repo", repository.path, "--json", stdin=diff, status=None,
                       **IDENTITY)
        if done.status == 0:
            patch = done.json["stream"][len("patch-"):]
            same(repository.run("run", patch, status=None)[-1]["ok"], False, diff)
        same(repository.git("rev-parse", "main"), head)


def case_what_a_link_leads_to_in_the_end_is_judged(box):
    repository = Repository(box, [check()])
    os.makedirs(os.path.join(repository.path, "d"))
    os.symlink("b.txt", os.path.join(repository.path, "l"))
    os.symlink("../b.txt", os.path.join(repository.path, "d/l"))
    commit = repository.git("rev-parse", "main")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    os.makedirs(os.path.join(repository.path, "sub"))
    repository.commit("links and a submodule")
    head = repository.git("rev-parse", "main")
    end = "\\ No newline at end of file\n"
    text = "--- a/l\n+++ b/l\n@@ -1 +1 @@\n-b.txt\n" + end + "+{}\n" + end
    move = "diff --git a/d/l b/{0}\nsimilarity index 100%\n{1} from d/l\n{1} to {0}\n"
    for diff, code in [
            (text.format("/etc/passwd"), "E_SYMLINK_OUTSIDE"),
            (text.format("d/../../x"), "E_SYMLINK_OUTSIDE"),
            (move.format("k", "rename"), "E_SYMLINK_OUTSIDE"),
            (move.format("k", "copy"), "E_SYMLINK_OUTSIDE"),
            (f"--- a/sub\n+++ b/sub\n@@ -1 +1 @@\n-Subproject commit {commit}\n"
             f"+Subproject commit {head}\n", "E_SUBMODULE")]:
        patch = repository.queued(diff)
        repository.run("apply", patch, status=65)
        same(repository.last("patch_apply_failed")["error_code"], code, diff)
    for diff in (text.format("a.txt"), move.format("d/k", "rename")):
        repository.run("run", repository.create(diff))
    same([os.readlink(os.path.join(repository.path, name)) for name in ("l", "d/k")],
         ["a.txt", "../b.txt"])
    repository.is_clean()


def case_the_same_lines_elsewhere_are_not_the_patch_among_many_files(box):
    repository = Repository(box, [check()])
    names = [f"{'long' * 50}/{'long' * 50}/{number}-{'long' * 50}" for number in range(9)]
    os.makedirs(os.path.join(repository.path, os.path.dirname(names[0])))
    block = TEN + "{}\n" + TEN
    repository.write("0.txt", block.format("old"))
    for name in names:
        repository.write(name, TEN)
    repository.commit("files")
    repository.write("0.txt", block.format("new"))
    for name in names:
        repository.write(name, CHANGED)
    diff = repository.diff()
    for number, before in enumerate(("elsewhere\n" * 9, "")):
        for name in names:
            repository.write(name, CHANGED)
        repository.write("0.txt", before + block.format("new"))
        repository.commit("by hand")
        patch = repository.queued(diff, request=number + 1)
        repository.run("apply", patch, status=0 if number else 65)
    has(repository.last("patch_apply_succeeded")["reason"], "already")


def case_a_mode_and_a_rename_that_are_there_are_there(box):
    repository = Repository(box, [check()])
    repository.git("mv", "a.txt", "c.txt")
    repository.write("c.txt", CHANGED)
    os.chmod(os.path.join(repository.path, "c.txt"), 0o755)
    repository.git("add", "-A")
    diff = repository.git("diff", "--cached", "-M", "HEAD") + "\n"
    has(diff, "rename from a.txt", "new mode 100755")
    repository.git("reset", "-q", "--hard")
    repository.git("mv", "a.txt", "c.txt")
    repository.write("c.txt", CHANGED)
    repository.commit("without the mode")
    patch = repository.queued(diff)
    repository.run("apply", patch, status=65)
    os.chmod(os.path.join(repository.path, "c.txt"), 0o755)
    repository.commit("with the mode")
    box.run("patch", "queue", patch)
    has(repository.run("apply", patch)[0]["message"], "already")


def case_locks_that_a_killed_git_has_left_stop_nothing(box):
    repository = Repository(box, [check()])
    for number, state in enumerate(("applying", "applied", "verified")):
        text = TEN.replace("line 7\n", f"line seven {state}\n")
        patch = repository.queued(repository.diff(a_txt=text), request=number + 1)
        folder = os.path.join(box.log, "worktrees")
        if state == "applying":
            repository.run("apply", patch, status=75,
                           **meddler(box, before="kill -TERM $$; sleep 9"))
        else:
            repository.run("apply", patch)
        if state == "verified":
            repository.run("verify", patch)
        for place in (os.path.join(repository.path, ".git/worktrees", patch, "index.lock"),
                      os.path.join(repository.path, ".git/worktrees", patch, "HEAD.lock"),
                      os.path.join(folder, f"{patch}.text.index.lock")):
            with open(place, "w"):
                pass
        repository.run("run", patch)
        same([repository.state(patch), repository.read("a.txt")], ["committed", text], state)
        repository.is_clean()
        repository.git("reset", "-q", "--hard", "HEAD^")
    # Those of other work trees are left alone.
    patch = repository.queued(repository.diff(b_txt="c\n"))
    lock = os.path.join(repository.path, ".git/HEAD.lock")
    with open(lock, "w"):
        pass
    repository.run("run", patch, status=None)
    same(os.path.exists(lock), True)


def case_a_work_tree_whose_directory_is_away_stays_known(box):
    repository = Repository(box, [check()])
    mine, away = box.path("mine"), box.path("away")
    repository.git("worktree", "add", "-q", "-b", "mine", mine)
    with open(os.path.join(mine, "staged"), "w") as file:
        file.write("work\n")
    repository.git("-C", mine, "add", "staged")
    os.rename(mine, away)
    patch = repository.create(repository.diff(a_txt=CHANGED))
    repository.run("run", patch)
    other = repository.applied(repository.diff(b_txt="c\n"))
    # What is left of a work tree that is gone, or was never finished, is removed all the same.
    shutil.rmtree(os.path.join(box.log, "worktrees", other))
    repository.run("verify", other)
    os.unlink(os.path.join(box.log, "worktrees", other, ".git"))
    repository.run("run", other)
    half = repository.queued(repository.diff(b_txt="d\n"))
    os.makedirs(os.path.join(repository.path, ".git/worktrees", half))
    repository.run("run", half)
    same(os.listdir(os.path.join(repository.path, ".git/worktrees")), ["mine"])
    os.rename(away, mine)
    same(repository.git("-C", mine, "status", "--porcelain"), "A  staged")


def case_settings_of_the_user_change_nothing_of_a_patch(box):
    ran = box.path("ran")
    monitor = box.path("monitor", f"#!/bin/sh\necho $PWD >> {ran}\nexit 1\n")
    os.chmod(monitor, 0o755)
    rewrites = {**check("rewrites"), "command": ["sh", "-c", "echo more >> b.txt"]}
    hides = {**rewrites, "command": ["sh", "-c", "git update-index --assume-unchanged b.txt; "
                                     "echo more >> b.txt"]}
    repository = Repository(box, [check()])
    repository.git("config", "apply.whitespace", "error")
    repository.git("config", "core.fsmonitor", monitor)
    blanks = repository.create(repository.diff(a_txt=TEN.replace("line 2\n", "line 2 \t \n")))
    repository.run("run", blanks)
    has(repository.read("a.txt"), "line 2 \t \n")
    with open(ran) as file:
        same([line for line in file if box.log in line], [], "in the work tree of a patch")
    repository.git("config", "--unset", "core.fsmonitor")
    # A context that differs is another one.
    repository.git("config", "apply.ignoreWhitespace", "change")
    loose = "--- a/a.txt\n+++ b/a.txt\n@@ -5,3 +5,3 @@\n line    5\n-line 6\n+six\n line  7\n"
    repository.run("apply", repository.queued(loose), status=65)
    diff = repository.diff(a_txt=CHANGED)
    repository.git("config", "core.ignoreStat", "true")
    for number, bad in enumerate((rewrites, hides)):
        repository.checks = box.path("bad.json", json.dumps({"checks": [bad]}))
        patch = repository.applied(diff, request=number + 2)
        error = repository.refused("verify", patch, status=75)
        has(error["message"], "changed files of the patch")


def case_a_git_that_crashes_fails_the_patch_and_one_that_is_ended_does_not(box):
    repository = Repository(box, [check()])
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    for signal in ("TERM", "KILL"):
        repository.run("apply", patch, status=75, **meddler(box, before=f"kill -{signal} $$"))
        same([repository.state(patch), box.events()[-1]["type"]],
             ["queued", "patch_apply_started"])
    step = repository.run("apply", patch, status=65,
                          **meddler(box, before="ulimit -c 0; kill -ABRT $$"))[0]
    has(step["message"], "signal 6")
    same([repository.state(patch), repository.last("patch_apply_failed")["error_code"]],
         ["apply_failed", "E_CRASHED"])
    repository.run("run", patch)
    repository.is_clean()


def case_a_full_disk_is_no_fault_of_the_patch(box):
    repository = Repository(box, [check()])
    diff = repository.diff(a_txt=CHANGED)
    patch = repository.queued(diff)
    for code in (1, 128):
        full = meddler(box, before=f"echo 'error: unable to write file' >&2; exit {code}")
        error = box.run("patch", "apply", patch, "--repo", repository.path, "--json", status=73,
                        **{**IDENTITY, **full}).error
        has(error["message"], "unable to write")
        same([repository.state(patch), box.events()[-1]["type"]],
             ["queued", "patch_apply_started"])
    repository.run("run", patch)
    # A merge that does not fit is told from one that could not be stored.
    repository.write("b.txt", "other\n")
    repository.commit("moved on")
    patch = repository.queued("--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+c\n")
    full = meddler(box, before="exit 128", where=" hash-object -w ")
    box.run("patch", "apply", patch, "--repo", repository.path, "--3way", "--json", status=73,
            **{**IDENTITY, **full})
    repository.run("apply", patch, "--3way", status=65)
    same(repository.last("patch_apply_failed")["error_code"], "E_DOES_NOT_APPLY")


def case_why_a_patch_does_not_fit_is_told_as_it_is(box):
    repository = Repository(box, [check()])
    # Made while the work tree had another change, which git knows of.
    repository.write("a.txt", TEN.replace("line 3\n", "line three\n"))
    repository.git("add", "a.txt")
    repository.write("a.txt", CHANGED.replace("line 3\n", "line three\n"))
    diff = repository.git("diff") + "\n"
    repository.git("reset", "-q", "--hard")
    patch = repository.queued(diff)
    details = " ".join(repository.run("apply", patch, status=65)[0]["details"])
    has(details, "another version of a.txt", "--3way may help")
    # What git does not know can't be merged.
    unknown = repository.queued(re.sub(r"index \w+", "index 1234567", diff))
    details = " ".join(repository.run("apply", unknown, status=65)[0]["details"])
    same(["another version" in details, "--3way" in details], [True, False], details)
    box.run("patch", "queue", patch)
    repository.write("a.txt", TEN.replace("line 2\n", "quite another\n"))
    repository.commit("the same line")
    details = " ".join(repository.run("apply", patch, "--3way", status=65)[0]["details"])
    has(details, "the same lines were changed")


def case_a_hook_lends_its_author_to_no_patch(box):
    repository = Repository(box, [check()])
    repository.git("config", "user.name", "Own")
    repository.git("config", "user.email", "own@example.org")
    outer = {"GIT_AUTHOR_NAME": "Outer", "GIT_AUTHOR_EMAIL": "outer@example.org",
             "GIT_AUTHOR_DATE": "@1000000000 +0000", "GIT_COMMITTER_DATE": "@1000000000 +0000",
             "GIT_CONFIG_PARAMETERS": "'user.name'='Other'"}
    seen = []
    for number, more in enumerate(({"GIT_INDEX_FILE": ".git/index"}, {})):
        patch = repository.create(repository.diff(b_txt=f"{number}\n"), request=number + 1)
        repository.run("run", patch, **outer, **more)
        name, date, committed = repository.git("log", "-1", "--format=%an %at %ct").split()
        same("1000000000" in (date, committed), False, "date")
        seen.append(name)
    same(seen, ["Own", "Outer"])
    # What people set by these variables is meant for git wherever it runs.
    patch = repository.create(repository.diff(b_txt="2\n"), request=3)
    repository.run("run", patch, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="i18n.commitEncoding",
                   GIT_CONFIG_VALUE_0="ISO-8859-1")
    same(repository.git("log", "-1", "--format=%e"), "ISO-8859-1")


def case_a_program_of_the_directory_is_not_run(box):
    repository = Repository(box, [check()])
    patch = repository.create(repository.diff(a_txt=CHANGED))
    for name in ("git", "rm", "sh"):
        os.chmod(box.path(name, f"#!/bin/sh\ntouch {box.path('ran')}\nexit 1\n"), 0o755)
    repository.run("run", patch, PATH=":" + os.environ["PATH"])
    same(os.path.exists(box.path("ran")), False)
    repository.is_clean()
