// How many processors the machine may have, for libdispatch, which nothing here uses.
//
// libdispatch asks twice before `main`, and glibc reads a file of /sys each time: six system calls,
// a fiftieth of the time of one append. The number of processors that the process may run on is as
// good an answer. In a static program this function stands in the place of glibc's own, which is
// weak; everything else is passed on to it.
#if defined(UETLOG_STATIC) && defined(__linux__)

#define _GNU_SOURCE
#include <sched.h>
#include <unistd.h>

#ifdef __GLIBC__

long __sysconf(int name);

long sysconf(int name) {
  cpu_set_t processors;
  if (name == _SC_NPROCESSORS_CONF &&
      sched_getaffinity(0, sizeof processors, &processors) == 0) {
    return CPU_COUNT(&processors);
  }
  return __sysconf(name);
}

#endif
#endif
