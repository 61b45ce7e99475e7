#include "ftrace/probes.hpp"

#include <doctest/doctest.h>

using kproof::ftrace::functions_to_probe;
using Names = std::vector<std::string>;

static constexpr const char* kWarning =
    "[    3.1] ------------[ cut here ]------------\n"
    "[    3.1] WARNING: CPU: 0 PID: 88 at mm/huge_memory.c:2309 change_huge_pud+0x12e/0x150\n"
    "[    3.1] RIP: 0010:change_huge_pud+0x12e/0x150\n"
    "[    3.1] Call Trace:\n"
    "[    3.1]  <TASK>\n"
    "[    3.1]  ? __warn+0x81/0x130\n"
    "[    3.1]  ? change_huge_pud+0x12e/0x150\n"
    "[    3.1]  change_protection_range+0x5c1/0xd90\n"
    "[    3.1]  mwriteprotect_range.isra.0+0x1c3/0x3f0\n"
    "[    3.1]  userfaultfd_ioctl+0x3f0/0x1290 [dm_mod]\n"
    "[    3.1]  __x64_sys_ioctl+0x97/0xd0\n"
    "[    3.1]  do_syscall_64+0x82/0x190\n"
    "[    3.1]  entry_SYSCALL_64_after_hwframe+0x76/0x7e\n"
    "[    3.1] RIP: 0033:0x4a1f5b\n";

TEST_CASE("the functions of a trace are probed, the innermost first, but for the way in") {
  CHECK(functions_to_probe(kWarning, 8) == Names{"change_huge_pud", "change_protection_range",
                                                 "mwriteprotect_range.isra.0",
                                                 "userfaultfd_ioctl"});
  CHECK(functions_to_probe(kWarning, 2) == Names{"change_huge_pud", "change_protection_range"});
}

TEST_CASE("a report without a trace names nothing to probe") {
  CHECK(functions_to_probe("mm/pgtable-generic.c:39: bad pud 00000000(84000001400008e7)\n", 8)
            .empty());
}
