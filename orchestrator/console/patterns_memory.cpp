// Memory: sanitizers, page tables, page and slab allocators, lists, leaks.
#include "console/patterns.hpp"

namespace kproof::console {

static const Stack kAfterKasan{{"BUG: KASAN: [a-z-]+ in @F", "Call [Tt]race", kTrace},
                               {"Call [Tt]race", kTrace}};
static const Stack kAfterKfence{{"BUG: KFENCE: [a-z -]+ in @F", kTrace}};
static const Stack kAfterKmsan{{"BUG: KMSAN: [a-z-]+ in @F", kTrace}, {}, "^usb_submit_urb"};
static const Stack kTraceOnly{{"Call [Tt]race", kTrace}};
static const Stack kUbsanTrace{{"Call [Tt]race", kTrace}, {}, "^(__)?ubsan|^get_size"};
static const Stack kRip{
    {R"(\b(?:R?IP|NIP|EIP|pc|PC is at)\b ?:? +(?:[0-9]+:)?(?:@PC +)*@F)", "Call [Tt]race", kTrace},
    {"Call [Tt]race", kTrace}};
static const Stack kLeak{{R"(backtrace(?: \(crc [0-9a-f]*\))?:)", kTrace},
                         {},
                         "kmemleak|mmap|kmem|slab|alloc|create_object|idr_get|list_lru_init|"
                         "asprintf|pcpu_create|strn?dup|memdup|kobject_set_name|dup_"};
static const Stack kStored{{"Uninit was (?:stored|created)", kTrace}};

// One bare pr_err each, from pgd_ERROR() and its like: no BUG, no trace, no taint. Finding these is
// what this program was first written for.
static constexpr std::string_view kBadTable = R"(\bbad (pgd|p4d|pud|pmd|pte) (?:0x)?[0-9a-f]+\()";

static const Pattern kPatterns[] = {
    {"bad pgd", kBadTable, "bad {1}", nullptr, {}, "", kBare | kSingle},
    {"bad p4d", kBadTable, "bad {1}", nullptr, {}, "", kBare | kSingle},
    {"bad pud", kBadTable, "bad {1}", nullptr, {}, "", kBare | kSingle},
    {"bad pmd", kBadTable, "bad {1}", nullptr, {}, "", kBare | kSingle},
    {"bad pte", kBadTable, "bad {1}", nullptr, {}, "", kBare | kSingle},

    // KASAN. Old kernels tell the access in the same line, new ones in the next.
    {"BUG: KASAN",
     "BUG: KASAN: (?:double-free or invalid-free|double-free|invalid-free) in @F",
     "KASAN: invalid-free in {frame}",
     &kAfterKasan,
     {"invalid-free in {frame}"}},
    {"BUG: KASAN",
     "BUG: KASAN: ([a-z-]+) in ",
     "KASAN: {1} {2} in {frame}",
     &kAfterKasan,
     {"bad-access in {frame}"},
     R"((?:^|\n).*(Read|Write) (?:of size|at addr) [0-9a-f])"},
    {"BUG: KASAN",
     "BUG: KASAN: ([a-z-]+) on address",
     "KASAN: {1} {2}",
     nullptr,
     {},
     R"((?:^|\n).*(Read|Write) of size [0-9])",
     kBare},
    {"BUG: KASAN", "BUG: KASAN: (.*)", "KASAN: {1}", nullptr, {}, "", kMixed},

    {"BUG: KFENCE",
     "BUG: KFENCE: (use-after-free|out-of-bounds|invalid) (read|write|access) in ",
     "KFENCE: {1} {2} in {frame}",
     &kAfterKfence,
     {"bad-access in {frame}"}},
    {"BUG: KFENCE",
     "BUG: KFENCE: (use-after-free|out-of-bounds|invalid) (read|write)$",
     "KFENCE: {1} {2} in {frame}",
     &kAfterKfence,
     {"bad-access in {frame}"}},
    {"BUG: KFENCE",
     "BUG: KFENCE: invalid free",
     "KFENCE: invalid free in {frame}",
     &kAfterKfence,
     {"invalid-free in {frame}"}},
    {"BUG: KFENCE", "BUG: KFENCE: memory corruption", "KFENCE: memory corruption in {frame}",
     &kAfterKfence},
    {"BUG: KFENCE", "BUG: KFENCE: (.*)", "KFENCE: {1}", nullptr, {}, "", kMixed},

    {"BUG: KMSAN", "BUG: KMSAN: (kernel-usb-infoleak)", "KMSAN: {1} in {frame}", &kAfterKmsan},
    {"BUG: KMSAN",
     "BUG: KMSAN: ([a-z-]+) in ",
     "KMSAN: {1} in {frame}",
     &kAfterKmsan,
     {"bad-access in {frame}"}},
    {"BUG: KMSAN", "BUG: KMSAN: (.*)", "KMSAN: {1}", nullptr, {}, "", kMixed},

    {"BUG: KCSAN",
     "BUG: KCSAN: (data-race|assert: race) in ([a-zA-Z0-9_]+)[a-zA-Z0-9_.]* / ([a-zA-Z0-9_]+)",
     "KCSAN: {1} in {2} / {3}",
     nullptr,
     {},
     "",
     kBare},
    {"BUG: KCSAN",
     "BUG: KCSAN: (data-race|assert: race) in ([a-zA-Z0-9_]+)",
     "KCSAN: {1} in {2}",
     nullptr,
     {},
     "",
     kBare},
    {"BUG: KCSAN", "BUG: KCSAN: (.*)", "KCSAN: {1}", nullptr, {}, "", kMixed},

    {"UBSAN:", "UBSAN: ([Uu])ndefined behaviour in", "UBSAN: undefined-behaviour in {frame}",
     &kUbsanTrace},
    {"UBSAN:",
     "UBSAN: array-index-out-of-bounds in",
     "UBSAN: array-index-out-of-bounds in {frame}",
     &kUbsanTrace,
     {"bad-access in {frame}"}},
    {"UBSAN:", "UBSAN: ([a-z-]+) in", "UBSAN: {1} in {frame}", &kUbsanTrace},
    {"UBSAN:", "UBSAN: (.+)", "UBSAN: {1}", nullptr, {}, "", kMixed},

    {"BUG: memory leak", "", "memory leak in {frame}", &kLeak, {}, "", kBare},
    {"kmemleak:",
     R"(kmemleak: [0-9]+ new suspected memory leaks)",
     "kmemleak: new suspected memory leaks",
     nullptr,
     {},
     "",
     kBare | kSingle},

    {"BUG: Bad page state", "", "BUG: Bad page state in {frame}", &kTraceOnly},
    {"BUG: Bad page map", "", "BUG: Bad page map", nullptr, {}, "", kBare},
    {"BUG: Bad page cache", "", "BUG: Bad page cache in {frame}", &kTraceOnly},
    {"BUG: Bad rss-counter state",
     "",
     "BUG: Bad rss-counter state",
     nullptr,
     {},
     "",
     kBare | kSingle},
    {"BUG: non-zero pgtables_bytes",
     "",
     "BUG: non-zero pgtables_bytes on freeing mm",
     nullptr,
     {},
     "",
     kBare | kSingle},
    {"page allocation failure",
     R"(: page allocation failure:? order:)",
     "page allocation failure in {frame}",
     &kTraceOnly,
     {},
     "",
     0},
    {"BUG ", R"(^BUG [^ ]+ \(.*\): (.*))", "BUG: {1}", nullptr, {}, "", kBare},
    {"still in use",
     R"(BUG: Dentry .* still in use \([0-9]+\) \[(unmount) of ([^\]]+)\])",
     "BUG: Dentry still in use in {1}",
     nullptr,
     {"BUG: Dentry still in use [{1} of {2}]"},
     "",
     kBare},
    {"VFS: Close: file count is ",
     "",
     "VFS: Close: file count is zero (use-after-free)",
     nullptr,
     {},
     "",
     kBare},
    {"VFS: Busy inodes after unmount",
     "",
     "VFS: Busy inodes after unmount (use-after-free)",
     nullptr,
     {},
     "",
     kBare},

    // KVM's own pr_err lines (arch/x86/kvm/mmu).
    {"reserved bits set in MMU-present spte",
     "",
     "KVM: reserved bits set in MMU-present spte",
     nullptr,
     {},
     "",
     kBare},
    {"MMIO spte",
     R"(unexpected MMIO spte|get_mmio_spte: reserved bits set)",
     "KVM: bad MMIO spte",
     nullptr,
     {},
     "",
     kBare},
    {"get_mmio_spte: reserved", "", "KVM: bad MMIO spte", nullptr, {}, "", kBare},

    // BUG() in particular places says what was corrupted.
    {"kernel BUG at lib/list_debug.c",
     "",
     "BUG: corrupted list in {frame}",
     &kRip,
     {"bad-access in {frame}"},
     "",
     kOops},
    {"kernel BUG at mm/usercopy.c", "", "BUG: bad usercopy in {frame}", &kRip, {}, "", kOops},
};

std::span<const Pattern> memory_patterns() {
  return kPatterns;
}

}  // namespace kproof::console
