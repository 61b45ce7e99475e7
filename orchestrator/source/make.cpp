#include "source/make.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>

#include "source/space.hpp"
#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"
#include "util/units.hpp"

namespace kproof::source {
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {
// Counts kbuild's lines, "  CC      mm/mprotect.o", and shows the last.
class Monitor {
 public:
  Monitor(const kernel::Progress& live, const fs::path& log)
      : live_(live), log_(log, std::ios::app) {
    if (!log_) throw util::file_error("write", log, errno);
  }

  void see(std::string_view piece) {
    log_ << piece << std::flush;
    for (const char c : piece)
      if (c == '\n')
        line(std::exchange(line_, ""));
      else
        line_ += c;
  }

 private:
  void line(const std::string& text) {
    if (!text.starts_with("  ") || text.size() < 11 || !std::isupper(text[2])) return;
    ++steps_;
    const auto elapsed = std::chrono::duration_cast<util::Millis>(steady_clock::now() - began_);
    if (live_)
      live_(fmt::format("{} steps in {}: {}", steps_, util::format_duration(elapsed),
                        text.substr(2)));
  }

  const kernel::Progress& live_;
  std::ofstream log_;
  const steady_clock::time_point began_ = steady_clock::now();
  unsigned steps_ = 0;
  std::string line_;
};
}  // namespace

static std::vector<std::string> command_line(const Make& how, const fs::path& directory) {
  std::vector<std::string> argv;
  if (how.niceness > 0) argv = {"nice", "-n", std::to_string(how.niceness)};
  argv.insert(argv.end(), {"make", "-C", directory.string(), fmt::format("-j{}", how.jobs)});
  return argv;
}

std::string compiler_of(const Make& how) {
  return (how.toolchain.ccache ? "ccache " : "") + how.toolchain.compiler;
}

// A user of a tree has no home but his build.
static std::map<std::string, std::string> environment(const Make& how) {
  std::map<std::string, std::string> variables{{"LC_ALL", "C"}};
  if (how.user)
    for (const char* home : {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"})
      variables[home] = how.build.string();
  if (!how.compiler_cache.empty()) variables["CCACHE_DIR"] = how.compiler_cache.string();
  return variables;
}

void make_in(const Make& how, const fs::path& directory, const std::vector<std::string>& words) {
  Monitor monitor(how.live, how.log);
  util::Command command{.argv = command_line(how, directory),
                        .directory = how.build,  // ours may be closed to him
                        .deadline = 24h,
                        .on_output = [&](std::string_view piece) { monitor.see(piece); },
                        .stop_fd = how.stop_fd,
                        .keep_open = how.locks,
                        .inherit = util::Command::Inherit::plain,
                        .environment = environment(how),
                        .user = how.user};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  const auto result = util::run(command);
  if (result.ok()) return;
  if (result.stopped)
    throw Interrupted("the build was interrupted", "the next one goes on where this one stopped");
  const auto places = places_of_a_build(how.build);
  if (result.err.find("No space left on device") != std::string::npos ||
      !full_now({how.build}, kNothing).empty())
    throw HostError(
        fmt::format("the build failed: {}", full_disk(places)),
        "free some space there, or set KPROOF_CACHE, TMPDIR or CCACHE_DIR; the next build goes on "
        "from here");
  if (result.signal != 0 || result.err.find("Killed signal") != std::string::npos)
    throw HostError("the build was killed, perhaps for want of memory", "try fewer --jobs");
  throw Failed{result.err};
}

// The same inputs must make the same kernel: no time, no name of a machine (Documentation/kbuild/
// reproducible-builds.rst).
void make(const Make& how, const std::vector<std::string>& targets) {
  std::vector<std::string> words{"O=" + how.build.string(),  "ARCH=x86_64",
                                 "CC=" + compiler_of(how),   "KBUILD_BUILD_TIMESTAMP=1970-01-01",
                                 "KBUILD_BUILD_USER=kproof", "KBUILD_BUILD_HOST=kproof",
                                 "KBUILD_BUILD_VERSION=1"};
  words.insert(words.end(), targets.begin(), targets.end());
  make_in(how, how.source, words);
}

static bool is_error(const std::string& line) {
  static const RE2 form(
      R"re(^\S+:\d+(:\d+)?: (fatal )?error: .*|.*undefined reference to.*|^ERROR: .*)re",
      RE2::Latin1);
  return RE2::FullMatch(line, form);
}

std::string essence(std::string_view said) {
  std::vector<std::string> lines, of_make;
  std::istringstream text{std::string(said)};
  for (std::string line; std::getline(text, line);)
    (line.starts_with("make") ? of_make : lines).push_back(std::move(line));
  if (lines.empty()) lines = std::move(of_make);  // "No rule to make target"
  auto from = std::find_if(lines.begin(), lines.end(), is_error);
  // "In function", "In file included from" belong to it.
  while (from != lines.begin() && from != lines.end() &&
         (std::prev(from)->find(": In ") != std::string::npos ||
          std::prev(from)->starts_with("In file included") ||
          std::prev(from)->starts_with("      ")))
    --from;
  const bool none = from == lines.end();
  if (none) from = lines.end() - std::min<std::ptrdiff_t>(10, std::ssize(lines));
  const auto to = from + std::min<std::ptrdiff_t>(40, lines.end() - from);
  return fmt::format("{}", fmt::join(from, to, "\n"));
}

std::vector<std::string> files_in_error(std::string_view said, const fs::path& source) {
  static const RE2 form(R"re((\S+?):\d+(?::\d+)?: (?:fatal )?error: .*)re", RE2::Latin1);
  std::vector<std::string> files;
  std::istringstream text{std::string(said)};
  for (std::string line, file; std::getline(text, line);) {
    if (!RE2::FullMatch(line, form, &file)) continue;
    const std::string prefix = source.string() + "/";
    if (file.starts_with(prefix)) file.erase(0, prefix.size());
    // kbuild shortens the path of the source where it can.
    if (file.starts_with("../source/")) file.erase(0, std::string_view("../source/").size());
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  }
  return files;
}

std::string blame(const std::vector<std::string>& files, const std::vector<patch::Patch>& patches) {
  std::vector<std::string> sentences;
  for (const std::string& file : files)
    for (std::size_t i = patches.size(); i-- > 0;) {
      const auto& touched = patches[i].files;
      if (std::find(touched.begin(), touched.end(), file) == touched.end()) continue;
      sentences.push_back(fmt::format("{} was last touched by patch {} of {}, \"{}\"", file, i + 1,
                                      patches.size(), patches[i].name));
      break;
    }
  return fmt::format("{}", fmt::join(sentences, "\n"));
}

void remove_unfinished(const fs::path& build) {
  for (const auto& file : fs::recursive_directory_iterator(build)) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with(".") || !name.ends_with(".cmd")) continue;
    const fs::path object = file.path().parent_path() / name.substr(1, name.size() - 5);
    if (fs::exists(object) && fs::last_write_time(object) > file.last_write_time())
      fs::remove(object);
  }
}

}  // namespace kproof::source
