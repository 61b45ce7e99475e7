// kproof doctor: what this host can do, and what to install or change.
#include <functional>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "host/checks.hpp"
#include "host/cpuinfo.hpp"
#include "kernel/store.hpp"
#include "report/text.hpp"
#include "sweep/runtime.hpp"
#include "sweep/workshop.hpp"
#include "util/error.hpp"
#include "virt/connection.hpp"
#include "virt/event_loop.hpp"

namespace kproof::cli {
using host::Check;
using host::Health;

// Runs `probe`, which gives the fact or throws the reason.
static Check attempt(const std::string& name, const std::function<std::string()>& probe) {
  try {
    return {name, Health::good, probe(), ""};
  } catch (const Error& error) {
    return {name, Health::bad, error.what(), error.hint()};
  }
}

static std::string open_libvirt() {
  const auto workshop = sweep::Workshop::find();
  const sweep::RuntimeDir runtime(0, workshop.guard());
  const virt::EventLoop loop;
  const auto connection = virt::Connection::open({.runtime_dir = runtime.path(),
                                                  .cache_dir = runtime.path() / "capabilities",
                                                  .emulator = workshop.emulator()},
                                                 host::choose_accel(host::probe_kvm()).accel);
  return fmt::format("libvirt {} in this process opens QEMU {}; no daemon needed",
                     connection->libvirt_version(), connection->qemu_version());
}

static std::string count_cases() {
  const auto workshop = sweep::Workshop::find();
  workshop.require_whole();
  return fmt::format("{} in {}", workshop.case_names().size(),
                     (workshop.libexec / "cases").string());
}

static std::vector<Check> examine() {
  const Check qemu =
      host::check_program("qemu-system-x86_64", "qemu-system-x86", "runs the guests");
  const Check cases = attempt("cases", count_cases);
  std::vector<Check> checks{
      host::check_accel(host::probe_kvm()),
      host::check_memory(host::memory_available()),
      qemu,
      host::check_program("apt-get", "apt", "fetches kernels that plans name as packages"),
      host::check_program("dpkg-deb", "dpkg", "unpacks them"),
      host::check_program("flex", "flex", "builds kernels"),
      host::check_program("bison", "bison", "builds kernels"),
      host::check_program("bc", "bc", "builds kernels"),
      host::check_program("git", "git", "applies patches"),
      host::check_hugetlb(host::free_hugepages(1ull << 30), host::free_hugepages(2ull << 20)),
      cases,
      attempt("kernel cache", [] { return kernel::default_cache().string(); }),
  };
  if (qemu.health == Health::good && cases.health == Health::good)
    checks.push_back(attempt("libvirt", open_libvirt));
  return checks;
}

static void print(const Check& check, bool colour) {
  static constexpr const char* kWords[] = {"ok", "limited", "BAD"};
  static constexpr const char* kColours[] = {"\x1b[32m", "\x1b[33m", "\x1b[31m"};
  const auto health = static_cast<std::size_t>(check.health);
  fmt::print("{}{:8}{}{:20} {}\n", colour ? kColours[health] : "", kWords[health],
             colour ? "\x1b[0m" : "", check.name, check.fact);
  if (!check.next_step.empty()) fmt::print("{:28} -> {}\n", "", check.next_step);
}

static int examine_and_print() {
  bool bad = false;
  const bool colour = report::style_of(STDOUT_FILENO).colour;
  for (const Check& check : examine()) {
    print(check, colour);
    bad |= check.health == Health::bad;
  }
  fmt::print("{}\n", bad ? "This host cannot run cells yet." : "This host can run cells.");
  return bad ? kHostFault : kOk;
}

void add_doctor(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say what this host can do, and what to install or change");
  command->footer("Exit code: 0 this host can run cells, 69 it cannot.");
  command->callback([&exit_code] { exit_code = examine_and_print(); });
}

}  // namespace kproof::cli
