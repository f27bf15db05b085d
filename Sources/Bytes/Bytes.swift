internal import Crypto
package func probe(_ b: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: b)) }
