#include "cache/holders.hpp"

#include <algorithm>
#include <charconv>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"

namespace kproof::cache {
namespace fs = std::filesystem;

static std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string_view word = line.substr(0, line.find(' '));
    if (!word.empty()) words.push_back(word);
    line.remove_prefix(word.size());
  }
  return words;
}

template <class Number>
static bool read_number(std::string_view text, Number& number) {
  const auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, number).ptr == end && !text.empty();
}

// "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234567 0 EOF"; "1: -> FLOCK ..." waits for that one.
LockOwners parse_locks(std::string_view text) {
  LockOwners owners;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto words = words_of(line);
    if (words.size() < 6 || words[1] != "FLOCK") continue;
    pid_t pid = 0;
    ino_t inode = 0;
    if (read_number(words[4], pid) && pid > 0 &&
        read_number(words[5].substr(words[5].rfind(':') + 1), inode))
      owners.emplace(inode, pid);
  }
  return owners;
}

Hold hold_of(const fs::path& file, const LockOwners& owners) {
  const util::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return {};
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return {};
  Hold hold{.held = true, .pids = {}};
  const auto [first, last] = owners.equal_range(status.st_ino);
  for (auto owner = first; owner != last; ++owner)
    hold.pids.push_back(owner->second);
  return hold;
}

// Without the directory of the program, and not for ever.
static std::string command_line(std::string raw) {
  while (!raw.empty() && raw.back() == '\0')
    raw.pop_back();
  std::ranges::replace(raw, '\0', ' ');
  const std::size_t program = raw.substr(0, raw.find(' ')).rfind('/');
  if (program != raw.npos) raw.erase(0, program + 1);
  return raw.size() > 60 ? raw.substr(0, 57) + "..." : raw;
}

std::string process_name(pid_t pid) {
  try {
    const std::string name = command_line(util::read_file(fmt::format("/proc/{}/cmdline", pid)));
    if (!name.empty()) return fmt::format("{}, pid {}", name, pid);
  } catch (const HostError&) {  // it has ended
  }
  return fmt::format("pid {}", pid);
}

}  // namespace kproof::cache
