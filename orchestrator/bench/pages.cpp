// Pages for ci/page, which looks at them in a browser: one of guests that print what they should
// not, one of guests inside guests, one of a thousand cells with 500 MB of logs, and the index of
// nights. Arguments: a directory, and which: hostile, nested, thousand, nights.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <random>

#include <fmt/format.h>

#include "bench/nights_page.hpp"
#include "page/page.hpp"
#include "page/reports.hpp"
#include "util/files.hpp"

using namespace kproof;
using model::Blame;
using model::Verdict;
namespace fs = std::filesystem;

namespace {

using Logs = std::map<std::string, std::string>;

report::RunReport empty_run(const std::string& name) {
  report::RunReport report;
  report.plan.name = name;
  report.plan.file = "ci/plans/" + name + ".yaml";
  report.plan.topologies = {{.name = "l1"}, {.name = "l2-shadow"}};
  report.host = {.hostname = "builder",
                 .os = "Debian 12",
                 .kernel = "6.1.0-56-amd64",
                 .cpu = "AMD EPYC",
                 .cores = 2,
                 .qemu = "7.2.22",
                 .accel_reason = "this CPU has neither vmx nor svm"};
  report.started = "2026-11-29T03:00:00Z";
  report.ended = "2026-11-29T03:20:00Z";
  return report;
}

model::CellResult cell_of(const std::string& kernel, const std::string& topology,
                          const std::string& test, model::Judgement judgement) {
  model::CellResult cell;
  cell.id = fmt::format("{}/{}/{}", kernel, topology, test);
  cell.kernel = kernel;
  cell.kernel_label = "Debian " + kernel.substr(kernel.find('-') + 1);
  cell.kernel_release = kernel.substr(kernel.find('-') + 1) + ".0-56-amd64";
  cell.kernel_origin = "linux-image-amd64";
  cell.topology = topology;
  cell.test = test;
  cell.judgement = std::move(judgement);
  cell.phases = {{.phase = model::Phase::boot, .duration = util::Millis(3012)}};
  cell.started = "2026-11-29T03:00:01Z";
  cell.evidence = {{"mapping_is_pud", true, "1 fault for 262144 pages"}};
  for (int i = 1; i <= 6; ++i)
    cell.subtests.push_back(
        {fmt::format("write {} after PROT_READ faults", i), model::Subtest::Result::ok, ""});
  return cell;
}

void add_file(model::CellResult& cell, const std::string& role) {
  cell.files[role] = fmt::format("cells/{}/{}.log", cell.id, role);
}

const std::string kOnlyThen = "what only the run of the day before said";

// "[    0.001000] ..." lines, of about that many bytes; no two logs are alike but those of one
// seed.
std::string boot_log(std::size_t bytes, unsigned seed, double lines_per_second = 1000) {
  static constexpr const char* kKinds[] = {"pci {:04x}:00: reg {:#x}", "ACPI: table {:x} at {:#x}",
                                           "audit: pid={} of {}", "BIOS-e820: {:#x} to {:#x}"};
  std::mt19937 random(seed);
  std::string log;
  for (int i = 1; log.size() < bytes; ++i)
    log += fmt::format("[{:12.6f}] {}\r\n", i / lines_per_second,
                       fmt::format(fmt::runtime(kKinds[random() % 4]), random() % 4096, random()));
  return log;
}

void write_page(const fs::path& directory, report::RunReport report, const Logs& logs,
                const report::LastGoods& last_good = {}) {
  report.directory = directory;
  report.planned = report.cells.size();
  for (const auto& [path, text] : logs) {
    fs::create_directories((directory / path).parent_path());
    util::write_file_atomically(directory / path, text);
  }
  fs::create_directories(directory);
  util::write_file_atomically(directory / "report.html", page::html_of(report, last_good));
}

// Whatever of it is not taken for text changes the title, or leaves an element.
const std::string kHostile =
    "</pre></script><script>document.title='owned'</script><img src=x "
    "onerror=\"document.title='owned'\">"
    "<svg onload=\"document.title='owned'\"> ' onclick='document.title=`owned`' ]]> <!-- "
    "\x1b[2J\x1b]0;owned\x07 \xe2\x80\xae \x01\xff &lt;b&gt; javascript:document.title='owned'";

void write_hostile(const fs::path& directory) {
  report::RunReport report = empty_run("hostile");
  Logs logs;
  for (const bool expected : {false, true}) {
    model::CellResult cell = cell_of("debian-6.1", "l1", expected ? "mm/other" : "mm/hostile",
                                     {Verdict::fail, Blame::kernel, kHostile, expected});
    cell.kernel_release = kHostile;
    cell.findings = {{.title = kHostile, .start_line = 40, .end_line = 41, .excerpt = kHostile}};
    cell.subtests = {{kHostile, model::Subtest::Result::not_ok, kHostile}};
    cell.evidence = {{kHostile, true, kHostile}};
    cell.metrics = {{kHostile, 1, kHostile}};
    for (const char* role : {"console", "kmsg", "ktap", "timeline"}) {
      add_file(cell, role);
      std::string& log = logs[cell.files[role]];
      for (int i = 1; i <= 60; ++i)
        log += std::string(role) == "timeline"
                   ? fmt::format("[{:12.6f}] L{} {}\n", i / 1e3, i % 2 + 1, kHostile)
               : std::string(role) == "kmsg" ? fmt::format("6,{},{},-;{}\n", i, i * 1000, kHostile)
                                             : kHostile + "\n";
    }
    report.cells.push_back(cell);
  }
  write_page(directory, std::move(report), logs);
}

// The guest inside warns, in its console and on the clock of both.
void fail_inside(model::CellResult& cell, Logs& logs) {
  const std::string warning =
      "WARNING: CPU: 0 PID: 71 at mm/pgtable-generic.c:39 pudp_invalidate+0x5a/0x60";
  const std::string excerpt =
      "[   12.345678] " + warning +
      "\r\n[   12.345679] Call Trace:\r\n[   12.345680]  change_protection+0x1a2/0x700\r\n";
  add_file(cell, "console-l2");
  add_file(cell, "timeline");
  const std::string boot = boot_log(60 << 10, 2);
  logs[cell.files["console-l2"]] = boot + excerpt + boot_log(4 << 10, 3);
  std::string& timeline = logs[cell.files["timeline"]];
  for (int i = 0; i < 120; ++i)
    timeline += fmt::format("[{:12.6f}] L{} {}\n", 12 + i / 1e3, i % 3 == 0 ? 1 : 2,
                            i == 80      ? warning
                            : i % 3 == 0 ? "kvm: zapping one gfn range"
                                         : "mprotect of the mapping");
  const auto line = static_cast<std::size_t>(std::ranges::count(boot, '\n')) + 1;
  cell.findings = {{.title = "WARNING in pudp_invalidate",
                    .level = 2,
                    .start_line = line,
                    .end_line = line + 2,
                    .excerpt = excerpt}};
  cell.judgement = {Verdict::fail, Blame::kernel, "finding: WARNING in pudp_invalidate", false, 2};
  cell.subtests[2].result = model::Subtest::Result::not_ok;
}

void write_nested(const fs::path& directory) {
  report::RunReport report = empty_run("nested");
  Logs logs;
  for (const std::string kernel : {"debian-6.1", "debian-6.12"}) {
    for (const std::string topology : {"l1", "l2-shadow"}) {
      model::CellResult cell = cell_of(kernel, topology, "mm/dax_1g_mprotect",
                                       {Verdict::pass, Blame::none, "6 of 6", true});
      add_file(cell, "console");
      add_file(cell, "ktap");
      logs[cell.files["console"]] = boot_log(40 << 10, 1);
      logs[cell.files["ktap"]] = "TAP version 13\n1..6\nok 1 write 1 after PROT_READ faults\n";
      if (kernel == "debian-6.1" && topology == "l2-shadow") fail_inside(cell, logs);
      report.cells.push_back(cell);
    }
  }
  // It passed the day before, when its console was the same but for its times and the warning.
  const fs::path then = directory / "the-day-before.log";
  fs::create_directories(directory);
  util::write_file_atomically(then, "[    0.000500] " + kOnlyThen + "\r\n" +
                                        boot_log(60 << 10, 2, 2000) + boot_log(4 << 10, 3));
  write_page(directory, std::move(report), logs,
             {{"debian-6.1/l2-shadow/mm/dax_1g_mprotect",
               {"2026-11-28T03:00:00Z", "linux-image-amd64", {{"console-l2", then}}}}});
}

void write_thousand(const fs::path& directory) {
  report::RunReport report = empty_run("thousand");
  const std::string title = "BUG: unable to handle kernel NULL pointer dereference in zap_huge_pud";
  std::vector<std::string> logs;
  for (unsigned seed = 0; seed < 8; ++seed)
    logs.push_back(boot_log(250u << 10, seed));
  for (int i = 0; i < 1000; ++i) {
    model::CellResult cell =
        cell_of(i % 2 ? "debian-6.12" : "debian-6.1", "l1", fmt::format("mm/case_{:03}", i / 2),
                {Verdict::pass, Blame::none, "6 of 6", true});
    if (i % 25 == 7) {
      cell.judgement = {Verdict::crash, Blame::kernel, "finding: " + title, i % 50 == 7};
      cell.findings = {{.title = title,
                        .start_line = 2000,
                        .end_line = 2040,
                        .excerpt = logs[0].substr(0, 16 << 10)}};
    }
    add_file(cell, "console");
    add_file(cell, "kmsg");
    report.cells.push_back(std::move(cell));
  }
  report.planned = report.cells.size();
  fs::create_directories(directory);
  std::size_t reads = 0, bytes = 0;
  const auto began = std::chrono::steady_clock::now();
  const std::string page = page::html({{report, ""}}, [&](const std::string&) {
    const std::string& log = logs[reads++ % logs.size()];
    bytes += log.size();
    return log;
  });
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  util::write_file_atomically(directory / "report.html", page);
  fmt::print(
      "page_made.1000_cells: {:.1f} s\npage_logs.1000_cells: {:.0f} MB\npage_size.1000_cells: "
      "{:.1f} MB\n",
      took.count(), static_cast<double>(bytes) / 1e6, static_cast<double>(page.size()) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string_view, void (*)(const fs::path&)> pages{
      {"hostile", write_hostile},
      {"nested", write_nested},
      {"thousand", write_thousand},
      {"nights", [](const fs::path& directory) { bench::write_nights(directory, kHostile); }}};
  for (int i = 2; i < argc; ++i)
    pages.at(argv[i])(fs::path(argv[1]) / argv[i]);
}
