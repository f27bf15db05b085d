// The tables that uetlog changes for an event, without what it does for it: no check, no hash, no
// state. A put each of the event, its id, two rows and the head; now and then a tree node. Rows are
// as long as uetlog's, and so is what stands before a payload.
#include <stdio.h>

#include "store.h"

enum { envelope = 190, id_length = 17, entry_length = 24, row_length = 118, workers = 50 };

static MDB_dbi events, ids, rows, tree, head;
static uint64_t next;

void peer_open(const char *target) { store_open(target); }

void peer_reset(void) {}

void peer_begin(void) {
  check(mdb_txn_begin(environment, NULL, 0, &transaction), "mdb_txn_begin");
  events = store_table("log", MDB_INTEGERKEY);
  ids = store_table("ids", 0);
  rows = store_table("state", MDB_INTEGERKEY);
  tree = store_table("tree", MDB_INTEGERKEY);
  check(mdb_dbi_open(transaction, NULL, 0, &head), "mdb_dbi_open");
  next = store_last(events) + 1;
}

// An id of 26 characters as the 16 bytes that it stands for, behind the byte that says what it is.
static void id_key(const char *id, unsigned char key[id_length]) {
  static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  unsigned __int128 number = 0;
  for (int index = 0; index < 26; index++) {
    const char *digit = memchr(digits, id[index], sizeof digits - 1);
    number = number << 5 | (unsigned)(digit == NULL ? 0 : digit - digits);
  }
  key[0] = 0;
  for (int index = 16; index > 0; index--, number >>= 8) key[index] = (unsigned char)number;
}

void peer_put(struct text line) {
  struct event event = event_of(line);
  char record[8192];
  size_t length = envelope + event.payload.length;
  if (length > sizeof record) fail("a line of %zu bytes is too long", line.length);
  size_t front = line.length < envelope ? line.length : envelope;
  memset(record, 0, envelope);
  memcpy(record, line.bytes, front);
  memcpy(record + envelope, event.payload.bytes, event.payload.length);
  store_put(events, &next, sizeof next, record, length, MDB_APPEND);

  unsigned char key[id_length], entry[entry_length] = {0}, row[row_length] = {0};
  id_key(event.id.bytes, key);
  memcpy(entry, &next, sizeof next);
  store_put(ids, key, sizeof key, entry, sizeof entry, 0);

  memcpy(row, &next, sizeof next);
  uint64_t stream = 16 + next % workers * 16, run = 1;
  store_put(rows, &stream, sizeof stream, row, sizeof row, 0);
  store_put(rows, &run, sizeof run, row, sizeof row, 0);
  if (next % 256 == 0) {
    uint64_t block = next / 256;
    store_put(tree, &block, sizeof block, row, 32, 0);
  }
  next += 1;
}

uint64_t peer_commit(void) {
  unsigned char value[24 + 32 * 64] = {0};
  uint64_t last = next - 1;
  memcpy(value, &last, sizeof last);
  size_t length = 24 + 32 * (size_t)__builtin_popcountll(next);
  store_put(head, ".head", 5, value, length, 0);
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
  return last;
}

size_t peer_read(const char *id, uint64_t position) {
  MDB_txn *reader;
  MDB_dbi by_id, log;
  unsigned char bytes[id_length];
  id_key(id, bytes);
  MDB_val key = {sizeof bytes, bytes}, value;
  size_t length = 0;
  check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader), "mdb_txn_begin");
  check(mdb_dbi_open(reader, "ids", 0, &by_id), "mdb_dbi_open");
  check(mdb_dbi_open(reader, "log", MDB_INTEGERKEY, &log), "mdb_dbi_open");
  if (mdb_get(reader, by_id, &key, &value) == 0) {
    memcpy(&position, value.mv_data, sizeof position);
    key = (MDB_val){sizeof position, &position};
    if (mdb_get(reader, log, &key, &value) == 0) length = value.mv_size;
  }
  mdb_txn_abort(reader);
  return length;
}

uint64_t peer_scan(void) { return store_scan("log"); }

void peer_close(void) { mdb_env_close(environment); }
