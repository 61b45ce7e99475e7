#include "run/visit_stream.hpp"

#include <algorithm>
#include <utility>

namespace kproof::run {
using agent::Type;

std::size_t VisitStream::room() const {
  return ended_ ? 0 : agent::kInputWindow - std::min(on_its_way_, agent::kInputWindow);
}

// A "~" is kept until the next key says what it means.
std::string VisitStream::without_escapes(std::string_view bytes) {
  std::string kept;
  for (const char c : bytes) {
    const Escape before = std::exchange(escape_, Escape::none);
    if (before == Escape::line_begins && c == '~') {
      escape_ = Escape::tilde;
      continue;
    }
    if (before == Escape::tilde && c == '.') {
      left_ = true;
      return kept;
    }
    if (before == Escape::tilde) kept += '~';
    if (before != Escape::tilde || c != '~') kept += c;
    if (c == '\r' || c == '\n') escape_ = Escape::line_begins;
  }
  return kept;
}

void VisitStream::type(std::string_view bytes) {
  const std::string kept = terminal_ ? without_escapes(bytes) : std::string(bytes);
  for (std::string_view rest = kept; !rest.empty();) {
    const std::string_view piece = rest.substr(0, agent::kInputPiece);
    frames_.push_back({Type::input, 1, std::string(piece)});
    unanswered_.push_back(piece.size());
    on_its_way_ += piece.size();
    rest.remove_prefix(piece.size());
  }
}

void VisitStream::end_input() {
  if (std::exchange(ended_, true)) return;
  frames_.push_back({Type::input, 1, ""});
  unanswered_.push_back(0);
}

void VisitStream::resize(const agent::WindowSize& size) {
  frames_.push_back({Type::resize, 1, to_json(size)});
}

void VisitStream::input_taken() {
  if (unanswered_.empty()) return;
  on_its_way_ -= unanswered_.front();
  unanswered_.pop_front();
}

void VisitStream::printed(Output to, std::size_t bytes) {
  unprinted_[to].erase(0, bytes);
  printed_ += bytes;
}

std::vector<agent::Frame> VisitStream::take_frames() {
  if (const std::size_t told = std::exchange(printed_, 0); told > 0)
    frames_.push_back({Type::output_taken, 1, std::to_string(told)});
  return std::exchange(frames_, {});
}

}  // namespace kproof::run
