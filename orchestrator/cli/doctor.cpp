// kproof doctor: what this host can do, and what to install or change.
#include <filesystem>
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
#include "util/files.hpp"
#include "virt/connection.hpp"
#include "virt/event_loop.hpp"

namespace kproof::cli {
using host::Check;
using host::Health;

// Runs `probe`, which may throw the reason.
static Check attempt(const std::string& name, const std::function<Check()>& probe) {
  try {
    return probe();
  } catch (const Error& error) {
    return {name, Health::bad, error.what(), error.hint()};
  }
}

static Check open_libvirt() {
  const auto workshop = sweep::Workshop::find();
  const sweep::RuntimeDir runtime(0, workshop.guard());
  const virt::EventLoop loop;
  const auto connection = virt::Connection::open({.runtime_dir = runtime.path(),
                                                  .cache_dir = runtime.path() / "capabilities",
                                                  .emulator = workshop.emulator()},
                                                 host::choose_accel(host::probe_kvm()).accel);
  return {"libvirt", Health::good,
          fmt::format("libvirt {} in this process opens QEMU {}; no daemon needed",
                      connection->libvirt_version(), connection->qemu_version()),
          ""};
}

static Check count_cases() {
  const auto workshop = sweep::Workshop::find();
  workshop.require_whole();
  return {
      "cases", Health::good,
      fmt::format("{} in {}", workshop.case_names().size(), (workshop.libexec / "cases").string()),
      ""};
}

// That it can be written to is tried: permissions are not all that a file system may refuse by.
static Check try_cache() {
  const auto cache = kernel::default_cache();
  std::error_code error;
  std::filesystem::create_directories(cache, error);
  if (error)
    throw HostError(fmt::format("cannot create {}: {}", cache.string(), error.message()),
                    "set KPROOF_CACHE to a directory that you may write to");
  const util::ScratchDir tried(cache, "doctor-");
  return host::check_cache(cache.string(), std::filesystem::space(cache).available);
}

// What only some kernels of a plan need.
static std::vector<Check> check_programs() {
  std::vector<Check> checks;
  const auto add = [&](const char* program, const char* package, const char* what_for) {
    checks.push_back(host::check_program(program, package, what_for, Health::limited));
  };
  add("apt-get", "apt", "fetches kernels that plans name as packages");
  add("dpkg-deb", "dpkg", "unpacks them");
  for (const char* program : {"make", "gcc", "flex", "bison", "bc"})
    add(program, program, "builds kernels from source");
  add("ld", "binutils", "builds kernels from source");
  add("git", "git", "applies patches");
  return checks;
}

static std::vector<Check> examine() {
  const Check qemu =
      host::check_program("qemu-system-x86_64", "qemu-system-x86", "runs the guests", Health::bad);
  const Check cases = attempt("cases", count_cases);
  const host::KvmFacts kvm = host::probe_kvm();
  std::vector<Check> checks{host::check_accel(kvm), host::check_nested(kvm), host::check_users(),
                            host::check_memory(host::memory_available()), qemu};
  for (Check& check : check_programs())
    checks.push_back(std::move(check));
  checks.push_back(
      host::check_hugetlb(host::free_hugepages(1ull << 30), host::free_hugepages(2ull << 20)));
  checks.push_back(cases);
  checks.push_back(attempt("kernel cache", try_cache));
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

void add_doctor(CommandLine& line) {
  Command command = line.add("doctor", "Say what this host can do, and what to install or change");
  command.footer("Exit code: 0 this host can run cells, 69 it cannot.");
  command.does(examine_and_print);
}

}  // namespace kproof::cli
