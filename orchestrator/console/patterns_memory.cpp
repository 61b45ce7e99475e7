// Memory: sanitizers, page tables, page and slab allocators, lists, leaks.
#include "console/patterns.hpp"

namespace kproof::console {

static const Stack kAfterKasan{{"BUG: KASAN: [a-z-]+ in @F", "@T", kTrace}, {"@T", kTrace}};
static const Stack kAfterKfence{{"BUG: KFENCE: [a-z -]+ in @F", kTrace}};
static const Stack kAfterKmsan{{"BUG: KMSAN: [a-z-]+ in @F", kTrace}, {}, "^usb_submit_urb"};
static const Stack kAnyFrames{{kTrace, kTrace}};
// The page may have an owner, whose stack comes first; what is at fault gives back a page that
// others still use, through one of these.
const Stack kGivesBack{
    {"@T", kTrace},
    {},
    "^(__)?(page_frag_free|skb_free_head|skb_release_(data|all|head_state)|kfree_skb\\w*|"
    "sk_skb_reason_drop|consume_skb|napi_consume_skb|release_pages|_*(pagevec|folio_batch)_release|"
    "folios?_put\\w*|folio_batch_"
    "move_lru|lru_add\\w*|"
    "tlb_(flush_mmu|finish_mmu|batch)\\w*|free_pages?_and_swap_cache|free_swap_cache|put_pages_"
    "list|"
    "free_pgtables|pte_free\\w*|___pte_free_tlb|destroy_compound_page|free_huge_(page|folio)|"
    "page_pool_(put|return|release)\\w*|skb_page_unref|kernel_init_pages|free_reserved_\\w+|"
    "free_pcppages_bulk|free_one_page|__free_one_page|"
    "_*(iommu_)?dma_(free|direct_free)\\w*|dmam_free_\\w+|sgl?_free\\w*|sg_free_table\\w*)$"};
static const Stack kUbsanTrace{{"@T", kTrace}, {}, "overflow"};
static const Stack kUbsanTrap{{"@IP|^UBSAN: .* at @F", "@T", kTrace}, {"@T", kTrace}};
static const Stack kRip{{"@IP", "@T", kTrace}, {"@T", kTrace}};
static const Stack kUsercopy{{"@IP", "@T", kTrace}, {"@T", kTrace}, "usercopy|__check"};
static const Stack kLeak{{R"(backtrace(?: \(crc [0-9a-f]*\))?:)", kTrace},
                         {},
                         "kmemleak|mmap|kmem|slab|alloc|create_object|idr_get|list_lru_init|"
                         "asprintf|pcpu_create|strn?dup|memdup|kobject_set_name"};

// One bare pr_err each, from pgd_ERROR() and its like: no BUG, no trace, no taint. Finding these is
// what this program was first written for. x86-64 adds where the entry is ("bad pud
// 000000008ae2d46e(84...e7)", "(____ptrval____)(84...e7)" before there is entropy, "(null)(...)" in
// old kernels); all others print the value alone, most with a full stop ("bad pmd 00e8...c1."),
// xtensa "bad pgd entry 00e8...c1.".
static constexpr std::string_view kBadTable =
    R"(\bbad (pgd|p4d|pud|pmd|pte) ?(?:entry )?(?:(?:0x)?[0-9a-f]+\(|\([_a-z]+\) ?\(|\((?:0x)?[0-9a-f]{8,}\)|)"
    R"((?:0x)?[0-9a-f]{8,}\.?\s*$))";

// arch/x86/kvm/vmx/vmx.c; the module's name stands before it, "kvm: " up to 6.2, "kvm_intel: "
// later.
static constexpr std::string_view kVmxError =
    R"(^kvm(?:_intel)?: (vmclear|vmptrld|vmread|vmwrite|invept|invvpid) failed: )";
static constexpr std::string_view kVmxTitle = "KVM: {1} failed";
static const Stack kHyp{{R"(nVHE hyp (?:BUG|panic) at: (?:@PC )?(?:__kvm_nvhe_)?@F)"}};

static const Pattern kMemoryPatterns[] = {
    {.trigger = "bad pgd", .line = kBadTable, .title = "bad {1}", .flags = kBare | kSingle},
    {.trigger = "bad p4d", .line = kBadTable, .title = "bad {1}", .flags = kBare | kSingle},
    {.trigger = "bad pud", .line = kBadTable, .title = "bad {1}", .flags = kBare | kSingle},
    {.trigger = "bad pmd", .line = kBadTable, .title = "bad {1}", .flags = kBare | kSingle},
    {.trigger = "bad pte", .line = kBadTable, .title = "bad {1}", .flags = kBare | kSingle},
    // KASAN. Old kernels tell the access in the same line, new ones in the next.
    {.trigger = "BUG: KASAN",
     .line = "BUG: KASAN: (?:double-free or invalid-free|double-free|invalid-free) in @F",
     .title = "KASAN: invalid-free in {frame}",
     .stack = &kAfterKasan,
     .alt = {"invalid-free in {frame}"}},
    {.trigger = "BUG: Double free or freeing an invalid pointer",  // KASAN of 4.9 to 4.11
     .title = "KASAN: invalid-free in {frame}",
     .stack = &kTraceOnly,
     .alt = {"invalid-free in {frame}"}},
    {.trigger = "BUG: KASAN",
     .line = "BUG: KASAN: ([a-z-]+) in ",
     .title = "KASAN: {1} {2} in {frame}",
     .stack = &kAfterKasan,
     .alt = {"bad-access in {frame}"},
     .body = R"((?:^|\n).*(Read|Write) (?:of size|at addr) [0-9a-f])"},
    {.trigger = "BUG: KASAN",
     .line = "BUG: KASAN: ([a-z-]+) on address",
     .title = "KASAN: {1} {2}",
     .body = R"((?:^|\n).*(Read|Write) of size [0-9])"},
    {.trigger = "BUG: KASAN", .line = "BUG: KASAN: (.*)", .title = "KASAN: {1}", .flags = kMixed},
    {.trigger = "BUG: KFENCE",
     .line = "BUG: KFENCE: (use-after-free|out-of-bounds|invalid) (read|write|access) in ",
     .title = "KFENCE: {1} {2} in {frame}",
     .stack = &kAfterKfence,
     .alt = {"bad-access in {frame}"},
     .flags = kBare},
    {.trigger = "BUG: KFENCE",
     .line = "BUG: KFENCE: (use-after-free|out-of-bounds|invalid) (read|write)$",
     .title = "KFENCE: {1} {2} in {frame}",
     .stack = &kAfterKfence,
     .alt = {"bad-access in {frame}"},
     .flags = kBare},
    {.trigger = "BUG: KFENCE",
     .line = "BUG: KFENCE: invalid free",
     .title = "KFENCE: invalid free in {frame}",
     .stack = &kAfterKfence,
     .alt = {"invalid-free in {frame}"},
     .flags = kBare},
    {.trigger = "BUG: KFENCE",
     .line = "BUG: KFENCE: memory corruption",
     .title = "KFENCE: memory corruption in {frame}",
     .stack = &kAfterKfence,
     .flags = kBare},
    {.trigger = "BUG: KFENCE",
     .line = "BUG: KFENCE: (.*)",
     .title = "KFENCE: {1}",
     .flags = kMixed},
    {.trigger = "BUG: KMSAN",
     .line = "BUG: KMSAN: (kernel-usb-infoleak)",
     .title = "KMSAN: {1} in {frame}",
     .stack = &kAfterKmsan,
     .flags = kBare},
    {.trigger = "BUG: KMSAN",
     .line = "BUG: KMSAN: ([a-z-]+) in ",
     .title = "KMSAN: {1} in {frame}",
     .stack = &kAfterKmsan,
     .alt = {"bad-access in {frame}"},
     .flags = kBare},
    {.trigger = "BUG: KMSAN", .line = "BUG: KMSAN: (.*)", .title = "KMSAN: {1}", .flags = kMixed},
    {.trigger = "BUG: KCSAN",
     .line =
         "BUG: KCSAN: (data-race|assert: race) in ([a-zA-Z0-9_]+)[a-zA-Z0-9_.]* / ([a-zA-Z0-9_]+)",
     .title = "KCSAN: {1} in {2} / {3}",
     .frame = "{2}",
     .flags = kBare},
    {.trigger = "BUG: KCSAN",
     .line = "BUG: KCSAN: (data-race|assert: race) in ([a-zA-Z0-9_]+)",
     .title = "KCSAN: {1} in {2}",
     .frame = "{2}",
     .flags = kBare},
    {.trigger = "BUG: KCSAN", .line = "BUG: KCSAN: (.*)", .title = "KCSAN: {1}", .flags = kMixed},
    {.trigger = "UBSAN:",
     .line = "UBSAN: ([Uu])ndefined behaviour in",
     .title = "UBSAN: undefined-behaviour in {frame}",
     .stack = &kUbsanTrace},
    {.trigger = "UBSAN:",
     .line = "UBSAN: array-index-out-of-bounds in",
     .title = "UBSAN: array-index-out-of-bounds in {frame}",
     .stack = &kUbsanTrace,
     .alt = {"bad-access in {frame}"}},
    {.trigger = "UBSAN:",
     .line = "UBSAN: ([a-z-]+) in ",
     .title = "UBSAN: {1} in {frame}",
     .stack = &kUbsanTrace},
    // Built to trap (report_ubsan_failure()): die() of arm64 says it, x86 says it and dies.
    {.trigger = "UBSAN: ",
     .line = R"(UBSAN: ([a-z][a-z -]+)(?: at @F|: [0-9a-f]+ \[#[0-9]+\]))",
     .title = "UBSAN: {1} in {frame}",
     .stack = &kUbsanTrap,
     .flags = kOops},
    // Not behind arm64's "Internal error: ", which is a report of its own form.
    {.trigger = "UBSAN:", .line = "(?:^|[^:] )UBSAN: (.+)", .title = "UBSAN: {1}", .flags = kMixed},
    {.trigger = "BUG: memory leak",
     .title = "memory leak in {frame}",
     .stack = &kLeak,
     .flags = kBare | kListed},
    // The same as /sys/kernel/debug/kmemleak has it, where no header stands above.
    {.trigger = "unreferenced object 0x",
     .line = R"(^unreferenced object 0x[0-9a-f]+ \(size [0-9]+\):)",
     .title = "memory leak in {frame}",
     .stack = &kLeak,
     .flags = kBare | kJoins,
     .of = kListed},
    {.trigger = "kmemleak:",
     .line = R"(kmemleak: [0-9]+ new suspected memory leaks)",
     .title = "kmemleak: new suspected memory leaks",
     .flags = kBare | kSingle},
    {.trigger = "BUG: Bad page state",
     .title = "BUG: Bad page state in {frame}",
     .stack = &kAnyFrames,
     .own = &kGivesBack},
    {.trigger = "BUG: Bad page map", .title = "BUG: Bad page map"},
    {.trigger = "BUG: Bad page cache",
     .title = "BUG: Bad page cache in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "BUG: Bad rss-counter state",
     .title = "BUG: Bad rss-counter state",
     .flags = kBare | kSingle},
    {.trigger = "BUG: non-zero nr_p",
     .line = R"(BUG: non-zero (nr_ptes|nr_pmds) on freeing mm)",
     .title = "BUG: non-zero {1} on freeing mm",
     .flags = kBare | kSingle},
    {.trigger = "BUG: non-zero pgtables_bytes",
     .title = "BUG: non-zero pgtables_bytes on freeing mm: NUM",
     .flags = kBare | kSingle},
    {.trigger = "BUG: mempool element poison mismatch",
     .title = "BUG: mempool element poison mismatch in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "BUG at ",  // MT_BUG_ON(), MAS_BUG_ON(): no BUG()
     .line = R"(^BUG at (\w+):\d+ \(\d+\))",
     .title = "maple tree: BUG in {1}",
     .frame = "{1}",
     .flags = kBare},
    // Bare pr_err()s of mm/swapfile.c and mm/swap_state.c: a page table holds what is no entry.
    {.trigger = "wap file entry ",
     .line = R"(\b(Bad|Unused) swap (file) entry [0-9a-f]+)",
     .title = "{1} swap {2} entry",
     .flags = kBare | kSingle},
    {.trigger = "wap offset entry ",
     .line = R"(\b(Bad|Unused) swap (offset) entry [0-9a-f]+)",
     .title = "{1} swap {2} entry",
     .flags = kBare | kSingle},
    {.trigger = "orrupted low memory at ",  // arch/x86/kernel/check.c
     .line = R"(^(?:check: )?Corrupted low memory at )",
     .title = "Corrupted low memory",
     .flags = kBare | kSingle},
    // A caller that takes no for an answer is no fault; who does not is seen elsewhere.
    {.trigger = "page allocation ",
     .line = R"(: page allocation failure:? order:)",
     .title = "page allocation failure in {frame}",
     .stack = &kTraceOnly,
     .flags = kComplaint},
    {.trigger = "page allocation ",  // 4.10 to 4.14
     .line = R"(: page allocation stalls for [0-9]+ms, order:)",
     .title = "page allocation stall in {frame}",
     .stack = &kTraceOnly,
     .flags = kComplaint},
    // The slab allocator's own checks (slub_debug).
    {.trigger = "BUG ", .line = R"(^BUG [^ ]+ \(.*\): (.*))", .title = "BUG: {1}"},
    // A part of that, up to 5.12; alone where the header is lost.
    {.trigger = "INFO: Allocated in",
     .line = R"(^INFO: (Allocated in .*))",
     .title = "INFO: {1}",
     .flags = kMixed | kMarked | kJoins,
     .of = kAny},
    // The same of SLAB, up to 6.7.
    {.trigger = "slab error in ",
     .line = R"(slab error in ([a-z_]+)\(\): cache )",
     .title = "slab error in {1}",
     .frame = "{1}",
     .flags = kBare},
    {.trigger = "Slab corruption",
     .line = R"(^Slab corruption(?: \([^)]*\))?: )",
     .title = "Slab corruption",
     .flags = kBare},
    {.trigger = "pagealloc: ",
     .line = "pagealloc: (memory corruption|single bit error)",
     .title = "pagealloc: {1} in {frame}",
     .stack = &kTraceOnly},
    {.trigger = "still in use",
     .line = R"(BUG: Dentry .* still in use \([0-9]+\) \[(unmount) of ([^\]]+)\])",
     .title = "BUG: Dentry still in use in {1}",
     .alt = {"BUG: Dentry still in use [{1} of {2}]"},
     .flags = kBare},
    {.trigger = "VFS: Close: file count is ",
     .title = "VFS: Close: file count is zero (use-after-free)",
     .flags = kBare},
    {.trigger = "VFS: Busy inodes after unmount",
     .title = "VFS: Busy inodes after unmount (use-after-free)",
     .flags = kBare},
    // KVM's own pr_err lines (arch/x86/kvm/mmu).
    {.trigger = "MMU-present spte",
     .line = R"(reserved bits set (?:on|in) MMU-present spte)",
     .title = "KVM: reserved bits set on MMU-present spte",
     .flags = kBare},
    {.trigger = "detect reserved bits on spte",  // up to 5.11
     .title = "KVM: reserved bits set on MMU-present spte",
     .flags = kBare},
    {.trigger = "last attempted VM",  // dump_vmcs(), dump_vmcb()
     .line = R"(VMC[SB] [0-9a-fx]+, last attempted VM-?(?:entry|RUN) on CPU)",
     .title = "KVM: VM entry failed",
     .flags = kBare},
    {.trigger = "->BUG",  // pte_list_remove()
     .line = R"(pte_list_remove: [0-9a-fx]+ [01\w]*->BUG)",
     .title = "KVM: broken rmap",
     .flags = kBare | kSingle},
    {.trigger = "SPTE change",
     .line = R"(Invalid SPTE change: cannot replace)",
     .title = "KVM: invalid SPTE change",
     .flags = kBare},
    {.trigger = "SPTE change",
     .line = R"(Unexpected SPTE change! Nonpresent)",
     .title = "KVM: unexpected SPTE change",
     .flags = kBare},
    {.trigger = "vmread failed: ", .line = kVmxError, .title = kVmxTitle, .flags = kBare | kSingle},
    {.trigger = "vmwrite failed: ",
     .line = kVmxError,
     .title = kVmxTitle,
     .flags = kBare | kSingle},
    {.trigger = "vmclear failed: ",
     .line = kVmxError,
     .title = kVmxTitle,
     .flags = kBare | kSingle},
    {.trigger = "vmptrld failed: ",
     .line = kVmxError,
     .title = kVmxTitle,
     .flags = kBare | kSingle},
    {.trigger = "invept failed: ", .line = kVmxError, .title = kVmxTitle, .flags = kBare | kSingle},
    {.trigger = "invvpid failed: ",
     .line = kVmxError,
     .title = kVmxTitle,
     .flags = kBare | kSingle},
    {.trigger = "unexpected exit reason 0x",  // vmx.c, svm.c: nobody handles it
     .line = R"((vmx|svm): unexpected exit reason 0x)",
     .title = "KVM: unexpected exit reason",
     .flags = kBare | kSingle},
    {.trigger = "enabling virtualization on CPU",  // virt/kvm/kvm_main.c
     .line = R"(^kvm: enabling virtualization on CPU ?[0-9]+ failed)",
     .title = "KVM: enabling virtualization failed",
     .flags = kBare | kSingle},
    {.trigger = "nVHE hyp ",  // arch/arm64/kvm/handle_exit.c
     .line = R"(nVHE hyp (BUG|panic) at: )",
     .title = "KVM: nVHE hyp {1} in {frame}",
     .stack = &kHyp,
     .flags = kBare | kOops},
    // BUG() in particular places says what was corrupted.
    {.trigger = "kernel BUG at lib/list_debug.c",
     .title = "BUG: corrupted list in {frame}",
     .stack = &kRip,
     .alt = {"bad-access in {frame}"},
     .flags = kOops},
    {.trigger = "kernel BUG at mm/usercopy.c",
     .title = "BUG: bad usercopy in {frame}",
     .stack = &kUsercopy,
     .flags = kOops},
};

std::span<const Pattern> memory_patterns() {
  return kMemoryPatterns;
}

}  // namespace kproof::console
