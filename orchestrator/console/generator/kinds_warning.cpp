// WARN() in the forms that it had.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

static constexpr std::string_view kTitle = "WARNING in {f}";

static constexpr Kind kKinds[] = {
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
};

std::span<const Kind> warning_kinds() {
  return kKinds;
}

}  // namespace kproof::console::generator
