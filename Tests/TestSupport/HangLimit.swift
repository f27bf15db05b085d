package import Testing

extension Trait where Self == TimeLimitTrait {
  /// For tests that start programs: one that hangs is told by its name.
  ///
  /// A test's time runs from the start of the whole run when others hold all threads, so that this
  /// is more than a run takes under a sanitizer.
  package static var hangLimit: Self { .timeLimit(.minutes(20)) }
}
