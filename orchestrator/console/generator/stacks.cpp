// Registers and stack traces of the architectures.
#include <fmt/format.h>

#include "console/generator/machine.hpp"

namespace kproof::console::generator {

// print_trace_address() and its siblings: with the address in brackets up to 4.9, or for ever.
static std::string frame(const Machine& machine, const std::string& place, bool first) {
  Random& random = *machine.random;
  switch (machine.arch) {
    case kRiscv:
      return fmt::format("[<{}>] {}", machine.pointer(), place);
    case kS390:
      return first && !machine.since(501) ? fmt::format("([<{}>] {})", machine.pointer(), place)
                                          : fmt::format(" [<{}>] {} ", machine.pointer(), place);
    case kPpc64:
      return fmt::format("[{}] [{}] {}{}", machine.pointer(), machine.pointer(), place,
                         first ? " (unreliable)" : "");
    case kArm64:
      return machine.since(410) ? " " + place : fmt::format("[<{}>] {}", machine.pointer(), place);
    default:
      if (!machine.since(410)) return fmt::format(" [<{}>] {}", machine.pointer(), place);
      return (random.one_in(10) ? " ? " : " ") + place;
  }
}

// dump_backtrace_entry() of Arm names the caller with its offset, and the callee without.
static Lines arm_frames(const Machine& machine, const std::vector<std::string>& functions) {
  Lines lines;
  for (std::size_t i = 0; i + 1 < functions.size(); ++i) {
    const std::string from = machine.place(functions[i + 1]);
    lines.push_back(machine.since(518)
                        ? fmt::format(" {} from {}", functions[i], from)
                        : fmt::format("[<{}>] ({}) from [<{}>] ({})", machine.pointer(),
                                      functions[i], machine.pointer(), from));
  }
  return lines;
}

static std::vector<std::string> entry(const Machine& machine) {
  const bool wrapped = machine.since(417);  // syscalls take pt_regs
  switch (machine.arch) {
    case kX86:
      return {wrapped ? "__x64_sys_ioctl" : "SyS_ioctl", "do_syscall_64",
              wrapped ? "entry_SYSCALL_64_after_hwframe" : "entry_SYSCALL_64_fastpath"};
    case kX86_32:
      return {"__ia32_sys_ioctl", "do_fast_syscall_32", "entry_SYSENTER_32"};
    case kArm64:
      return {wrapped ? "__arm64_sys_ioctl" : "SyS_ioctl", "el0_svc_common.constprop.0",
              "do_el0_svc", "el0_svc"};
    case kArm:
      return {"sys_ioctl", "ret_fast_syscall"};
    case kRiscv:
      return {"sys_ioctl", "ret_from_syscall"};
    case kPpc64:
      return {"sys_ioctl", "system_call_exception", "system_call_common"};
    default:
      return {"__s390x_sys_ioctl", "__do_syscall", "system_call"};
  }
}

static std::vector<std::string> printers(const Machine& machine) {
  const std::string level = machine.since(513) ? "dump_stack_lvl" : "dump_stack";
  switch (machine.arch) {
    case kArm64:
      return {"dump_backtrace", "show_stack", level};
    case kArm:
      return {"unwind_backtrace", "show_stack", level};
    case kRiscv:
      return {"dump_backtrace", "show_stack", level};
    default:
      return {level};
  }
}

Lines stored_frames(const Machine& machine, const std::vector<std::string>& functions) {
  Lines lines;
  for (const std::string& function : functions)
    lines.push_back(" " + machine.place(function));
  return lines;
}

Lines trace(const Machine& machine, const Task& task, const std::vector<std::string>& above,
            bool printed) {
  std::vector<std::string> functions = printed ? printers(machine) : std::vector<std::string>{};
  functions.insert(functions.end(), above.begin(), above.end());
  const std::size_t ours = functions.size();
  functions.insert(functions.end(), task.stack.begin(), task.stack.end());
  const auto way = entry(machine);
  functions.insert(functions.end(), way.begin(), way.end());
  if (machine.arch == kArm) {
    Lines lines = arm_frames(machine, functions);
    if (machine.since(611)) lines.insert(lines.begin(), "Call trace: ");
    return lines;
  }
  const bool task_marks = (machine.arch & kAnyX86) && machine.since(517);
  Lines lines{machine.arch == kArm64 ? "Call trace:" : "Call Trace:"};
  if (task_marks) lines.push_back(" <TASK>");
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const bool blamed = i >= ours && i < ours + task.stack.size();
    std::string text = frame(
        machine, blamed ? task.place(machine, i - ours) : machine.place(functions[i]), i == 0);
    // What the unwinder is not sure of is never the one to blame.
    if (blamed && text.starts_with(" ? ")) text.erase(1, 2);
    lines.push_back(text);
  }
  if (task_marks) lines.push_back(" </TASK>");
  return lines;
}

static Lines x86_registers(const Machine& machine, const Task& task) {
  Random& random = *machine.random;
  const bool wide = machine.arch == kX86, bracket = !machine.since(410);
  const std::string address = bracket ? fmt::format("[<{}>] ", machine.pointer()) : "";
  if (!wide)
    return {fmt::format("EIP: {}{}", address, task.place(machine)),
            fmt::format("EAX: {} EBX: {} ECX: {} EDX: {}", random.hex(8), random.hex(8),
                        random.hex(8), random.hex(8))};
  const std::string rip = bracket ? fmt::format("{}{}", address, address) : "";
  return {fmt::format("RIP: 0010:{}{}", rip, task.place(machine)),
          fmt::format("RSP: 0018:{} EFLAGS: 000102{}", machine.pointer(), random.hex(2)),
          fmt::format("RAX: {} RBX: {} RCX: {}", random.hex(16), random.hex(16), random.hex(16)),
          fmt::format("FS:  {}(0000) GS:{}(0000) knlGS:{}", random.hex(16), random.hex(16),
                      random.hex(16))};
}

static Lines arm_registers(const Machine& machine, const Task& task) {
  Random& random = *machine.random;
  return {
      fmt::format("PC is at {}", task.place(machine)),
      fmt::format("LR is at {}", machine.place(task.stack[1])),
      fmt::format("pc : [<{}>]    lr : [<{}>]    psr: 60000013", machine.pointer(),
                  machine.pointer()),
      fmt::format("sp : {}  ip : {}  fp : {}", random.hex(8), random.hex(8), random.hex(8)),
      fmt::format("Process {} (pid: {}, stack limit = 0x{})", task.comm, task.pid, random.hex(8)),
      fmt::format("Stack: (0x{} to 0x{})", random.hex(8), random.hex(8)),
      fmt::format("1e20: {} {} {} {}", random.hex(8), random.hex(8), random.hex(8), random.hex(8))};
}

Lines registers(const Machine& machine, const Task& task) {
  Random& random = *machine.random;
  const std::string caller = machine.place(task.stack[1]);
  switch (machine.arch) {
    case kX86:
    case kX86_32:
      return x86_registers(machine, task);
    case kArm:
      return arm_registers(machine, task);
    case kArm64:
      if (!machine.since(415))
        return {fmt::format("PC is at {}", task.place(machine)), fmt::format("LR is at {}", caller),
                fmt::format("pc : [<{}>] lr : [<{}>] pstate: 60000145", machine.pointer(),
                            machine.pointer())};
      return {"pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)",
              fmt::format("pc : {}", task.place(machine)), fmt::format("lr : {}", caller),
              fmt::format("sp : {}", machine.pointer())};
    case kRiscv:
      return {fmt::format("epc : {}", task.place(machine)), fmt::format(" ra : {}", caller),
              fmt::format("epc : {} ra : {} sp : {}", machine.pointer(), machine.pointer(),
                          machine.pointer())};
    case kPpc64:
      return {fmt::format("NIP:  {} LR: {} CTR: {}", machine.pointer(), machine.pointer(),
                          random.hex(16)),
              fmt::format("REGS: {} TRAP: 0300   Not tainted  ({})", machine.pointer(),
                          machine.release),
              fmt::format("NIP [{}] {}", machine.pointer(), task.place(machine)),
              fmt::format("LR [{}] {}", machine.pointer(), caller)};
    default:
      return {fmt::format("Krnl PSW : 0704c00180000000 {} ({})", machine.pointer(),
                          task.place(machine)),
              "           R:0 T:1 IO:0 EX:0 Key:0 M:1 W:0 P:0 AS:3 CC:0 PM:0 RI:0 EA:3",
              fmt::format("Krnl GPRS: {} {} {} {}", random.hex(16), random.hex(16), random.hex(16),
                          random.hex(16))};
  }
}

}  // namespace kproof::console::generator
