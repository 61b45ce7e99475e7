#include "verdict/taint.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace kproof::verdict {

// By bit. Documentation/admin-guide/tainted-kernels.rst; J came after v6.12.
static constexpr std::array<std::string_view, 20> kTaints{
    "P (proprietary module)",
    "F (module force loaded)",
    "S (kernel running on an out of specification system)",
    "R (module force unloaded)",
    "M (machine check exception)",
    "B (bad page)",
    "U (requested by user space)",
    "D (kernel died recently: OOPS or BUG)",
    "A (ACPI table overridden)",
    "W (kernel issued warning)",
    "C (staging driver)",
    "I (workaround for a firmware bug)",
    "O (externally built module)",
    "E (unsigned module)",
    "L (soft lockup)",
    "K (live patched)",
    "X (auxiliary)",
    "T (built with randstruct)",
    "N (in-kernel test)",
    "J (fwctl's mutating debug interface)",
};

std::string decode_taint(unsigned long bits) {
  std::string out;
  for (unsigned bit = 0; bit < 8 * sizeof bits; ++bit) {
    if (!(bits >> bit & 1)) continue;
    if (!out.empty()) out += ", ";
    out += bit < kTaints.size() ? std::string(kTaints[bit]) : fmt::format("bit {}", bit);
  }
  return out;
}

}  // namespace kproof::verdict
