// WARN(), told apart by the place it stands in, and plain warnings of the kernel.
#include "console/patterns.hpp"

namespace kproof::console {

// The warning's own place is where the instruction pointer stood, which old kernels print in the
// middle of the trace. If that is machinery, what called it is in the trace; still older kernels
// print only that, from the printing code upwards.
static Stack warning_stack(std::string_view skip) {
  return {{"@IP", kTrace}, {"@T", kTrace}, skip};
}
static const Stack kPlain = warning_stack("");
static const Stack kProc = warning_stack("^_?proc_|_proc$");
static const Stack kOdebug =
    warning_stack("^_*debug_|rcu|hrtimer_|timer_|work_|^percpu_|vunmap|vfree|^__free_|kobject_");
static const Stack kUsb = warning_stack("usb_submit_urb");
static const Stack kUsercopyWarning = warning_stack("usercopy|__check");
static const Stack kAllocates = warning_stack("kmalloc|krealloc|slab|kmem");
// What kernel/dma/debug.c finds, the caller of the DMA API did.
static const Stack kDmaDebug = warning_stack(
    "^(err_printk|dma_entry_\\w+|add_dma_entry|active_cacheline_\\w+|debug_dma_\\w+|"
    "check_(unmap|sync|for_stack|for_illegal_area|mapping_error|sg_segment)|"
    "_*dma_(un)?map_\\w+|_*dma_(alloc|free|mmap)_\\w+|_*dma_sync_\\w+|_*dma_direct_\\w+)$");

static const Pattern kWarningPatterns[] = {
    {.trigger = "WARNING: ",
     .line = "WARNING: kernel stack regs .* has bad '([^']*)' value [0-9a-f]",
     .title = "WARNING: kernel stack regs has bad '{1}' value",
     .flags = kBare},
    {.trigger = "WARNING: ",
     .line = "WARNING: kernel stack regs",
     .title = "WARNING: kernel stack regs has bad value",
     .flags = kBare},
    {.trigger = "WARNING: ",
     .line = "WARNING: kernel stack frame pointer",
     .title = "WARNING: kernel stack frame pointer has bad value",
     .flags = kBare},
    // The message behind it is the report's name.
    {.trigger = "WARNING: ",
     .line =
         R"(WARNING: .*kernel/watchdog(?:_hld|_perf)?\.c:\d+ watchdog_(?:overflow_callback|hardlockup_check))",
     .title = "WARNING in {frame}",
     .stack = &kPlain,
     .flags = kHerald},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*lib/debugobjects\\.c",
     .title = "WARNING: ODEBUG bug in {frame}",
     .stack = &kOdebug},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*mm/usercopy\\.c",
     .title = "WARNING: bad usercopy in {frame}",
     .stack = &kUsercopyWarning},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*lib/kobject\\.c.* kobject_",
     .title = "WARNING: kobject bug in {frame}",
     .stack = &kPlain},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*fs/proc/generic\\.c.* proc_register",
     .title = "WARNING: proc registration bug in {frame}",
     .stack = &kProc},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*lib/refcount\\.c",
     .title = "WARNING: refcount bug in {frame}",
     .stack = &kPlain},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*kernel/locking/lockdep\\.c.*(?:lock_| at 0x0)",
     .title = "WARNING: locking bug in {frame}",
     .stack = &kPlain},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*mm/.*\\.c.* (?:k?.?|_*k[vz]?)malloc",
     .title = "WARNING: kmalloc bug in {frame}",
     .stack = &kAllocates},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*mm/vmalloc\\.c.*__vmalloc",
     .title = "WARNING: zero-size vmalloc in {frame}",
     .stack = &kPlain},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*usb_submit_urb",
     .title = "WARNING in {frame}/usb_submit_urb",
     .stack = &kUsb},
    {.trigger = "WARNING: ",
     .line = R"(WARNING: .*(?:kernel/dma/debug|lib/dma-debug)\.c:\d+ )",
     .title = "WARNING in {frame}",
     .stack = &kPlain,
     .own = &kDmaDebug},
    {.trigger = "WARNING: ",
     .line = "WARNING: .*(?:CPU: [0-9]+ PID: [0-9]+|CPU#[0-9]+:|at .*:[0-9]+)",
     .title = "WARNING in {frame}",
     .stack = &kPlain},
};

std::span<const Pattern> warning_patterns() {
  return kWarningPatterns;
}

}  // namespace kproof::console
