#include "smaps.hpp"

#include <doctest/doctest.h>

using namespace kproof::guest;

// As QEMU's RAM looked in an L1 (Debian 6.1), shortened; each under the backing that it proves.
static const char* const kAnonymous =
    "7ffbc7e00000-7ffbc7f00000 rw-p 00000000 00:00 0 \n"
    "Size:               1024 kB\nKernelPageSize:        4 kB\nRss:                1024 kB\n"
    "VmFlags: rd wr mr mw me ac sd \n"
    "7ffba7e00000-7ffbc7e00000 rw-p 00000000 00:00 0 \n"
    "Size:             524288 kB\nKernelPageSize:        4 kB\nMMUPageSize:           4 kB\n"
    "Rss:              110052 kB\nAnonHugePages:         0 kB\nShmemPmdMapped:        0 kB\n"
    "THPeligible:    0\nVmFlags: rd wr mr mw me dc ac sd hg mg \n";
static const char* const kThp =
    "7f069fe00000-7f06bfe00000 rw-p 00000000 00:00 0 \n"
    "Size:             524288 kB\nKernelPageSize:        4 kB\nMMUPageSize:           4 kB\n"
    "Rss:              147456 kB\nAnonHugePages:    147456 kB\nShmemPmdMapped:        0 kB\n"
    "THPeligible:    1\nVmFlags: rd wr mr mw me dc ac sd hg mg \n";
static const char* const kHugetlb =
    "7fbadfe00000-7fbaffe00000 rw-s 00000000 00:1b 12620                      /b 2m/ram\n"
    "Size:             524288 kB\nKernelPageSize:     2048 kB\nMMUPageSize:        2048 kB\n"
    "Rss:                   0 kB\nShared_Hugetlb:        0 kB\nPrivate_Hugetlb:  198656 kB\n"
    "VmFlags: rd wr sh mr mw me ms dc de ht sd hg \n";

TEST_CASE("4 KiB pages are what THP has not replaced, and the largest anonymous mapping counts") {
  const BackingFacts facts = parse_backing(kAnonymous, "");
  CHECK(facts.page_size == 4096);
  CHECK(facts.text ==
        "anonymous memory at 7ffba7e00000-7ffbc7e00000: Size 524288 kB KernelPageSize 4 kB Rss "
        "110052 kB, VmFlags rd wr mr mw me dc ac sd hg mg ");
}

TEST_CASE("THP is proven only when all that is mapped is mapped by PMDs") {
  std::string smaps = kThp;
  CHECK(parse_backing(smaps, "").page_size == 2 << 20);
  smaps.replace(smaps.find("147456"), 6, "147460");
  CHECK(parse_backing(smaps, "").page_size == 4096);
}

TEST_CASE("the pages of hugetlb have their size in KernelPageSize, and count once they are there") {
  std::string smaps = kHugetlb;
  CHECK(parse_backing(smaps, "/b 2m/ram").page_size == 2 << 20);
  smaps.replace(smaps.find("198656"), 6, "     0");
  const BackingFacts facts = parse_backing(smaps, "/b 2m/ram");
  CHECK(facts.page_size == 0);
  CHECK(facts.text.starts_with("nothing is mapped yet: /b 2m/ram at 7fbadfe00000"));
}

TEST_CASE("a mapping that is not there proves nothing") {
  CHECK(parse_backing(kThp, "/dev/dax0.0").page_size == 0);
  CHECK(parse_backing(kThp, "/dev/dax0.0").text == "no mapping of /dev/dax0.0");
  CHECK(parse_backing("", "").text == "no mapping of anonymous memory");
}
