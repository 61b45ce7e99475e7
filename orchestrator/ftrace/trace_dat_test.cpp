#include "ftrace/trace_dat.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof::ftrace;

static Files sample() {
  return {{"events/header_page", "page"},
          {"events/header_event", "event"},
          {"events/ftrace/print/format", "own"},
          {"events/kvm/kvm_exit/format", "exit"},
          {"events/kvm/kvm_entry/format", "entry"},
          {"events/sched/sched_switch/format", "switch"},
          {"kallsyms", "ffff T f\n"},
          {"saved_cmdlines", "71 case\n"},
          {"trace_clock", "[local] global\n"},
          {"per_cpu/cpu0/stats", "entries: 3\noverrun: 12\ncommit overrun: 7\ndropped events: 1\n"},
          {"per_cpu/cpu1/stats", "entries: 0\noverrun: 0\n"},
          {"per_cpu/cpu10/trace_pipe_raw", std::string(4096, 'z')},
          {"per_cpu/cpu1/trace_pipe_raw", std::string(8192, 'y')}};
}

namespace {
// Reads as trace-cmd does.
class Reader {
 public:
  explicit Reader(std::string text) : text_(std::move(text)) {}
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(text_.at(at_++))) << (8 * i);
    return value;
  }
  std::string bytes(std::size_t n) {
    REQUIRE(at_ + n <= text_.size());
    return text_.substr((at_ += n) - n, n);
  }
  std::string name() {
    std::string name;
    while (const char c = text_.at(at_++))
      name += c;
    return name;
  }
  std::string sized(std::size_t width) { return bytes(number(width)); }
  const std::string& text() const { return text_; }

 private:
  const std::string text_;
  std::size_t at_ = 0;
};
}  // namespace

TEST_CASE("a trace.dat has all parts in the order that trace-cmd reads them") {
  Reader in(trace_dat(sample(), "Linux kproof 6.12"));
  CHECK(in.bytes(10) == "\x17\x08\x44tracing");
  CHECK(in.name() == "6");
  CHECK(in.number(1) == 0);
  CHECK(in.number(1) == 8);
  CHECK(in.number(4) == 4096);
  CHECK(in.name() == "header_page");
  CHECK(in.sized(8) == "page");
  CHECK(in.name() == "header_event");
  CHECK(in.sized(8) == "event");
  CHECK(in.number(4) == 1);
  CHECK(in.sized(8) == "own");
  CHECK(in.number(4) == 2);
  CHECK(in.name() == "kvm");
  CHECK(in.number(4) == 2);
  CHECK(in.sized(8) == "entry");
  CHECK(in.sized(8) == "exit");
  CHECK(in.name() == "sched");
  CHECK(in.number(4) == 1);
  CHECK(in.sized(8) == "switch");
  CHECK(in.sized(4) == "ffff T f\n");
  CHECK(in.sized(4) == "");
  CHECK(in.sized(8) == "71 case\n");
  CHECK(in.number(4) == 11);
  CHECK(in.name() == "options  ");
  for (std::uint64_t id; (id = in.number(2)) != 0;) {
    const std::string text = in.sized(4);
    if (id == 5) CHECK(text == std::string("Linux kproof 6.12\0", 18));
    if (id == 2) CHECK(text.starts_with("CPU: "));
  }
  CHECK(in.name() == "flyrecord");
  for (unsigned cpu = 0; cpu < 11; ++cpu) {
    const std::uint64_t offset = in.number(8), size = in.number(8);
    CHECK(size == (cpu == 1 ? 8192u : cpu == 10 ? 4096u : 0u));
    CHECK(offset % 4096 == 0);
    if (size > 0) CHECK(in.text().at(offset) == (cpu == 1 ? 'y' : 'z'));
    if (cpu == 10) CHECK(offset + size == in.text().size());
  }
}

TEST_CASE("what a buffer lost is told for each CPU") {
  const auto stats = stats_of(sample());
  REQUIRE(stats.size() == 2);
  CHECK(stats[0].entries == 3);
  CHECK(stats[0].overrun == 12);
  CHECK(stats[0].dropped == 1);
  CHECK(stats[1].cpu == 1);
  CHECK(stats[1].overrun == 0);
}

TEST_CASE("files that are none of a trace are refused, and odd names are nothing") {
  CHECK_THROWS_AS(trace_dat({}, ""), kproof::HostError);
  Files files = sample();
  files["per_cpu/cpu2/trace_pipe_raw"] = "short";
  CHECK_THROWS_AS(trace_dat(files, ""), kproof::HostError);
  files.erase("per_cpu/cpu2/trace_pipe_raw");
  files["per_cpu/cpu99999999/trace_pipe_raw"] = std::string(4096, 'x');
  files["per_cpu/cpux/stats"] = "overrun: 1";
  files["../../etc/passwd"] = "x";
  CHECK(trace_dat(files, "") == trace_dat(sample(), ""));
  CHECK(stats_of(files).size() == 2);
}
