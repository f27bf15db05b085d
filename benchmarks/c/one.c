// one DIRECTORY LINE: puts a line durably, says its number, ends.
#include "store.h"

int main(int count, char **arguments) {
  uint64_t number;
  if (count != 3) return 64;
  struct store store = store_open(arguments[1]);
  MDB_txn *transaction = store_begin(&store, &number);
  store_put(&store, transaction, number, arguments[2], strlen(arguments[2]));
  check(mdb_txn_commit(transaction), "mdb_txn_commit");
  printf("%llu\n", (unsigned long long)number);
  mdb_env_close(store.environment);
  return 0;
}
