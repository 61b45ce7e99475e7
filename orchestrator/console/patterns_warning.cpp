// WARN(), told apart by the place it stands in, and plain warnings of the kernel.
#include "console/patterns.hpp"

namespace kproof::console {

static constexpr std::string_view kHere = R"(WARNING: .* at .* @F)";
static constexpr std::string_view kIp =
    R"((?:\b(?:R?IP|NIP|EIP|pc|PC is at)\b ?:? +(?:[0-9]+:)?(?:@PC +)*|--- interrupt: [0-9]+ at )@F)";

// Newer kernels trap into WARN(): the true stack starts at the instruction pointer below the trap's
// own. Older ones just print a stack.
static Stack warning_stack(std::string_view skip) {
  return {{"@T", kIp, kTrace, kTrace}, {"@T", kTrace}, skip};
}
static const Stack kPlain{{kIp, "@T", kTrace}, {"@T", kTrace}, ""};
static const Stack kNew = warning_stack("");
static const Stack kProc = warning_stack("^_?proc_|_proc$");
static const Stack kUsb = warning_stack(
    "usb_submit_urb|usb_start_wait_urb|usb_bulk_msg|usb_interrupt_msg|usb_control_msg");

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
