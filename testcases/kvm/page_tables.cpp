#include "kvm/page_tables.hpp"

namespace kproof::kvm {

// Intel SDM volume 3, 4.5; AMD64 APM volume 2, 5.3.
static constexpr std::uint64_t kPresent = 1, kWritable = 2, kAccessed = 1 << 5, kDirty = 1 << 6;
static constexpr std::uint64_t kLeafAbove4K = 1 << 7;  // PS
static constexpr std::uint64_t kAddress = 0x000ffffffffff000;
static constexpr std::uint64_t kTable = kPresent | kWritable | kAccessed;
static constexpr std::uint64_t kLeaf = kTable | kDirty;
static constexpr unsigned kRootLevel = 4;

static unsigned shift(unsigned level) {
  return 12 + 9 * (level - 1);
}

static unsigned level_of(std::size_t page_size) {
  unsigned level = 1;
  while (std::size_t{1} << shift(level) < page_size)
    ++level;
  return level;
}

PageTables::PageTables(Vm& vm) : vm_(vm), root_(new_table()) {
  map(0, 0, kFreeGpa, kPage4K);
}

Gpa PageTables::new_table() {
  ++tables_;
  return vm_.alloc_page();
}

// The entry of `level` that translates `gva`; tables above it are made.
std::uint64_t* PageTables::entry(Gva gva, unsigned level) {
  Gpa table = root_;
  for (unsigned at = kRootLevel;; --at) {
    auto* entry = static_cast<std::uint64_t*>(vm_.low(table)) + (gva >> shift(at)) % 512;
    if (at == level) return entry;
    if (!(*entry & kPresent)) *entry = new_table() | kTable;
    table = *entry & kAddress;
  }
}

void PageTables::map(Gva gva, Gpa gpa, std::size_t length, std::size_t page_size) {
  const unsigned level = level_of(page_size);
  for (std::size_t at = 0; at < length; at += page_size)
    *entry(gva + at, level) = (gpa + at) | kLeaf | (level > 1 ? kLeafAbove4K : 0);
}

void PageTables::link_table(Gva gva, Gpa table) {
  *entry(gva, 2) = table | kTable;
}

void PageTables::fill_table(void* host_table, Gpa gpa) {
  auto* entries = static_cast<std::uint64_t*>(host_table);
  for (std::size_t i = 0; i < 512; ++i)
    entries[i] = (gpa + i * kPage4K) | kLeaf;
}

}  // namespace kproof::kvm
