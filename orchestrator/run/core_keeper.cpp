#include "run/core_keeper.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace kproof::run {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

// From the first line of a report to the last of the panic that it brings: serial consoles are
// slow.
static constexpr auto kLongestPanic = 5s;

bool CoreKeeper::counts(const Seen& seen) const {
  switch (seen.sign) {
    case Sign::hang:
      return true;
    case Sign::finding:
      return at_ != CoreAt::end || seen.panics;
    case Sign::not_ok:
      return at_ == CoreAt::first || at_ == CoreAt::failure;
    case Sign::ended:
      return at_ == CoreAt::first || at_ == CoreAt::end || (at_ == CoreAt::failure && seen.failed);
  }
  return false;
}

void CoreKeeper::note(const Seen& seen, Time now) {
  if (noted_ || !counts(seen)) return;
  noted_ = true;
  moment_ = fmt::format("{} (L{})", seen.what, seen.level);
  panics_ = seen.panics ? seen.level : 0;
  due_ = seen.panics ? now + kLongestPanic : now;
}

void CoreKeeper::hear(int level, std::string_view console) {
  if (noted_ && level == panics_ && has_panicked(console)) due_ = Time{};
}

bool CoreKeeper::due(Time now) const {
  return noted_ && !begun_ && now >= due_;
}

void CoreKeeper::finish(const std::string& error) {
  std::error_code failed;
  problem_ = error;
  if (error.empty()) fs::rename(draft(), file_, failed);
  if (failed) problem_ = failed.message();
  kept_ = problem_.empty();
  if (!kept_) fs::remove(draft(), failed);
}

}  // namespace kproof::run
