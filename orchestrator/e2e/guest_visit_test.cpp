// A user's command in a guest: `kproof exec`, and `kproof shell` at a real terminal.
#include <thread>

#include <doctest/doctest.h>
#include <signal.h>

#include "e2e/at_terminal.hpp"
#include "e2e/leftovers.hpp"
#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_visit_test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

static constexpr auto kPrompt = 60s;

// Which whoever QEMU runs as may enter, and write to.
static fs::path open_directory(const std::string& name) {
  const fs::path directory = fresh_directory(name);
  fs::permissions(directory, fs::perms::all);
  util::write_file_atomically(directory / "note", "from the host\n");
  return directory;
}

TEST_CASE(
    "a shell at a terminal: keys, size, Ctrl-C, Ctrl-D, the host's files, and its exit code") {
  AtTerminal shell({"shell", "linux-image-amd64"}, open_directory("shell"));
  shell.types("echo $((40 + 2)) on $(uname -n)\r");  // while it boots
  REQUIRE(shell.shows("42 on kproof", kBoot));
  CHECK(shell.is_raw());
  shell.resizes(33, 111);
  shell.types("stty size\r");
  CHECK(shell.shows("33 111", kPrompt));
  shell.types("echo be''gins; sleep 1000\r");
  CHECK(shell.shows("begins", kPrompt));
  shell.types("\x03");
  shell.types("cat note; touch /usr/x note\r");
  CHECK(shell.shows("from the host", kPrompt));
  CHECK(shell.shows("'/usr/x': Read-only file system", kPrompt));
  CHECK(shell.shows("'note': Read-only file system", kPrompt));
  shell.types("echo cat''s; cat; echo at the e''nd\r");
  CHECK(shell.shows("cats", kPrompt));
  shell.types("\x04");
  CHECK(shell.shows("at the end", kPrompt));
  shell.types("exit 7\r");
  CHECK(shell.waits() == 7);
  CHECK(shell.is_as_before());
}

TEST_CASE("kill -9 of a shell leaves neither a guest nor a raw terminal") {
  const fs::path directory = open_directory("shell-killed");
  AtTerminal shell({"shell", "linux-image-amd64", "--out", directory / "out"}, directory);
  shell.types("echo $((40 + 2))\r");
  REQUIRE(shell.shows("42", kBoot));
  REQUIRE(shell.is_raw());
  ::kill(shell.pid(), SIGKILL);
  CHECK(shell.waits() == -SIGKILL);
  CHECK(shell.is_as_before());
  const auto end = Clock::now() + 5s;
  while (!left_by(shell.pid(), directory / "out").empty() && Clock::now() < end)
    std::this_thread::sleep_for(10ms);
  CHECK(left_by(shell.pid(), directory / "out") == std::vector<std::string>{});
}

// mm/dax_1g_uffd has 6.12 warn (ci/plans/uffd.yaml).
TEST_CASE("a WARNING fails a command that ends well, in the guest of a cell, and is told") {
  const fs::path directory = open_directory("exec");
  util::write_file_atomically(
      directory / "plan.yaml",
      "schema: 1\nname: visit\nkernels: { k: { package: linux-image-6.12-amd64 } }\n"
      "cases: [mm/dax_1g_uffd]\n");
  const std::string script = "cd '" + directory.string() +
                             "' && exec '" KPROOF_PROGRAM
                             "' exec --rw --plan plan.yaml --cell k/l1/mm/dax_1g_uffd -- "
                             "sh -c 'cat note - >made; echo to stderr >&2; $KPROOF_CASE; exit 0'";
  const auto result = util::run(
      {.argv = {"sh", "-c", "echo from a pipe | { " + script + "; }"}, .deadline = kBoot});
  CAPTURE(result.err);
  CHECK(result.exit_code == 120);
  CHECK(result.out.find("\nnot ok ") != std::string::npos);
  CHECK(result.err.starts_with("to stderr\n"));
  CHECK(result.err.find("finding: WARNING in change_huge_pud") != std::string::npos);
  CHECK(result.err.find("the command exited with 0; exit code 120\n") != std::string::npos);
  CHECK(util::read_file(directory / "made") == "from the host\nfrom a pipe\n");
  const std::size_t log = result.err.find("  log: ") + 7;
  const fs::path console = result.err.substr(log, result.err.find('\n', log) - log);
  REQUIRE(fs::exists(console));
  CHECK(util::read_file(console).find("WARNING: ") != std::string::npos);
  const fs::path out = console.string().substr(0, console.string().find("/cells/"));
  CHECK(left_by_run(out) == std::vector<std::string>{});
  fs::remove_all(out);
}

}  // namespace kproof::e2e::guest_visit_test
