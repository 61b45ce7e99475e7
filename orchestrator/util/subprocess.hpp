// Runs programs of the host (dpkg-deb, apt-get, a case's --describe). The only user of
// Boost.Process.
//
// Promises:
//  1. No shell; argv as given; stdin is /dev/null; another program's pipes do not get into it.
//  2. A program that does not exist is a HostError that names it and the package to install, if
//  known.
//  3. At the deadline the whole process group is killed, and that is told apart from an exit.
//  4. Output is captured up to `output_limit` bytes a stream; the rest is read and dropped, so a
//     chatty program never blocks.
//  5. When run() returns or throws, nothing that it started runs.
//  6. Once `stop_fd` is readable the group gets SIGTERM, has 10 s to tidy up, and then SIGKILL.
//  7. The program is killed when we die, however we die, and it starts with no signal blocked.
//  8. With `user` it has that user's rights from its first instruction on, and no way to more.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/units.hpp"
#include "util/user.hpp"

namespace kproof::util {

struct Command {
  std::vector<std::string> argv;    // argv[0] is searched in PATH unless it has a slash
  std::filesystem::path directory;  // working directory; empty: ours
  Millis deadline{60000};
  std::size_t output_limit = 16 << 20;  // bytes a stream
  // Sees both streams as they come, in pieces of any size; beyond output_limit too.
  std::function<void(std::string_view)> on_output = {};
  int stop_fd = -1;  // borrowed
  // Borrowed; they stay open in the program and what it starts: locks that outlive us.
  std::vector<int> keep_open = {};
  // What it gets of our environment.
  enum class Inherit { all, plain } inherit = Inherit::all;
  std::map<std::string, std::string> environment = {};  // above that
  std::optional<User> user = {};  // it runs as; else as we do. HostError when that cannot be
};

// What Inherit::plain lets through: where programs, the home and the locks of caches are, and how
// the network is reached. An allow list, because what a variable does to a compiler, to make or to
// git is known to nobody in full: KCFLAGS, GNUMAKEFLAGS, GCC_EXEC_PREFIX, CCACHE_PREFIX, GIT_DIR.
inline constexpr std::array<std::string_view, 15> kPlainEnvironment{
    "PATH",       "HOME",           "USER",       "LOGNAME",        "XDG_CONFIG_HOME",
    "TMPDIR",     "XDG_CACHE_HOME", "CCACHE_DIR", "CCACHE_MAXSIZE", "CCACHE_DISABLE",
    "http_proxy", "https_proxy",    "no_proxy",   "all_proxy",      "SSH_AUTH_SOCK"};

struct CommandResult {
  int exit_code = 0;  // meaningful when signal == 0, !timed_out and !stopped
  int signal = 0;
  bool timed_out = false;
  bool stopped = false;  // by stop_fd
  std::string out, err;
  bool ok() const { return exit_code == 0 && signal == 0 && !timed_out && !stopped; }
};

CommandResult run(const Command& command);

// Where PATH has the program; "" when it has not.
std::string search_path(const std::string& program);

// Interrupted("interrupted while <doing>") for one that `stop_fd` has ended.
void require_not_stopped(const CommandResult& result, std::string_view doing);

// run(), and any failure is a HostError with the command and the last lines of its stderr.
std::string run_checked(const Command& command);

// "a 'b c'": for messages; pasteable into a shell.
std::string shell_quote(const std::vector<std::string>& argv);

}  // namespace kproof::util
