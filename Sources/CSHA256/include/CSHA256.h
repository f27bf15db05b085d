// OpenSSL's SHA-256 without its EVP layer: that one loads a provider and a configuration file
// before the first byte. Marked deprecated in favour of EVP, kept in every release so far.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
