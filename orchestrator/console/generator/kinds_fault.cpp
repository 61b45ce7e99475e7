// Faults, BUG(), exceptions, panics, machine checks.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

static constexpr std::string_view kNull =
    "BUG: unable to handle kernel NULL pointer dereference in {f}";
static constexpr std::string_view kPaging = "BUG: unable to handle kernel paging request in {f}";

static constexpr Kind kFaultKinds[] = {
    {"page fault", kAnyX86, 501, 9999, kPaging, kDies,
     "!BUG: unable to handle page fault for address: {addr}\n"
     "#PF: supervisor read access in kernel mode\n#PF: error_code(0x0000) - not-present page\n"
     "PGD 100000067 P4D 100000067 PUD 0 \n@oops Oops\n@cpu\n@regs\n@trace\n@modules\n"
     "CR2: {addr}\n@end\n@regs"},
    {"page fault before 5.1", kAnyX86, 404, 500, kPaging, kDies,
     "!BUG: unable to handle kernel paging request at {addr}\nIP: {p}\nPGD 1e06067 PUD 0 \n"
     "@oops Oops\n@modules\n@cpu\n@regs\n@trace\nCode: 00 00 <8b> 07\nCR2: {addr}\n@end"},
    {"NULL pointer", kAnyX86, 501, 9999, kNull, kDies,
     "!BUG: kernel NULL pointer dereference, address: 0000000000000018\n"
     "#PF: supervisor write access in kernel mode\n#PF: error_code(0x0002) - not-present page\n"
     "PGD 0 P4D 0 \n@oops Oops\n@cpu\n@regs\n@trace\n@modules\nCR2: 0000000000000018\n@end"},
    {"NULL pointer before 5.1", kAnyX86, 404, 500, kNull, kDies,
     "!BUG: unable to handle kernel NULL pointer dereference at 0000000000000018\nIP: {p}\n"
     "PGD 0 \n@oops Oops\n@modules\n@cpu\n@regs\n@trace\nCR2: 0000000000000018\n@end"},
    {"NULL pointer, arm64", kArm64, 0, 9999, kNull, kDies,
     "!Unable to handle kernel NULL pointer dereference at virtual address 0000000000000018\n"
     "Mem abort info:\n  ESR = 0x0000000096000004\n  EC = 0x25: DABT (current EL), IL = 32 bits\n"
     "Data abort info:\n  CM = 0, WnR = 0\n[0000000000000018] user address but active_mm is "
     "swapper\n"
     "@oops Oops: 0000000096000004\n@modules\n@cpu\n@regs\n@trace\nCode: d503201f (f9400c00) "
     "\n@end"},
    {"paging request, arm64", kArm64, 0, 9999, kPaging, kDies,
     "!Unable to handle kernel paging request at virtual address {addr}\nMem abort info:\n"
     "  ESR = 0x96000006\n[{addr}] pgd=0000000000000000\n@oops Oops: 96000006\n@modules\n@cpu\n"
     "@regs\n@trace\nCode: d503201f (f9400c00) \n@end"},
    {"NULL pointer, arm", kArm, 0, 9999, kNull, kDies,
     "8<--- cut here ---\n"
     "!Unable to handle kernel NULL pointer dereference at virtual address 00000018\n"
     "[00000018] *pgd=00000000\n@oops Oops: 5\n@modules\n@cpu\n@regs\n@trace\n"
     "Code: e1a0c00d e92dd800 (e5903018) \n@end"},
    {"NULL pointer, riscv", kRiscv, 0, 9999, kNull, kDies,
     "!Unable to handle kernel NULL pointer dereference at virtual address 0000000000000018\n"
     "@oops Oops\n@modules\n@cpu\n@regs\nstatus: 0000000200000120 badaddr: 0000000000000018 "
     "cause: 000000000000000d\n@trace\n@end"},
    {"NULL pointer, powerpc", kPpc64, 504, 9999, kNull, kDies,
     "!BUG: Kernel NULL pointer dereference on read at 0x00000018\n"
     "Faulting instruction address: 0x{addr}\n@oops Oops: Kernel access of bad area, sig: 11\n"
     "LE PAGE_SIZE=64K MMU=Radix SMP NR_CPUS=2048 NUMA pSeries\n@modules\n@cpu\n@regs\n@trace\n"
     "Instruction dump:\n7c0802a6 f8010010 \n@end"},
    {"paging request, powerpc before 5.4", kPpc64, 0, 503, kPaging, kDies,
     "!Unable to handle kernel paging request for data at address 0x00000018\n"
     "Faulting instruction address: 0x{addr}\n@oops Oops: Kernel access of bad area, sig: 11\n"
     "@modules\n@cpu\n@regs\n@trace\n@end"},
    {"dereference, s390", kS390, 0, 9999, "BUG: unable to handle kernel pointer dereference in {f}",
     kDies,
     "!Unable to handle kernel pointer dereference in virtual kernel address space\n"
     "Failing address: 0000000000000000 TEID: 0000000000000483\n"
     "Fault in home space mode while using kernel ASCE.\n@oops Oops: 0004\n@modules\n@cpu\n@regs\n"
     "@trace\nLast Breaking-Event-Address:\n [<{addr}>] {q}\n@end"},
    {"GPF", kAnyX86, 505, 610, "general protection fault in {f}", kDies,
     "!general protection fault, probably for non-canonical address 0xdead000000000108: 0000 [#1] "
     "PREEMPT SMP\n@cpu\n@regs\n@trace\n@modules\n@end\n@regs"},
    {"GPF since 6.11", kAnyX86, 611, 9999, "general protection fault in {f}", kDies,
     "!Oops: general protection fault, probably for non-canonical address 0xdead000000000108: 0000 "
     "[#1] SMP PTI\n@cpu\n@regs\n@trace\n@modules\n@end"},
    {"GPF before 5.5", kAnyX86, 404, 504, "general protection fault in {f}", kDies,
     "!general protection fault: 0000 [#1] SMP\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"BUG()", kAll, 0, 9999, "kernel BUG in {f}", kDies,
     "------------[ cut here ]------------\n!kernel BUG at {file}:{line}!\n"
     "@oops invalid opcode\n@cpu\n@regs\n@trace\n@modules\n@end"},
    {"divide error", kAnyX86, 0, 9999, "divide error in {f}", kDies,
     "!@oops divide error\n@cpu\n@regs\n@trace\n@modules\n@end"},
    {"int3", kAnyX86, 0, 9999, "int3 in {f}", kDies,
     "!@oops int3\n@cpu\n@regs\n@trace\n@modules\n@end"},
    {"undefined instruction, arm64", kArm64 | kArm, 0, 9999, "Internal error in {f}", kDies,
     "!@oops Oops - undefined instruction: 0\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"external abort, arm64", kArm64, 0, 9999, "Internal error in {f}", kDies,
     "!@oops synchronous external abort: 0000000096000210\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"bad access, powerpc", kPpc64, 0, 9999, "Oops in {f}", kDies,
     "!@oops Oops: Exception in kernel mode, sig: 4\nLE PAGE_SIZE=64K MMU=Hash SMP NR_CPUS=2048\n"
     "@modules\n@cpu\n@regs\n@trace\n@end"},
    {"illegal operation, s390", kS390, 0, 9999, "illegal operation in {f}", kDies,
     "!@oops illegal operation: 0001\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"stack guard page", kX86, 414, 9999, "BUG: stack guard page was hit in {f}", kDies | kLoops,
     "!BUG: stack guard page was hit at {addr} (stack is {addr}..{addr})\n"
     "@oops stack guard page\n@cpu\n@regs\n@trace\n@modules\n@end"},
    {"double fault", kX86, 419, 9999, "PANIC: double fault in {f}", kDies | kPanics,
     "!traps: PANIC: double fault, error_code: 0x0\n@oops double fault\n@cpu\n@regs\n@trace\n"
     "@modules\n@end\n@regs\nKernel panic - not syncing: Fatal exception in interrupt\n"
     "Kernel Offset: disabled\n---[ end Kernel panic - not syncing: Fatal exception in interrupt "
     "]---"},
    {"stack protector", kAll, 0, 9999, "kernel panic: stack is corrupted in {f}", kDies | kPanics,
     "!Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: {p}\n@cpu\n"
     "@dump panic __stack_chk_fail"},
    {"no root", kAll, 0, 9999, "kernel panic: VFS: Unable to mount root fs on unknown-block",
     kDies | kPanics | kNoName | kRough,
     "!Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n@cpu\n"
     "@dump panic mount_block_root mount_root"},
    {"out of memory", kAll, 0, 9999, "kernel panic: System is deadlocked on memory",
     kDies | kPanics | kNoName | kRough,
     "!Kernel panic - not syncing: System is deadlocked on memory\n@cpu\n@dump panic "
     "out_of_memory"},
    {"a driver's panic", kAll, 0, 9999, "kernel panic: zork: the bus is gone",
     kDies | kPanics | kNoName | kRough,
     "!Kernel panic - not syncing: zork: the bus is gone\n@cpu\n@dump panic"},
    {"machine check", kAnyX86, 0, 9999, "Machine", kNoName | kRough,
     "!mce: [Hardware Error]: CPU {cpu}: Machine Check: 0 Bank 4: b200000000070f0f\n"
     "mce: [Hardware Error]: TSC 0 ADDR 7f1234 MISC d012000100000000 \n"
     "mce: [Hardware Error]: PROCESSOR 2:a20f12 TIME 1700000000 SOCKET 0 APIC 2 microcode a201205"},
    {"unchecked MSR", kX86, 0, 9999, "unchecked MSR access error", kRough,
     "!unchecked MSR access error: WRMSR to 0x1c0 (tried to write 0x0000000000000001) at rIP: "
     "0x{hex16} ({p})\n@trace"},
};

std::span<const Kind> fault_kinds() {
  return kFaultKinds;
}

}  // namespace kproof::console::generator
