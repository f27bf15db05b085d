"""Forged rows: what someone who knows the format could do to a log of 40 events.

Each forgery takes a `Forger` and says the first position that is then wrong, or None when that is
no position.
"""
import hashlib
import struct
import subprocess

# Where an envelope has its length, its event id and its commitment.
LENGTH, EVENT_ID, COMMITMENT = slice(4, 6), slice(8, 24), slice(84, 116)
SALT_BYTES = 16


def key(position):
    return struct.pack("<Q", position)


class Forger:
    """Reads and changes the rows of a log behind the program's back."""

    def __init__(self, editor, box):
        self.editor, self.box = editor, box
        self.edits = []

    def rows(self, table):
        """The rows of a table: key to value."""
        text = subprocess.run([self.editor, self.box.log, "get", table], check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        pairs = (line.split() for line in text.splitlines())
        return {bytes.fromhex(name): bytes.fromhex(value.replace("-", "")) for name, value in pairs}

    def put(self, table, name, value):
        self.edits.append(f"put {table} {name.hex()} {value.hex() or '-'}")

    def delete(self, table, name):
        self.edits.append(f"del {table} {name.hex()}")

    def apply(self):
        subprocess.run([self.editor, self.box.log, "apply"], check=True,
                       input="\n".join(self.edits + [""]).encode())


def record(row):
    """The envelope, salt and payload of a row of `log`."""
    end = int.from_bytes(row[LENGTH], "little")
    return row[:end], row[end:end + SALT_BYTES], row[end + SALT_BYTES:]


def with_text(row, old, new, forged_commitment=False):
    envelope, salt, payload = record(row)
    payload = payload.replace(old, new)
    if forged_commitment:
        commitment = hashlib.sha256(b"\x02" + salt + payload).digest()
        envelope = envelope[:84] + commitment + envelope[116:]
    return envelope + salt + payload


def flipped(value, place):
    return value[:place] + bytes([value[place] ^ 1]) + value[place + 1:]


def delete_an_event(forger):
    forger.delete("log", key(20))
    return 20


def delete_an_event_and_its_id(forger):
    row = forger.rows("log")[key(20)]
    forger.delete("log", key(20))
    forger.delete("ids", b"\0" + row[EVENT_ID])
    return 20


def close_the_gap(forger):
    """The events after a deleted one move up."""
    rows = forger.rows("log")
    for position in range(20, 40):
        forger.put("log", key(position), rows[key(position + 1)])
    forger.delete("log", key(40))
    return 20


def exchange_two_events(forger):
    rows = forger.rows("log")
    forger.put("log", key(12), rows[key(13)])
    forger.put("log", key(13), rows[key(12)])
    return 12


def exchange_two_payloads(forger):
    first, second = (record(forger.rows("log")[key(position)]) for position in (14, 15))
    forger.put("log", key(14), first[0] + second[1] + second[2])
    forger.put("log", key(15), second[0] + first[1] + first[2])
    return 14


def replace_a_payload(forger):
    forger.put("log", key(16), with_text(forger.rows("log")[key(16)], b"secret", b"public"))
    return 16


def replace_a_payload_and_its_commitment(forger):
    row = with_text(forger.rows("log")[key(17)], b"secret", b"public", forged_commitment=True)
    forger.put("log", key(17), row)
    return 17


def remove_a_payload(forger):
    forger.put("log", key(18), record(forger.rows("log")[key(18)])[0])
    return 18


def change_an_envelope(forger):
    """The time at which an event was recorded."""
    forger.put("log", key(19), flipped(forger.rows("log")[key(19)], 56))
    return 19


def insert_an_event_at_the_end(forger):
    forger.put("log", key(41), forger.rows("log")[key(40)])
    return 41


def cut_the_end_off(forger):
    for position in range(38, 41):
        forger.delete("log", key(position))
    return 38


def change_a_piece_of_a_long_payload(forger):
    name, value = next(iter(forger.rows("chunks").items()))
    forger.put("chunks", name, flipped(value, 100))
    return int.from_bytes(name, "little") >> 12


def change_an_id_only(forger):
    row = forger.rows("log")[key(22)]
    name = b"\0" + row[EVENT_ID]
    forger.put("ids", name, key(23) + forger.rows("ids")[name][8:])
    return 22


def change_a_state_row_only(forger):
    name, value = sorted(forger.rows("state").items())[0]
    forger.put("state", name, flipped(value, len(value) - 1))
    return None


def change_a_name_only(forger):
    forger.put("names", b"task-T1", struct.pack("<Q", 40 * 16))
    return 3


def change_the_head(forger):
    """One event less, without its record."""
    head = forger.rows("main")[b".head"]
    forger.put("main", b".head", struct.pack("<Q", 39) + head[8:])
    return None


def change_the_tree(forger):
    head = forger.rows("main")[b".head"]
    forger.put("main", b".head", flipped(head, len(head) - 1))
    return None


KINDS = [delete_an_event, delete_an_event_and_its_id, close_the_gap, exchange_two_events,
         exchange_two_payloads, replace_a_payload, replace_a_payload_and_its_commitment,
         remove_a_payload, change_an_envelope, insert_an_event_at_the_end, cut_the_end_off,
         change_a_piece_of_a_long_payload, change_an_id_only, change_a_state_row_only,
         change_a_name_only, change_the_head, change_the_tree]
