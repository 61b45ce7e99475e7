// Kernel samepage merging (Documentation/admin-guide/mm/ksm.rst).
#pragma once

#include <string>

#include "kvm/machine.hpp"
#include "lib/sysfs.hpp"

namespace kproof::kvm {

// Merges what is MADV_MERGEABLE until destroyed, and then no page is merged any more.
class Ksm {
 public:
  Ksm();
  Ksm(const Ksm&) = delete;
  Ksm& operator=(const Ksm&) = delete;
  ~Ksm();

  // What this kernel lacks for it; "" if nothing.
  static std::string missing();
  // Pages of all processes that are one with others, or were found to be.
  static std::size_t merged_pages();
  // Waits until they are so many. Why they are not, after 20 s; "" if they are.
  static std::string wait_merged(std::size_t pages);

 private:
  lib::sysfs::Settings settings_;
};

// Vcpu 0 writes `content` to each of the first words, so that writable SPTEs map pages of one
// content.
bool write_alike(Machine& machine, lib::Check& check, std::size_t words, std::uint64_t content);

}  // namespace kproof::kvm
