#include "console/generator/benign.hpp"

namespace kproof::console::generator {

static constexpr std::string_view kKernel[] = {
    "Command line: root=/dev/sda1 panic=-1 oops=panic softlockup_panic=1 hung_task_panic=0",
    "Kernel command line: console=ttyS0 nmi_watchdog=panic,1 slub_debug=FZPU",
    "x86/fpu: Supporting XSAVE feature 0x001: 'x87 floating point registers'",
    "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable",
    "ACPI: Early table checksum verification disabled",
    "ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND",
    "[Firmware Bug]: TSC_DEADLINE disabled due to Errata; please update microcode",
    "x86/cpu: VMX (outside TXT) disabled by BIOS",
    "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leakage possible via "
    "Spectre v2 BHB attacks!",
    "RAS: Correctable Errors collector initialized.",
    "mce: CPU0: Thermal monitoring enabled (TM1)",
    "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
    "rcu: Hierarchical RCU implementation.",
    "rcu: \tRCU restricting CPUs from NR_CPUS=512 to nr_cpu_ids=4.",
    "rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.",
    "Lock dependency validator: Copyright (c) 2006 Red Hat, Inc., Ingo Molnar",
    "... MAX_LOCKDEP_SUBCLASSES:  8",
    "EDAC MC: Ver: 3.0.0",
    "EDAC MC0: 1 CE memory read error on CPU_SrcID#0_MC#0_Chan#0_DIMM#0 (channel:0 slot:0 "
    "page:0x12345 offset:0x0 grain:32 syndrome:0x0)",
    "mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 6: ee0000000040110a",
    "kfence: initialized - using 2097152 bytes for 255 objects at "
    "0x(____ptrval____)-0x(____ptrval____)",
    "kmemleak: Kernel memory leak detector initialized (mem pool available: 15694)",
    "kmemleak: Automatic memory scanning thread started",
    "kasan: KernelAddressSanitizer initialized",
    "traps: zorkd[812] general protection fault ip:7f31c0de sp:7ffd1000 error:0 in "
    "libc.so.6[7f31c000+1c000]",
    "zorkd[812]: segfault at 18 ip 000055d0 sp 00007ffd error 4 in zorkd[55d0+2000] likely on CPU "
    "1",
    "traps: zorkd[812] trap divide error ip:55d0 sp:7ffd error:0 in zorkd[55d0+2000]",
    "perf: interrupt took too long (2511 > 2500), lowering kernel.perf_event_max_sample_rate to "
    "79500",
    "usb 1-1: device descriptor read/64, error -71",
    "ata1.00: exception Emask 0x0 SAct 0x0 SErr 0x0 action 0x0",
    "EXT4-fs (sda1): mounted filesystem with ordered data mode. Quota mode: none.",
    "e1000e 0000:00:19.0 eth0: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx",
    "zork: loading out-of-tree module taints kernel.",
    "zork: module verification failed: signature and/or required key missing - tainting kernel",
    "random: crng init done",
    "device-mapper: uevent: version 1.0.3",
    "Freeing unused kernel image (initmem) memory: 2796K",
    "Run /sbin/init as init process",
    "clocksource: Switched to clocksource tsc",
    "audit: type=1400 audit(1700000000.123:2): apparmor=\"STATUS\" operation=\"profile_load\"",
    "process 'zork/panic' started with executable stack",
    "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.",
    "scsi 0:0:0:0: Direct-Access     ATA      QEMU HARDDISK    2.5+ PQ: 0 ANSI: 5",
    "sysrq: HELP : loglevel(0-9) reboot(b) crash(c) terminate-all-tasks(e)",
};

static constexpr std::string_view kProgram[] = {
    "         Starting Zork Service...",
    "[  OK  ] Reached target Multi-User System.",
    "[FAILED] Failed to start Wait for Network.",
    "systemd[1]: Started Getty on tty1.",
    "zorkd: listening on port 7777",
    "zork login: ",
    "ok 1 - mmap and mprotect",
    "# selftests: mm: mremap_test",
    "progress: 42%",
    "warning: your BUG report is welcome",
    "",
};

static constexpr std::string_view kQuotations[] = {
    "+ grep -q 'Kernel panic - not syncing: watchdog' dmesg",
    "+ dmesg | grep -E 'BUG: |WARNING: |Oops: '",
    "+ ! grep 'BUG: soft lockup - CPU#' /tmp/console.log",
    "\tpr_err(\"BUG: Bad page state in process %s  pfn:%05lx\\n\",",
    "  - 'kernel BUG at '",
    "  - \"BUG: KASAN: \"",
    "sh: 7: cannot open panic: no such file",
};

std::span<const std::string_view> kernel_chatter() {
  return kKernel;
}

std::span<const std::string_view> program_chatter() {
  return kProgram;
}

std::span<const std::string_view> quotations() {
  return kQuotations;
}

}  // namespace kproof::console::generator
