// WARN() in the forms that it had.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

static constexpr std::string_view kTitle = "WARNING in {f}";

static constexpr Kind kWarningKinds[] = {
    {"WARN_ON", kAll, 408, 618, kTitle, 0,
     "------------[ cut here ]------------\n"
     "!WARNING: CPU: {cpu} PID: {pid} at {file}:{line} {p}\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"WARN with words", kAll, 408, 618, kTitle, 0,
     "------------[ cut here ]------------\nzork0: {n} rings left\n"
     "!WARNING: CPU: {cpu} PID: {pid} at {file}:{line} {p}\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"WARN_ON before 4.8", kAll & ~kArm, 0, 407, kTitle, 0,
     "------------[ cut here ]------------\n"
     "!WARNING: CPU: {cpu} PID: {pid} at {file}:{line} {p}()\n@modules\n@cpu\n"
     "@dump warn_slowpath_common warn_slowpath_null\n@end"},
    {"WARN_ON since 6.19", kAll, 619, 9999, kTitle, 0,
     "------------[ cut here ]------------\n"
     "!WARNING: {file}:{line} at {p}, CPU#{cpu}: "
     "{comm}/{pid}\n@modules\n@cpu\n@regs\n@trace\n@end"},
    {"WARN_ON with its condition", kAll, 619, 9999, kTitle, 0,
     "------------[ cut here ]------------\n"
     "!WARNING: [zork->users < 0] {file}:{line} at {p}, CPU#{cpu}: {comm}/{pid}\n@modules\n@cpu\n"
     "@regs\n@trace\n@end"},
    {"refcount", kAnyX86, 510, 618, "WARNING: refcount bug in {f}", 0,
     "------------[ cut here ]------------\nrefcount_t: underflow; use-after-free.\n"
     "!WARNING: CPU: {cpu} PID: {pid} at lib/refcount.c:28 refcount_warn_saturate+0xf3/0x100\n"
     "@modules\n@cpu\nRIP: 0010:refcount_warn_saturate+0xf3/0x100\nRSP: 0018:{addr} EFLAGS: "
     "00010282\n"
     "@trace\n@end"},
    {"list_del, a warning", kAnyX86, 408, 509, "WARNING", kRough,
     "------------[ cut here ]------------\n"
     "list_del corruption, {addr}->next is LIST_POISON1 (dead000000000100)\n"
     "!WARNING: CPU: {cpu} PID: {pid} at lib/list_debug.c:47 __list_del_entry_valid+0x4a/0x80\n"
     "@modules\n@cpu\nRIP: 0010:__list_del_entry_valid+0x4a/0x80\nRSP: 0018:{addr} EFLAGS: "
     "00010282\n"
     "@trace\n@end"},
    {"a network device that stays", kAll, 0, 9999, "unregister_netdevice: waiting for DEV",
     kOneLine | kNoName | kRough,
     "!unregister_netdevice: waiting for zork0 to become free. Usage count = 1"},
    {"an interrupt that nobody wants", kAnyX86, 0, 9999, "nobody cared", kNoName | kRough,
     "!irq 16: nobody cared (try booting with the \"irqpoll\" option)\n@cpu\n"
     "@dump __report_bad_irq note_interrupt.cold\nhandlers:\n[<{hex8}>] {f}\nDisabling IRQ #16"},
    {"ext4", kAll, 0, 9999, "EXT4-fs error", kOneLine | kNoName | kRough,
     "!EXT4-fs error (device sda1): ext4_lookup:1234: inode #2: comm cat: deleted inode "
     "referenced: 12"},
    {"APEI", kAll, 0, 9999, "Hardware", kNoName | kRough,
     "!{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 1\n"
     "{1}[Hardware Error]: event severity: recoverable\n"
     "{1}[Hardware Error]:  Error 0, type: recoverable\n"
     "{1}[Hardware Error]:   section_type: memory error"},
    {"EDAC", kAll, 0, 9999, "EDAC", kOneLine | kNoName | kRough,
     "!EDAC MC0: 1 UE memory read error on CPU_SrcID#0_MC#0_Chan#0_DIMM#0 (channel:0 slot:0 "
     "page:0x12345 offset:0x0 grain:32)"},
    {"page allocation", kAnyX86, 408, 9999, "page allocation failure in {f}", 0,
     "!{comm}: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), "
     "nodemask=(null),cpuset=/,mems_allowed=0\n@cpu\n"
     "@dump warn_alloc __alloc_pages_slowpath.constprop.0 __alloc_pages\nMem-Info:\n"
     "active_anon:123 inactive_anon:456 isolated_anon:0"},
};

std::span<const Kind> warning_kinds() {
  return kWarningKinds;
}

}  // namespace kproof::console::generator
