#include <fcntl.h>
#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Words in memory that several processes have mapped. All in one order: what is done around them
// are system calls, beside which that costs nothing.

static inline uint32_t uetlog_load(const uint32_t *word) {
  return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

static inline void uetlog_store(uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

/// Puts a value in the place of an expected one; false when another is there.
static inline bool uetlog_replace(uint32_t *word, uint32_t expected, uint32_t value) {
  return __atomic_compare_exchange_n(word, &expected, value, false, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

/// Sleeps while the word has a value, until it is woken, a signal comes or time is over.
static inline void uetlog_wait(const uint32_t *word, uint32_t value, int64_t nanoseconds) {
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  syscall(SYS_futex, word, FUTEX_WAIT, value, &time, NULL, 0);
}

/// Wakes who sleeps on the word.
static inline void uetlog_wake(const uint32_t *word) {
  syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

// Locks on bytes of a file that belong to its open descriptor: the system takes them away when the
// process is gone, however it went, and no number of a process can be mistaken for another's.
// The commands are hidden by <fcntl.h> unless the whole C library is imported with its extensions.
enum { uetlog_lock_get = 36, uetlog_lock_set = 37 };

/// Takes the lock of one byte; false when another descriptor has it.
static inline bool uetlog_lock_byte(int descriptor, int64_t offset) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
  return fcntl(descriptor, uetlog_lock_set, &lock) == 0;
}

/// Whether another descriptor has the lock of one byte.
static inline bool uetlog_byte_is_locked(int descriptor, int64_t offset) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
  return fcntl(descriptor, uetlog_lock_get, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// Shares the lock of one byte of anything that is open for reading, or gives the share back.
static inline bool uetlog_share_byte(int descriptor, int64_t offset, bool is_shared) {
  struct flock lock = {
      .l_type = is_shared ? F_RDLCK : F_UNLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
  return fcntl(descriptor, uetlog_lock_set, &lock) == 0;
}
