#include "ftrace/trace_dat.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "util/error.hpp"

namespace kproof::ftrace {

static constexpr std::string_view kPages = "/trace_pipe_raw";
static constexpr std::size_t kPage = 4096;  // x86-64's, which is all that is read here

namespace {
// Appends in the order of bytes that the head of the file tells of: little-endian.
class Writer {
 public:
  template <class T>
  void number(T value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
      text_ += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
  void raw(std::string_view bytes) { text_ += bytes; }
  void name(std::string_view name) { raw(name), text_ += '\0'; }
  template <class Size>
  void sized(std::string_view bytes) {
    number(static_cast<Size>(bytes.size()));
    raw(bytes);
  }
  void fill_page() { text_.resize((text_.size() + kPage - 1) / kPage * kPage); }
  std::size_t size() const { return text_.size(); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};
}  // namespace

static const std::string& file(const Files& files, const std::string& name) {
  static const std::string kNone;
  const auto found = files.find(name);
  return found == files.end() ? kNone : found->second;
}

static const std::string& needed(const Files& files, const std::string& name) {
  const std::string& content = file(files, name);
  if (content.empty())
    throw HostError(fmt::format("the guest sent no {}, and so no trace", name),
                    "its console.log may say why");
  return content;
}

// "N" of "per_cpu/cpuN/<what>".
static std::optional<unsigned> cpu_of(std::string_view name, std::string_view what) {
  constexpr std::string_view kBefore = "per_cpu/cpu";
  if (!name.starts_with(kBefore) || !name.ends_with(what)) return std::nullopt;
  unsigned cpu = 0;
  const char* const begin = name.data() + kBefore.size();
  const char* const end = name.data() + name.size() - what.size();
  const auto [next, error] = std::from_chars(begin, end, cpu);
  if (error != std::errc() || next != end) return std::nullopt;
  return cpu;
}

// Of events/SYSTEM/EVENT/format: by system.
static std::map<std::string, std::vector<std::string_view>> formats_of(const Files& files) {
  constexpr std::string_view kEvents = "events/", kFormat = "/format";
  std::map<std::string, std::vector<std::string_view>> formats;
  for (const auto& [name, content] : files) {
    if (!name.starts_with(kEvents) || !name.ends_with(kFormat)) continue;
    const std::string path =
        name.substr(kEvents.size(), name.size() - kEvents.size() - kFormat.size());
    if (const std::size_t slash = path.find('/'); slash != path.npos)
      formats[path.substr(0, slash)].push_back(content);
  }
  return formats;
}

static void write_head(Writer& out, const Files& files) {
  constexpr char kLittleEndian = 0, kLongSize = 8;
  out.raw("\x17\x08\x44tracing");
  out.name("6");
  out.raw({&kLittleEndian, 1});
  out.raw({&kLongSize, 1});
  out.number(static_cast<std::uint32_t>(kPage));
  out.name("header_page");
  out.sized<std::uint64_t>(needed(files, "events/header_page"));
  out.name("header_event");
  out.sized<std::uint64_t>(needed(files, "events/header_event"));
}

// The kernel's own events (markers, functions) stand before those of its systems.
static void write_formats(Writer& out, const Files& files) {
  auto systems = formats_of(files);
  const auto own = systems.extract("ftrace");
  out.number(static_cast<std::uint32_t>(own.empty() ? 0 : own.mapped().size()));
  if (!own.empty())
    for (const std::string_view format : own.mapped())
      out.sized<std::uint64_t>(format);
  out.number(static_cast<std::uint32_t>(systems.size()));
  for (const auto& [system, formats] : systems) {
    out.name(system);
    out.number(static_cast<std::uint32_t>(formats.size()));
    for (const std::string_view format : formats)
      out.sized<std::uint64_t>(format);
  }
}

static void write_names(Writer& out, const Files& files) {
  out.sized<std::uint32_t>(file(files, "kallsyms"));
  out.sized<std::uint32_t>(file(files, "printk_formats"));
  out.sized<std::uint64_t>(file(files, "saved_cmdlines"));
}

static std::vector<std::string_view> buffers_of(const Files& files) {
  std::vector<std::string_view> buffers;
  for (const auto& [name, pages] : files) {
    const auto cpu = cpu_of(name, kPages);
    if (!cpu || *cpu >= 4096) continue;
    if (pages.size() % kPage != 0)
      throw HostError(fmt::format("{} has {} bytes, which are no pages", name, pages.size()));
    if (buffers.size() <= *cpu) buffers.resize(*cpu + 1);
    buffers[*cpu] = pages;
  }
  return buffers;
}

// trace-cmd-private.h: TRACECMD_OPTION_...
static void write_options(Writer& out, const Files& files, const std::string& uname) {
  enum : std::uint16_t { kDone = 0, kCpuStats = 2, kClock = 4, kUname = 5 };
  const auto option = [&](std::uint16_t id, const std::string& text) {
    out.number(id);
    out.sized<std::uint32_t>(std::string_view(text.c_str(), text.size() + 1));
  };
  out.name("options  ");
  for (const auto& [name, content] : files)
    if (const auto cpu = cpu_of(name, "/stats"))
      option(kCpuStats, fmt::format("CPU: {}\n{}", *cpu, content));
  if (!file(files, "trace_clock").empty()) option(kClock, file(files, "trace_clock"));
  option(kUname, uname);
  out.number(static_cast<std::uint16_t>(kDone));
}

// Each CPU's pages begin with a page of the file.
static void write_pages(Writer& out, const std::vector<std::string_view>& buffers) {
  constexpr std::size_t kEntry = 2 * sizeof(std::uint64_t);
  out.name("flyrecord");
  std::size_t at = (out.size() + buffers.size() * kEntry + kPage - 1) / kPage * kPage;
  for (const std::string_view pages : buffers) {
    out.number(static_cast<std::uint64_t>(at));
    out.number(static_cast<std::uint64_t>(pages.size()));
    at += pages.size();
  }
  out.fill_page();
  for (const std::string_view pages : buffers)
    out.raw(pages);
}

std::string trace_dat(const Files& files, const std::string& uname) {
  const auto buffers = buffers_of(files);
  Writer out;
  write_head(out, files);
  write_formats(out, files);
  write_names(out, files);
  out.number(static_cast<std::uint32_t>(buffers.size()));
  write_options(out, files, uname);
  write_pages(out, buffers);
  return out.take();
}

// "overrun: 12", in a line of its own.
static std::uint64_t number_behind(const std::string& text, const std::string& key) {
  const std::size_t at = ("\n" + text).find("\n" + key + ": ");
  if (at == text.npos) return 0;
  std::uint64_t number = 0;
  const std::size_t begin = at + key.size() + 2;
  std::from_chars(text.data() + begin, text.data() + text.size(), number);
  return number;
}

std::vector<CpuStats> stats_of(const Files& files) {
  std::vector<CpuStats> all;
  for (const auto& [name, text] : files)
    if (const auto cpu = cpu_of(name, "/stats"))
      all.push_back({*cpu, number_behind(text, "entries"), number_behind(text, "overrun"),
                     number_behind(text, "dropped events")});
  std::ranges::sort(all, {}, &CpuStats::cpu);
  return all;
}

}  // namespace kproof::ftrace
