// Where glibc looks for the directory of the executable: nowhere.
//
// Before `main` it reads the link /proc/self/exe, for which the kernel makes entries of the new
// process in /proc: a fiftieth of the time of one append. Only `$ORIGIN` in the paths of shared
// libraries would need it, and a static program has none. This function stands in the place of
// glibc's own and gives its answer for "unknown"; where glibc has no such function nobody calls it.
#if defined(UETLOG_STATIC) && defined(__linux__)

#include <features.h>

#ifdef __GLIBC__

const char *_dl_get_origin(void);

const char *_dl_get_origin(void) { return (const char *)-1; }

#endif
#endif
