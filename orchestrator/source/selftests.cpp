#include "source/selftests.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernel/once.hpp"
#include "source/make.hpp"
#include "source/site.hpp"
#include "source/unbuildable.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

// Bumped when kproof makes another program of equal inputs.
static constexpr std::string_view kRecipeOfSelftests = "1";
static constexpr const char* kSelftests = "tools/testing/selftests";

// 6.14 gave it another name.
static std::vector<std::string> names_of(const std::string& program) {
  if (program == "max_guest_memory_test") return {program, "mmu_stress_test"};
  if (program == "mmu_stress_test") return {program, "max_guest_memory_test"};
  return {program};
}

std::vector<std::string> places_of(const Selftest& selftest) {
  std::vector<std::string> directories{selftest.directory};
  if (selftest.directory == "mm") directories.emplace_back("vm");
  if (selftest.directory == "kvm") directories = {"kvm", "kvm/x86_64", "kvm/x86"};
  std::vector<std::string> places;
  for (const std::string& name : names_of(selftest.program))
    for (const std::string& directory : directories)
      places.push_back(directory + "/" + name);
  return places;
}

namespace {

// Backports to stable trees that do not compile by themselves.
struct Mended {
  const char *program, *flags;
};
constexpr Mended kMended[] = {
    {"khugepaged", "-include ../kselftest.h"},         // 6.12.117: KSFT_SKIP
    {"dirty_log_test", "-DTEST_ASSERT_EQ=ASSERT_EQ"},  // 6.1.192 has the macro by its old name
};

// One selftest on its way. The tree's own makefiles write beside their sources, so they get a tree
// of their own in the build directory: tools/ as a copy, all else as links.
class SelftestBuild {
 public:
  SelftestBuild(const Base& base, const Patches& patches, const Toolchain& toolchain,
                const Selftest& selftest, const Settings& settings, std::string inputs)
      : selftest_(selftest),
        origin_(base.origin),
        settings_(settings),
        site_(base, patches, toolchain, settings),
        compiler_(toolchain.identity),
        log_(site_.log_of(std::move(inputs))) {}

  void fill(const fs::path& draft) const;

 private:
  std::string name_of_build() const;
  void lay_out(const Make& how) const;
  void compile(const Make& how, const fs::path& place) const;
  fs::path target(const Make& how, const fs::path& place) const;
  [[noreturn]] void refuse(const Failed& failed) const;

  const Selftest& selftest_;
  const std::string origin_;
  const Settings& settings_;
  const Site site_;
  const std::string compiler_;
  const fs::path log_;
};

}  // namespace

std::string SelftestBuild::name_of_build() const {
  util::Hasher hasher;
  hasher.add("selftests").add(compiler_);
  if (site_.user()) hasher.add(std::to_string(site_.user()->uid));
  return "build-" + hasher.hex().substr(0, 16);
}

static void copy_tools(const fs::path& source, const fs::path& tree) {
  fs::remove_all(tree);
  fs::create_directory(tree);
  for (const auto& entry : fs::directory_iterator(source))
    if (entry.path().filename() != "tools")
      fs::create_symlink(entry.path(), tree / entry.path().filename());
  fs::copy(source / "tools", tree / "tools",
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

// Ten seconds, once for each state of the source.
void SelftestBuild::lay_out(const Make& how) const {
  const fs::path stamp = how.build / ".kproof-selftests";
  const std::string state = site_.state() + std::string(kRecipeOfSelftests);
  if (fs::exists(stamp) && util::read_file(stamp) == state) return;
  fs::remove(stamp);
  fs::remove_all(how.build / "out");
  copy_tools(how.source, how.build / "tree");
  make(how, {"headers"});
  util::write_file_atomically(stamp, state);
}

// mm/Makefile builds what uses protection keys for both word sizes, with a suffix.
fs::path SelftestBuild::target(const Make& how, const fs::path& place) const {
  const fs::path directory = *place.begin();
  const std::string name = place.filename().string();
  const bool both = name == "protection_keys" || name == "pkey_sighandler_tests";
  return how.build / "out" / directory / place.lexically_relative(directory).parent_path() /
         (name + (both ? "_64" : ""));
}

void SelftestBuild::compile(const Make& how, const fs::path& place) const {
  const fs::path directory = *place.begin();
  const fs::path program = target(how, place);
  fs::create_directories(program.parent_path());
  std::vector<std::string> words{
      fmt::format("CC={} -static", compiler_of(how)),
      fmt::format("OUTPUT={}", (how.build / "out" / directory).string()),
      fmt::format("KHDR_INCLUDES=-isystem {}", (how.build / "usr/include").string())};
  for (const Mended& mended : kMended)
    if (selftest_.program == mended.program)
      words.push_back(fmt::format("EXTRA_CFLAGS={}", mended.flags));
  words.push_back(program.string());
  make_in(how, how.build / "tree" / kSelftests / directory, words);
}

void SelftestBuild::fill(const fs::path& draft) const {
  util::write_file_atomically(draft / "origin", origin_ + "\n");
  site_.enter(name_of_build(), log_, [&](const Make& how) {
    const auto places = places_of(selftest_);
    const auto place = std::ranges::find_if(places, [&](const std::string& one) {
      return fs::exists(how.source / kSelftests / (one + ".c"));
    });
    if (place == places.end()) return;
    const auto work = [&] {
      settings_.say(
          fmt::format("building selftest {} of {}; log: {}", *place, origin_, log_.string()));
      lay_out(how);
      compile(how, *place);
    };
    site_.in_build(how, work, [&](const Failed& failed) { refuse(failed); });
    site_.take(target(how, *place), draft / "program");
    fs::permissions(draft / "program", fs::perms(0755));
    site_.finish(how);
    fs::remove(log_);
  });
}

void SelftestBuild::refuse(const Failed& failed) const {
  throw Unbuildable(fmt::format("selftest {}/{} of {} does not build:\n{}", selftest_.directory,
                                selftest_.program, origin_, essence(failed.said)),
                    fmt::format("the whole log is {}", log_.string()));
}

BuiltSelftest build_selftest(const Base& base, const Patches& patches, const Toolchain& toolchain,
                             const Selftest& selftest, const Settings& settings) {
  util::Hasher hasher;
  hasher.add("selftests").add(kRecipeOfSelftests).add(base.identity).add(toolchain.identity);
  hasher.add(selftest.directory).add(selftest.program);
  for (const patch::Patch& one : patches.first())
    hasher.add(one.diff).add(std::to_string(one.strip));
  const std::string inputs = hasher.hex();
  const fs::path entry = settings.kernels() / "selftests" / inputs;
  const SelftestBuild build(base, patches, toolchain, selftest, settings, inputs);
  kernel::make_once(
      entry, settings.say, [&](const fs::path& draft) { build.fill(draft); }, settings.stop_fd);
  const fs::path program = entry / "program";
  return {fs::exists(program) ? program : fs::path(), base.origin};
}

}  // namespace kproof::source
