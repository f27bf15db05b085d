"""Gates that wait for others, and patches that fail their checks."""
import json

from box import PATCH, VALIDATION, has, same, ulid

SUBJECT = "subject=task-T1"


def case_a_gate_waits_for_those_before_it(box):
    box.append("gate_declared", "gate_id=UNIT", "name=unit", "gate_type=unit_tests")
    box.append("gate_declared", "gate_id=LINT", "name=lint", "gate_type=lint")
    box.append("gate_declared", "gate_id=INT", "name=integration", "gate_type=integration_tests",
               'depends_on:=["UNIT","LINT"]')
    error = box.append("gate_started", "gate_id=INT", SUBJECT, status=65)
    same(error["code"], "rejected", "code")
    has(error["message"], "gate-UNIT/task-T1 (not run)", "gate-LINT/task-T1 (not run)")
    for gate in ("UNIT", "LINT"):
        box.append("gate_started", f"gate_id={gate}", SUBJECT)
        box.append("gate_passed", f"gate_id={gate}", SUBJECT)
    # Another subject has gates of its own.
    box.append("gate_started", "gate_id=INT", "subject=task-T2", status=65)
    box.append("gate_started", "gate_id=INT", SUBJECT)
    box.append("gate_started", "gate_id=UNIT", SUBJECT)
    error = box.append("gate_passed", "gate_id=INT", SUBJECT, status=65)
    has(error["message"], "gate-UNIT/task-T1 (running)")
    same("LINT" in error["message"], False, "a gate that has passed")
    box.append("gate_passed", "gate_id=UNIT", SUBJECT)
    box.append("gate_passed", "gate_id=INT", SUBJECT)
    box.run("verify")


def case_a_gate_that_depends_on_itself(box):
    error = box.append("gate_declared", "gate_id=G", "name=g", "gate_type=lint",
                       'depends_on:=["G"]', status=65)
    same(error["pointer"], "/depends_on", "pointer")


def fail_validation(box):
    payload = {"patch_id": PATCH, "policy": {"digest": "0" * 64},
               "validation": {**VALIDATION, "scope_ok": False,
                              "validation_errors": ["a/b is not in files_scope"]}}
    return box.append("patch_validation_failed", "--data", json.dumps(payload))


def case_a_patch_that_fails_its_validation_is_dropped(box):
    box.patch("patch_created")
    receipt = fail_validation(box)
    same([reaction["stream"].split("-")[0] for reaction in receipt["reactions"]],
         ["patch", "review"], "reactions")
    row, = box.run("project", "patches", "--key", PATCH, "--format", "json").json
    same(row["state"], "dropped", "state")
    dropped, request = box.events()[-2:]
    same((dropped["type"], request["type"]), ("patch_dropped", "review_requested"), "types")
    has(dropped["payload"]["reason"], "a/b is not in files_scope")
    box.append("patch_queued", f"patch_id={PATCH}", status=65)
    box.run("verify")


def case_a_drop_is_undone_with_the_failed_validation(box):
    box.patch("patch_created")
    receipt = fail_validation(box)
    box.run("compensate", "--event", receipt["event_id"], "--reason", "the policy was wrong")
    row, = box.run("project", "patches", "--key", PATCH, "--format", "json").json
    same(row["state"], "created", "state")
    box.append("patch_validated", "--data", json.dumps(
        {"patch_id": PATCH, "validation": VALIDATION, "policy": box.policy()}),
               "--id", ulid(9))
    box.run("verify")
