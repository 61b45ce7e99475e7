// WARN(), told apart by the place it stands in, and plain warnings of the kernel.
#include "console/patterns.hpp"

namespace kproof::console {

// The warning's own place is where the instruction pointer stood. If that is machinery, what called
// it is in the trace; old kernels print only that, from the printing code upwards.
static Stack warning_stack(std::string_view skip) {
  return {{"@IP", "@T", kTrace}, {"@T", kTrace}, skip};
}
static const Stack kPlain = warning_stack("");
static const Stack kProc = warning_stack("^_?proc_|_proc$");
static const Stack kUsb = warning_stack("usb_submit_urb");

static const Pattern kPatterns[] = {
    {"WARNING: ",
     "WARNING: kernel stack regs .* has bad '([^']*)' value [0-9a-f]",
     "WARNING: kernel stack regs has bad '{1}' value",
     nullptr,
     {},
     "",
     kBare},
    {"WARNING: ",
     "WARNING: kernel stack regs",
     "WARNING: kernel stack regs has bad value",
     nullptr,
     {},
     "",
     kBare},
    {"WARNING: ",
     "WARNING: kernel stack frame pointer",
     "WARNING: kernel stack frame pointer has bad value",
     nullptr,
     {},
     "",
     kBare},
    {"WARNING: ", "WARNING: .*lib/debugobjects\\.c", "WARNING: ODEBUG bug in {frame}", &kPlain},
    {"WARNING: ", "WARNING: .*mm/usercopy\\.c", "WARNING: bad usercopy in {frame}", &kPlain},
    {"WARNING: ", "WARNING: .*lib/kobject\\.c", "WARNING: kobject bug in {frame}", &kPlain},
    {"WARNING: ", "WARNING: .*fs/proc/generic\\.c", "WARNING: proc registration bug in {frame}",
     &kProc},
    {"WARNING: ", "WARNING: .*lib/refcount\\.c", "WARNING: refcount bug in {frame}", &kPlain},
    {"WARNING: ", "WARNING: .*kernel/locking/lockdep\\.c", "WARNING: locking bug in {frame}",
     &kPlain},
    {"WARNING: ", "WARNING: .*mm/slab_common\\.c|WARNING: .*mm/util\\.c",
     "WARNING: kmalloc bug in {frame}", &kPlain},
    {"WARNING: ", "WARNING: .*mm/vmalloc\\.c.*vmalloc", "WARNING: zero-size vmalloc in {frame}",
     &kPlain},
    {"WARNING: ", "WARNING: .*usb_submit_urb", "WARNING in {frame}/usb_submit_urb", &kUsb},
    {"WARNING: ", "WARNING: .*(?:CPU: [0-9]+ PID: [0-9]+|CPU#[0-9]+:|at .*:[0-9]+)",
     "WARNING in {frame}", &kPlain},
};

std::span<const Pattern> warning_patterns() {
  return kPatterns;
}

}  // namespace kproof::console
