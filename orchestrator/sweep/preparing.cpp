#include "sweep/preparing.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "image/host_qemu.hpp"
#include "source/unbuildable.hpp"
#include "sweep/inspection.hpp"
#include "sweep/reuse.hpp"
#include "sweep/room.hpp"
#include "sweep/visit.hpp"
#include "util/error.hpp"

namespace kproof::sweep {

Preparing::Preparing(Setup setup)
    : setup_(std::move(setup)),
      kernels_(setup_.plan.kernels, setup_.fetch),
      cases_(setup_.installation, setup_.plan) {}

const model::CaseDescription& Preparing::describe(const std::string& program,
                                                  const std::vector<std::string>& args) {
  std::vector<std::string> key{program};
  key.insert(key.end(), args.begin(), args.end());
  const auto known = descriptions_.find(key);
  if (known != descriptions_.end()) return known->second;
  if (setup_.visit && program == kNoCase)
    return descriptions_.emplace(key, model::CaseDescription{.name = program}).first->second;
  return descriptions_.emplace(key, cases_.describe(program, args)).first->second;
}

PreparedCell Preparing::size_up(const model::Cell& cell) {
  const auto described = [this](const auto& program, const auto& args) -> const auto& {
    return describe(program, args);
  };
  try {
    describe(cell.test.name, cell.test.args);
    if (cell.test.inside) describe(cell.test.inside->name, cell.test.inside->args);
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{}: {}", cell.test.place, error.what()), error.hint());
  }
  PreparedCell sized = sweep::size_up(cell, described);
  for (const PreparedLevel& level : sized.levels)
    if (cases_.is_of_suite(level.program)) of_suites_[cell.kernel.name].insert(level.program);
  if (setup_.inspection) return inspected(std::move(sized), *setup_.inspection);
  return setup_.visit ? visited(std::move(sized), *setup_.visit) : sized;
}

// For the kernel under test, whichever kernel the level has that runs them.
void Preparing::fetch_programs(const std::string& kernel, std::size_t at_once) {
  const auto wanted = of_suites_.find(kernel);
  if (wanted == of_suites_.end()) return;
  const auto spec = std::ranges::find(setup_.plan.kernels, kernel, &model::KernelSpec::name);
  const Kernel* made = nullptr;
  try {
    made = &kernels_.of(kernel);
  } catch (const std::exception&) {  // of its cells
    return;
  }
  for (const std::string& name : wanted->second)
    cases_.fetch(name, *made, *spec, setup_.settings(kernel, at_once));
}

void Preparing::fetch(const std::string& kernel, std::size_t at_once) {
  kernels_.fetch(kernel, at_once);
  fetch_programs(kernel, at_once);
  if (!setup_.rows) return;
  const auto row = std::ranges::find(*setup_.rows, kernel, &series::Row::kernel);
  if (row == setup_.rows->end()) return;
  try {
    kernels_.of(kernel);
  } catch (const source::Unbuildable& error) {
    row->unbuilt = fmt::format("{}\n{}", error.what(), error.hint());
    setup_.say(row->unbuilt);
  } catch (const std::exception&) {  // of its cells
  }
}

bool Preparing::has_no_row(const PreparedCell& cell) {
  return setup_.rows && std::ranges::any_of(*setup_.rows, [&](const series::Row& row) {
           return row.kernel == cell.cell.kernel.name && !row.unbuilt.empty();
         });
}

const InnerQemu& Preparing::inner_qemu() {
  if (!inner_qemu_) {
    const image::HostQemu qemu = image::host_qemu();
    inner_qemu_ = {qemu.program, image::make_segment(qemu.files, setup_.out / "images")};
  }
  return *inner_qemu_;
}

// Ten cells of a kernel that does not build have one fault, which is told once.
Fate Preparing::faulty(const PreparedCell& cell) {
  Fate fate{.what = Fate::faulty, .fault = current_fault()};
  if (std::ranges::find(told_, fate.fault->text) == told_.end()) {
    setup_.say(fmt::format("{}: {}", cell.cell.id, fate.fault->text));
    told_.push_back(fate.fault->text);
  }
  return fate;
}

// Pools of pages are looked at now: builds take hours, and may be the time in which somebody
// filled them.
Fate Preparing::decide(PreparedCell& cell) {
  const std::string under_test = cell.cell.kernel.name;
  const Catalogue catalogue{.qemu = [&]() -> const InnerQemu& { return inner_qemu(); },
                            .kernel = [&](const std::string& name) -> const Kernel& {
                              return kernels_.of(name.empty() ? under_test : name);
                            },
                            .program =
                                [&](const auto& name, const auto& args) {
                                  return cases_.of(name, args, under_test,
                                                   [this] { return inner_qemu().program; });
                                },
                            .visit = setup_.visit,
                            .inspection = setup_.inspection,
                            .held = setup_.held};
  cell = sweep::prepare(cell, catalogue, setup_.plan.limits, setup_.machine, setup_.installation,
                        setup_.out / "images");
  Earlier earlier = setup_.fresh ? Earlier{} : earlier_result(cell, setup_.out);
  if (earlier.kept) return {.what = Fate::kept, .result = std::move(earlier.kept)};
  require_hugepages(needs_of(cell), resources::read_limits(resources::text_of), who(cell));
  return {.what = Fate::runs, .why_again = std::move(earlier.why_again)};
}

Fate Preparing::prepare(PreparedCell& cell) {
  const std::lock_guard lock(mutex_);
  if (has_no_row(cell)) return {.what = Fate::gone};
  try {
    return decide(cell);
  } catch (const std::exception&) {
    return faulty(cell);
  }
}

}  // namespace kproof::sweep
