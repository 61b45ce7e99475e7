#include "util/subprocess.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"

using namespace kproof;
using namespace kproof::util;
using namespace std::chrono_literals;

static Command sh(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)}};
}

TEST_CASE("arguments arrive as given and stdin is empty") {
  const auto result = run({.argv = {"printf", "%s|", "a b", "$HOME", "'"}});
  CHECK(result.out == "a b|$HOME|'|");
  CHECK(run(sh("cat")).ok());
}

// Each fork of another thread would take along what is not marked yet.
TEST_CASE("a program that lives on does not hold the streams of another that starts beside it") {
  const Fd stop(::eventfd(0, EFD_CLOEXEC));
  std::vector<std::jthread> sleepers;
  std::size_t late = 0;
  for (int i = 0; i < 60 && late == 0; ++i) {
    sleepers.emplace_back([&] {
      run({.argv = {"sleep", "1000"}, .deadline = 1h, .stop_fd = stop.get()});
    });
    late += run({.argv = {"true"}, .deadline = 60s}).timed_out;
  }
  const std::uint64_t one = 1;
  CHECK(::write(stop.get(), &one, sizeof one) == sizeof one);
  CHECK(late == 0);
}

TEST_CASE("a program that does not exist is a host fault that names it") {
  CHECK_THROWS_WITH_AS(run({.argv = {"no-such-program"}}), doctest::Contains("no-such-program"),
                       HostError);
  CHECK_THROWS_WITH_AS(run({.argv = {"/no/such"}}), doctest::Contains("/no/such"), HostError);
}

TEST_CASE("at the deadline the whole process group dies") {
  Command command = sh("sleep 1000 & echo $!; wait");
  command.deadline = 200ms;
  const auto result = run(command);
  CHECK(result.timed_out);
  const pid_t grandchild = std::stoi(result.out);
  for (int i = 0; i < 200 && ::kill(grandchild, 0) == 0; ++i) {
    // an orphan stays a zombie until somebody reaps it: that is not running
    if (run(sh("grep -q '^State:.Z' /proc/" + std::to_string(grandchild) + "/status")).ok()) break;
    std::this_thread::yield();
  }
  CHECK(!run(sh("grep -q '^State:.[RSD]' /proc/" + std::to_string(grandchild) + "/status")).ok());
}

TEST_CASE("output over the limit is dropped and the program still ends") {
  Command command = sh("yes | head -c 1000000; echo end >&2");
  command.output_limit = 1000;
  const auto result = run(command);
  CHECK(result.ok());
  CHECK(result.out.size() == 1000);
  CHECK(result.err == "end\n");
}

TEST_CASE("exits and signals are told apart") {
  CHECK(run(sh("exit 3")).exit_code == 3);
  CHECK(run(sh("kill -SEGV $$")).signal == SIGSEGV);
}

TEST_CASE("run_checked shows the command and the end of its stderr") {
  CHECK_THROWS_WITH_AS(run_checked(sh("echo why >&2; exit 3")),
                       doctest::Contains("sh -c 'echo why >&2; exit 3' exited with 3\nwhy"),
                       HostError);
}

TEST_CASE("a program that closes its output before it exits is waited for, up to the deadline") {
  CHECK(run(sh("exec >&- 2>&-; sleep 0.2; exit 3")).exit_code == 3);
  Command command = sh("exec >&- 2>&-; sleep 1000");
  command.deadline = 200ms;
  CHECK(run(command).timed_out);
}

TEST_CASE("a program starts with no signal blocked") {
  sigset_t set, before;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, &before);
  CHECK(run(sh("kill -TERM $$; sleep 1000")).signal == SIGTERM);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// A process of ours that runs a program, which writes its pid to `out`.
static pid_t fork_runner(int out) {
  const pid_t runner = ::fork();
  if (runner == 0) {
    run(sh(fmt::format("echo $$ >/proc/{}/fd/{}; exec sleep 1000", ::getpid(), out)));
    ::_exit(0);
  }
  return runner;
}

TEST_CASE("a program is killed with us, even by kill -9") {
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
  const pid_t runner = fork_runner(fds[1]);
  char text[32] = {};
  REQUIRE(::read(fds[0], text, sizeof text - 1) > 0);
  const Fd program(static_cast<int>(::syscall(SYS_pidfd_open, std::atoi(text), 0)));
  REQUIRE(program);
  ::kill(runner, SIGKILL);
  ::waitpid(runner, nullptr, 0);
  pollfd ended{.fd = program.get(), .events = POLLIN, .revents = 0};
  CHECK(::poll(&ended, 1, 5000) == 1);
  ::close(fds[0]);
  ::close(fds[1]);
}

TEST_CASE("output is seen while the program runs, beyond the limit of what is kept") {
  std::string seen;
  Command command = sh("echo one; echo two >&2; echo three");
  command.output_limit = 4;
  command.on_output = [&](std::string_view piece) { seen += piece; };
  CHECK(run(command).out == "one\n");
  CHECK(seen.size() == 14);
}

TEST_CASE("a stop lets the program tidy up, and is told apart from an exit") {
  const Fd stop(::eventfd(0, EFD_CLOEXEC));
  Command command = sh("trap 'echo tidy; exit 3' TERM; echo up; while :; do sleep 0.1; done");
  command.stop_fd = stop.get();
  command.on_output = [&](std::string_view) { ::eventfd_write(stop.get(), 1); };
  const auto result = run(command);
  CHECK(result.stopped);
  CHECK_FALSE(result.ok());
  CHECK(result.out == "up\ntidy\n");
}

TEST_CASE("a stop that never comes does not keep a program from ending") {
  const Fd stop(::eventfd(0, EFD_CLOEXEC));
  Command command = sh("echo done");
  command.stop_fd = stop.get();
  CHECK(run(command).ok());
}

TEST_CASE("a descriptor that is kept open is there in the program") {
  const Fd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  Command command = sh(fmt::format("readlink /proc/self/fd/{}", file.get()));
  CHECK_FALSE(run(command).ok());
  command.keep_open = {file.get()};
  CHECK(run(command).out == "/dev/null\n");
}

TEST_CASE("a plain environment holds what is listed, and what is given on top") {
  ::setenv("KPROOF_TEST_POISON", "1", 1);
  const auto result = run({.argv = {"env"},
                           .inherit = Command::Inherit::plain,
                           .environment = {{"LC_ALL", "C"}, {"HOME", "/nowhere"}}});
  ::unsetenv("KPROOF_TEST_POISON");
  CHECK(result.out.find("KPROOF_TEST_POISON") == std::string::npos);
  CHECK(result.out.find("LC_ALL=C\n") != std::string::npos);
  CHECK(result.out.find("HOME=/nowhere\n") != std::string::npos);
  CHECK(result.out.find("PATH=") != std::string::npos);
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    const std::string name = line.substr(0, line.find('='));
    CHECK_MESSAGE((name == "LC_ALL" || std::ranges::count(kPlainEnvironment, name) == 1), line);
  }
}
