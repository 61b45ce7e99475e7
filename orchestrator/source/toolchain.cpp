#include "source/toolchain.hpp"

#include <sstream>

#include <fmt/format.h>

#include "util/error.hpp"
#include "util/subprocess.hpp"

namespace kproof::source {
namespace fs = std::filesystem;

static std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

static void require_programs(const std::string& compiler) {
  struct Need {
    std::string program, package;
  };
  // libelf and openssl are needed by some configs only; make says so itself.
  for (const auto& [program, package] :
       {Need{"make", "make"}, Need{compiler, compiler == "gcc" ? "gcc" : "the compiler"},
        Need{"ld", "binutils"}, Need{"flex", "flex"}, Need{"bison", "bison"}, Need{"bc", "bc"}})
    if (util::search_path(program).empty() && !fs::exists(program))
      throw HostError(fmt::format("a kernel cannot be built here: there is no {}", program),
                      package == "the compiler" ? "install it, or name another (`compiler:`, --cc)"
                                                : fmt::format("apt-get install {}", package));
}

static std::string asked(const std::string& compiler, const char* option) {
  const auto answer =
      util::run({.argv = {compiler, option}, .inherit = util::Command::Inherit::plain});
  if (answer.ok() && !first_line(answer.out).empty()) return answer.out;
  throw HostError(fmt::format("{} is no compiler: `{} {}` says nothing that one would", compiler,
                              compiler, option),
                  "name a gcc or a clang (`compiler:` of the plan, --cc)");
}

Toolchain find_toolchain(const std::string& compiler) {
  require_programs(compiler);
  const bool clang = compiler.find("clang") != std::string::npos;
  const std::string what = asked(compiler, "--version");
  const std::string version = asked(compiler, clang ? "-dumpversion" : "-dumpfullversion");
  const std::string linker = util::run_checked({.argv = {"ld", "--version"}});
  return {.compiler = compiler,
          .version = first_line(version),
          .identity = first_line(what) + "; " + first_line(linker),
          .ccache = !util::search_path("ccache").empty()};
}

bool older(const std::string& version, const std::string& than) {
  std::istringstream a(version), b(than);
  for (;;) {
    std::string left, right;
    const bool more_a = static_cast<bool>(std::getline(a, left, '.'));
    const bool more_b = static_cast<bool>(std::getline(b, right, '.'));
    if (!more_a && !more_b) return false;
    const long x = std::strtol(left.c_str(), nullptr, 10);
    const long y = std::strtol(right.c_str(), nullptr, 10);
    if (x != y) return x < y;
  }
}

void require_new_enough(const Toolchain& toolchain, const fs::path& source,
                        const std::optional<util::User>& user) {
  const fs::path script = source / "scripts/min-tool-version.sh";
  if (!fs::exists(script)) return;
  const bool clang = toolchain.compiler.find("clang") != std::string::npos;
  const auto least = util::run({.argv = {"sh", script.string(), clang ? "llvm" : "gcc"},
                                .inherit = util::Command::Inherit::plain,
                                .user = user});
  const std::string wanted = first_line(least.out);
  if (!least.ok() || wanted.empty() || !older(toolchain.version, wanted)) return;
  throw HostError(fmt::format("{} {} is too old for this kernel, which needs {}",
                              toolchain.compiler, toolchain.version, wanted),
                  "name another compiler with --cc, or build an older kernel");
}

}  // namespace kproof::source
