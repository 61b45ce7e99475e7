#include "kernel/store.hpp"

#include <cstdio>
#include <cstdlib>

#include <doctest/doctest.h>

#include "kernel/made_up.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::kernel;

namespace {
// A cache and a place for inputs, gone afterwards.
struct Bench {
  util::ScratchDir dir{"kproof-test-"};
  fs::path in = dir.path() / "in";
  std::string told;
  Store store{dir.path() / "cache", [this](std::string_view line) { (told += line) += '\n'; }};

  Bench() { fs::create_directories(in); }
  fs::path put(const std::string& name, const std::string& bytes) const {
    fs::create_directories((in / name).parent_path());
    util::write_file_atomically(in / name, bytes);
    return in / name;
  }
  model::KernelArtifact fetch(const fs::path& path) const {
    return store.fetch({"k", "K", model::PathSource{path}, "plan.yaml:3:5"});
  }
  // The message of the ConfigError that it must be.
  std::string refusal(const fs::path& path) const {
    try {
      fetch(path);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "not refused";
  }
};
}  // namespace

static const std::string kVmlinux = made_up_vmlinux(18, "Linux version 6.1.0-x (me@here)");

static std::string gzipped(const std::string& bytes) {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "x", bytes);
  util::run_checked({.argv = {"gzip", "-n", "x"}, .directory = dir.path()});
  return util::read_file(dir.path() / "x.gz");
}

TEST_CASE("a vmlinux is copied under its content, with its facts") {
  const Bench bench;
  const auto kernel = bench.fetch(bench.put("vmlinux", kVmlinux));
  CHECK(kernel.pvh);
  CHECK(kernel.release == "6.1.0-x");
  CHECK(kernel.name == "k");
  CHECK(kernel.origin == (bench.in / "vmlinux").string());
  CHECK(util::read_file(kernel.boot_file) == kVmlinux);
  CHECK(kernel.modules_dir.empty());
  CHECK(kernel.config.empty());
}

TEST_CASE("the vmlinux inside a bzImage is booted when it has a PVH entry") {
  const Bench bench;
  const auto kernel =
      bench.fetch(bench.put("bzImage", made_up_bzimage(gzipped(kVmlinux), "6.1.0-x (me)")));
  CHECK(kernel.pvh);
  CHECK(kernel.release == "6.1.0-x");
  CHECK(util::read_file(kernel.boot_file) == kVmlinux);
}

TEST_CASE("a bzImage without a PVH entry, with KASAN, or of unknown compression, boots as it is") {
  const Bench bench;
  const std::string no_pvh =
      made_up_bzimage(gzipped(made_up_vmlinux(17, "Linux version 6.1.0-y (me)")), "6.1.0-y (me)");
  const std::string lzo = made_up_bzimage("\x89LZO and so on", "6.1.0-z (me)");
  const std::string kasan = made_up_bzimage(
      gzipped(made_up_vmlinux(18, "Linux version 6.1.0-k (me)\nBUG: KASAN: %s in %pS")),
      "6.1.0-k (me)");
  for (const std::string& file : {no_pvh, kasan, lzo}) {
    const auto kernel = bench.fetch(bench.put("bzImage", file));
    CHECK(!kernel.pvh);
    CHECK(util::read_file(kernel.boot_file) == file);
  }
}

TEST_CASE("a second fetch prepares nothing and gives the same artifact") {
  Bench bench;
  const fs::path file = bench.put("vmlinux", kVmlinux);
  const auto first = bench.fetch(file);
  CHECK(bench.told.find("preparing") != std::string::npos);
  bench.told.clear();
  const auto second = bench.fetch(file);
  CHECK(bench.told.empty());
  CHECK(first.identity == second.identity);
  CHECK(first.boot_file == second.boot_file);
}

TEST_CASE("another content is another kernel, and the first stays what it was") {
  const Bench bench;
  const auto first = bench.fetch(bench.put("vmlinux", kVmlinux));
  const auto second = bench.fetch(bench.put("vmlinux", kVmlinux + "x"));
  CHECK(first.identity != second.identity);
  CHECK(util::read_file(first.boot_file) == kVmlinux);
}

TEST_CASE(
    "a build tree gives its bzImage, modules and .config; a rebuilt module is another kernel") {
  const Bench bench;
  bench.put("tree/vmlinux", kVmlinux);
  bench.put("tree/arch/x86/boot/bzImage", made_up_bzimage(gzipped(kVmlinux), "6.1.0-x (me)"));
  bench.put("tree/.config", "CONFIG_DEV_DAX=m\n");
  bench.put("tree/drivers/dax/dax.ko", "one");
  const auto first = bench.fetch(bench.in / "tree");
  CHECK(first.modules_dir == bench.in / "tree");
  CHECK(first.config == bench.in / "tree/.config");
  CHECK(first.pvh);
  bench.put("tree/drivers/dax/dax.ko", "other");
  CHECK(bench.fetch(bench.in / "tree").identity != first.identity);
}

TEST_CASE("the same build tree elsewhere is the same kernel") {
  const Bench bench;
  bench.put("tree/vmlinux", kVmlinux);
  const fs::path module = bench.put("tree/drivers/dax/dax.ko", "one");
  const auto here = bench.fetch(bench.in / "tree");
  fs::rename(bench.in / "tree", bench.in / "moved");
  CHECK(bench.fetch(bench.in / "moved").identity == here.identity);
}

TEST_CASE("a bzImage older than its vmlinux is not what the developer just built") {
  Bench bench;
  const fs::path old = bench.put("tree/arch/x86/boot/bzImage", made_up_bzimage("PAYLOAD", "5.0 x"));
  const fs::path now = bench.put("tree/vmlinux", kVmlinux);
  fs::last_write_time(old, fs::last_write_time(now) - std::chrono::hours(1));
  CHECK(bench.fetch(bench.in / "tree").release == "6.1.0-x");
  CHECK(bench.told.find("is older than vmlinux") != std::string::npos);
}

TEST_CASE("an unpacked package or an installed kernel gives its modules and config") {
  const Bench bench;
  const fs::path image = bench.put("root/boot/vmlinuz-6.1.0-x", kVmlinux);
  bench.put("root/boot/config-6.1.0-x", "CONFIG_X=y\n");
  bench.put("root/lib/modules/6.1.0-x/kernel/a.ko.xz", "a");
  for (const fs::path& path : {bench.in / "root", image}) {
    const auto kernel = bench.fetch(path);
    CHECK(kernel.modules_dir == bench.in / "root/lib/modules/6.1.0-x");
    CHECK(kernel.config == bench.in / "root/boot/config-6.1.0-x");
  }
}

TEST_CASE("a .deb is unpacked once by its content, without being installed") {
  Bench bench;
  bench.put("pkg/DEBIAN/control",
            "Package: linux-image-x\nVersion: 1:2-3\nArchitecture: amd64\nMaintainer: me <a@b>\n"
            "Description: x\n");
  bench.put("pkg/boot/vmlinuz-6.1.0-x", kVmlinux);
  bench.put("pkg/lib/modules/6.1.0-x/a.ko", "a");
  util::run_checked({.argv = {"dpkg-deb", "-b", "pkg", "x.deb"}, .directory = bench.in});
  const auto kernel = bench.fetch(bench.in / "x.deb");
  CHECK(kernel.release == "6.1.0-x");
  CHECK(kernel.origin == (bench.in / "x.deb").string() + " (linux-image-x 1:2-3)");
  CHECK(fs::exists(kernel.modules_dir / "a.ko"));
  bench.told.clear();
  bench.fetch(bench.in / "x.deb");
  CHECK(bench.told.empty());

  const std::string whole = util::read_file(bench.in / "x.deb");
  CHECK(bench.refusal(bench.put("short.deb", whole.substr(0, whole.size() - 40)))
            .find("dpkg-deb cannot unpack") != std::string::npos);
}

TEST_CASE("a .deb without a kernel is refused and does not stay in the cache") {
  const Bench bench;
  bench.put(
      "pkg/DEBIAN/control",
      "Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: me <a@b>\nDescription: x\n");
  util::run_checked({.argv = {"dpkg-deb", "-b", "pkg", "x.deb"}, .directory = bench.in});
  CHECK(bench.refusal(bench.in / "x.deb") ==
        "plan.yaml:3:5: kernel k: the package hello 1 ships no vmlinuz, so it is no kernel");
  for (const auto& left : fs::directory_iterator(bench.dir.path() / "cache/kernels/debs"))
    CHECK((left.path().extension() == ".lock" || left.path().extension() == ".used"));
}

TEST_CASE("what is no kernel is refused with the plan's place and what it is") {
  const Bench bench;
  const auto refused = [&](const std::string& bytes, const std::string& why) {
    const std::string message = bench.refusal(bench.put("file", bytes));
    CHECK_MESSAGE(message.starts_with("plan.yaml:3:5: kernel k: "), message);
    CHECK_MESSAGE(message.find(why) != std::string::npos, message);
  };
  refused("#!/bin/sh\n", "is not a kernel but text that begins \"#!/bin/sh\" (10 bytes)");
  refused("", "an empty file");
  refused(made_up_vmlinux(18, "Linux version 6.1.0 (x)", EM_AARCH64), "an ELF file for aarch64");
  refused(made_up_vmlinux(17, "Linux version 6.1.0 (x)"), "no PVH entry");
  refused(made_up_bzimage(gzipped(kVmlinux), "6.1").substr(0, 1100), "cut short");
  std::string damaged = gzipped(kVmlinux);
  damaged[damaged.size() / 2] ^= 0x55;
  refused(made_up_bzimage(damaged, "6.1 x"), "damaged");
}

TEST_CASE("a path that does not exist, and directories that hold no kernel, are refused") {
  const Bench bench;
  CHECK(bench.refusal("/nonexistent/bzImage") ==
        "plan.yaml:3:5: kernel k: /nonexistent/bzImage does not exist");
  CHECK(bench.refusal(bench.in).find("holds neither") != std::string::npos);
  bench.put("src/Kconfig", "");
  CHECK(bench.refusal(bench.in / "src").find("has not been built") != std::string::npos);
  bench.put("two/boot/vmlinuz-1", "");
  bench.put("two/boot/vmlinuz-2", "");
  CHECK(bench.refusal(bench.in / "two").find("holds 2 kernels") != std::string::npos);
  CHECK(bench.refusal("/dev/null").find("neither a file nor a directory") != std::string::npos);
}

TEST_CASE("an entry that somebody damaged is told with what to delete") {
  const Bench bench;
  const fs::path file = bench.put("vmlinux", kVmlinux);
  const fs::path entry = bench.fetch(file).boot_file.parent_path();
  for (const char* damage : {"{", "{}", "[]"}) {
    util::write_file_atomically(entry / "kernel.json", damage);
    CHECK_THROWS_AS_MESSAGE(bench.fetch(file), HostError, damage);
  }
}

TEST_CASE("a name that is no package's is refused before apt sees it") {
  const Bench bench;
  CHECK_THROWS_WITH_AS(bench.store.fetch({"k", "K", model::PackageSource{"-o=x"}, "p:1:1"}),
                       "p:1:1: kernel k: \"-o=x\" is not a package name", ConfigError);
}

static std::string packed_by(const std::vector<std::string>& tool, const std::string& bytes) {
  const util::ScratchDir dir("kproof-test-");
  util::write_file_atomically(dir.path() / "x", bytes);
  util::Command command{.argv = tool, .directory = dir.path()};
  command.argv.push_back("x");
  return util::run_checked(command);
}

TEST_CASE("the vmlinux is found in a bzImage of each compression that a kernel may have") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> tools{
      {"bzip2", {"bzip2", "-c"}},
      {"lzma", {"lzma", "-c"}},
      {"xz", {"xz", "--check=crc32", "--x86", "--lzma2", "-c"}},
      {"zstd", {"zstd", "-qc", "-19"}},
      {"lz4", {"lz4", "-lqc"}},
  };
  for (const auto& [name, tool] : tools) {
    CAPTURE(name);
    const Bench bench;
    std::string size(4, '\0');
    put(size, 0, static_cast<std::uint32_t>(kVmlinux.size()), 4);
    const auto payload = packed_by(tool, kVmlinux) + size;
    const auto kernel = bench.fetch(bench.put("bzImage", made_up_bzimage(payload, "6.1.0-x (me)")));
    CHECK(kernel.pvh);
    CHECK(util::read_file(kernel.boot_file) == kVmlinux);
  }
}

TEST_CASE("a bzImage by lzo, which libarchive cannot read, is booted as it is") {
  const Bench bench;
  const auto image = made_up_bzimage("\x89LZO, and more of it", "6.1.0-x (me)");
  const auto kernel = bench.fetch(bench.put("bzImage", image));
  CHECK_FALSE(kernel.pvh);
  CHECK(kernel.release == "6.1.0-x");
  CHECK(util::read_file(kernel.boot_file) == image);
}

// A file of a cpio archive as rpm writes it ("newc").
static std::string cpio_file(const std::string& name, const std::string& bytes, unsigned mode) {
  char head[111];
  std::snprintf(head, sizeof head, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", 1,
                mode, 0, 0, 1, 0, static_cast<unsigned>(bytes.size()), 0, 0, 0, 0,
                static_cast<unsigned>(name.size() + 1), 0);
  const auto padded = [](std::string text) { return text.append((4 - text.size() % 4) % 4, '\0'); };
  return padded(std::string(head) + name + '\0') + padded(bytes);
}

// The lead, an empty signature and an empty header: all that is read of them is where they end.
static std::string made_up_rpm(const std::string& archive) {
  std::string lead(96, '\0');
  lead.replace(0, 4, "\xed\xab\xee\xdb");
  lead[4] = 3;  // the version of the format
  lead.replace(10, 17, "kernel-core-6.1-x");
  const std::string header("\x8e\xad\xe8\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
  return lead + header + header + gzipped(archive + cpio_file("TRAILER!!!", "", 0));
}

TEST_CASE("an RPM is unpacked, with the kernel where Fedora has it") {
  const Bench bench;
  const std::string modules = "./lib/modules/6.1.0-x/";
  const auto rpm = made_up_rpm(
      cpio_file(modules + "vmlinuz", made_up_bzimage(gzipped(kVmlinux), "6.1.0-x (me)"), 0100755) +
      cpio_file(modules + "config", "CONFIG_KVM=m\n", 0104644) +
      cpio_file(modules + "kernel/a.ko", "module", 0100644));
  const auto kernel = bench.fetch(bench.put("k.rpm", rpm));
  CHECK(kernel.pvh);
  CHECK(kernel.origin == (bench.in / "k.rpm").string() + " (kernel-core-6.1-x)");
  CHECK(util::read_file(kernel.config) == "CONFIG_KVM=m\n");
  CHECK(fs::exists(kernel.modules_dir / "kernel/a.ko"));
  CHECK((fs::status(kernel.config).permissions() & fs::perms::set_uid) == fs::perms::none);
}

TEST_CASE("an RPM without a kernel, a damaged one and one that reaches outside are refused") {
  const Bench bench;
  const auto refused = [&bench](const std::string& rpm) {
    return bench.refusal(bench.put("k.rpm", rpm));
  };
  CHECK(refused(made_up_rpm(cpio_file("./etc/x", "x", 0100644))).find("ships no vmlinuz") !=
        std::string::npos);
  CHECK(refused(made_up_rpm("")).find("ships no vmlinuz") != std::string::npos);
  const auto whole = made_up_rpm(cpio_file("./boot/vmlinuz-1", std::string(9999, 'x'), 0100644));
  CHECK(refused(whole.substr(0, whole.size() - 20)).find("damaged") != std::string::npos);
  CHECK(refused(made_up_rpm(cpio_file("./../../x", "x", 0100644))).find("outside of itself") !=
        std::string::npos);
  const auto link = cpio_file("./boot", "/tmp", 0120777);
  CHECK(refused(made_up_rpm(link + cpio_file("./boot/vmlinuz-1", "x", 0100644))) != "not refused");
}

TEST_CASE("a kernel that clang has built says so") {
  const Bench bench;
  bench.put("vmlinux", kVmlinux);
  bench.put(".config",
            "CONFIG_CC_IS_CLANG=y\nCONFIG_CC_VERSION_TEXT=\"Debian clang version 14\"\n");
  CHECK(bench.fetch(bench.in).origin == bench.in.string() + " (built by Debian clang version 14)");
}
