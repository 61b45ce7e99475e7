// Too little memory, no huge pages, no room on the disk.
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::resources_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};
static constexpr const char* kPool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";

TEST_CASE("a guest that is larger than the host is refused before it boots, with both numbers") {
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  const Ended ended = run_kproof({"run", plan("too_large"), "--out", out});
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "k/l1/selftest/pass needs 900.5 GiB of memory ("));
  CHECK(contains(ended.err, "; this host has "));
  CHECK(contains(ended.err, "lower `memory:` of its topology"));
  CHECK_FALSE(contains(ended.err, "started"));
}

static unsigned pool() {
  std::ifstream file(kPool);
  unsigned pages = 0;
  file >> pages;
  return pages;
}

namespace {
// Pages in the pool, as long as it lives.
class Pages {
 public:
  explicit Pages(unsigned more) : before_(pool()) { std::ofstream(kPool) << before_ + more; }
  ~Pages() { std::ofstream(kPool) << before_; }
  bool got(unsigned more) const { return pool() >= before_ + more; }

 private:
  const unsigned before_;
};
}  // namespace

TEST_CASE("hugetlb pages that the host has not are refused with the command that makes them") {
  if (!fs::exists(kPool)) return skip("no hugetlb pool of 2 MiB pages on this host");
  if (pool() >= 256) return skip("an empty hugetlb pool");
  const util::ScratchDir scratch("kproof-e2e-");
  const Ended ended = run_kproof({"run", plan("hugetlb"), "--out", scratch.path() / "out"});
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "k/l1/selftest/pass needs 256 hugetlb pages of 2M, this host has "));
  CHECK(contains(ended.err, fmt::format("echo 256 > {}", kPool)));
}

// "Private_Hugetlb:   524288 kB" and the shared ones, of all mappings.
static std::uint64_t hugetlb_kib(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/smaps", pid));
  std::uint64_t sum = 0;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Private_Hugetlb:") || line.starts_with("Shared_Hugetlb:"))
      sum += std::strtoull(line.c_str() + line.find(':') + 1, nullptr, 10);
  return sum;
}

TEST_CASE("a guest's memory comes from hugetlb pages where its topology says so") {
  if (::geteuid() != 0) return skip("root, who may fill the hugetlb pool");
  const Pages pages(300);
  if (!pages.got(300)) return skip("300 pages of 2 MiB that are contiguous");
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path out = scratch.path() / "out";
  Program program({command({"run", plan("hugetlb"), "--out", out, "-v"})});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: prepare", kBoot), program.err());
  std::uint64_t used = 0;
  for (const pid_t pid : guests_of(program.pid()))
    used = hugetlb_kib(pid);
  const Ended ended = program.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK(used >= 64 << 10);  // what a booted kernel has touched; no other memory of QEMU is hugetlb
  CHECK(contains(util::read_file(out / "cells/k/l1/selftest/pass/domain.xml"), "<hugepages>"));
}

namespace {
class Tmpfs {
 public:
  explicit Tmpfs(const fs::path& at, const std::string& size) : at_(at) {
    fs::create_directory(at);
    mounted_ = ::mount("none", at.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
  }
  ~Tmpfs() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  // Leaves not a byte.
  void fill() const {
    std::ofstream file(at_ / "ballast", std::ios::binary);
    const std::string block(4096, 'x');
    while (file.write(block.data(), 4096).flush())
      continue;
  }

 private:
  fs::path at_;
  bool mounted_ = false;
};
}  // namespace

TEST_CASE("a disk too small for the guest's image is named with the next step") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Tmpfs disk(scratch.path() / "disk", "64k");
  if (!disk.mounted()) return skip("the right to mount a tmpfs");
  const fs::path out = scratch.path() / "disk/out";
  Program program({command({"run", plan("one"), "--out", out})});
  const Ended ended = program.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "cannot write " + out.string()));
  CHECK(contains(ended.err, "No space left on device"));
  CHECK(contains(ended.err, "hint: free some space"));
  CHECK(left_by(program.pid(), out).empty());
  CHECK(contains(util::read_file(out / "results.json"), "\"verdict\": \"broken\""));
}

TEST_CASE("a disk that fills up during a cell makes it broken, and half a result is none") {
  const util::ScratchDir scratch("kproof-e2e-");
  const Tmpfs disk(scratch.path() / "disk", "64m");
  if (!disk.mounted()) return skip("the right to mount a tmpfs");
  const fs::path out = scratch.path() / "disk/out";
  Program program({command({"run", plan("one"), "--out", out, "-v"})});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: boot", kBoot), program.err());
  disk.fill();
  const Ended ended = program.wait(kBoot);
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(contains(ended.err, "k/l1/selftest/pass: broken"));
  CHECK(contains(ended.err, "No space left on device"));
  CHECK(contains(ended.err, "hint: free some space"));
  CHECK(left_by(program.pid(), out).empty());
  CHECK_FALSE(fs::exists(out / "cells/k/l1/selftest/pass/cell.json"));

  fs::remove(scratch.path() / "disk/ballast");
  const Ended again = run_kproof({"run", plan("one"), "--out", out});
  CAPTURE(again.err);
  CHECK(again.code == 0);
}

}  // namespace kproof::e2e::host::resources_test
