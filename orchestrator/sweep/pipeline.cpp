#include "sweep/pipeline.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include "source/unbuildable.hpp"
#include "sweep/reuse.hpp"
#include "sweep/room.hpp"
#include "util/error.hpp"

namespace kproof::sweep {

std::vector<std::size_t> in_rounds(const std::vector<PreparedCell>& cells) {
  std::vector<std::size_t> order(cells.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) {
    return std::tuple(cells[i].cell.repetition, cells[i].quiet);
  });
  return order;
}

void Pipeline::say(const std::string& line) {
  setup_.teller.tell([&to = setup_.listener, line] { to.say(line); });
}

static Fault no_room(const PreparedCell& cell, const std::string& why) {
  const HostError error(fmt::format("{}: {}", who(cell), why));
  return {
      .blame = model::Blame::host, .text = error.what(), .what = std::make_exception_ptr(error)};
}

Pipeline::Pipeline(Setup setup, const std::vector<model::KernelSpec>& kernels,
                   std::vector<PreparedCell>& cells)
    : setup_(std::move(setup)), cells_(cells), results_(cells.size()), gone_(cells.size()) {
  for (const PreparedCell& cell : cells_)
    awaited_.push_back(kernels_of(cell));
  add_kernels(kernels);
  add_cells();
}

void Pipeline::add_kernels(const std::vector<model::KernelSpec>& specs) {
  for (const model::KernelSpec& spec : specs) {
    const std::size_t i = kernels_.size();
    kernels_.push_back(spec.name);
    makings_.push_back(making_of(spec));
    makers_.push_back(setup_.queue.add({.work = [this, i] { make(i); }, .claims = false}, false));
  }
}

void Pipeline::add_cells() {
  jobs_.resize(cells_.size());
  for (const std::size_t i : in_rounds(cells_)) {
    resources::Job job;
    job.waiting.needs = needs_of(cells_[i]);
    job.waiting.round = cells_[i].cell.repetition;
    job.work = [this, i] { run_one(i); };
    job.give_up = [this, i](const std::string& why) {
      finish(i, record_fault(cells_[i], no_room(cells_[i], why), setup_.out));
    };
    jobs_[i] = setup_.queue.add(std::move(job), false);
  }
}

std::vector<std::optional<model::CellResult>> Pipeline::run() {
  start_builds();
  setup_.queue.run();
  if (end_) std::rethrow_exception(end_);
  if (!plan_is_right_ && !mistakes_.empty()) std::rethrow_exception(mistakes_.begin()->second.what);
  return std::move(results_);
}

void Pipeline::start_builds() {
  const std::lock_guard lock(mutex_);
  const auto chosen = startable(makings_, setup_.builds);
  for (const std::size_t i : chosen)
    makings_[i].progress = Making::Progress::running;
  const auto running = std::ranges::count(makings_, Making::Progress::running, &Making::progress);
  at_once_.resize(makings_.size());
  for (const std::size_t i : chosen) {
    at_once_[i] = static_cast<std::size_t>(running);
    setup_.queue.make_ready(makers_[i]);
  }
}

std::size_t Pipeline::at_once(std::size_t kernel) {
  const std::lock_guard lock(mutex_);
  return at_once_[kernel];
}

// In a thread of its own.
void Pipeline::make(std::size_t kernel) {
  bool made = true;
  try {
    setup_.steps.fetch(kernels_[kernel], at_once(kernel));
  } catch (const Interrupted& error) {
    made = false;
    say(error.what());
  }
  const auto ready = ready_cells(kernel);
  setup_.teller.tell([&to = setup_.listener, name = kernels_[kernel]] { to.on_kernel_end(name); });
  start_builds();
  if (made) settle(ready);
}

// The cells that waited for this kernel last.
std::vector<std::size_t> Pipeline::ready_cells(std::size_t kernel) {
  const std::lock_guard lock(mutex_);
  makings_[kernel].progress = Making::Progress::done;
  const bool all_made = std::ranges::all_of(
      makings_, [](const Making& one) { return one.progress == Making::Progress::done; });
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const bool waited = std::erase(awaited_[i], kernels_[kernel]) > 0;
    if (awaited_[i].empty() && (setup_.kernels_first ? all_made : waited)) ready.push_back(i);
  }
  return ready;
}

void Pipeline::settle(const std::vector<std::size_t>& cells) {
  std::vector<std::pair<std::string, std::string>> again;
  for (const std::size_t i : cells)
    try {
      Fate fate = setup_.steps.prepare(cells_[i]);
      if (!fate.why_again.empty()) again.emplace_back(fate.why_again, cells_[i].cell.id);
      take(i, std::move(fate));
    } catch (const std::exception&) {  // a result that cannot be written
      const std::lock_guard lock(mutex_);
      if (!end_) end_ = std::current_exception();
      setup_.queue.stop();
    }
  for (const std::string& line : told_again(again))
    say(line);
}

void Pipeline::take(std::size_t cell, Fate fate) {
  switch (fate.what) {
    case Fate::gone:
      return abandon(cell);
    case Fate::faulty:
      return give_up(cell, std::move(*fate.fault));
    case Fate::kept:
      finish(cell, std::move(*fate.result));
      break;
    case Fate::runs:
      setup_.queue.make_ready(jobs_[cell]);
      break;
  }
  admit_mistakes();
}

void Pipeline::abandon(std::size_t cell) {
  const std::lock_guard lock(mutex_);
  gone_[cell] = true;
  setup_.queue.drop(jobs_[cell]);
  setup_.teller.tell([&to = setup_.listener] { to.on_gone(1); });
}

// A plan whose mistakes leave nothing to run is a wrong plan, and no run of broken cells: they are
// no results before another cell is.
void Pipeline::give_up(std::size_t cell, Fault fault) {
  {
    const std::lock_guard lock(mutex_);
    if (fault.unbuildable && setup_.unbuildable_ends) {
      if (!end_) end_ = fault.what;
      return setup_.queue.stop();
    }
    if (fault.usage && !plan_is_right_) {
      mistakes_.emplace(cell, std::move(fault));
      return setup_.queue.drop(jobs_[cell]);
    }
  }
  finish(cell, record_fault(cells_[cell], fault, setup_.out));
  admit_mistakes();
}

void Pipeline::admit_mistakes() {
  std::map<std::size_t, Fault> mistakes;
  {
    const std::lock_guard lock(mutex_);
    plan_is_right_ = true;
    mistakes.swap(mistakes_);
  }
  for (const auto& [cell, fault] : mistakes)
    finish(cell, record_fault(cells_[cell], fault, setup_.out));
}

void Pipeline::run_one(std::size_t cell) {
  const auto on_phase = [&](int level, model::Phase phase) {
    setup_.teller.tell([&to = setup_.listener, &it = cells_[cell].cell, level, phase] {
      to.on_phase(it, level, phase);
    });
  };
  auto result = setup_.steps.run(cells_[cell], static_cast<unsigned>(cell), on_phase);
  if (result) finish(cell, std::move(*result));
}

void Pipeline::finish(std::size_t cell, model::CellResult result) {
  const std::lock_guard lock(mutex_);
  results_[cell] = result;
  setup_.queue.drop(jobs_[cell]);
  setup_.teller.tell([&to = setup_.listener, result = std::move(result)] { to.on_result(result); });
}

}  // namespace kproof::sweep
