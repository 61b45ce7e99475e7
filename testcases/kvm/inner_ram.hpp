// Where another process, a QEMU, has its guest's RAM.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "kvm/notifiers.hpp"

namespace kproof::kvm {

struct InnerRam {
  HvaRange range;            // in that process
  std::string path;          // of the file it maps; "" if the memory is anonymous
  std::uint64_t offset = 0;  // in the file
  bool shared = false;
  std::size_t page = 4096;  // bytes: what ranges must be multiples of
  int fd = -1;              // of the file in that process; -1 if it has none open
  std::string text;         // the fact, as the kernel tells it
};

// The largest mapping that can be written. Empty if the process is not there, or not ours to look
// at.
std::optional<InnerRam> inner_ram(pid_t pid);

// Whether pagemap can be asked about it. To walk page tables splits the huge PUDs of device DAX,
// which clears them (walk_pud_range), so that to look is to change; and 6.1 was seen to take such a
// PUD of a running guest for a table of PMDs then, and to crash in pagemap_pmd_range().
bool can_count_pages(const InnerRam& ram);
// The offsets of the 4 KiB pages of the range that have this bit in /proc/PID/pagemap: mapped now,
// as all are that KVM maps; written since the soft-dirty bits were cleared.
inline constexpr unsigned kPresentBit = 63, kSoftDirtyBit = 55;
std::vector<std::size_t> pages_with(unsigned bit, pid_t pid, const HvaRange& range);

// Mappings that a process has; to see that none was left behind.
std::size_t count_mappings(pid_t pid);

}  // namespace kproof::kvm
