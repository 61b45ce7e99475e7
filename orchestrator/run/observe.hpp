// What the logs of one finished guest say, whatever its level. They are read back from the disk, so
// that the verdict rests on what is kept and can be looked at again.
#pragma once

#include <string>
#include <vector>

#include "model/evidence.hpp"
#include "model/finding.hpp"
#include "run/diagnosis_output.hpp"
#include "run/files.hpp"
#include "verdict/judge.hpp"

namespace kproof::run {

struct Observed {
  std::vector<model::Finding>
      findings;  // of console and kmsg, one of each title, fingerprint and place
  std::vector<verdict::Canary> canaries;  // of console and kmsg
  model::CaseReport report;
  std::size_t lost_kmsg = 0;
  std::size_t left_out = 0;  // findings beyond those that are kept
  bool oopsed = false;
  std::string upstream;  // release of the kernel's banner (util/release.hpp); "" if none was seen
};

// `nonce`: of the canaries. `output_dropped`: bytes of the case's stdout that were not kept.
// `diagnosis_output`: what is not read for findings. HostError when a log cannot be read; one that
// does not exist is empty.
Observed observe(const LevelFiles& files, const std::string& nonce, std::size_t output_dropped = 0,
                 const DiagnosisOutput& diagnosis_output = {});

// One finding of each title, fingerprint and place. The console is what was there at a kernel's
// death, so its findings come first; kmsg adds what the console did not show. kmsg ends with the
// agent, in the middle of a report perhaps; lines of two CPUs mix on a console: a corrupted finding
// gives way to one that is whole and has the same first line. A program with root can write a
// forged "[ts]
// ..." line to the console itself, past /dev/kmsg; but as long as kmsg is whole, the kernel's every
// line is in it too: a finding of the console's first `kmsg_whole_to` lines that kmsg does not have
// was not the kernel's. 0 when kmsg cannot be relied on. Pure.
std::vector<model::Finding> merge_findings(std::vector<model::Finding> console,
                                           std::vector<model::Finding> kmsg,
                                           std::size_t kmsg_whole_to);

}  // namespace kproof::run
