#include "cli/log_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <unistd.h>

#include "console/kmsg.hpp"
#include "console/kmsg_analyzer.hpp"
#include "console/line.hpp"
#include "console/rows.hpp"
#include "console/shape.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"

namespace kproof::cli {

static util::Fd open_log(const std::string& file) {
  util::Fd fd(file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd)
    throw ConfigError(fmt::format("cannot open {}: {}", file, std::strerror(errno)),
                      "name a console log, or - for standard input");
  return fd;
}

namespace {
struct Form {
  std::string_view magic;
  const char* what;
  const char* reader;  // a command that prints the text in it; {} is the file
};
}  // namespace

static constexpr std::array<Form, 11> kForms{{
    {"\x1f\x8b", "gzip", "zcat {}"},
    {"\xfd\x37zXZ", "xz", "xzcat {}"},
    {"\x28\xb5\x2f\xfd", "zstd", "zstdcat {}"},
    {"BZh", "bzip2", "bzcat {}"},
    {"\x04\x22\x4d\x18", "lz4", "lz4 -dc {}"},
    {"PK\x03\x04", "zip", "unzip -p {}"},
    {"LPKSHHRH", "a journal of systemd", "journalctl -k --file {}"},
    {"KDUMP   ", "a dump of a kernel's memory", "makedumpfile --dump-dmesg {} /dev/stdout"},
    {"\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8 {}"},
    {"\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8 {}"},
    {"\x7f\x45LF", "an ELF file", ""},
}};

// Serial lines have noise, a guest may print anything, and a crash leaves holes of NULs in files;
// but most of the rest can be read. Little of it, as a pipe gives at first, decides nothing.
static bool is_mostly_text(std::string_view piece) {
  constexpr std::size_t kLeast = 1024;
  std::size_t text = 0, odd = 0;
  for (const unsigned char c : piece) {
    const bool readable =
        (c >= ' ' && c < 0x7f) || c == '\t' || c == '\n' || c == '\r' || c == 0x1b;
    text += readable;
    odd += !readable && c != 0;
  }
  return text > odd || piece.size() < kLeast;
}

// UTF-16 without a mark at its beginning: every second byte is NUL, the first or the second of each
// two. Holes of NULs, which a crash leaves in files, are whole.
static const Form* unmarked_utf16(std::string_view beginning) {
  static constexpr Form kBig{"", "UTF-16BE", "iconv -f UTF-16BE -t UTF-8 {}"};
  static constexpr Form kLittle{"", "UTF-16LE", "iconv -f UTF-16LE -t UTF-8 {}"};
  constexpr std::size_t kLeast = 32, kMost = 2048;
  const std::size_t pairs = std::min(beginning.size() / 2, kMost);
  std::size_t big = 0, little = 0;
  for (std::size_t i = 0; i < 2 * pairs; i += 2) {
    big += beginning[i] == 0 && beginning[i + 1] != 0;
    little += beginning[i] != 0 && beginning[i + 1] == 0;
  }
  if (pairs < kLeast) return nullptr;
  return big * 10 > pairs * 8 ? &kBig : little * 10 > pairs * 8 ? &kLittle : nullptr;
}

static const Form* form_of(std::string_view beginning) {
  const auto form = std::ranges::find_if(
      kForms, [&](const Form& form) { return beginning.starts_with(form.magic); });
  return form != kForms.end() ? &*form : unmarked_utf16(beginning);
}

static void refuse_other_forms(const std::string& file, const std::string& shown,
                               std::string_view beginning) {
  const Form* form = form_of(beginning);
  if (!form) return;
  const std::string fact = fmt::format("{} is {} and no log", shown, form->what);
  if (*form->reader == 0)
    throw ConfigError(fact, "name a console log; its kernel goes to --vmlinux");
  throw ConfigError(fact, fmt::format(fmt::runtime(form->reader), file == "-" ? "FILE" : file) +
                              " | kproof analyze -");
}

// Calls `is_done` with one line after the other until it says so.
template <class Done>
static bool any_line(std::string_view text, Done is_done) {
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t end = std::min(text.find('\n', pos), text.size());
    if (is_done(text.substr(pos, end - pos))) return true;
    pos = end + 1;
  }
  return false;
}

// As the first line says. A piece of a log may begin amid a record, or with a " KEY=value" of it:
// then all others do.
static bool are_records(std::string_view lines) {
  const std::size_t first = std::min(lines.find('\n'), lines.size());
  if (console::parse_kmsg(lines.substr(0, first))) return true;
  std::size_t records = 0;
  const bool other =
      any_line(lines.substr(std::min(first + 1, lines.size())), [&](std::string_view line) {
        const bool record = console::parse_kmsg(line).has_value();
        records += record;
        return !record && !line.starts_with(' ');
      });
  return records > 0 && !other;
}

// Without a time stamp, as dmesg -t prints it: "usb 1-1: ", "ahci 0000:00:1f.2: ",
// "EXT4-fs (vda): ".
static bool names_device(const std::string& line) {
  static const RE2 re(
      R"(^[\w-]+ (?:\d+-\d[\d.]*(?::\d[\d.]*)?|[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d|\([\w-]+\)): |)"
      R"(^(?:ACPI|PCI|BIOS-e820|clocksource|smpboot|rcu|random|audit): )");
  return RE2::PartialMatch(line, re);
}

static bool is_kernels(std::string_view raw) {
  const std::string line = console::clean(raw);
  const console::Prefix prefix = console::parse_any_prefix(line);
  return prefix.marked || prefix.usec || names_device(line) ||
         console::begins_as_kernels(std::string_view(line).substr(prefix.size)) ||
         line.find(console::interest::kBanner) != std::string::npos;
}

namespace {
// Whichever analyser the first lines call for.
class LogReader {
 public:
  void feed(std::string_view piece) {
    if (!begun_) {
      head_ += piece;
      if (std::ranges::count(head_, '\n') < kHead && head_.size() < kMostHead) return;
      return begin();
    }
    pass(piece);
  }
  LogContent finish() {
    if (!begun_) begin();
    if (!records_) {
      console_.finish();
      return {.findings = console_.findings(), .facts = console_.facts(), .of_kernel = of_kernel_};
    }
    kmsg_.finish();
    return {.findings = kmsg_.findings(),
            .facts = kmsg_.facts(),
            .lost_records = kmsg_.lost() - kmsg_.first_seq(),
            .malformed = kmsg_.malformed(),
            .first_record = kmsg_.first_seq(),
            .of_kernel = true};
  }

 private:
  static constexpr std::ptrdiff_t kHead = 6;  // lines
  static constexpr std::size_t kMostHead = 64 << 10;

  void begin() {
    begun_ = true;
    const std::string_view head(head_);
    std::size_t end = 0;
    for (std::ptrdiff_t line = 0; line < kHead && end < head.size(); ++line)
      end = std::min(head.find('\n', end), head.size() - 1) + 1;
    records_ = are_records(head.substr(0, end));
    pass(head);
    head_.clear();
  }
  void pass(std::string_view piece) {
    if (records_) return kmsg_.feed(piece);
    // Each of the first lines, and then every 16th: a build's log may be long.
    of_kernel_ = of_kernel_ || any_line(piece, [this](std::string_view line) {
                   return (++looked_at_ <= 4096 || looked_at_ % 16 == 0) && is_kernels(line);
                 });
    console_.feed(piece);
  }

  bool begun_ = false, records_ = false, of_kernel_ = false;
  std::size_t looked_at_ = 0;  // lines, until one is the kernel's
  std::string head_;           // until there is enough of it
  console::Analyzer console_;
  console::KmsgAnalyzer kmsg_;
};
}  // namespace

LogContent read_log(const std::string& file) {
  const util::Fd fd = open_log(file);
  const std::string shown = file == "-" ? "standard input" : file;
  std::vector<char> buffer(1 << 20);
  LogReader reader;
  bool text = true;
  for (bool first = true;; first = false) {
    const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
    if (size == 0 && first)
      throw ConfigError(fmt::format("{} is empty, and says nothing of a kernel", shown),
                        "name a console log; before a pipe, look at what the command says");
    if (size == 0) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EISDIR)
      throw ConfigError(fmt::format("{} is a directory", file), "name a console log in it");
    if (size < 0) throw HostError(fmt::format("cannot read {}: {}", file, std::strerror(errno)));
    const std::string_view piece(buffer.data(), static_cast<std::size_t>(size));
    if (first) refuse_other_forms(file, shown, piece);
    if (first) text = is_mostly_text(piece);
    reader.feed(piece);
  }
  LogContent content = reader.finish();
  if (!text && content.findings.empty())  // that nothing was found says nothing
    throw ConfigError(fmt::format("{} is mostly no text, and so no log", shown),
                      "name a console log, as text");
  return content;
}

}  // namespace kproof::cli
