#include "sweep/visit.hpp"

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"
#include "verdict/taint.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

static constexpr const char* kRootTag = "kproof-root";
static constexpr const char* kDirectoryTag = "kproof-directory";

// Without a time-out: a million heartbeats (run/protocol.cpp) are six days.
static constexpr util::Millis kVeryLong = std::chrono::hours(5 * 24);

void hold_to_rights(Visit& visit, const host::QemuUser& user) {
  const util::Fd directory(::open(visit.directory.c_str(), O_PATH | O_CLOEXEC));
  const util::ActingAs acting(&user.user);
  const auto may = [&](int what) {
    return ::faccessat(directory.get(), "", what, AT_EACCESS | AT_EMPTY_PATH) == 0;
  };
  visit.hidden = !may(R_OK | X_OK);
  if (visit.hidden || (visit.writable && !may(W_OK)))
    visit.warn(fmt::format("{} may not {} {}, and QEMU runs as that user (--as-root: as root)",
                           user.name, visit.hidden ? "read" : "write to",
                           visit.directory.string()));
}

const std::vector<std::string> kShareModules{"9pnet_virtio", "9p"};

PreparedCell visited(PreparedCell cell, const Visit& visit) {
  const model::Topology& topology = cell.cell.topology;
  if (visit.level > cell.levels.size())
    throw ConfigError(
        fmt::format("--level {}: topology `{}` has {}", visit.level, topology.name,
                    util::format_count(cell.levels.size(), "level")),
        "choose one with a guest inside with --topology; `kproof topologies nested` shows some");
  for (PreparedLevel& level : cell.levels)
    if (level.program == kNoCase) level.program.clear();
  cell.cell.expectation = {};
  cell.cell.bounds.clear();
  cell.quiet = false;
  return cell;
}

std::vector<std::string> why_no_files(const Kernel& kernel, const image::ModuleClosure& closure,
                                      const SymbolHint& hint) {
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_NET_9P", "CONFIG_NET_9P_VIRTIO", "CONFIG_9P_FS"};
  const auto of_config = unmet_needs(kernel, needs, {}, hint);
  return of_config.empty() ? unmet_needs(kernel, {}, closure) : of_config;
}

std::vector<std::string> why_no_terminal(const Kernel& kernel, const SymbolHint& hint) {
  model::CaseNeeds needs;
  needs.kconfig = {"CONFIG_UNIX98_PTYS"};
  return unmet_needs(kernel, needs, {}, hint);
}

// The path of a program as the guest is to call it.
static fs::path find_program(const Visit& visit) {
  const std::string& name = visit.argv.front();
  const fs::path found = name.find('/') == name.npos ? fs::path(util::search_path(name))
                                                     : (visit.directory / name).lexically_normal();
  if (found.empty() || !fs::exists(found))
    throw HostError(fmt::format("there is no program {} on this host", name));
  return found;
}

// What a kernel developer types.
static constexpr std::array kUsualPrograms{
    "bash",  "sh",    "cat",   "chmod",  "cp",     "cut",  "date",    "dd",   "df",      "dmesg",
    "echo",  "env",   "find",  "free",   "grep",   "head", "id",      "kill", "less",    "ln",
    "ls",    "lscpu", "mkdir", "mount",  "mv",     "ps",   "rm",      "sed",  "seq",     "sleep",
    "sort",  "stat",  "stty",  "sync",   "sysctl", "tail", "taskset", "tee",  "timeout", "top",
    "touch", "tr",    "true",  "umount", "uname",  "uniq", "wc",      "xargs"};

image::Files usual_programs() {
  image::Files files;
  for (const char* name : kUsualPrograms)
    if (const std::string path = util::search_path(name); !path.empty())
      files.merge(image::host_program(path));
  return files;
}

image::Files programs_of(const Visit& visit) {
  image::Files files = image::host_program(find_program(visit));
  files.merge(usual_programs());
  return files;
}

static std::vector<std::string> argv_of(const PreparedCell& cell, const Visit& visit) {
  std::vector<std::string> argv = visit.argv;
  const bool relative = argv.front().find('/') != std::string::npos;
  if (!cell.no_files.empty() && relative)
    argv.front() = (visit.directory / argv.front()).lexically_normal().string();
  return argv;
}

// How the case of this level is called, as its cell would: at the root of the image, where it finds
// that its machine is one to be thrown away. That root is the agent's, who is PID 1.
static std::string case_of(const PreparedCell& cell, const PreparedLevel& level) {
  std::vector<std::string> words;
  if (cell.no_files.empty()) words = {"chroot", "/proc/1/root"};
  words.insert(words.end(), level.argv.begin(), level.argv.end());
  return util::shell_quote(words);
}

static agent::Visit visit_of(const PreparedCell& cell, const Visit& visit) {
  agent::Visit sent{
      .terminal = visit.terminal, .size = run::Visitor::size_of_terminal(), .input = visit.input};
  if (!cell.no_files.empty()) return sent;
  sent.root_tag = kRootTag;
  sent.directory = visit.hidden ? "/" : visit.directory.string();
  if (sent.directory != "/") sent.directory_tag = kDirectoryTag;
  sent.writable = visit.writable;
  return sent;
}

static void put_shares(vm::GuestSpec& guest, const agent::Visit& visit) {
  if (visit.root_tag.empty()) return;
  guest.shares.push_back({"/", visit.root_tag});
  if (!visit.directory_tag.empty())
    guest.shares.push_back({visit.directory, visit.directory_tag, visit.writable});
}

void put_visit(run::GuestJob& job, const PreparedCell& cell, const Visit& visit) {
  job.visitor = visit.visitor;
  job.visited = visit.level - 1;
  job.levels.resize(visit.level);  // what would run inside of it does not
  for (run::LevelJob& level : job.levels) {
    level.job.argv.clear();
    level.deadlines.test = visit.timeout.value_or(kVeryLong);
  }
  agent::Job& own = job.levels.back().job;
  const PreparedLevel& level = cell.levels[job.visited];
  own.argv = argv_of(cell, visit);
  own.inner.reset();
  own.visit = visit_of(cell, visit);
  own.environment.insert(own.environment.end(), visit.environment.begin(), visit.environment.end());
  if (!level.program.empty()) own.environment.emplace_back("KPROOF_CASE", case_of(cell, level));
  put_shares(job.guest, *own.visit);
}

void leave_out_command(run::GuestRecord& record, std::vector<run::Observed>& seen) {
  for (run::Observed& level : seen)
    level.report = {};
  for (run::LevelRecord& level : record) {
    model::RunOutcome& outcome = level.outcome;
    if (outcome.exit && !outcome.exit->timed_out) outcome.exit.reset();
    if (outcome.exit) outcome.exit->signal = 0;
    if (outcome.taint) outcome.taint->after &= outcome.taint->before | verdict::kTaintOfReports;
  }
}

}  // namespace kproof::sweep
