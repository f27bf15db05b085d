// hold_snapshot DIRECTORY: begins to read, says so, and keeps the snapshot until stdin ends.
#include <lmdb.h>
#include <stdio.h>

int main(int count, char **arguments) {
  MDB_env *environment;
  MDB_txn *transaction;
  if (count < 2 || mdb_env_create(&environment) != 0) return 64;
  mdb_env_set_mapsize(environment, (size_t)1 << 30);
  if (mdb_env_open(environment, arguments[1], MDB_RDONLY, 0600) != 0) return 1;
  if (mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction) != 0) return 1;
  puts("reading");
  fflush(stdout);
  getchar();
  mdb_txn_abort(transaction);
  mdb_env_close(environment);
  return 0;
}
