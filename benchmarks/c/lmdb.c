// The least that a durable log on LMDB can be: one table, number -> line.
#include "store.h"

static MDB_dbi table;
static uint64_t next;

void peer_open(const char *target) { store_open(target); }

void peer_reset(void) {}

void peer_begin(void) {
  check(mdb_txn_begin(environment, NULL, 0, &transaction), "mdb_txn_begin");
  table = store_table("log", MDB_INTEGERKEY);
  next = store_last(table) + 1;
}

void peer_put(struct text line) {
  store_put(table, &next, sizeof next, line.bytes, line.length, MDB_APPEND);
  next += 1;
}

uint64_t peer_commit(void) {
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
  return next - 1;
}

size_t peer_read(const char *id, uint64_t position) {
  (void)id;
  MDB_txn *reader;
  MDB_dbi log;
  MDB_val key = {sizeof position, &position}, value;
  check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader), "mdb_txn_begin");
  check(mdb_dbi_open(reader, "log", MDB_INTEGERKEY, &log), "mdb_dbi_open");
  size_t length = mdb_get(reader, log, &key, &value) == 0 ? value.mv_size : 0;
  mdb_txn_abort(reader);
  return length;
}

uint64_t peer_scan(void) { return store_scan("log"); }

void peer_close(void) { mdb_env_close(environment); }
