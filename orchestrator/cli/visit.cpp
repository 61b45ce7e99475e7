#include "cli/visit.hpp"

#include <cstdlib>

#include <fmt/format.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "cli/accel.hpp"
#include "cli/cli.hpp"
#include "cli/kernel_words.hpp"
#include "cli/raw_terminal.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "cli/visit_display.hpp"
#include "cli/visit_end.hpp"
#include "cli/worker_options.hpp"
#include "report/summary.hpp"
#include "sweep/sweep.hpp"
#include "util/error.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;

void add_visit_options(Command& command, VisitOptions& options) {
  command.value("--plan", options.guest.plan,
                "a plan, by path or name: KERNEL is one of its kernels");
  command.value("--tree", options.guest.tree, kTagTreeHelp);
  command.value("--topology", options.guest.topology,
                "a topology of the plan: memory, CPUs, command line, guests inside");
  command.value(
      "--cell", options.guest.cell,
      "KERNEL/TOPOLOGY/CASE of the plan, in place of KERNEL: the very guest of that cell, "
      "with what its case needs; $KPROOF_CASE runs the case there");
  command.number(
      "--level", options.level,
      "2: the guest inside that one, without the host's files; 1: the outer one, in which "
      "no guest is started");
  command.flag("--rw", options.writable, "the current directory may be written to");
  command.value(
      "--out", options.out,
      "directory for logs and reports (default: a temporary one, which stays if something "
      "is found)");
  add_accel(command, options.accel);
  add_cache_budget(command, options.cache_budget);
  add_as_root(command, options.as_root);
  command.flag("-v,--verbose", options.verbose, "a line for every step");
}

util::Fd watch_terminal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGWINCH);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  sigdelset(&set, SIGPIPE);
  return util::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

static std::vector<std::pair<std::string, std::string>> environment() {
  std::vector<std::pair<std::string, std::string>> all{
      {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
      {"HOME", "/tmp"},
      {"USER", "root"},
      {"LOGNAME", "root"}};
  for (const char* name : {"TERM", "LANG", "LC_ALL", "SHELL"})
    if (const char* value = std::getenv(name)) all.emplace_back(name, value);
  return all;
}

static sweep::Visit visit_of(const VisitOptions& options, bool terminal) {
  const fs::path directory = fs::current_path();
  if (options.writable && directory == "/")
    throw ConfigError("--rw would let the guest write to all of the host",
                      "go to the directory that it may write to");
  std::optional<util::Millis> timeout;
  if (!options.timeout.empty()) timeout = parse_time("--timeout", options.timeout);
  return {.argv = options.argv,
          .level = options.level,
          .terminal = terminal,
          .input = terminal || !::isatty(STDIN_FILENO),
          .directory = directory,
          .writable = options.writable,
          .timeout = timeout,
          .environment = environment()};
}

// Removes the temporary directory of a visit that came to nothing.
struct IfEmpty {
  const fs::path directory;
  ~IfEmpty() {
    std::error_code holds_something;
    fs::remove(directory, holds_something);
  }
};

static fs::path make_directory(const VisitOptions& options) {
  if (!options.out.empty()) return fs::absolute(options.out);
  std::string name = fs::temp_directory_path() / "kproof-visit-XXXXXX";
  if (!::mkdtemp(name.data())) throw HostError(fmt::format("cannot make {}", name));
  return name;
}

static sweep::SweepOptions sweep_of(const VisitOptions& options, const sweep::Visit& visit) {
  if (options.level == 0) throw ConfigError("--level 0: the host itself is no guest", "1 or 2");
  require_cache_budget(options.cache_budget);
  ChosenGuest chosen = choose_guest(options.guest);
  sweep::SweepOptions sweep{.plan = std::move(chosen.plan),
                            .texts = std::move(chosen.texts),
                            .filter = std::move(chosen.filter),
                            .fresh = true,
                            .as_root = options.as_root,
                            .cache_budget = options.cache_budget,
                            .visit = &visit};
  sweep.accel = accel_of(options.accel);
  sweep.out = make_directory(options);
  return sweep;
}

// What was found, and where the logs are. Nothing stays of what went well, unless it was asked for.
static void conclude(const VisitOptions& options, const report::RunReport& report,
                     const run::Visitor& visitor, int code) {
  const std::string notes = report::render_notes(report, report::style_of(STDERR_FILENO));
  if (!notes.empty()) {
    const auto& ended = visitor.ended();
    const std::string own = !ended          ? "did not end"
                            : ended->signal ? fmt::format("died of signal {}", ended->signal)
                                            : fmt::format("exited with {}", ended->exit_code);
    tell(fmt::format("\n{}  the command {}; exit code {}\n", notes, own, code));
  }
  std::error_code ignored;
  if (notes.empty() && options.out.empty()) fs::remove_all(report.directory, ignored);
}

static int visit_guest(const VisitOptions& options, bool terminal) {
  std::optional<RawTerminal> raw;
  if (terminal) raw.emplace();
  const util::Fd resized = watch_terminal();
  run::StopRequest stop;
  const SignalWatch signals(stop);
  VisitDisplay display(options.verbose);
  sweep::Visit visit = visit_of(options, terminal);
  run::Visitor visitor({.terminal = terminal,
                        .input = visit.input,
                        .resized = terminal ? resized.get() : -1,
                        .on_begin =
                            [&] {
                              display.rest();
                              if (raw) raw->enter();
                            },
                        .on_end =
                            [&] {
                              if (raw) raw->restore();
                            }});
  visit.visitor = &visitor;
  visit.warn = [&](const std::string& line) { display.warn(line); };
  const sweep::SweepOptions sweep = sweep_of(options, visit);
  const IfEmpty temporary{options.out.empty() ? sweep.out : fs::path()};
  const report::RunReport report = run_sweep(sweep, stop, display.listener());
  visitor.end();
  display.rest();
  const int code = visit_exit_code(report, visitor.ended());
  conclude(options, report, visitor, code);
  return code;
}

int visit(const VisitOptions& options, bool terminal) try {
  return visit_guest(options, terminal);
} catch (const Interrupted&) {
  throw;
} catch (const HostError& error) {
  return complain(error, kCannotTell);
}

}  // namespace kproof::cli
