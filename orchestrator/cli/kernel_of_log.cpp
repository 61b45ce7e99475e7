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

// "6.1.0 (who@where) (gcc ..., GNU ld ...) #2 SMP PREEMPT_DYNAMIC <date>"
static KernelBuild build_of(std::string_view banner) {
  KernelBuild build;
  while (!banner.empty() && (banner.back() == ' ' || banner.back() == '\r'))
    banner.remove_suffix(1);
  build.release = banner.substr(0, banner.find(' '));
  if (const std::size_t number = banner.find(") #"); number != banner.npos) {
    const std::string_view version = banner.substr(number + 2);
    build.number = version.substr(0, version.find(' '));
    build.banner = banner;
  }
  return build;
}

std::set<KernelBuild> builds_of(const std::vector<std::string>& banners) {
  std::set<KernelBuild> builds;
  for (const std::string& banner : banners)
    builds.insert(build_of(banner));
  return builds;
}

std::set<KernelBuild> with_banners(const std::set<KernelBuild>& reports,
                                   const std::set<KernelBuild>& banners) {
  if (reports.empty()) return banners;
  std::set<KernelBuild> builds;
  for (const KernelBuild& report : reports) {
    bool found = false;
    for (KernelBuild boot : banners) {
      if (boot.release != report.release || boot.number != report.number) continue;
      boot.build_id = report.build_id;
      found = builds.insert(boot).second || found;
    }
    if (!found) builds.insert(report);
  }
  return builds;
}

KernelBuild build_in_banner(std::string_view image, std::string release) {
  const std::size_t at =
      release.empty() ? image.npos : image.find(fmt::format("Linux version {} ", release));
  KernelBuild build;
  if (at != image.npos) {
    const std::string_view rest = image.substr(at + std::string_view("Linux version ").size(), 512);
    build = build_of(rest.substr(0, rest.find_first_of(std::string_view("\n\0", 2))));
  }
  build.release = std::move(release);
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
  if (!log.build_id.empty() && !file.build_id.empty()) return std::nullopt;
  // A log may have lost the end of it.
  if (differ(log.banner, file.banner) && !file.banner.starts_with(log.banner) &&
      !log.banner.starts_with(file.banner))
    return Difference{log.banner, file.banner};
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
