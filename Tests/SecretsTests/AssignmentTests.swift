import Bytes
import TestSupport
import Testing

@testable import Secrets

struct AssignmentTests {
  @Test(arguments: [
    "password = \"V\"", "password='V'", "PASSWORD=V", "export API_KEY=V\n", "db_password: V\n",
    "\"secret\": \"V\"", "\\\"secret\\\": \\\"V\\\"", "clientSecret: 'V',", "token := \"V\"",
    "'token' => 'V'", "<password>V</password>", "--password V", "--api-key=V", "apiKey = `V`",
    "let token: String = \"V\"", "config[\"access_key\"] = \"V\"", "passwd = b\"V\"",
    "signing_key=V;", "-var token=V ", "POST /?auth_token=V&x=1", "DB_PASS=V",
    "+AWS_SECRET_ACCESS_KEY=V", "secret_v2 = \"V\"", "password  :  V",
  ])
  func `a random value of a telling name is found`(_ form: String) throws {
    try forAll(seed: 1, count: 20) { entropy in
      var samples = Samples(entropy)
      let value = samples.value(entropy.int(14...60))
      let text = form.replacing("V", with: value)
      try #require(found(text) == [Found(rule: "assignment", text: value)], "\(text)")
    }
  }

  @Test(arguments: [
    "name = \"V\"", "tokens = \"V\"", "secretary: V", "token_id = \"V\"", "secretName: V",
    "password_file=V", "TOKENS=V", "keyboard: V", "token.V", "password(\"V\")", "a password V",
    "if token != \"V\"", "password = \"it is V\"",
  ])
  func `a random value of another name is none`(_ form: String) throws {
    try forAll(seed: 2, count: 20) { entropy in
      var samples = Samples(entropy)
      let text = form.replacing("V", with: samples.value())
      try #require(found(text).isEmpty, "\(text)")
    }
  }

  @Test(arguments: [
    "password = \"short1A\"", "password = \"changeme-please-now\"", "token = nextToken(in: x)",
    "password = os.environ[\"PW\"]", "password: ${DB_PASSWORD}", "api_key: <your-key-goes-here>",
    "secret: process.env.SECRET_VALUE_2", "token = \"an identifier_with_words\"",
    "token: \"refresh_token_value\"", "secret = kSecretAccessControlFlags",
    "password=aaaaaaaaaaaaaaaaaaaa", "token: 12345678901234567890",
    "password: \"{{ vault_pw_1 }}\"",
    "secret_path=/etc/ssl/private/x1.pem", "password: /run/secrets/db_pass_2", "token: self.value2",
    "pwd=/home/bob/src/project9", "password = \"xxxxxxxxABC123xxxxxx\"", "token: Optional<String>",
    "private_key: ed25519.Ed25519PrivateKey", "\"token\": null, \"id\": \"Ab12Cd34Ef56Gh78\"",
    "password: [REDACTED:assignment:7c1f9a02]", "token=\"my-token-name-2\"",
    "credentials: include, mode: cors12345678", "secret: \"correct horse battery staple\"",
  ])
  func `placeholders, references and names are no secrets`(_ text: String) {
    #expect(found(text).isEmpty)
  }

  @Test func `the bounds of length and entropy hold`() {
    let sixteen = "q7Xw2Rk9Lm4Zt8Vb"
    #expect(found("password=\"\(sixteen)\"").count == 1)
    // Ten different bytes have 3.3 bits each; twelve have 3.58.
    #expect(found("password=\"q7Xw2Rk9Lm\"").isEmpty)
    #expect(found("password=\"q7Xw2Rk9Lm4Z\"").count == 1)
    let bytes = Array("aabb".utf8)
    #expect(bytes.span.entropy(0..<4) == 1)
    #expect(bytes.span.entropy(0..<0) == 0)
  }

  @Test func `the name of a JSON member says that its value is a secret`() {
    let value = Array("q7Xw2Rk9Lm4Zt8Vb".utf8)
    let scanner = SecretScanner.shipped
    for name in ["password", "apiKey", "DB_PASSWORD", "client_secret"] {
      let name = Array(name.utf8)
      #expect(scanner.findings(in: value.span, memberName: name.span).count == 1)
    }
    for name in ["name", "token_id", "tokens", "", "input_tokens", "hash"] {
      let name = Array(name.utf8)
      #expect(scanner.findings(in: value.span, memberName: name.span).isEmpty)
    }
  }
}
