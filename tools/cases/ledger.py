"""Mistakes that other patch ledgers make, and what this one exports."""
import json

from box import PATCH, RUN, VALIDATION, has, same, ulid

LONG = "é\t\n" * 340


def request_of(patch):
    """Each patch has a request of its own: the same content for one request is the same patch."""
    return patch[:8] + "R" + patch[9:]


def artifact(patch=PATCH, **origin):
    return {
        "patch_id": patch, "format": "unified_diff", "target_repo": "repos/billing",
        "origin": {"execution_request_id": request_of(patch), "tool_id": "aider",
                   "created_at": "2025-11-22T09:15:08Z", **origin},
        "diff_text": "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-1\n+2\n"}


def create(box, patch=PATCH, status=0, made=None, **members):
    payload = {"project_id": "billing", "artifact": made or artifact(patch), **members}
    return box.append("patch_created", "--data", json.dumps(payload), "--run", RUN, status=status)


def step(box, kind, patch=PATCH, status=0, **payload):
    return box.append(kind, "--data", json.dumps({"patch_id": patch, **payload}), "--run", RUN,
                      status=status)


def entry(box, patch=PATCH, *words):
    return box.run("project", "patches", "--key", patch, *words, "--format", "json").json[0]


def judged(box, patch, kind="patch_validated", **checks):
    return step(box, kind, patch, validation={**VALIDATION, **checks},
                policy=box.policy() | {"max_apply_attempts": 2})


def awkward(box):
    """A patch for each end that one can come to."""
    for number in range(6):
        create(box, ulid(10 + number), **({"relations": {
            "replaces_patch_id": None, "rollback_of_patch_id": None, "chain_id": LONG[:100]}}
            if number == 0 else {}))
    judged(box, ulid(11), "patch_validation_failed", scope_ok=False,
           validation_errors=[LONG + "\u0007", "", "x" * 1000])
    for number in (12, 13, 14, 15):
        judged(box, ulid(number))
    step(box, "patch_quarantined", ulid(12), reason=LONG[:1000], path="quarantine/é \" \\.patch")
    for _ in range(2):
        step(box, "patch_queued", ulid(13))
        step(box, "patch_apply_failed", ulid(13), error_code="conflict", error_message=LONG[:1000])
    for number in (14, 15):
        step(box, "patch_queued", ulid(number))
        step(box, "patch_apply_started", ulid(number), workspace_path="/w/é")
        step(box, "patch_apply_succeeded", ulid(number), applied_files=["a", "b c"])
    step(box, "patch_rolled_back", ulid(14), reason=LONG[:1000])
    step(box, "patch_dropped", ulid(14), reason="r")
    step(box, "patch_verified", ulid(15), tests_ran=True, tests_passed=True)
    box.append("task_created", "task_id=T1", "name=n", "kind=k", "--run", RUN)
    box.append("tool_call_started", "tool_id=t", f"call_id={ulid(41)}",
               f"step_attempt_id={ulid(40)}", "--run", RUN)
    box.append("note", f"text={LONG}")


def check(box, schema, *documents, status=0):
    """Whether documents keep to one of the documents that pipelines exchange."""
    path = box.path(f"{schema}.jsonl", "".join(json.dumps(one) + "\n" for one in documents))
    return box.run("schema", "check", "--schema", f"schema/{schema}.v1.json", "--jsonl", path,
                   status=status)


# L-03, L-07, L-11
def case_what_is_exported_keeps_to_its_schema(box):
    awkward(box)
    entries = box.run("project", "patches", "--format", "json").json
    same([one["state"] for one in entries], ["created", "dropped", "quarantined", "apply_failed",
                                             "dropped", "verified"], "states")
    check(box, "patch_ledger_entry", *entries)
    for one in entries:
        for past in one["state_history"]:
            same(past.get("reason", "") is None, False, "a reason that is null")
    same([one for one in entries[5]["state_history"] if "reason" in one][1:], [], "reasons")
    # The control: what naive code would write is found in each of them.
    entries[5]["state_history"][1]["reason"] = None
    has(check(box, "patch_ledger_entry", *entries, status=65).output, ":6: /state_history/1/reason")
    made = [box.run("patch", "show", ulid(10 + number), "--json").json["artifact"]
            for number in range(6)]
    check(box, "patch_artifact", *made)
    made[0]["scope"] = None
    check(box, "patch_artifact", *made, status=65)


def case_events_of_runs_are_exported_as_run_events(box):
    awkward(box)
    done = box.run("replay", "--format", "runevents")
    documents = done.lines
    check(box, "run_event", *documents)
    events = box.events()
    kept = [event for event in events if event.get("run_id")]
    left = len(events) - len(kept)
    same(left > 0, True, "events of no run")
    has(done.errors, f"left out {left} events")
    same([one["event_id"] for one in documents], [event["event_id"] for event in kept])
    for one, event in zip(documents, kept, strict=True):
        if one["kind"] == event["type"]:
            same(one["payload"], event["payload"], "payload")
        else:
            same([one["kind"], one["payload"]],
                 ["note", {name: event[name] for name in ("type", "stream", "payload")}])
    call, = [one for one in documents if one["kind"] == "tool_call_started"]
    same(call["step_attempt_id"], ulid(40))
    one = box.run("replay", "--format", "runevents", "--stream", "task-T1").lines
    same([one[0]["kind"], one[0]["payload"]["type"]], ["note", "task_created"])
    documents[0]["source"] = "cli"
    has(check(box, "run_event", *documents, status=65).output, ":1: /source")


# L-02
def case_of_two_that_change_a_patch_at_once_one_wins(box):
    for number in range(6):
        patch = ulid(20 + number)
        create(box, patch)
        judged(box, patch)
        rivals = [box.start("append", "patch_queued", f"patch_id={patch}", "--json"),
                  box.start("append", "patch_quarantined", f"patch_id={patch}", "reason=r",
                            "--json")]
        ends = [rival.communicate(timeout=60) for rival in rivals]
        same(sorted(rival.returncode for rival in rivals), [0, 65], "exits")
        lost = 0 if rivals[0].returncode else 1
        won, wanted = ("quarantined", "queued") if lost == 0 else ("queued", "quarantined")
        error = json.loads(ends[lost][1].splitlines()[-1])["error"]
        same(error["code"], "rejected")
        has(error["message"], f"is {won} and can't become {wanted}")
        same([past["state"] for past in entry(box, patch)["state_history"]],
             ["created", "validated", won], "history")


# L-04, L-05, L-13, L-14, L-16
def case_a_creation_is_whole_or_nothing(box):
    def refused(code, pointer, **changes):
        payload = {"project_id": "billing", "artifact": artifact(), **changes}
        payload = {name: value for name, value in payload.items() if value is not None}
        error = box.append("patch_created", "--data", json.dumps(payload), status=65)
        same([error["code"], error.get("pointer", "")], [code, pointer])

    refused("violation", "/", project_id=None)
    refused("violation", "/artifact/origin/execution_request_id",
            artifact=artifact(execution_request_id="EX-1"))
    refused("violation", "/artifact/origin/prompt_id", artifact=artifact(prompt_id="x"))
    refused("violation", "/artifact/origin/worksteam_id", artifact=artifact(worksteam_id="typo"))
    refused("violation", "/worksteam_id", worksteam_id="typo")
    refused("rejected", "/workstream_id", workstream_id="B",
            artifact=artifact(workstream_id="A"))
    box.append("note", "text=a log")
    same([len(box.events()), box.run("project", "patches", "--format", "json").json], [1, []])
    create(box)
    # The same content for the same request is the same patch; its id for another one is taken.
    same(create(box)["duplicate"], True)
    error = create(box, made=artifact(execution_request_id=ulid(8)), status=65)
    same(error["code"], "rejected")
    has(error["message"], f"patch-{PATCH} is created and can't become created")
    same([len(box.events()), entry(box)["project_id"]], [2, "billing"])


# L-15, L-17
def case_where_a_patch_is_from_is_kept(box):
    origin = {"prompt_id": ulid(2), "phase_id": "p2", "workstream_id": "ws", "tool_run_id": "r-7"}
    relations = {"replaces_patch_id": ulid(3), "rollback_of_patch_id": ulid(4), "chain_id": "c"}
    made = artifact(**origin)
    create(box, made=made, relations=relations)
    shown = box.run("patch", "show", PATCH, "--json").json
    same([shown["artifact"], shown["relations"]], [made, relations])
    kept = entry(box)
    same([kept[name] for name in ("phase_id", "workstream_id", "execution_request_id", "relations")],
         ["p2", "ws", request_of(PATCH), relations])


# L-06, L-12, L-18
def case_each_step_is_one_event(box):
    create(box)
    judged(box, PATCH)
    step(box, "patch_quarantined", reason="r", path="quarantine/p.patch")
    step(box, "patch_dropped", reason="gone")
    events = box.events("--stream", f"patch-{PATCH}")
    for count, event in enumerate(events, 1):
        then = entry(box, PATCH, "--at", str(event["position"]))
        same([len(then["state_history"]), "quarantine" in then], [count, count > 2], "the past")
        if count > 2:
            same([then["quarantine"]["is_quarantined"], then["quarantine"]["quarantine_reason"]],
                 [then["state"] == "quarantined", "r"])
    same([past["at"] for past in entry(box)["state_history"]], [event["ts"] for event in events])


# L-09, L-10, V-14, V-15
def case_verdicts_and_tests_come_in_their_place(box):
    checks = {"validation": VALIDATION, "policy": box.policy()}
    error = step(box, "patch_validated", status=65, **checks)
    has(error["message"], "does not exist")
    box.run("patch", "validate", PATCH, status=66)
    box.patch("patch_apply_succeeded")
    error = step(box, "patch_verified", status=65, tests_ran=False, tests_passed=True)
    same([error["code"], error["pointer"]], ["rejected", "/tests_passed"])
    step(box, "patch_verified", tests_ran=True, tests_passed=True)
    step(box, "patch_committed", commit_sha="0" * 40)
    create(box, ulid(5))
    tested = {**VALIDATION, "tests_passed": True}
    error = step(box, "patch_validated", ulid(5), 65, policy=checks["policy"], validation=tested)
    same([error["code"], error["pointer"]], ["rejected", "/validation/tests_passed"])
    step(box, "patch_dropped", ulid(5), reason="r")
    for patch, state in ((PATCH, "committed"), (ulid(5), "dropped")):
        error = step(box, "patch_validated", patch, 65, **checks)
        has(error["message"], f"is {state} and can't become validated")
        step(box, "patch_validation_failed", patch, 65, **checks)
    same([entry(box)["validation"][name] for name in ("tests_ran", "tests_passed")], [True, True])


# V-12
def case_a_patch_without_measures_is_measured(box):
    create(box)
    found = box.run("patch", "validate", PATCH, "--dry-run").output
    has(found, "format ok, scope ok, constraints ok")
    made = artifact(ulid(5))
    made["diff_text"] = "hello\n"
    create(box, ulid(5), made=made)
    has(box.run("patch", "validate", ulid(5), "--dry-run", status=65).output, "not_a_diff")


# L-20, L-21
def case_entries_are_found_by_their_fields(box):
    create(box)
    create(box, ulid(5), project_id="other", phase_id="p2")
    create(box, ulid(6), made=artifact(ulid(6), execution_request_id=ulid(7)))

    def found(*words):
        rows = box.run("project", "patches", *words, "--format", "json").json
        return sorted(row["patch_id"] for row in rows)

    same(found("--where", "project_id=other"), [ulid(5)])
    same(found("--where", "phase_id=p2"), [ulid(5)])
    same(found("--where", f"execution_request_id={ulid(7)}"), [ulid(6)])
    same(found("--where", "project_id=billing"), sorted([PATCH, ulid(6)]))
    same(len(entry(box)["state_history"][0]["at"]) >= 20, True, "when it was created")
    # No state, no patch, no id: three errors.
    has(box.run("patch", "list", "--state", "valid", status=64).errors, "validated")
    box.run("patch", "show", ulid(9), status=66)
    box.run("patch", "show", "x", status=64)


# L-07
def case_an_extended_ledger_has_more_ways(box):
    def try_out(profile, status):
        with_profile = {"UETLOG_LEDGER_PROFILE": profile}
        box.log = box.path(profile)
        create(box)
        done = box.run("append", "patch_quarantined", f"patch_id={PATCH}", "reason=r", "--json",
                       status=status, **with_profile)
        return done.json if status == 0 else done.error
    same(try_out("default", 65)["allowed"], ["validated", "dropped"])
    try_out("extended", 0)
    same(entry(box)["state"], "quarantined")
    # Who decides by the default profile does not hold it against the log.
    has(box.run("verify", "--deep").output, "other settings")
    has(box.run("verify", "--deep", UETLOG_LEDGER_PROFILE="extended").output, "INTACT")
    box.run("append", "patch_created", UETLOG_LEDGER_PROFILE="other", status=78)
    has(box.run("config", "show").output, "UETLOG_LEDGER_PROFILE")
    has(json.dumps(box.run("config", "show", "--json").json), "ledger.profile")
