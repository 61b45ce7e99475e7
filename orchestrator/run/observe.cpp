#include "run/observe.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "console/analyzer.hpp"
#include "console/kmsg_analyzer.hpp"
#include "ktap/parse.hpp"
#include "util/error.hpp"
#include "util/fd.hpp"
#include "util/files.hpp"

namespace kproof::run {

template <class Analyzer>
static void feed_file(Analyzer& analyzer, const std::filesystem::path& path) {
  const util::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::vector<char> buffer(1 << 20);
  for (ssize_t n = 1; fd && n > 0;) {
    n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0) throw HostError("cannot read " + path.string() + ": " + std::strerror(errno));
    analyzer.feed({buffer.data(), static_cast<std::size_t>(n)});
  }
  analyzer.finish();
}

static verdict::Canary canary_of(const console::Facts& facts, model::Source source) {
  return {.level = 1, .source = source, .begin = facts.canary_begin, .end = facts.canary_end};
}

// The console is what was there at a kernel's death, so its findings come first; kmsg adds what the
// console did not show.
static std::vector<model::Finding> merge(std::vector<model::Finding> console,
                                         std::vector<model::Finding> kmsg) {
  for (model::Finding& finding : kmsg) {
    const bool known = std::any_of(console.begin(), console.end(),
                                   [&](const auto& seen) { return seen.title == finding.title; });
    if (!known) console.push_back(std::move(finding));
  }
  return console;
}

Observed observe(const CellFiles& files, const std::string& nonce, std::size_t output_dropped) {
  console::KmsgAnalyzer kmsg({.level = 1, .source = model::Source::kmsg, .nonce = nonce});
  feed_file(kmsg, files.kmsg());
  const console::UserRecords& user = kmsg.user_records();
  console::Analyzer console(
      {.level = 1,
       .source = model::Source::console,
       .stamps = console::Stamps::required,
       .from_user = [&user](std::uint64_t usec,
                            std::string_view text) { return user.contains(usec, text); },
       .nonce = nonce});
  feed_file(console, files.console());

  Observed seen;
  seen.findings = merge(console.findings(), kmsg.findings());
  seen.canaries = {canary_of(console.facts(), model::Source::console),
                   canary_of(kmsg.facts(), model::Source::kmsg)};
  seen.lost_kmsg = kmsg.lost();
  seen.oopsed = console.facts().oopsed || kmsg.facts().oopsed;
  if (std::filesystem::exists(files.ktap()))
    seen.report = ktap::parse(util::read_file(files.ktap()));
  if (output_dropped > 0)
    seen.report.malformed =
        fmt::format("it printed {} bytes; the last {} were not kept",
                    std::filesystem::file_size(files.ktap()) + output_dropped, output_dropped);
  return seen;
}

}  // namespace kproof::run
