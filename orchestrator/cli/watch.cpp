// kproof watch: each save of a source tree is built, booted and judged.
#include <array>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "cli/cli.hpp"
#include "cli/desk.hpp"
#include "cli/saver.hpp"
#include "cli/signals.hpp"
#include "cli/streams.hpp"
#include "cli/watch_text.hpp"
#include "compare/proven.hpp"
#include "kernel/store.hpp"
#include "sweep/libvirt_session.hpp"
#include "util/error.hpp"

namespace kproof::cli {
using std::chrono::steady_clock;

static util::Millis since(steady_clock::time_point time) {
  return std::chrono::duration_cast<util::Millis>(steady_clock::now() - time);
}

static void print(const std::string& text) {
  fmt::print("{}", text);
  flush_output();
}

static model::KernelSpec kernel_of(const desk::Tree& tree, const desk::Decision& decision) {
  return {.name = "mine",
          .label = fmt::format("{} {}", tree.root.filename().string(), tree.version),
          .source = model::BuildSource{.tree = model::WorkTree{tree.root},
                                       .patches = {},
                                       .config = decision.config,
                                       .fragments = decision.fragments,
                                       .compiler = ""},
          .place = ""};
}

namespace {
// Ends a round when the user ends kproof.
class PassOn {
 public:
  PassOn(int from, run::StopRequest& to) : thread_([this, from, &to] { wait(from, to); }) {}
  ~PassOn() {
    over_.request();
    thread_.join();
  }
  PassOn(const PassOn&) = delete;
  PassOn& operator=(const PassOn&) = delete;

 private:
  void wait(int from, run::StopRequest& to) const {
    std::array<pollfd, 2> fds{{{from, POLLIN, 0}, {over_.fd(), POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[0].revents != 0) to.request();
  }
  run::StopRequest over_;
  std::thread thread_;
};

// As long as it lives, newer files end the round.
class Interrupts {
 public:
  Interrupts(Saver& saver, run::StopRequest& round) : saver_(saver) { saver_.interrupts(&round); }
  ~Interrupts() { saver_.interrupts(nullptr); }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

 private:
  Saver& saver_;
};

class Watch {
 public:
  Watch(DeskOptions& options, run::StopRequest& stop) : options_(options), stop_(stop) {}
  int run();

 private:
  desk::Tree tree() const;
  void round(const State& state, Saver& saver);
  sweep::SweepListener listener(const State& state);
  void on_result(const model::CellResult& cell, const State& state);
  void judge(const State& state, const run::StopRequest& stop);

  DeskOptions& options_;
  run::StopRequest& stop_;
  sweep::LibvirtSession libvirt_;  // of all rounds
  Round round_;                    // so far as it was told
  std::size_t total_ = 0;          // cells of it
  std::optional<int> last_;
};
}  // namespace

// What lies built in it is of another state.
desk::Tree Watch::tree() const {
  desk::Tree tree = tree_of(options_);
  tree.built = false;
  return tree;
}

// The last verdict ends a round for who waits for it; the reports are still to be written.
void Watch::on_result(const model::CellResult& cell, const State& state) {
  print(cell_as_text(cell, options_.run.sweep.out, report::style_of(STDOUT_FILENO)));
  ++round_.cells;
  round_.unexpected += compare::standing_of(cell.judgement) != compare::Standing::expected;
  round_.since_save = since(state.saved_at);
  if (round_.cells == total_) print(end_as_text(round_));
}

sweep::SweepListener Watch::listener(const State& state) {
  round_ = {};
  sweep::SweepListener listener;
  if (options_.run.verbose) listener.say = [](const std::string& line) { tell(line + "\n"); };
  listener.on_total = [this](std::size_t cells, std::size_t) { total_ = round_.cells + cells; };
  listener.on_phase = [at = state.saved_at, told = false](const auto&, auto, auto) mutable {
    if (std::exchange(told, true)) return;
    print(fmt::format("  built {} after the save\n", util::format_duration(since(at))));
  };
  listener.on_result = [this, &state](const model::CellResult& cell) { on_result(cell, state); };
  return listener;
}

void Watch::judge(const State& state, const run::StopRequest& stop) {
  const report::RunReport report = run_sweep(options_.run.sweep, stop, listener(state));
  keep_plan(options_);
  if (report.interrupted) return;
  if (round_.cells == 0) print(end_as_text(round_));
  last_ = round_.unexpected == 0 && round_.cells > 0 ? kOk : kUnexpected;
}

// What is wrong with this state is told, and the next save may mend it.
void Watch::round(const State& state, Saver& saver) {
  run::StopRequest stop;
  const PassOn pass_on(stop_.fd(), stop);
  const Interrupts interrupts(saver, stop);
  print(fmt::format("{:%H:%M:%S} {}\n", fmt::localtime(std::time(nullptr)),
                    files_as_text(state.saved)));
  try {
    const desk::Tree tree = this->tree();
    const auto& named = options_.run.sweep.filter.cases;
    use_plan(options_, tree, {"watch", true}, {kernel_of(tree, decide(options_, tree))},
             named.empty() ? desk::choose(state.taken.changed) : desk::choose_named(named));
    judge(state, stop);
  } catch (const Interrupted&) {
    // By a newer state, or by the user.
  } catch (const Error& error) {
    last_ = kUnexpected;
    complain(error, kUnexpected);
  }
  if (util::is_readable(stop.fd()) && !util::is_readable(stop_.fd()))
    print("  ended: the files have changed\n");
}

int Watch::run() {
  const desk::Tree tree = this->tree();
  tell_choice(tree, decide(options_, tree));
  options_.run.sweep.libvirt = &libvirt_;
  options_.run.sweep.unbuildable_ends = true;
  Saver saver(tree.root, std::filesystem::absolute(kernel::default_cache()) / "kernels");
  tell(fmt::format("watching {} ({}); Ctrl-C ends it\n", tree.root.string(),
                   util::format_count(saver.directories(), "directory", "directories")));
  while (!util::is_readable(stop_.fd())) {
    try {
      if (const auto state = saver.wait(stop_.fd())) round(*state, saver);
    } catch (const ConfigError& error) {  // git's, of the files as they are
      complain(error, kUnexpected);
    }
  }
  return last_.value_or(kInterrupted);
}

static int watch(DeskOptions& options) {
  if (options.wishes.in_tree || options.print_plan)
    throw ConfigError("kproof watch prints no plan", "`kproof test --print-plan` does");
  run::StopRequest stop;
  const SignalWatch signals(stop);
  return Watch(options, stop).run();
}

void add_watch(CommandLine& line) {
  Command command = line.add("watch", "Build, boot and judge a kernel tree at each save");
  const auto options = std::make_shared<DeskOptions>();
  command.value("DIR", options->tree, "a kernel's source tree, or a directory in one");
  add_desk_options(command, *options);
  command.footer(
      "The tree as it is comes first. A save that differs is built beside the tree, as `kproof "
      "test`\nbuilds it, and runs the cases that reach what differs from HEAD, or those of --case. "
      "Saves that\ncome together are one. One that comes during a build or a run ends that, and "
      "the newest files\ncount. Results lie in one directory, kproof-out/TREE-watch, beside the "
      "tree.\n\n"
      "Exit code, after Ctrl-C: 0 the last state that was judged is as expected; 1 it is not, or "
      "does\nnot build; 130 none was judged.");
  command.example("kproof watch", "in a kernel's tree; another terminal has the editor");
  command.example("kproof watch ../linux --case mm/thp_mprotect", "one case, and so the fastest");
  command.does([options] { return watch(*options); });
}

}  // namespace kproof::cli
