"""What others do between the steps of a patch, and must not slip in by."""
import json
import os
import subprocess

from box import has, same
from cases.rollback import BACK, committed, hook
from cases.workflow import CHANGED, TEN, Repository, check


def place(box, patch):
    return os.path.join(box.log, "worktrees", patch)


def leave(box, patch, name="a.txt", text=CHANGED + "evil\n"):
    """Somebody changes a file in the work tree of a patch."""
    with open(os.path.join(place(box, patch), name), "w") as file:
        file.write(text)


def shell(script):
    return {**check("shell"), "command": ["sh", "-c", script]}


def case_checks_see_the_patch_and_nothing_that_was_left_there(box):
    repository = Repository(box, [shell("! grep -q evil a.txt && ! test -e left")])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    leave(box, patch, "left")
    same(repository.run("verify", patch)[0]["ok"], True, "an unknown file")
    repository.run("rollback", patch, *BACK)
    patch = repository.applied(repository.diff(a_txt=CHANGED), request=2)
    leave(box, patch)
    same(repository.run("verify", patch)[0]["ok"], True, "a changed file")
    repository.run("commit", patch)
    repository.is_clean()


def case_what_is_staged_after_the_checks_is_not_committed(box):
    repository = Repository(box, [check()])
    patch = repository.verified(repository.diff(a_txt=CHANGED))
    leave(box, patch)
    repository.git("-C", place(box, patch), "add", "a.txt")
    repository.run("commit", patch)
    same(repository.read("a.txt"), CHANGED)
    repository.is_clean()


def case_what_is_not_verified_comes_to_no_hook(box):
    repository = Repository(box, [check()])
    patch = repository.applied(repository.diff(a_txt=CHANGED))
    hook(repository, "pre-commit", f"touch {box.path('asked')}\n")
    has(repository.refused("commit", patch, status=65)["allowed"], "verified")
    same(os.path.exists(box.path("asked")), False, "the hook was asked")
    repository.run("verify", patch)
    repository.run("commit", patch)
    same(os.path.exists(box.path("asked")), True, "the hook was asked")


def case_a_begun_application_goes_on_in_its_own_repository(box):
    repository = Repository(box, [check()])
    other = box.path("other")
    subprocess.run(["git", "clone", "-q", repository.path, other], check=True)
    patch = repository.queued(repository.diff(a_txt=CHANGED))
    box.append("patch_apply_started", f"patch_id={patch}", f"workspace_path={place(box, patch)}",
               "repository=" + os.path.join(repository.path, ".git"), "branch=main")
    error = repository.refused("apply", patch, "--repo", other, status=65)
    has(error["message"], "another repository")
    repository.run("apply", patch)


def case_an_imported_verdict_runs_no_checks(box):
    repository = Repository(box, [shell(f"touch {box.path('ran')}")])
    repository.write("a.txt", CHANGED)
    repository.commit("second")
    box.run("import", "git", repository.path)
    steps = ["patch_created", "patch_validated", "patch_queued", "patch_apply_succeeded"]
    types = [word for step in steps for word in ("--type", step)]
    lines = box.run("replay", "--format", "jsonl", *types).output.splitlines()
    patch = json.loads(lines[-1])["payload"]["patch_id"]
    os.makedirs(box.path("copy"))
    copy = type(box)(box.path("copy"))
    copy.run("append", stdin="\n".join(lines[-4:]) + "\n")
    same(copy.run("patch", "show", patch, "--json").json["state"], "applied")
    repository.box = copy
    has(repository.refused("verify", patch, status=65)["message"], "was imported")
    same(os.path.exists(box.path("ran")), False, "a check ran")


def case_work_trees_of_another_repository_are_left_alone(box):
    one = Repository(box, [check()])
    inner = type(box)(box.path("inner"))
    inner.log = box.log
    other = Repository(inner, [check()])
    settled = one.applied(one.diff(a_txt=CHANGED))
    box.append("patch_rolled_back", f"patch_id={settled}", "reason=x")
    os.makedirs(place(box, settled), exist_ok=True)
    patch = other.applied(other.diff(a_txt=CHANGED), request=2)
    same([os.path.exists(place(box, name)) for name in (settled, patch)], [True, True])
    one.applied(one.diff(a_txt=TEN + "11\n"), request=3)
    same([os.path.exists(place(box, name)) for name in (settled, patch)], [False, True])


def case_a_hook_of_the_branch_sees_no_secret(box):
    repository = Repository(box, [check()])
    seen = box.path("seen")
    hook(repository, "reference-transaction", f"env >> {seen}\n")
    patch = repository.create(repository.diff(a_txt=CHANGED))
    repository.run("run", patch, OPENAI_API_KEY="sk-secret")
    with open(seen) as file:
        environment = file.read()
    same(["sk-secret" in environment, "PATH=" in environment], [False, True])


def case_files_that_git_could_change_in_part_only_are_put_back(box):
    repository = Repository(box, [check()])
    repository.write("z.txt", "old\n")
    repository.write(".gitattributes", "z.txt filter=picky\n")
    repository.commit("second")
    fails = ('text=$(cat); case "$PWD:$text" in */repo:new) exit 1;; esac; '
             'printf "%s\\n" "$text"')
    for name, value in [("clean", "cat"), ("smudge", fails), ("required", "true")]:
        repository.git("config", f"filter.picky.{name}", value)
    repository.git("config", "filter.picky.smudge", "cat")
    diff = repository.diff(a_txt=CHANGED, z_txt="new\n")
    repository.git("config", "filter.picky.smudge", fails)
    patch = repository.verified(diff)
    error = repository.refused("commit", patch, status=75)
    has(error["message"], "can't move main")
    same([repository.read("a.txt"), repository.read("z.txt"),
          repository.git("status", "--porcelain")], [TEN, "old\n", ""])
    repository.git("config", "filter.picky.smudge", "cat")
    repository.run("commit", patch)
    repository.is_clean()


def case_a_branch_that_lost_the_commit_gets_no_way_back(box):
    repository, patch = committed(box)
    refuses = hook(repository, "pre-commit", "exit 1\n")
    steps = repository.run("rollback", patch, *BACK, status=73)
    back = steps[-1]["patch_id"]
    same(repository.state(back), "verified")
    os.unlink(refuses)
    # The same lines, of somebody else's.
    repository.git("reset", "-q", "--hard", "HEAD~1")
    repository.write("a.txt", CHANGED)
    repository.commit("by hand")
    error = repository.refused("commit", back, status=65)
    has(error["message"], "main does not hold")
    same([repository.read("a.txt"), repository.state(back)], [CHANGED, "verified"])
