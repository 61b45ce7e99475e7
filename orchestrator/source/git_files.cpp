#include "source/git_files.hpp"

#include "util/git.hpp"

namespace kproof::source {
using namespace std::chrono_literals;

util::CommandResult git(const GitFiles& where, const std::vector<std::string>& words) {
  std::vector<std::string> argv{"git"};
  for (const char* setting :
       {"core.autocrlf=false", "core.fsmonitor=false", "core.hooksPath=/dev/null",
        "core.splitIndex=false", "core.fileMode=true", "core.looseCompression=1", "gc.auto=0",
        "advice.addEmbeddedRepo=false"})
    argv.insert(argv.end(), {"-c", setting});
  argv.insert(argv.end(), where.repository.begin(), where.repository.end());
  argv.push_back("--work-tree=" + where.files.string());
  argv.insert(argv.end(), words.begin(), words.end());
  auto environment = util::git_environment();
  environment["GIT_INDEX_FILE"] = where.index;
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    const std::string name = std::string("GIT_") + who;
    environment[name + "_NAME"] = environment[name + "_EMAIL"] = "kproof";
    environment[name + "_DATE"] = "@0 +0000";
  }
  auto result = util::run({.argv = std::move(argv),
                           .directory = where.files,
                           .deadline = 30min,
                           .stop_fd = where.stop_fd,
                           .inherit = util::Command::Inherit::plain,
                           .environment = std::move(environment)});
  util::require_not_stopped(result, where.doing);
  return result;
}

}  // namespace kproof::source
