// kproof doctor: what this host can do, and what to install or change.
#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/cli.hpp"
#include "host/checks.hpp"
#include "kernel/store.hpp"
#include "report/text.hpp"
#include "resources/ledger.hpp"
#include "resources/needs.hpp"
#include "resources/shared.hpp"
#include "sweep/installation.hpp"
#include "sweep/runtime.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "virt/connection.hpp"
#include "virt/event_loop.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using host::Check;
using host::Health;
using resources::Limit;

// Runs `probe`, which may throw the reason.
static Check attempt(const std::string& name, const std::function<Check()>& probe) {
  try {
    return probe();
  } catch (const Error& error) {
    return {name, Health::bad, error.what(), error.hint()};
  }
}

static Check open_libvirt() {
  const auto installation = sweep::Installation::find();
  const bool in_memory = resources::shared_space(resources::kMemoryFiles).total > 0;
  const sweep::RuntimeDir runtime(
      in_memory ? fs::path(resources::kMemoryFiles) : fs::temp_directory_path(),
      installation.guard());
  const virt::EventLoop loop;
  const auto connection = virt::Connection::open({.runtime_dir = runtime.path(),
                                                  .cache_dir = runtime.path() / "capabilities",
                                                  .emulator = installation.emulator()},
                                                 host::choose_accel(host::probe_kvm()).accel);
  return {"libvirt", Health::good,
          fmt::format("libvirt {} in this process opens QEMU {}; no daemon needed",
                      connection->libvirt_version(), connection->qemu_version()),
          ""};
}

static Check count_cases() {
  const auto installation = sweep::Installation::find();
  installation.require_whole();
  return {"cases", Health::good,
          fmt::format("{} in {}", installation.case_names().size(),
                      (installation.libexec / "cases").string()),
          ""};
}

// That it can be written to is tried: permissions are not all that a file system may refuse by.
static Check try_cache() {
  const fs::path cache = kernel::default_cache();
  std::error_code error;
  fs::create_directories(cache, error);
  if (error)
    throw HostError(fmt::format("cannot create {}: {}", cache.string(), error.message()),
                    "set KPROOF_CACHE to a directory that you may write to");
  const util::ScratchDir tried(cache, "doctor-");
  return host::check_cache(cache.string(), fs::space(cache).available);
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

// "2: cpu.max of /sys/fs/cgroup/x is 200000 of 100000", and what would allow more.
static std::string counted(const std::vector<Limit>& limits, std::uint64_t Limit::*by,
                           std::string (*words)(std::uint64_t)) {
  const Limit& first = least(limits, by);
  std::string text = fmt::format("{}: {}", words(first.*by), first.why);
  for (const Limit& limit : limits)
    if (&limit != &first && limit.why != first.why)
      text += fmt::format("\n{:28} {}: {}", "", words(limit.*by), limit.why);
  return text;
}

static std::string as_number(std::uint64_t number) {
  return std::to_string(number);
}

// Sees the claims of others, and writes one that claims nothing.
static Check look_at_other_runs() {
  resources::Ledger ledger(resources::Ledger::usual_directories(),
                           {.run = "doctor", .pid = ::getpid()});
  std::vector<std::string> runs;
  ledger.decide([&](const auto& others, auto&) {
    for (const resources::Claim& other : others)
      runs.push_back(fmt::format("\n{:28} {}: {} vCPUs, {} of memory{}", "", name_of(other),
                                 other.held.vcpus, resources::gib(other.held.memory),
                                 other.held.quiet ? ", quiet" : ""));
  });
  if (!ledger.problem().empty())
    return {"other runs", Health::limited, ledger.problem(),
            "set KPROOF_CLAIMS to a directory of mode 1777 that all runs of this host share"};
  return {"other runs", Health::good,
          fmt::format("{} now; claims are in {}{}", runs.size(), ledger.directory(),
                      fmt::join(runs, "")),
          ""};
}

// What cells are admitted by.
static std::vector<Check> check_resources() {
  const resources::Limits limits = resources::read_limits(resources::text_of);
  std::vector<Check> checks{
      {"cores", Health::good, counted(limits.cores, &Limit::now, as_number), ""}};
  Check memory = host::check_memory(least(limits.memory, &Limit::now).now);
  memory.fact = counted(limits.memory, &Limit::now, resources::gib);
  checks.push_back(std::move(memory));
  const Limit shared = resources::shared_space(resources::kMemoryFiles);
  checks.push_back(host::check_shared(shared.why, shared.now));
  checks.push_back(
      host::check_hugetlb(least(limits.huge_pages.at(resources::kPage1G), &Limit::now).now,
                          least(limits.huge_pages.at(resources::kPage2M), &Limit::now).now));
  checks.push_back(look_at_other_runs());
  return checks;
}

static std::vector<Check> examine() {
  const Check qemu =
      host::check_program("qemu-system-x86_64", "qemu-system-x86", "runs the guests", Health::bad);
  const Check cases = attempt("cases", count_cases);
  const host::KvmFacts kvm = host::probe_kvm();
  std::vector<Check> checks{host::check_accel(kvm), host::check_nested(kvm), host::check_users()};
  for (Check& check : check_resources())
    checks.push_back(std::move(check));
  checks.push_back(qemu);
  for (Check& check : check_programs())
    checks.push_back(std::move(check));
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

static void print_json(const std::vector<Check>& checks, bool bad) {
  static constexpr const char* kWords[] = {"ok", "limited", "bad"};
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Check& check : checks)
    list.push_back({{"name", check.name},
                    {"health", kWords[static_cast<std::size_t>(check.health)]},
                    {"fact", check.fact},
                    {"next_step", check.next_step}});
  const Json json{{"schema", 1}, {"kind", "doctor"}, {"ready", !bad}, {"checks", std::move(list)}};
  fmt::print("{}\n", json.dump(1));
}

static int examine_and_print(const std::string& format) {
  const std::vector<Check> checks = examine();
  const bool bad =
      std::ranges::any_of(checks, [](const Check& check) { return check.health == Health::bad; });
  const bool colour = report::style_of(STDOUT_FILENO).colour;
  if (format == "json") {
    print_json(checks, bad);
  } else {
    for (const Check& check : checks)
      print(check, colour);
    fmt::print("{}\n", bad ? "This host cannot run cells yet." : "This host can run cells.");
  }
  return bad ? kHostFault : kOk;
}

void add_doctor(CommandLine& line) {
  Command command = line.add("doctor", "Say what this host can do, and what to install or change");
  command.footer("Exit code: 0 this host can run cells, 69 it cannot.");
  const auto format = std::make_shared<std::string>("text");
  command.choice("--format", *format, {"text", "json"}, "text or json");
  command.example("kproof doctor", "what is missing on a fresh host, and how to mend it");
  command.does([format] { return examine_and_print(*format); });
}

}  // namespace kproof::cli
