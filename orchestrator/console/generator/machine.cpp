#include "console/generator/machine.hpp"

#include <fmt/format.h>

namespace kproof::console::generator {

std::string Machine::pointer() const {
  switch (arch) {
    case kX86_32:
    case kArm:
      return "c" + random->hex(7);
    case kPpc64:
      return "c000000" + random->hex(9);
    case kS390:
      return "000003ff" + random->hex(8);
    default:
      return "ffff88" + random->hex(10);
  }
}

std::string Machine::place(std::string_view function) const {
  const std::size_t size = 0x40 + random->below(0x900);
  return fmt::format("{}+0x{:x}/0x{:x}", function, 4 + random->below(size - 8), size);
}

Machine machine(Random& random) {
  static constexpr Arch kArchs[] = {kX86,   kX86, kX86,   kX86_32, kArm64,
                                    kArm64, kArm, kRiscv, kPpc64,  kS390};
  static constexpr int kKernels[] = {404, 409, 414, 419, 504, 510, 515, 601, 606, 612, 619, 700};
  Machine made{.arch = random.pick(kArchs), .kernel = random.pick(kKernels), .random = &random};
  if (made.arch == kRiscv && !made.since(504)) made.kernel = 510;  // the port was young before
  made.release = fmt::format("{}.{}.{}", made.kernel / 100, made.kernel % 100, random.below(40));
  return made;
}

std::string Task::place(const Machine& machine, std::size_t depth) const {
  std::string place = machine.place(stack.at(depth));
  return module.empty() ? place : fmt::format("{} [{}]", place, module);
}

// Words of nobody's kernel, and some that only contain what reporting and allocating functions are
// called.
static std::string name(Random& random, std::size_t serial) {
  static constexpr std::string_view kThings[] = {"zork",   "quux",   "frob",   "wibble", "plugh",
                                                 "xyzzy",  "thud",   "grue",   "blorb",  "snark",
                                                 "vorpal", "gimble", "brillig"};
  static constexpr std::string_view kDeeds[] = {"drain",  "rotate",     "fold",  "submit", "settle",
                                                "park",   "renew",      "shift", "merge",  "walk",
                                                "update", "handle_one", "commit"};
  static constexpr std::string_view kTricky[] = {"kmalloc_left", "printk_ring",  "memcpy_done",
                                                 "spin_lock_me", "panic_button", "alloc_pages_of"};
  const std::string_view deed = random.one_in(12) ? random.pick(kTricky) : random.pick(kDeeds);
  return fmt::format("{}_{}{}", random.pick(kThings), deed, serial);
}

Task task(const Machine& machine, std::size_t serial) {
  static constexpr std::string_view kComms[] = {"zorkd",          "cat",       "kworker/1:2",
                                                "syz-executor.0", "mm_stress", "(udev-worker)"};
  Random& random = *machine.random;
  Task made{.comm = std::string(random.pick(kComms)),
            .module = random.one_in(3) ? "zork_mod" : "",
            .cpu = static_cast<unsigned>(random.below(8)),
            .pid = static_cast<unsigned>(random.between(2, 99999))};
  const std::size_t depth = random.between(2, 5);
  while (made.stack.size() < depth)
    made.stack.push_back(name(random, serial * 10 + made.stack.size()));
  return made;
}

Lines cpu_lines(const Machine& machine, const Task& task) {
  static constexpr std::string_view kHardware[] = {
      "QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014",
      "LENOVO 20XW/20XW, BIOS N32ET75W (1.51 ) 12/02/2021", "linux,dummy-virt (DT)"};
  const std::string uid = machine.since(613) ? "UID: 0 " : "";
  Lines lines{fmt::format("CPU: {} {}PID: {} Comm: {} Not tainted {} #1", task.cpu, uid, task.pid,
                          task.comm, machine.release)};
  lines.push_back(fmt::format("Hardware name: {}", machine.random->pick(kHardware)));
  return lines;
}

}  // namespace kproof::console::generator
