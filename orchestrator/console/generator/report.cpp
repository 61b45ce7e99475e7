// From a kind's text to the lines of a report.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "console/generator/kinds.hpp"
#include "util/text.hpp"

namespace kproof::console::generator {

static std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) list.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return list;
}

// __die(): x86 has printed the error itself behind "Oops: " since 6.11.
static std::string oops(const Machine& machine, std::string_view error) {
  const std::string smp = machine.random->one_in(2) ? "PREEMPT SMP" : "SMP";
  switch (machine.arch) {
    case kX86:
    case kX86_32:
      return fmt::format("{}{}: 0000 [#1] {}", machine.since(611) ? "Oops: " : "", error, smp);
    case kArm64:
      return fmt::format("Internal error: {} [#1] {}", error, smp);
    case kArm:
      return fmt::format("Internal error: {} [#1] {} ARM", error, smp);
    case kRiscv:
      return fmt::format("{} [#1]", error);
    case kPpc64:
      return fmt::format("{} [#1]", error);
    default:
      return fmt::format("{} ilc:2 [#1] {}", error, smp);
  }
}

struct Fill {
  const Machine& machine;
  const Task& task;
  const Task& other;

  std::string inline_text(std::string text) const {
    Random& random = *machine.random;
    const auto number = [&](std::size_t most) { return std::to_string(1 + random.below(most)); };
    util::replace_all(text, "{p}", task.place(machine));
    util::replace_all(text, "{q}", other.place(machine));
    util::replace_all(text, "{f}", task.stack[0]);
    util::replace_all(text, "{g}", other.stack[0]);
    util::replace_all(text, "{addr}", machine.pointer());
    util::replace_all(text, "{file}", "drivers/zork/frob.c");
    util::replace_all(text, "{line}", number(3000));
    util::replace_all(text, "{cpu}", std::to_string(task.cpu));
    util::replace_all(text, "{pid}", std::to_string(task.pid));
    util::replace_all(text, "{comm}", task.comm);
    util::replace_all(text, "{rel}", machine.release);
    util::replace_all(text, "{hex8}", random.hex(8));
    util::replace_all(text, "{hex16}", random.hex(16));
    util::replace_all(text, "{n}", number(90));
    return text;
  }

  Lines macro(std::string_view line) const {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view what = line.substr(1, space - 1);
    const std::string_view rest = line.substr(std::min(space + 1, line.size()));
    if (what == "cpu") return cpu_lines(machine, task);
    if (what == "regs") return registers(machine, task);
    if (what == "trace") return trace(machine, task, words(rest), false);
    if (what == "dump") return trace(machine, task, words(rest), true);
    if (what == "frames") return stored_frames(machine, task.stack);
    if (what == "other") return stored_frames(machine, other.stack);
    if (what == "oops") return {oops(machine, inline_text(std::string(rest)))};
    if (what == "modules")
      return {"Modules linked in: zork_mod(O) virtio_net 9p [last unloaded: quux]"};
    if (what == "end")
      return {fmt::format("---[ end trace {} ]---",
                          machine.since(516) ? std::string(16, '0') : machine.random->hex(16))};
    return {fmt::format("unknown macro @{}", what)};
  }
};

std::vector<const Kind*> kinds_of(const Machine& machine) {
  std::vector<const Kind*> list;
  for (const auto& table :
       {fault_kinds(), memory_kinds(), locking_kinds(), stall_kinds(), warning_kinds()})
    for (const Kind& kind : table)
      if ((kind.archs & machine.arch) && kind.since <= machine.kernel &&
          machine.kernel <= kind.until)
        list.push_back(&kind);
  return list;
}

Report report(const Machine& machine, const Kind& kind, std::size_t serial) {
  Report made{.kind = &kind, .task = task(machine, 2 * serial)};
  const Task other = task(machine, 2 * serial + 1);
  const Fill fill{machine, made.task, other};
  made.other = other.stack[0];
  std::string_view text = kind.text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with('!')) {
      made.header = made.lines.size();
      line.remove_prefix(1);
    }
    const Lines filled =
        line.starts_with('@') ? fill.macro(line) : Lines{fill.inline_text(std::string(line))};
    made.lines.insert(made.lines.end(), filled.begin(), filled.end());
  }
  made.title = fill.inline_text(std::string(kind.title));
  return made;
}

}  // namespace kproof::console::generator
