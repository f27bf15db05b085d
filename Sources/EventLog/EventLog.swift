internal import LMDB
package func v() -> String { lmdbVersion() }
