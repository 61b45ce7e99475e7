#include "source/git_files.hpp"

#include "util/git.hpp"

namespace kproof::source {
using namespace std::chrono_literals;

util::CommandResult git(const GitFiles& where, const std::vector<std::string>& words) {
  util::Command command = util::git_command({"git"});
  std::vector<std::string>& argv = command.argv;
  for (const char* setting :
       {"core.autocrlf=false", "core.fsmonitor=false", "core.hooksPath=/dev/null",
        "core.splitIndex=false", "core.fileMode=true", "core.looseCompression=1", "gc.auto=0",
        "advice.addEmbeddedRepo=false"})
    argv.insert(argv.end(), {"-c", setting});
  argv.insert(argv.end(), where.repository.begin(), where.repository.end());
  argv.push_back("--work-tree=" + where.files.string());
  argv.insert(argv.end(), words.begin(), words.end());
  command.environment["GIT_INDEX_FILE"] = where.index;
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    const std::string name = std::string("GIT_") + who;
    command.environment[name + "_NAME"] = command.environment[name + "_EMAIL"] = "kproof";
    command.environment[name + "_DATE"] = "@0 +0000";
  }
  command.directory = where.files;
  command.deadline = 30min;
  command.stop_fd = where.stop_fd;
  auto result = util::run(command);
  util::require_not_stopped(result, where.doing);
  return result;
}

}  // namespace kproof::source
