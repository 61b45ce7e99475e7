// What is told of an event, on the page as in the mail. Internal to nights/.
#pragma once

#include <string>
#include <vector>

#include "nights/overview.hpp"

namespace kproof::nights {

struct Fact {
  const char* name;
  std::string value;
};

// All but the command, in the order in which a reader wants them; none is empty. Of many cells, or
// symptoms that come with it, the first `most`, and how many more.
std::vector<Fact> facts_of(const Event& event, std::size_t most);

}  // namespace kproof::nights
