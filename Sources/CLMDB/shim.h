#include <lmdb.h>
#include <stdint.h>
#include <sys/statfs.h>
#include <sys/types.h>

// Hidden by <fcntl.h> unless the whole C library is imported with its extensions.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

/// Makes a file at least `size` bytes long; never cuts one off.
static inline int uetlog_extend_file(int descriptor, int64_t from, int64_t size) {
  return fallocate(descriptor, 0, (off_t)from, (off_t)(size - from));
}

/// Takes the blocks of a file's first `size` bytes; its length and content stay as they are.
static inline int uetlog_reserve_file(int descriptor, int64_t size) {
  enum { keep_size = 1 };
  return fallocate(descriptor, keep_size, 0, (off_t)size);
}

/// Asks the processor to load the 64 cache lines of one 4 KiB page. The address need not be mapped:
/// a prefetch never faults.
static inline void uetlog_prefetch_page(uintptr_t page) {
  for (uintptr_t line = 0; line < 4096; line += 64) __builtin_prefetch((const void *)(page + line));
}

/// How many entries the 4 KiB page of the map has, as it says.
static inline uint64_t uetlog_leaf_count(uintptr_t page) {
  uint16_t end;
  __builtin_memcpy(&end, (const void *)(page + 12), sizeof end);
  return end < 16 ? 0 : (end - 16) / 2;
}

// Hidden by <stdio.h> likewise.
extern int renameat2(int from, const char *path, int to, const char *other, unsigned int flags);

/// Makes two paths of one file system name each other's file.
static inline int uetlog_exchange(const char *path, const char *other) {
  enum { here = -100, exchange = 2 };
  return renameat2(here, path, here, other, exchange);
}

/// The number that linux/magic.h gives the kind of a path's file system; 0 when it can't be told.
static inline uint32_t uetlog_file_system(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (uint32_t)status.f_type : 0;
}
