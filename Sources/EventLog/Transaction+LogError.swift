internal import Events
internal import Glibc
internal import LMDB

/// The same reads, failing in the log's own words.
extension Transaction where Self: ~Copyable, Self: ~Escapable {
  @_lifetime(borrow self)
  borrowing func value(
    _ table: Table, _ key: UInt64, doing what: @autoclosure () -> String
  ) throws(LogError) -> RawSpan? {
    do throws(LMDBError) { return try get(table, key) } catch {
      throw LogError(error, doing: what())
    }
  }

  @_lifetime(borrow self)
  borrowing func value(
    _ table: Table, _ key: [UInt8], doing what: @autoclosure () -> String
  ) throws(LogError) -> RawSpan? {
    do throws(LMDBError) { return try get(table, key: key) } catch {
      throw LogError(error, doing: what())
    }
  }

  @_lifetime(borrow self)
  borrowing func value(
    _ table: Table, _ key: RawSpan, through cursor: KeptCursor? = nil,
    doing what: @autoclosure () -> String
  ) throws(LogError) -> RawSpan? {
    do throws(LMDBError) { return try get(table, key: key, through: cursor) } catch {
      throw LogError(error, doing: what())
    }
  }

  @_lifetime(borrow self)
  borrowing func walk(
    _ table: Table, doing what: String, prefetching: Bool = false
  ) throws(LogError) -> Cursor {
    do throws(LMDBError) { return try cursor(table, prefetching: prefetching) } catch {
      throw LogError(error, doing: what)
    }
  }
}

extension Cursor {
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func start(at key: UInt64, doing what: String) throws(LogError) -> Entry? {
    do throws(LMDBError) { return try seek(to: key) } catch { throw LogError(error, doing: what) }
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func start(at key: [UInt8], doing what: String) throws(LogError) -> Entry? {
    do throws(LMDBError) {
      return key.isEmpty ? try first() : try seek(to: key)
    } catch { throw LogError(error, doing: what) }
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func step(doing what: String) throws(LogError) -> Entry? {
    do throws(LMDBError) { return try next() } catch { throw LogError(error, doing: what) }
  }
}

extension Environment {
  /// Begins a snapshot.
  ///
  /// When another process made the file grow beyond the map, the map can follow only while no
  /// other thread of this process reads. They read for a short time, and so it is tried again for
  /// a second.
  @_lifetime(borrow self)
  borrowing func beginReading() throws(LogError) -> ReadTransaction {
    for _ in 0..<1000 {
      do throws(LMDBError) { return try beginRead() } catch {
        guard error == .mapResized else { throw LogError(error, doing: "beginning to read") }
      }
      usleep(1000)
    }
    do throws(LMDBError) { return try beginRead() } catch {
      throw LogError(error, doing: "beginning to read")
    }
  }

  @_lifetime(borrow self)
  borrowing func beginWriting() throws(LogError) -> WriteTransaction {
    do throws(LMDBError) { return try beginWrite() } catch {
      throw LogError(error, doing: "beginning to write")
    }
  }
}

extension TableHandles {
  init(of transaction: borrowing ReadTransaction, _ path: String) throws(LogError) {
    do throws(LMDBError) { try self.init(opening: transaction) } catch {
      guard error != .notFound else {
        throw LogError(
          .corruption, "\(path) is an LMDB file but not a log of uetlog",
          hint: "Choose another directory with --log")
      }
      throw LogError(error, doing: "opening the tables of \(path)")
    }
  }
}
