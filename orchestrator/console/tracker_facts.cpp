// What a log says of its boots, ends, tests and losses, beside its reports.
#include <algorithm>

#include <re2/re2.h>

#include "console/line.hpp"
#include "console/trace_lines.hpp"
#include "console/tracker.hpp"
#include "util/hash.hpp"

namespace kproof::console {

static constexpr std::size_t kMostProblem = 500;  // bytes

// The kernel prints the notice without a time stamp, and the next line may stand behind it.
static std::size_t lost_in(std::string_view raw) {
  static const RE2 notice(
      R"((?:\*\* |Missed )([0-9]+) (?:printk messages dropped|kernel messages))");
  std::size_t lost = 0;
  const bool found = RE2::PartialMatch(re2::StringPiece(raw.data(), raw.size()), notice, &lost);
  return found ? lost : 0;
}

static bool explains_a_stack(std::string_view text) {
  return brings_a_stack(text) ||
         std::ranges::any_of(interest::kExplains, [&](std::string_view words) {
           if (words.starts_with(':') && !text.starts_with("CPU")) return false;
           return text.find(words) != text.npos;
         });
}

void Tracker::note_facts(const Line& line) {
  if (line.trusted) note_agent(line);
  note_orderly(line);
  if (line.from_user) return;
  facts_.lost_messages += lost_in(line.raw);
  if (explains_a_stack(line.text)) explained_ = line.number + kExplained;
  fuzzed_ |= line.text.find(interest::kFuzzed) != line.text.npos;
  note_firmware(line);
  note_dump_kernel(line);
  if (!line.trusted) return;
  note_injected(line);
  const bool power_down = line.text.starts_with(interest::kPowerDown);
  facts_.power_down |= power_down;
  facts_.powered_off |= power_down && facts_.canary_end;
  facts_.restarting |= line.text.starts_with(interest::kRestart);
  if (line.text.starts_with(interest::kBanner)) note_banner(line);
}

// A canary is a program's line by nature: it comes through /dev/kmsg. Where findings need a time
// stamp, so does the canary: without one it shows that we are blind.
void Tracker::note_agent(const Line& line) {
  if (line.text.starts_with(interest::kAgent) && facts_.agent_problem.empty())
    facts_.agent_problem = line.text.substr(interest::kAgent.size(), kMostProblem);
  if (options_.nonce.empty()) return;
  const std::string canary = std::string(interest::kCanary) + options_.nonce;
  facts_.canary_begin |= line.text == canary + " begin";
  facts_.canary_end |= line.text == canary + " end";
}

// In our own guests nothing makes a reboot expected. systemd and journalctl say it as well as the
// kernel.
void Tracker::note_orderly(const Line& line) {
  if (options_.stamps == Stamps::required) return;
  orderly_ |= std::ranges::any_of(interest::kOrderly, [&](std::string_view words) {
    return line.raw.find(words) != line.raw.npos;
  });
}

static constexpr std::size_t kMostInjected = 1024;

void Tracker::note_injected(const Line& line) {
  if (!line.text.starts_with(interest::kInjected)) return;
  const std::string_view rest = std::string_view(line.text).substr(interest::kInjected.size());
  if (injected_.size() < kMostInjected) injected_.emplace_back(rest.substr(0, rest.find(' ')));
}

// "Memory failure: 0x14000: Sending SIGBUS to thp_entries:88 due to hardware memory corruption": as
// it should be. What else is said of that page, that the recovery failed above all, is a finding.
bool Tracker::tells_of_injected(const Line& line) const {
  static const RE2 pattern(
      R"(^Memory failure: (0x[0-9a-f]+): Sending SIGBUS to .* due to hardware memory corruption$)");
  std::string frame;
  return !injected_.empty() &&
         RE2::PartialMatch(re2::StringPiece(line.text.data(), line.text.size()), pattern, &frame) &&
         std::ranges::find(injected_, frame) != injected_.end();
}

// Firmware behind a kernel's words, or a fuzzer's: text of a host's tools may well stand before the
// first boot. In our own guests anyone may print such a line, and a reboot shows by the banner, or
// by the end of the guest.
void Tracker::note_firmware(const Line& line) {
  const bool firmware =
      line.text.starts_with(interest::kFirmware) || line.text.ends_with(interest::kDecompressor);
  if (!firmware || line.usec || options_.stamps == Stamps::required) return;
  if (!first_usec_ && facts_.boots == 0 && !fuzzed_) return;
  if (!rebooting_) orderly_ ? new_boot() : note_reboot(line);
  rebooting_ = true;
}

void Tracker::note_first_stamp(std::uint64_t usec, std::string_view line) {
  first_usec_ = usec;
  machines_.emplace_back(machine_of(line));
}

// The first banner of a machine whose console is not the only one here is no reboot of another.
bool Tracker::is_another_machine(const Line& line) {
  constexpr std::size_t kMostMachines = 64;
  const std::string_view machine = machine_of(line.raw);
  if (!foreign() || machine.empty() || std::ranges::count(machines_, machine) != 0) return false;
  if (machines_.size() < kMostMachines) machines_.emplace_back(machine);
  return true;
}

// A banner behind another, or behind a later time, says that the kernel has started anew.
void Tracker::note_banner(const Line& line) {
  stamps_ = line.usec.has_value();
  bare_ = false;
  if (line.doubtful && !rebooting_) return;  // "cat /proc/version" prints the same
  const bool earlier = facts_.boots > 0 || (first_usec_ && *first_usec_ > line.usec.value_or(0));
  const bool reboot = !is_another_machine(line) && earlier;
  ++facts_.boots;
  constexpr std::size_t kLongest = 100;
  const std::string_view release = line.text.substr(interest::kBanner.size());
  facts_.release = release.substr(0, std::min(release.find(' '), kLongest));
  facts_.banner = release.substr(0, 512);
  if (facts_.banners.size() < 16 && std::ranges::count(facts_.banners, facts_.banner) == 0)
    facts_.banners.push_back(facts_.banner);
  const bool died = foreign() && panics_ > panics_before_;  // what comes is no surprise
  if (reboot && !rebooting_)
    orderly_ || line.stored || line.shown || died ? new_boot() : note_reboot(line);
  orderly_ = rebooting_ = false;
  panics_before_ = panics_;
}

static model::Finding unexpected_reboot() {
  model::Finding finding;
  finding.title = finding.syzbot_title = "unexpected kernel reboot";
  finding.type = type_of(finding.title);
  finding.fingerprint = util::Hasher().add(finding.title).hex().substr(0, 16);
  return finding;
}

// The kernel that saves the memory of one that died starts at once, behind its last line: that is
// what had to come, and the oops before it says why.
void Tracker::note_dump_kernel(const Line& line) {
  constexpr std::size_t kSoon = 8;  // lines behind the banner
  if (reboot_line_ == 0 || line.number > reboot_line_ + kSoon) return;
  if (line.text.find(interest::kDump) == line.text.npos) return;
  if (line.text.find("ommand line: ") == line.text.npos) return;
  findings_.take_back(unexpected_reboot());
  --facts_.started;
  reboot_line_ = 0;
}

void Tracker::new_boot() {
  close_all();
  findings_.boot();
  injected_.clear();
}

void Tracker::note_reboot(const Line& line) {
  close_all();
  model::Finding finding = unexpected_reboot();
  finding.start_line = finding.end_line = line.number;
  finding.excerpt = std::string(line.raw.substr(0, kMostExcerpt)) + "\n";
  ++facts_.started;
  reboot_line_ = oopses_ > 0 && foreign() ? line.number : 0;
  findings_.record(std::move(finding));
  findings_.boot();
  injected_.clear();
}

}  // namespace kproof::console
