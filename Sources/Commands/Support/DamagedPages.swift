internal import Glibc

/// What ends a process that reads damaged pages: LMDB gives up where a page is not what it should
/// be, and the kernel where the file ends too early, the disk fails, or a page leads nowhere.
enum DamagedPages {
  /// Makes that end a sentence and the exit code for a damaged log.
  ///
  /// An append that ends so has not committed: LMDB reads no page after it has written the one that
  /// makes a commit count. Its lock goes with the process.
  static func tell(isJSON: Bool) {
    var action = sigaction()
    action.sa_flags = SA_SIGINFO
    if isJSON {
      unsafe action.__sigaction_handler.sa_sigaction = endWithJSON
    } else {
      unsafe action.__sigaction_handler.sa_sigaction = endWithText
    }
    unsafe sigaction(SIGBUS, &action, nil)
    unsafe sigaction(SIGSEGV, &action, nil)
  }
}

private func endWithText(
  _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _: UnsafeMutableRawPointer?
) {
  unsafe end(
    number, info,
    """
    uetlog: a page of the log can't be read
      hint:    Run `uetlog verify`: the log is damaged, or this program has an error

    """)
}

private func endWithJSON(
  _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _: UnsafeMutableRawPointer?
) {
  unsafe end(
    number, info,
    """
    {"error":{"code":"corruption","message":"a page of the log can't be read",\
    "hint":"Run `uetlog verify`: the log is damaged, or this program has an error"}}

    """)
}

/// A handler may not allocate: the words are part of the program.
private func end(
  _ number: Int32, _ info: UnsafeMutablePointer<siginfo_t>?, _ words: StaticString
) {
  // A page that leads nowhere leads far away. A null pointer is an error of the program or of the
  // C library without memory: on return the process meets it again.
  if number == SIGSEGV, let info = unsafe info,
    UInt(bitPattern: unsafe info.pointee._sifields._sigfault.si_addr) < 1 << 16
  {
    signal(SIGSEGV, SIG_DFL)
    return
  }
  _ = unsafe write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
  _exit(ExitCode.unsafe.rawValue)
}
