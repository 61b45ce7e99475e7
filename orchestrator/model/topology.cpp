#include "model/topology.hpp"

namespace kproof::model {

std::string_view to_string(Backing backing) {
  return kBackings[static_cast<std::size_t>(backing)];
}

std::string_view to_string(Mmu mmu) {
  return kMmus[static_cast<std::size_t>(mmu)];
}

}  // namespace kproof::model
