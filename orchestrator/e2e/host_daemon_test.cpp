// --connect: the same guests, run by a libvirt daemon.
//
// The daemons are started by hand, for the tests that are root, and end with them.
#include <fstream>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "e2e/host_support.hpp"
#include "virt/orphan_reaper.hpp"

namespace kproof::e2e::host::daemon_test {
namespace fs = std::filesystem;

static constexpr seconds kBoot{120};
static constexpr const char* kSocket = "/run/libvirt/libvirt-sock";

static bool answers(const char* socket) {
  const util::Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::string(socket).copy(address.sun_path, sizeof address.sun_path - 1);
  return ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

static bool in_path(const std::string& program) {
  for (const char* directory : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"})
    if (::access((directory + program).c_str(), X_OK) == 0) return true;
  return false;
}

// Why the daemons cannot be started here; "" when they can.
static std::string obstacle() {
  if (::geteuid() != 0) return "root, who may start libvirtd";
  for (const char* program : {"libvirtd", "virtlogd"})
    if (!in_path(program)) return fmt::format("the program {}", program);
  if (answers(kSocket)) return "a host whose libvirtd the test may stop: one runs already";
  return "";
}

namespace {
// virtlogd and libvirtd of the system. What they daemonise is ours to reap: PID 1 of a container
// often does not, and libvirtd then waits 36 s for each.
class Daemons {
 public:
  Daemons()
      : reaper_(virt::OrphanReaper::of_process()),
        logger_({{"virtlogd"}, {}}),
        libvirtd_({{"libvirtd"}, {}}) {
    REQUIRE_MESSAGE(becomes_true(seconds(20), [] { return answers(kSocket); }), libvirtd_.err());
  }
  ~Daemons() {
    for (Program* daemon : {&libvirtd_, &logger_}) {
      if (daemon->runs()) daemon->signal(SIGTERM);
      daemon->wait(seconds(20));
    }
  }
  Program& libvirtd() { return libvirtd_; }

 private:
  virt::OrphanReaper::Watch reaper_;
  Program logger_, libvirtd_;
};

// kproof run with the daemon's QEMU, which runs as libvirt-qemu and must reach kernel and logs.
class SystemRun {
 public:
  SystemRun()
      : scratch_("kproof-e2e-"),
        out(scratch_.path() / "out"),
        program({command({"run", plan("one"), "--out", out, "-v", "--connect", "qemu:///system"}),
                 {{"KPROOF_CACHE", make_public_cache(scratch_.path())}}}) {}

 private:
  util::ScratchDir scratch_;

 public:
  const fs::path out;
  Program program;
};
}  // namespace

TEST_CASE("a daemon that does not run is told with the next step") {
  if (answers(kSocket)) return skip("a host without a running libvirtd");
  const util::ScratchDir scratch("kproof-e2e-");
  const Ended ended = run_kproof(
      {"run", plan("one"), "--out", scratch.path() / "out", "--connect", "qemu:///system"});
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  CHECK(ended.err.find("cannot open libvirt at qemu:///system") != std::string::npos);
  CHECK(ended.err.find("hint: is libvirtd running?") != std::string::npos);
}

static void check_a_cell_passes() {
  SystemRun run;
  check_passed(run.program.wait(kBoot), run.program.pid(), run.out);
  CHECK(results_in(run.out).at("host").at("connection") == "qemu:///system");
}

static void check_kill_9_ends_the_guest() {
  SystemRun run;
  REQUIRE_MESSAGE(run.program.says("k/l1/selftest/pass: boot", kBoot), run.program.err());
  REQUIRE_FALSE(guests_of(run.program.pid()).empty());
  run.program.signal(SIGKILL);
  run.program.wait(seconds(5));
  CHECK(becomes_true(seconds(5), [&] { return left_by(run.program.pid(), run.out).empty(); }));
}

static void check_killed_libvirtd_is_a_host_fault(const Program& libvirtd) {
  SystemRun run;
  REQUIRE_MESSAGE(run.program.says("k/l1/selftest/pass: boot", kBoot), run.program.err());
  const auto guests = guests_of(run.program.pid());
  libvirtd.signal(SIGKILL);
  const Ended ended = run.program.wait(seconds(20));
  for (const pid_t guest : guests)
    ::kill(guest, SIGKILL);  // the daemon that would have done it is dead
  CAPTURE(ended.err);
  CHECK(ended.code == 69);
  const Json results = results_in(run.out);
  REQUIRE(results.is_object());
  CHECK(results.at("cells").at(0).at("verdict") == "broken");
  CHECK(results.at("cells").at(0).at("reason").get<std::string>().find("libvirt daemon is gone") !=
        std::string::npos);
}

// One test case, because what takes long is a new libvirtd that asks all QEMUs of the host.
TEST_CASE("libvirtd of the system runs a cell, ends the guest of a killed kproof, is missed") {
  if (const std::string missing = obstacle(); !missing.empty()) return skip(missing);
  Daemons daemons;
  check_a_cell_passes();
  check_kill_9_ends_the_guest();
  check_killed_libvirtd_is_a_host_fault(daemons.libvirtd());
}

// libvirt starts the daemon of a session itself, unless it is root's; its directories are ours
// here.
TEST_CASE("a cell passes through libvirtd of the session, which is started on demand") {
  if (!in_path("libvirtd")) return skip("the program libvirtd");
  if (const std::string missing = no_other_user(); !missing.empty()) return skip(missing);
  const virt::OrphanReaper::Watch reaping(virt::OrphanReaper::of_process());
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path cache = make_public_cache(scratch.path()), home = scratch.path() / "home",
                 out = home / "out";
  fs::create_directory(home);
  give_to_other_user({cache, cache / "kernels", cache / "kernels/images", home});
  Program program(
      {as_other_user(command({"run", plan("one"), "--out", out, "--connect", "qemu:///session"})),
       {{"HOME", home}, {"KPROOF_CACHE", cache}, {"XDG_RUNTIME_DIR", home}}});
  const Ended ended = program.wait(kBoot);
  for (const char* daemon : {"libvirtd", "virtlogd"}) {
    pid_t pid = 0;
    std::ifstream(home / "libvirt" / (std::string(daemon) + ".pid")) >> pid;
    if (pid > 1) ::kill(pid, SIGTERM);
  }
  check_passed(ended, program.pid(), out);
}

}  // namespace kproof::e2e::host::daemon_test
