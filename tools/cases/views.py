"""What project prints: the present, or the past."""
import csv
import io
import json

from box import PATCH, RUN, has, same

VIEWS = ["budget", "patches", "runs", "tasks", "workers"]
NOW = ["--now", "2026-01-01T00:00:00Z"]


def rows(box, view, *words):
    return box.run("project", view, "--format", "json", *words).json


def story(box):
    box.append("run_created", f"run_id={RUN}", "project_id=billing", "--run", RUN)
    box.append("run_started", f"run_id={RUN}", "--run", RUN)
    box.worker("w1")
    box.worker("w2")
    box.task("T1", "w1")
    box.append("budget_set", "scope=total", "limit_micro_usd=10000", "mode=warn")
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=7", "output_tokens=2",
               "amount_micro_usd=900", "task_id=T1", "--run", RUN)
    box.patch("patch_committed")


def case_every_view_in_every_format(box):
    story(box)
    listed = box.run("project", "--list").output
    for view in VIEWS:
        has(listed, view)
        found = rows(box, view, *NOW)
        same(bool(found) and isinstance(found, list), True, f"{view} is an array with rows")
        same(box.run("project", view, "--format", "jsonl", *NOW).lines, found, f"{view} as lines")
        table = list(csv.reader(io.StringIO(box.run("project", view, "--format", "csv").output)))
        same(len(table), len(found) + 1, f"{view} as csv")
        same(len({len(row) for row in table}), 1, f"{view}: cells in each row")
        box.run("project", view)


def case_the_patch_ledger(box):
    story(box)
    patch, = rows(box, "patches")
    has(json.dumps(patch), PATCH, "committed", "validated")


def case_workers_and_their_health(box):
    story(box)
    box.append("worker_heartbeat", "worker_id=w1", "progress=1")
    by_name = {row["worker_id"]: row for row in rows(box, "workers")}
    same(by_name["w1"]["state"], "IDLE", "state")
    has(json.dumps(by_name["w2"]), "No heartbeat recorded")
    late = rows(box, "workers", "--now", "2200-01-01T00:00:00Z")
    same({row["healthy"] for row in late}, {False}, "healthy in the far future")


def case_one_row(box):
    story(box)
    has(box.run("project", "workers", "--key", "w2").output, "w2")
    box.run("project", "workers", "--key", "w9", status=66)
    box.run("project", "nothing", status=64)


def case_rows_by_a_field(box):
    story(box)
    same(len(rows(box, "workers", "--where", "worker_id=w2")), 1, "rows")
    same(len(rows(box, "workers", "--where", "state=BUSY")), 0, "rows")


def case_the_past(box):
    story(box)
    events = box.events("--stream", f"patch-{PATCH}")
    patch, = rows(box, "patches", "--at", str(events[1]["position"]))
    same(patch["state"], "validated", "state")
    same(rows(box, "patches", "--at", "1"), [], "before")


def case_the_past_is_not_watched(box):
    box.worker()
    for at in ("1", "-1h"):
        error = box.run("project", "workers", "--at", at, "--watch", "--json", status=64).error
        has(error["message"], "--at and --watch")


def case_a_view_equals_the_fold(box):
    story(box)
    before = {view: rows(box, view, *NOW) for view in VIEWS}
    box.run("project", "--rebuild")
    after = {view: rows(box, view, *NOW) for view in VIEWS}
    same(after, before, "views")
    box.run("verify")


def case_money(box):
    story(box)
    text = json.dumps(rows(box, "budget"))
    has(text, "900", "10000")


def case_rows_keep_to_the_documents_of_the_pipeline(box):
    story(box)
    for view, document in (("patches", "patch_ledger_entry"), ("runs", "run_record")):
        for number, row in enumerate(rows(box, view)):
            path = box.path(f"{view}-{number}.json", json.dumps(row))
            box.run("schema", "check", "--schema", f"schema/{document}.v1.json", path)


def case_watching_shows_each_change(box):
    box.worker("w1")
    process = box.start("project", "workers", "--watch", "--format", "json", *NOW)

    def next_shown():
        text = b""
        while True:
            text += process.stdout.readline()
            try:
                return json.loads(text)
            except ValueError:
                continue

    shown = [next_shown()]
    for name in ("w2", "w3"):
        box.append("worker_spawned", f"worker_id={name}", "adapter_type=aider")
        shown.append(next_shown())
    same([[row["worker_id"] for row in rows] for rows in shown],
         [["w1"], ["w1", "w2"], ["w1", "w2", "w3"]], "workers")
    process.stdout.close()
    same(process.wait(timeout=20), 0, "exit when nobody reads")
