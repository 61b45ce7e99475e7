// Code that is a module of its own in many kernels: ciphers, checksums, what file systems assert
// by.
#include "console/families.hpp"

namespace kproof::console {

// Tables to read by subject, not one word a line.
// clang-format off
static constexpr const char* kLibraryFamilies[] = {
    // Checksums, hashes, ciphers, and their wrappers.
    "^(__|libcrc|lib)?crc(4|7|8|16|32c?|64|_(itu|ccitt|t10dif)|_?t10dif|c$)", "^__crc32",
    "^csum_(and_copy|partial)", "^do_csum",
    "^_*aes(ti|ni|_encrypt|_decrypt|_expandkey|_set_?key|_cipher)",
    "^(crypto_)?(des3?|sm4|twofish|serpent|camellia|cast[56]|blowfish)_(ede_)?_?(en|de)crypt",
    "^crypto_(cipher|skcipher|shash|ahash|aead|rng)_", "^cipher_crypt", "^drbg_", "^jent_",
    "^(crypto_)?(ecb|cbc|ctr|pcbc|xts|lrw|cts_cbc|cfb|ofb)_((en|de)?crypt|do_(en|de)?crypt)(_segment|_inplace)?$",
    "^(aead|hash|rng|skcipher)_setkey$", "^sha(1|256|512|3)_", "^md[45]_",
    "^(chacha|poly1305|blake2[bs]|ghash)_", "^jhash", "^_*h?siphash_(\\d|(un)?aligned|key_is_zero)", "^xxh(ash|32|64)",
    // Assertions and panics of file systems.
    "assertfail", "^assfail", "^__(reiserfs|jfs|hfsplus|ubifs|ocfs2|ext4|btrfs)_panic$"};
// clang-format on

Families library_families() {
  return kLibraryFamilies;
}

}  // namespace kproof::console
