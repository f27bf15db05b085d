internal import Glibc

/// What ends a process that reads damaged pages: LMDB gives up where a page is not what it should
/// be, and the kernel where the file ends too early, the disk fails, or a page leads nowhere.
enum DamagedPages {
  /// Makes that end a sentence and the exit code for a damaged log.
  ///
  /// An append that ends so by a page has not committed: LMDB reads none after it has written the
  /// one that makes a commit count. Its lock goes with the process. An error of the program, which
  /// may come after a commit, can't be told from that: LMDB follows null pointers, too.
  static func tell(isJSON: Bool) {
    for number in [SIGBUS, SIGSEGV] {
      if isJSON { signal(number, endWithJSON) } else { signal(number, endWithText) }
    }
  }
}

private func endWithText(_: Int32) {
  end(
    """
    uetlog: a page of the log can't be read; what has no receipt may be stored or not
      hint:    Run `uetlog verify`: the log is damaged, or this program has an error

    """)
}

private func endWithJSON(_: Int32) {
  end(
    """
    {"error":{"code":"corruption","message":"a page of the log can't be read; \
    what has no receipt may be stored or not",\
    "hint":"Run `uetlog verify`: the log is damaged, or this program has an error"}}

    """)
}

/// A handler may not allocate: the words are part of the program.
private func end(_ words: StaticString) -> Never {
  _ = unsafe write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
  _exit(ExitCode.unsafe.rawValue)
}
