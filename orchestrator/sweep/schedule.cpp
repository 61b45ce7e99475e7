#include "sweep/schedule.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "resources/queue.hpp"
#include "sweep/faults.hpp"
#include "sweep/room.hpp"
#include "sweep/teller.hpp"
#include "util/error.hpp"

namespace kproof::sweep {

void order_in_rounds(std::vector<PreparedCell>& cells) {
  std::ranges::stable_sort(cells, {}, [](const PreparedCell& cell) {
    return std::tuple(cell.cell.repetition, cell.quiet);
  });
}

static Fault no_room(const PreparedCell& cell, const std::string& why) {
  const HostError error(fmt::format("{}: {}", who(cell), why));
  return {.blame = model::Blame::host,
          .text = error.what(),
          .what = std::make_exception_ptr(error),
          .usage = false};
}

std::vector<model::CellResult> run_all(const std::vector<PreparedCell>& cells, const Site& site,
                                       resources::Gate& gate, const run::StopRequest& stop,
                                       const Listener& listener) {
  std::vector<std::optional<model::CellResult>> results(cells.size());
  {
    Teller teller;
    const auto finish = [&](std::size_t index, std::optional<model::CellResult> result) {
      if (!result) return;
      results[index] = result;
      teller.tell([&listener, result = std::move(*result)] { listener.on_result(result); });
    };
    std::vector<resources::Job> jobs;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const PreparedCell& cell = cells[i];
      const auto on_phase = [&](int level, model::Phase phase) {
        teller.tell([&, level, phase] { listener.on_phase(cell.cell, level, phase); });
      };
      resources::Job& job = jobs.emplace_back();
      job.waiting.needs = needs_of(cell);
      job.waiting.round = cell.cell.repetition;
      job.work = [&, i, on_phase] {
        finish(i, run_cell(cells[i], site, static_cast<unsigned>(i), stop, on_phase));
      };
      job.give_up = [&, i](const std::string& why) {
        finish(i, record_fault(cells[i], no_room(cells[i], why), site.out));
      };
    }
    resources::run_all(std::move(jobs), gate, stop.fd());
  }
  std::vector<model::CellResult> finished;
  for (auto& result : results)
    if (result) finished.push_back(std::move(*result));
  return finished;
}

}  // namespace kproof::sweep
