// Sanitizers, page tables, page and slab allocators, lists.
#include "console/generator/kinds.hpp"

namespace kproof::console::generator {

// Behind the stack: how the object came and went, with stacks that are not to blame.
#define KASAN_TAIL                                                                               \
  "\nAllocated by task {pid}:\n kasan_save_stack+0x1e/0x40\n __kmalloc+0x5a/0x150\n@other\n"     \
  "\nThe buggy address belongs to the object at {addr}\n which belongs to the cache kmalloc-64 " \
  "of size 64\nMemory state around the buggy address:\n {addr}: fa fb fb fb fb fb fb fb\n"       \
  ">{addr}: fb fb fb fb fc fc fc fc\n"                                                           \
  "=================================================================="
#define KASAN_HEAD "==================================================================\n"

static constexpr Kind kMemoryKinds[] = {
    {"KASAN, read", kAnyX86 | kArm64 | kRiscv | kPpc64, 411, 9999,
     "KASAN: slab-out-of-bounds Read in {f}", 0,
     KASAN_HEAD "!BUG: KASAN: slab-out-of-bounds in {p}\nRead of size 8 at addr {addr} by task "
                "{comm}/{pid}\n\n@cpu\n@dump print_report kasan_report\n" KASAN_TAIL},
    {"KASAN, write", kAnyX86 | kArm64, 411, 9999, "KASAN: use-after-free Write in {f}", 0,
     KASAN_HEAD "!BUG: KASAN: use-after-free in {p}\nWrite of size 4 at addr {addr} by task "
                "{comm}/{pid}\n\n@cpu\n@dump print_address_description.constprop.0 kasan_report "
                "__asan_report_store4_noabort\n" KASAN_TAIL},
    {"KASAN before 4.11", kX86 | kArm64, 0, 410, "KASAN: use-after-free Read in {f}", 0,
     KASAN_HEAD
     "!BUG: KASAN: use-after-free in {p} at addr {addr}\nRead of size 8 by task "
     "{comm}/{pid}\n@cpu\n@dump print_trailer object_err kasan_report_error\n" KASAN_HEAD},
    {"KASAN, null", kX86 | kArm64, 500, 9999, "KASAN: null-ptr-deref Write in {f}", 0,
     KASAN_HEAD "!BUG: KASAN: null-ptr-deref in {p}\nWrite of size 4 at addr 0000000000000018 by "
                "task {comm}/{pid}\n\n@cpu\n@dump kasan_report kasan_check_range\n" KASAN_HEAD},
    {"KASAN, double free", kX86 | kArm64, 601, 9999, "KASAN: invalid-free in {f}", kRough,
     KASAN_HEAD
     "!BUG: KASAN: double-free in {p}\nFree of addr {addr} by task {comm}/{pid}\n\n@cpu\n"
     "@dump print_report kasan_report_invalid_free kfree\n" KASAN_TAIL},
    {"KFENCE, use after free", kX86 | kArm64 | kRiscv, 512, 9999,
     "KFENCE: use-after-free read in {f}", 0,
     KASAN_HEAD
     "!BUG: KFENCE: use-after-free read in {p}\n\nUse-after-free read at 0x{addr} (in "
     "kfence-#12):\n@frames\n\nkfence-#12: 0x{addr}-0x{addr}, size=32, cache=kmalloc-32\n\n"
     "allocated by task {pid} on cpu 0 at 12.345678s:\n@other\n\n"
     "freed by task {pid} on cpu 1 at 12.345679s:\n@other\n\n@cpu\n" KASAN_HEAD},
    {"KFENCE, out of bounds", kX86 | kArm64, 512, 9999, "KFENCE: out-of-bounds write in {f}", 0,
     KASAN_HEAD
     "!BUG: KFENCE: out-of-bounds write in {p}\n\nOut-of-bounds write at 0x{addr} (32B "
     "right of kfence-#7):\n@frames\n\nkfence-#7: 0x{addr}-0x{addr}, size=32, cache=kmalloc-32\n\n"
     "allocated by task {pid} on cpu 0 at 12.345678s:\n@other\n\n@cpu\n" KASAN_HEAD},
    {"KCSAN", kX86 | kArm64, 508, 9999, "KCSAN: data-race in {f} / {g}", kRough,
     KASAN_HEAD
     "!BUG: KCSAN: data-race in {f} / {g}\n\nwrite to 0x{addr} of 8 bytes by task {pid} "
     "on cpu 1:\n@frames\n\nread to 0x{addr} of 8 bytes by interrupt on cpu 0:\n@other\n\n"
     "Reported by Kernel Concurrency Sanitizer on:\n@cpu\n" KASAN_HEAD},
    {"KMSAN", kX86, 601, 9999, "KMSAN: uninit-value in {f}", 0,
     "=====================================================\n!BUG: KMSAN: uninit-value in {p}\n"
     "@frames\n\nUninit was created at:\n slab_post_alloc_hook+0x129/0xa70\n"
     " __kmalloc+0x5a/"
     "0x150\n@other\n\n@cpu\n=====================================================\n"},
    {"UBSAN, index", kX86 | kArm64 | kRiscv, 510, 9999, "UBSAN: array-index-out-of-bounds in {f}",
     0,
     "------------[ cut here ]------------\n!UBSAN: array-index-out-of-bounds in {file}:{line}:7\n"
     "index 9 is out of range for type 'int [4]'\n@cpu\n@dump __ubsan_handle_out_of_bounds\n"
     "---[ end trace ]---"},
    {"UBSAN, shift", kX86 | kArm64, 510, 9999, "UBSAN: shift-out-of-bounds in {f}", 0,
     "------------[ cut here ]------------\n!UBSAN: shift-out-of-bounds in {file}:{line}:7\n"
     "shift exponent 77 is too large for 32-bit type 'int'\n@cpu\n"
     "@dump ubsan_epilogue __ubsan_handle_shift_out_of_bounds\n---[ end trace ]---"},
    {"UBSAN before 5.10", kX86 | kArm64, 405, 509, "UBSAN: undefined-behaviour in {f}", 0,
     KASAN_HEAD
     "!UBSAN: Undefined behaviour in {file}:{line}:7\nshift exponent 77 is too large for "
     "32-bit type 'int'\n@cpu\n@dump ubsan_epilogue "
     "__ubsan_handle_shift_out_of_bounds\n" KASAN_HEAD},
    {"bad page state", kAll & ~kArm, 0, 9999, "BUG: Bad page state in {f}", 0,
     "!BUG: Bad page state in process {comm}  pfn:{hex8}\n"
     "page:{addr} refcount:-1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x{hex8}\n"
     "flags: 0xfffffc0000000(node=0|zone=1|lastcpupid=0x1fffff)\n"
     "raw: {hex16} {hex16} {hex16} {hex16}\npage dumped because: nonzero "
     "_refcount\n@modules\n@cpu\n"
     "@dump bad_page free_unref_page_prepare free_unref_page"},
    {"bad page map", kAnyX86, 0, 9999, "BUG: Bad page map", kNoName | kRough,
     "!BUG: Bad page map in process {comm}  pte:{hex16} pmd:{hex8}\n"
     "addr:{hex16} vm_flags:00100073 anon_vma:{hex16} mapping:0000000000000000 index:7f0\n"
     "file:(null) fault:0x0 mmap:0x0 read_folio:0x0\n@cpu\n@dump print_bad_pte"},
    {"bad pud, x86", kX86, 415, 9999, "bad pud", kOneLine | kNoName,
     "!mm/pgtable-generic.c:39: bad pud {hex16}({hex16})"},
    {"bad pud, x86 before it hashes", kX86, 415, 9999, "bad pud", kOneLine | kNoName,
     "!mm/pgtable-generic.c:39: bad pud (____ptrval____)({hex16})"},
    {"bad pmd, x86 without %p hashed", kX86, 0, 414, "bad pmd", kOneLine | kNoName,
     "!mm/pgtable-generic.c:50: bad pmd {addr}({hex16})"},
    {"bad pmd, PAE", kX86_32, 0, 9999, "bad pmd", kOneLine | kNoName,
     "!mm/pgtable-generic.c:50: bad pmd {addr}({hex16})"},
    {"bad pgd, 32-bit x86", kX86_32, 0, 9999, "bad pgd", kOneLine | kNoName,
     "!mm/pgtable-generic.c:22: bad pgd {hex8}"},
    {"bad pmd, elsewhere", kAll & ~kAnyX86, 0, 9999, "bad pmd", kOneLine | kNoName,
     "!mm/pgtable-generic.c:50: bad pmd {hex16}."},
    {"bad pud, elsewhere", kArm64 | kRiscv | kPpc64 | kS390, 0, 9999, "bad pud", kOneLine | kNoName,
     "!mm/pgtable-generic.c:39: bad pud {hex16}."},
    {"bad p4d, elsewhere", kArm64 | kRiscv | kS390, 0, 9999, "bad p4d", kOneLine | kNoName,
     "!mm/pgtable-generic.c:30: bad p4d {hex16}."},
    {"bad pgd, elsewhere", kAll & ~kAnyX86, 0, 9999, "bad pgd", kOneLine | kNoName,
     "!./mm/memory.c:220: bad pgd {hex8}."},
    {"rss counter", kAll, 500, 9999, "BUG: Bad rss-counter state", kOneLine | kNoName,
     "!BUG: Bad rss-counter state mm:{addr} type:MM_ANONPAGES val:3"},
    {"rss counter before 5", kAll, 0, 499, "BUG: Bad rss-counter state", kOneLine | kNoName,
     "!BUG: Bad rss-counter state mm:{addr} idx:1 val:3"},
    {"page tables left", kAll, 415, 9999, "BUG: non-zero pgtables_bytes on freeing mm",
     kOneLine | kNoName | kRough, "!BUG: non-zero pgtables_bytes on freeing mm: 4096"},
    {"kmemleak", kAll, 0, 9999, "memory leaks", kOneLine | kNoName | kRough,
     "!kmemleak: {n} new suspected memory leaks (see /sys/kernel/debug/kmemleak)"},
    {"slab poison", kAnyX86 | kArm64, 0, 9999, "Poison overwritten", kNoName | kRough,
     "=============================================================================\n"
     "!BUG kmalloc-64 (Not tainted): Poison overwritten\n"
     "-----------------------------------------------------------------------------\n\n"
     "0x{addr}-0x{addr} @offset=64. First byte 0x6a instead of 0x6b\n"
     "Object   {addr}: 6b 6b 6b 6b 6b 6b 6b 6b  kkkkkkkk\n@cpu\n@dump check_bytes_and_report"},
    {"list_add", kAnyX86, 410, 9999, "BUG: corrupted list in {f}", kDies,
     "!list_add corruption. prev->next should be next ({addr}), but was {addr}. (prev={addr}).\n"
     "------------[ cut here ]------------\nkernel BUG at lib/list_debug.c:32!\n"
     "@oops invalid opcode\n@cpu\nRIP: 0010:__list_add_valid+0x47/0x50\n@trace\n@modules\n@end"},
    {"usercopy", kX86, 419, 9999, "BUG: bad usercopy in {f}", kDies,
     "!usercopy: Kernel memory exposure attempt detected from SLUB object 'kmalloc-64' (offset 0, "
     "size 128)!\n------------[ cut here ]------------\nkernel BUG at mm/usercopy.c:102!\n"
     "@oops invalid opcode\n@cpu\nRIP: 0010:usercopy_abort+0x6c/0x80\n@trace __check_heap_object "
     "__check_object_size\n@modules\n@end"},
};

std::span<const Kind> memory_kinds() {
  return kMemoryKinds;
}

}  // namespace kproof::console::generator
