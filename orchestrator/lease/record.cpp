#include "lease/record.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/hash.hpp"

namespace kproof::lease {
namespace fs = std::filesystem;

static constexpr std::string_view kHead = "kproof lease 1\n";
static constexpr std::size_t kLongest = 120;  // of a value

static std::string_view word_of(State state) {
  static constexpr std::string_view kWords[] = {"held", "given back", "failed", "done"};
  return kWords[static_cast<std::size_t>(state)];
}

static std::optional<State> state_of(const std::string& word) {
  for (const State state : {State::held, State::given_back, State::failed, State::done})
    if (word_of(state) == word) return state;
  return std::nullopt;
}

static std::string line(std::string_view key, std::string_view value) {
  std::string text = fmt::format("{}: {}", key, value.substr(0, kLongest));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return text + "\n";
}

std::string to_text(const Record& record) {
  const Holder& holder = record.holder;
  std::string text(kHead);
  text += line("host", holder.host) + line("boot", holder.boot_id) +
          line("namespace", holder.pid_namespace) + line("pid", std::to_string(holder.pid)) +
          line("started", std::to_string(holder.start_time)) + line("worker", holder.worker) +
          line("state", word_of(record.state)) + line("beat", std::to_string(record.beat)) +
          line("since", record.since) + line("until", record.until) + line("why", record.why);
  const std::string sum = line("sum", util::Hasher().add(text).hex());
  text.resize(kRecordSize - sum.size(), '\n');
  return text + sum;
}

static std::map<std::string, std::string> lines_of(std::string_view text) {
  std::map<std::string, std::string> lines;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('\n'));
    if (const std::size_t colon = one.find(": "); colon != one.npos)
      lines.emplace(one.substr(0, colon), one.substr(colon + 2));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return lines;
}

template <class Int>
static bool read_number(const std::string& text, Int& number) {
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != text.npos)
    return false;
  number = static_cast<Int>(std::stoull(text));
  return true;
}

// What to_text() would write again, byte by byte, is what it wrote.
std::optional<Record> parse(std::string_view text) {
  if (text.size() != kRecordSize || !text.starts_with(kHead)) return std::nullopt;
  auto lines = lines_of(text);
  Record record;
  Holder& holder = record.holder;
  holder.host = lines["host"];
  holder.boot_id = lines["boot"];
  holder.pid_namespace = lines["namespace"];
  holder.worker = lines["worker"];
  record.since = lines["since"];
  record.until = lines["until"];
  record.why = lines["why"];
  const auto state = state_of(lines["state"]);
  if (!state || !read_number(lines["pid"], holder.pid) ||
      !read_number(lines["started"], holder.start_time) || !read_number(lines["beat"], record.beat))
    return std::nullopt;
  record.state = *state;
  if (to_text(record) != text) return std::nullopt;
  return record;
}

static std::string first_line_of(const fs::path& path) {
  const std::string text = util::read_file(path);
  return text.substr(0, text.find('\n'));
}

// The name of a program may hold blanks and parentheses; what follows the last one is numbers.
static std::optional<std::uint64_t> start_time_of(std::int64_t pid) {
  try {
    const std::string text = util::read_file(fmt::format("/proc/{}/stat", pid));
    std::size_t at = text.rfind(')');
    constexpr int kFieldsBehindName = 20;
    for (int i = 0; i < kFieldsBehindName && at != text.npos; ++i)
      at = text.find(' ', at + 1);
    std::uint64_t ticks = 0;
    if (at == text.npos || text.size() < at + 2 || text[at - 1] == ')') return std::nullopt;
    const std::size_t end = text.find(' ', at + 1);
    if (!read_number(text.substr(at + 1, end - at - 1), ticks)) return std::nullopt;
    // A zombie runs no more.
    return text[text.rfind(')') + 2] == 'Z' ? std::nullopt : std::optional(ticks);
  } catch (const HostError&) {
    return std::nullopt;
  }
}

Holder this_process(std::string worker) {
  char name[256] = {};
  ::gethostname(name, sizeof name - 1);
  return {.host = name,
          .boot_id = first_line_of("/proc/sys/kernel/random/boot_id"),
          .pid_namespace = fs::read_symlink("/proc/self/ns/pid").string(),
          .pid = ::getpid(),
          .start_time = start_time_of(::getpid()).value_or(0),
          .worker = std::move(worker)};
}

std::optional<bool> runs(const Holder& holder, const Holder& self) {
  if (holder.host != self.host) return std::nullopt;
  if (holder.boot_id != self.boot_id) return false;  // that host has booted since
  if (holder.pid_namespace != self.pid_namespace) return std::nullopt;
  return start_time_of(holder.pid) == holder.start_time;
}

}  // namespace kproof::lease
