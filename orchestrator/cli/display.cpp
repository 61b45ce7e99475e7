#include "cli/display.hpp"

#include <chrono>
#include <condition_variable>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/streams.hpp"

namespace kproof::cli {
using std::chrono::steady_clock;

Display::Display(bool verbose) : verbose_(verbose), style_(report::style_of(STDERR_FILENO)) {}

Display::~Display() {
  ticker_.request_stop();
}

sweep::SweepListener Display::listener() {
  return {.say = [this](const std::string& line) { say(line); },
          .on_total = [this](std::size_t cells, std::size_t kernels) { start(cells, kernels); },
          .on_kernel_progress =
              [this](const std::string& kernel, const std::string& what) {
                live_->on(report::KernelAt{kernel, what});
              },
          .on_kernel_end =
              [this](const std::string& kernel) { live_->on(report::KernelEnded{kernel}); },
          .on_gone = [this](std::size_t cells) { live_->on(report::CellsGone{cells}); },
          .on_phase = [this](const model::Cell& cell, int level,
                             model::Phase phase) { on_phase(cell.id, level, phase); },
          .on_result =
              [this](const model::CellResult& result) {
                live_->on(report::CellFinished{result.id, result.judgement, result.reused,
                                               report::left_out_of(result)});
              }};
}

void Display::clear() {
  if (live_) live_->clear();
}

void Display::say(const std::string& line) {
  if (live_)
    live_->say(line);
  else
    tell(fmt::format("{}\n", line));
}

void Display::on_phase(const std::string& id, int level, model::Phase phase) {
  if (phase == model::Phase::start)
    live_->on(report::CellStarted{id});
  else if (verbose_ || style_.terminal)
    live_->on(report::PhaseEntered{id, phase, level});
}

// A bisection starts it again for each revision.
void Display::start(std::size_t cells, std::size_t kernels) {
  ticker_ = {};  // joins, if it runs
  const auto began = steady_clock::now();
  live_.emplace(STDERR_FILENO, style_, cells, kernels, [began] {
    return std::chrono::duration_cast<util::Millis>(steady_clock::now() - began);
  });
  ticker_ = std::jthread([this](const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (
        !never.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); }))
      live_->tick();
  });
}

}  // namespace kproof::cli
