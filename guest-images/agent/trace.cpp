#include "trace.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sstream>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "machine/parked_cpus.hpp"
#include "machine/sysfs.hpp"

namespace kproof::guest {
using agent::Type;
namespace sysfs = machine::sysfs;

static const std::string kTracing = "/sys/kernel/tracing/";
static constexpr const char* kStopAtWarning = "/proc/sys/kernel/traceoff_on_warning";

// To the end of a file, which a truncated one would lose: kprobes of others.
static int append(const std::string& path, const std::string& text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = ::write(fd, text.data(), text.size()) < 0 ? errno : 0;
  ::close(fd);
  return error;
}

// "kvm/kvm_exit".
static std::vector<std::string> all_events() {
  std::vector<std::string> all;
  for (const std::string& system : sysfs::list(kTracing + "events"))
    for (const std::string& event : sysfs::list(kTracing + "events/" + system))
      if (sysfs::exists(kTracing + "events/" + system + "/" + event + "/enable"))
        all.push_back(system + "/" + event);
  return all;
}

// In the kernel's own words, where it has some (5.2 and later).
static std::string why_no_probe(int error) {
  std::string why = std::strerror(error), word;
  std::istringstream log(sysfs::read(kTracing + "error_log"));
  for (std::string line; std::getline(log, line);)
    if (const std::size_t at = line.find("error: "); at != line.npos) word = line.substr(at + 7);
  return word.empty() ? why : why + " (" + word + ")";
}

void Trace::probe(const std::string& function) {
  ::close(::open((kTracing + "error_log").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (const int error = append(kTracing + "kprobe_events", kprobe_of(function)))
    traced_.problems.push_back(function + " cannot be probed: " + why_no_probe(error));
}

void Trace::enable(const std::string& pattern) {
  bool found = false;
  for (const std::string& event : traced_.known) {
    if (!names_event(pattern, event)) continue;
    found = true;
    if (std::find(enabled_.begin(), enabled_.end(), event) == enabled_.end())
      enabled_.push_back(event);
  }
  if (!found) traced_.unknown.push_back(pattern);
}

std::string Trace::prepare(Port& port) {
  if (!sysfs::exists(kTracing + "events")) return "tracing: this kernel has no trace events";
  sysfs::try_write(kTracing + "tracing_on", "0");
  for (const std::string& function : asked_.probes)
    probe(function);
  traced_.known = all_events();
  for (const std::string& pattern : asked_.events)
    enable(pattern);
  if (!asked_.probes.empty() && traced_.problems.size() < asked_.probes.size()) enable("kproof:*");
  if (!traced_.unknown.empty()) {
    port.send(Type::traced, agent::to_json(traced_));
    return "tracing: this kernel has no event " + traced_.unknown.front();
  }
  traced_.known.clear();
  const std::string size = std::to_string(asked_.buffer >> 10);
  if (const int error = sysfs::try_write(kTracing + "buffer_size_kb", size))
    traced_.problems.push_back("buffer_size_kb " + size + ": " + std::strerror(error));
  sysfs::try_write(kStopAtWarning, "1");
  const machine::ParkedCpus parked;  // an event that is turned on is patched in
  for (const std::string& event : enabled_)
    if (const int error = sysfs::try_write(kTracing + "events/" + event + "/enable", "1"))
      traced_.problems.push_back(event + " cannot be enabled: " + std::strerror(error));
  return enabled_.empty() ? "tracing: none of the functions can be probed: " +
                                (traced_.problems.empty() ? "" : traced_.problems.front())
                          : "";
}

static void mark(const std::string& text) {
  sysfs::try_write(kTracing + "trace_marker", "kproof: " + text + "\n");
}

void Trace::start() {
  sysfs::try_write(kTracing + "tracing_on", "1");
  recording_ = true;
  mark("the case starts");
}

void Trace::hear(std::string_view output) {
  if (const auto line = failure_.hear(output)) stop(*line);
}

void Trace::stop(const std::string& why) {
  if (!recording_ || stopped_) return;
  stopped_ = true;
  const bool warned = sysfs::read(kTracing + "tracing_on") == "0";
  traced_.stopped = warned ? "the kernel stopped it, as it does at a WARNING" : why;
  if (!warned) mark(why);
  sysfs::try_write(kTracing + "tracing_on", "0");
  list_sources();
}

// Counters first: to read a buffer empties it.
void Trace::list_sources() {
  const auto add = [this](const std::string& name) { sources_.push_back({name, kTracing + name}); };
  for (const char* name : {"events/header_page", "events/header_event", "trace_clock",
                           "printk_formats", "saved_cmdlines"})
    add(name);
  for (const std::string& event : sysfs::list(kTracing + "events/ftrace"))
    add("events/ftrace/" + event + "/format");
  for (const std::string& event : enabled_)
    add("events/" + event + "/format");
  const auto cpus = sysfs::list(kTracing + "per_cpu");
  for (const std::string& cpu : cpus)
    add("per_cpu/" + cpu + "/stats");
  sources_.push_back(
      {.name = std::string(agent::kTraceSymbols), .path = "/proc/kallsyms", .functions = true});
  for (const std::string& cpu : cpus)
    sources_.push_back({.name = "per_cpu/" + cpu + "/trace_pipe_raw",
                        .path = kTracing + "per_cpu/" + cpu + "/trace_pipe_raw",
                        .pages = true});
}

// The next one that can be opened.
bool Trace::next_source() {
  while (fd_ < 0 && !sources_.empty()) {
    source_ = std::move(sources_.front());
    sources_.pop_front();
    fd_ = ::open(source_.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd_ < 0 && source_.pages)
      traced_.problems.push_back(source_.name + ": " + std::strerror(errno));
  }
  return fd_ >= 0;
}

void Trace::close_source() {
  ::close(std::exchange(fd_, -1));
  rest_.clear();
}

static std::string functions_in(const std::string& text, std::string& rest) {
  std::string functions;
  std::size_t begin = 0;
  for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1)
    if (const std::string line = text.substr(begin, end + 1 - begin); is_function(line))
      functions += line;
  rest = text.substr(begin);
  return functions;
}

// Up to the size of a piece; at its end the source is closed. May be empty before that.
std::string Trace::read_piece() {
  std::string piece = std::move(rest_);
  rest_.clear();
  char buffer[65536];
  while (piece.size() < agent::kTracePiece) {
    const std::size_t room = std::min(sizeof buffer, agent::kTracePiece - piece.size());
    const ssize_t n = ::read(fd_, buffer, room);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      const std::string last = source_.functions ? functions_in(piece, rest_) : piece;
      close_source();
      return last;
    }
    piece.append(buffer, static_cast<std::size_t>(n));
  }
  return source_.functions ? functions_in(piece, rest_) : piece;
}

void Trace::send_piece(Port& port) {
  if (!next_source()) {
    said_ = true;
    port.send(Type::traced, agent::to_json(traced_));
    return;
  }
  const std::string name = source_.name;
  const std::string piece = read_piece();
  constexpr std::size_t kRoomForFew = 1 << 20;
  if (sent_ + piece.size() > agent::kMostTrace - kRoomForFew) {
    traced_.problems.push_back(name + " and what follows it: more than may be sent");
    if (fd_ >= 0) close_source();
    sources_.clear();
    return;
  }
  const std::string payload = name + "\n" + piece;
  sent_ += payload.size();
  port.send(Type::trace, payload);
}

}  // namespace kproof::guest
