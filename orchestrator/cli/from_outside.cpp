#include "cli/from_outside.hpp"

#include "util/error.hpp"

namespace kproof::cli {
using nlohmann::json;

void require_from_outside(const json& state) {
  const json& levels = state.at("levels");
  if (levels.size() != 2)
    throw ConfigError(
        "--from-outside: this guest does not have two levels, and of more gdb cannot "
        "tell which one a CPU runs");
  if (!state.value("emulated", false))
    throw ConfigError("--from-outside: KVM runs this guest, and its stub knows nothing of level 2",
                      "leave it out: `kproof gdb --level 2` has breakpoints here");
  if (!levels[0].value("in_place", false))
    throw ConfigError(
        "--from-outside: the kernel of level 1 may have moved itself (KASLR), so that gdb cannot "
        "tell it from the one inside",
        "boot it with `cmdline: [nokaslr]` in the plan's topology");
}

// x86_64: __START_KERNEL_map is the address of physical 0 in the kernel's mapping of its code, and
// LOAD_PHYSICAL_ADDR, CONFIG_PHYSICAL_START's default, that of its first page.
std::string stop_inside_only() {
  return R"(python
import gdb

class Inside(gdb.Function):
  """$inside(): whether the CPU that stopped runs the guest inside, not the one around it."""
  def __init__(self):
    super().__init__('inside')

  def invoke(self):
    gdb.execute('monitor cpu %d' % (gdb.selected_thread().num - 1), to_string=True)
    told = gdb.execute('monitor gva2gpa 0xffffffff81000000', to_string=True)
    return told.strip() != 'gpa: 0x1000000'

def only_inside(breakpoint):
  own = breakpoint.condition
  if own is None or '$inside()' not in own:
    breakpoint.condition = '$inside()' + (' && (%s)' % own if own else '')

Inside()
gdb.events.breakpoint_created.connect(only_inside)
)";
}

std::string limits_from_outside(const json& state) {
  std::string said =
      "kproof: all levels stop together, and where L1 comes to a breakpoint it goes on. `print "
      "$inside()` tells whom you see\n";
  if (state.at("levels")[0].value("mmu", "") != "shadow")
    said +=
        "kproof: L1's KVM has nested paging, which its QEMU's stub does not follow: memory and "
        "backtraces of level 2 are wrong, registers are right. `mmu: shadow` in the topology "
        "shows both\n";
  return said;
}

}  // namespace kproof::cli
