// The kinds of reports, as tables of data: what the kernel prints, and what that is called.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/generator/machine.hpp"

namespace kproof::console::generator {

enum KindFlag : unsigned {
  kDies = 1,     // an oops or a panic: Facts::oopsed
  kPanics = 2,   // the report holds the panic: nothing comes behind it but a boot
  kLoops = 4,    // where a CPU or task was caught is chance: any function of its stack will do
  kOneLine = 8,  // one line that stands for itself
  kNoName = 16,  // no function is named
  kRough = 32,   // the title holds `title`; its exact form has no convention
};

// `text`, a line each:
//   {f} the function to blame, {p} it with offset, {q} and {g} the same of another task,
//   {addr} {file} {line} {cpu} {pid} {comm} {rel} {hex8} {hex16} {n}: what their names say
//   @cpu @regs @end @modules, @oops ERROR (the line of die()), @trace ABOVE, @dump ABOVE,
//   @frames (of the task, stored), @other (of the other task)
// The header is the line that begins with '!'.
struct Kind {
  std::string_view name;
  unsigned archs = kAll;
  int since = 0, until = 9999;  // kernels, both inclusive
  std::string_view title;
  unsigned flags = 0;
  std::string_view text;
};

std::span<const Kind> fault_kinds();
std::span<const Kind> memory_kinds();
std::span<const Kind> locking_kinds();
std::span<const Kind> stall_kinds();
std::span<const Kind> warning_kinds();
std::vector<const Kind*> kinds_of(const Machine& machine);

// One report, printed by one CPU.
struct Report {
  const Kind* kind = nullptr;
  Task task;
  std::string other;  // the function of the other task
  std::string title;
  Lines lines;
  std::size_t header = 0;  // index into lines
};
Report report(const Machine& machine, const Kind& kind, std::size_t serial);

}  // namespace kproof::console::generator
