"""Names that people mistype, and names that have to agree."""
import csv
import io
import json

from box import RUN, has, same


def fields(value, path=""):
    """The fields of an entry that are values or lists of values, by name, as text."""
    for key, inner in value.items():
        name = f"{path}{key}"
        if isinstance(inner, dict):
            yield from fields(inner, name + ".")
        elif isinstance(inner, list):
            if not any(isinstance(element, dict) for element in inner):
                yield name, ", ".join(map(str, inner))
        else:
            yield name, ("" if inner is None else json.dumps(inner) if isinstance(inner, bool)
                         else str(inner))


def story(box):
    box.append("run_created", f"run_id={RUN}", "project_id=billing", "phase_id=PH",
               "origin.trigger_type=ci", "--run", RUN)
    box.worker("w1")
    box.append("worker_error", "worker_id=w1", "error=it broke")
    box.append("worker_heartbeat", "worker_id=w1", "progress=1")
    box.task("T1", "w1")
    box.append("task_progress", "task_id=T1", "progress=0.5", "note=half")
    box.append("task_failed", "task_id=T1", "failure_kind=crash", "error_message=it broke, twice")
    box.append("task_created", "task_id=T2", "name=Then", "kind=implementation", "depends_on[]=T1",
               "depends_on[]=T0", "priority=3")
    box.append("budget_set", "scope=total", "limit_micro_usd=10000", "mode=warn")
    box.append("cost_charged", "charge_id=c1", "model=m", "input_tokens=7", "output_tokens=2",
               "amount_micro_usd=900", "task_id=T1", "--run", RUN)
    box.patch("patch_committed")


def exactly(text):
    """JSON with its fractions as they are written."""
    return json.loads(text, parse_float=str)


def case_a_field_has_one_name(box):
    """JSON keys, CSV headers, headings of tables and conditions."""
    story(box)
    now = ["--now", "2026-01-01T00:00:00Z"]
    for view in ("budget", "patches", "runs", "tasks", "workers"):
        entries = exactly(box.run("project", view, "--json", *now).output)
        text = box.run("project", view, "--format", "csv", *now).output
        rows = list(csv.DictReader(io.StringIO(text)))
        same(len(rows), len(entries), f"rows of {view}")
        for entry, row in zip(entries, rows):
            # Some objects are null where there is none.
            found = {name: text for name, text in fields(entry)
                     if not any(other.startswith(name + ".") for other in row)}
            same({name: text.lstrip("'") for name, text in row.items() if name in found},
                 found, f"fields of {view}")
            same([name for name, text in row.items() if text and name not in found], [], "others")
            for name, text in found.items():
                kept = box.run("project", view, "--json", "--where", f"{name}={text}", *now).output
                same(entry in exactly(kept), True, f"{view} where {name}={text}")
        heading = box.run("project", view, *now).output.splitlines()[0]
        names = {name.replace("_", " ") for name in rows[0]}
        rest = heading
        for name in sorted(names, key=len, reverse=True):
            rest = rest.replace(name, "")
        same(rest.strip(), "", f"words in the heading of {view} that are no field's")


def case_money_says_its_unit(box):
    story(box)
    has(box.run("project", "budget").output.splitlines()[0], "spent micro usd")
    total, = [row for row in box.run("project", "budget", "--json").json
              if row["scope"] == "total"]
    same((total["spent_micro_usd"], total["limit_micro_usd"], total["remaining_micro_usd"],
          total["reserved_micro_usd"]), (900, 10000, 9100, 0), "money")


def case_a_condition_on_no_field(box):
    story(box)
    for name in ("nope", "task", "last heartbeat", "spent"):
        error = box.run("project", "tasks", "--where", f"{name}=1", "--json", status=64).error
        has(json.dumps(error["allowed"]), "task_id", "last_error.message")


def case_a_name_that_the_log_does_not_know(box):
    story(box)
    other = "01KAPB3XNT4N8J207R1DBFRF6E"
    for words in (["--stream", "task-T9"], ["--stream", "nope-1"], ["--run", other],
                  ["--type", "task_fialed"], ["--type", "note", "--type", "nope"],
                  ["--category", "tsk"], ["--stream", "reservation-r1"]):
        for more in ([], ["--format", "jsonl"], ["--format", "cloudevents"], ["--backwards"]):
            same(box.run("replay", *words, *more, "--json", status=66).error["code"], "not_found",
                 f"code of {words}")
    same(box.run("replay", "--type", "task_fialed", "--json", status=66).error["allowed"],
         ["task_failed"], "suggestion")
    same(box.run("replay", "--category", "tsk", "--json", status=66).error["allowed"], ["task"],
         "suggestion")
    for words in (["--stream", "task-T9", "--to", "0"], ["--run", other], ["--phase", "nope"]):
        box.run("compensate", *words, "--reason", "r", status=66)
        box.run("compensate", *words, "--dry-run", status=66)


def case_a_known_name_without_events_in_reach(box):
    story(box)
    for words in (["--stream", "task-T1", "--to", "1"], ["--type", "saga_started"],
                  ["--category", "saga"], ["--category", "cost"], ["--category", "note"],
                  ["--run", RUN, "--type", "note"], ["--source", "nobody"]):
        box.run("replay", *words)
    same(box.run("replay", "--type", "saga_started").output, "", "events")
    box.run("compensate", "--stream", "task-T1", "--to", "99", "--reason", "r")


def case_a_follower_waits_for_a_stream_to_come(box):
    box.append("note", "text=first")
    process = box.start("replay", "--follow", "--stream", "worker-w1", "--format", "jsonl")
    box.append("worker_spawned", "worker_id=w1", "adapter_type=aider")
    same(json.loads(process.stdout.readline())["stream"], "worker-w1", "stream")
    process.kill()
    process.communicate(timeout=20)
    box.run("replay", "--follow", "--type", "task_fialed", status=66)


def case_a_command_that_there_is_not(box):
    for words in (["bogus"], ["help", "bogus"], ["schema", "bogus"], ["help", "schema", "bogus"]):
        error = box.run(*words, "--json", status=64).error
        has(error["message"], "uetlog " + " ".join(word for word in words if word != "help"))
    same(box.run("repaly", "--json", status=64).error["allowed"], ["replay"], "suggestion")
    has(box.run("help", "replay").output, "USAGE: uetlog replay")


def case_errors_of_the_parser_look_like_all_others(box):
    for words in (["replay", "--nope"], ["show"], ["replay", "--last", "many"]):
        has(box.run(*words, status=64).errors, "uetlog: ", "  hint: ", f"uetlog help {words[0]}")
        same(box.run(*words, "--json", status=64).error["code"], "usage", "code")


def case_a_type_whose_stream_no_event_can_name(box):
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "schema/events/build/build_finished.v1.json",
        "title": "build_finished", "description": "A build ended.", "type": "object",
        "additionalProperties": False, "required": ["build"],
        "properties": {"build": {"type": "object", "properties": {"id": {"type": "string"}}}},
        "x-uetlog": {"stream": "build-{nope}", "reversal": "none", "severity": "info"}}
    for stream, status in (("build-{nope}", 65), ("build-{build.nope}", 65),
                           ("build-{build.id}|build-{nope}", 65), ("build-{build.id}", 0)):
        schema["x-uetlog"]["stream"] = stream
        path = box.path("type.json", json.dumps(schema))
        done = box.run("schema", "add", path, "--json", status=status)
        if status:
            same(done.error["pointer"], "/x-uetlog/stream", "pointer")
