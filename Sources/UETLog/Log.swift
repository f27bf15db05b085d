internal import Bytes
internal import Configuration
internal import Engine
internal import EventLog
internal import Events
internal import Pipeline

/// An append-only log of events, with the same rules, settings and guarantees as the command.
///
/// ```swift
/// let log = try Log(at: ".uetlog")
/// let receipt = try log.append(Log.Draft("note", payload: #"{"text":"begun"}"#))
/// for try await event in log.events() { print(event.position, event.type) }
/// ```
///
/// One value serves all threads of a process; opening the same log twice gives the same file, once.
public final class Log: Sendable {
  let engine: Engine<LMDBLog>
  private let settings: Settings

  /// Opens the log in a directory, or makes it there.
  ///
  /// - Parameters:
  ///   - path: the log's directory; nil for where the command would look: `UETLOG`, the nearest
  ///     `.uetlog/` upward, the git repository around.
  ///   - warn: told what a person should know, such as that the log is a copy of another one.
  /// - Throws: `Log.Failure`: the log can't be made, is damaged, or newer than this library.
  public init(
    at path: String? = nil, warn: @escaping (String) -> Void = { _ in }
  ) throws(Failure) {
    do throws(LogError) {
      let opener = Caller(here: .current(), tell: warn)
      let location = try LogLocation(flag: path, opener.here)
      settings = try Settings(log: location.path, opener.here)
      engine = try OpenedLog(writing: location, settings, opener).engine
    } catch {
      throw Failure(error)
    }
  }

  /// The position of the last event; 0 in an empty log.
  public var lastPosition: UInt64 {
    get throws(Failure) {
      do throws(LogError) { return try engine.head().position.rawValue } catch {
        throw Failure(error)
      }
    }
  }

  /// The event at a position.
  ///
  /// - Throws: `Log.Failure` with code `not_found` when the log ends before it.
  public func event(at position: UInt64) throws(Failure) -> Event {
    do throws(LogError) { return Event(try engine.event(.position(Position(position)))) } catch {
      throw Failure(error)
    }
  }

  /// Stores an event durably, with what follows from it, and returns its receipt.
  ///
  /// - Throws: `Log.Failure`; `outcome_unknown` means that the event may be stored: append the same
  ///   draft with the same `id` again.
  @discardableResult
  public func append(_ draft: Draft) throws(Failure) -> Receipt {
    do throws(LogError) {
      return Receipt(try engine.append(draft.checked(), options(isAtomic: true)))
    } catch {
      throw Failure(error)
    }
  }

  /// Stores all drafts in one transaction, or none.
  @discardableResult
  public func append(_ drafts: [Draft]) throws(Failure) -> [Receipt] {
    do throws(LogError) {
      var prepared: [PreparedDraft] = []
      for draft in drafts { prepared.append(try engine.prepare(draft.checked())) }
      var receipts: [Receipt] = []
      for outcome in try engine.append(prepared, options(isAtomic: true)) {
        receipts.append(Receipt(try outcome.get()))
      }
      return receipts
    } catch {
      throw Failure(error)
    }
  }

  private func options(isAtomic: Bool) -> AppendOptions {
    var options = AppendOptions()
    options.isAtomic = isAtomic
    options.waitNanoseconds = settings.waitNanoseconds
    return options
  }

  /// The names of the views: `patches`, `workers`, `budget`, `tasks`, `runs`.
  public static var viewNames: [String] { views.map { $0.name } }

  /// A view's entries as JSON objects, in the order of their names.
  ///
  /// - Parameters:
  ///   - view: one of `viewNames`.
  ///   - key: only the entry with this id.
  ///   - position: shows the view as it was then; nil for the present.
  public func project(
    _ view: String, key: String? = nil, at position: UInt64? = nil
  ) throws(Failure) -> [String] {
    do throws(LogError) {
      guard let type = views.first(where: { $0.name == view }) else {
        throw LogError(.usage, "there is no view \"\(view)\"", allowed: Self.viewNames)
      }
      var entries: [String] = []
      try engine.project(
        type, at: position.map { Position($0) }, now: SystemClock().now(), key: key
      ) { entry in
        entries.append(String(decoding: entry.json, as: UTF8.self))
        return true
      }
      return entries
    } catch {
      throw Failure(error)
    }
  }
}

/// A program that opens a log by the library.
private struct Caller: Opener {
  let here: Surroundings
  let tell: (String) -> Void

  func note(_ text: String) {}
  func warn(_ text: String) { tell(text) }
  func rebuildViews(of engine: Engine<LMDBLog>) throws(LogError) { try engine.rebuildViews() }
}
