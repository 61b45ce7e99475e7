#include "host/cpuinfo.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include <cpuid.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "util/files.hpp"
#include "util/text.hpp"

namespace kproof::host {

// The value of the first line "key<blanks>: value" or "key=value".
static std::string field(const char* file, std::string_view key, char separator) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    std::size_t at = line.find(separator);
    if (at == std::string::npos) continue;
    at = line.find_first_not_of(" \t\"", at + 1);
    std::string value = at == std::string::npos ? "" : line.substr(at);
    while (!value.empty() && (value.back() == '"' || value.back() == ' '))
      value.pop_back();
    return value;
  }
  return "";
}

bool has_cpu_flag(std::string_view flag) {
  std::istringstream flags(field("/proc/cpuinfo", "flags", ':'));
  for (std::string word; flags >> word;)
    if (word == flag) return true;
  return false;
}

std::string hypervisor() {
  unsigned a = 0;
  std::array<unsigned, 3> name{};
  if (!__get_cpuid(1, &a, &name[0], &name[1], &name[2]) || !(name[1] >> 31)) return "";
  __cpuid(0x40000000, a, name[0], name[1], name[2]);
  std::array<char, sizeof name + 1> text{};
  std::memcpy(text.data(), name.data(), sizeof name);
  return text.data();
}

static std::uint64_t memory() {
  const auto total = util::line_behind(util::read_file("/proc/meminfo"), "MemTotal:");
  return std::strtoull(total.value_or("").c_str(), nullptr, 10) << 10;
}

model::HostFacts machine_facts() {
  model::HostFacts facts;
  utsname uts{};
  ::uname(&uts);
  facts.hostname = uts.nodename;
  facts.kernel = uts.release;
  facts.os = field("/etc/os-release", "PRETTY_NAME", '=');
  facts.cpu = field("/proc/cpuinfo", "model name", ':');
  facts.cores = std::max(1u, std::thread::hardware_concurrency());
  facts.memory = memory();
  return facts;
}

}  // namespace kproof::host
