#include "run/trace_keeper.hpp"

#include <utility>

#include <fmt/format.h>

namespace kproof::run {
using agent::Type;

void TraceKeeper::note(const Seen& seen) {
  if (stopped_ || seen.sign == Sign::ended) return;
  stopped_ = true;
  unsent_ = fmt::format("{} (L{})", seen.what, seen.level);
}

std::optional<std::string> TraceKeeper::take_stop() {
  return std::exchange(unsent_, std::nullopt);
}

// The session ends a guest that sends more than it may; what is over is not kept in any case.
void TraceKeeper::take(const agent::Frame& frame) {
  std::string error;
  if (frame.type == Type::traced && !traced_) traced_ = agent::parse_traced(frame.payload, error);
  if (frame.type != Type::trace || traced_) return;
  const std::size_t newline = frame.payload.find('\n');
  if (newline == frame.payload.npos) return;
  bytes_ += frame.payload.size();
  if (bytes_ > agent::kMostTrace) return;
  files_[frame.payload.substr(0, newline)] += frame.payload.substr(newline + 1);
}

}  // namespace kproof::run
