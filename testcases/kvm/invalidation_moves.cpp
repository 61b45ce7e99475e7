// Memory that goes elsewhere.
#include <cerrno>

#include <sys/mman.h>

#include "kvm/invalidation.hpp"
#include "mm/uffd_move.hpp"

namespace kproof::kvm::invalidation {

// To where nothing is mapped, at the same place in its gibibyte, so that entries are moved whole.
// `move` takes it there, and says 0 or errno.
static Act elsewhere(int protection, const std::function<int(char*, std::size_t, char*)>& move) {
  return [=](char* start, std::size_t length) {
    const std::size_t room = length + 2 * kPage1G;
    auto* reserved = static_cast<char*>(
        ::mmap(nullptr, room, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    const auto ahead =
        (reinterpret_cast<std::uintptr_t>(start) - reinterpret_cast<std::uintptr_t>(reserved)) %
        kPage1G;
    const int error = move(start, length, reserved + ahead);
    ::munmap(reserved, room);
    return error;
  };
}

void moved(Context& context, lib::Check& check) {
  change_parts(context, check, elsewhere(PROT_NONE, [](char* start, std::size_t length, char* to) {
                 const void* moved =
                     ::mremap(start, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, to);
                 return moved == MAP_FAILED ? errno : 0;
               }));
}

// Entry by entry, from under a mapping that stays.
void moved_by_userfaultfd(Context& context, lib::Check& check) {
  const std::string problem = mm::UffdMove::problem();
  if (!problem.empty()) return check.skip(problem);
  mm::UffdMove uffd;
  change_parts(context, check,
               elsewhere(mm::kReadWrite, [&](char* start, std::size_t length, char* to) {
                 return uffd.move(start, length, to);
               }));
}

}  // namespace kproof::kvm::invalidation
