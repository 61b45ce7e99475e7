#include "cli/kernel_of_log.hpp"

#include <sstream>

#include <fmt/format.h>
#include <re2/re2.h>

namespace kproof::cli {

// lib/dump_stack.c: dump_stack_print_info(). Flags of a taint are letters and blanks; the build ID
// is there with CONFIG_STACKTRACE_BUILD_ID.
std::set<KernelBuild> builds_in(std::string_view excerpt) {
  static const RE2 form(
      R"re( (?:Not tainted|Tainted: [A-Z ]+) (\d+\.\d\S*) (#\d+)(?:.* ([0-9a-f]{40}))?)re",
      RE2::Latin1);
  std::set<KernelBuild> builds;
  std::istringstream lines{std::string(excerpt)};
  KernelBuild build;
  for (std::string line; std::getline(lines, line);)
    if (RE2::PartialMatch(line, form, &build.release, &build.number, &build.build_id))
      builds.insert(build);
  return builds;
}

// "Linux version 6.1.0 (who@where) (gcc ..., GNU ld ...) #2 SMP PREEMPT_DYNAMIC <date>"
KernelBuild build_in_banner(std::string_view image, std::string release) {
  KernelBuild build{.release = std::move(release), .number = "", .build_id = ""};
  if (build.release.empty()) return build;
  const std::size_t at = image.find(fmt::format("Linux version {} ", build.release));
  if (at == image.npos) return build;
  const std::string_view rest = image.substr(at, 1024);
  const std::string_view banner = rest.substr(0, rest.find_first_of(std::string_view("\n\0", 2)));
  const std::size_t number = banner.find(") #");
  if (number == banner.npos) return build;
  const std::string_view version = banner.substr(number + 2);
  build.number = version.substr(0, version.find(' '));
  return build;
}

static bool differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

std::optional<Difference> difference(const KernelBuild& log, const KernelBuild& file) {
  const auto with = [](const KernelBuild& build, std::string_view what, const std::string& value) {
    return fmt::format("{}{}{}", build.release.empty() ? "a kernel" : build.release, what, value);
  };
  if (differ(log.release, file.release)) return Difference{log.release, file.release};
  if (differ(log.build_id, file.build_id))
    return Difference{with(log, " with build ID ", log.build_id),
                      with(file, " with build ID ", file.build_id)};
  if (differ(log.number, file.number))
    return Difference{with(log, " ", log.number), with(file, " ", file.number)};
  return std::nullopt;
}

std::optional<Difference> difference(const std::set<KernelBuild>& log, const KernelBuild& file) {
  std::optional<Difference> differs;
  for (const KernelBuild& build : log) {
    differs = difference(build, file);
    if (!differs) break;
  }
  return differs;
}

}  // namespace kproof::cli
