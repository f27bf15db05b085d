// Where the Swift runtime takes the program's arguments from.
//
// Its own way is to read /proc/self/maps before `main`, to look for the stack and the arguments
// there: a tenth of the system calls of one append, and no arguments at all when no descriptor is
// free. glibc hands them to functions that run before `main`. In a static program these functions
// stand in the place of the runtime's own (CommandLine.cpp); elsewhere they are left out.
#if defined(UETLOG_STATIC) && defined(__linux__)

#include <features.h>

#ifdef __GLIBC__

static int argument_count;
static char **arguments;

__attribute__((constructor)) static void keep_arguments(int count, char **words) {
  argument_count = count;
  arguments = words;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *count);
void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count);

char **_swift_stdlib_getUnsafeArgvArgc(int *count) {
  *count = argument_count;
  return arguments;
}

void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count) {
  keep_arguments(count, words);
}

#endif
#endif
