#include "e2e/leftovers.hpp"

#include <algorithm>
#include <cstdlib>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "util/files.hpp"
#include "util/proc_file.hpp"

namespace kproof::e2e {
namespace fs = std::filesystem;

// "" for a zombie, or a process that is gone by now.
static std::string arguments_of(const fs::path& process) {
  std::string text = util::read_proc_file(process / "cmdline");
  std::replace(text.begin(), text.end(), '\0', ' ');
  return text;
}

std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  std::error_code ignored;  // processes come and go
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && arguments_of(entry.path()).find(text) != std::string::npos) found.push_back(pid);
  }
  return found;
}

std::vector<pid_t> guests_of(pid_t kproof) {
  return processes_with(fmt::format("guest=kproof-{}-", kproof));
}

// Runtime directories (sweep/runtime.hpp) carry their owner's pid in their lock file.
static std::vector<fs::path> runtime_directories_of(pid_t kproof) {
  std::vector<fs::path> found;
  for (const char* parent : {"/dev/shm", "/tmp"})
    for (const auto& entry : fs::directory_iterator(parent))
      if (entry.path().filename().string().starts_with("kproof-") &&
          util::FileLock::holder(entry.path() / ".runtime.lock") == std::to_string(kproof))
        found.push_back(entry.path());
  return found;
}

// Where the cells' domains had the agent's sockets: <source mode='connect' path='...'/>.
static std::vector<std::string> agent_sockets(const fs::path& domain) {
  const std::string xml = util::read_file(domain), before = "mode=\"connect\" path=\"";
  const std::size_t at = xml.find(before);
  if (at == xml.npos) return {};
  const std::size_t begin = at + before.size();
  return {xml.substr(begin, xml.find('"', begin) - begin)};
}

static bool is_draft(const fs::path& path) {
  const std::string name = path.filename();
  return name.ends_with(".tmp") || name.find("draft") != std::string::npos;
}

static void add_files(const fs::path& out, std::vector<std::string>& left) {
  const std::string listening = util::read_file("/proc/net/unix");
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(out, ignored)) {
    if (is_draft(entry.path())) left.push_back("draft " + entry.path().string());
    if (entry.path().filename() != "domain.xml") continue;
    for (const std::string& socket : agent_sockets(entry.path()))
      if (fs::exists(socket) || listening.find(socket) != listening.npos)
        left.push_back("socket " + socket);
  }
}

std::vector<std::string> left_by(pid_t kproof, const fs::path& out) {
  std::vector<std::string> left, marks{fmt::format("guest=kproof-{}-", kproof), out.string()};
  for (const fs::path& directory : runtime_directories_of(kproof)) {
    left.push_back("directory " + directory.string());
    marks.push_back(directory.string());
  }
  for (const std::string& mark : marks)
    for (const pid_t pid : processes_with(mark))
      left.push_back(
          fmt::format("process {}: {}", pid, arguments_of(fmt::format("/proc/{}", pid))));
  add_files(out, left);
  return left;
}

std::vector<std::string> left_by_run(const fs::path& out) {
  const std::string pid = util::FileLock::holder(out / ".lock");
  REQUIRE_MESSAGE(std::atoi(pid.c_str()) > 0, out.string(), " was never the directory of a run");
  return left_by(std::atoi(pid.c_str()), out);
}

}  // namespace kproof::e2e
