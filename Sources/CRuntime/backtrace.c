// Where the Swift runtime finds the program that prints a backtrace after a crash: nowhere.
//
// Its own way is to look at eight places around the executable before `main`, each time. A static
// program is copied without the toolchain, so that there is nothing to be found; whoever has one
// names it by SWIFT_BACKTRACE=swift-backtrace=PATH.
#if defined(UETLOG_STATIC) && defined(__linux__)

char *swift_copyAuxiliaryExecutablePath(const char *name);

char *swift_copyAuxiliaryExecutablePath(const char *name) {
  (void)name;
  return 0;
}

#endif
