// The multi-generational LRU, driven by hand (Documentation/admin-guide/mm/multigen_lru.rst).
#pragma once

#include <string>

namespace kproof::kvm {

// All of its components enabled, until destroyed.
class LruGen {
 public:
  LruGen();
  LruGen(const LruGen&) = delete;
  LruGen& operator=(const LruGen&) = delete;
  ~LruGen();

  // What this kernel or machine lacks for it; "" if nothing. It ages and evicts memory of the whole
  // machine, so it needs a throw-away guest.
  static std::string missing();

  // Makes a new generation, into which goes what was used since the last time. errno, or 0.
  int age();
  // Evicts what is two generations old or older: the younger ones cannot be evicted. errno, or 0.
  int evict();

 private:
  std::string before_;
};

}  // namespace kproof::kvm
