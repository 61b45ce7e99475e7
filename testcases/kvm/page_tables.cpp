#include "kvm/page_tables.hpp"

namespace kproof::kvm {

static constexpr Pte kAddress = 0x000ffffffffff000;
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

PageTables::PageTables(Vm& vm, Pte more) : vm_(vm), more_(more), root_(new_table()) {
  map(0, 0, kFreeGpa, kPage4K);
}

Gpa PageTables::new_table() {
  ++tables_;
  return vm_.alloc_page();
}

Gpa PageTables::entry_gpa(Gva gva, unsigned level) {
  Gpa table = root_;
  for (unsigned at = kRootLevel;; --at) {
    const Gpa gpa = table + (gva >> shift(at)) % 512 * sizeof(Pte);
    if (at == level) return gpa;
    Pte& entry = *static_cast<Pte*>(vm_.low(gpa));
    if (!(entry & kPresent)) entry = new_table() | kTable | more_;
    table = entry & kAddress;
  }
}

void PageTables::map(Gva gva, Gpa gpa, std::size_t length, std::size_t page_size) {
  const unsigned level = level_of(page_size);
  for (std::size_t at = 0; at < length; at += page_size)
    *entry(gva + at, level) = (gpa + at) | kLeaf | more_ | (level > 1 ? kLarge : 0);
}

void PageTables::link_table(Gva gva, Gpa table) {
  *entry(gva, 2) = table | kTable;
}

void PageTables::fill_table(void* host_table, Gpa gpa) {
  auto* entries = static_cast<Pte*>(host_table);
  for (std::size_t i = 0; i < 512; ++i)
    entries[i] = (gpa + i * kPage4K) | kLeaf;
}

}  // namespace kproof::kvm
