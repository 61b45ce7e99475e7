// Serious, and yet no report: one line, of what no dashboard counts.
#include "console/patterns.hpp"

namespace kproof::console {

static constexpr unsigned kOne = kBare | kSingle | kComplaint;
static constexpr unsigned kMessage = kBare | kComplaint | kHerald;

static const Stack kMsr{{R"(at rIP: \S+ \(@F)", "@T", kTrace},
                        {"@T", kTrace},
                        "^(native|paravirt|pv_native)_(read|write)_msr|^(rd|wr)msr|_msr_safe"};

static const Pattern kComplaintPatterns[] = {
    // The CPU, and what it was asked.
    {.trigger = "unchecked MSR access error: ",  // ex_handler_msr()
     .line = R"(^unchecked MSR access error: ((?:RD|WR)MSR) )",
     .title = "unchecked MSR access error: {1} in {frame}",
     .stack = &kMsr,
     .flags = kBare | kComplaint},
    {.trigger = "NMI received for unknown reason",
     .line = R"(^Uhhuh\. NMI received for unknown reason)",
     .title = "NMI received for unknown reason",
     .flags = kOne},
    {.trigger = "NMI: ",
     .line = R"(^NMI: (PCI system error \(SERR\)|IOCK error|Not continuing))",
     .title = "NMI: {1}",
     .flags = kOne},
    {.trigger = "Checked W+X mappings: FAILED,",  // ptdump_check_wx()
     .title = "memory that is writable and executable",
     .flags = kOne},
    {.trigger = "Checked W+X mappings: failed,",
     .title = "memory that is writable and executable",
     .flags = kOne},
    {.trigger = "NOHZ",  // report_idle_softirq(); the second up to 5.14
     .line = R"(^NOHZ tick-stop error: |^NOHZ: local_softirq_pending )",
     .title = "NOHZ tick-stop error: local softirq work is pending",
     .flags = kOne},
    // Hardware that has mended itself is no finding; what it could not mend is a fault. Here nobody
    // knows.
    {.trigger = "Hardware error from APEI",
     .line = R"(\[Hardware Error\]: Hardware error from APEI)",
     .title = "[Hardware Error]: APEI",
     .flags = kBare | kComplaint},
    {.trigger = "PCIe Bus Error: severity=Unc",  // aer_print_error()
     .line = R"(PCIe Bus Error: severity=Uncorrect\w+ \((?:Non-)?Fatal\))",
     .title = "PCIe bus error, uncorrected",
     .flags = kOne},
    {.trigger = "BERT: Error records from previous boot",
     .title = "BERT: error records from previous boot",
     .flags = kOne},
    // A device reached for memory that it was not given.
    {.trigger = "DMAR: [",
     .line = R"(DMAR: \[(DMA Read|DMA Write|INTR-REMAP)[^\]]*\] Request device)",
     .title = "DMAR: {1} fault",
     .flags = kOne},
    {.trigger = "AMD-Vi: Event logged [IO_PAGE_FAULT",
     .title = "AMD-Vi: IO_PAGE_FAULT",
     .flags = kOne},
    {.trigger = "GPU HANG: ecode ", .title = "GPU HANG", .flags = kOne},
    {.trigger = " timeout,",  // amdgpu_job_timedout()
     .line = R"(amdgpu.* ring \S+ timeout,(?: signaled| but soft|$))",
     .title = "amdgpu: ring timeout",
     .flags = kOne},
    {.trigger = "GPU lockup (",  // radeon_fence.c, radeon_gpu_reset()
     .line = R"(^radeon .*GPU lockup \()",
     .title = "radeon: GPU lockup",
     .flags = kOne},
    {.trigger = "hangcheck detected gpu lockup", .title = "msm: GPU lockup", .flags = kOne},
    {.trigger = "recover hung GPU!", .title = "etnaviv: hung GPU", .flags = kOne},
    // File systems that found themselves broken.
    {.trigger = " error (device ",
     .line = R"(^((?:EXT[234]|F2FS|UDF)-fs|NILFS2?|REISERFS):? error \(device [^)]*\):? )"
             R"((?:in )?(?:[a-z]+-\d+ )?([a-zA-Z_]\w*))",
     .title = "{1} error in {2}",
     .frame = "{2}",
     .flags = kOne},
    {.trigger = "BTRFS: error (device ",  // __btrfs_handle_fs_error()
     .line = R"(^BTRFS: error \(device [^)]*\) in (\w+))",
     .title = "BTRFS: error in {1}",
     .frame = "{1}",
     .flags = kOne},
    {.trigger = "BTRFS ",
     .line = R"(^BTRFS (?:critical|error) \(device [^)]*\): corrupt (leaf|node))",
     .title = "BTRFS: corrupt {1}",
     .flags = kOne},
    {.trigger = "XFS (",
     .line = R"(^XFS \([^)]*\): Internal error .*(?:at line|Caller) .*Caller (?:@PC )?@F)",
     .title = "XFS: internal error in {1}",
     .frame = "{1}",
     .flags = kOne},
    {.trigger = "XFS (",
     .line = R"(^XFS \([^)]*\): Internal error (\w+) at line)",
     .title = "XFS: internal error in {1}",
     .frame = "{1}",
     .flags = kOne},
    {.trigger = "XFS (",
     .line = R"(^XFS \([^)]*\): Metadata (corruption|CRC error) detected at (?:@PC )?@F)",
     .title = "XFS: metadata {1} in {2}",
     .frame = "{2}",
     .flags = kOne},
    {.trigger = "XFS (",
     .line = R"(^XFS \([^)]*\): (?:Corruption detected|Corruption of in-memory data))",
     .title = "XFS: corruption",
     .flags = kOne},
    {.trigger = "Aborting journal on device ",
     .line = R"(^Aborting journal on device )",
     .title = "JBD2: journal aborted",
     .flags = kOne},
    {.trigger = "Page cache invalidation failure on direct I/O",
     .title = "page cache invalidation failure on direct I/O",
     .flags = kOne},
    // Objects that are counted.
    {.trigger = "ref_tracker: ",
     .line = R"(^ref_tracker: (reference already released|leaked reference))",
     .title = "ref_tracker: {1}",
     .flags = kOne},
    {.trigger = "Double-freed CB ", .title = "double-freed RCU callback", .flags = kOne},
    // The network's.
    {.trigger = "Attempt to release ",
     .line = R"(Attempt to release (alive inet|TCP) socket)",
     .title = "Attempt to release {1} socket",
     .flags = kOne},
    {.trigger = "Destroying alive neighbour",
     .title = "Destroying alive neighbour in {frame}",
     .stack = &kTraceOnly,
     .flags = kBare | kComplaint},
    {.trigger = "sysfs: cannot create duplicate filename",  // sysfs_warn_dup()
     .title = "sysfs: duplicate filename in {frame}",
     .stack = &kTraceOnly,
     .flags = kBare | kComplaint},
    // Messages of a WARN() or BUG() whose header may be lost.
    {.trigger = "refcount_t: ",
     .line =
         R"(^refcount_t: ((?:underflow|addition on 0|increment on 0|saturated|decrement hit 0).*))",
     .title = "refcount_t: {1}",
     .flags = kMessage},
    {.trigger = "refcount_t: ",
     .line = R"(^refcount_t: (\S.*))",
     .title = "refcount_t: {1}",
     .flags = kMessage},
    {.trigger = "list_add corruption", .title = "list_add corruption", .flags = kMessage},
    {.trigger = "list_add double add", .title = "list_add corruption", .flags = kMessage},
    {.trigger = "list_del corruption", .title = "list_del corruption", .flags = kMessage},
    {.trigger = "usercopy: Kernel memory ",
     .line = R"(^usercopy: Kernel memory (exposure|overwrite) attempt detected)",
     .title = "usercopy: kernel memory {1}",
     .flags = kMessage},
    {.trigger = "ODEBUG: ",
     .line =
         R"(^ODEBUG: (\w+) (?:not )?(?:active|available|destroyed|initialized|\w+ ?\w* \(active state))",
     .title = "ODEBUG: {1}",
     .flags = kMessage},
    {.trigger = "detected buffer overflow",
     .line = R"(^detected buffer overflow in (\w+)|^(\w+): detected buffer overflow)",
     .title = "detected buffer overflow in {1}{2}",
     .flags = kMessage},
    {.trigger = "_panic: text:",
     .line = R"(^(?:skbuff: )?(skb_(?:over|under)_panic): text:)",
     .title = "{1}",
     .flags = kMessage},
    {.trigger = "XFS: Assertion failed: ", .title = "XFS: assertion failed", .flags = kMessage},
    {.trigger = "NETDEV WATCHDOG: ",  // a WARN() up to 6.4
     .line = R"(NETDEV WATCHDOG: .*transmit queue \d+ timed out)",
     .title = "NETDEV WATCHDOG: transmit queue timed out",
     .flags = kMessage},
};

std::span<const Pattern> complaint_patterns() {
  return kComplaintPatterns;
}

}  // namespace kproof::console
