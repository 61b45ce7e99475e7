#include "model/topology.hpp"

namespace kproof::model {

std::string_view to_string(Backing backing) {
  return kBackings[static_cast<std::size_t>(backing)];
}

std::uint64_t page_size(Backing backing) {
  switch (backing) {
    case Backing::anonymous:
      break;
    case Backing::thp:
    case Backing::hugetlb_2m:
    case Backing::devdax_2m:
      return 2ull << 20;
    case Backing::hugetlb_1g:
    case Backing::devdax_1g:
      return 1ull << 30;
  }
  return 4ull << 10;
}

bool is_devdax(Backing backing) {
  return backing == Backing::devdax_2m || backing == Backing::devdax_1g;
}

std::string_view to_string(Mmu mmu) {
  return kMmus[static_cast<std::size_t>(mmu)];
}

}  // namespace kproof::model
