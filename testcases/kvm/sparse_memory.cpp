#include "kvm/sparse_memory.hpp"

#include <set>

namespace kproof::kvm {

static constexpr std::size_t kPmdsPart = kPage1G / 4;

SparseMemory::SparseMemory(const Kvm& kvm, mm::Provider& provider, std::size_t size, unsigned vcpus)
    : machine_(kvm, provider, {.size = kPage2M, .guest_page = kPage2M, .vcpus = vcpus}),
      none_(provider, size),
      puds_(provider, size),
      pmds_(provider, kPmdsPart) {
  const Gpa first = kRegionGpa + kPage1G;
  parts_[0] = add(2, "none", none_, first);
  parts_[1] = add(3, "puds", puds_, first + size);
  parts_[2] = add(4, "pmds", pmds_, first + 2 * size);
  parts_[3] = {"populated", &machine_.region(), kRegionGva, {}, 0, 0};
  populate(parts_[1], 2 * kPage1G, size / (2 * kPage1G));
  populate(parts_[2], kPage2M, kPmdsPart / kPage2M);
  populate(parts_[3], kPage4K, kPage2M / kPage4K);
}

// The guest maps all of it, by pages of 2 MiB: only the host's tables are sparse.
SparsePart SparseMemory::add(unsigned slot, const char* name, const mm::Region& region, Gpa gpa) {
  const Gva gva = kRegionGva + (gpa - kRegionGpa);
  machine_.vm().set({.id = slot, .gpa = gpa, .size = region.length(), .host = region.base()});
  machine_.tables().map(gva, gpa, region.length(), kPage2M);
  return {name, &region, gva, {}, 0, 0};
}

void SparseMemory::populate(SparsePart& part, std::size_t step, std::size_t count) {
  const Exit exit = machine_.vcpu().call(GuestProgram::fill, {part.gva, count, step, 1});
  if (!exit.done()) lib::ktap::bail_out("the guest cannot write: %s", exit.text().c_str());
  std::set<std::uintptr_t> puds, pmds;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uintptr_t address = part.range().start + i * step;
    part.pages.push_back(i * step);
    puds.insert(address / kPage1G);
    pmds.insert(address / kPage2M);
  }
  part.puds = puds.size();
  part.pmds = pmds.size();
}

std::size_t SparseMemory::wrong_pages(const SparsePart& part) {
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < part.pages.size(); ++i) {
    const Exit exit = machine_.vcpu().call(GuestProgram::read, {part.gva + part.pages[i]});
    wrong += !exit.done() || exit.result != i + 1;
  }
  return wrong;
}

void SparseMemory::expect_refused(const SparsePart& part, lib::Check& check) {
  constexpr std::size_t kMostAsked = 16;
  if (part.pages.empty()) return;
  std::vector<std::size_t> pages{part.pages.back()};
  for (std::size_t i = 0; i < part.pages.size(); i += (part.pages.size() - 1) / kMostAsked + 1)
    pages.push_back(part.pages[i]);
  for (const std::size_t page : pages) {
    const Exit exit = machine_.vcpu().call(GuestProgram::read, {part.gva + page});
    check.that(exit.refused(), "%s: under PROT_NONE the guest's read at offset %#zx: %s", part.name,
               page, exit.text().c_str());
  }
}

}  // namespace kproof::kvm
