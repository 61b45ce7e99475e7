#include "model/outcome.hpp"

#include <array>

namespace kproof::model {

static constexpr std::array<std::string_view, 5> kPhases{"start", "boot", "prepare", "test",
                                                         "poweroff"};

std::string_view to_string(Phase phase) {
  return kPhases[static_cast<std::size_t>(phase)];
}

}  // namespace kproof::model
