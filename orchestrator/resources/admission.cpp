#include "resources/admission.hpp"

#include <algorithm>

namespace kproof::resources {

static bool any_quiet(std::span<const Needs> running) {
  return std::ranges::any_of(running, [](const Needs& needs) { return needs.quiet; });
}

namespace {
// Cells that do not fit, which others may overtake.
class Passed {
 public:
  explicit Passed(unsigned most) : most_(most), left_(most) {}
  // None but one of their round, and not too often.
  bool lets_by(const Waiting& cell) const { return !any_ || (left_ > 0 && cell.round == round_); }
  void by() {
    if (any_) --left_;
  }
  void add(const Waiting& cell) {
    any_ = true;
    left_ = std::min(left_, cell.needs.quiet ? 0 : most_ - std::min(most_, cell.overtaken));
    round_ = cell.round;
  }

 private:
  const unsigned most_;
  unsigned left_;
  bool any_ = false;
  unsigned round_ = 0;
};
}  // namespace

std::vector<std::size_t> startable(std::span<const Needs> running, std::span<const Waiting> waiting,
                                   Room room, const Bounds& bounds) {
  std::vector<std::size_t> chosen;
  bool alone = any_quiet(running);
  std::size_t cells = cells_of(running);
  Passed passed(bounds.overtaken);
  for (std::size_t i = 0; i < waiting.size() && passed.lets_by(waiting[i]); ++i) {
    const Needs& needs = waiting[i].needs;
    const std::size_t at_once = running.size() + chosen.size();
    if (alone) break;
    if (!needs.in_full && cells >= bounds.jobs) break;
    if (!lacks(needs, room).empty() || (needs.quiet && at_once > 0)) {
      passed.add(waiting[i]);
      continue;
    }
    chosen.push_back(i);
    take(room, needs);
    cells += !needs.in_full;
    passed.by();
    alone = needs.quiet;
  }
  return chosen;
}

std::uint64_t most_shared(std::span<const Needs> cells, const Room& whole, unsigned jobs) {
  std::vector<std::uint64_t> plain;
  std::uint64_t quiet = 0;
  unsigned vcpus = std::numeric_limits<unsigned>::max();
  for (const Needs& needs : cells) {
    vcpus = std::min(vcpus, std::max(1u, needs.vcpus));
    if (needs.quiet)
      quiet = std::max(quiet, needs.shared);
    else
      plain.push_back(needs.shared);
  }
  std::ranges::sort(plain, std::ranges::greater{});
  const auto cores = static_cast<std::uint64_t>(std::max<std::int64_t>(1, whole.cores));
  const std::uint64_t at_once =
      std::min<std::uint64_t>({(cores + vcpus - 1) / vcpus, jobs, plain.size()});
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < at_once; ++i)
    sum = add_up(sum, plain[i]);
  return std::max(quiet, std::min(sum, std::max(whole.memory, plain.empty() ? 0 : plain[0])));
}

}  // namespace kproof::resources
