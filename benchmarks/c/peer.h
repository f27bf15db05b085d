// What another store must be able to do to be measured beside uetlog. peer.c has the main program.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
  const char *bytes;
  size_t length;
};

// The members of a line as benchmarks/generate writes it.
struct event {
  struct text id, run, type, time, source, payload;
};

struct event event_of(struct text line);

// Ends the program with a sentence.
__attribute__((format(printf, 1, 2))) _Noreturn void fail(const char *format, ...);

// Opens the store at a path or address; makes it if there is none.
void peer_open(const char *target);
// Removes all events from a server's store; a store in files is just made elsewhere.
void peer_reset(void);
// Begins a transaction; there is one at a time in each thread.
void peer_begin(void);
void peer_put(struct text line);
// Returns when all of the transaction is durable: the number of its last event.
uint64_t peer_commit(void);
// Looks up one event by its id, or by its position where the store has no index of ids. Returns
// the length of what it found, 0 for nothing.
size_t peer_read(const char *id, uint64_t position);
// Reads all events in order and touches each; returns how many there are.
uint64_t peer_scan(void);
void peer_close(void);
