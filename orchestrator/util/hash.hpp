// Content hashes for caches and identities: XXH3-128, which is fast and not cryptographic; nobody
// attacks their own cache.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace kproof::util {

// Hashes a sequence of fields; ("ab","c") and ("a","bc") differ.
class Hasher {
 public:
  Hasher();
  Hasher& add(std::string_view field);
  Hasher& add_file(const std::filesystem::path& path);  // its content, not its name; HostError
  std::string hex() const;                              // 32 hex digits

 private:
  struct Free {
    void operator()(void* state) const noexcept;
  };
  std::unique_ptr<void, Free> state_;
};

inline std::string hash_file(const std::filesystem::path& path) {
  return Hasher().add_file(path).hex();
}

}  // namespace kproof::util
