#include "kernel/once.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cache/use.hpp"
#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::kernel {
namespace fs = std::filesystem;

static util::FileLock lock(const fs::path& path, const Progress& progress, int stop_fd) {
  if (auto held = util::FileLock::try_acquire(path)) return std::move(*held);
  progress(fmt::format("waiting for {}, which is making {}", util::FileLock::told_holder(path),
                       path.stem().string()));
  return util::FileLock::acquire(path, stop_fd);
}

// What a killed process left. Names are unique, so that a dpkg-deb that outlived its kproof can
// only write into a draft that nobody will use.
static void remove_drafts(const fs::path& parent, const std::string& prefix) {
  std::error_code ignored;
  for (const auto& sibling : fs::directory_iterator(parent, ignored))
    if (sibling.path().filename().string().starts_with(prefix))
      fs::remove_all(sibling.path(), ignored);
}

static void make_parents(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw HostError(fmt::format("cannot create {}: {}", directory.string(), error.message()),
                    "set KPROOF_CACHE to a directory that you may write to");
}

// A rename that reaches the disk before the files it names would make a whole-looking entry of
// empty files after a power cut. syncfs costs little once and spares an fsync for 4000 modules.
static void reach_the_disk(const fs::path& draft) {
  const util::Fd fd(::open(draft.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0)
    throw HostError(fmt::format("cannot sync {}: {}", draft.string(), std::strerror(errno)));
}

void make_once(const fs::path& entry, const Progress& progress,
               const std::function<void(const fs::path&)>& fill, int stop_fd) {
  make_parents(entry.parent_path());
  cache::use(entry);  // before the look: what is seen now stays
  if (fs::exists(entry)) return;
  const util::FileLock held = lock(entry.string() + ".lock", progress, stop_fd);
  if (fs::exists(entry)) return;

  const std::string prefix = entry.filename().string() + ".draft-";
  remove_drafts(entry.parent_path(), prefix);
  const util::ScratchDir draft(entry.parent_path(), prefix);
  fill(draft.path());
  fs::permissions(draft.path(), fs::perms{0755});  // QEMU may run as somebody else
  reach_the_disk(draft.path());
  fs::rename(draft.path(), entry);
}

}  // namespace kproof::kernel
