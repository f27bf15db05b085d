"""Reverse events: plans, proofs and refusals."""
import json

from box import PATCH, RUN, has, same


def state(box, name="T1"):
    row, = box.run("project", "tasks", "--key", name, "--format", "json").json
    return row["state"]


def case_one_event(box):
    box.worker()
    box.task()
    last = box.append("task_completed", "task_id=T1")
    same(state(box), "completed", "before")
    done = box.run("compensate", "--event", last["event_id"], "--reason", "wrong task")
    same(state(box), "running", "after")
    has(done.output, "digest")
    reverse = box.events()[-1]
    same((reverse["type"], reverse["reverses"]), ("event_reversed", last["event_id"]), "reverse")
    box.run("verify")


def case_a_stream_back_to_a_revision(box):
    box.worker()
    box.task()
    before = box.run("project", "tasks", "--at", str(len(box.events()) - 2), "--format", "json")
    box.run("compensate", "--stream", "task-T1", "--to", "1", "--reason", "again")
    after = box.run("project", "tasks", "--format", "json")
    same([row["state"] for row in after.json], [row["state"] for row in before.json], "state")
    box.run("verify")


def case_a_dry_run_shows_the_plan(box):
    box.worker()
    box.task()
    count = len(box.events())
    done = box.run("compensate", "--stream", "task-T1", "--to", "1", "--reason", "x", "--dry-run")
    has(done.output, "would undo task_started", "task_assigned", "would prove task-T1 is pending")
    same("proved" in done.output, False, "a proof of what is not done")
    words = ["compensate", "--stream", "task-T1", "--to", "1", "--reason", "x", "--json"]
    planned = box.run(*words, "--dry-run").json
    same(len(box.events()), count, "events")
    done = box.run(*words).json
    for plan, proof in zip(planned["proofs"], done["proofs"], strict=True):
        same((plan["expected"], plan["would_hold"]), (proof["after"], True), "what was expected")
        same(("holds" in plan, "would_hold" in proof), (False, False), "words for both")


def case_a_reverse_event_is_not_reversed(box):
    box.worker()
    box.task()
    box.run("compensate", "--stream", "task-T1", "--to", "2", "--reason", "x")
    last = box.events()[-1]
    done = box.run("compensate", "--event", last["event_id"], "--reason", "x", "--json", status=65)
    same(done.error["code"], "rejected", "code")


def case_what_a_command_of_its_own_undoes(box):
    box.patch("patch_apply_succeeded")
    last = box.events("--stream", f"patch-{PATCH}")[-1]
    done = box.run("compensate", "--event", last["event_id"], "--reason", "x", "--json", status=65)
    has(done.error["hint"], f"uetlog patch rollback {PATCH}")


def case_money_stays_spent(box):
    box.append("run_created", f"run_id={RUN}", "project_id=p", "--run", RUN)
    charge = box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=1",
                        "output_tokens=1", "amount_micro_usd=900", "--run", RUN)
    box.run("compensate", "--run", RUN, "--reason", "x")
    has(box.run("project", "budget", "--format", "json").output, "900")
    box.run("compensate", "--event", charge["event_id"], "--reason", "charged twice")
    box.run("verify")


def case_a_reservation_is_open_again_when_its_charge_is_undone(box):
    box.append("cost_reserved", "reservation_id=r1", "model=m", "estimate_micro_usd=500",
               "--run", RUN)
    before = box.run("project", "budget", "--key", "total", "--format", "json").json
    charge = box.append("cost_charged", "charge_id=c1", "reservation_id=r1", "model=m",
                        "input_tokens=1", "output_tokens=1", "amount_micro_usd=400")
    done = box.run("compensate", "--event", charge["event_id"], "--reason", "charged twice")
    has(done.output, "settled → open", "proved reservation-r1 is open again")
    after = box.run("project", "budget", "--key", "total", "--format", "json").json
    same(after, before, "budget")
    box.append("cost_released", "reservation_id=r1")
    box.run("verify")


def case_what_later_events_stand_on_is_not_undone(box):
    for name, more in (("A", []), ("B", ['depends_on:=["A"]'])):
        box.append("task_created", f"task_id={name}", "name=n", "kind=implementation", *more)
    box.append("task_assigned", "task_id=A", "worker_id=w")
    box.append("task_started", "task_id=A")
    done = box.append("task_completed", "task_id=A")
    claim = box.append("task_assigned", "task_id=B", "worker_id=v")
    words = ["compensate", "--event", done["event_id"], "--reason", "x"]
    error = box.run(*words, "--json", status=65).error
    has(error["message"], f"task_assigned at position {claim['position']}", "task-A")
    box.run("compensate", "--event", claim["event_id"], "--reason", "x")
    box.run(*words)
    same(state(box, "A"), "running", "after")
    box.run("verify")


def case_the_command_that_undoes_is_one_that_works(box):
    """A hint names a command of this program, with the ids filled in."""
    box.patch("patch_apply_succeeded")
    last = box.events("--stream", f"patch-{PATCH}")[-1]
    done = box.run("compensate", "--event", last["event_id"], "--reason", "x", "--json", status=65)
    command = done.error["hint"].split("`")[1].replace("TEXT", "red").split()
    same(command[0], "uetlog", "program")
    box.run(*command[1:])
    row, = box.run("project", "patches", "--format", "json").json
    same(row["state"], "rolled_back", "state")
    box.append("worker_spawned", "worker_id=w1", "adapter_type=aider")
    box.append("worker_quarantined", "worker_id=w1", "reason=r")
    done = box.run("compensate", "--stream", "worker-w1", "--to", "0", "--reason", "x", "--json")
    command = done.json["left"][0]["command"]
    has(command, "worker_id=w1")
    same("{" in command, False, "template")


def case_a_run_without_events_is_no_run(box):
    box.append("run_created", f"run_id={RUN}", "project_id=p", "--run", RUN)
    same(len(box.run("project", "runs", "--format", "json").json), 1, "before")
    box.run("compensate", "--run", RUN, "--reason", "x")
    same(box.run("project", "runs", "--format", "json").json, [], "after")
