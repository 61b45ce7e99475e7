// `kproof` as a child that a test may signal, kill, starve of programs or of room.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include "e2e/leftovers.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"

namespace kproof::e2e::host {
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// plans/host_<name>.yaml
std::filesystem::path plan(const std::string& name);

// Polls every few milliseconds; false when it is not so by the deadline.
bool becomes_true(milliseconds deadline, const std::function<bool()>& is_so);

struct Ended {
  int code = -1;   // exit code, -1 when it was killed
  int signal = 0;  // that killed it
  std::string out, err;
};

// A program that is ours to end: killed, if it still runs, when the object goes.
class Program {
 public:
  struct Spec {
    std::vector<std::string> argv;
    std::map<std::string, std::string> environment;  // above our own
  };
  // Its stdout and stderr go to files in a directory of its own.
  explicit Program(const Spec& spec);
  Program(const Program&) = delete;
  ~Program();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  std::string out() const { return util::read_file(scratch_.path() / "out"); }
  std::string err() const { return util::read_file(scratch_.path() / "err"); }
  bool says(const std::string& text, milliseconds deadline) const;  // on stderr
  bool runs();
  // Fails the test when it does not end by the deadline.
  Ended wait(milliseconds deadline);

 private:
  bool ended_within(milliseconds deadline);
  util::ScratchDir scratch_;
  pid_t pid_ = -1;
  util::Fd process_;
  bool reaped_ = false;
  int status_ = 0;
};

// argv of the kproof of this build with `arguments` behind it.
std::vector<std::string> command(const std::vector<std::string>& arguments);
// Runs it to its end.
Ended run_kproof(const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {},
                 milliseconds deadline = seconds(120));

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Json results_in(const std::filesystem::path& out);
const Json* find_cell(const Json& results, const std::string& id);

// Checks that a run of one cell ended well: exit code 0, a pass, and nothing of `kproof` is left.
void check_passed(const Ended& ended, pid_t kproof, const std::filesystem::path& out);

// A plan of selftest/pass with two kernels: `mine`, to build from this git tree, and Debian's.
std::string plan_to_build(const std::filesystem::path& tree);

// Where kproof keeps its kernels when it is not told otherwise.
std::filesystem::path usual_cache();

// A cache that other users may read, below `parent`, with the kernels of the usual one (as hard
// links where that can be) and without what was made of them.
std::filesystem::path make_public_cache(const std::filesystem::path& parent);

// The user `nobody`, as root may become it; no_other_user() tells what is missing, "" for nothing.
std::string no_other_user();
std::vector<std::string> as_other_user(const std::vector<std::string>& argv);
void give_to_other_user(const std::vector<std::filesystem::path>& paths);

// Says, so that ctest counts the test as skipped, which fact is missing; see host.cmake.
void skip(const std::string& missing);

}  // namespace kproof::e2e::host
