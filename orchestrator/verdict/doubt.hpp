// Failures that may be no kernel's: what speaks against them, and when it does so no more. Pure.
#pragma once

#include <span>
#include <string>

#include "model/result.hpp"
#include "verdict/judge.hpp"

namespace kproof::verdict {

struct Doubt {
  enum class Of { nothing, emulator, host } of = Of::nothing;
  std::string sign;  // "" of nothing
};

// Of a cell that failed unexpectedly. The emulator (emulator.hpp) is doubted where CPUs are
// emulated, the guest's own or those of the host; a host that was too busy (starved.hpp) always.
Doubt doubt(bool emulated, Levels levels, const model::Judgement& judgement);

// Of a cell: so many with one sign of the emulator's are the kernel's, whatever came between them.
// Two others leave room for these.
inline constexpr int kSameSign = 3;
inline constexpr unsigned kAttempts = 5;
// So many on a host that is too busy are enough: the next would be no better.
inline constexpr int kStarvedAttempts = 3;

enum class Weight {
  stands,  // it counts: without a sign, or it is the kSameSign-th with the same of the emulator's
  again,   // it does not, and there may be another
  undecided,  // the last of kAttempts, or of kStarvedAttempts: nothing is known of the kernel
};

// Of the last of a cell's attempts, by the doubts of all.
Weight weigh(std::span<const Doubt> doubts);

// The judgement of the last attempt: as it was, or with the word how many were the same, or broken.
model::Judgement settle(const model::Judgement& judgement, std::span<const Doubt> doubts);

// Of a cell that has one attempt: with a doubt it is broken, and says what to do.
model::Judgement settle_at_once(const model::Judgement& judgement, const Doubt& doubt);

}  // namespace kproof::verdict
