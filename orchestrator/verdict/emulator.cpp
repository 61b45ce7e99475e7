#include "verdict/emulator.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "verdict/rows.hpp"

namespace kproof::verdict {
using model::Finding;

using Words = std::initializer_list<std::string_view>;

static bool holds_any(std::string_view text, Words words) {
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

static bool in_int3_handler(std::string_view text) {
  return holds_any(text, {"exc_int3+", "do_int3+"});
}

static std::string_view header_of(const Finding& finding) {
  return std::string_view(finding.excerpt).substr(0, finding.excerpt.find('\n'));
}

// "Code: 48 eb <42> 4d": RIP stands behind the int3, so its place is the byte before. A report
// whose Code is mixed with others' lines shows nothing.
static bool lacks_int3(const std::string& excerpt) {
  const std::size_t code = excerpt.find("Code: ");
  const std::size_t at = code == excerpt.npos ? code : excerpt.find('<', code);
  if (at == excerpt.npos || at < code + 9 || excerpt.find('\n', code) < at) return false;
  const std::string_view before = std::string_view(excerpt).substr(at - 3, 2);
  return before.find_first_not_of("0123456789abcdef") == before.npos && before != "cc";
}

static bool is_stale_int3(const Finding& finding) {
  return holds_any(header_of(finding), {"int3: "}) && lacks_int3(finding.excerpt);
}

// "RIP: 0010:error_entry+0x1e/0x130": of the code that an exception enters the kernel by.
static bool is_entry_recursion(const Finding& finding) {
  const std::size_t rip = finding.excerpt.find("RIP: ");
  if (rip == finding.excerpt.npos) return false;
  return holds_any(header_of(finding), {"stack guard page was hit"}) &&
         holds_any(
             std::string_view(finding.excerpt).substr(rip, 40),
             {":error_entry+", ":asm_exc_page_fault+", ":exc_page_fault+", ":paranoid_entry+"});
}

static bool hung(const Observation& o) {
  return end_as<model::Silent>(o) || (o.outcome.exit && o.outcome.exit->timed_out);
}

static bool loops_in_int3(const Observation& o) {
  const bool told = o.outcome.hang && std::ranges::any_of(o.outcome.hang->cpus, in_int3_handler);
  return hung(o) && (told || std::ranges::any_of(o.findings, [](const Finding& finding) {
                       return is_stall(finding) && in_int3_handler(finding.excerpt);
                     }));
}

// text_poke_sync() waits for all CPUs to have seen what was patched, and one does not answer.
static bool waits_to_patch(const Observation& o) {
  return hung(o) && std::ranges::any_of(o.findings, [](const Finding& finding) {
           return is_stall(finding) &&
                  holds_any(finding.excerpt, {" text_poke_bp_batch+", " smp_text_poke_"});
         });
}

static std::string sign_of(const Observation& o) {
  if (const auto* reset = end_as<model::Rebooted>(o); reset && !reset->announced)
    return fmt::format("L{} was reset in phase {} without a word of its kernel", o.level,
                       to_string(reset->phase));
  for (const Finding& finding : o.findings)
    if (is_stale_int3(finding))
      return fmt::format("L{} ran an int3 that its text does not have: {}", o.level, finding.title);
  if (std::ranges::any_of(o.findings, is_entry_recursion))
    return fmt::format("L{} faulted in its entry of a page fault until its stack was full",
                       o.level);
  if (loops_in_int3(o)) return fmt::format("L{} hung in its handler of int3", o.level);
  if (waits_to_patch(o))
    return fmt::format("L{} hung while it patched its text: a CPU did not answer", o.level);
  return "";
}

// Whether the emulator's fault leaves nothing to explain.
static bool all_explained(const Observation& o) {
  return !has_failed(o) && std::ranges::all_of(o.findings, [&](const Finding& finding) {
    return is_stale_int3(finding) || is_entry_recursion(finding) ||
           ((loops_in_int3(o) || waits_to_patch(o)) && is_stall(finding));
  });
}

static bool all_explained(Levels levels, int signed_level) {
  return std::ranges::all_of(levels, [&](const Observation& o) {
    // What is inside stalls while the one around it dies.
    return all_explained(o) || (o.level > signed_level && only_stalls(o));
  });
}

std::string emulator_sign(Levels levels) {
  for (const Observation& o : levels)
    if (const std::string sign = sign_of(o); !sign.empty())
      return all_explained(levels, o.level) ? sign : "";
  return "";
}

}  // namespace kproof::verdict
