#include "run/console_tail.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace kproof::run {

ConsoleTail::ConsoleTail(std::filesystem::path path, std::string nonce)
    : path_(std::move(path)),
      analyzer_({.stamps = console::Stamps::required, .nonce = std::move(nonce)}),
      buffer_(1 << 20, '\0') {}

static constexpr std::size_t kKept = 1024;

ConsoleSaw ConsoleTail::look(const Listener& listener) {
  if (!fd_) fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  // Nothing there is what QEMU has not made yet; all else will not mend itself.
  if (!fd_ && errno != ENOENT && unreadable_.empty())
    unreadable_ =
        fmt::format("the console cannot be read: {}: {}", path_.string(), std::strerror(errno));
  for (ssize_t n = 1; fd_ && n > 0;) {
    n = ::read(fd_.get(), buffer_.data(), buffer_.size());
    if (n <= 0) break;
    const std::string_view fresh(buffer_.data(), static_cast<std::size_t>(n));
    analyzer_.feed(fresh);
    if (listener) listener(fresh);
    bytes_ += fresh.size();
    end_ += fresh.substr(fresh.size() - std::min(fresh.size(), kKept));
    if (end_.size() > kKept) end_.erase(0, end_.size() - kKept);
  }
  const console::Facts facts = analyzer_.facts();
  return {.panicked = facts.panicked,
          .power_down = facts.power_down,
          .restarting = facts.restarting,
          .powered_off = facts.powered_off,
          .bytes = bytes_,
          .agent_problem = facts.agent_problem,
          .oopsed = facts.oopsed,
          .reports = facts.started,
          .unreadable = unreadable_};
}

std::string ConsoleTail::last_report() const {
  const auto findings = analyzer_.findings();
  return findings.empty() ? last_line() : findings.back().title;
}

std::string ConsoleTail::last_line() const {
  constexpr std::size_t kLongest = 200;
  const std::size_t last = end_.find_last_not_of("\r\n ");
  if (last == std::string::npos) return "";
  const std::size_t newline = end_.find_last_of('\n', last);
  const std::size_t begin = newline == std::string::npos ? 0 : newline + 1;
  return end_.substr(begin, std::min(last + 1 - begin, kLongest));
}

}  // namespace kproof::run
