#include "virt/orphan_reaper.hpp"

#include <charconv>
#include <filesystem>
#include <sstream>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/proc_file.hpp"

namespace kproof::virt {
namespace fs = std::filesystem;

// How soon an orphan's end is noticed. SIGCHLD would tell at once, but only a program that owns all
// its threads' signal masks may use it, and libvirt's are not ours.
static constexpr int kLookMs = 10;

struct Process {
  char state = '?';
  pid_t parent = 0, session = 0;
};

// /proc/PID/stat; the name in it may hold anything, so fields are counted from its last ')'.
static Process read_process(const fs::path& directory) {
  const std::string stat = util::read_proc_file(directory / "stat");
  const std::size_t end = stat.rfind(')');
  Process process;
  if (end == std::string::npos) return process;
  pid_t group = 0;
  std::istringstream(stat.substr(end + 1)) >> process.state >> process.parent >> group >>
      process.session;
  return process;
}

static void reap_orphans(const OrphanReaper::IsKept& is_kept) {
  for (const auto& entry :
       fs::directory_iterator("/proc", fs::directory_options::skip_permission_denied)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc()) continue;
    const Process process = read_process(entry.path());
    const bool daemon = process.session != ::getsid(0) && process.session != pid;
    if (process.state == 'Z' && process.parent == ::getpid() && daemon && !is_kept(pid))
      ::waitpid(pid, nullptr, WNOHANG);
  }
}

OrphanReaper::OrphanReaper(IsKept is_kept)
    : is_kept_(std::move(is_kept)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
    throw HostError("prctl PR_SET_CHILD_SUBREAPER failed");
  thread_ = std::thread([this] {
    for (pollfd stop{stop_.get(), POLLIN, 0}; ::poll(&stop, 1, kLookMs) <= 0;)
      reap_orphans(is_kept_);
  });
}

OrphanReaper::~OrphanReaper() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
}

}  // namespace kproof::virt
