internal import Bytes
internal import Evidence
import Testing

/// The example of the Go package `golang.org/x/mod/sumdb/note`, and that of c2sp.org/signed-note.
enum KnownNote {
  static let secret =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
  static let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let text =
    "If you think cryptography is the answer to your problem,\n"
    + "then you don't know what your problem is.\n"
  static let note =
    text
    + "\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
  static let otherKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
  static let otherNote =
    "This is an example message.\n"
    + "\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

/// Runs a body that must throw, and tells what.
func failure(_ body: () throws(EvidenceError) -> Void) -> EvidenceError.Code? {
  do throws(EvidenceError) { try body() } catch { return error.code }
  return nil
}

@Suite struct NoteTests {
  @Test func `keys and signatures are those of the published examples`() throws {
    let secret = try SigningKey(secretText: KnownNote.secret)
    #expect(secret.verifier.description == KnownNote.key)
    #expect(secret.verifier.idText == "c74f20a3")
    #expect(secret.secretText == KnownNote.secret)
    let note = SignedNote(
      text: KnownNote.text, signatures: [try secret.sign(KnownNote.text)])
    #expect(note.encoded == KnownNote.note)
    #expect(try SignedNote(parsing: KnownNote.note.bytes) == note)
    let key = try VerifierKey(KnownNote.key)
    let signers = try note.verify(by: [key])
    #expect(signers.verified == [key] && signers.unknown.isEmpty)
    let other = try VerifierKey(KnownNote.otherKey)
    #expect(other.description == KnownNote.otherKey)
    let otherNote = try SignedNote(parsing: KnownNote.otherNote.bytes)
    #expect(try otherNote.verify(by: [other]).verified == [other])
  }

  @Test func `no changed byte of a text or signature passes`() throws {
    let key = try VerifierKey(KnownNote.key)
    let good = KnownNote.note.bytes
    for index in good.indices {
      var bytes = good
      bytes[index] ^= 0x01
      let code = failure { () throws(EvidenceError) in
        _ = try SignedNote(parsing: bytes).verify(by: [key])
      }
      #expect(code != nil, "byte \(index)")
    }
    #expect(
      failure { () throws(EvidenceError) in _ = try SignedNote(parsing: good).verify(by: [key]) }
        == nil)
  }

  @Test func `no truncated note passes`() throws {
    let key = try VerifierKey(KnownNote.key)
    let good = KnownNote.note.bytes
    for count in 0..<good.count {
      let code = failure { () throws(EvidenceError) in
        _ = try SignedNote(parsing: Array(good.prefix(count))).verify(by: [key])
      }
      #expect(code == .malformed, "\(count) bytes")
    }
  }

  @Test(arguments: ["a b", "a+b", "a\u{202E}b", "a\u{200B}b", "a\u{3164}b", "a\u{1B}b", ""])
  func `what hides or turns letters names no key`(_ name: String) {
    #expect(KeyName(name) == nil)
  }

  @Test func `letters of all scripts name keys`() {
    #expect(KeyName("Zoë/日本-key_1")?.text == "Zoë/日本-key_1")
  }

  @Test func `signatures of unknown keys are told and not judged`() throws {
    let secret = try SigningKey(secretText: KnownNote.secret)
    let stranger = try SigningKey(name: try #require(KeyName("PeterNeumann")), seed: Array(1...32))
    let note = SignedNote(
      text: KnownNote.text,
      signatures: [try stranger.sign("another text\n"), try secret.sign(KnownNote.text)])
    let parsed = try SignedNote(parsing: note.encoded.bytes)
    let signers = try parsed.verify(by: [secret.verifier])
    #expect(signers.verified == [secret.verifier])
    #expect(signers.unknown == ["PeterNeumann+\(stranger.verifier.idText)"])
    // The same signature is judged as soon as its key is known.
    #expect(
      failure { () throws(EvidenceError) in
        _ = try parsed.verify(by: [secret.verifier, stranger.verifier])
      } == .refuted)
    #expect(
      failure { () throws(EvidenceError) in
        _ = try SignedNote(parsing: KnownNote.note.bytes).verify(by: [stranger.verifier])
      } == .unsigned)
  }

  @Test func `a text may have empty lines`() throws {
    let secret = try SigningKey(secretText: KnownNote.secret)
    let text = "one\n\ntwo\n"
    let note = SignedNote(text: text, signatures: [try secret.sign(text)])
    let parsed = try SignedNote(parsing: note.encoded.bytes)
    #expect(parsed.text == text)
    #expect(try parsed.verify(by: [secret.verifier]).verified == [secret.verifier])
  }

  @Test(arguments: [
    "", "\n", "text\n", "text\n\n", "text\n\n\u{2014} name \n", "text\n\n\u{2014} name AAAA\n",
    "text\n\n- name AAAAAAA=\n", "text\n\n\u{2014}name AAAAAAA=\n",
    "text\n\n\u{2014} a b AAAAAAA=\n",
    "text\n\n\u{2014} a+b AAAAAAA=\n", "text\n\n\u{2014} name AAAAAAA=",
    "text\r\n\n\u{2014} name AAAAAAA=\n",
    "text\n\n\u{2014} name AAAAAAB=\n", "text\n\n\u{2014} name AAAAAAA\n",
  ])
  func `what is no note is refused`(text: String) {
    #expect(
      failure { () throws(EvidenceError) in _ = try SignedNote(parsing: text.bytes) } == .malformed)
  }

  @Test func `size and number of signatures have limits`() throws {
    let line = "\u{2014} name AAAAAAA=\n"
    func note(_ count: Int) -> [UInt8] { ("t\n\n" + String(repeating: line, count: count)).bytes }
    #expect(try SignedNote(parsing: note(100)).signatures.count == 100)
    #expect(
      failure { () throws(EvidenceError) in _ = try SignedNote(parsing: note(101)) } == .malformed)
    let end = "\n\n" + line
    func long(_ count: Int) -> [UInt8] {
      (String(repeating: "x", count: count - end.utf8.count) + end).bytes
    }
    #expect(try SignedNote(parsing: long(1 << 20)).signatures.count == 1)
    #expect(
      failure { () throws(EvidenceError) in _ = try SignedNote(parsing: long(1 << 20 | 1)) }
        == .malformed)
  }

  @Test(arguments: [
    "", "name", "name+c74f20a3",
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "Peter+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10", " +c74f20a3+ARpc",
  ])
  func `what is no key is refused`(text: String) {
    #expect(failure { () throws(EvidenceError) in _ = try VerifierKey(text) } == .malformed)
    let secret = "PRIVATE+KEY+" + text
    do { _ = try SigningKey(secretText: secret); Issue.record("\(text)") } catch {
      #expect(error.code == .malformed)
      #expect(!error.message.contains("ARpc2Qc"))
    }
  }

  @Test func `base64 has one text for each sequence of bytes`() {
    for count in 0...40 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 89 &+ count) }
      #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    }
    // RFC 4648, section 10.
    #expect(Base64.encode("foobar".bytes) == "Zm9vYmFy")
    #expect(Base64.encode("fooba".bytes) == "Zm9vYmE=")
    #expect(Base64.encode("foob".bytes) == "Zm9vYg==")
    for wrong in [
      "Zm9vYh==", "Zm9vYmF=", "Zm9", "====", "Zg=a", "Z===", "Zm9v\n", "Zm9_", "Zg==Zg==",
    ] {
      #expect(Base64.decode(wrong.utf8) == nil, "\(wrong)")
    }
  }
}
