// The huge PUDs that munmap() clears, as the kernel finds them: what nothing else shows of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mm/mapping.hpp"

namespace kproof::mm {

// Bits of an x86 page-table entry (arch/x86/include/asm/pgtable_types.h). The dirty bit is that of
// an entry that may be written: in others, kernels since 6.6 keep it elsewhere (_PAGE_SAVED_DIRTY),
// as the hardware takes those that are dirty for a shadow stack's.
inline constexpr std::uint64_t kEntryWritable = 1ull << 1, kEntryAccessed = 1ull << 5,
                               kEntryDirty = 1ull << 6, kEntryIsLeaf = 1ull << 7;

// A kprobe event at the entry of zap_huge_pud(), which holds the last value of an entry before it
// is cleared, traced in an instance of its own: nobody's tracing is disturbed. Needs root, tracefs
// and CONFIG_KPROBE_EVENTS; bails out where the kernel refuses.
class ZapProbe {
 public:
  ZapProbe();
  ZapProbe(const ZapProbe&) = delete;
  ZapProbe& operator=(const ZapProbe&) = delete;
  ~ZapProbe();

  // The entries that mapped [address, address + length) when it was unmapped, since forget().
  std::vector<std::uint64_t> seen(const void* address, std::size_t length) const;
  void forget();

 private:
  std::string instance_;
};

}  // namespace kproof::mm
