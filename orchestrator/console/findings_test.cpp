#include "console/findings.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "console/whole_log.hpp"

using namespace kproof::console;
namespace model = kproof::model;

static std::string all_places(const std::string& log) {
  const Analyzer analyzer = analyze(log);
  std::string all;
  for (const model::Finding& finding : analyzer.findings())
    all += fmt::format("{} at {} x{}\n", finding.title, finding.place, finding.count);
  return all;
}

TEST_CASE("two WARNs, or BUGs, of one function and the same callers are two findings") {
  const auto at = [](std::size_t usec, const std::string& header) {
    return printed(usec, {header, "RIP: 0010:zork_frob+0x42/0x50", "Call Trace:",
                          " zork_ioctl+0x9b/0x230", "---[ end trace 0000000000000000 ]---"});
  };
  const std::string warning = "WARNING: CPU: 3 PID: 77 at drivers/zork/core.c:";
  CHECK(all_places(at(1'000'000, warning + "100 zork_frob+0x42/0x50 [zork]") +
                   at(2'000'000, warning + "900 zork_frob+0x142/0x350 [zork]") +
                   at(3'000'000, warning + "100 zork_frob+0x42/0x50 [zork]")) ==
        "WARNING in zork_frob at drivers/zork/core.c:100 x2\n"
        "WARNING in zork_frob at drivers/zork/core.c:900 x1\n");
  CHECK(all_places(
            at(1'000'000, "WARNING: drivers/zork/core.c:100 at zork_frob+0x4/0x50, CPU#1: x/7") +
            at(2'000'000, "WARNING: drivers/zork/core.c:900 at zork_frob+0x4/0x50, CPU#1: x/7")) ==
        "WARNING in zork_frob at drivers/zork/core.c:100 x1\n"
        "WARNING in zork_frob at drivers/zork/core.c:900 x1\n");
  CHECK(all_places(at(1'000'000, "kernel BUG at mm/zork.c:100!") +
                   at(2'000'000, "kernel BUG at mm/zork.c:900!")) ==
        "kernel BUG in zork_frob at mm/zork.c:100 x1\n"
        "kernel BUG in zork_frob at mm/zork.c:900 x1\n");
  CHECK(all_places(at(1'000'000, "UBSAN: shift-out-of-bounds in fs/zork.c:100:12") +
                   at(2'000'000, "UBSAN: shift-out-of-bounds in fs/zork.c:900:12")) ==
        "UBSAN: shift-out-of-bounds in zork_ioctl at fs/zork.c:100 x1\n"
        "UBSAN: shift-out-of-bounds in zork_ioctl at fs/zork.c:900 x1\n");
}

TEST_CASE("a suspicious use of RCU has its place in the line behind its header") {
  const auto at = [](std::uint64_t usec, int line) {
    return printed(usec,
                   {"=============================", "WARNING: suspicious RCU usage",
                    "6.1.0 #1 Not tainted", "-----------------------------",
                    fmt::format("net/zork.c:{} suspicious rcu_dereference_check() usage!", line),
                    "stack backtrace:", "CPU: 3 PID: 77 Comm: zorkd Not tainted 6.1.0 #1",
                    "Call Trace:", " zork_frob+0x42/0x50", " zork_ioctl+0x9b/0x230"});
  };
  CHECK(all_places(at(1'000'000, 12) + at(20'000'000, 90)) ==
        "WARNING: suspicious RCU usage in zork_frob at net/zork.c:12 x1\n"
        "WARNING: suspicious RCU usage in zork_frob at net/zork.c:90 x1\n");
}

// Kernels without kallsyms.
TEST_CASE("two WARNs without a function in two files are two findings") {
  CHECK(all_places("[    1.000000] WARNING: CPU: 0 PID: 1 at drivers/zork/a.c:1\n"
                   "[    2.000000] WARNING: CPU: 0 PID: 1 at drivers/zork/b.c:1\n") ==
        "WARNING in corrupted at drivers/zork/a.c:1 x1\n"
        "WARNING in corrupted at drivers/zork/b.c:1 x1\n");
}

TEST_CASE("findings push complaints out, and new titles what adds a fingerprint to an old one") {
  const auto complaint = [](std::size_t i) {
    const char letters[] = {static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26), 0};
    return fmt::format("[    1.000000] EXT4-fs error (device vda): ext4_{}:1: comm a: bad\n",
                       letters);
  };
  const auto warning = [](const std::string& function, std::size_t line) {
    return fmt::format("[    2.000000] WARNING: CPU: 0 PID: 1 at mm/a.c:{} {}+0x1/0x2\n", line,
                       function);
  };
  std::string log;
  for (std::size_t i = 0; i < kMostFindings + 44; ++i)
    log += complaint(i);
  const auto kept = [](const std::string& text) {
    const Analyzer analyzer = analyze(text);
    return std::pair(titles(analyzer), analyzer.facts().dropped);
  };
  const auto [after, dropped] = kept(log + warning("zork_frob", 1));
  CHECK(after.size() == kMostFindings);
  CHECK(after.back() == "WARNING in zork_frob");
  CHECK(dropped == 45);
  log.clear();
  for (std::size_t i = 0; i < kMostFindings; ++i)
    log += warning("zork_frob", i);
  const auto [mixed, more] = kept(log + warning("zork_zap", 1) + warning("zork_frob", 9999));
  CHECK(mixed.size() == kMostFindings);
  CHECK(std::ranges::count(mixed, "WARNING in zork_zap") == 1);
  CHECK(more == 2);
}
