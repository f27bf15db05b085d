"""Diffs looked into and judged."""
import datetime
import hashlib
import json
import os
import shutil
import subprocess

import program
from box import PATCH, VALIDATION, has, same, ulid

SECTION = "diff --git a/{0} b/{0}\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n-old\n+new\n"
LIMIT = 16 << 20


def policies(box, **files):
    """A folder of policies, each with its scope and constraints."""
    folder = box.path("policies")
    os.makedirs(folder, exist_ok=True)
    for name, (scope, constraints) in files.items():
        document = {"patch_policy_id": name, "scope": scope, "constraints": constraints}
        box.path(f"policies/{name}.json", json.dumps(document))
    return folder


def case_a_diff_is_shown_file_by_file(box):
    text = SECTION.format("src/a.py") + ("diff --git a/b b/c\nsimilarity index 100%\n"
                                         "rename from b\nrename to c\n")
    shown = box.run("patch", "inspect", "-", stdin=text).output
    has(shown, "modify", "src/a.py", "b -> c", "3 files touched, 1 insertion, 1 deletion, 1 hunk",
        "reversible")
    has(box.run("patch", "inspect", "-", stdin=SECTION.format("x")).output, "1 file touched, ")
    found = box.run("patch", "inspect", "-", "--json", stdin=text).json
    same(found["files_touched"], ["src/a.py", "b", "c"])
    same([file["kind"] for file in found["files"]], ["modify", "rename"])
    same(box.run("patch", "inspect", "-", "--numstat", stdin=text).bytes,
         b"1\t1\tsrc/a.py\0" b"0\t0\t\0b\0c\0")


# P-33, V-05
def case_binary_data_is_measured_and_judged(box):
    forth, back = "literal 9\nI+++++-----+++++\n\n", "delta 4\nD-----\n\n"
    head = "diff --git a/x.png b/x.png\nindex 1234567..89abcde 100644\n"
    text = head + "GIT binary patch\n" + forth + back
    has(box.run("patch", "inspect", "-", stdin=text).output,
        "modify  bin  bin  x.png (9 bytes, back 4 bytes)",
        "1 file touched, 0 insertions, 0 deletions, 0 hunks; reversible")
    file, = box.run("patch", "inspect", "-", "--json", stdin=text).json["files"]
    same([file[name] for name in ("binary", "binary_bytes", "binary_bytes_back", "hunks")],
         [True, 9, 4, 0])
    opaque = head + "Binary files a/x.png and b/x.png differ\n"
    has(box.run("patch", "inspect", "-", stdin=opaque).output, "without its data", "not reversible")
    for diff in (text, opaque):
        has(box.run("patch", "validate", "-", stdin=diff, status=65).output, "binary_forbidden")
    folder = policies(box, g=({"level": "global"},
                              {"forbid_binary_patches": False, "require_issue_ref": False}))
    box.run("patch", "validate", "-", "--policy", folder, stdin=text)


def case_a_diff_is_taken_out_of_what_a_tool_printed_and_back(box):
    said = "Sure!\n\n```diff\n" + SECTION.format("x") + "```\nTokens: 12\n- done\n"
    path = box.path("said.txt", said)
    same(box.run("patch", "inspect", path, "--from-output", "--json").json["files_touched"], ["x"])
    undo = box.run("patch", "inspect", path, "--from-output", "--reverse").output
    same(undo, SECTION.format("x").replace("-old\n+new", "-new\n+old"))


def case_everything_wrong_with_a_diff_is_told(box):
    text = SECTION.format("../x") + SECTION.format(".git/config") + SECTION.format("fine")
    found = box.run("patch", "inspect", "-", stdin=text, status=65).output
    has(found, "line 1: path_dots", "line 7: path_git", "fine")
    faults = box.run("patch", "inspect", "-", "--json", stdin=text, status=65).json["faults"]
    same([fault["code"] for fault in faults], ["path_dots", "path_git"])
    has(box.run("patch", "inspect", "-", stdin="hello\n", status=65).output, "not_a_diff")
    has(box.run("patch", "inspect", "-", "--reverse", stdin=text, status=65).errors, "../x")
    has(box.run("patch", "inspect", "no-such-file", status=66).errors, "no-such-file")
    # What a terminal would take for a command is written out.
    odd = 'diff --git "a/x\\033[31m" "b/x\\033[31m"\nold mode 100644\nnew mode 100755\n'
    same("\x1b" in box.run("patch", "inspect", "-", stdin=odd).output, False, "an escape")


def case_a_diff_above_the_limit_is_refused(box):
    line = b"+" + b"x" * 1022 + b"\n"
    head = b"--- a/x\n+++ b/x\n@@ -0,0 +1,16383 @@\n"
    fits = head + line * 16383
    same(box.run("patch", "inspect", "-", "--json", stdin=fits).json["line_insertions"], 16383)
    fits += b"\n" * (LIMIT - len(fits))
    box.run("patch", "inspect", "-", stdin=fits)
    has(box.run("patch", "inspect", "-", stdin=fits + b"\n", status=65).errors, "too large")


def case_a_diff_is_judged_by_the_policy(box):
    good = box.run("patch", "validate", "-", stdin=SECTION.format("x"))
    has(good.output, "format ok, scope ok, constraints ok")
    folder = policies(
        box, g=({"level": "global"}, {"max_files_changed": 1, "require_issue_ref": True}),
        p=({"level": "project", "project_id": "billing"},
           {"forbid_touching_paths": ["glob:secret/**"]}))
    text = SECTION.format("a") + SECTION.format("secret/b")
    wrong = box.run("patch", "validate", "-", "--policy", folder, "--project", "billing", "--json",
                    stdin=text, status=65).json
    same([problem["code"] for problem in wrong["problems"]],
         ["too_many_files", "forbidden_path", "issue_ref_missing"])
    same([wrong["format_ok"], wrong["scope_ok"], wrong["constraints_ok"]], [True, False, False])
    has(wrong["problems"][1]["message"], "p.json")
    same(wrong["problems"][1]["line"], 7)
    box.run("patch", "validate", "-", "--policy", folder, "--issue", "B-1",
            stdin=SECTION.format("secret/b"))
    wide = "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+é\n"
    box.run("patch", "validate", "-", stdin=wide)
    has(box.run("patch", "validate", "-", "--ascii", stdin=wide, status=65).output, "not_ascii")


def case_a_policy_says_where_its_values_are_from(box):
    folder = policies(box, g=({"level": "global"}, {"max_lines_changed": 300}),
                      f=({"level": "phase", "phase_id": "p2"}, {"max_lines_changed": 100}))
    shown = box.run("policy", "explain", "--policy", folder, "--phase", "p2").output
    has(shown, "max_lines_changed        100", "f.json", "the schema's default", "nobody")
    found = box.run("policy", "explain", "--policy", folder, "--json").json
    values = {entry["name"]: entry["value"] for entry in found["constraints"]}
    same(values["max_lines_changed"], 300)
    same([entry["level"] for entry in found["policies"]], ["global"])
    same(len({entry["name"] for entry in found["constraints"]}), 11, "constraints")


def case_policies_that_contradict_or_break_stop_every_patch(box):
    folder = policies(box, g=({"level": "global"}, {"max_lines_changed": 300}),
                      f=({"level": "phase", "phase_id": "p2"}, {"max_lines_changed": 500}))
    error = box.run("patch", "validate", "-", "--policy", folder, "--phase", "p2",
                    stdin=SECTION.format("x"), status=78).errors
    has(error, "f.json", "g.json", "300", "500", "tighten")
    box.run("patch", "validate", "-", "--policy", folder, "--issue", "B-1",
            stdin=SECTION.format("x"))
    box.path("policies/z.json", "// a comment\n{}")
    error = box.run("policy", "explain", "--policy", folder, "--json", status=78).error
    has(error["message"], "z.json")
    has(error["hint"], "comments")
    box.run("policy", "explain", "--policy", box.path("nowhere"), status=66)


REQUEST = "01KAPB3XNT4N8J207R1DBFRF6D"


def git(path, *arguments):
    words = ["git", "-C", path, "-c", "user.name=n", "-c", "user.email=e@x", *arguments]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout.decode()


def repository(box):
    """A repository with one commit, and the diff of a change in its work tree."""
    path = box.path("repository")
    os.mkdir(path)
    git(path, "init", "-q")
    box.path("repository/x", "old\n")
    git(path, "add", "x")
    git(path, "commit", "-qm", "one")
    box.path("repository/x", "new\n")
    return path, git(path, "diff")


def create(box, path, diff, *more, status=0, request=REQUEST):
    return box.run("patch", "create", "-", "--tool", "aider", "--request", request, "--project",
                   "billing", "--repo", path, *more, stdin=diff, status=status)


def case_a_diff_becomes_an_artifact(box):
    path, diff = repository(box)
    receipt = create(box, path, diff, "--phase", "p2", "--summary", "new for old", "--issue", "B-1",
                     "--json").json
    same(receipt["type"], "patch_created")
    event = box.run("show", "1", "--json").json
    payload = event["payload"]
    artifact = payload["artifact"]
    same("patch-" + artifact["patch_id"], receipt["stream"])
    same(artifact["scope"], {"files_touched": ["x"], "line_insertions": 1, "line_deletions": 1,
                             "hunks": 1})
    same(artifact["diff_text"], diff)
    same(artifact["base_commit"], git(path, "rev-parse", "HEAD").strip())
    same([payload["phase_id"], artifact["origin"]["phase_id"], payload["issue_ref"]],
         ["p2", "p2", "B-1"])
    box.path("artifact.json", json.dumps(artifact))
    box.run("schema", "check", "--schema", "patch_artifact.v1", box.path("artifact.json"))
    again = create(box, path, diff, "--json").json
    same([again["duplicate"], again["stream"]], [True, receipt["stream"]])
    other = create(box, path, diff, "--json", request="01KAPB3XNT4N8J207R1DBFRF6E").json
    same(other["duplicate"], False)
    same(len(box.run("project", "patches", "--json").json), 2)


def case_what_is_no_patch_is_not_taken(box):
    path, diff = repository(box)
    for text in ("", "hello\n", "--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n"):
        create(box, path, text, status=65)
    create(box, path, b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+\xff\n", status=65)
    has(create(box, box.home, diff, status=65).errors, "no work tree")
    has(create(box, ".", diff, status=65).errors, f"{box.home} is no work tree")
    create(box, path, diff, "--prompt", "x", status=64)
    create(box, path, diff, request="x", status=64)
    create(box, path, diff, "--dry-run")
    same(os.path.exists(box.log), False, "a log")
    warned = create(box, path, diff + SECTION.format(".git/x"))
    has(warned.errors, "faults", "line 8")


def asked(scope):
    """An execution request."""
    return {"request_id": REQUEST, "project_id": "billing", "phase_id": "p2", "task_kind": "fix",
            "classification": {}, "resource_scope": scope, "routing": {"strategy": "fixed"}}


def request(box, scope, **constraints):
    """What a tool is asked for: paths that it may write, and limits."""
    document = asked(scope) | {"constraints": constraints}
    box.append("execution_requested", "--data", json.dumps({"request": document}))


def created(box, *sections):
    """The id of a new patch."""
    receipt = create(box, repository(box)[0], "".join(map(SECTION.format, sections)), "--json")
    return receipt.json["stream"].removeprefix("patch-")


def entry(box, patch):
    return box.run("project", "patches", "--key", patch, "--json").json[0]


#
def case_a_patch_of_the_ledger_takes_its_verdict(box):
    request(box, {"write": ["src/**"]})
    patch = created(box, "src/x")
    receipt = box.run("patch", "validate", patch, "--json").json
    same(receipt["type"], "patch_validated")
    same(entry(box, patch)["state"], "validated")
    policy = box.events("--stream", f"patch-{patch}")[-1]["payload"]["policy"]
    same([policy["max_lines_changed"], policy["tests_required"], policy["min_reviewers"]],
         [500, False, 0])
    has(box.run("patch", "validate", patch, status=65).errors, "can't become validated")
    box.run("patch", "validate", "01KAPB3XNT4N8J207R1DBFRF6Z", status=66)
    box.run("patch", "validate", patch, "--project", "x", status=64)


def case_a_patch_outside_of_its_request_is_dropped(box):
    request(box, {"write": ["src/**"], "forbidden": ["src/secret/**"]}, max_lines_changed=3)
    box.append("phase_declared", "--data", json.dumps({"spec": {
        "phase_id": "p2", "name": "Two", "category": "core_dev",
        "resource_scope": {"type": "files"}, "acceptance": {"mode": "all", "checks": []},
        "constraints": {"patch": {"max_files_changed": 2}, "behavior": {"ascii_only": True}}}}))
    patch = created(box, "src/a", "src/secret/b", "lib/é")
    shown = box.run("patch", "validate", patch, status=65).output
    has(shown, "at most 3 are allowed by request", "at most 2 are allowed by phase p2",
        "src/secret/b is forbidden", "lib/é is not among the files that request", "not_ascii",
        "patch_dropped", "review_requested")
    dropped = entry(box, patch)
    same(dropped["state"], "dropped")
    checks = dropped["validation"]
    same([checks[name] for name in ("format_ok", "scope_ok", "constraints_ok")],
         [True, False, False])
    same(len(checks["validation_errors"]), 5)
    box.path("entry.json", json.dumps(dropped))
    box.run("schema", "check", "--schema", "patch_ledger_entry.v1", box.path("entry.json"))


def case_a_patch_whose_request_is_unknown_is_reported(box):
    patch = created(box, "core/x.py")
    has(box.run("patch", "validate", patch, "--dry-run").output, "request_unknown", "would store")
    same(box.run("project", "patches", "--json").json[0]["state"], "created")
    box.run("patch", "validate", patch)
    policy = box.events("--stream", f"patch-{patch}")[-1]["payload"]["policy"]
    same(policy["tests_required"], True)


def case_a_patch_is_shown_as_people_and_programs_want_it(box):
    patch = created(box, "src/x", "y")
    box.run("patch", "validate", patch)
    shown = box.run("patch", "show", patch).output
    has(shown, "state       validated", "tool        aider", f"request     {REQUEST} (unknown)",
        "format ok, scope ok, constraints ok", "src/x", "2 files touched")
    found = box.run("patch", "show", patch, "--json").json
    same([found["state"], found["diff"]["files_touched"]], ["validated", ["src/x", "y"]])
    same([event["type"] for event in found["history"]], ["patch_created", "patch_validated"])
    listed, = box.run("patch", "list", "--state", "validated", "--json").json
    same([listed["patch_id"], listed["tool_id"], listed["line_insertions"]], [patch, "aider", 2])
    same(box.run("patch", "list", "--state", "queued", "--json").json, [])
    has(box.run("patch", "list", "--state", "nowhere", status=64).errors, "queued")
    text = SECTION.format("src/x") + SECTION.format("y")
    same(box.run("patch", "diff", patch).output, text)
    same(len(box.run("patch", "list", "--diff", "-", "--json", stdin=text).json), 1)
    same(box.run("patch", "list", "--diff", "-", "--json", stdin=text[:-4] + "odd\n").json, [])
    has(box.run("patch", "diff", patch, "--color", "always").output, "\x1b[32m+new")
    back = box.run("patch", "diff", patch, "--reverse").output
    has(back, "-new\n+old")
    has(box.run("patch", "history", patch).output, "patch_validated")
    for verb in ("show", "diff", "history"):
        box.run("patch", verb, "01KAPB3XNT4N8J207R1DBFRF6Z", status=66)
        box.run("patch", verb, "x", status=64)


def case_a_quarantined_patch_comes_back_as_a_new_one(box):
    patch = created(box, "src/x")
    reason = ["--reason", "the same lines again"]
    folder = os.path.join(box.log, "quarantine")
    refused = box.run("patch", "quarantine", patch, *reason, status=65).errors
    has(refused, "can't become quarantined")
    same(os.path.exists(folder), False, "files of what was refused")
    box.run("patch", "validate", patch)
    box.run("patch", "quarantine", patch, *reason, "--dry-run")
    same(os.path.exists(folder), False, "files of a dry run")
    box.run("patch", "quarantine", patch, *reason)
    with open(os.path.join(folder, f"{patch}.patch"), encoding="utf-8") as file:
        same(file.read(), SECTION.format("src/x"))
    with open(os.path.join(folder, f"{patch}.reason.txt"), encoding="utf-8") as file:
        has(file.read(), patch, "the same lines again")
    # They may get lost, or never have been: an event alone writes none.
    os.remove(os.path.join(folder, f"{patch}.patch"))
    events = box.events()
    has(box.run("patch", "quarantine", patch, "--reason", "x").errors, "written anew")
    same([os.path.exists(os.path.join(folder, f"{patch}.patch")), box.events()], [True, events])
    kept = entry(box, patch)
    same([kept["state"], kept["quarantine"]["quarantine_path"]],
         ["quarantined", f"quarantine/{patch}.patch"])
    box.run("patch", "queue", patch, status=65)
    receipt = box.run("patch", "resubmit", patch, "--operator", "ana", "--reason", "seen", "--json")
    successor = receipt.json["stream"].removeprefix("patch-")
    same(entry(box, successor)["relations"]["replaces_patch_id"], patch)
    again = box.run("patch", "resubmit", patch, "--operator", "ben", "--reason", "x", "--json").json
    same([again["event_id"], again["duplicate"]], [receipt.json["event_id"], True])
    other = box.path("other.diff", SECTION.format("src/y"))
    another = box.run("patch", "resubmit", patch, other, "--operator", "ana", "--reason", "x",
                      "--json").json
    same([another["stream"] != receipt.json["stream"], another["duplicate"]], [True, False])
    same(box.run("patch", "diff", successor).output, SECTION.format("src/x"))
    box.run("patch", "drop", patch, "--reason", "replaced")
    # It is given up all the same, so who asks again gets the first receipt again.
    same(box.run("patch", "resubmit", patch, "--operator", "ana", "--reason", "x", "--json").json
         ["event_id"], receipt.json["event_id"])
    has(box.run("patch", "resubmit", successor, "--operator", "ana", "--reason", "x",
                status=65).errors, "neither quarantined nor dropped nor rolled back")
    box.run("patch", "validate", successor)
    box.run("patch", "queue", successor)
    same(entry(box, successor)["state"], "queued")
    has(box.run("verify").output, "INTACT")


def case_files_of_quarantined_patches_hold_no_secret(box):
    secret = "ghp_a8Kd92LmQpXz71RtYvBn45WsEjHc03FgUi6T"
    patch = created(box, "src/x")
    box.run("patch", "validate", patch)
    box.run("patch", "quarantine", patch, "--reason", f"has {secret}")
    folder = os.path.join(box.log, "quarantine")

    def texts():
        found = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[name] = file.read()
        return found

    same(sorted(texts()), [f"{patch}.patch", f"{patch}.reason.txt"])
    same([secret in text for text in texts().values()], [False, False])
    has(texts()[f"{patch}.reason.txt"], "reason has [")
    # One that was found late.
    text = SECTION.format("src/y").replace("+new", f"+{secret}")
    late = box.run("patch", "create", "-", "--tool", "aider", "--request", REQUEST, "--project",
                   "billing", "--repo", box.path("repository"), "--json", stdin=text,
                   UETLOG_SECRETS_MODE="off").json["stream"].removeprefix("patch-")
    box.run("patch", "validate", late, UETLOG_SECRETS_MODE="off")
    box.run("patch", "quarantine", late, "--reason", "x", UETLOG_SECRETS_MODE="off")
    has(texts()[f"{late}.patch"], secret)
    box.run("redact", "--from-scan", "--reason", "x", "--operator", "ana")
    same([secret in text for text in texts().values()], [False] * 4)
    # A link in the folder's place leads nobody elsewhere.
    elsewhere = box.path("elsewhere")
    os.makedirs(elsewhere)
    shutil.rmtree(folder)
    os.symlink(elsewhere, folder)
    has(box.run("patch", "quarantine", late, "--reason", "x", status=73).errors, "no directory")
    same(os.listdir(elsewhere), [])


def case_a_request_is_taken_from_its_document(box):
    document = asked({"write": ["src/**"]})
    path = box.path("request.json", json.dumps(document, indent=2))
    same(box.run("request", "create", path, "--json").json["stream"], f"request-{REQUEST}")
    same(box.events()[0]["payload"]["request"], document)
    patch = created(box, "lib/x")
    has(box.run("patch", "validate", patch, status=65).output, "files_scope_violation")
    del document["routing"]
    error = box.run("request", "create", "-", "--json", stdin=json.dumps(document), status=65).error
    has(error["expected"], "routing")
    box.run("request", "create", "-", stdin="{", status=65)
    box.run("request", "create", box.path("nowhere"), status=66)


def case_a_diff_comes_by_a_pipe_for_a_request_that_names_the_project(box):
    path, diff = repository(box)
    words = ["patch", "create", "--tool", "aider", "--request", REQUEST, "--repo", path]
    for before in [None, box.append("note", "text=x")]:
        error = box.run(*words, "--json", stdin=diff, status=64).error
        has(error["message"], f"does not know the request {REQUEST}")
        has(error["hint"], "--project")
    document = asked({"write": ["**"]})
    box.run("request", "create", stdin=json.dumps(document))
    box.run(*words, stdin=diff)
    same(box.events()[-1]["payload"]["project_id"], document["project_id"])
    same(box.run("patch", "inspect", "--numstat", stdin=diff).output, "1\t1\tx\0")


def claim(box, patch, status=0, stdin=None, arguments=(), **policy):
    """Says of a patch, as a program could, that it passed all checks."""
    payload = {"patch_id": patch, "validation": VALIDATION, "policy": box.policy() | policy}
    if stdin is None:
        return box.append("patch_validated", "--data", json.dumps(payload), *arguments,
                          status=status)
    drafts = [*stdin, {"type": "patch_validated", "payload": payload}]
    return box.lines(*drafts, arguments=arguments, status=status)


def draft_of(box):
    """The draft of a patch that touches what no patch may, as a line."""
    path, _ = repository(box)
    create(box, path, SECTION.format(".env"))
    event, = box.events()
    box.log = box.path("another log")
    return event["payload"]["artifact"]["patch_id"], {"type": event["type"],
                                                      "payload": event["payload"]}


def case_a_verdict_is_never_taken_on_trust(box):
    patch, created_first = draft_of(box)
    box.lines(created_first)
    error = claim(box, patch, status=65)
    has(error["message"], "does not pass its checks", ".env is forbidden")
    has(error["hint"], f"uetlog patch validate {patch}")
    claim(box, patch, status=65, stdin=[])
    claim(box, patch, status=65, stdin=[], arguments=["--atomic"])
    claim(box, patch, status=65, arguments=["--dry-run"])
    same(entry(box, patch)["state"], "created")
    # Not even when the patch comes with it.
    for arguments, stored in (([], 1), (["--atomic"], 0)):
        box.log = box.path("log" + "".join(arguments))
        claim(box, patch, status=65, stdin=[created_first], arguments=arguments)
        same(len(box.events()) if stored else os.path.exists(box.log), stored or False, "stored")
    # The control: what passes is taken, alone and together.
    box.log = box.path("good")
    box.patch("patch_validated")
    artifact = box.events()[0]["payload"]
    box.log = box.path("together")
    same(len(claim(box, PATCH, stdin=[{"type": "patch_created", "payload": artifact}],
                   arguments=["--atomic"]).lines), 2)
    box.run("verify", "--deep")


def case_a_verdict_under_a_weaker_policy_is_refused(box):
    box.patch()
    for weaker, member in (({"max_lines_changed": 501}, "max_lines_changed"),
                           ({"max_apply_attempts": 4}, "max_apply_attempts"),
                           ({"digest": "0" * 16}, "digest"), ({"policy_ids": []}, "policy_ids")):
        error = claim(box, PATCH, status=65, **weaker)
        same(error["pointer"], f"/policy/{member}")
    os.makedirs(box.path("config/patch_policies"))
    old = box.policy()
    box.path("config/patch_policies/g.json", json.dumps(
        {"patch_policy_id": "g", "scope": {"level": "global"},
         "constraints": {"min_reviewers": 2, "require_issue_ref": False}}))
    same(claim(box, PATCH, status=65, **old)["pointer"], "/policy/digest")
    box.path("config/patch_policies/g.json", "{")
    claim_old = json.dumps({"patch_id": PATCH, "validation": VALIDATION, "policy": old})
    box.append("patch_validated", "--data", claim_old, status=78)
    # Whoever has nothing to do with patches does not look.
    box.append("note", "text=x")
    box.lines({"type": "note", "payload": {"text": "x"}})
    os.remove(box.path("config/patch_policies/g.json"))
    claim(box, PATCH, max_lines_changed=400)


def case_patches_that_go_round_in_circles_are_dropped(box):
    path, _ = repository(box)
    folder = box.path("config/patch_policies")
    os.makedirs(folder)
    box.path("config/patch_policies/g.json", json.dumps(
        {"patch_policy_id": "g", "scope": {"level": "global"},
         "constraints": {"min_reviewers": 0, "require_issue_ref": False, "oscillation_window": 5,
                         "oscillation_threshold": 3}}))
    forth = SECTION.format("x")
    back = forth.replace("-old\n+new", "-new\n+old")

    def made(diff, number, *more):
        receipt = create(box, path, diff, "--workstream", "ws-1", "--json", *more,
                         request=ulid(number)).json
        return receipt["stream"].removeprefix("patch-"), receipt["duplicate"]

    first, _ = made(forth, 1)
    box.run("patch", "validate", first)
    # The same answer to the same request is no second patch, another request's is.
    same(made(forth, 1), (first, True))
    second, is_duplicate = made(forth, 2)
    same([second != first, is_duplicate], [True, False])
    same(box.events("--stream", f"patch-{second}")[0]["payload"]["same_content_as"], first)
    box.run("patch", "validate", second)
    third, _ = made(back, 3)
    # One that says what it takes back is not counted against that patch, but against all others.
    meant, _ = made(back, 4, "--rollback-of", second)
    found = box.run("patch", "validate", third, status=65).output
    has(found, "oscillation", f"patch-{second}", "ws-1")
    same([entry(box, third)["state"], entry(box, third)["validation"]["constraints_ok"]],
         ["dropped", False])
    box.run("patch", "validate", made(SECTION.format("y"), 5)[0])
    has(box.run("patch", "validate", meant, status=65).output, "oscillation")


def case_a_patch_of_an_unknown_request_can_be_refused(box):
    patch = created(box, "src/x")
    settings = {"UETLOG_PATCH_UNKNOWN_REQUEST": "refuse"}
    found = box.run("patch", "validate", patch, "--dry-run", status=65, **settings).output
    has(found, "request_unknown", "scope failed")
    box.run("patch", "validate", patch, "--dry-run")
    request(box, {"write": ["src/**"]})
    # And so can one of a phase that nobody declared, which the request names.
    has(box.run("patch", "validate", patch, "--dry-run", status=65, **settings).output,
        "phase_unknown", "scope failed")
    has(box.run("patch", "validate", patch, "--dry-run").output, "phase_unknown")
    box.append("phase_declared", "--data", json.dumps({"spec": {
        "phase_id": "p2", "name": "Two", "category": "core_dev",
        "resource_scope": {"type": "files"}, "acceptance": {"mode": "all", "checks": []},
        "constraints": {}}}))
    box.run("patch", "validate", patch, **settings)


def case_a_request_may_not_ask_for_more_than_its_phase(box):
    request(box, {"write": ["src/**", "lib/**"]}, max_lines_changed=50)
    box.append("phase_declared", "--data", json.dumps({"spec": {
        "phase_id": "p2", "name": "Two", "category": "core_dev",
        "resource_scope": {"type": "files", "write": ["src/**"]},
        "acceptance": {"mode": "all", "checks": []},
        "constraints": {"patch": {"max_lines_changed": 40}}}}))
    found = box.run("patch", "validate", created(box, "src/x"), status=65).output
    has(found, "files_scope_violation", 'wants to write "lib/**"', "constraint_weakened",
        "allows 50 changed lines", "scope failed, constraints failed")


CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
COMMIT, SECONDS = "f" * 40, 1_795_449_600


def id_of_commit(purpose):
    """The id that an import makes of a commit, which anybody can work out."""
    digest = hashlib.sha256(f"uetlog/git/v1/{purpose}/{COMMIT}".encode()).digest()[:16]
    number = SECONDS * 1000 << 80 | int.from_bytes(digest, "big") & ((1 << 80) - 1)
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))


def case_a_verdict_with_the_ids_of_an_import_takes_a_patch_nowhere(box):
    path, _ = repository(box)
    at = datetime.datetime.fromtimestamp(SECONDS, datetime.timezone.utc)
    patch = id_of_commit("patch")
    artifact = {"patch_id": patch, "format": "unified_diff", "target_repo": path,
                "origin": {"execution_request_id": REQUEST, "tool_id": "t", "tool_run_id": COMMIT,
                           "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")},
                "diff_text": "--- /dev/null\n+++ b/.env\n@@ -0,0 +1 @@\n+x\n"}
    box.lines({"type": "patch_created", "payload": {"project_id": "p", "artifact": artifact}},
              {"type": "patch_validated", "event_id": id_of_commit("patch_validated"),
               "payload": {"patch_id": patch, "validation": VALIDATION,
                           "policy": {"digest": "0" * 16, "policy_ids": []}}})
    error = box.run("patch", "run", patch, "--repo", path, "--json", status=65).error
    has(error["message"], "was imported", "nobody has judged it")
    box.run("patch", "queue", patch, status=65)
    for later in ("patch_queued", "patch_apply_succeeded"):
        box.lines({"type": later, "event_id": id_of_commit(later), "payload": {"patch_id": patch}})
    same(entry(box, patch)["state"], "applied")
    box.run("patch", "run", patch, "--repo", path, "--json", status=65)
    box.run("patch", "commit", patch, "--repo", path, status=65)
    same(git(path, "log", "--format=%s").splitlines(), ["one"])
    same(os.path.exists(os.path.join(path, ".env")), False, "the file")
    # The way on leads to somebody who judges it.
    box.run("patch", "rollback", patch, "--repo", path, "--reason", "unjudged")
    again = box.run("patch", "resubmit", patch, "--operator", "ana", "--reason", "x", "--json").json
    has(box.run("patch", "validate", again["stream"].removeprefix("patch-"), status=65).output,
        ".env is forbidden")


def strict(box, path):
    """Gives a repository a policy that forbids x and wants two reviewers."""
    os.makedirs(os.path.join(path, "config/patch_policies"))
    with open(os.path.join(path, "config/patch_policies/g.json"), "w", encoding="utf-8") as file:
        json.dump({"patch_policy_id": "own", "scope": {"level": "global"},
                   "constraints": {"forbid_touching_paths": ["x"], "min_reviewers": 2,
                                   "require_issue_ref": False}}, file)


def case_the_place_where_one_stands_chooses_no_policy(box):
    path, diff = repository(box)
    strict(box, path)
    # In the repository's own log, and in one that belongs to nobody.
    for log in (os.path.join(path, ".git/uetlog"), box.path("log")):
        box.log = log
        patch = create(box, path, diff, "--json").json["stream"].removeprefix("patch-")
        has(box.run("patch", "validate", patch, "--dry-run", status=65).output, "x is forbidden")
        record = box.policy()
        payload = {"patch_id": patch, "validation": VALIDATION, "policy": record}
        error = box.append("patch_validated", "--data", json.dumps(payload), status=65)
        has(error["message"], "x is forbidden")
        line = json.dumps({"type": "patch_validated", "payload": payload}) + "\n"
        for arguments in ([], ["--atomic"]):
            box.run("append", *arguments, "--json", stdin=line, status=65)
        has(box.run("patch", "run", patch, "--repo", path, status=65).output, "refused")
    # The control: what a log outside and a patch of an unknown place are judged by is found here.
    box.log = box.path("another")
    box.patch("patch_validated")


def case_a_lax_repository_loosens_nothing_for_the_log(box):
    path, _ = repository(box)
    strict(box, path)
    lax = box.path("lax")
    os.makedirs(os.path.join(lax, "config/patch_policies"))
    box.path("lax/config/patch_policies/g.json", json.dumps(
        {"patch_policy_id": "lax", "scope": {"level": "global"},
         "constraints": {"require_issue_ref": False, "min_reviewers": 0, "max_lines_changed": 1}}))
    git(lax, "init", "-q")
    box.log = os.path.join(path, ".git/uetlog")
    patch = create(box, lax, SECTION.format("x"), "--json").json["stream"].removeprefix("patch-")
    found = box.run("patch", "validate", patch, "--dry-run", "--json", status=65)
    has(found.output, "x is forbidden", "too_many_lines")


def case_people_who_review_are_told_apart(box):
    box.patch("patch_created")
    record = box.policy() | {"min_reviewers": 2}
    step = {"patch_id": PATCH, "validation": VALIDATION, "policy": record}
    box.append("patch_validated", "--data", json.dumps(step))

    def review(number, by, decision="approve"):
        box.append("review_requested", "--data", json.dumps(
            {"review_id": f"R{number}", "subject": f"patch-{PATCH}", "summary": "s",
             "options": [{"decision": "approve", "text": "take it"}]}))
        box.append("review_decided", f"review_id=R{number}", f"decision={decision}",
                   f"by={by}")

    def queue(status=65):
        return box.append("patch_queued", f"patch_id={PATCH}", status=status)
    for number, name in enumerate(("bob", "bob ", "Bob", "aider", "AIDER")):
        review(number, name)
    error = queue()
    same([error["expected"], error["actual"]], ["2", "1"])
    review(10, "ann")
    review(11, "ann", "reject")
    has(queue()["message"], "rejected in a review")
    review(12, "ann")
    queue(0)
    box.run("verify", "--deep")


def case_a_patch_that_was_given_up_says_how_to_go_on(box):
    path, diff = repository(box)
    folder = policies(box, g=({"level": "global"}, {"require_issue_ref": True}))
    judged = ["--policy", folder]
    patch = create(box, path, diff, "--json").json["stream"].removeprefix("patch-")
    box.run("patch", "validate", patch, *judged, status=65)
    same(entry(box, patch)["state"], "dropped")
    told = create(box, path, diff, "--issue", "I-1")
    has(told.output, "already stored")
    has(told.errors, f"patch-{patch}, which is dropped", "its issue is none, not I-1",
        f"uetlog patch resubmit {patch}")
    again = box.run("patch", "resubmit", patch, "--operator", "ana", "--reason", "the issue",
                    "--issue", "I-1", "--json").json
    successor = again["stream"].removeprefix("patch-")
    same([again["duplicate"], box.events("--stream", again["stream"])[0]["payload"]["issue_ref"]],
         [False, "I-1"])
    box.run("patch", "validate", successor, *judged)
    # The control: a patch that is on its way needs no such hint.
    same(box.run("patch", "resubmit", patch, "--operator", "ana", "--reason", "x").errors, "")


def case_a_stored_event_is_never_told_as_not_written(box):
    path, diff = repository(box)
    git(path, "checkout", "-q", "x")
    request_file = box.path("request.json", json.dumps(asked({"write": ["**"]})))

    def into_full(*words, stdin=""):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [program.binary(), *words], input=stdin.encode(), stdout=full,
                stderr=subprocess.PIPE, cwd=box.home, timeout=60, check=False,
                env=program.surroundings(box.home, UETLOG=box.log))
        return done.returncode

    same(into_full("request", "create", request_file), 71, "request create")
    same(into_full("patch", "create", "-", "--tool", "t", "--request", REQUEST, "--project",
                   "billing", "--repo", path, stdin=diff), 71, "patch create")
    same(len(box.events()), 2, "events")
    patch = box.events()[1]["stream"].removeprefix("patch-")
    same(into_full("patch", "validate", patch), 71, "patch validate")
    same(into_full("patch", "queue", patch), 71, "patch queue")
    same(into_full("patch", "run", patch, "--repo", path), 71, "patch run")
    other = create(box, path, SECTION.format("y"), "--json").json["stream"].removeprefix("patch-")
    same(into_full("patch", "drop", other, "--reason", "r"), 71, "patch drop")
    same(entry(box, other)["state"], "dropped")
    # The control: what stores nothing says that it could not write.
    same(into_full("patch", "list"), 73, "patch list")
    same(into_full("patch", "drop", other, "--reason", "r"), 65, "a refusal")


def case_the_verdict_of_a_stored_patch_is_told_to_programs(box):
    patch = created(box, "src/x")
    request(box, {"write": ["lib/**"]})
    found = box.run("patch", "validate", patch, "--json", status=65).json
    same([found["type"], found["format_ok"], found["scope_ok"], found["constraints_ok"]],
         ["patch_validation_failed", True, False, True])
    same([problem["code"] for problem in found["problems"]],
         ["files_scope_violation", "phase_unknown"])
    box.run("patch", "validate", patch, "--doc", ulid(1), status=64)
    has(box.run("patch", "validate", patch, "--doc", ulid(1), status=64).errors, "--doc is for files")


def case_blanks_are_no_issue(box):
    folder = policies(box, g=({"level": "global"}, {"require_issue_ref": True}))
    judged = ["patch", "validate", "-", "--policy", folder]
    for issue in ("", "  ", "\t"):
        has(box.run(*judged, "--issue", issue, stdin=SECTION.format("x"), status=65).output,
            "issue_ref_missing")
    box.run(*judged, "--issue", " I-1 ", stdin=SECTION.format("x"))


def case_a_verdict_of_very_many_problems_fits(box):
    names = [f"src/{'d' * 60}/{number}" for number in range(3000)]
    folder = policies(box, g=({"level": "global"},
                              {"forbid_touching_paths": ["glob:src/**"], "require_issue_ref": False}))
    patch = created(box, *names)
    box.run("patch", "validate", patch, "--policy", folder, status=65)
    kept = entry(box, patch)
    same(kept["state"], "dropped")
    has(kept["validation"]["validation_errors"][-1], "… and ", " more")


def case_the_same_request_is_taken_once(box):
    path = box.path("request.json", json.dumps(asked({"write": ["src/**"]})))
    first = box.run("request", "create", path, "--json").json
    again = box.run("request", "create", path, "--json").json
    same([again["event_id"], again["duplicate"]], [first["event_id"], True])
    other = box.path("other.json", json.dumps(asked({"write": ["lib/**"]})))
    box.run("request", "create", other, status=65)
