#include <lmdb.h>
#include <stdint.h>

/// Asks the processor to load the 64 cache lines of one 4 KiB page. The address need not be mapped:
/// a prefetch never faults.
static inline void uetlog_prefetch_page(uintptr_t page) {
  for (uintptr_t line = 0; line < 4096; line += 64) __builtin_prefetch((const void *)(page + line));
}
