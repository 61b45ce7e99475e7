#include "mm/mapping.hpp"

#include <cerrno>
#include <cstring>

#include <sys/mman.h>

#include "lib/safe.hpp"

namespace kproof::mm {

std::optional<HugeAccount> Provider::account(const void*, std::size_t) {
  return std::nullopt;
}

Region::Region(Provider& provider, std::size_t length)
    : base_(static_cast<char*>(provider.map(length))),
      length_(length),
      stride_(provider.stride()) {}

// A part may be gone by now (munmap of a hole is no error), and the rest goes with it.
Region::~Region() {
  lib::safe::munmap(base_, length_);
}

void expect_unmapped(lib::Check& check, const char* what, char* start, std::size_t length,
                     std::size_t stride) {
  for (std::size_t at = 0; at < length; at += stride) {
    std::uint64_t value = 0;
    const lib::Fault fault = lib::try_read(reinterpret_cast<Word*>(start + at), value);
    if (!check.that(fault.is(SIGSEGV, SEGV_MAPERR), "%s: read of byte %#zx: %s", what, at,
                    fault.text().c_str()))
      return;
  }
}

const char* prot_name(int prot) {
  if (prot == PROT_NONE) return "PROT_NONE";
  return prot == PROT_READ ? "PROT_READ" : "PROT_READ|PROT_WRITE";
}

bool Region::protect(lib::Check& check, int prot, std::size_t first, std::size_t count) const {
  const int result = ::mprotect(base_ + first * stride_, count * stride_, prot);
  return check.that(result == 0, "mprotect(%zu MiB, %s): %s", count * stride_ >> 20,
                    prot_name(prot), result == 0 ? "" : std::strerror(errno));
}

// Any two words, and any word under two seeds, differ.
static std::uint64_t pattern(std::uint64_t seed, std::size_t index) {
  return (seed << 32) ^ (index * 0x9e3779b97f4a7c15ull);
}

void Region::fill(std::uint64_t seed, std::size_t first, std::size_t count) const {
  for (std::size_t i = first; i < first + count; ++i)
    *word(i) = pattern(seed, i);
}

void Region::expect_data(lib::Check& check, const char* when, std::uint64_t seed, std::size_t first,
                         std::size_t count) const {
  for (std::size_t i = first; i < first + count; ++i) {
    std::uint64_t value = 0;
    const lib::Fault fault = lib::try_read(word(i), value);
    if (!check.that(!fault.happened(), "%s: read of word %zu: %s", when, i, fault.text().c_str()))
      return;
    check.that(value == pattern(seed, i), "%s: word %zu is %#lx, not %#lx", when, i, value,
               pattern(seed, i));
  }
}

}  // namespace kproof::mm
