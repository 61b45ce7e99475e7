// Who may do what: guests and builds without root, signals that were ignored before us, and a fault
// of one kernel that costs the others nothing.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include "e2e/host_support.hpp"
#include "source/made_up.hpp"
#include "util/subprocess.hpp"

namespace kproof::e2e::host::trust_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};

// A line of /proc/PID/status, "Uid:\t64055\t64055\t64055\t64055".
static std::string status_of(pid_t pid, const std::string& name) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return line;
  return "";
}

// A tree that builds what make is told in `recipe`, and is no kernel.
static fs::path made_up_tree(const fs::path& parent, const std::string& a_c) {
  const fs::path tree = parent / "linux";
  for (const auto& [file, text] :
       std::map<std::string, std::string>{{"Makefile", source::kMakefile},
                                          {"Kconfig", source::kKconfig},
                                          {"arch/x86/Kconfig", source::kArchKconfig},
                                          {"mm/a.c", a_c},
                                          {"mm/b.c", "int b;\n"}}) {
    fs::create_directories((tree / file).parent_path());
    util::write_file_atomically(tree / file, text);
  }
  util::run_checked({.argv = {"sh", "-ec",
                              "git init -q -b main . && git config user.name A && git config "
                              "user.email a && git add . && git commit -qm one"},
                     .directory = tree});
  return tree;
}

TEST_CASE("QEMU has no right of root's, nor a way to one") {
  if (::geteuid() != 0) return skip("root, whose rights could be kept");
  const util::ScratchDir scratch("kproof-e2e-");  // 0700: QEMU's user cannot get to its files
  Program program({command({"run", plan("two"), "--out", scratch.path() / "out", "-v"})});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/never_ends: test", kBoot), program.err());
  CHECK(program.says("not as root", seconds(0)));
  const auto guests = guests_of(program.pid());
  REQUIRE(guests.size() == 1);
  for (const char* name : {"Uid", "Gid", "Groups"}) {
    std::istringstream ids(status_of(guests[0], name).substr(std::string_view(name).size() + 1));
    for (unsigned id = 1; ids >> id;)
      CHECK_MESSAGE(id != 0, name);
  }
  for (const char* set : {"CapPrm", "CapEff", "CapAmb"})
    CHECK(status_of(guests[0], set) == fmt::format("{}:\t0000000000000000", set));
  CHECK(status_of(guests[0], "NoNewPrivs") == "NoNewPrivs:\t1");
  program.signal(SIGKILL);
  CHECK(becomes_true(seconds(5), [&] { return guests_of(program.pid()).empty(); }));
}

TEST_CASE("with --as-root QEMU is the root that kproof is") {
  if (::geteuid() != 0) return skip("root, whose rights could be kept");
  const util::ScratchDir scratch("kproof-e2e-");
  Program program(
      {command({"run", plan("one"), "--out", scratch.path() / "out", "-v", "--as-root"})});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: boot", kBoot), program.err());
  for (const pid_t guest : guests_of(program.pid()))
    CHECK(status_of(guest, "Uid") == "Uid:\t0\t0\t0\t0");
  check_passed(program.wait(kBoot), program.pid(), scratch.path() / "out");
}

TEST_CASE("a kernel that does not build costs its own cells only") {
  const util::ScratchDir scratch("kproof-e2e-");
  fs::permissions(scratch.path(), fs::perms{0755});  // who builds must get to the cache
  const fs::path tree = made_up_tree(scratch.path(), "int a = nope;\n"),
                 file = scratch.path() / "plan.yaml", out = scratch.path() / "out",
                 cache = make_public_cache(scratch.path());
  util::write_file_atomically(
      file, fmt::format("schema: 1\nname: two_kernels\nkernels:\n"
                        "  broken: {{ source: {{ git: {} }} }}\n"
                        "  k: {{ package: linux-image-amd64 }}\n"
                        "topologies:\n  l1: {{ memory: 512M }}\ncases:\n  - selftest/pass\n",
                        tree.string()));
  const Ended ended = run_kproof({"run", file, "--out", out}, {{"KPROOF_CACHE", cache}});
  CAPTURE(ended.err);
  CHECK(ended.code == 1);
  const Json results = results_in(out);
  REQUIRE(find_cell(results, "broken/l1/selftest/pass"));
  const Json& broken = *find_cell(results, "broken/l1/selftest/pass");
  CHECK(broken.at("verdict") == "broken");
  CHECK(broken.at("blame") == "config");
  CHECK(contains(broken.at("reason").get<std::string>(), "mm/a.c:1:9: error: 'nope' undeclared"));
  REQUIRE(find_cell(results, "k/l1/selftest/pass"));
  CHECK(find_cell(results, "k/l1/selftest/pass")->at("verdict") == "pass");
  CHECK(contains(util::read_file(out / "junit.xml"), "nope"));
}

TEST_CASE("a hang-up that was ignored before us is ignored by us") {
  const util::ScratchDir scratch("kproof-e2e-");
  std::vector<std::string> argv =
      command({"run", plan("one"), "--out", scratch.path() / "out", "-v"});
  argv.insert(argv.begin(), "nohup");
  Program program({argv});
  REQUIRE_MESSAGE(program.says("k/l1/selftest/pass: boot", kBoot), program.err());
  program.signal(SIGHUP);
  check_passed(program.wait(kBoot), program.pid(), scratch.path() / "out");
}

// A directory in front of PATH with a program that says so and never ends.
static std::string path_with_endless(const fs::path& directory, const std::string& name) {
  fs::create_directories(directory);
  util::write_file_atomically(directory / name, "#!/bin/sh\nexec sleep 300\n");
  fs::permissions(directory / name, fs::perms{0755});
  return directory.string() + ":" + std::getenv("PATH");
}

TEST_CASE("the first Ctrl-C ends a run that fetches a package") {
  const util::ScratchDir scratch("kproof-e2e-");
  Program program({command({"run", plan("one"), "--out", scratch.path() / "out"}),
                   {{"KPROOF_CACHE", scratch.path() / "cache"},
                    {"PATH", path_with_endless(scratch.path() / "bin", "apt-get")}}});
  REQUIRE_MESSAGE(program.says("fetching ", seconds(60)), program.err());
  program.signal(SIGINT);
  const Ended ended = program.wait(seconds(15));
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  CHECK(contains(ended.err, "interrupted while fetching linux-image-"));
}

TEST_CASE("the first Ctrl-C ends a build that unpacks its source") {
  const util::ScratchDir scratch("kproof-e2e-");
  fs::permissions(scratch.path(), fs::perms{0755});
  util::write_file_atomically(scratch.path() / "linux.tar", "no tarball, and nobody will know");
  Program program({command({"build", "--source", scratch.path() / "linux.tar"}),
                   {{"KPROOF_CACHE", scratch.path() / "cache"},
                    {"PATH", path_with_endless(scratch.path() / "bin", "tar")}}});
  REQUIRE_MESSAGE(program.says("unpacking the source", seconds(60)), program.err());
  program.signal(SIGINT);
  const Ended ended = program.wait(seconds(15));
  CAPTURE(ended.err);
  CHECK(ended.code == 130);
  CHECK(contains(ended.err, "interrupted while unpacking"));
}

}  // namespace kproof::e2e::host::trust_test
