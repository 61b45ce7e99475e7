// Who uses what of a cache, and when it was used last.
//
// <entry>.used   beside each entry. Its modification time is the last use, and each process that
//                uses the entry holds a shared flock(2) on it, which the kernel drops with the
//                process. So nobody who only looks changes the record, and kill -9 leaves none that
//                is wrong. It holds the entry's size as it was measured last (inventory.cpp).
#pragma once

#include <filesystem>
#include <optional>

#include "util/fd.hpp"

namespace kproof::cache {

std::filesystem::path record_of(const std::filesystem::path& entry);

// `entry` is used now, and until this process ends: Claimed waits for that. What is not there yet
// may be claimed by who is about to make it. An entry seen after this call stays. A cache that we
// may not write to is used all the same, without a record.
void use(const std::filesystem::path& entry);

// Of all that this process uses; for tests.
void forget_uses();

// The right to take an entry away: nobody uses it, and who wants to waits until this goes, which is
// to be a moment. Empty where somebody does use it, this process too.
class Claimed {
 public:
  static std::optional<Claimed> try_claim(const std::filesystem::path& entry);

 private:
  explicit Claimed(util::Fd fd) : fd_(std::move(fd)) {}
  util::Fd fd_;
};

}  // namespace kproof::cache
