#include "source/build_user.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include "util/error.hpp"
#include "util/hash.hpp"

namespace kproof::source {

util::User build_user(const std::filesystem::path& tree) {
  constexpr unsigned long kFirst = 61184, kCount = 2500;
  const std::string hash = util::Hasher().add(tree.string()).hex();
  unsigned long offset = std::stoul(hash.substr(0, 8), nullptr, 16) % kCount;
  for (unsigned long tries = 0; tries < kCount; ++tries, offset = (offset + 1) % kCount) {
    const auto id = static_cast<uid_t>(kFirst + offset);
    if (!::getpwuid(id) && !::getgrgid(id)) return {.uid = id, .gid = id};
  }
  throw HostError("no user number between 61184 and 63683 is free", "build with --as-root");
}

void require_usable(const util::User& user, const std::filesystem::path& tree) {
  if (const std::string why = util::why_not_become(user); !why.empty())
    throw HostError(fmt::format("kernels are not built as root, and not as another user: {}", why),
                    "run kproof as a user; or --as-root, if you trust all patches as root");
  if (const auto barrier = util::barrier(user, tree); !barrier.empty())
    throw HostError(
        fmt::format("kernels are not built as root, and who builds them may not enter {}, on the "
                    "way to {}",
                    barrier.string(), tree.string()),
        "set KPROOF_CACHE to a directory that all may enter (root's default is "
        "/var/cache/kproof); or --as-root, if you trust all patches as root");
}

}  // namespace kproof::source
