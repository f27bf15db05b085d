package import Events
internal import Pipeline
package import Policy
internal import Synchronization

/// Where the policies come from that patches are judged by: read when the first patch is judged,
/// each folder once in a process.
///
/// Several folders may hold for one patch: then the stricter value of each rule does.
package final class PolicySource: Sendable {
  /// The folders for the patches of a repository, by its path; nil among them for what ships.
  private let folders: @Sendable (String?) -> [String?]
  private let read: @Sendable (String?) throws(LogError) -> [PolicyDocument]
  private let known = Mutex(Known())

  private struct Known {
    var documents: [String?: [PolicyDocument]] = [:]
    /// What was merged already: many patches are of one repository, project and phase.
    var merged: [Query: PolicyInForce] = [:]
    static let mergedCountMax = 256
  }

  private struct Query: Hashable {
    let repository: String?
    let scope: PolicyScope.Query
  }

  /// - Parameters:
  ///   - folders: which folders hold for the patches of a repository; at least one.
  ///   - read: gives the policies of a folder; throws when one of them can't be read.
  package init(
    folders: @escaping @Sendable (String?) -> [String?],
    _ read: @escaping @Sendable (String?) throws(LogError) -> [PolicyDocument]
  ) {
    self.folders = folders
    self.read = read
  }

  /// The same policies for all patches.
  package convenience init(
    _ read: @escaping @Sendable () throws(LogError) -> [PolicyDocument]
  ) {
    self.init(folders: { _ in [nil] }, { _ throws(LogError) in try read() })
  }

  /// The policy that is in force for a patch; throws when policies contradict.
  func policy(for patch: StoredPatch) throws(LogError) -> PolicyInForce {
    let query = Query(repository: patch.artifact?.text("target_repo"), scope: patch.policyQuery)
    return try known.withLock { (known) throws(LogError) in
      if let merged = known.merged[query] { return merged }
      var merged: PolicyInForce?
      for folder in folders(query.repository) {
        let documents: [PolicyDocument]
        if let read = known.documents[folder] {
          documents = read
        } else {
          documents = try read(folder)
        }
        known.documents[folder] = documents
        let own = try PolicyInForce(documents, for: query.scope)
        merged = merged.map { PolicyInForce(strictest: $0, own) } ?? own
      }
      guard let merged else {
        throw LogError(.settings, "there is no policy for \(patch.id), so it can't be judged")
      }
      if known.merged.count >= Known.mergedCountMax { known.merged.removeAll() }
      known.merged[query] = merged
      return merged
    }
  }
}

/// The rules for one patch, and the digest that records name them by.
package struct PolicyInForce: Sendable {
  package let policy: EffectivePolicy
  package let digest: String

  /// Throws when policies contradict.
  package init(
    _ documents: [PolicyDocument], for query: PolicyScope.Query
  ) throws(LogError) {
    do throws(PolicyError) { policy = try EffectivePolicy(of: documents, for: query) } catch {
      throw LogError(error)
    }
    digest = policy.digest
  }

  /// Of two that both hold, the stricter value of each rule.
  init(strictest one: PolicyInForce, _ other: PolicyInForce) {
    policy = EffectivePolicy(strictest: one.policy, other.policy)
    digest = policy.digest
  }
}

extension LogError {
  /// A policy's error, which no patch gets past.
  package init(_ error: PolicyError) {
    self.init(
      .settings, "\(error.file) \(error.message)", pointer: error.pointer,
      hint: error.code == .weakened ? "`uetlog policy explain` shows where each value is from" : nil
    )
  }
}
