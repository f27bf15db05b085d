// An LMDB environment with default flags, as the peers on LMDB open it.
#include <errno.h>
#include <lmdb.h>
#include <string.h>
#include <sys/stat.h>

#include "peer.h"

static MDB_env *environment;
static MDB_txn *transaction;

static inline void check(int status, const char *what) {
  if (status != 0) fail("%s: %s", what, mdb_strerror(status));
}

static inline void store_open(const char *directory) {
  if (mkdir(directory, 0700) != 0 && errno != EEXIST) check(errno, directory);
  check(mdb_env_create(&environment), "mdb_env_create");
  check(mdb_env_set_mapsize(environment, (size_t)64 << 30), "mdb_env_set_mapsize");
  check(mdb_env_set_maxdbs(environment, 8), "mdb_env_set_maxdbs");
  check(mdb_env_open(environment, directory, 0, 0600), "mdb_env_open");
}

// Opens a table in the transaction, which must be one that writes.
static inline MDB_dbi store_table(const char *name, unsigned flags) {
  MDB_dbi table;
  check(mdb_dbi_open(transaction, name, MDB_CREATE | flags, &table), "mdb_dbi_open");
  return table;
}

// The last key of a table with numbers as keys; 0 if it is empty.
static inline uint64_t store_last(MDB_dbi table) {
  MDB_cursor *cursor;
  MDB_val key, value;
  uint64_t last = 0;
  check(mdb_cursor_open(transaction, table, &cursor), "mdb_cursor_open");
  if (mdb_cursor_get(cursor, &key, &value, MDB_LAST) == 0) memcpy(&last, key.mv_data, sizeof last);
  mdb_cursor_close(cursor);
  return last;
}

static inline void store_put(MDB_dbi table, const void *key, size_t key_length, const void *value,
                             size_t length, unsigned flags) {
  MDB_val k = {key_length, (void *)key}, v = {length, (void *)value};
  check(mdb_put(transaction, table, &k, &v, flags), "mdb_put");
}

// Reads a table with numbers as keys in order, the next leaf being fetched ahead as uetlog does it.
static inline uint64_t store_scan(const char *name) {
  MDB_txn *reader;
  MDB_dbi table;
  MDB_cursor *cursor;
  MDB_val key, value;
  uint64_t count = 0;
  static volatile unsigned sum;
  uintptr_t page = 0;
  check(mdb_txn_begin(environment, NULL, MDB_RDONLY, &reader), "mdb_txn_begin");
  check(mdb_dbi_open(reader, name, MDB_INTEGERKEY, &table), "mdb_dbi_open");
  check(mdb_cursor_open(reader, table, &cursor), "mdb_cursor_open");
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
    uintptr_t here = (uintptr_t)key.mv_data & ~(uintptr_t)4095;
    if (here != page) {
      page = here;
      for (int line = 0; line < 4096; line += 64) {
        __builtin_prefetch((const void *)(page + 4096 + (uintptr_t)line));
      }
    }
    const unsigned char *bytes = value.mv_data;
    if (value.mv_size > 0) sum += bytes[0] + (unsigned)bytes[value.mv_size - 1];
    count += 1;
  }
  mdb_cursor_close(cursor);
  mdb_txn_abort(reader);
  return count;
}
