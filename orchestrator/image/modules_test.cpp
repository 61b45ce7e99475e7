#include "image/modules.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

namespace fs = std::filesystem;
using namespace kproof;
using namespace kproof::image;

static void put(const fs::path& file, const std::string& content) {
  fs::create_directories(file.parent_path());
  util::write_file_atomically(file, content);
}

// An object file with a .modinfo, as modpost leaves it.
static void put_module(const fs::path& file, const std::string& modinfo) {
  const util::ScratchDir dir("kproof-test-");
  put(dir.path() / "m.c",
      "__attribute__((section(\".modinfo\"))) char m[] = \"" + modinfo + "\";\n");
  fs::create_directories(file.parent_path());
  util::run_checked({.argv = {"gcc", "-c", "m.c", "-o", file.string()}, .directory = dir.path()});
}

static std::vector<std::string> names(const ModuleClosure& closure) {
  std::vector<std::string> names;
  for (const Module& module : closure.modules)
    names.push_back(module.name);
  return names;
}

using Names = std::vector<std::string>;

TEST_CASE("a module has one name however it is written") {
  CHECK(module_name("kvm-amd") == "kvm_amd");
  CHECK(module_name("kvm-amd.ko.xz") == "kvm_amd");
  CHECK(module_name("nfit.ko") == "nfit");
}

TEST_CASE("depends and softdep pre are read from .modinfo, softdep post is not") {
  using namespace std::string_literals;
  const auto needs = parse_modinfo(
      "license=GPL\0depends=libnvdimm,dax-core\0softdep=pre: a b post: c\0softdep=post: d\0alias=crypto-x\0"s);
  CHECK(needs.depends == Names{"libnvdimm", "dax_core"});
  CHECK(needs.before == Names{"a", "b"});
  CHECK(needs.aliases == Names{"crypto_x"});
  CHECK(parse_modinfo("depends=\0"s).depends.empty());
  CHECK(parse_modinfo("").depends.empty());
}

static ModuleIndex made_up_index(std::optional<std::set<std::string>> builtin) {
  return {{{"a", "a.ko"}, {"b", "b.ko"}, {"c", "c.ko"}, {"x", "x.ko"}, {"y", "y.ko"}},
          std::move(builtin)};
}

// a needs b and c, b needs c; x and y need each other; c wants a softdep that is nowhere.
static ModuleNeeds made_up_needs(const fs::path& file) {
  static const std::map<std::string, ModuleNeeds> needs{{"a.ko", {{"b", "c"}, {}}},
                                                        {"b.ko", {{"c"}, {}}},
                                                        {"c.ko", {{}, {"nowhere", "y"}}},
                                                        {"x.ko", {{"y", "gone"}, {}}},
                                                        {"y.ko", {{"x"}, {}}}};
  return needs.at(file.string());
}

TEST_CASE("what is needed comes first, once, and in the order it is wanted") {
  const auto index = made_up_index(std::set<std::string>{"gone", "core"});
  CHECK(names(close_over(index, {"a", "core"}, made_up_needs)) == Names{"x", "y", "c", "b", "a"});
  CHECK(names(close_over(index, {"b", "a", "b"}, made_up_needs)) == Names{"x", "y", "c", "b", "a"});
  CHECK(close_over(index, {"a", "core"}, made_up_needs).missing.empty());
}

TEST_CASE("a softdep on an algorithm takes its generic implementation") {
  const ModuleIndex index({{"libcrc32c", "libcrc32c"},
                           {"crc32c_cpu", "crc32c_cpu"},
                           {"crc32c_generic", "crc32c_generic"},
                           {"other", "other"}},
                          std::set<std::string>{"sha256_generic"},
                          {"crc32c_cpu", "crc32c_generic", "other"});
  const auto needs = [](const fs::path& file) -> ModuleNeeds {
    if (file == "libcrc32c") return {{}, {"crc32c", "nothing"}, {}};
    if (file == "other") return {{}, {}, {"md5"}};
    return {{}, {}, {"crypto_crc32c", "crc32c"}};
  };
  CHECK(names(close_over(index, {"libcrc32c"}, needs)) == Names{"crc32c_generic", "libcrc32c"});
}

TEST_CASE("a wanted module that is nowhere is missing, and so is a dependency of one") {
  const auto closure =
      close_over(made_up_index(std::set<std::string>{"core"}), {"nfit", "x"}, made_up_needs);
  REQUIRE(closure.missing.size() == 2);
  CHECK(closure.missing[0].name == "nfit");
  CHECK(closure.missing[0].needed_by == "");
  CHECK(closure.missing[1].name == "gone");
  CHECK(closure.missing[1].needed_by == "x");
  CHECK(closure.unknown.empty());
}

TEST_CASE("without modules.builtin nobody can call a module missing") {
  const auto closure = close_over(ModuleIndex::scan(""), {"virtio-pci"});
  CHECK(closure.missing.empty());
  REQUIRE(closure.unknown.size() == 1);
  CHECK(closure.unknown[0].name == "virtio_pci");
}

TEST_CASE("a tree is indexed by name; what the build lists beats a stale copy") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path tree = dir.path();
  put(tree / "modules.order", "drivers/dax/device_dax.o\ndrivers/nvdimm/nd-pmem.ko\n");
  put(tree / "modules.builtin", "kernel/drivers/virtio/virtio-pci.ko\n");
  put(tree / "drivers/dax/device_dax.ko", "new");
  put(tree / "debian/linux/drivers/dax/device_dax.ko", "stale");
  put(tree / "drivers/nvdimm/nd-pmem.ko.zst", "");
  put(tree / "updates/own.ko.gz", "");
  put(tree / "crypto/crc32c_generic.ko", "");
  put(tree / "arch/x86/crypto/crc32c-intel.ko", "");
  put(tree / "drivers/not-a-module.kobject", "");
  const auto index = ModuleIndex::scan(tree);
  CHECK(index.size() == 5);
  REQUIRE(index.file("device_dax"));
  CHECK(*index.file("device_dax") == tree / "drivers/dax/device_dax.ko");
  CHECK(index.file("nd_pmem"));
  CHECK(index.file("own"));
  CHECK(index.crypto() == Names{"crc32c_generic"});
  CHECK(index.builtin("virtio_pci") == true);
  CHECK(index.builtin("nd_pmem") == false);
  CHECK_THROWS_AS(ModuleIndex::scan("/nonexistent"), HostError);
}

TEST_CASE("modules are read plain and compressed") {
  const util::ScratchDir dir("kproof-test-");
  const std::vector<std::pair<std::string, Names>> tools{
      {"xz", {"xz", "--check=crc32"}}, {"zst", {"zstd", "-q", "--rm"}}, {"gz", {"gzip"}}};
  for (const auto& [suffix, tool] : tools) {
    const fs::path plain = dir.path() / (suffix + ".ko");
    put_module(plain, "depends=libnvdimm\\0softdep=pre: a");
    const std::string bytes = util::read_file(plain);
    CHECK(read_needs(plain).depends == Names{"libnvdimm"});
    Names command = tool;
    command.push_back(plain.string());
    util::run_checked({.argv = command});
    CHECK(!fs::exists(plain));
    CHECK(read_module(plain.string() + "." + suffix) == bytes);
    CHECK(read_needs(plain.string() + "." + suffix).before == Names{"a"});
  }
}

TEST_CASE("a damaged module is named") {
  const util::ScratchDir dir("kproof-test-");
  put(dir.path() / "a.ko", "not ELF");
  put(dir.path() / "b.ko.xz", std::string("\xfd"
                                          "7zXZ\0 nonsense",
                                          15));
  CHECK_THROWS_WITH_AS(read_needs(dir.path() / "a.ko"), doctest::Contains("a.ko is damaged"),
                       HostError);
  CHECK_THROWS_WITH_AS(read_needs(dir.path() / "b.ko.xz"), doctest::Contains("b.ko.xz is damaged"),
                       HostError);
}

TEST_CASE("a module is asked for its needs once, whoever asks") {
  int asked = 0;
  const NeedsOf needs_of = remembering([&](const fs::path&) {
    ++asked;
    return ModuleNeeds{};
  });
  const NeedsOf copy = needs_of;
  needs_of("a.ko");
  copy("a.ko");
  CHECK(asked == 1);
  copy("b.ko");
  CHECK(asked == 2);
}
