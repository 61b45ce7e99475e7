// The machine and the kernel that print a log, and how such a kernel writes addresses and stacks.
// Written from the kernels' sources (arch/*/kernel/{traps,stacktrace,process,dumpstack}.c,
// kernel/panic.c, lib/dump_stack.c), never from the analyser's tables: what it is compared with
// must not be what it was made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "console/generator/random.hpp"

namespace kproof::console::generator {

using Lines = std::vector<std::string>;

enum Arch : unsigned {
  kX86 = 1,
  kX86_32 = 2,
  kArm64 = 4,
  kArm = 8,
  kRiscv = 16,
  kPpc64 = 32,
  kS390 = 64,
  kAnyX86 = kX86 | kX86_32,
  kAll = 127,
};

struct Machine {
  Arch arch = kX86;
  int kernel = 601;  // 4.19 is 419, 6.1 is 601
  std::string release;
  Random* random = nullptr;

  bool since(int version) const { return kernel >= version; }
  std::string pointer() const;                         // of kernel memory, as %px has it
  std::string place(std::string_view function) const;  // "func+0x1a/0x340", "%pS"
};

Machine machine(Random& random);

// The task that runs, and what it is doing: the function to blame first, then its callers.
struct Task {
  std::string comm, module;  // "": the function is not of a module
  unsigned cpu = 0, pid = 0;
  std::vector<std::string> stack;
  std::string place(const Machine& machine, std::size_t depth = 0) const;
};

// `serial` makes names that no other task of the log has.
Task task(const Machine& machine, std::size_t serial);

// "CPU: 1 PID: 77 Comm: ..." and the line of the hardware.
Lines cpu_lines(const Machine& machine, const Task& task);
// Registers, with the line that says where the CPU is.
Lines registers(const Machine& machine, const Task& task);
// A stack trace: what prints it, what called that (`above`, innermost first), the task's stack, and
// the way into the kernel. `printed`: by dump_stack(); else it begins with `above`.
Lines trace(const Machine& machine, const Task& task, const std::vector<std::string>& above,
            bool printed);
// The frames alone, without a heading, as sanitizers print the stacks that they stored.
Lines stored_frames(const Machine& machine, const std::vector<std::string>& functions);

}  // namespace kproof::console::generator
