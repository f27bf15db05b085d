"""What replay, show and trace print."""
import json
import os
import signal
import time

from box import RUN, has, same, ulid

OTHER_RUN = "01KAPB3XNT4N8J207R1DBFRF6E"


def story(box):
    box.append("run_created", f"run_id={RUN}", "project_id=billing", "--run", RUN)
    box.append("worker_spawned", "worker_id=w1", "adapter_type=aider", "--run", RUN)
    box.append("worker_idle", "worker_id=w1", "--run", RUN, "--label", "host=a")
    box.append("note", "text=elsewhere", "--run", OTHER_RUN, "--source", "codex")
    box.append("worker_heartbeat", "worker_id=w1", "progress=1", "--run", RUN)


def positions(box, *words):
    return [event["position"] for event in box.events(*words)]


def case_selections(box):
    story(box)
    same(positions(box), [1, 2, 3, 4, 5], "all")
    same(positions(box, "--run", RUN), [1, 2, 3, 5], "run")
    same(positions(box, "--stream", "worker-w1"), [2, 3, 5], "stream")
    same(positions(box, "--category", "worker"), [2, 3, 5], "category")
    same(positions(box, "--type", "note"), [4], "type")
    same(positions(box, "--source", "codex"), [4], "source")
    same(positions(box, "--from", "2", "--to", "4"), [2, 3, 4], "range")
    same(positions(box, "--last", "2"), [4, 5], "last")
    same(positions(box, "--backwards"), [5, 4, 3, 2, 1], "backwards")
    same(positions(box, "--label", "host=a"), [3], "label")


def case_by_time(box):
    story(box)
    recorded = [event["recorded_at"] for event in box.events()]
    same(positions(box, "--since", recorded[2]), [3, 4, 5], "since")
    same(positions(box, "--until", "2001-01-01T00:00:00Z"), [], "until long ago")
    same(positions(box, "--since", "2200-01-01T00:00:00Z"), [], "since the far future")


def case_a_timeline_for_people(box):
    story(box)
    has(box.run("replay").output, "worker_idle", "worker-w1", "SPAWNING", "IDLE")


def case_an_export_comes_back_byte_for_byte(box):
    story(box)
    box.append("note", "--data", '{"text":"\\u00e9 é","data":{"n":1.500,"e":1E2}}')
    export = box.run("replay", "--format", "jsonl").bytes
    has(export.decode(), "1.500", "1E2", "\\u00e9")
    box.log = box.path("copy")
    box.run("append", stdin=export)
    same(box.run("replay", "--format", "jsonl").bytes, export, "second export")


def case_cloud_events(box):
    story(box)
    for event in box.run("replay", "--format", "cloudevents").lines:
        same(event["specversion"], "1.0", "specversion")
        has(" ".join(event), "id", "source", "type")


def case_following_sees_what_comes(box):
    box.append("note", "text=first")
    process = box.start("replay", "--follow", "--format", "jsonl")
    same(json.loads(process.stdout.readline())["payload"]["text"], "first", "first")
    for number in range(3):
        box.append("note", f"text={number}")
        same(json.loads(process.stdout.readline())["payload"]["text"], str(number), "next")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)


def case_a_cursor_goes_on_where_it_was(box):
    box.append("note", "text=first")
    box.append("note", "text=second")
    words = ["replay", "--follow", "--cursor", "mirror", "--format", "jsonl"]
    process = box.start(*words)
    for _ in range(2):
        process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    box.append("note", "text=third")
    process = box.start(*words)
    texts = [json.loads(process.stdout.readline())["payload"]["text"]]
    while texts[-1] != "third":
        texts.append(json.loads(process.stdout.readline())["payload"]["text"])
    process.kill()
    process.communicate(timeout=20)
    same(texts[-1] == "third" and len(texts) <= 3, True, f"at least once: {texts}")


def case_show_by_position_and_by_id(box):
    receipt = box.append("note", "text=hello", "--id", ulid(5))
    for name in ("1", ulid(5)):
        has(box.run("show", name).output, "hello", "note-log", receipt["leaf"][:8])
    box.run("show", "2", status=66)
    box.run("show", ulid(6), status=66)


def case_trace_is_a_tree_of_causes(box):
    box.worker()
    box.task("T1")
    box.append("task_failed", "task_id=T1", "failure_kind=test", "error_message=assert 1 == 2",
               "--run", RUN)
    output = box.run("trace", RUN).output
    has(output, "task_failed", "task_created", "FIX-T1")


def case_statistics(box):
    story(box)
    has(box.run("stats").output, "5")
    numbers = box.run("stats", "--json").json
    has(json.dumps(numbers), "5")


def case_reading_leaves_no_trace(box):
    story(box)
    before = {name: os.stat(os.path.join(box.log, name)).st_mtime_ns
              for name in os.listdir(box.log) if name != "lock.mdb"}
    box.run("replay")
    box.run("stats")
    box.run("project", "workers")
    after = {name: os.stat(os.path.join(box.log, name)).st_mtime_ns
             for name in os.listdir(box.log) if name != "lock.mdb"}
    same(after, before, "files")
