#include "lib/ktap.hpp"

#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

#include <unistd.h>

namespace kproof::lib::ktap {

static bool child = false;

static void write_all(int fd, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(fd, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;  // nobody reads; the exit code still tells
    done += static_cast<std::size_t>(n);
  }
}

static std::string vformat(const char* format, va_list args) {
  va_list again;
  va_copy(again, args);
  const int length = std::vsnprintf(nullptr, 0, format, args);
  std::string text(length < 0 ? 0 : static_cast<std::size_t>(length), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

// A control character, or bytes that may be no UTF-8, would make binary data of the document: names
// of tasks may be anything.
static std::string text_only(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\t' && c != '\n') || byte >= 0x7f) c = '?';
  }
  return text;
}

// Names, facts and reasons stand on one line, whatever they were made of.
static std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text_only(std::move(text));
}

// A '#' in a name begins no directive (TAP 14).
static std::string escaped(const char* name) {
  std::string text(name);
  for (std::size_t at = 0; (at = text.find('#', at)) != std::string::npos; at += 2)
    text.insert(at, 1, '\\');
  return text;
}

KPROOF_PRINTF(1, 2) static void line(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const std::string text = vformat(format, args);
  va_end(args);
  write_all(STDOUT_FILENO, one_line(text) + "\n");
}

void version() {
  line("KTAP version 1");
}
void plan(unsigned tests) {
  line("1..%u", tests);
}
void result(unsigned number, bool ok, const char* name) {
  line("%s %u %s", ok ? "ok" : "not ok", number, escaped(name).c_str());
}
void skipped(unsigned number, const char* name, const char* reason) {
  line("ok %u %s # SKIP %s", number, escaped(name).c_str(), reason);
}
void evidence(const char* name, bool proven, const char* fact) {
  line("# evidence %s: %s: %s", name, proven ? "proven" : "unproven", fact);
}
void metric(const char* name, double value, const char* unit) {
  line("# metric %s: %.9g %s", name, value, unit);
}
void metric(const char* name, const std::vector<double>& samples, const char* unit) {
  std::string list;
  for (const double sample : samples) {
    char text[32];
    std::snprintf(text, sizeof text, "%s%.9g", list.empty() ? "" : " ", sample);
    list += text;
  }
  if (!samples.empty()) line("# metric %s: [%s] %s", name, list.c_str(), unit);
}

void vdiagnostic(const char* format, va_list args) {
  std::string text = "# " + text_only(vformat(format, args));
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 3)
    text.replace(at, 1, "\n# ");
  write_all(STDOUT_FILENO, text + "\n");
}

void diagnostic(const char* format, ...) {
  va_list args;
  va_start(args, format);
  vdiagnostic(format, args);
  va_end(args);
}

void bail_out(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const std::string reason = one_line(vformat(format, args));
  va_end(args);
  write_all(child ? STDERR_FILENO : STDOUT_FILENO,
            (child ? "child: " : "Bail out! ") + reason + "\n");
  ::_exit(kExitBailedOut);
}

void skip_all(const char* format, ...) {
  va_list args;
  va_start(args, format);
  const std::string reason = one_line(vformat(format, args));
  va_end(args);
  line("1..0 # SKIP %s", reason.c_str());
  ::_exit(kExitSkipped);
}

void become_child() {
  child = true;
}

}  // namespace kproof::lib::ktap
