// A guest that is paused, and those who get in: `kproof run --pause-on`, `--keep`, `kproof attach`
// and `kproof gdb`, at real terminals.
#include <thread>

#include <doctest/doctest.h>
#include <signal.h>

#include "e2e/at_terminal.hpp"
#include "e2e/leftovers.hpp"
#include "e2e/support.hpp"
#include "util/files.hpp"

namespace kproof::e2e::guest_attach_test {
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

static constexpr auto kAnswer = 120s;

// kproof ARGUMENTS..., without a terminal; `input` is its stdin.
static util::CommandResult with_words(const std::string& arguments, const std::string& input = "") {
  return util::run(
      {.argv = {"sh", "-c", "printf '" + input + "' | '" KPROOF_PROGRAM "' " + arguments},
       .deadline = kBoot});
}

static std::string monitor(const fs::path& out, const std::string& command) {
  const auto result = with_words("attach '" + out.string() + "' --monitor", command);
  CAPTURE(result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

static std::string listed(const fs::path& out) {
  return with_words("attach '" + out.string() + "'").out;
}

// Where the guest's kernel has the function, as its shell tells at this terminal.
static std::string address_of(AtTerminal& shell, const std::string& function) {
  shell.types("grep ' " + function + "$' /proc/kallsyms | sed 's/ .*/ is it/'\r");
  REQUIRE(shell.shows(" is it\r\n", kAnswer));
  const std::size_t end = shell.screen().rfind(" is it\r\n");
  return "0x" + shell.screen().substr(end - 16, 16);
}

TEST_CASE("a guest is paused at its finding: monitor, console, shell, gdb, and it goes on") {
  const fs::path directory = fresh_directory("attach"), out = directory / "out";
  AtTerminal run({"run", plan("attach"), "--case", "mm/dax_1g_mprotect", "--topology", "l1",
                  "--out", out, "--pause-on", "finding"},
                 directory);
  REQUIRE(run.shows("debian-6.1/l1/mm/dax_1g_mprotect: paused: bad pud", kBoot));
  CHECK(run.shows("kproof attach debian-6.1/l1/mm/dax_1g_mprotect", kAnswer));
  CHECK(listed(out).find("debian-6.1/l1/mm/dax_1g_mprotect  paused: bad pud") == 0);
  CHECK(monitor(out, "info status\\n").find("VM status: paused") != std::string::npos);

  AtTerminal console({"attach", "dax_1g", "--console"}, directory);
  CHECK(console.shows("bad pud", kAnswer));
  CHECK(console.is_raw());
  console.types("\r~.");
  CHECK(console.waits() == 0);
  CHECK(console.is_as_before());

  std::string address;
  {
    AtTerminal shell({"attach", out, "--shell"}, directory);
    shell.types("test -t 0 && echo $((40 + 2)) at a terminal\r");
    REQUIRE(shell.shows("42 at a terminal", kAnswer));
    CHECK(monitor(out, "info status\\n").find("VM status: running") != std::string::npos);
    address = address_of(shell, "__x64_sys_poll");
    shell.types("exit 7\r");
    CHECK(shell.waits() == 7);
    CHECK(shell.is_as_before());
  }
  CHECK(monitor(out, "info status\\n").find("VM status: paused") != std::string::npos);

  // The agent polls; gdb lets it run until there, and leaves it paused.
  const auto gdb = with_words("gdb '" + out.string() + "' -- -nx -batch -ex 'break *" + address +
                              "' -ex continue -ex 'print/x $rip'");
  CAPTURE(gdb.err);
  CHECK(gdb.exit_code == 0);
  CHECK(gdb.out.find("Breakpoint 1, " + address) != std::string::npos);
  CHECK(gdb.out.find("$1 = " + address) != std::string::npos);
  CHECK(monitor(out, "info status\\n").find("VM status: paused") != std::string::npos);

  CHECK(with_words("attach '" + out.string() + "' --resume").exit_code == 0);
  CHECK(run.waits() == 1);
  const Json results = Json::parse(util::read_file(out / "results.json"));
  const Json& cell = results["cells"][0];
  CHECK(cell["verdict"] == "fail");
  const std::string reason = cell["reason"];
  CHECK(reason.find("; somebody was in the guest (console, gdb, monitor, shell), and may have "
                    "caused it") != std::string::npos);
  CHECK(left_by_run(out) == std::vector<std::string>{});
}

// The functions in question nobody calls but those at the two shells: neither kernel comes to the
// breakpoint by itself, however slow the host.
TEST_CASE("a breakpoint of the guest inside stops there, and not in the same kernel around it") {
  const fs::path directory = fresh_directory("attach-inside"), out = directory / "out";
  AtTerminal run({"run", plan("attach"), "--case", "selftest/not_ok", "--topology", "nested",
                  "--out", out, "--keep"},
                 directory);
  REQUIRE(run.shows("selftest/not_ok: paused: L2: not ok", kBoot));
  AtTerminal around({"attach", out, "--shell", "--level", "1"}, directory);
  AtTerminal inside({"attach", out, "--shell", "--level", "2"}, directory);
  const std::string uname = address_of(inside, "__x64_sys_newuname");
  const std::string pages = address_of(inside, "max_pfn");
  REQUIRE(address_of(around, "__x64_sys_newuname") == uname);

  AtTerminal gdb({"gdb", out, "--from-outside", "--", "-nx", "-iex", "set style enabled off", "-ex",
                  "break *" + uname, "-ex", "continue"},
                 directory);
  REQUIRE(gdb.shows("Continuing.", kAnswer));
  around.types("uname; echo $((40 + 2)) around\r");
  REQUIRE(around.shows("42 around", kAnswer));
  inside.types("uname; echo $((40 + 2)) inside\r");
  REQUIRE(gdb.shows("hit Breakpoint 1, " + uname, kAnswer));
  gdb.types("x/gx " + pages + "\r");
  CHECK(gdb.shows("\t0x000000000001ffe0\r\n", kAnswer));  // L2's 512 MiB; L1 has 1 GiB
  gdb.types("detach\rquit\r");
  CHECK(gdb.waits() == 0);
  CHECK(inside.shows("42 inside", kAnswer));

  around.types("exit\r");
  inside.types("exit\r");
  CHECK(around.waits() == 0);
  CHECK(inside.waits() == 0);
  CHECK(with_words("attach '" + out.string() + "' --resume").exit_code == 0);
  CHECK(run.waits() == 1);
  CHECK(left_by_run(out) == std::vector<std::string>{});
}

TEST_CASE("kill -9 of a kproof whose guest is paused leaves nothing, and the shell ends") {
  const fs::path directory = fresh_directory("attach-killed"), out = directory / "out";
  AtTerminal run({"run", plan("attach"), "--case", "selftest/not_ok", "--topology", "l1", "--out",
                  out, "--keep"},
                 directory);
  REQUIRE(run.shows("selftest/not_ok: paused: not ok", kBoot));
  AtTerminal shell({"attach", out, "--shell"}, directory);
  shell.types("echo $((40 + 2))\r");
  REQUIRE(shell.shows("42\r\n", kAnswer));
  ::kill(run.pid(), SIGKILL);
  CHECK(run.waits() == -SIGKILL);
  CHECK(shell.waits() == 1);
  CHECK(shell.is_as_before());
  const auto end = Clock::now() + 5s;
  while (!left_by(run.pid(), out).empty() && Clock::now() < end)
    std::this_thread::sleep_for(10ms);
  CHECK(left_by(run.pid(), out) == std::vector<std::string>{});
}

}  // namespace kproof::e2e::guest_attach_test
