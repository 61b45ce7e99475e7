// A run's kernels and cells on their way: while kernels are built, the cells of others run.
//
// Promises:
//  1. A cell is prepared when all its kernels are there, and runs when the host has room for it; a
//     fault of a kernel or a cell is the result of those cells, and of no other.
//  2. Kernels are made in the order of build_order.hpp. Beside cells that measure time none is.
//  3. Rounds of repetitions come one after the other, also where a kernel comes late.
//  4. After a stop request no more is started, what runs ends in order, and what has no result is
//     told as such.
#pragma once

#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "resources/queue.hpp"
#include "run/runner.hpp"
#include "sweep/build_order.hpp"
#include "sweep/faults.hpp"
#include "sweep/listener.hpp"
#include "sweep/prepare.hpp"
#include "sweep/teller.hpp"

namespace kproof::sweep {

// What becomes of a cell whose kernels are there.
struct Fate {
  enum {
    runs,
    kept,    // `result` is an earlier run's
    faulty,  // `fault` keeps it from being run
    gone     // its row of the series has no kernel
  } what = runs;
  std::optional<model::CellResult> result = {};
  std::optional<Fault> fault = {};
  std::string why_again = {};  // of one that runs though a result is there
};

class Pipeline {
 public:
  // Each of these may be called from several threads at once.
  struct Steps {
    // `at_once`: how many are made at the same time, with it. Interrupted, and nothing else.
    std::function<void(const std::string& kernel, std::size_t at_once)> fetch;
    std::function<Fate(PreparedCell&)> prepare;  // when its kernels are fetched
    // Nothing for one that a stop request ended. `serial` is unique, and small.
    std::function<std::optional<model::CellResult>(const PreparedCell&, unsigned serial,
                                                   const run::PhaseListener&)>
        run;
  };
  struct Setup {
    Steps steps;
    std::filesystem::path out;  // of the run: where faults are recorded
    resources::Queue& queue;
    const SweepListener& listener;
    Teller& teller;
    std::size_t builds = 1;         // kernels at once, at most
    bool kernels_first = false;     // no cell runs before all kernels are made
    bool unbuildable_ends = false;  // the run, with source::Unbuildable
  };
  // `kernels`: those of `cells`, in the plan's order. `cells` are sized; each is prepared in place.
  // All outlive it, and the listener the teller.
  Pipeline(Setup setup, const std::vector<model::KernelSpec>& kernels,
           std::vector<PreparedCell>& cells);
  ~Pipeline() { setup_.queue.end(); }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Of each cell, in their order; nothing for one without a result. Throws what ends the run: the
  // mistake in the plan that leaves no cell to run.
  std::vector<std::optional<model::CellResult>> run();
  // Of a cell that there is not: its row of the series has no kernel.
  bool is_gone(std::size_t cell) const { return gone_[cell]; }

 private:
  void add_kernels(const std::vector<model::KernelSpec>& specs);
  void add_cells();
  void make(std::size_t kernel);
  void start_builds();
  std::size_t at_once(std::size_t kernel);
  std::vector<std::size_t> ready_cells(std::size_t kernel);
  void settle(const std::vector<std::size_t>& cells);
  void take(std::size_t cell, Fate fate);
  void give_up(std::size_t cell, Fault fault);
  void admit_mistakes();
  void run_one(std::size_t cell);
  void finish(std::size_t cell, model::CellResult result);
  void abandon(std::size_t cell);
  void say(const std::string& line);

  const Setup setup_;
  std::vector<PreparedCell>& cells_;
  std::vector<std::size_t> jobs_;  // of the queue, by cell
  std::vector<std::string> kernels_;
  std::vector<std::size_t> makers_;   // jobs of the queue, by kernel
  std::mutex mutex_;                  // of what follows
  std::vector<Making> makings_;       // by kernel
  std::vector<std::size_t> at_once_;  // by kernel: how many were made when it was begun
  std::vector<std::optional<model::CellResult>> results_;
  std::vector<bool> gone_;
  std::vector<std::vector<std::string>> awaited_;  // kernels that are not there yet, by cell
  std::map<std::size_t, Fault> mistakes_;          // of the plan, while no other cell is known
  bool plan_is_right_ = false;                     // for some cell at least
  std::exception_ptr end_;
};

// The cells in the order in which they are to run: all once, then all again, ...: what drifts on
// the host while the run goes on, its load or its heat, then falls on all kernels alike, and not on
// the last one as if that were its doing. In each round those that measure time come last: the
// host is emptied for all of them once. Pure.
std::vector<std::size_t> in_rounds(const std::vector<PreparedCell>& cells);

}  // namespace kproof::sweep
