internal import CLMDB
package func lmdbVersion() -> String { var a: Int32 = 0, b: Int32 = 0, c: Int32 = 0; return unsafe String(cString: mdb_version(&a, &b, &c)) }
