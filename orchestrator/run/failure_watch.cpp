#include "run/failure_watch.hpp"

#include <utility>

#include <fmt/format.h>

#include "agent/messages.hpp"

namespace kproof::run {
using agent::Type;

bool will_panic(std::string_view console) {
  for (const std::string_view words :
       {"cut here ]", "WARNING: ", "BUG: ", "Oops: ", "Call Trace:", "RIP: 0", "Kernel panic"})
    if (console.find(words) != console.npos) return true;
  return false;
}

bool has_panicked(std::string_view console) {
  return console.find("---[ end Kernel panic") != console.npos;
}

void FailureWatch::tell(std::size_t index, Sign sign, std::string what, bool failed, bool panics) {
  signs_.push_back({sign, static_cast<int>(index) + 1, std::move(what), failed, panics});
}

void FailureWatch::take(std::size_t index, const agent::Frame& frame) {
  if (index >= levels_.size()) return;
  if (frame.type == Type::case_stdout)
    if (const auto line = levels_[index].failure.hear(frame.payload))
      tell(index, Sign::not_ok, *line);
  if (frame.type != Type::case_ended || index != ends_) return;
  std::string ignored;  // the session ends a guest whose agent talks nonsense
  const auto ended = agent::parse_case_ended(frame.payload, ignored);
  if (!ended) return;
  const std::string how = ended->signal ? fmt::format("died of signal {}", ended->signal)
                                        : fmt::format("exited with {}", ended->exit_code);
  tell(index, Sign::ended, "the case " + how, ended->signal != 0 || ended->exit_code != 0);
}

void FailureWatch::see(std::size_t index, std::size_t reports, std::string_view console) {
  if (reports == 0 || std::exchange(levels_.at(index).reported, true)) return;
  tell(index, Sign::finding, "a finding on the console", true, will_panic(console));
}

void FailureWatch::see_hang(std::size_t index) {
  if (!std::exchange(levels_.at(index).hung, true)) tell(index, Sign::hang, "it hangs");
}

std::vector<Seen> FailureWatch::take_signs() {
  return std::exchange(signs_, {});
}

}  // namespace kproof::run
