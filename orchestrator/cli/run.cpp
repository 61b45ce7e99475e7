// kproof run PLAN.yaml: boot, test, judge.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <memory>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/signals.hpp"
#include "config/plan.hpp"
#include "report/live.hpp"
#include "report/summary.hpp"
#include "sweep/sweep.hpp"

namespace kproof::cli {
namespace fs = std::filesystem;
using std::chrono::steady_clock;

struct RunOptions {
  std::string plan_file, out, accel = "auto";
  sweep::SweepOptions sweep;
  bool verbose = false;
};

// "kproof-out/quickstart-20261122-091500": a new directory for each run, unless --out says which.
static fs::path default_out(const std::string& plan) {
  return fs::path("kproof-out") /
         fmt::format("{}-{:%Y%m%d-%H%M%S}", plan, fmt::localtime(std::time(nullptr)));
}

// Shows the run on stderr; the block of a terminal is redrawn once a second.
class Display {
 public:
  explicit Display(bool verbose) : verbose_(verbose), style_(report::style_of(STDERR_FILENO)) {}
  ~Display() { ticker_.request_stop(); }

  sweep::SweepListener listener() {
    return {
        .say = [this](const std::string& line) { say(line); },
        .on_total = [this](std::size_t cells) { start(cells); },
        .cells = {.on_phase = [this](const model::Cell& cell, int level,
                                     model::Phase phase) { on_phase(cell.id, level, phase); },
                  .on_result =
                      [this](const model::CellResult& result) {
                        live_->on(report::CellFinished{result.id, result.judgement, result.reused});
                      }}};
  }
  void clear() {
    if (live_) live_->clear();
  }

 private:
  void say(const std::string& line) {
    if (live_)
      live_->say(line);
    else
      fmt::print(stderr, "{}\n", line);
  }

  void on_phase(const std::string& id, int level, model::Phase phase) {
    if (phase == model::Phase::start)
      live_->on(report::CellStarted{id});
    else if (verbose_ || style_.terminal)
      live_->on(report::PhaseEntered{id, phase, level});
  }

  void start(std::size_t cells) {
    const auto began = steady_clock::now();
    live_.emplace(STDERR_FILENO, style_, cells, [began] {
      return std::chrono::duration_cast<util::Millis>(steady_clock::now() - began);
    });
    ticker_ = std::jthread([this](const std::stop_token& stop) {
      std::mutex mutex;
      std::unique_lock lock(mutex);
      std::condition_variable_any never;
      while (!never.wait_for(lock, stop, std::chrono::seconds(1),
                             [&] { return stop.stop_requested(); }))
        live_->tick();
    });
  }

  const bool verbose_;
  const report::Style style_;
  std::optional<report::LiveProgress> live_;
  std::jthread ticker_;
};

static int exit_code_of(const report::RunReport& report, bool interrupted) {
  if (interrupted) return kInterrupted;
  const auto any = [&](auto&& is) {
    return std::any_of(report.cells.begin(), report.cells.end(), is);
  };
  if (any([](const auto& cell) { return cell.judgement.verdict == model::Verdict::broken; }))
    return kHostFault;
  return any([](const auto& cell) { return !cell.judgement.expected; }) ? kUnexpected : kOk;
}

static int run(RunOptions& options) {
  run::StopRequest stop;
  const SignalWatch signals(stop);
  sweep::SweepOptions& sweep = options.sweep;
  sweep.plan = config::read_plan(options.plan_file);
  sweep.out =
      fs::absolute(options.out.empty() ? default_out(sweep.plan.name) : fs::path(options.out));
  if (options.accel != "auto")
    sweep.accel = options.accel == "kvm" ? model::Accel::kvm : model::Accel::tcg;

  Display display(options.verbose);
  const report::RunReport report = run_sweep(sweep, stop, display.listener());
  display.clear();
  fmt::print("\n{}\n", report::render_summary(report, report::style_of(STDOUT_FILENO)));
  fmt::print("results: {}\njunit:   {}\n", (sweep.out / "results.json").string(),
             (sweep.out / "junit.xml").string());
  return exit_code_of(report, signals.interrupted());
}

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("run", "Run a plan: boot its kernels, run its cases, judge");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("PLAN", options->plan_file, "the plan, a YAML file")->required();
  add_filter(*command, options->sweep.filter);
  command->add_option("--out", options->out,
                      "directory for results (default: a new one below kproof-out/); cells that an "
                      "earlier run of the "
                      "same inputs finished there are kept");
  command->add_flag("--fresh", options->sweep.fresh, "run all cells, also those finished in --out");
  command->add_option("--connect", options->sweep.connect,
                      "libvirt URI, qemu:///system or qemu:///session (default: libvirt in this "
                      "process, no daemon)");
  command->add_option("--accel", options->accel, "auto takes KVM where it really works")
      ->check(CLI::IsMember({"auto", "kvm", "tcg"}))
      ->capture_default_str();
  command->add_flag("--dump-on-hang", options->sweep.dump_on_hang,
                    "keep the memory of an L1 that hangs as memory.elf, as large as its RAM, for "
                    "crash or drgn");
  command->add_flag("-v,--verbose", options->verbose, "a line for every phase of every cell");
  command->footer(
      "Exit code: 0 all as expected, 1 something unexpected, 2 wrong usage or plan,\n"
      "69 a fault of this host (verdict broken), 130 interrupted.");
  command->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace kproof::cli
