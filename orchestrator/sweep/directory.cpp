#include "sweep/directory.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>

#include "report/json.hpp"
#include "util/draft_file.hpp"
#include "util/error.hpp"

namespace kproof::sweep {
namespace fs = std::filesystem;

// What a killed run was writing. The lock is ours, so nobody writes here.
static void remove_drafts(const fs::path& out) {
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(out, ignored))
    if (util::is_draft(entry.path())) fs::remove(entry.path(), ignored);
}

util::FileLock claim_directory(const fs::path& out, const std::string& plan) {
  static constexpr const char* kChoose = "choose another directory with --out";
  std::error_code error;
  fs::create_directories(out, error);
  if (error)
    throw ConfigError(fmt::format("cannot create {}: {}", out.string(), error.message()), kChoose);
  if (fs::exists(out / "batch.json"))
    throw ConfigError(
        fmt::format("{} holds a run for workers", out.string()),
        fmt::format("go on with it by --on slurm or `kproof worker`, or {}", kChoose));
  const fs::path path = out / ".lock";
  if (!fs::is_empty(out, error) && !error && !fs::exists(path) && !fs::exists(out / "results.json"))
    throw ConfigError(fmt::format("{} is not empty, and holds no results of kproof", out.string()),
                      kChoose);
  if (const util::Fd writable(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)); !writable)
    throw ConfigError(fmt::format("cannot write to {}: {}", out.string(), std::strerror(errno)),
                      kChoose);
  auto lock = util::FileLock::try_acquire(path);
  if (!lock)
    throw ConfigError(
        fmt::format("{} is in use by process {}", out.string(), util::FileLock::holder(path)),
        fmt::format("wait for it, or {}", kChoose));
  const auto theirs = report::plan_in(out);
  if (theirs && *theirs != plan)
    throw ConfigError(
        fmt::format("{} holds results of the plan `{}`; this is `{}`", out.string(), *theirs, plan),
        kChoose);
  remove_drafts(out);
  return std::move(*lock);
}

}  // namespace kproof::sweep
