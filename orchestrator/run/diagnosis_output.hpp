// What the hang diagnosis makes a kernel print is no finding, and must not hide one. So the logs
// are analysed without it: nothing of it is deleted, it only is not read for findings.
//
// A guest whose agent answers is asked for sysrq dumps by its agent, between two lines in kmsg that
// nobody else can know; what comes before and behind them counts. A guest that is silent is ended
// after the diagnosis, and every line that comes once it has begun may be its doing (a long dump
// with interrupts off is a stall to the other CPUs): from there on nothing counts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace kproof::run {

struct DiagnosisOutput {
  struct Offsets {
    std::size_t console = 0, kmsg = 0;  // bytes, of each log
  };
  std::optional<Offsets> from;
  std::string mark;  // agent::Examine::mark; "" when no diagnosis ran
  bool any() const { return from || !mark.empty(); }
};

// The logs with those parts emptied: as many lines, as many records with the same numbers. Pure.
std::string console_without(std::string console, const DiagnosisOutput& diagnosis_output);
std::string kmsg_without(std::string kmsg, const DiagnosisOutput& diagnosis_output);

}  // namespace kproof::run
