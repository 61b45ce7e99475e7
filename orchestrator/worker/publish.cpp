#include "worker/publish.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/files.hpp"

namespace kproof::worker {
namespace fs = std::filesystem;

static void sync_path(const fs::path& path) {
  const util::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) throw util::file_error("write", path, errno);
}

static void write_copy(const fs::path& from, const fs::path& to) {
  const util::Fd in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!in) throw util::file_error("read", from, errno);
  const util::Fd out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!out) throw util::file_error("write", to, errno);
  util::copy_all(in, from, out, to);
  if (::fsync(out.get()) != 0) throw util::file_error("write", to, errno);
}

static void write_tree(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path there = to / entry.path().filename();
    if (entry.is_directory())
      write_tree(entry.path(), there);
    else if (entry.is_regular_file())
      write_copy(entry.path(), there);
  }
  sync_path(to);
}

// What is outside of the cell's directory: the kernel's config, which all its cells have.
static void copy_named(const fs::path& from, const model::CellResult& cell, const fs::path& to,
                       const fs::path& draft) {
  for (const auto& [role, file] : cell.files) {
    if (file.starts_with("cells/") || fs::exists(to / file)) continue;
    write_copy(from / file, draft / "named");
    fs::create_directories((to / file).parent_path());
    fs::rename(draft / "named", to / file);
  }
}

static void place_attempts(const fs::path& from, const model::CellResult& cell, const fs::path& to,
                           const fs::path& draft) {
  for (const model::DiscountedAttempt& attempt : cell.discounted) {
    write_tree(from / attempt.directory, draft / "attempt");
    fs::create_directories((to / attempt.directory).parent_path());
    fs::remove_all(to / attempt.directory);
    fs::rename(draft / "attempt", to / attempt.directory);
  }
}

static bool place(const fs::path& draft, const fs::path& target) {
  fs::create_directories(target.parent_path());
  std::error_code error;
  fs::rename(draft, target, error);
  if (!error) {
    sync_path(target.parent_path());
    return true;
  }
  // An NFS server may have done it, and lost its answer.
  if (!fs::exists(draft) && fs::exists(target / "cell.json")) return true;
  if (fs::exists(target / "cell.json")) return false;
  throw util::file_error("write", target, error.value());
}

bool publish(const fs::path& from, const model::CellResult& cell, const fs::path& to) {
  const fs::path target = to / "cells" / cell.id;
  if (fs::exists(target / "cell.json")) return false;
  try {
    fs::create_directories(to / "incoming");
    const util::ScratchDir draft(to / "incoming", "cell-");
    write_tree(from / "cells" / cell.id, draft.path() / "cell");
    ::chmod((draft.path() / "cell").c_str(), 0755);
    copy_named(from, cell, to, draft.path());
    place_attempts(from, cell, to, draft.path());
    return place(draft.path() / "cell", target);
  } catch (const fs::filesystem_error& error) {
    throw HostError(error.what());
  }
}

}  // namespace kproof::worker
