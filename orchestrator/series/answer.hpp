// One change, judged: did anything become worse? Pure.
//
//   before    after                                             answer
//   good      bad; flaky; a proof is lost                       worse
//   bad       bad, with a finding or failed subtest that is new worse
//   any       a proof is lost, and that is this host's fault     cannot tell
//   one of both says nothing, and not by skips alone             cannot tell
//   no pair that says anything                                   cannot tell
//   else                                                         not worse
//
// A time that became more is worse, too, where there are enough samples to claim it.
#pragma once

#include <cstdint>
#include <string>

#include "series/matrix.hpp"

namespace kproof::series {

enum class Worse : std::uint8_t {
  no,
  yes,   // a failure, a finding or a flake is new, or a proof is lost
  host,  // a proof is lost, and this host's fault
};
// Of two entries of one column that both have cells.
Worse worse(const Entry& before, const Entry& now);
// A time that became more. Whether more of anything else is worse kproof cannot know.
bool is_worse(const Figures& now);

struct Answer {
  enum class Word : std::uint8_t { not_worse, worse, cannot_tell } word = Word::cannot_tell;
  std::string text;  // one sentence
};

// Of a matrix of two rows.
Answer answer_of(const Matrix& matrix);

}  // namespace kproof::series
