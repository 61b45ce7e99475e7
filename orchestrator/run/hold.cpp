#include "run/hold.hpp"

#include <algorithm>
#include <utility>

namespace kproof::run {

void Hold::hold_once(bool wished, bool& spent, const std::string& what) {
  if (!wished || std::exchange(spent, true) || held()) return;
  why_ = what;
}

void Hold::on_finding(const std::string& what) {
  if (failure_.empty()) failure_ = what;
  hold_once(wishes_.pause_on != PauseOn::nothing, paused_, what);
}

void Hold::on_not_ok(const std::string& what) {
  if (failure_.empty()) failure_ = what;
  hold_once(wishes_.pause_on == PauseOn::failure, paused_, what);
}

void Hold::on_case_ended(const std::string& failure) {
  if (!failure.empty()) on_not_ok(failure);
  if (!failure_.empty()) hold_once(wishes_.keep, kept_, failure_);
}

void Hold::on_doomed(const std::string& what) {
  on_not_ok(what);
  hold_once(wishes_.keep, kept_, what);
}

void Hold::pause() {
  if (!held()) why_ = "by its user";
}

void Hold::resume() {
  why_.clear();
}

void Hold::enter(Way way) {
  const auto index = static_cast<std::size_t>(way);
  ++counts_[index];
  visits_.emplace(kWays[index]);
}

void Hold::leave(Way way) {
  unsigned& count = counts_[static_cast<std::size_t>(way)];
  if (count > 0) --count;
}

bool Hold::cpus_stop() const {
  return held() && !inside(Way::shell) && !inside(Way::gdb) && !inside(Way::gdb_inside);
}

bool Hold::time_stops() const {
  return held() || std::ranges::any_of(counts_, [](unsigned count) { return count > 0; });
}

std::string doom_of(const model::GuestEnd& end) {
  if (std::holds_alternative<model::Panicked>(end)) return "its kernel panicked";
  if (std::holds_alternative<model::Oopsed>(end)) return "its kernel oopsed";
  if (std::holds_alternative<model::Silent>(end)) return "it hangs";
  if (std::holds_alternative<model::Flooded>(end)) return "it floods its console";
  if (std::holds_alternative<model::BadAgent>(end)) return "its agent talks nonsense";
  return "";
}

}  // namespace kproof::run
