import Bytes
import TestSupport
import Testing

@testable import Secrets

/// Secrets that are known by their shape, each with what is nearly one.
struct ShapeTests {
  @Test func `a web token is found, and not without an algorithm in its header`() throws {
    try forAll(seed: 1, count: 50) { entropy in
      var samples = Samples(entropy)
      let token = samples.webToken()
      try #require(found("Cookie: s=\(token); x") == [Found(rule: "jwt", text: token)])
      let parts = token.split(separator: ".").map(String.init)
      let other = [base64(#"{"type":"HS256","a":1}"#, isURL: true), parts[1], parts[2]]
      try #require(found(other.joined(separator: ".")).isEmpty)
      try #require(found(parts[0] + "." + parts[1]).isEmpty)
      try #require(found("x" + token).isEmpty)
    }
  }

  @Test(arguments: [
    "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "USER NKEY SEED",
  ])
  func `a private key is found from its first to its last line`(_ label: String) throws {
    try forAll(seed: 2, count: 10) { entropy in
      var samples = Samples(entropy)
      for lineBreak in ["\n", "\r\n", #"\n"#, "\n+", "\n    ", "\n-"] {
        let key = samples.privateKey(label, lineBreak: lineBreak)
        try #require(
          found("a\n\(key)\nb") == [Found(rule: "private-key", text: key)], "\(lineBreak)")
      }
    }
  }

  @Test func `a private key that was cut off is found as far as it goes`() {
    var samples = Samples(SeededEntropy(seed: 3))
    let lines = samples.privateKey("RSA PRIVATE KEY").split(separator: "\n")
    let cut = lines.dropLast(4).joined(separator: "\n")
    #expect(found(cut + "\n{not a key}") == [Found(rule: "private-key", text: cut)])
    #expect(found(String(lines[0]) + "\nand so on").isEmpty)
  }

  @Test func `certificates and public keys are no secrets`() {
    var samples = Samples(SeededEntropy(seed: 4))
    for label in ["CERTIFICATE", "PUBLIC KEY", "PGP SIGNATURE"] {
      #expect(found(samples.privateKey(label)).isEmpty, "\(label)")
    }
  }

  @Test func `the seed of a NATS key is found, and not with a wrong checksum`() throws {
    try forAll(seed: 5, count: 50) { entropy in
      var samples = Samples(entropy)
      for kind: UInt8 in [0, 2, 13, 14, 20, 23] {
        let seed = samples.nkeySeed(kind: kind << 3)
        try #require(seed.utf8.count == 58)
        try #require(found("seed: \(seed)\n") == [Found(rule: "nats-nkey-seed", text: seed)])
        let flipped =
          String(seed.dropLast(10)) + (seed.hasSuffix("A") ? "B" : "A")
          + String(seed.suffix(9))
        try #require(flipped == seed || found(flipped).isEmpty)
        try #require(found(seed + "A").isEmpty)
      }
    }
  }

  @Test(arguments: [
    ("postgres://bob:s3cr3tPw@db.local:5432/x", "s3cr3tPw"),
    ("amqp://u:p%40ss%21@h", "p%40ss%21"), ("redis://:onlyApass@h:6379", "onlyApass"),
    ("https://u:a:b@h/", "a:b"), ("mongodb+srv://u:x@yz9@h/", "x@yz9"),
  ])
  func `the password of a URL is found`(_ url: String, _ password: String) {
    #expect(found("at \(url) ok") == [Found(rule: "url-password", text: password)])
  }

  @Test(arguments: [
    "https://example.org:8080/a@b", "https://bob@host/", "ssh://git@host:22/x", "s3://bucket/k:v@w",
    "postgres://user:$PASSWORD@h", "postgres://user:{password}@h", "http://u:<password>@h",
    "http://user:password@h", "http://user:xxxx@h", "http://user:****@h", "://a:bcdef@h",
    "http://u:abc def@h",
  ])
  func `a URL without a password has none`(_ url: String) {
    #expect(found(url).isEmpty)
  }

  @Test(arguments: [
    "Authorization: Bearer V", "authorization: token V", "\"Authorization\": \"Basic V\"",
    "'Authorization': 'Bearer V'", "-H 'Proxy-Authorization: Bearer V'", "Authorization=V",
    "headers[\"Authorization\"] = \"Bearer V\"", "Authorization: V",
    "setHeader(\"Authorization\", \"Bearer V\")",
  ])
  func `the credential of an authorization header is found`(_ form: String) throws {
    try forAll(seed: 6, count: 20) { entropy in
      var samples = Samples(entropy)
      let value = samples.value()
      let text = form.replacing("V", with: value)
      try #require(found(text) == [Found(rule: "authorization-header", text: value)], "\(text)")
    }
  }

  @Test(arguments: [
    "Authorization: Bearer $TOKEN", "Authorization: Bearer <token>",
    "Authorization: Bearer {token}",
    "authorization: the user must be authorized", "Authorization header is required for this",
    "Authorization: Bearer authentication", "authorization_code=1",
    "func authorization() -> Header",
  ])
  func `talk of authorization is no credential`(_ text: String) {
    #expect(found(text).isEmpty)
  }

  @Test func `the secret near an AWS key id is found, and not far from it`() throws {
    try forAll(seed: 7, count: 50) { entropy in
      var samples = Samples(entropy)
      let id = "AKIA" + samples.run(.upperAlphanumeric, 16)
      let secret = samples.run(.alphanumeric, 20) + "/" + samples.run(.alphanumeric, 19)
      for text in ["\(id) \(secret)", "\(secret)\n\(id)", "a,\(id),\(secret),b"] {
        let rules = found(text).filter { $0.text == secret }.map(\.rule)
        try #require(rules == ["aws-secret-access-key"], "\(text)")
      }
      let far = id + String(repeating: " .", count: 200) + " " + secret
      try #require(found(far).map(\.text) == [id])
      try #require(found(secret).isEmpty)
      let digest = samples.run(.lowerHex, 40)
      try #require(found("\(id) \(digest)").map(\.text) == [id])
    }
  }

  @Test func `passwords of netrc, Docker, Azure, kubeconfig and Telegram are found`() throws {
    try forAll(seed: 8, count: 50) { entropy in
      var samples = Samples(entropy)
      let value = samples.value()
      let netrc = "machine git.local\n  login bob\n  password \(value)\n"
      try #require(found(netrc) == [Found(rule: "netrc-password", text: value)])
      let auth = base64("bob:\(value)")
      try #require(
        found("{\"auth\": \"\(auth)\"}") == [Found(rule: "docker-auth", text: auth)])
      let account = base64(entropy.bytes(64))
      try #require(
        found("AccountName=x;AccountKey=\(account);E")
          == [Found(rule: "azure-storage-key", text: account)])
      let client = base64(entropy.bytes(300))
      try #require(
        found("  client-key-data: \(client)\n")
          == [Found(rule: "kubeconfig-client-key", text: client)])
      let bot = samples.run(.digits, 10) + ":AA" + samples.run(.alphanumeric, 33)
      try #require(found("bot \(bot)") == [Found(rule: "telegram-bot", text: bot)])
      let old = "sk-" + samples.run(.alphanumeric, 20) + "T3BlbkFJ" + samples.run(.alphanumeric, 20)
      try #require(found(old) == [Found(rule: "openai", text: old)])
      try #require(found("x" + old).isEmpty)
      try #require(found(String(old.dropLast())).isEmpty)
    }
  }

  @Test(arguments: [
    "the machine has a login and a password too", "\"auth\": \"bm90aGluZyBoZXJl\"",
    "\"auth\": \"basic\"", "AccountKey=short", "client-key-data: REPLACE",
    "client-certificate-data: " + String(repeating: "QUJD", count: 40),
    "12345:AAshort", "at 2026-11-22T15:04:05:AAB",
  ])
  func `what only looks like one of these is none`(_ text: String) {
    #expect(found(text).isEmpty)
  }
}
