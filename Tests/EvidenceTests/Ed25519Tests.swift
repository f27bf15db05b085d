internal import Evidence
import Testing

/// RFC 8032, section 7.1: tests 1 to 3.
@Suite struct Ed25519Tests {
  struct Vector {
    var seed, publicKey, message, signature: String
  }

  static let vectors = [
    Vector(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
      signature:
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    Vector(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
      signature:
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    Vector(
      seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      message: "af82",
      signature:
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ]

  @Test(arguments: 0..<3)
  func `keys and checks are those of RFC 8032`(number: Int) throws {
    let vector = Self.vectors[number]
    let name = try #require(KeyName("rfc8032"))
    let key = try SigningKey(name: name, seed: bytes(hex: vector.seed)).verifier
    #expect(key.publicKey == bytes(hex: vector.publicKey))
    let signature = bytes(hex: vector.signature)
    let message = bytes(hex: vector.message)
    #expect(key.isSignature(signature, of: message))
    #expect(!key.isSignature(signature, of: message + [0]))
    for bit in stride(from: 0, to: 512, by: 7) {
      var wrong = signature
      wrong[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.isSignature(wrong, of: message), "bit \(bit)")
    }
    #expect(!key.isSignature(Array(signature.dropLast()), of: message))
    #expect(!key.isSignature([], of: message))
  }

  @Test func `two new keys are two keys`() throws {
    let name = try #require(KeyName("n"))
    #expect(try SigningKey(name: name).verifier != SigningKey(name: name).verifier)
  }
}

/// Reads hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { index in
    UInt8(digits[index] * 16 + digits[index + 1])
  }
}
