// The suites of a plan: their programs as cases, and what of each goes into a guest.
//
// In the guest lies /suites/runner, which runs the program and prints KTAP (testcases/suite), and
// the program: below /suites/<suite>/, or, with the libraries that it has on this host, where it
// lies here.
#pragma once

#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "image/host_program.hpp"
#include "model/plan.hpp"
#include "source/fetch.hpp"
#include "suites/member.hpp"

namespace kproof::suites {

// A program as it lies on this host.
struct Program {
  std::filesystem::path file;
  std::string lacks;  // why there is none, a fact about the suite or the kernel; then `file` is ""
};

struct GuestProgram {
  image::Files files;             // beside the runner
  std::vector<std::string> argv;  // the runner's options and what it runs
};

class Shelf {
 public:
  // ConfigError as members_of() has it.
  explicit Shelf(const model::Plan& plan);

  std::vector<std::string> names() const;             // of its cases, sorted
  const Member* find(const std::string& name) const;  // null: no case of a suite

  // The program of a case, for a kernel that is there. It takes some seconds the first time, where
  // it is built: of the suite's tree, or of the kernel's own, patches and all. Of any thread.
  // Errors are source::build_selftest()'s.
  Program fetch(const std::string& name, const model::KernelSpec& kernel,
                const std::string& release, const source::Settings& settings);

  // `emulator`: QEMU's path in the guest. `args`: the plan's, empty for the suite's own. HostError
  // where a library of the program lacks here.
  GuestProgram guest_program(const std::string& name, const std::vector<std::string>& args,
                             const Program& program, const std::string& emulator) const;
  bool wants_emulator(const std::string& name) const;
  // " (do you mean `kvm/memslot_perf_test`?)" where another case is called nearly so, else "".
  std::string hint_at(const std::string& name) const;

 private:
  const source::Base& base_of(const model::SourceTree& tree, const source::Settings& settings);
  const source::Toolchain& toolchain_of(const std::string& compiler);
  Program build(const OfKernel& what, const model::KernelSpec& kernel, const std::string& release,
                const source::Settings& settings);

  std::map<std::string, Member> members_;
  std::mutex mutex_;                                             // of what follows
  std::list<std::pair<model::SourceTree, source::Base>> bases_;  // which others refer to
  std::map<std::string, source::Toolchain> toolchains_;
};

// The package of Debian's that holds the source of its kernel: "6.1.0-56-amd64" gives
// "linux-source-6.1"; "" for what is no release. Pure.
std::string source_package_of(const std::string& release);

}  // namespace kproof::suites
