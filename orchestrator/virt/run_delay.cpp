#include "virt/run_delay.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>

namespace kproof::virt {
namespace fs = std::filesystem;

util::Millis parse_run_delay(std::string_view schedstat) {
  const std::size_t at = schedstat.find(' ');
  if (at == schedstat.npos) return util::Millis(0);
  long long nanoseconds = 0;
  const std::string_view rest = schedstat.substr(at + 1);
  if (std::from_chars(rest.data(), rest.data() + rest.size(), nanoseconds).ec != std::errc())
    return util::Millis(0);
  return std::chrono::duration_cast<util::Millis>(std::chrono::nanoseconds(nanoseconds));
}

static std::string first_line(const fs::path& file) {
  std::string line;
  std::getline(std::ifstream(file), line);
  return line;
}

util::Millis run_delay(pid_t pid) {
  util::Millis of_cpus{0}, of_all{0};
  bool named = false;
  std::error_code gone;
  for (fs::directory_iterator at(fmt::format("/proc/{}/task", pid), gone), end; at != end;
       at.increment(gone)) {
    const util::Millis delay = parse_run_delay(first_line(at->path() / "schedstat"));
    of_all = std::max(of_all, delay);
    if (!first_line(at->path() / "comm").starts_with("CPU ")) continue;
    named = true;
    of_cpus = std::max(of_cpus, delay);
  }
  return named ? of_cpus : of_all;
}

}  // namespace kproof::virt
